"""What happens by itself each day: pressing what is overdue, escalating, closing what nobody objected to, forgetting.

Each row is a step of its own: one that is refused is left out and told to whoever runs the system, the others go on.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import JobRun
from policy.calendar import WorkCalendar
from policy.services import current_calendar
from supervision.complaints import handling, holding, identity, limits, mending, telling
from supervision.complaints.models import Complaint, ComplaintLimit, Step
from supervision.complaints.states import State
from supervision.complaints.steps import escalate_by_limit, log

JOB = "complaints_daily"
logger = logging.getLogger(__name__)


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job: twice a day is harmless, a missed day is made up."""
    pressed, escalated = press_overdue(at)
    unmended, handed = press_unmended(at)
    holding.forget_old(at)
    return {
        "pressed": pressed + unmended,
        "escalated": escalated + handed,
        "told_late": tell_late(at),
        "closed": close_silent(at),
        "cleared": identity.clear_old(at),
    }


@contextmanager
def _one(complaint: Complaint) -> Iterator[None]:
    """One complaint of the run: somebody moved it just now, or a rule refuses it, and the next one's turn comes."""
    try:
        yield
    except StaleState:
        return
    except DomainError as refusal:
        logger.warning("complaint %s left out of the daily run: %s", complaint.pk, refusal.code)


def press_overdue(at: datetime) -> tuple[int, int]:
    """Press each overdue complaint, again each time the regime says; hand it up once it is as late as that says."""
    on, calendar = local_date(at), current_calendar()
    pressed = escalated = 0
    for row in Complaint.objects.filter(due_on__lt=on).select_related(
        "division", "office", "handler__division"
    ):
        if row.due_on is None:
            continue
        with _one(row):
            last = local_date(row.pressed_at) if row.pressed_at else None
            if last is not None and last <= row.due_on:
                last = None  # for the step before
            if _press_now(row, last, on, calendar):
                handling.press(complaint=row, by=None, at=at)
                pressed += 1
            late, rule = calendar.between(row.due_on, on), limits.escalation(row)
            if row.escalated_at is None and rule.up_tier_days is not None and late >= rule.up_tier_days:
                escalate_by_limit(complaint=row, late=late, rule=rule, at=at)
                escalated += 1
    return pressed, escalated


def press_unmended(at: datetime) -> tuple[int, int]:
    """What was found true and is past its limit to be mended: press, press again, hand to discipline inspection once."""
    on, calendar = local_date(at), current_calendar()
    pressed = handed = 0
    for limit in _late(Q(step=Step.MEND), at):
        with _one(limit.complaint):
            if _press_now(limit.complaint, limit.pressed_on, on, calendar):
                mending.press(limit, at)
                pressed += 1
            late, rule = calendar.between(limit.due_on, on), limits.escalation(limit.complaint)
            if limit.handed_on is None and rule.up_tier_days is not None and late >= rule.up_tier_days:
                mending.hand_over(limit, late=late, rule=rule, at=at)
                handed += 1
    return pressed, handed


def _press_now(complaint: Complaint, last: date | None, on: date, calendar: WorkCalendar) -> bool:
    """Not pressed yet, or so many working days ago that the regime wants it done again."""
    again = limits.press_again(complaint)
    return last is None or bool(again and calendar.between(last, on) >= again)


def tell_late(at: datetime) -> int:
    """Discipline inspection, and a unit that owes its statement, hear once that their day has passed."""
    owed = Q(
        step=Step.STATE, complaint__stated_at=None, complaint__state__in=(State.ASSIGNED, State.FINISHED)
    )
    told = 0
    for limit in _late(Q(step=Step.DISCIPLINE) | owed, at):
        if limit.pressed_on is not None:
            continue
        with _one(limit.complaint):
            _tell_one_late(limit, at)
            told += 1
    return told


def _tell_one_late(limit: ComplaintLimit, at: datetime) -> None:
    complaint = limit.complaint
    with transaction.atomic():
        mending.claim(limit, pressed_on=local_date(at))
        if limit.step == Step.DISCIPLINE:
            log(complaint, "complaint_discipline_late", None, at)
            transaction.on_commit(lambda: telling.tell_discipline(complaint, "discipline_late", at))
            return
        log(complaint, "complaint_state_late", None, at)
        transaction.on_commit(lambda: telling.tell_unit(complaint, at, late=True))
        transaction.on_commit(lambda: telling.tell_handler(complaint, "state_late", at))


def _late(steps: Q, at: datetime) -> QuerySet[ComplaintLimit]:
    rows = ComplaintLimit.objects.filter(steps, done_on=None, due_on__lt=local_date(at)).order_by("pk")
    return rows.select_related(
        "complaint__division", "complaint__office__parent", "complaint__handler__division"
    )


def close_silent(at: datetime) -> int:
    """Answered or refused, and nobody said a word on it until the last day the regime gives for that."""
    on, calendar, done = local_date(at), current_calendar(), 0
    rows = Complaint.objects.filter(
        state__in=(State.REPLIED, State.REFUSED), rounds__number=F("round"), rounds__replied_on__lt=on
    )
    for row in rows.select_related("office", "division").prefetch_related("rounds"):
        waited = limits.silence(row, calendar)
        if on <= waited.due_on:
            continue
        with _one(row):
            handling.close(complaint=row, satisfied=None, silence=waited, at=at)
            done += 1
    return done
