"""The course of a complaint: accept or refuse, name a handler, handle, answer, contest once, close (see `states`).

The office one tier above the unit sorts and answers; another office handles; the unit complained about only states its
side, from a version that names nobody.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import files
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department
from accounts.outside.uploads import check_outside_files
from policy.deadlines import Deadline
from supervision.complaints import checks, limits, mending, pressing, telling, words
from supervision.complaints.checks import LEAST_CONTEST, LEAST_REPLY
from supervision.complaints.models import (
    Complaint,
    ComplaintWord,
    Side,
    Step,
)
from supervision.complaints.receiving import MOST_FILES, OFFICE_ITSELF, clean_lines, keep_files, refuse_nobody
from supervision.complaints.rights import may_handle, may_sort
from supervision.complaints.rounds import ComplaintRound, Outcome
from supervision.complaints.states import State
from supervision.complaints.steps import hand_to_discipline, log, move


def accept(*, complaint: Complaint, department: Department | None = None, by: Any, at: datetime) -> Complaint:
    """Take it up. `department` names the unit precisely where the complainant did not know it.

    If that is the office which sorts, it goes to discipline inspection: nobody of the unit reads on.
    """
    checks.require(may_sort(by, complaint))
    changes: dict[str, Any] = {}
    if department is not None:
        if department.division_id != complaint.division_id or complaint.department_id:
            raise DomainError("unit_elsewhere", _("Choose a unit of this place."), field="department")
        changes = {
            "department": department,
            "unit_name": department.name[:120],
            "about_office": "competent" in department.duties,
        }
    with transaction.atomic():
        moved = move(complaint, "accept", by, at, **changes)
        if moved.office_is_unit and moved.escalated_at is None:
            refuse_nobody(moved, local_date(at))
            hand_to_discipline(moved, OFFICE_ITSELF, None, at)
    return moved


def refuse(*, complaint: Complaint, reason: str, by: Any, at: datetime) -> Complaint:
    """Not taken up; the complainant reads the reason and may contest it once."""
    checks.require(may_sort(by, complaint))
    reason = checks.said(
        reason, "reason", _("Write why it is not accepted and where the complainant can turn.")
    )
    told = {"refused": True, "reply": reason, "replied_on": local_date(at)}
    return move(complaint, "refuse", by, at, kept=told)


def assign(
    *, complaint: Complaint, summary: str, handler: Department | None = None, ask_unit: bool = True, sure: bool = False,
    same_why: str = "", by: Any, at: datetime,
) -> Complaint:  # fmt: skip
    """Name who handles it (None: the office itself) with the version that unit and handler may read.

    `same_why`: why the one who handled the first round handles the second one too; it stands in the course.
    """
    checks.require(may_sort(by, complaint))
    summary = checks.said(summary, "summary", _("Write the version for the unit."))
    checks.refuse_naming(complaint, summary, "summary", sure)
    if handler is not None:
        checks.refuse_own_handler(complaint, handler)
    same_why = checks.refuse_same_handler(complaint, handler, same_why)
    changes: dict[str, Any] = {
        "summary": summary, "handler": handler,
        "handler_is_office": handler is not None and "competent" in handler.duties,
    }  # fmt: skip
    if ask_unit and complaint.asked_at is None:
        changes["asked_at"] = at
    note = handler.name if handler else complaint.office_name
    note += f"（再查仍由其办理：{same_why}）" if same_why else ""
    before = complaint.handler_id
    with transaction.atomic():
        moved = move(complaint, "assign", by, at, note=note, kept={"handler": handler}, **changes)
        if moved.handler_id != before:  # else whoever was pressed stays pressed
            pressing.handled(moved, by, at, note="已改由其他单位办理")
        if "asked_at" in changes:
            limits.start_step(moved, Step.STATE, local_date(at))
    if "asked_at" in changes:
        transaction.on_commit(lambda: telling.tell_unit(moved, at))
    return moved


def state_side(
    *, complaint: Complaint, text: str, uploads: Sequence[Any] = (), by: Any, at: datetime
) -> Complaint:
    """The unit complained about states its side, once, with papers; it decides nothing."""
    checks.require(Complaint.objects.asked_of(by).filter(pk=complaint.pk).exists())
    text = checks.said(text, "text", _("Write what happened from your side, with dates."))
    kept = check_outside_files(uploads, field="uploads", most=MOST_FILES)
    paths: list[str] = []
    try:
        with transaction.atomic():
            rows = Complaint.objects.filter(
                pk=complaint.pk, stated_at=None, state__in=(State.ASSIGNED, State.FINISHED)
            )
            if not rows.update(statement=text, stated_by=by, stated_at=at):
                raise StaleState("stated", _("A statement is there already, or the matter is closed."))
            complaint.refresh_from_db()
            keep_files(complaint, kept, Side.UNIT, paths)
            limits.end_beside(complaint, Step.STATE, local_date(at))
            log(complaint, "complaint_stated", by, at)
            transaction.on_commit(lambda: telling.tell_handler(complaint, "statement", at))
    except BaseException:
        files.forget(paths)
        raise
    return complaint


def finish(
    *, complaint: Complaint, outcome: str, finding: str, no_wait: str = "", by: Any, at: datetime
) -> Complaint:
    """What was found and done; the office answers the complainant from it.

    `no_wait`: why the statement asked of the unit was not waited for, needed while it has time left; it stands in the
    course.
    """
    checks.require(may_handle(by, complaint))
    if outcome not in Outcome.values:
        raise DomainError("outcome_unknown", _("Choose what was found."), field="outcome")
    finding = checks.said(finding, "finding", _("Write what was found and what was done."))
    no_wait = clean_lines(no_wait)
    if complaint.state == State.ASSIGNED and not no_wait and waits_for_statement(complaint, local_date(at)):
        raise DomainError(
            "no_wait_missing",
            _("The unit still has time for its statement. Wait for it, or write why it is not waited for."),
            field="no_wait",
        )
    checks.refuse_naming(complaint, no_wait, "no_wait", sure=True)
    with transaction.atomic():
        moved = move(complaint, "finish", by, at, note=no_wait, kept={"outcome": outcome, "finding": finding})
        pressing.handled(moved, by, at)
    return moved


def waits_for_statement(complaint: Complaint, on: date) -> date | None:
    """The last day of a statement asked of the unit that is neither there nor overdue."""
    limit = limits.running(complaint, Step.STATE)
    return limit.due_on if complaint.stated_at is None and limit is not None and on <= limit.due_on else None


def send_back(*, complaint: Complaint, reason: str, by: Any, at: datetime) -> Complaint:
    """The finding is not enough; the handler goes on under the same limit."""
    checks.require(may_sort(by, complaint))
    reason = checks.said(reason, "reason", _("Write what is lacking."))
    checks.refuse_naming(complaint, reason, "reason", sure=True)
    return move(complaint, "back", by, at, note=reason)


def reply(*, complaint: Complaint, text: str, by: Any, at: datetime) -> Complaint:
    """The answer; the complainant reads it with the query code and says whether it will do."""
    checks.require(may_sort(by, complaint))
    text = checks.said(text, "text", _("Write the answer to the complainant."), least=LEAST_REPLY)
    with transaction.atomic():
        moved = move(complaint, "reply", by, at, kept={"reply": text, "replied_on": local_date(at)})
        limits.end_beside(moved, Step.STATE, local_date(at))  # a statement still owed is asked for no more
        mending.after_answer(moved, local_date(at))
    return moved


def correct(*, complaint: Complaint, text: str, by: Any, at: datetime) -> Complaint:
    """Another answer in place of one that the complainant has not read; the days to object begin anew."""
    checks.require(may_sort(by, complaint))
    text = checks.said(text, "text", _("Write the answer to the complainant."), least=LEAST_REPLY)
    with transaction.atomic():
        if not Complaint.objects.filter(pk=complaint.pk, state=State.REPLIED, turn=complaint.turn).update(
            turn=complaint.turn + 1
        ):
            raise StaleState("moved", _("This complaint has been moved meanwhile. Look at it again."))
        unread = complaint.rounds.filter(number=complaint.round, read_at=None, call_on=None)
        if not unread.update(reply=text, replied_on=local_date(at)):
            raise StaleState(
                "read", _("The complainant has read the answer; it stays as it is. Write a further word.")
            )
        complaint.refresh_from_db()
        log(complaint, "complaint_corrected", by, at)
    return complaint


def contest(*, complaint: Complaint, text: str, uploads: Sequence[Any] = (), at: datetime) -> Complaint:
    """Once: the complainant is not satisfied with the answer or the refusal, so it is looked at again in a second round."""
    kept = check_outside_files(uploads, field="uploads", most=MOST_FILES)
    paths: list[str] = []
    try:
        with transaction.atomic():
            moved = _contest(complaint, text, {}, None, at)
            keep_files(moved, kept, Side.COMPLAINANT, paths, moved.words.last())
    except BaseException:
        files.forget(paths)
        raise
    return moved


def contest_by_phone(
    *, complaint: Complaint, text: str, call_with: str, call_on: date, by: Any, at: datetime
) -> Complaint:
    """The same for a caller, entered by staff with whom they spoke to and on which day."""
    checks.require(may_sort(by, complaint))
    text = checks.said(text, "text", _("Write what is still wrong."), least=LEAST_CONTEST)
    return _contest(
        complaint, text, checks.phone_call(complaint, call_with, call_on, text, "text", by, at), by, at
    )


def _contest(complaint: Complaint, text: str, call: dict[str, Any], by: Any, at: datetime) -> Complaint:
    if complaint.round > 1:
        raise DomainError(
            "contested_already", _("A complaint is looked at again once; this was done."), field="text"
        )
    text = checks.said(text, "text", _("Write what is still wrong."), least=LEAST_CONTEST)
    first = complaint.present
    with transaction.atomic():
        moved = move(complaint, "contest", by, at, round=2, handler=None, handler_is_office=False)
        word = {"satisfied": False, "said_on": local_date(at)} if first.reply and not first.refused else {}
        ComplaintRound.objects.filter(pk=first.pk).update(**word, **call)
        ComplaintRound.objects.create(complaint=moved, number=2)
        ComplaintWord.objects.create(complaint=moved, side=Side.COMPLAINANT, text=text, at=at, by=by)
    return moved


def say_by_phone(
    *, complaint: Complaint, satisfied: bool, call_with: str, call_on: date, call_note: str, by: Any, at: datetime,
) -> Complaint:  # fmt: skip
    """What a caller thinks of the answer. It closes nothing: until the time is over the complaint can be contested."""
    checks.require(may_sort(by, complaint))
    call_note = checks.said(call_note, "call_note", _("Write what was said on the phone."))
    call = checks.phone_call(complaint, call_with, call_on, call_note, "call_note", by, at)
    with transaction.atomic():
        rows = Complaint.objects.filter(pk=complaint.pk, state=State.REPLIED, turn=complaint.turn)
        if not rows.update(turn=complaint.turn + 1):
            raise StaleState("moved", _("This complaint has been moved meanwhile. Look at it again."))
        complaint.rounds.filter(number=complaint.round).update(satisfied=satisfied, said_on=call_on, **call)
        complaint.refresh_from_db()
        log(complaint, "complaint_called", by, at)
    return complaint


def close(
    *, complaint: Complaint, satisfied: bool | None = None, silence: Deadline | None = None, by: Any = None,
    at: datetime,
) -> Complaint:  # fmt: skip
    """`by` None: the complainant's word on the answer, or (satisfied None) the time to say one is over.

    The office closes only once that time is over and never says for the complainant whether the answer will do. Not
    satisfied a second time: discipline inspection hears of it. `silence`: the last day for a word went by without one;
    its basis is written down.
    """
    if by is not None:
        checks.require(may_sort(by, complaint))
        _refuse_early(complaint, satisfied, at)
    told: dict[str, Any] = {}
    if satisfied is not None and complaint.state != State.REFUSED:  # nothing was handled then
        told = {"satisfied": satisfied, "said_on": local_date(at)}
    with transaction.atomic():
        moved = move(
            complaint, "close", by, at, note=silence.basis if silence else "", rule_id=silence.rule_id if silence else "",
            kept=told, closed_on=local_date(at),
        )  # fmt: skip
        if moved.satisfied is False and moved.round > 1 and not moved.office_is_unit:
            hand_to_discipline(moved, "投诉人对复查结果仍不满意", None, at, again=True)
    return moved


def _refuse_early(complaint: Complaint, satisfied: bool | None, at: datetime) -> None:
    if satisfied is not None:
        raise DomainError("not_yours_to_say", _("Only the complainant says whether the answer will do."))
    until = limits.contest_until(complaint)
    if until is not None and local_date(at) <= until:
        raise DomainError(
            "contest_runs",
            _("The complainant may object until %(day)s; after that it can be closed.")
            % {"day": until.isoformat()},
        )


def escalate(*, complaint: Complaint, why: str, by: Any, at: datetime) -> Complaint:
    """Hand it to discipline inspection: not mended, put off, or beyond the office."""
    checks.require(may_sort(by, complaint))
    why = checks.said(why, "why", _("Write what was not mended."))[:300]
    checks.refuse_naming(complaint, why, "why", sure=True)
    with transaction.atomic():
        hand_to_discipline(complaint, why, by, at)
    return complaint


def note_discipline(*, complaint: Complaint, text: str, told: str = "", by: Any, at: datetime) -> Complaint:
    """What discipline inspection made of an escalated complaint; each note stays in the course.

    `told`: what the complainant reads of it, also once the complaint is closed. Like an answer it is shown to anybody
    else only with whatever is surely somebody's masked.
    """
    checks.require(Complaint.objects.escalated_to(by).filter(pk=complaint.pk).exists())
    text = checks.said(text, "text", _("Write what was decided."))
    with transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(discipline_note=text)
        complaint.refresh_from_db()
        limits.end_beside(complaint, Step.DISCIPLINE, local_date(at))
        log(complaint, "complaint_discipline", by, at, note=text)
        words.tell_complainant(complaint, told, by, at, of=_("Discipline inspection"))
    return complaint


def press(*, complaint: Complaint, by: Any, at: datetime) -> Complaint:
    """催办: the one whose turn it is hears that it is wanted; counted. `by` None: the daily run."""
    if by is not None:
        checks.require(may_sort(by, complaint))
        if complaint.handler_id is None:
            raise DomainError("press_self", _("Your own office handles it: there is nobody to press."))
    with transaction.atomic():
        rows = Complaint.objects.filter(
            pk=complaint.pk, turn=complaint.turn, pressed=complaint.pressed, due_on__isnull=False
        )
        if not rows.update(pressed=complaint.pressed + 1, pressed_at=at):
            raise StaleState("moved", _("This complaint has been moved meanwhile. Look at it again."))
        complaint.refresh_from_db()
        log(complaint, "complaint_pressed", by, at)
        pressing.press_handler(complaint, at)
        to_handler = complaint.state == State.ASSIGNED
        tell = telling.tell_handler if to_handler else telling.tell_office
        transaction.on_commit(lambda: tell(complaint, "pressed", at))
    return complaint
