"""Approval items and assistance tickets under a light.

An item has three days that are watched: the limit of its decision, the review of a stopped clock, the check of a
commitment it was decided on.
"""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import local_date
from approvals.checklist.models import UNDER_WAY, ChecklistItem
from approvals.tickets.models import Ticket, TicketHold, TicketState
from supervision.warnings.bounds import CHECK, HOLD
from supervision.warnings.fact import CODES, Fact, Holder, Step, Subject, step, within
from supervision.warnings.models import Warning

_WORDS = {CHECK: "事后核查", HOLD: "停止计时核查"}


def _items(ids: list[int], rule: str, _on: date) -> dict[int, Fact]:
    rows = ChecklistItem.objects.filter(pk__in=ids)
    about = f" {_WORDS[rule]}" if rule in _WORDS else ""
    return {
        row["pk"]: Fact(
            key=f"item:{row['pk']}",
            label=f"{row['project__name']}：{row['name']}{about}"[:250],
            links={"item_id": row["pk"], "project_id": row["project_id"]},
            codes={name: row[name] for name in CODES},
        )
        for row in rows.values("pk", "name", "project_id", "project__name", *CODES)
    }


def _tickets(ids: list[int], _rule: str, _on: date) -> dict[int, Fact]:
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


def _item_cleared(warning: Warning, row: ChecklistItem, on: date) -> tuple[date, str]:
    if warning.rule_key == CHECK:
        return _check_cleared(warning, row, on)
    if row.ended_on and not row.is_running:
        return within(row.ended_on, warning, on), f"{row.get_state_display()} {row.ended_on.isoformat()}"
    if warning.rule_key == HOLD and row.is_running and not row.is_paused:
        return on, _("The clock runs again")
    if not row.is_running or row.due_on is None:
        return on, str(row.get_state_display())
    if row.project.state not in UNDER_WAY:
        return on, _("The project ended: %(state)s") % {"state": row.project.get_state_display()}
    if warning.rule_key == HOLD:
        return _moved(on, row.hold_review_on)
    if row.is_paused:
        return on, _("The clock stands; in the hands of: %(holder)s") % {"holder": row.get_holder_display()}
    return _moved(on, row.due_on)


def _check_cleared(warning: Warning, row: ChecklistItem, on: date) -> tuple[date, str]:
    if row.checked_on:
        kept = (
            _("Commitment broken, checked on %(day)s") if row.commitment_broken else _("Checked on %(day)s")
        )
        return within(row.checked_on, warning, on), kept % {"day": row.checked_on.isoformat()}
    if row.project.state not in UNDER_WAY:
        return on, _("The project ended: %(state)s") % {"state": row.project.get_state_display()}
    return _moved(on, row.check_due_on)


def _moved(on: date, day: date | None) -> tuple[date, str]:
    if day is None:
        return on, _("The day was taken back")
    return on, _("The last day was moved to %(day)s") % {"day": day.isoformat()}


def _ticket_cleared(warning: Warning, row: Ticket, on: date) -> tuple[date, str]:
    if row.closed_at is not None:
        closed = local_date(row.closed_at)
        return within(closed, warning, on), f"{row.get_state_display()} {closed.isoformat()}"
    if row.next_due_on is None or row.state == TicketState.PROPOSED:
        return on, str(row.get_state_display())
    return _moved(on, row.next_due_on)


def _item_deadline(warning: Warning) -> dict[str, Any]:
    item = warning.item
    if item is None or warning.rule_key == HOLD:
        return {}
    return (item.check_deadline if warning.rule_key == CHECK else item.deadline) or {}


def _ticket_deadline(warning: Warning) -> dict[str, Any]:
    """Before it is accepted the day of acceptance counts, unless the agreed limit comes earlier."""
    ticket = warning.ticket
    if ticket is None:
        return {}
    waits = ticket.state != TicketState.WORKING and ticket.accept_by_on == warning.due_on
    return (ticket.acceptance if waits else ticket.deadline) or {}


def _item_steps(warning: Warning) -> list[Step]:
    """The text the limit rests on, and the statutory day behind a promised one; why a clock stands."""
    item = warning.item
    if item is None:
        return []
    if warning.rule_key == HOLD:
        return _hold_steps(item, warning)
    steps, basis = [], _item_deadline(warning).get("basis", "")
    if warning.rule_key != CHECK and item.statutory_due_on and item.statutory_due_on != item.due_on:
        steps.append(step("法定", item.basis or "法定办理时限", item.statutory_due_on))
    return [*steps, step("依据", basis)] if basis else steps


def _hold_steps(item: ChecklistItem, warning: Warning) -> list[Step]:
    event = item.events.filter(kind="held").order_by("-pk").first()
    steps = []
    if event is not None:
        party = f"，责任方：{event.get_party_display()}" if event.party else ""
        steps.append(
            step("停止计时", f"{event.on.isoformat()} 起停止计时：{event.note or '—'}{party}", event.on)
        )
    return [*steps, step("核查", "停止计时至迟应在这一天核查：恢复计时或者说明理由继续停止", warning.due_on)]


def _ticket_steps(warning: Warning) -> list[Step]:
    basis = _ticket_deadline(warning).get("basis", "")
    return [step("依据", basis)] if basis else []


def _item_holder(warning: Warning) -> Holder:
    item = warning.item
    if item is None:
        return Holder()
    event = item.events.order_by("-pk").first()
    since = item.ended_on if warning.rule_key == CHECK else event.on if event else item.submitted_on
    office = item.department
    return Holder(office.name, office.phone, since) if office is not None else Holder(since=since)


def _ticket_holder(warning: Warning) -> Holder:
    ticket = warning.ticket
    if ticket is None:
        return Holder()
    hold = TicketHold.objects.filter(ticket=ticket, to_at=None).first()
    phone = ticket.person.phone if ticket.person else ticket.department.phone if ticket.department else ""
    return Holder(ticket.holder_name, phone, local_date(hold.from_at) if hold else None)


ITEM_SUBJECT = Subject(
    load=_items,
    cleared=_item_cleared,
    related=("item__project",),
    deadline=_item_deadline,
    holder=_item_holder,
    page=lambda row: (reverse("checklist:item", args=[row.item_id]), _("Open the approval item")),
    visible=lambda user, row: ChecklistItem.objects.visible_to(user).filter(pk=row.item_id or 0).exists(),
    grounds=_item_steps,
)
TICKET_SUBJECT = Subject(
    load=_tickets,
    cleared=_ticket_cleared,
    related=("ticket",),
    deadline=_ticket_deadline,
    holder=_ticket_holder,
    page=lambda row: (reverse("tickets:detail", args=[row.ticket_id]), _("Open the ticket")),
    visible=lambda user, row: Ticket.objects.visible_to(user).filter(pk=row.ticket_id or 0).exists(),
    grounds=_ticket_steps,
)
