"""What tickets hang into the lower apps when the process starts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, sections
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from accounts.permissions import Role
from accounts.scope import current_postings
from approvals.tickets import following, queries, recompute
from approvals.tickets.models import OPEN_STATES, Side, Ticket, TicketState
from approvals.tickets.states import LABELS
from policy.calendar import WorkCalendar
from policy.services import current_calendar, on_calendar_changed, working_days_left
from projects.models import Project
from projects.services.dependents import register_ended, register_moved
from projects.tabs import Tab, register_tab

LIMIT = 200


def register() -> None:
    sections.register(
        "approvals", "tickets", gettext_lazy("Assistance tickets"), "tickets:list", "tickets.view", 20
    )
    todo.register("tickets", todo_items)
    register_moved("tickets", following.follow_move)
    register_ended("tickets", following.follow_end)
    register_tab(
        Tab(
            code="tickets",
            label=gettext_lazy("Assistance tickets"),
            template="approvals/tickets/_tab.html",
            permission="tickets.view",
            context=_tab,
            rows=lambda project, user: Ticket.objects.visible_to(user).open().filter(project=project),
            order=14,
        )
    )
    audit_words.register(
        {f"ticket_{code}": label for code, label in LABELS.items()}
        | {"ticket_recomputed": gettext_lazy("days of a ticket worked out again")},
        {
            "holder": gettext_lazy("in charge"),
            "due_on": gettext_lazy("limit"),
            "accept_by_on": gettext_lazy("accept by"),
        },
    )
    on_calendar_changed.register("tickets", preview=recompute.preview, apply=recompute.apply)


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """Tickets the person has to act on, and those the investor left unanswered."""
    rows = (
        Ticket.objects.visible_to(user)
        .filter(queries.mine_q(user, on) | queries.silent_q(user, on))
        .select_related("project", "division", "department")
        .order_by("next_due_on", "pk")
    )
    investor = any(posting.role == Role.INVESTOR for posting in current_postings(user))
    calendar = current_calendar()
    for row in rows[:LIMIT]:
        yield _item(row, on, investor, calendar)


def _item(row: Ticket, on: date, investor: bool, calendar: WorkCalendar) -> TodoItem:
    verb, button, due, why = _what(row, on, investor)
    return TodoItem(
        key=f"ticket:{row.pk}",
        days_left=working_days_left(due, on, calendar),
        due_on=due,
        title=verb % {"title": row.title},
        detail=_("%(project)s, %(number)s") % {"project": row.project.name, "number": row.number},
        url=reverse("tickets:detail", args=[row.pk]),
        button=button,
        why=why or None,
        order=30,
    )


def _what(row: Ticket, on: date, investor: bool) -> tuple[str, str, date | None, dict[str, Any]]:
    if row.state == TicketState.CLOSING and row.silence_due_on and row.silence_due_on < on:
        return (
            _("No answer from the investor: %(title)s"),
            _("Close or ask again"),
            row.silence_due_on,
            row.silence,
        )
    if row.state == TicketState.CLOSING:
        return (
            _("Confirm that it is done: %(title)s"),
            _("Confirm or refuse"),
            row.silence_due_on,
            row.silence,
        )
    if row.state == TicketState.PROPOSED and row.opened_side == Side.OFFICE:
        return _("Agree to the offered help: %(title)s"), _("Agree or refuse"), None, {}
    if row.state == TicketState.WORKING and investor:
        return _("Decide on more time: %(title)s"), _("Agree or refuse"), row.next_due_on, row.deadline
    if row.state == TicketState.WORKING:
        return _("Solve: %(title)s"), _("Work on the ticket"), row.next_due_on, row.deadline
    return _("Accept: %(title)s"), _("Accept the ticket"), row.accept_by_on, row.acceptance


def _tab(project: Project, user: Any, on: date) -> dict[str, Any]:
    rows = queries.listed(user, on).filter(project=project)
    return {
        "open_rows": queries.rows_of(rows.filter(state__in=OPEN_STATES), on),
        "closed_rows": queries.rows_of(rows.exclude(state__in=OPEN_STATES)[:50], on),
    }
