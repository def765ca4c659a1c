"""A project's items as the war chart draws them under its key points (挂图作战)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.scope import holds
from approvals.checklist.flow import blocking
from approvals.checklist.models import ChecklistItem, ItemState
from approvals.checklist.queries import Row, sheet_of
from projects.controls import NOTHING, Block, Chart, Control, Controls
from projects.models import Project

# So many fit under one key point on A3; the rest is counted.
SHOWN = 4


def controls_of(project: Project, user: Any, on: date) -> Chart:
    """One query. A person without the right to see approvals gets none."""
    if not holds(user, "checklist.view"):
        return NOTHING
    sheet = sheet_of(project, user, on)
    block, held_up = blocking([row for row in sheet.rows if row.item.state != ItemState.NOT_NEEDED])
    stages = {}
    for group in sheet.groups:
        rows = [row for row in group["rows"] if row.item.state != ItemState.NOT_NEEDED]
        if rows:
            stages[str(group["stage"])] = _stage(rows, block)
    told = Block(_control(block, block), _holder(block), held_up) if block else None
    return Chart(stages, told)


def _stage(rows: Sequence[Row], block: Row | None) -> Controls:
    """Drawn are the block, then what is lit, then control items, then the rest; in the order of the list."""

    def weight(row: Row) -> tuple[Any, ...]:
        lit = row.light.value in ("red", "amber", "blue")
        open_first = row.item.state != ItemState.DECIDED
        return row is not block, not lit, not row.item.is_control, not open_first, row.item.position

    chosen = {row.item.pk for row in sorted(rows, key=weight)[:SHOWN]}
    shown = tuple(_control(row, block) for row in rows if row.item.pk in chosen)
    counted = Counter(row.item.state for row in rows)
    counts = tuple((str(state.label), counted[state]) for state in ItemState if counted[state])
    return Controls(shown, len(rows) - len(shown), len(rows), counts)


def _control(row: Row, block: Row | None) -> Control:
    item = row.item
    dates: tuple[tuple[str, date], ...] = ()
    if item.ended_on is not None:
        dates = ((_("done (short)"), item.ended_on),)
    elif item.due_on is not None and item.is_running:
        dates = ((_("due (short)"), item.due_on),)
    return Control(
        name=item.name,
        url=reverse("checklist:item", args=[item.pk]),
        light=row.light.value,
        days=row.days_left,
        words=row.words,
        office=_short_name(item),
        dates=dates,
        is_block=row is block,
    )


def _short_name(item: ChecklistItem) -> str:
    """The department without the division's name before it: on the project's own chart that says nothing."""
    if item.department is None:
        return ""
    name: str = item.department.name
    place = item.department.division.name
    return name.removeprefix(place) or name


def _holder(row: Row) -> str:
    return str(row.item.get_holder_display()) if row.item.is_running else ""
