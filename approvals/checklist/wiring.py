"""What checklists hang into the lower apps when the process starts: tab, to-dos, words of the log, the calendar."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, leaving, sections
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from accounts.permissions import PERMISSIONS, ROW_SCOPE, RowScope
from accounts.scope import current_postings, granted_projects, holds
from approvals.checklist import recompute, warchart
from approvals.checklist.contacts import contact_for, team_of
from approvals.checklist.lights import check_q, light_q, thresholds
from approvals.checklist.models import HANDLE, UNDER_WAY, Checklist, ChecklistItem, ItemState
from approvals.checklist.moves import EDIT, LABELS, PREPARE
from approvals.checklist.queries import own_q, sheet_of
from policy.calendar import WorkCalendar
from policy.lights import Light
from policy.services import current_calendar, on_calendar_changed
from projects import controls
from projects.abilities import abilities
from projects.models import Project
from projects.tabs import Tab, register_tab

LIMIT, CHECK_AHEAD = 100, 10


def register() -> None:
    sections.register(
        "approvals", "checklist", gettext_lazy("Approval items"), "checklist:list", "checklist.view", 15
    )
    todo.register("checklist", todo_items)
    controls.register(warchart.controls_of)
    register_tab(
        Tab(
            code="checklist",
            label=gettext_lazy("Approval checklist"),
            template="approvals/checklist/_tab.html",
            permission="checklist.view",
            context=_tab,
            rows=_unfinished,
            order=12,
        )
    )
    audit_words.register(
        LABELS
        | {
            "checklist_made": gettext_lazy("approval checklist made"),
            "checklist_extended": gettext_lazy("items put on the checklist"),
            "checklist_flagged": gettext_lazy("window and green channel set"),
            "item_given": gettext_lazy("item given to another department"),
            "item_recomputed": gettext_lazy("days of an item worked out again"),
            "milestone_followed": gettext_lazy("key point followed its control items"),
        },
        {
            "on": gettext_lazy("day"),
            "holder": gettext_lazy("in the hands of"),
            "catalogue": gettext_lazy("approval catalogue"),
        },
    )
    leaving.register("checklist", posting=lambda _posting, _day: [], department=_held_by)
    on_calendar_changed.register("checklist", preview=recompute.preview, apply=recompute.apply)


def _held_by(department: Any) -> list[str]:
    """Applications the department has in hand: they are given to another one before it ends."""
    rows = ChecklistItem.objects.running().filter(department=department).select_related("project")
    return [f"{row.project.name} {row}" for row in rows.order_by("due_on", "pk")[:50]]


def _unfinished(project: Project, user: Any) -> QuerySet[ChecklistItem]:
    rows = ChecklistItem.objects.visible_to(user).filter(project=project)
    return rows.exclude(state__in=[ItemState.DECIDED, ItemState.NOT_NEEDED])


def _tab(project: Project, user: Any, on: date) -> dict[str, Any]:
    checklist = Checklist.objects.filter(project=project).select_related("catalogue__division").first()
    sheet = sheet_of(project, user, on)
    team = team_of(project, on)
    for row in sheet.rows:
        item: Any = row.item
        item.contact = contact_for(item, team)
    running = project.state in UNDER_WAY
    return {
        "checklist": checklist, "sheet": sheet, "has_catalogue": True,
        "may_edit_list": running and EDIT in abilities(user, project),
        "is_investor": holds(user, "checklist.view") and not holds(user, "catalogue.view"),
    }  # fmt: skip


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """What waits for a person.

    For a department: its own items that are due, late or to be accepted, and commitments to be checked. For an office
    over an area: one line that counts what is late. For who serves a project: materials the enterprise still owes.
    """
    if not holds(user, "checklist.view"):
        return
    bounds, calendar = thresholds(on), current_calendar()
    if holds(user, HANDLE):
        yield from _to_decide(user, on)
    if any(
        HANDLE in PERMISSIONS[p.role] and ROW_SCOPE[p.role] is RowScope.AREA for p in current_postings(user)
    ):
        late = light_q(Light.RED, bounds) | light_q(Light.AMBER, bounds)
        rows = ChecklistItem.objects.visible_to(user).running().filter(late).order_by()
        counted = rows.aggregate(first=Min("due_on"), count=Count("pk"))
        first, count = counted["first"], counted["count"]
        if first is not None:
            yield TodoItem(
                key="items:late", days_left=calendar.left(on, first), due_on=first,
                title=_("%(count)d approval items are overdue") % {"count": count},
                url=reverse("checklist:list") + "?show=late", button=_("See what is overdue"), order=40,
            )  # fmt: skip
    if holds(user, PREPARE) and not holds(user, HANDLE):
        yield from _to_prepare(user, on)


def _to_decide(user: Any, on: date) -> Iterator[TodoItem]:
    """Own applications under a light, by their day; then commitments whose check comes due. One query for both."""
    bounds, calendar = thresholds(on), current_calendar()
    lit = light_q(Light.RED, bounds) | light_q(Light.AMBER, bounds) | light_q(Light.BLUE, bounds)
    lit &= Q(project__state__in=UNDER_WAY)
    rows = ChecklistItem.objects.filter(own_q(user)).visible_to(user).select_related("project")
    rows = rows.filter(lit | check_q(calendar.add(on, CHECK_AHEAD)))
    # A commitment is decided, so its item runs no more and falls behind those that do.
    found = list(rows.order_by("-is_running", "due_on", "check_due_on", "pk")[:LIMIT])
    yield from (_decision(row, on, calendar) for row in found if row.is_running)
    yield from (_check(row, on, calendar) for row in found if not row.is_running)


def _decision(row: ChecklistItem, on: date, calendar: WorkCalendar) -> TodoItem:
    entering = row.state == ItemState.SUBMITTED
    due = row.hold_review_on if row.is_paused else row.due_on
    return TodoItem(
        key=f"item:{row.pk}",
        days_left=calendar.left(on, due) if due else None,
        due_on=due,
        title=(_("Accept: %(item)s") if entering else _("Decide: %(item)s")) % {"item": row.name},
        detail=row.project.name,
        url=reverse("checklist:item", args=[row.pk]),
        button=_("Accept the application") if entering else _("Deal with the item"),
        why=row.deadline or None,
        order=35,
    )


def _check(row: ChecklistItem, on: date, calendar: WorkCalendar) -> TodoItem:
    due = row.check_due_on
    return TodoItem(
        key=f"check:{row.pk}",
        days_left=calendar.left(on, due) if due else None,
        due_on=due,
        title=_("Check the commitment: %(item)s") % {"item": row.name},
        detail=row.project.name,
        url=reverse("checklist:item", args=[row.pk]),
        button=_("Record the check"),
        why=row.check_deadline or None,
        order=36,
    )


def _to_prepare(user: Any, on: date) -> Iterator[TodoItem]:
    rows = ChecklistItem.objects.filter(project_id__in=granted_projects(user), state=ItemState.SUPPLEMENT)
    rows = rows.filter(project__state__in=UNDER_WAY).select_related("project").order_by("supplement_on", "pk")
    for row in rows[:LIMIT]:
        yield TodoItem(
            key=f"item:{row.pk}", days_left=None, due_on=None,
            title=_("Help hand in what is missing: %(item)s") % {"item": row.name}, detail=row.project.name,
            url=reverse("checklist:item", args=[row.pk]), button=_("Record the missing materials"), order=45,
        )  # fmt: skip
