"""Drawings of one project as plain numbers for inline SVG: time line of the key points, line of the funds in place."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from policy.lights import Light
from projects.models import Pause
from projects.track import Node

WIDTH, LEFT, TOP, STEP = 1320.0, 150.0, 22.0, 16.0
LABEL_ROOM = 90.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One key point. x positions in drawing units; a width of 0 is not drawn."""

    y: float
    label: str
    plan_x: float
    plan_w: float
    act_x: float
    act_w: float
    is_late: bool
    exp_x1: float
    exp_x2: float
    note: str
    note_x: float
    note_end: bool
    is_warn: bool

    @property
    def label_y(self) -> float:
        return self.y + 9

    @property
    def act_y(self) -> float:
        return self.y + 2

    @property
    def exp_y(self) -> float:
        return self.y + 5


@dataclass(slots=True)
class Timeline:
    width: float = WIDTH
    height: float = 0
    bottom: float = 0
    ticks: list[tuple[float, str]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    pauses: list[tuple[float, float, str]] = field(default_factory=list)
    today_x: float | None = None
    today_text: str = ""
    today_end: bool = True

    @property
    def pause_height(self) -> float:
        return self.bottom - 18

    @property
    def today_label_x(self) -> float:
        assert self.today_x is not None  # noqa: S101 - asked by the template
        return self.today_x + (-4 if self.today_end else 4)


def timeline(
    nodes: Sequence[Node], *, signed_on: date | None, pauses: Sequence[Pause], today: date
) -> Timeline | None:
    """Plan, finish and forecast of each key point on one scale; None when no date at all is known."""
    known = [day for node in nodes for day in _days_of(node) if day]
    if not known:
        return None
    first = min([*known, *([signed_on] if signed_on else [])])
    last = max([*known, today])
    span = max((last - first).days, 30)
    scale = (WIDTH - LEFT - LABEL_ROOM) / span

    def x(day: date) -> float:
        return round(LEFT + min(max((day - first).days, 0), span) * scale, 1)

    drawing = Timeline()
    drawing.bottom = TOP + STEP * len(nodes) + 2
    drawing.height = drawing.bottom + 4
    drawing.ticks = [(x(day), text) for day, text in _ticks(first, first + timedelta(days=span))]
    begin = signed_on or first
    for number, node in enumerate(nodes):
        drawing.bars.append(_bar(node, number, begin, x, today))
        begin = node.point.actual_on or node.point.planned_on or begin
    for pause in pauses:
        start, end = x(pause.starts_on), x(pause.resumed_on or max(pause.review_on, today))
        drawing.pauses.append((start, round(max(end - start, 1), 1), pause.get_reason_display()))
    if first <= today:
        drawing.today_x = x(today)
        drawing.today_text = _("today %(day)s") % {"day": f"{today:%m-%d}"}
        drawing.today_end = drawing.today_x > WIDTH / 2
    return drawing


def _days_of(node: Node) -> tuple[date | None, ...]:
    return node.point.planned_on, node.point.actual_on, node.point.forecast_on


def _bar(node: Node, number: int, begin: date, x: Any, today: date) -> Bar:
    point = node.point
    start = x(begin)
    plan_end = x(point.planned_on) if point.planned_on else start
    overdue = node.light in (Light.RED, Light.AMBER)
    reached = point.actual_on or (today if overdue else None)
    act_end = x(reached) if reached else start
    expected = point.forecast_on if point.actual_on is None else None
    exp_from = max(plan_end, act_end)
    exp_to = x(expected) if expected else exp_from
    note = _("expected %(day)s") % {"day": expected.isoformat()} if expected else ""
    note_x = max(exp_to, exp_from) + 5
    note_end = note_x > WIDTH - 130
    return Bar(
        y=TOP + STEP * number,
        label=f"{number + 1} {point.get_code_display()}",
        plan_x=min(start, plan_end),
        plan_w=round(max(abs(plan_end - start), 3), 1) if point.planned_on else 0,
        act_x=min(start, act_end),
        act_w=round(max(abs(act_end - start), 3), 1) if reached else 0,
        is_late=overdue or bool(point.actual_on and point.planned_on and point.actual_on > point.planned_on),
        exp_x1=exp_from,
        exp_x2=exp_to if exp_to > exp_from else exp_from,
        note=note,
        note_x=round(min(start, plan_end) - 6 if note_end else note_x, 1),
        note_end=note_end,
        is_warn=overdue,
    )


def _ticks(first: date, last: date) -> list[tuple[date, str]]:
    """Quarter starts; half years and years when the span is long."""
    months = 3 if (last - first).days <= 1200 else 6 if (last - first).days <= 2600 else 12
    day = date(first.year, 1, 1)
    found = []
    while day <= last:
        if day > first:
            found.append((day, f"{day:%Y-%m}"))
        month = day.month + months
        day = date(day.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    return found


@dataclass(slots=True)
class FundsLine:
    """Funds in place by month: `points` for a polyline, marks and labels in drawing units."""

    width: int = 1280
    height: int = 190
    points: str = ""
    dots: list[tuple[float, float]] = field(default_factory=list)
    grid: list[tuple[float, str]] = field(default_factory=list)
    months: list[tuple[float, str]] = field(default_factory=list)
    end_label: tuple[float, float, str] | None = None

    @property
    def right(self) -> int:
        return self.width - 90


def funds_line(rows: Sequence[tuple[str, int]]) -> FundsLine | None:
    """`rows`: (month, cumulative 元), oldest first; None with fewer than two months."""
    from accounts.templatetags.portal import wan

    if len(rows) < 2:
        return None
    drawing = FundsLine()
    left, right, top, bottom = 84, drawing.right, 14, drawing.height - 26
    highest = max(value for _month, value in rows) or 1
    step = (right - left) / (len(rows) - 1)
    marks = [
        (round(left + step * number, 1), round(bottom - (bottom - top) * value / highest, 1))
        for number, (_month, value) in enumerate(rows)
    ]
    drawing.points = " ".join(f"{x},{y}" for x, y in marks)
    drawing.dots = marks
    drawing.grid = [
        (round(bottom - (bottom - top) * part, 1), wan(int(highest * part))) for part in (0, 0.5, 1)
    ]
    every = max(1, len(rows) // 12)
    drawing.months = [(marks[i][0], rows[i][0]) for i in range(0, len(rows), every)]
    drawing.end_label = (marks[-1][0] + 6, marks[-1][1] + 4, wan(rows[-1][1]))
    return drawing
