"""Reads behind the checklist pages: rows with light and days, the list of a project by stage, figures over a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.permissions import PERMISSIONS, ROW_SCOPE, RowScope
from accounts.scope import acting_posting, current_postings, holds
from approvals.catalogue.queries import by_stage
from approvals.checklist import clock
from approvals.checklist.clock import Counters
from approvals.checklist.conditions import waiting_for
from approvals.checklist.due import ticks_of
from approvals.checklist.lights import breach_q, broke_q, is_breach, item_light, light_q, thresholds
from approvals.checklist.models import HANDLE, UNDER_WAY, ChecklistItem, ItemEvent, ItemState
from policy.calendar import WorkCalendar
from policy.lights import Light, LightThresholds
from policy.services import current_calendar
from projects.models import Project

SHORT = {
    ItemState.NOT_STARTED, ItemState.MATERIALS, ItemState.REFUSED, ItemState.WITHDRAWN, ItemState.NOT_NEEDED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """An item with what changes by the day. `words`: the text of its light where the days do not say it."""

    item: ChecklistItem
    light: Light
    days_left: int | None
    is_breach: bool
    words: str
    waits: tuple[ChecklistItem, ...] = ()


def row_of(
    item: ChecklistItem, bounds: LightThresholds, calendar: WorkCalendar, waits: Sequence[ChecklistItem] = ()
) -> Row:
    light = item_light(item, bounds)
    timed = item.is_running and not item.is_paused and item.due_on is not None
    left = calendar.left(bounds.today, item.due_on) if timed and item.due_on else None
    words = "" if timed and light is not Light.NONE else item.get_state_display()
    return Row(item, light, left, is_breach(item, bounds.today), words, tuple(waits))


def rows_of(items: Iterable[ChecklistItem], on: date) -> list[Row]:
    bounds, calendar = thresholds(on), current_calendar()
    return [row_of(item, bounds, calendar) for item in items]


def listed(user: Any) -> QuerySet[ChecklistItem]:
    """Items of projects under way the person may see, with what a table row shows in one query."""
    return (
        ChecklistItem.objects.visible_to(user)
        .filter(project__state__in=UNDER_WAY)
        .select_related("project", "department", "window")
        .defer("deadline", "check_deadline", "materials", "project__content")
    )


def own_q(user: Any) -> Q:
    """Items that wait for this person's unit: of their department; for an office, those without a department."""
    found = Q(pk__in=[])
    for posting in current_postings(user):
        if HANDLE not in PERMISSIONS[posting.role]:
            continue
        if ROW_SCOPE[posting.role] is RowScope.AREA:
            found |= Q(department=None)
        if posting.department_id:
            found |= Q(department_id=posting.department_id)
    return found


ENDED_VIEWS = ("broke", "decided", "all", "check", "window")


def in_order(rows: QuerySet[ChecklistItem], show: str, state: str) -> QuerySet[ChecklistItem]:
    """What runs by the day its light counts from; what also holds ended ones newest first, along an index."""
    if show == "broke":
        return rows.order_by("-ended_on", "pk")
    return rows.order_by("-pk") if show in ENDED_VIEWS or state else rows.order_by("due_on", "pk")


def shown_q(show: str, user: Any, on: date) -> Q:
    """The saved views over the list."""
    bounds = thresholds(on)
    match show:
        case "mine":
            return own_q(user) & Q(is_running=True)
        case "new":
            return Q(state=ItemState.SUBMITTED, is_running=True)
        case "red":
            return light_q(Light.RED, bounds)
        case "late":
            return light_q(Light.RED, bounds) | light_q(Light.AMBER, bounds)
        case "soon":
            return light_q(Light.BLUE, bounds)
        case "paused":
            return Q(is_running=True, is_paused=True)
        case "breach":
            return breach_q(on)
        case "broke":
            return broke_q()
        case "check":
            return Q(check_due_on__isnull=False, checked_on=None)
        case "window":
            posting = acting_posting(user)
            return Q(window_id=posting.division_id) if posting else Q(pk__in=[])
        case "decided":
            return Q(state=ItemState.DECIDED)
        case "all":
            return Q()
    return Q(is_running=True)


def figures(user: Any, on: date) -> dict[str, int]:
    """How many of each saved view, in one query over the running items."""
    bounds = thresholds(on)
    rows = ChecklistItem.objects.visible_to(user).running()
    found: dict[str, int] = rows.aggregate(
        running=Count("pk"),
        mine=Count("pk", filter=own_q(user)),
        new=Count("pk", filter=Q(state=ItemState.SUBMITTED)),
        red=Count("pk", filter=light_q(Light.RED, bounds)),
        late=Count("pk", filter=light_q(Light.RED, bounds) | light_q(Light.AMBER, bounds)),
        soon=Count("pk", filter=light_q(Light.BLUE, bounds)),
        paused=Count("pk", filter=Q(is_paused=True)),
    )
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """A project's list: groups by stage, and its sums. `open` counts what is needed and not decided."""

    groups: list[dict[str, Any]]
    rows: list[Row]
    done: int
    needed: int


def sheet_of(project: Project, user: Any, on: date) -> Sheet:
    """The whole list of a project, by stage, for the tab, the flow chart and the printed sheet. Two queries."""
    items = list(
        ChecklistItem.objects.visible_to(user)
        .filter(project=project)
        .select_related("department__division", "window")
        .order_by("position", "pk")
    )
    bounds, calendar = thresholds(on), current_calendar()
    rows = []
    for item in items:
        open_before = (
            waiting_for(item, items) if item.state in (ItemState.NOT_STARTED, ItemState.MATERIALS) else []
        )
        rows.append(row_of(item, bounds, calendar, open_before))
    by_pk = {row.item.pk: row for row in rows}
    groups = by_stage(items)
    for group in groups:
        group["rows"] = [by_pk[item.pk] for item in group["rows"]]
        needed = [row for row in group["rows"] if row.item.state != ItemState.NOT_NEEDED]
        group["done"] = sum(row.item.state == ItemState.DECIDED for row in needed)
        group["needed"] = len(needed)
    return Sheet(groups, rows, sum(g["done"] for g in groups), sum(g["needed"] for g in groups))


def counters_of(item: ChecklistItem, events: Sequence[ItemEvent], on: date) -> Counters:
    """Working days by holder over all applications of the item; they add up to `total`."""
    calendar, summed = current_calendar(), Counters()
    for number in range(1, item.round + 1):
        one = clock.counters(ticks_of(events, number), today=on, calendar=calendar)
        summed.total += one.total
        for holder, days in one.days.items():
            summed.days[holder] += days
    return summed


def may_handle(user: Any) -> bool:
    return holds(user, HANDLE)
