"""How each step of a complaint is written: state and turn compared and set, limits ended and begun, course and log.

Services call these inside their permission and rules; nothing here asks who is acting.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import StaleState
from policy.rules import WarningRule
from supervision.complaints import limits, telling
from supervision.complaints.models import Complaint, ComplaintEvent, Step
from supervision.complaints.states import MOVES, STEP_OF, State


def log(
    complaint: Complaint, action: str, by: Any, at: datetime, *, note: str = "", rule_id: str = "", **values: Any
) -> None:  # fmt: skip
    ComplaintEvent.objects.create(complaint=complaint, action=action, at=at, by=by, note=note)
    audit.record(
        action,
        target=complaint,
        by=by,
        at=at,
        after={"state": complaint.state, **values},
        rule_id=rule_id,
        codes=complaint.log_codes,
    )


def move(
    complaint: Complaint, code: str, by: Any, at: datetime, *, note: str = "", rule_id: str = "",
    kept: dict[str, Any] | None = None, **changes: Any,
) -> Complaint:  # fmt: skip
    """Compare and set on state and turn, end the step's limit, start the next one, write course and log.

    `kept` goes to the round that runs, `changes` to the complaint.
    """
    step, before, on = MOVES[code], complaint.state, local_date(at)
    again = before == step.target  # named anew: the limit that runs goes on
    with transaction.atomic():
        rows = Complaint.objects.filter(pk=complaint.pk, state__in=step.sources, turn=complaint.turn)
        if not rows.update(state=step.target, turn=complaint.turn + 1, due_on=on, **changes):
            raise StaleState("moved", _("This complaint has been moved meanwhile. Look at it again."))
        if kept:
            complaint.rounds.filter(number=complaint.round).update(**kept)
        complaint.refresh_from_db()
        if not again:
            _limits(complaint, code, before, on)
        else:
            complaint.due_on = complaint.limits.get(round=complaint.round, step=STEP_OF[State(before)]).due_on
        complaint.save(update_fields=["due_on"])
        log(complaint, step.action, by, at, note=note, rule_id=rule_id, due_on=complaint.due_on)
        told = {"assign": telling.tell_handler, "back": telling.tell_handler}.get(code, telling.tell_office)
        transaction.on_commit(lambda: told(complaint, step.action, at))
    return complaint


def _limits(complaint: Complaint, code: str, before: str, on: Any) -> None:
    if code == "back":
        complaint.due_on = limits.reopen_step(complaint, Step.FINISH).due_on
        return
    step = STEP_OF.get(State(before))
    if step is not None:
        limits.end_step(complaint, step, on)
    following = STEP_OF.get(State(complaint.state))
    complaint.due_on = limits.start_step(complaint, following, on).due_on if following else None


def escalate_by_limit(*, complaint: Complaint, late: int, rule: WarningRule, at: datetime) -> None:
    """The daily run: so many working days overdue that, by the rule, the office no longer mends it itself."""
    why = f"逾期 {late} 个工作日未办（{rule.basis.text}）"[:300]
    with transaction.atomic():
        hand_to_discipline(complaint, why, None, at, rule_id=rule.id)
        transaction.on_commit(lambda: telling.tell_upper(complaint, rule, at))


def hand_to_discipline(
    complaint: Complaint, why: str, by: Any, at: datetime, *, rule_id: str = "", again: bool = False
) -> None:
    """Escalate it, once. `again`: for another reason, also when it lies there already; the reason before stays in the
    course, and the limit of discipline inspection begins anew if it was over.
    """
    open_ones = {} if again else {"escalated_at": None}
    first = complaint.escalated_at is None
    changes: dict[str, Any] = {"escalated_why": why} | ({"escalated_at": at} if first else {})
    if not Complaint.objects.filter(pk=complaint.pk, **open_ones).update(**changes):
        raise StaleState("escalated", _("It lies with discipline inspection already."))
    complaint.refresh_from_db()
    if not complaint.office_is_unit:  # else discipline inspection sorts it, under the limits of the course
        limits.run_anew(complaint, Step.DISCIPLINE, local_date(at))
    log(complaint, "complaint_escalated", by, at, note=why, rule_id=rule_id)
    transaction.on_commit(lambda: telling.tell_discipline(complaint, "escalated", at))
