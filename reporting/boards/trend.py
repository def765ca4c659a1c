"""Twelve months of two rates as a small chart drawn on the server, from the frozen monthly reports of the unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Division
from policy.periods import Period
from reporting.reports.figures import Figures, Rate
from reporting.reports.models import Edition, Report

SOLID, DASHED = "start_rate", "planned_start_rate"
WIDTH, HEIGHT = 470, 220
LEFT, RIGHT, TOP, BOTTOM = 42.0, 346.0, 12.0, 194.0
STEP = 20
APART = 30.0  # two labels at the lines' ends: a name under a figure each


@dataclass(frozen=True, slots=True)
class Month:
    """`solid` and `dashed` None: no report was drafted for the month."""

    period: Period
    report_id: int | None
    solid: Rate | None
    dashed: Rate | None

    @property
    def label(self) -> str:
        return f"{self.period.number}月"


@dataclass(frozen=True, slots=True)
class Tick:
    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Curve:
    """`pieces`: points of polylines; a month without a report breaks the line. `end`: last point, `label_y` its words."""

    pieces: tuple[str, ...]
    end_x: float
    end_y: float
    label_y: float
    text: str

    @property
    def name_y(self) -> float:
        return self.label_y + 15


@dataclass(frozen=True, slots=True)
class Trend:
    months: tuple[Month, ...]
    grid: tuple[Tick, ...]
    ticks: tuple[Tick, ...]
    solid: Curve | None
    dashed: Curve | None

    @property
    def view_box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"


def trend_for(user: Any, unit: Division, periods: Sequence[Period]) -> Trend | None:
    """Rates of the unit's reports over `periods`, oldest first; None when none was drafted. One statement."""
    rows = Report.objects.visible_to(user).filter(
        unit=unit, period__in=[str(period) for period in periods], edition=Edition.FIRST
    )
    found = {
        period: (pk, Figures.from_json(total))
        for pk, period, total in rows.values_list("pk", "period", "figures__total")
    }
    if not found:
        return None
    return draw([_month(period, found.get(str(period))) for period in periods])


def draw(months: Sequence[Month]) -> Trend:
    """Pure: percent to points. The scale begins at the multiple of 20 under the lowest value."""
    values = [v for m in months for rate in (m.solid, m.dashed) if rate and (v := rate.value) is not None]
    low = min(int(min(values, default=0) * 100) // STEP * STEP, 100 - STEP)
    wide = (RIGHT - LEFT) / max(1, len(months) - 1)

    def y(percent: float) -> float:
        return round(BOTTOM - (percent - low) / (100 - low) * (BOTTOM - TOP), 1)

    xs = [round(LEFT + wide * n, 1) for n in range(len(months))]
    solid = _curve([m.solid for m in months], xs, y)
    dashed = _curve([m.dashed for m in months], xs, y)
    return Trend(
        months=tuple(months),
        grid=tuple(Tick(str(mark), LEFT, y(mark)) for mark in range(low, 101, STEP)),
        ticks=tuple(Tick(m.label, x, HEIGHT - 8) for m, x in zip(months, xs, strict=True)),
        **_apart(solid, dashed),
    )


def _month(period: Period, found: tuple[int, Figures] | None) -> Month:
    if found is None:
        return Month(period, None, None, None)
    pk, figures = found
    return Month(period, pk, figures.rate(SOLID), figures.rate(DASHED))


def _curve(rates: Sequence[Rate | None], xs: Sequence[float], y: Any) -> Curve | None:
    pieces: list[list[tuple[float, float]]] = [[]]
    last: Rate | None = None
    for rate, x in zip(rates, xs, strict=True):
        if rate is None or rate.value is None:
            pieces.append([])
            continue
        pieces[-1].append((x, y(rate.value * 100)))
        last = rate
    drawn = [piece for piece in pieces if piece]
    if last is None:
        return None
    end_x, end_y = drawn[-1][-1]
    return Curve(
        tuple(" ".join(f"{a},{b}" for a, b in piece) for piece in drawn), end_x, end_y, end_y - 2, last.text
    )


def _apart(solid: Curve | None, dashed: Curve | None) -> dict[str, Curve | None]:
    """Move the labels of lines that end close together so that neither covers the other nor leaves the picture."""
    if solid is None or dashed is None:
        return {"solid": solid, "dashed": dashed}
    upper, lower = sorted((solid, dashed), key=lambda curve: curve.end_y)
    top = max(TOP, min(upper.label_y, (upper.label_y + lower.label_y - APART) / 2))
    bottom = max(lower.label_y, top + APART)
    moved = {id(upper): _at(upper, top), id(lower): _at(lower, bottom)}
    return {"solid": moved[id(solid)], "dashed": moved[id(dashed)]}


def _at(curve: Curve, label_y: float) -> Curve:
    return Curve(curve.pieces, curve.end_x, curve.end_y, round(label_y, 1), curve.text)
