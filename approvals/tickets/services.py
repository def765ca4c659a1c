"""Writes to assistance tickets: opening, agreeing, working, closing (H13, G二, G一(五)4).

Each call: right → rules → one transaction (see `moving.perform`). Callers pass `turn`, the state of the page they saw.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, files
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division, User
from approvals.tickets import telling
from approvals.tickets.access import (
    investors_of,
    is_holder,
    people_of_office,
    require_move,
    rights_over,
    side_of,
)
from approvals.tickets.clocks import LIMIT, SILENCE, agreed_limit, counts_on, deadline_from
from approvals.tickets.models import Side, Ticket, TicketKind, TicketSource, TicketState
from approvals.tickets.moving import (
    Holder,
    acceptance,
    clean_text,
    end_holds,
    investor_holder,
    keep_files,
    office_holder,
    perform,
    start_hold,
    stale,
    write_entry,
)
from approvals.tickets.routing import departments_of, office_above, office_for, place_of, tier_above
from projects.abilities import abilities
from projects.models import NumberSeries, Project, ProjectState
from projects.text import clean

SOURCES_BY_SIDE = {
    Side.INVESTOR: (TicketSource.INVESTOR,),
    Side.OFFICE: (TicketSource.OFFICER, TicketSource.MEETING, TicketSource.COMPLAINT),
}


def open_ticket(
    *,
    project: Project,
    kind: str,
    title: str,
    text: str,
    source: str = "",
    source_note: str = "",
    materials: str = "",
    due_on: date | None = None,
    department: Department | None = None,
    person: User | None = None,
    uploads: Sequence[Any] = (),
    by: Any,
    at: datetime,
) -> Ticket:
    """Propose a ticket; the other side agrees or accepts. The office is that of the kind's duty unless named.

    The investor's own ticket must be accepted within the regime's working day; one of the office waits for the
    investor's agreement, and no clock runs against the office meanwhile.
    """
    if "tickets.open" not in abilities(by, project):
        raise PermissionDenied("tickets.open")
    side, on = side_of(by, project), local_date(at)
    source = source or SOURCES_BY_SIDE[Side(side)][0]
    title, text = _checked_opening(project, kind, title, text, source, side)
    checked = files.check_files(uploads)
    place = place_of(project)
    if side == Side.INVESTOR:
        department = person = due_on = None  # the office says who and until when
    department = department or office_for(kind, place, on)
    if department is not None and department.division_id != place.pk:
        raise DomainError(
            "office_elsewhere", _("This office belongs to another division."), field="department"
        )
    _check_limit(due_on, on)
    office = Holder(Side.OFFICE, place, department, person)
    holder = office if side == Side.INVESTOR else Holder(Side.INVESTOR, place)
    clock = acceptance(office, at) if side == Side.INVESTOR else {}
    kept: list[str] = []
    try:
        with transaction.atomic():
            ticket = Ticket.objects.create(
                project=project, number=_number(place, on.year), source=source, source_note=clean(source_note)[:120],
                kind=kind, title=title, text=text, materials=clean_text(materials), opened_side=side, opened_by=by,
                opened_at=at, division=place, department=department, person=person, due_on=due_on,
                deadline=agreed_limit(due_on, on) if due_on else {},
                next_due_on=counts_on(TicketState.PROPOSED, clock.get("accept_by_on"), None),
                province_code=project.province_code, city_code=project.city_code, county_code=project.county_code,
                **clock,
            )  # fmt: skip
            start_hold(ticket, holder, "open", at)
            entry = write_entry(ticket, "open", side=side, by=by, at=at, text=text)
            kept += keep_files(entry, checked)
            audit.record(
                "ticket_open", target=ticket, by=by, at=at,
                after={"kind": kind, "title": title, "source": source, "holder": office.label, "due_on": due_on},
            )  # fmt: skip
            transaction.on_commit(lambda: telling.tell_move(ticket, entry, at))
    except BaseException:
        files.forget(kept)
        raise
    return ticket


def agree(*, ticket: Ticket, text: str = "", turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The investor agrees to what the office proposed; now the office must accept within its day."""
    move = require_move(by, ticket, "agree")
    office = office_holder(ticket)
    changes = {"agreed_at": at} | acceptance(office, at)
    return perform(ticket, "agree", move, by=by, at=at, turn=turn, text=text, changes=changes, holder=office)


def decline(*, ticket: Ticket, reason: str, turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The side that was asked does not agree: the investor to the office's proposal, the office to the investor's."""
    code = "decline" if side_of(by, ticket.project) == Side.INVESTOR else "reject"
    move = require_move(by, ticket, code)
    return _end(ticket, code, move, _reason(reason), turn, by, at)


def withdraw(*, ticket: Ticket, reason: str, turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The investor no longer needs the help."""
    move = require_move(by, ticket, "withdraw")
    return _end(ticket, "withdraw", move, _reason(reason), turn, by, at)


def accept(
    *,
    ticket: Ticket,
    due_on: date | None = None,
    department: Department | None = None,
    person: User | None = None,
    materials: str | None = None,
    text: str = "",
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Ticket:
    """The office accepts: who works on it, until when, with which materials. Without a day the regime's limit counts.

    For a ticket of the investor this is the office's agreement as well. A limit once set is kept on later
    acceptances (after an escalation): the whole course has one limit.
    """
    code = "accept" if ticket.state == TicketState.PROPOSED else "take"
    move, on = require_move(by, ticket, code), local_date(at)
    office = department or ticket.department
    if office is not None and office.division_id != ticket.division_id:
        raise DomainError(
            "office_elsewhere", _("This office belongs to another division."), field="department"
        )
    changes: dict[str, Any] = {
        "department": office,
        "person": person or (None if department and department.pk != ticket.department_id else ticket.person),
        "accepted_at": at,
        "agreed_at": ticket.agreed_at or at,
    }
    if due_on is not None and due_on != ticket.due_on:
        if ticket.due_on is not None:
            raise DomainError(
                "limit_set_already",
                _("The limit %(day)s was agreed before; it does not move with a new holder.")
                % {"day": ticket.due_on.isoformat()},
                field="due_on",
            )
        _check_limit(due_on, on)
        changes |= {"due_on": due_on, "deadline": agreed_limit(due_on, on)}
    elif ticket.due_on is None:
        deadline = deadline_from(LIMIT, ticket.division, on)
        changes |= {"due_on": deadline.due_on, "deadline": deadline.to_json()}
    if materials is not None:
        changes["materials"] = clean_text(materials)
    holder = Holder(Side.OFFICE, ticket.division, office, changes["person"])
    return perform(ticket, code, move, by=by, at=at, turn=turn, text=text, changes=changes, holder=holder)


def assign_person(
    *, ticket: Ticket, person: User, text: str = "", turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """Give it to one person of the office that has it."""
    move = require_move(by, ticket, "assign")
    if person not in people_of_office(ticket, local_date(at)):
        raise DomainError(
            "person_elsewhere", _("This person does not work in the office that has the ticket."), field="person"
        )
    holder = Holder(Side.OFFICE, ticket.division, ticket.department, person)
    changes = {"person": person}
    return perform(ticket, "assign", move, by=by, at=at, turn=turn, text=text, changes=changes, holder=holder)


def pass_on(
    *, ticket: Ticket, department: Department, reason: str, turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """To another office of the same tier, which must accept it within its day."""
    move = require_move(by, ticket, "pass_on")
    if department.pk == ticket.department_id:
        raise DomainError("same_office", _("This office has the ticket already."), field="department")
    if department not in departments_of(ticket.division, local_date(at)):
        raise DomainError(
            "office_elsewhere", _("This office belongs to another division."), field="department"
        )
    return _to_office(ticket, "pass_on", move, ticket.division, department, _reason(reason), turn, by, at)


def escalate(
    *, ticket: Ticket, reason: str, uploads: Sequence[Any] = (), turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """Up one tier, in the same thread: county → city → province. The new holder's clock starts, the old one's stops."""
    move, reason = require_move(by, ticket, "escalate"), _reason(reason)
    upper = tier_above(ticket.division)
    if upper is None:
        raise DomainError("no_tier_above", _("The ticket lies at the province already; there is no tier above."))
    department = office_above(ticket.kind, ticket.department, upper, local_date(at))
    return _to_office(ticket, "escalate", move, upper, department, reason, turn, by, at, uploads)


def hand_back(
    *, ticket: Ticket, text: str, uploads: Sequence[Any] = (), turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """The tier above answers; whoever brought it up has it again and goes on."""
    move, text = require_move(by, ticket, "hand_back"), clean_text(text)
    if not text:
        raise DomainError("answer_missing", _("Write what was decided or found out."), field="text")
    lower = (
        ticket.holds.filter(side=Side.OFFICE, division__tier__gt=ticket.division.tier)
        .select_related("division", "department", "person")
        .order_by("-from_at", "-pk")
        .first()
    )
    if lower is None:
        raise DomainError("not_escalated", _("Nobody below brought this ticket up; work on it here."))
    holder = Holder(Side.OFFICE, lower.division, lower.department, lower.person)
    changes: dict[str, Any] = {
        "division": lower.division, "department": lower.department, "person": lower.person, "accepted_at": at,
    }  # fmt: skip
    if ticket.due_on is None:
        deadline = deadline_from(LIMIT, lower.division, local_date(at))
        changes |= {"due_on": deadline.due_on, "deadline": deadline.to_json()}
    return perform(
        ticket, "hand_back", move, by=by, at=at, turn=turn, text=text, uploads=uploads, changes=changes, holder=holder
    )


def ask_close(
    *, ticket: Ticket, result: str, uploads: Sequence[Any] = (), turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """Notice to the investor: this is what was done, please confirm. The investor's clock starts."""
    move, result = require_move(by, ticket, "ask_close"), clean_text(result)
    if not result:
        raise DomainError("result_missing", _("Write what was done, so that the investor can confirm it."), field="result")
    deadline = deadline_from(SILENCE, ticket.division, local_date(at))
    changes = {"result": result, "silence_due_on": deadline.due_on, "silence": deadline.to_json()}
    return perform(
        ticket, "ask_close", move, by=by, at=at, turn=turn, text=result, uploads=uploads, changes=changes,
        holder=investor_holder(ticket),
    )  # fmt: skip


def confirm_close(*, ticket: Ticket, text: str = "", turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The investor confirms: closed out."""
    move = require_move(by, ticket, "confirm")
    return _end(ticket, "confirm", move, clean_text(text), turn, by, at)


def refuse_close(
    *, ticket: Ticket, reason: str, uploads: Sequence[Any] = (), turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """Not solved: back to work with the old limit. Asking too early gains the office no time."""
    move = require_move(by, ticket, "refuse")
    return _back_to_work(ticket, "refuse", move, _reason(reason), uploads, turn, by, at, {"refusals": F("refusals") + 1})


def reopen(
    *, ticket: Ticket, reason: str, uploads: Sequence[Any] = (), turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """The investor opens a closed ticket again; it keeps its limit, its thread and the days of its holders."""
    move = require_move(by, ticket, "reopen")
    changes = {"reopened": F("reopened") + 1, "closed_at": None, "closed_how": "", "close_reason": ""}
    return _back_to_work(ticket, "reopen", move, _reason(reason), uploads, turn, by, at, changes)


def close_silent(*, ticket: Ticket, reason: str, turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """Closed by the competent office without the investor's word: only after notice, the regime's days and a reason."""
    move, reason = require_move(by, ticket, "close_silent"), _reason(reason)
    if ticket.state == TicketState.CLOSING and ticket.silence_due_on and local_date(at) <= ticket.silence_due_on:
        raise DomainError(
            "still_time_to_answer",
            _("The investor may answer until %(day)s. Close it without an answer from the day after.")
            % {"day": ticket.silence_due_on.isoformat()},
        )
    return _end(ticket, "close_silent", move, reason, turn, by, at)


def write_message(*, ticket: Ticket, text: str, uploads: Sequence[Any] = (), by: Any, at: datetime) -> Any:
    """A message in the thread, with files; changes nothing else."""
    if not _may_write(by, ticket):
        raise PermissionDenied("tickets.handle")
    text, checked = clean_text(text), files.check_files(uploads)
    if not text and not checked:
        raise DomainError("message_empty", _("Write a message or choose a file."), field="text")
    side, kept = side_of(by, ticket.project), []
    try:
        with transaction.atomic():
            entry = write_entry(ticket, "message", side=side, by=by, at=at, text=text)
            kept = keep_files(entry, checked)
            audit.record(
                "ticket_message", target=ticket, by=by, at=at, after={"text": text[:200], "files": len(checked)}
            )
            transaction.on_commit(lambda: telling.tell_move(ticket, entry, at))
    except BaseException:
        files.forget(kept)
        raise
    return entry


def may_write(user: Any, ticket: Ticket) -> bool:
    return ticket.is_open and _may_write(user, ticket)


def _may_write(user: Any, ticket: Ticket) -> bool:
    """The investor, and everybody of the service side who handles tickets here: one thread for all holders."""
    held = rights_over(user, ticket)
    return bool(held & {"tickets.handle", "tickets.confirm"}) or is_holder(user, ticket)


def _checked_opening(
    project: Project, kind: str, title: str, text: str, source: str, side: str
) -> tuple[str, str]:
    title, text = clean(title), clean_text(text)
    if kind not in TicketKind.values:
        raise DomainError("kind_unknown", _("Choose what kind of help is needed."), field="kind")
    if source not in SOURCES_BY_SIDE[Side(side)]:
        raise DomainError("source_unknown", _("Choose where the ticket comes from."), field="source")
    if not title:
        raise DomainError("title_missing", _("Say in a few words what is needed."), field="title")
    if len(title) > 120:
        raise DomainError(
            "title_too_long",
            _("This has %(n)d characters; at most 120 are possible. Put the rest into the details.") % {"n": len(title)},
            field="title",
        )
    if not text:
        raise DomainError("text_missing", _("Describe the matter: what, where, since when."), field="text")
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise StaleState("project_ended", _("This project has ended; no new tickets are opened for it."))
    return title, text


def _check_limit(due_on: date | None, on: date) -> None:
    if due_on is None:
        return
    if due_on < on:
        raise DomainError("limit_in_past", _("This day lies in the past. Choose today or later."), field="due_on")
    if due_on.year > on.year + 3:
        raise DomainError(
            "limit_too_far", _("This day lies more than three years ahead. Check the year."), field="due_on"
        )


def _reason(text: str) -> str:
    text = clean_text(text)
    if not text:
        raise DomainError("reason_missing", _("Say why; the other side reads it."), field="reason")
    return text


def _to_office(
    ticket: Ticket, code: str, move: Any, division: Division, department: Department | None, reason: str,
    turn: int | None, by: Any, at: datetime, uploads: Sequence[Any] = (),
) -> Ticket:  # fmt: skip
    holder = Holder(Side.OFFICE, division, department, None)
    changes = {"division": division, "department": department, "person": None, "accepted_at": None}
    changes |= acceptance(holder, at)
    return perform(
        ticket, code, move, by=by, at=at, turn=turn, text=reason, uploads=uploads, changes=changes, holder=holder
    )


def _back_to_work(
    ticket: Ticket, code: str, move: Any, reason: str, uploads: Sequence[Any], turn: int | None, by: Any,
    at: datetime, changes: dict[str, Any],
) -> Ticket:  # fmt: skip
    """The office that had it has it again; a person who left meanwhile is not named any more."""
    person = ticket.person if ticket.person and ticket.person.is_active else None
    holder = Holder(Side.OFFICE, ticket.division, ticket.department, person)
    changes = changes | {"silence_due_on": None, "silence": {}, "person": person}
    return perform(
        ticket, code, move, by=by, at=at, turn=turn, text=reason, uploads=uploads, changes=changes, holder=holder
    )


def _end(
    ticket: Ticket, code: str, move: Any, reason: str, turn: int | None, by: Any, at: datetime
) -> Ticket:
    changes = {"closed_at": at, "closed_how": code, "close_reason": reason, "silence_due_on": None}
    with transaction.atomic():
        row = perform(ticket, code, move, by=by, at=at, turn=turn, text=reason, changes=changes)
        end_holds(row, at)
    return row


def _number(place: Division, year: int) -> str:
    """BB-230622-2026-0007; the series is locked, so two openings never get one number."""
    prefix = f"BB-{place.pk}-{year}"
    NumberSeries.objects.bulk_create([NumberSeries(prefix=prefix)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(prefix=prefix)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{prefix}-{series.last:04d}"


__all__ = [
    "accept", "agree", "ask_close", "assign_person", "close_silent", "confirm_close", "decline", "escalate",
    "hand_back", "investors_of", "may_write", "open_ticket", "pass_on", "refuse_close", "reopen", "stale", "withdraw",
    "write_message",
]  # fmt: skip
