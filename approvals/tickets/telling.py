"""Who hears of what happened to a ticket: always the other side, and whoever has it now."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date
from accounts.models import User
from accounts.notify import STORED_LANGUAGE
from approvals.tickets.access import holders_of, investors_of
from approvals.tickets.models import Side, Ticket, TicketEntry
from approvals.tickets.states import LABELS


def tell_move(ticket: Ticket, entry: TicketEntry, at: datetime) -> None:
    """The investor hears of each step of the office, the office of each word of the investor; nobody of their own."""
    on = local_date(at)
    people: dict[int, User] = {user.pk: user for user in holders_of(ticket, on)}
    if entry.side != Side.INVESTOR:
        people |= {user.pk: user for user in investors_of(ticket.project, on)}
    people.pop(entry.by_id or 0, None)
    if not people:
        return
    with override(STORED_LANGUAGE):
        title = _("%(what)s: %(title)s") % {
            "what": str(LABELS.get(entry.action, entry.action)),
            "title": ticket.title,
        }
        text = _("%(who)s, %(project)s. %(text)s") % {
            "who": entry.by_name,
            "project": ticket.project.name,
            "text": entry.text[:160],
        }
    notify.tell(
        people.values(),
        key=f"ticket:{ticket.pk}:{entry.pk}",
        kind="ticket",
        title=title,
        text=text,
        url=reverse("tickets:detail", args=[ticket.pk]),
        at=at,
    )
