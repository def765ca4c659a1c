"""What happens by itself each day: pressing what is overdue, escalating, closing what nobody objected to, forgetting."""

from datetime import datetime, timedelta

from django.db.models import F

from accounts.clock import local_date
from accounts.divisions import regime_code_of
from accounts.errors import StaleState
from accounts.models import JobRun
from policy.regimes import get_regime
from policy.services import current_calendar
from supervision.complaints import handling, holding, identity
from supervision.complaints.models import Complaint
from supervision.complaints.states import State

JOB = "complaints_daily"
SILENT_DAYS = 15  # calendar days after the answer in which one may say a word on it
UP_DAYS = 5  # working days overdue when the regime says nothing


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job: twice a day is harmless, a missed day is made up."""
    pressed, escalated = press_overdue(at)
    holding.forget_old(at)
    return {
        "pressed": pressed,
        "escalated": escalated,
        "closed": close_silent(at),
        "cleared": identity.clear_old(at),
    }


def press_overdue(at: datetime) -> tuple[int, int]:
    """Press each overdue complaint once per limit; hand it up once it is `up_tier_days` working days late."""
    on, calendar = local_date(at), current_calendar()
    pressed = escalated = 0
    for row in Complaint.objects.filter(due_on__lt=on).select_related("division", "office", "handler"):
        if row.due_on is None:
            continue
        try:
            if row.pressed_at is None or local_date(row.pressed_at) <= row.due_on:
                handling.press(complaint=row, by=None, at=at)
                pressed += 1
            late = calendar.between(row.due_on, on)
            if row.escalated_at is None and late >= _up_days(row):
                handling.escalate_by_limit(complaint=row, why=f"逾期 {late} 个工作日未办", at=at)
                escalated += 1
        except StaleState:
            continue  # somebody moved it just now
    return pressed, escalated


def close_silent(at: datetime) -> int:
    """Answered or refused, and nobody said a word on it for `SILENT_DAYS`."""
    before = local_date(at) - timedelta(days=SILENT_DAYS)
    rows = Complaint.objects.filter(
        state__in=(State.REPLIED, State.REFUSED), rounds__number=F("round"), rounds__replied_on__lt=before
    )
    done = 0
    for row in rows.select_related("office", "division"):
        try:
            handling.close(complaint=row, satisfied=None, at=at)
        except StaleState:
            continue
        done += 1
    return done


def _up_days(row: Complaint) -> int:
    rule = get_regime(regime_code_of(row.division)).rule("complaint_warning", row.received_on)
    days = getattr(rule, "up_tier_days", None) if rule is not None else None
    return UP_DAYS if days is None else int(days)
