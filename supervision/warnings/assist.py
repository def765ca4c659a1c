"""Approval items and assistance tickets under a light: words, the fact that put it out, why, whose turn, whom to tell."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.models import Posting, User
from accounts.permissions import Role
from approvals.checklist.models import UNDER_WAY, ChecklistItem
from approvals.tickets.models import Ticket, TicketState
from supervision.warnings.fact import CODES, Fact
from supervision.warnings.models import Warning

# Of the roles a rule names, those that also mean the people of the very office that has the item or ticket.
IN_OFFICE = (Role.SERVICE_SPECIALIST.value, Role.LEAD_DEPARTMENT.value)


def items(ids: list[int]) -> dict[int, Fact]:
    """Facts by id of the item. One query."""
    rows = ChecklistItem.objects.filter(pk__in=ids)
    return {
        row["pk"]: Fact(
            key=f"item:{row['pk']}",
            label=f"{row['project__name']}：{row['name']}"[:250],
            links={"item_id": row["pk"], "project_id": row["project_id"]},
            codes={name: row[name] for name in CODES},
        )
        for row in rows.values("pk", "name", "project_id", "project__name", *CODES)
    }


def tickets(ids: list[int]) -> dict[int, Fact]:
    """Facts by id of the ticket. One query."""
    rows = Ticket.objects.filter(pk__in=ids)
    return {
        row["pk"]: Fact(
            key=f"ticket:{row['pk']}",
            label=f"{row['project__name']}：{row['title']}"[:250],
            links={"ticket_id": row["pk"], "project_id": row["project_id"]},
            codes={name: row[name] for name in CODES},
            held=row["division__tier"],
        )
        for row in rows.values("pk", "title", "project_id", "project__name", "division__tier", *CODES)
    }


def item_cleared(warning: Warning, row: ChecklistItem, on: date) -> tuple[date, str]:
    if row.ended_on and not row.is_running:
        day = min(max(row.ended_on, warning.opened_on), on)
        return day, f"{row.get_state_display()} {row.ended_on.isoformat()}"
    if not row.is_running or row.due_on is None:
        return on, str(row.get_state_display())
    if row.project.state not in UNDER_WAY:
        return on, _("The project ended: %(state)s") % {"state": row.project.get_state_display()}
    if row.is_paused:
        return on, _("The clock stands; in the hands of: %(holder)s") % {"holder": row.get_holder_display()}
    return on, _("The last day was moved to %(day)s") % {"day": row.due_on.isoformat()}


def ticket_cleared(warning: Warning, row: Ticket, on: date) -> tuple[date, str]:
    if row.closed_at is not None:
        day = min(max(local_date(row.closed_at), warning.opened_on), on)
        return day, f"{row.get_state_display()} {local_date(row.closed_at).isoformat()}"
    if row.next_due_on is None or row.state == TicketState.PROPOSED:
        return on, str(row.get_state_display())
    return on, _("The last day was moved to %(day)s") % {"day": row.next_due_on.isoformat()}


def stored_deadline(warning: Warning) -> dict[str, Any]:
    """How the day that counts was found, as stored with the item or the ticket; {} for other warnings."""
    if warning.item is not None:
        return warning.item.deadline or {}
    ticket = warning.ticket
    if ticket is None:
        return {}
    # Before it is accepted the day of acceptance counts, unless the agreed limit comes earlier.
    waits = ticket.state != TicketState.WORKING and ticket.accept_by_on == warning.due_on
    return (ticket.acceptance if waits else ticket.deadline) or {}


def ground(warning: Warning) -> list[dict[str, Any]]:
    """The step that names the text the limit rests on, and the statutory day behind a promised one."""
    steps, basis = [], stored_deadline(warning).get("basis", "")
    item = warning.item
    if item is not None and item.statutory_due_on and item.statutory_due_on != item.due_on:
        words = item.basis or "法定办理时限"
        steps.append({"label": "法定", "text": words, "on": item.statutory_due_on.isoformat()})
    return [*steps, {"label": "依据", "text": basis, "on": None}] if basis else steps


def office_of(warning: Warning) -> tuple[str, str]:
    """(name, phone) of who has the item or ticket; ("", "") for other warnings and items no office was named for."""
    if warning.ticket is not None:
        return warning.ticket.holder_name, warning.ticket.person.phone if warning.ticket.person else ""
    if warning.item is not None and warning.item.department is not None:
        return warning.item.department.name, warning.item.department.phone
    return "", ""


def page_of(row: Warning) -> tuple[str, str]:
    """(url, words) of the page where the item or ticket is worked on; ("", "") for other warnings."""
    if row.item_id:
        return reverse("checklist:item", args=[row.item_id]), _("Open the approval item")
    if row.ticket_id:
        return reverse("tickets:detail", args=[row.ticket_id]), _("Open the ticket")
    return "", ""


def may_open(user: Any, row: Warning) -> bool:
    """Whether the person may see the item or ticket itself."""
    if row.item_id:
        return ChecklistItem.objects.visible_to(user).filter(pk=row.item_id).exists()
    if row.ticket_id:
        return Ticket.objects.visible_to(user).filter(pk=row.ticket_id).exists()
    return False


def list_of(rows: Iterable[Warning]) -> str:
    """Where all of these are found together."""
    kinds = {"item" if row.item_id else "ticket" if row.ticket_id else "" for row in rows}
    names = {"item": "checklist:list", "ticket": "tickets:list"}
    return reverse(names.get(kinds.pop(), "warnings:list") if len(kinds) == 1 else "warnings:list")


class Offices:
    """Who sits in the offices that have the items and tickets of `rows`. At most four queries, none without such rows."""

    def __init__(self, rows: Iterable[Warning], on: date) -> None:
        found = list(rows)
        self._items: dict[int, int | None] = dict(
            ChecklistItem.objects.filter(pk__in=[r.item_id for r in found if r.item_id]).values_list(
                "pk", "department_id"
            )
        )
        self._tickets = {
            row.pk: row
            for row in Ticket.objects.filter(pk__in=[r.ticket_id for r in found if r.ticket_id])
            .select_related("person")
            .only("department_id", "division_id", "person")
        }
        departments = {*self._items.values(), *(one.department_id for one in self._tickets.values())} - {None}
        self._staff: dict[tuple[int, str], list[User]] = defaultdict(list)
        posted = Posting.objects.current(on).filter(
            department_id__in=departments, role__in=IN_OFFICE, user__is_active=True
        )
        for posting in posted.select_related("user"):
            if posting.department_id is not None:
                self._staff[posting.department_id, posting.role].append(posting.user)

    def division(self, row: Warning) -> str:
        """Code of the division that has the ticket; empty for everything else."""
        ticket = self._tickets.get(row.ticket_id or 0)
        return str(ticket.division_id) if ticket else ""

    def people(self, row: Warning, role: str) -> list[User]:
        """Those of the office that has it; a ticket given to one person is that person's alone."""
        if role not in IN_OFFICE:
            return []
        ticket = self._tickets.get(row.ticket_id or 0)
        person = ticket.person if ticket else None
        if person is not None and person.is_active and role == Role.SERVICE_SPECIALIST:
            return [person]
        department = ticket.department_id if ticket else self._items.get(row.item_id or 0)
        return self._staff[department, role] if department else []
