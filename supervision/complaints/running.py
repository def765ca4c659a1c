"""What happens by itself each day: pressing what is overdue, escalating, closing what nobody objected to, forgetting."""

from datetime import datetime

from django.db.models import F

from accounts.clock import local_date
from accounts.errors import StaleState
from accounts.models import JobRun
from policy.services import current_calendar
from supervision.complaints import handling, holding, identity, limits
from supervision.complaints.models import Complaint
from supervision.complaints.states import State

JOB = "complaints_daily"


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
    """Press each overdue complaint once per limit; hand it up once it is as late as the regime says."""
    on, calendar = local_date(at), current_calendar()
    pressed = escalated = 0
    for row in Complaint.objects.filter(due_on__lt=on).select_related("division", "office", "handler"):
        if row.due_on is None:
            continue
        try:
            if row.pressed_at is None or local_date(row.pressed_at) <= row.due_on:
                handling.press(complaint=row, by=None, at=at)
                pressed += 1
            late, rule = calendar.between(row.due_on, on), limits.escalation(row)
            if row.escalated_at is None and rule.up_tier_days is not None and late >= rule.up_tier_days:
                handling.escalate_by_limit(complaint=row, late=late, rule=rule, at=at)
                escalated += 1
        except StaleState:
            continue  # somebody moved it just now
    return pressed, escalated


def close_silent(at: datetime) -> int:
    """Answered or refused, and nobody said a word on it until the last day the regime gives for that."""
    on, calendar, done = local_date(at), current_calendar(), 0
    rows = Complaint.objects.filter(
        state__in=(State.REPLIED, State.REFUSED), rounds__number=F("round"), rounds__replied_on__lt=on
    )
    for row in rows.select_related("office", "division"):
        waited = limits.silence(row, calendar)
        if on <= waited.due_on:
            continue
        try:
            handling.close(complaint=row, satisfied=None, silence=waited, at=at)
        except StaleState:
            continue
        done += 1
    return done
