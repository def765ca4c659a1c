"""The course of a complaint: accept or refuse, name a handler, handle, answer, contest once, close (see `states`).

The office one tier above the unit sorts and answers; another office handles; the unit complained about only states its
side, from a version that names nobody.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department
from accounts.outside.sealed import Unreadable, unseal
from accounts.scope import posted_at
from policy.deadlines import Deadline
from policy.rules import Rule
from supervision.complaints import limits, masking, pressing, telling
from supervision.complaints.models import (
    Complaint,
    ComplaintAuthor,
    ComplaintEvent,
    ComplaintWord,
    Outcome,
    Side,
    Step,
)
from supervision.complaints.receiving import clean_lines
from supervision.complaints.states import MOVES, STEP_OF, State


def may_sort(user: Any, complaint: Complaint) -> bool:
    """Whether the person sorts and answers this complaint: at exactly its office, and not of the unit."""
    if complaint.office_is_unit:
        return Complaint.objects.escalated_to(user).filter(pk=complaint.pk).exists()
    if not posted_at(user, complaint.office_id, "complaints.triage"):
        return False
    return Complaint.objects.of_office(user).filter(pk=complaint.pk).exists()


def may_handle(user: Any, complaint: Complaint) -> bool:
    if complaint.handler_id is None:
        return may_sort(user, complaint)
    return Complaint.objects.of_handler(user).filter(pk=complaint.pk).exists()


def may_see_identity(user: Any, complaint: Complaint) -> bool:
    if complaint.office_is_unit:
        return may_sort(user, complaint)
    return posted_at(user, complaint.office_id, "complaints.identity") and may_sort(user, complaint)


def accept(*, complaint: Complaint, department: Department | None = None, by: Any, at: datetime) -> Complaint:
    """Take it up. `department` names the unit precisely where the complainant did not know it."""
    _require(may_sort(by, complaint))
    changes: dict[str, Any] = {}
    if department is not None:
        if department.division_id != complaint.division_id or complaint.department_id:
            raise DomainError("unit_elsewhere", _("Choose a unit of this place."), field="department")
        changes = {
            "department": department,
            "unit_name": department.name[:120],
            "about_office": "competent" in department.duties,
        }
    return _move(complaint, "accept", by, at, **changes)


def refuse(*, complaint: Complaint, reason: str, by: Any, at: datetime) -> Complaint:
    """Not taken up; the complainant reads the reason and may contest it once."""
    _require(may_sort(by, complaint))
    reason = _said(reason, "reason", _("Write why it is not accepted and where the complainant can turn."))
    return _move(complaint, "refuse", by, at, reply=reason, replied_on=local_date(at))


def assign(
    *, complaint: Complaint, summary: str, handler: Department | None = None, ask_unit: bool = True, sure: bool = False,
    by: Any, at: datetime,
) -> Complaint:  # fmt: skip
    """Name who handles it (None: the office itself) with the version that unit and handler may read."""
    _require(may_sort(by, complaint))
    summary = _said(summary, "summary", _("Write the version for the unit."))
    _refuse_naming(complaint, summary, "summary", sure)
    if handler is not None:
        _refuse_own_handler(complaint, handler)
    changes: dict[str, Any] = {
        "summary": summary, "handler": handler,
        "handler_is_office": handler is not None and "competent" in handler.duties,
    }  # fmt: skip
    if ask_unit and complaint.asked_at is None:
        changes["asked_at"] = at
    note = handler.name if handler else complaint.office_name
    with transaction.atomic():
        moved = _move(complaint, "assign", by, at, note=note, **changes)
        pressing.handled(moved, by, at)  # another handler: what pressed the one before is settled
    if "asked_at" in changes:
        transaction.on_commit(lambda: telling.tell_unit(moved, at))
    return moved


def state_side(*, complaint: Complaint, text: str, by: Any, at: datetime) -> Complaint:
    """The unit complained about states its side, once; it decides nothing."""
    _require(Complaint.objects.asked_of(by).filter(pk=complaint.pk).exists())
    text = _said(text, "text", _("Write what happened from your side, with dates."))
    with transaction.atomic():
        rows = Complaint.objects.filter(
            pk=complaint.pk, stated_at=None, state__in=(State.ASSIGNED, State.FINISHED)
        )
        if not rows.update(statement=text, stated_by=by, stated_at=at):
            raise StaleState("stated", _("A statement is there already, or the matter is closed."))
        complaint.refresh_from_db()
        _log(complaint, "complaint_stated", by, at)
        transaction.on_commit(lambda: telling.tell_handler(complaint, "statement", at))
    return complaint


def finish(*, complaint: Complaint, outcome: str, finding: str, by: Any, at: datetime) -> Complaint:
    """What was found and done; the office answers the complainant from it."""
    _require(may_handle(by, complaint))
    if outcome not in Outcome.values:
        raise DomainError("outcome_unknown", _("Choose what was found."), field="outcome")
    finding = _said(finding, "finding", _("Write what was found and what was done."))
    with transaction.atomic():
        moved = _move(complaint, "finish", by, at, outcome=outcome, finding=finding)
        pressing.handled(moved, by, at)
    return moved


def send_back(*, complaint: Complaint, reason: str, by: Any, at: datetime) -> Complaint:
    """The finding is not enough; the handler goes on under the same limit."""
    _require(may_sort(by, complaint))
    reason = _said(reason, "reason", _("Write what is lacking."))
    _refuse_naming(complaint, reason, "reason", sure=True)
    return _move(complaint, "back", by, at, note=reason)


def reply(*, complaint: Complaint, text: str, by: Any, at: datetime) -> Complaint:
    """The answer; the complainant reads it with the query code and says whether it will do."""
    _require(may_sort(by, complaint))
    text = _said(text, "text", _("Write the answer to the complainant."))
    return _move(complaint, "reply", by, at, reply=text, replied_on=local_date(at), satisfied=None)


def contest(*, complaint: Complaint, text: str, by: Any = None, at: datetime) -> Complaint:
    """Once: not satisfied with the answer or the refusal, it is looked at again. `by` None: the complainant himself."""
    if by is not None:
        _require(may_sort(by, complaint))
    if complaint.round > 1:
        raise DomainError(
            "contested_already", _("A complaint is looked at again once; this was done."), field="text"
        )
    text = _said(text, "text", _("Write what is still wrong."))
    with transaction.atomic():
        moved = _move(
            complaint, "contest", by, at, round=2, contested_at=at, satisfied=False, handler=None,
            handler_is_office=False, outcome="",
        )  # fmt: skip
        ComplaintWord.objects.create(complaint=moved, side=Side.COMPLAINANT, text=text, at=at, by=by)
    return moved


def close(
    *, complaint: Complaint, satisfied: bool | None, silence: Deadline | None = None, by: Any = None, at: datetime
) -> Complaint:  # fmt: skip
    """The complainant's word on the answer. Not satisfied a second time: discipline inspection hears of it.

    `silence`: the last day for a word went by without one; its basis is written down.
    """
    if by is not None:
        _require(may_sort(by, complaint))
    if complaint.state == State.REFUSED:
        satisfied = None  # nothing was handled that one could be satisfied with
    with transaction.atomic():
        moved = _move(
            complaint, "close", by, at, note=silence.basis if silence else "", rule_id=silence.rule_id if silence else "",
            satisfied=satisfied, closed_on=local_date(at),
        )  # fmt: skip
        if satisfied is False and moved.round > 1 and moved.escalated_at is None:
            _escalate(moved, "投诉人对复查结果仍不满意", None, at)
    return moved


def escalate(*, complaint: Complaint, why: str, by: Any, at: datetime) -> Complaint:
    """Hand it to discipline inspection: not mended, put off, or beyond the office."""
    _require(may_sort(by, complaint))
    why = _said(why, "why", _("Write what was not mended."))[:300]
    _refuse_naming(complaint, why, "why", sure=True)
    with transaction.atomic():
        _escalate(complaint, why, by, at)
    return complaint


def note_discipline(*, complaint: Complaint, text: str, by: Any, at: datetime) -> Complaint:
    """What discipline inspection made of an escalated complaint."""
    _require(Complaint.objects.escalated_to(by).filter(pk=complaint.pk).exists())
    text = _said(text, "text", _("Write what was decided."))
    with transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(discipline_note=text)
        complaint.refresh_from_db()
        _log(complaint, "complaint_discipline", by, at)
    return complaint


def press(*, complaint: Complaint, by: Any, at: datetime) -> Complaint:
    """催办: the one whose turn it is hears that it is wanted; counted. `by` None: the daily run."""
    if by is not None:
        _require(may_sort(by, complaint))
    with transaction.atomic():
        rows = Complaint.objects.filter(pk=complaint.pk, turn=complaint.turn, due_on__isnull=False)
        if not rows.update(pressed=complaint.pressed + 1, pressed_at=at):
            raise StaleState("moved", _("This complaint has been moved meanwhile. Look at it again."))
        complaint.refresh_from_db()
        _log(complaint, "complaint_pressed", by, at)
        pressing.press_handler(complaint, at)
        to_handler = complaint.state == State.ASSIGNED
        tell = telling.tell_handler if to_handler else telling.tell_office
        transaction.on_commit(lambda: tell(complaint, "pressed", at))
    return complaint


def escalate_by_limit(*, complaint: Complaint, late: int, rule: Rule, at: datetime) -> None:
    """The daily run: so many working days overdue that, by the rule, the office no longer mends it itself."""
    why = f"逾期 {late} 个工作日未办（{rule.basis.text}）"[:300]
    with transaction.atomic():
        _escalate(complaint, why, None, at, rule_id=rule.id)


def identity_of(complaint: Complaint) -> dict[str, str]:
    """The sealed identity, for comparing only; empty when anonymous or unreadable. Showing it is `identity.look`."""
    held = ComplaintAuthor.objects.filter(complaint=complaint).first()
    try:
        return unseal(held.sealed) if held is not None else {}
    except Unreadable:
        return {}


def draft_summary(complaint: Complaint) -> str:
    """The complaint with the complainant masked, to start from. Empty once the words are gone."""
    return masking.draft(complaint.text, identity_of(complaint), complaint.about_project)


def _escalate(complaint: Complaint, why: str, by: Any, at: datetime, rule_id: str = "") -> None:
    rows = Complaint.objects.filter(pk=complaint.pk, escalated_at=None)
    if not rows.update(escalated_at=at, escalated_why=why):
        raise StaleState("escalated", _("It lies with discipline inspection already."))
    complaint.refresh_from_db()
    _log(complaint, "complaint_escalated", by, at, note=why, rule_id=rule_id)
    transaction.on_commit(lambda: telling.tell_discipline(complaint, "escalated", at))


def _refuse_naming(complaint: Complaint, text: str, field: str, sure: bool) -> None:
    identity = identity_of(complaint)
    if masking.names_author(text, identity):
        raise DomainError(
            "names_author",
            _("This would tell the unit who complained: name, phone or address stands in it. Take it out."),
            field=field,
        )
    if not sure and masking.looks_personal(text, complaint.about_project):
        raise DomainError(
            "looks_personal",
            _(
                "There is a phone or paper number, a name or the project in it that may tell who complained. Take it out, or tick that you have checked it."  # noqa: E501
            ),
            field=field,
        )


def _refuse_own_handler(complaint: Complaint, handler: Department) -> None:
    about_all = complaint.about_office and complaint.department_id is None
    same_office = complaint.about_office and "competent" in handler.duties
    here = handler.division_id == complaint.division_id
    if handler.pk == complaint.department_id or (here and (about_all or same_office)):
        raise DomainError(
            "own_handler",
            _("The unit complained about never handles it. Choose another office."),
            field="handler",
        )
    if handler.division_id not in (complaint.office_id, complaint.division_id):
        raise DomainError("handler_elsewhere", _("Choose an office of this list."), field="handler")


def _said(text: str, field: str, missing: str) -> str:
    text = clean_lines(text)
    if not text:
        raise DomainError("text_missing", missing, field=field)
    return text


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied("complaints")


def _log(
    complaint: Complaint, action: str, by: Any, at: datetime, *, note: str = "", rule_id: str = "", **values: Any
) -> None:  # fmt: skip
    ComplaintEvent.objects.create(complaint=complaint, action=action, at=at, by=by, note=note)
    audit.record(
        action, target=complaint, by=by, at=at, after={"state": complaint.state, **values}, rule_id=rule_id
    )


def _move(
    complaint: Complaint, code: str, by: Any, at: datetime, *, note: str = "", rule_id: str = "", **changes: Any
) -> Complaint:  # fmt: skip
    """Compare and set on state and turn, end the step's limit, start the next one, write course and log."""
    move, before, on = MOVES[code], complaint.state, local_date(at)
    again = before == move.target  # named anew: the limit that runs goes on
    with transaction.atomic():
        rows = Complaint.objects.filter(pk=complaint.pk, state__in=move.sources, turn=complaint.turn)
        if not rows.update(state=move.target, turn=complaint.turn + 1, due_on=on, **changes):
            raise StaleState("moved", _("This complaint has been moved meanwhile. Look at it again."))
        complaint.refresh_from_db()
        if not again:
            _limits(complaint, code, before, on)
        else:
            complaint.due_on = complaint.limits.get(round=complaint.round, step=STEP_OF[State(before)]).due_on
        complaint.save(update_fields=["due_on"])
        _log(complaint, move.action, by, at, note=note, rule_id=rule_id, due_on=complaint.due_on)
        told = {"assign": telling.tell_handler, "back": telling.tell_handler}.get(code, telling.tell_office)
        transaction.on_commit(lambda: told(complaint, move.action, at))
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
