"""The end of a ticket is the investor's: confirmed, refused, opened again, or closed after notice and silence (H13)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.errors import DomainError
from approvals.tickets.access import require_move
from approvals.tickets.clocks import SILENCE, deadline_from
from approvals.tickets.models import Side, Ticket, TicketState
from approvals.tickets.moving import Holder, clean_text, end_ticket, investor_holder, perform, reason_of


def ask_close(
    *,
    ticket: Ticket,
    result: str,
    uploads: Sequence[Any] = (),
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Ticket:
    """Notice to the investor: this is what was done, please confirm. The investor's clock starts."""
    move, result = require_move(by, ticket, "ask_close"), clean_text(result)
    if not result:
        raise DomainError(
            "result_missing", _("Write what was done, so that the investor can confirm it."), field="result"
        )
    deadline = deadline_from(SILENCE, ticket.division, local_date(at))
    changes = {"result": result, "silence_due_on": deadline.due_on, "silence": deadline.to_json()}
    return perform(
        ticket, "ask_close", move, by=by, at=at, turn=turn, text=result, uploads=uploads, changes=changes,
        holder=investor_holder(ticket),
    )  # fmt: skip


def confirm_close(
    *, ticket: Ticket, text: str = "", turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """The investor confirms: closed out."""
    move = require_move(by, ticket, "confirm")
    return end_ticket(ticket, "confirm", move, clean_text(text), turn, by, at)


def refuse_close(
    *,
    ticket: Ticket,
    reason: str,
    uploads: Sequence[Any] = (),
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Ticket:
    """Not solved: back to work with the old limit. Asking too early gains the office no time."""
    move = require_move(by, ticket, "refuse")
    changes = {"refusals": F("refusals") + 1}
    return _back_to_work(ticket, "refuse", move, reason_of(reason), uploads, turn, by, at, changes)


def reopen(
    *,
    ticket: Ticket,
    reason: str,
    uploads: Sequence[Any] = (),
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Ticket:
    """The investor opens a closed ticket again; it keeps its limit, its thread and the days of its holders."""
    move = require_move(by, ticket, "reopen")
    changes = {"reopened": F("reopened") + 1, "closed_at": None, "closed_how": "", "close_reason": ""}
    return _back_to_work(ticket, "reopen", move, reason_of(reason), uploads, turn, by, at, changes)


def close_silent(*, ticket: Ticket, reason: str, turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """Closed by the competent office without the investor's word: only after notice, the regime's days and a reason."""
    move, reason = require_move(by, ticket, "close_silent"), reason_of(reason)
    if (
        ticket.state == TicketState.CLOSING
        and ticket.silence_due_on
        and local_date(at) <= ticket.silence_due_on
    ):
        raise DomainError(
            "still_time_to_answer",
            _("The investor may answer until %(day)s. Close it without an answer from the day after.")
            % {"day": ticket.silence_due_on.isoformat()},
        )
    return end_ticket(ticket, "close_silent", move, reason, turn, by, at)


def withdraw(*, ticket: Ticket, reason: str, turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The investor no longer needs the help."""
    move = require_move(by, ticket, "withdraw")
    return end_ticket(ticket, "withdraw", move, reason_of(reason), turn, by, at)


def _back_to_work(
    ticket: Ticket, code: str, move: Any, reason: str, uploads: Sequence[Any], turn: int | None, by: Any,
    at: datetime, changes: dict[str, Any],
) -> Ticket:  # fmt: skip
    """The office that had it has it again; a person who left meanwhile is not named any more."""
    person = ticket.person if ticket.person and ticket.person.is_active else None
    holder = Holder(Side.OFFICE, ticket.division, ticket.department, person)
    changes = changes | {"silence_due_on": None, "silence": {}, "person": person}
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
