"""More time for a ticket. The limit was agreed by both sides, so the office asks and the investor decides (H13)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from approvals.tickets.access import investors_of, require_move
from approvals.tickets.clocks import prolonged_limit
from approvals.tickets.models import Ticket, TicketExtension
from approvals.tickets.moving import check_limit, clean_text, perform, reason_of


def pending_extension(ticket: Ticket) -> TicketExtension | None:
    """The request the investor has not decided yet."""
    return ticket.extensions.filter(granted=None).first()


def ask_time(
    *, ticket: Ticket, wanted_on: date, reason: str, turn: int | None = None, by: Any, at: datetime
) -> Ticket:
    """Ask the investor for a later limit, before the old one has passed. The light goes on as before meanwhile."""
    move, reason, on = require_move(by, ticket, "ask_time"), reason_of(reason), local_date(at)
    if ticket.due_on is None or on > ticket.due_on:
        day = ticket.due_on.isoformat() if ticket.due_on else ""
        raise DomainError(
            "asked_too_late",
            _("The limit was %(day)s. More time must be asked for before it passes.") % {"day": day},
            field="wanted_on",
        )
    if wanted_on <= ticket.due_on:
        raise DomainError(
            "not_later",
            _("Choose a day after %(day)s, the present limit.") % {"day": ticket.due_on.isoformat()},
            field="wanted_on",
        )
    check_limit(wanted_on, on, field="wanted_on")
    if pending_extension(ticket) is not None:
        raise DomainError("already_asked", _("A request for more time is still waiting for the investor."))
    if not investors_of(ticket.project, on):
        raise DomainError(
            "no_investor_account",
            _("The investor of this project has no account to decide with; the limit stands."),
        )
    text = _("From %(was)s to %(wanted)s. %(reason)s") % {
        "was": ticket.due_on.isoformat(), "wanted": wanted_on.isoformat(), "reason": reason,
    }  # fmt: skip
    with transaction.atomic():
        was_on = ticket.due_on
        row = perform(ticket, "ask_time", move, by=by, at=at, turn=turn, text=text)
        TicketExtension.objects.create(
            ticket=row, was_on=was_on, wanted_on=wanted_on, reason=reason, asked_by=by, asked_at=at
        )
    return row


def grant_time(*, ticket: Ticket, text: str = "", turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The investor agrees: the new limit counts, the old one stays on record."""
    move = require_move(by, ticket, "grant_time")
    asked = _asked(ticket)
    changes = {
        "due_on": asked.wanted_on,
        "deadline": prolonged_limit(asked.was_on, asked.wanted_on, local_date(at)),
    }
    with transaction.atomic():
        _decide(asked, True, clean_text(text), by, at)
        return perform(ticket, "grant_time", move, by=by, at=at, turn=turn, text=text, changes=changes)


def refuse_time(*, ticket: Ticket, reason: str, turn: int | None = None, by: Any, at: datetime) -> Ticket:
    """The investor does not agree: the limit stands, and its light with it."""
    move, reason = require_move(by, ticket, "refuse_time"), reason_of(reason)
    asked = _asked(ticket)
    with transaction.atomic():
        _decide(asked, False, reason, by, at)
        return perform(ticket, "refuse_time", move, by=by, at=at, turn=turn, text=reason)


def _asked(ticket: Ticket) -> TicketExtension:
    asked = pending_extension(ticket)
    if asked is None:
        raise StaleState("already_decided", _("No request for more time is waiting; it was decided already."))
    return asked


def _decide(asked: TicketExtension, granted: bool, answer: str, by: Any, at: datetime) -> None:
    changed = TicketExtension.objects.filter(pk=asked.pk, granted=None).update(
        granted=granted, decided_by=by, decided_at=at, answer=answer
    )
    if not changed:
        raise StaleState("already_decided", _("No request for more time is waiting; it was decided already."))
