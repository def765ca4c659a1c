"""Found true and answered, but not mended yet: a limit of its own, recorded when it is mended, else to discipline inspection.

It runs beside the course, on after the complaint is closed: whether something is mended does not hang on what the
complainant thinks of the answer.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from policy.rules import WarningRule
from supervision.complaints import checks, limits, telling, words
from supervision.complaints.models import Complaint, ComplaintLimit, Step
from supervision.complaints.rights import may_handle, may_sort
from supervision.complaints.rounds import UNMENDED
from supervision.complaints.steps import hand_to_discipline, log


def after_answer(complaint: Complaint, on: date) -> None:
    """Begin the limit when the finding leaves something to mend, end it when a second finding leaves nothing.

    Inside the transaction of the answer. A limit of the first round runs on: contesting gives nobody time.
    """
    running = limits.running(complaint, Step.MEND)
    if complaint.outcome in UNMENDED and running is None:
        limits.start_step(complaint, Step.MEND, on)
    elif complaint.outcome not in UNMENDED and running is not None:
        limits.end_beside(complaint, Step.MEND, on)


def record_mended(*, complaint: Complaint, text: str, told: str = "", by: Any, at: datetime) -> Complaint:
    """It was mended: what was done, by the office that sorts or the handler. `told`: the office's word on it to the
    complainant, who reads the day in any case.
    """
    sorts = may_sort(by, complaint)
    checks.require(sorts or may_handle(by, complaint))
    text = checks.said(text, "text", _("Write what was mended and how you know."))
    checks.refuse_naming(complaint, text, "text", sure=True)
    if told and not sorts:
        raise DomainError("told_by_office", _("The office alone writes to the complainant."), field="told")
    on = local_date(at)
    with transaction.atomic():
        rows = ComplaintLimit.objects.filter(complaint=complaint, step=Step.MEND, done_on=None)
        if not rows.update(done_on=on):
            raise StaleState("mended", _("Nothing is left to mend here, or it was recorded already."))
        log(complaint, "complaint_mended", by, at, note=text)
        words.tell_complainant(complaint, told, by, at)
        if not sorts:
            transaction.on_commit(lambda: telling.tell_office(complaint, "mended", at))
    return complaint


def until(complaint: Complaint) -> date | None:
    """The last day to mend it, inclusive, while that is left; else None."""
    limit = limits.running(complaint, Step.MEND)
    return limit.due_on if limit else None


def press(limit: ComplaintLimit, at: datetime) -> None:
    """The daily run: the time to mend it is over, so handler and office hear of it."""
    complaint = limit.complaint
    with transaction.atomic():
        claim(limit, pressed_on=local_date(at))
        log(complaint, "complaint_mend_pressed", None, at)
        transaction.on_commit(lambda: telling.tell_handler(complaint, "mend_late", at))
        if complaint.handler_id is not None:
            transaction.on_commit(lambda: telling.tell_office(complaint, "mend_late", at))


def hand_over(limit: ComplaintLimit, *, late: int, rule: WarningRule, at: datetime) -> None:
    """The daily run: found true, so many working days past the limit and not mended."""
    complaint = limit.complaint
    why = f"投诉查实，逾期 {late} 个工作日仍未整改（{rule.basis.text}）"[:300]
    with transaction.atomic():
        claim(limit, handed_on=local_date(at))
        hand_to_discipline(complaint, why, None, at, rule_id=rule.id, again=True)
        transaction.on_commit(lambda: telling.tell_upper(complaint, rule, at))


def claim(limit: ComplaintLimit, **days: date) -> None:
    """Write that this run pressed or handed over; StaleState when another run did, or the step was taken meanwhile."""
    same = {name: getattr(limit, name) for name in days}
    if not ComplaintLimit.objects.filter(pk=limit.pk, done_on=None, **same).update(**days):
        raise StaleState("moved", _("This complaint has been moved meanwhile. Look at it again."))
