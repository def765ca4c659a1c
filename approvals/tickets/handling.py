"""What the two sides do with an open ticket: agree, accept, pass on, take up a tier, answer, write (H13, G一(五)4)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
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
from approvals.tickets.clocks import LIMIT, agreed_limit, deadline_from
from approvals.tickets.models import Side, Ticket, TicketState
from approvals.tickets.moving import (
    ONE_PRESS,
    Holder,
    acceptance,
    add_entry,
    check_limit,
    clean_text,
    end_ticket,
    keep_files,
    office_holder,
    perform,
    reason_of,
)
from approvals.tickets.routing import departments_of, office_above, tier_above


def agree(*, ticket: Ticket, text: str = "", turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The investor agrees to what the office proposed; now the office must accept within its day."""
    move = require_move(by, ticket, "agree")
    office = office_holder(ticket)
    changes = {"agreed_at": at} | acceptance(office, at)
    return perform(ticket, "agree", move, by=by, at=at, turn=turn, text=text, changes=changes, holder=office)


def record_agreement(*, ticket: Ticket, text: str, turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The investor has no account and agreed by word or on paper: the office records when, who and how."""
    move, text = require_move(by, ticket, "agreed_outside"), clean_text(text)
    if not text:
        raise DomainError(
            "agreement_unproved", _("Write who of the company agreed, when and how."), field="text"
        )
    if investors_of(ticket.project, local_date(at)):
        raise DomainError(
            "investor_has_account",
            _("The investor has an account and answers there; nobody answers for them."),
        )
    office = office_holder(ticket)
    changes = {"agreed_at": at} | acceptance(office, at)
    return perform(
        ticket, "agreed_outside", move, by=by, at=at, turn=turn, text=text, changes=changes, holder=office
    )


def decline(*, ticket: Ticket, reason: str, turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The side that was asked does not agree: the investor to the office's proposal, the office to the investor's."""
    code = "decline" if side_of(by, ticket.project) == Side.INVESTOR else "reject"
    move = require_move(by, ticket, code)
    return end_ticket(ticket, code, move, reason_of(reason), turn, by, at)


def accept(
    *,
    ticket: Ticket,
    due_on: date | None = None,
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
    if person is not None and person not in people_of_office(ticket, on):
        raise _person_elsewhere()
    changes: dict[str, Any] = {
        "person": person or ticket.person,
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
        check_limit(due_on, on)
        changes |= {"due_on": due_on, "deadline": agreed_limit(due_on, on)}
    elif ticket.due_on is None:
        deadline = deadline_from(LIMIT, ticket.division, on)
        changes |= {"due_on": deadline.due_on, "deadline": deadline.to_json()}
    if materials is not None:
        changes["materials"] = clean_text(materials)
    holder = Holder(Side.OFFICE, ticket.division, ticket.department, changes["person"])
    return perform(ticket, code, move, by=by, at=at, turn=turn, text=text, changes=changes, holder=holder)


def assign_person(
    *, ticket: Ticket, person: User, text: str = "", turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """Give it to one person of the office that has it."""
    move = require_move(by, ticket, "assign")
    if person not in people_of_office(ticket, local_date(at)):
        raise _person_elsewhere()
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
    return _to_office(ticket, "pass_on", move, ticket.division, department, reason_of(reason), turn, by, at)


def escalate(
    *,
    ticket: Ticket,
    reason: str,
    uploads: Sequence[Any] = (),
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Ticket:
    """Up one tier, in the same thread: county → city → province. The new holder's clock starts, the old one's stops."""
    move, reason = require_move(by, ticket, "escalate"), reason_of(reason)
    upper = tier_above(ticket.division)
    if upper is None:
        raise DomainError(
            "no_tier_above", _("The ticket lies at the province already; there is no tier above.")
        )
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
        ticket,
        "hand_back",
        move,
        by=by,
        at=at,
        turn=turn,
        text=text,
        uploads=uploads,
        changes=changes,
        holder=holder,
    )


def write_message(*, ticket: Ticket, text: str, uploads: Sequence[Any] = (), by: Any, at: datetime) -> Any:
    """A message in the thread, with files; changes nothing else."""
    if not _may_write(by, ticket):
        raise PermissionDenied("tickets.handle")
    if not ticket.is_open:
        raise StaleState(
            "ticket_ended", _("This ticket has ended. The investor may open it again and go on there.")
        )
    text, checked = clean_text(text), files.check_files(uploads)
    if not text and not checked:
        raise DomainError("message_empty", _("Write a message or choose a file."), field="text")
    side, kept = side_of(by, ticket.project), []
    try:
        with transaction.atomic():
            _refuse_second_press(ticket, text, by, at)
            entry = add_entry(ticket, "message", side=side, by=by, at=at, text=text)
            kept = keep_files(entry, checked)
            audit.record(
                "ticket_message",
                target=ticket,
                by=by,
                at=at,
                after={"text": text[:200], "files": len(checked)},
            )
            transaction.on_commit(lambda: telling.tell_move(ticket, entry, at))
    except BaseException:
        files.forget(kept)
        raise
    return entry


def _refuse_second_press(ticket: Ticket, text: str, by: Any, at: datetime) -> None:
    """Under the ticket's lock; files alone may be many."""
    Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    same = ticket.entries.filter(action="message", by=by, text=text, at__gt=at - ONE_PRESS)
    if text and same.exists():
        raise StaleState("said_already", _("The same words stand in the thread already."))


def may_write(user: Any, ticket: Ticket) -> bool:
    return ticket.is_open and _may_write(user, ticket)


def _may_write(user: Any, ticket: Ticket) -> bool:
    """The investor, and everybody of the service side who handles tickets here: one thread for all holders."""
    held = rights_over(user, ticket)
    return bool(held & {"tickets.handle", "tickets.confirm"}) or is_holder(user, ticket)


def _person_elsewhere() -> DomainError:
    return DomainError(
        "person_elsewhere", _("This person does not work in the office that has the ticket."), field="person"
    )


def _to_office(
    ticket: Ticket, code: str, move: Any, division: Division, department: Department | None, reason: str,
    turn: int | None, by: Any, at: datetime, uploads: Sequence[Any] = (),
) -> Ticket:  # fmt: skip
    holder = Holder(Side.OFFICE, division, department, None)
    changes = {"division": division, "department": department, "person": None, "accepted_at": None}
    changes |= acceptance(holder, at)
    return perform(
        ticket,
        code,
        move,
        by=by,
        at=at,
        turn=turn,
        text=reason,
        uploads=uploads,
        changes=changes,
        holder=holder,
    )
