"""The one place that reads the wall clock for business purposes.

Rules and services take `on` and `at` as arguments. Only views, commands and tasks call these. Tests and screenshot runs
set `PORTAL_NOW` (ISO instant) in their settings; no environment variable sets it.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the current instant, aware."""
    fixed = getattr(settings, "PORTAL_NOW", None)
    if fixed:
        instant = datetime.fromisoformat(fixed)
        return instant if instant.tzinfo else instant.replace(tzinfo=BUSINESS_ZONE)
    return timezone.now()


def machine() -> datetime:
    """Return the machine's own clock: only for what Django itself stamps by it (ends of sessions)."""
    return timezone.now()


def today() -> date:
    """Return today's date in Asia/Shanghai, the only business zone."""
    return local_date(now())


def local_date(at: datetime) -> date:
    """Return the business date of an instant: 24:00 is counted in Asia/Shanghai, never in UTC."""
    return at.astimezone(BUSINESS_ZONE).date()


def at_hour(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of a business day, by the clock of Asia/Shanghai."""
    return datetime.combine(day, time(hour, minute), BUSINESS_ZONE)


def start_of(day: date) -> datetime:
    """The first instant of a business day."""
    return at_hour(day, 0)


def end_of(day: date) -> datetime:
    """24:00 of the day, exclusive: the first instant of the next one."""
    return start_of(day + timedelta(days=1))
