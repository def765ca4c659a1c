"""The flow chart of a project's list as plain numbers for inline SVG: a column per stage, an arrow per prerequisite.

It shows where the course is stuck: of the items whose prerequisites are all done, the one with the gravest light, and
among equals the one that holds up most others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from approvals.checklist.models import ItemState
from approvals.checklist.queries import Row
from policy.lights import Light

BOX_W, GAP_X, GAP_Y, TOP, LEFT = 172, 44, 12, 34, 6
LINE, PAD, SIGNS = 16, 8, 12
ENDED = (ItemState.DECIDED, ItemState.NOT_NEEDED)


@dataclass(slots=True)
class Box:
    """One item; x, y of its upper left corner in drawing units."""

    row: Row
    x: int
    y: int
    height: int
    lines: list[tuple[int, str]]
    sub_y: int
    sub: str
    kind: str
    is_block: bool = False

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def text_x(self) -> int:
        return self.x + 10


@dataclass(slots=True)
class Chart:
    width: int = 0
    height: int = 0
    heads: list[tuple[int, str]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    arrows: list[tuple[str, str]] = field(default_factory=list)
    block: Row | None = None
    held_up: int = 0


def chart_of(groups: Sequence[dict[str, Any]]) -> Chart | None:
    """`groups` as made by queries.sheet_of. None for an empty list."""
    rows = [row for group in groups for row in group["rows"] if row.item.state != ItemState.NOT_NEEDED]
    if not rows:
        return None
    chart = Chart()
    chart.block, chart.held_up = blocking(rows)
    place: dict[str, Box] = {}
    for column, group in enumerate(group for group in groups if group["needed"]):
        x, y = LEFT + column * (BOX_W + GAP_X), TOP
        chart.heads.append((x, str(group["label"])))
        for row in group["rows"]:
            if row.item.state == ItemState.NOT_NEEDED:
                continue
            box = _box(row, x, y)
            box.is_block = chart.block is not None and row.item.pk == chart.block.item.pk
            place[row.item.code] = box
            chart.boxes.append(box)
            y += box.height + GAP_Y
        chart.height = max(chart.height, y)
        chart.width = x + BOX_W + 8
    for box in chart.boxes:
        chart.arrows += [
            (_path(place[code], box), "done" if place[code].kind == "done" else "open")
            for code in box.row.item.prerequisites
            if code in place
        ]
    return chart


def blocking(rows: Sequence[Row]) -> tuple[Row | None, int]:
    """(the item where the course is stuck, how many open ones wait for it); None when all are decided."""
    by_code = {row.item.code: row for row in rows}
    open_codes = {code for code, row in by_code.items() if row.item.state not in ENDED}
    after: dict[str, set[str]] = {code: set() for code in by_code}
    for code in open_codes:
        for before in by_code[code].item.prerequisites:
            if before in after:
                after[before].add(code)
    ready = [code for code in open_codes if not open_codes & set(by_code[code].item.prerequisites)]
    if not ready:
        return None, 0
    held = {code: len(_reached(code, after)) for code in ready}

    def gravity(code: str) -> tuple[Any, ...]:
        row = by_code[code]
        lit = row.light.weight if row.light in (Light.RED, Light.AMBER) else 0
        return lit, row.is_breach, held[code], -row.item.position

    worst = max(ready, key=gravity)
    return by_code[worst], held[worst]


def _reached(code: str, after: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    stack = [code]
    while stack:
        for one in after[stack.pop()]:
            if one not in seen:
                seen.add(one)
                stack.append(one)
    return seen


def _box(row: Row, x: int, y: int) -> Box:
    words = _wrapped(f"{row.item.code} {row.item.name}", SIGNS)
    lines = [(y + PAD + 12 + number * LINE, text) for number, text in enumerate(words)]
    sub = row.item.get_state_display()
    if row.item.state == ItemState.DECIDED and row.item.ended_on:
        sub = f"{sub} {row.item.ended_on:%Y-%m-%d}"
    elif row.item.is_running and row.item.due_on:
        sub = f"{row.item.get_state_display()} {row.item.due_on:%m-%d}"
    sub_lines = _wrapped(sub, SIGNS + 2)
    sub_y = y + PAD + 12 + len(words) * LINE
    height = 2 * PAD + (len(words) + 1) * LINE
    return Box(row, x, y, height, lines, sub_y, sub_lines[0], row.light.value)


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` wide characters (a narrow one counts half); nothing is cut off."""
    lines, line, used = [], "", 0.0
    for char in text:
        step = 0.55 if char.isascii() else 1.0
        if used + step > width and line:
            lines.append(line)
            line, used = "", 0.0
        line += char
        used += step
    return [*lines, line] if line else lines or [""]


def _path(start: Box, end: Box) -> str:
    """From the right edge of one box to the left edge of another; inside one column round the left."""
    if start.x == end.x:
        side = start.x - 10 if start.x > LEFT else start.x
        return f"M{start.x} {start.middle} C{side - 8} {start.middle} {side - 8} {end.middle} {end.x} {end.middle}"
    x1, x2 = start.x + BOX_W, end.x
    bend = (x2 - x1) // 2
    return f"M{x1} {start.middle} C{x1 + bend} {start.middle} {x2 - bend} {end.middle} {x2} {end.middle}"
