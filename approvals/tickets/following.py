"""Open tickets follow their project: to the desk of its new division, and to their end when it ends."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from accounts import audit
from accounts.clock import local_date
from accounts.models import Division
from approvals.tickets.clocks import counts_on
from approvals.tickets.models import Side, Ticket, TicketState
from approvals.tickets.moving import Holder, acceptance, add_entry, end_holds, start_hold
from approvals.tickets.routing import office_for, place_above
from projects.models import Project


def follow_move(project: Project, *, old: Division, new: Division, by: Any, at: datetime) -> None:
    """What lay at the old division's tier lies at the new one's; its office has the regime's day to accept. What was
    taken up to a tier above stays there. The agreed limit does not move."""
    was, place = place_above(old), place_above(new)
    for ticket in _open(project).filter(division=was):
        holder = Holder(Side.OFFICE, place, office_for(ticket.kind, place, local_date(at)))
        changes: dict[str, Any] = {"division": place, "department": holder.department, "person": None}
        office_turn = ticket.state in (TicketState.AGREED, TicketState.WORKING)
        if office_turn:
            changes |= {"state": TicketState.AGREED, "accepted_at": None} | acceptance(holder, at)
            changes["next_due_on"] = counts_on(TicketState.AGREED, changes["accept_by_on"], ticket.due_on)
        Ticket.objects.filter(pk=ticket.pk).update(turn=F("turn") + 1, **changes)
        ticket.refresh_from_db()
        if ticket.holds.filter(to_at=None, side=Side.OFFICE).exists():
            end_holds(ticket, at)
            start_hold(ticket, holder, "moved", at)
        add_entry(ticket, "moved", side=Side.OFFICE, by=by, at=at, text=f"{was.name} → {place.name}")
        audit.record(
            "ticket_moved",
            target=ticket,
            by=by,
            at=at,
            before={"holder": was.name},
            after={"holder": holder.label},
        )


def follow_end(project: Project, *, reason: str, by: Any, at: datetime) -> None:
    """The project ended: nothing is left open for it."""
    for ticket in _open(project):
        Ticket.objects.filter(pk=ticket.pk).update(
            state=TicketState.WITHDRAWN, closed_at=at, closed_how="ended", close_reason=reason, next_due_on=None,
            silence_due_on=None, turn=F("turn") + 1,
        )  # fmt: skip
        ticket.refresh_from_db()
        end_holds(ticket, at)
        add_entry(ticket, "ended", side=Side.OFFICE, by=by, at=at, text=reason)
        audit.record("ticket_ended", target=ticket, by=by, at=at, reason=reason)


def _open(project: Project) -> QuerySet[Ticket]:
    rows = Ticket.objects.open().filter(project=project).select_for_update(of=("self",))
    return rows.select_related("division", "department", "person").order_by("pk")
