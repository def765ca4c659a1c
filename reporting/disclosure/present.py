"""A payload as the public pages show it: rates with numerator and denominator, units in order, twelve months as lines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from policy.periods import Period
from reporting.boards.trend import Month, Trend, draw
from reporting.reports.figures import Discipline, Rate
from reporting.reports.labels import LABELS

HEAD_RATES = ("fulfilment_rate", "start_rate", "planned_start_rate", "production_rate")
TABLE_RATES = ("start_rate", "planned_start_rate", "production_rate")


@dataclass(frozen=True, slots=True)
class Shown:
    """One rate: '67.9%' with 874 / 1,287; `change` in percentage points on the period before, '0' for none, '' without one."""

    key: str
    label: Any
    rate: Rate
    change: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit of the table. `rank` None: withheld, or no denominator."""

    code: str
    name: str
    signed: int
    withheld: bool
    rates: tuple[Shown, ...]
    discipline: Discipline
    rank: int | None = None

    @property
    def start(self) -> Rate:
        return self.rates[0].rate

    @property
    def in_time(self) -> Rate:
        """Of those whose day has come."""
        return self.discipline.rate


def handed_in(kept: Mapping[str, int]) -> Discipline:
    """The parts sum to `expected`; publications before 2026-11 do not name those whose day had not come."""
    found = Discipline.from_json(kept)
    if "open" in kept:
        return found
    known = found.on_time + found.extended + found.late + found.missing + found.exempt
    return replace(found, open=found.expected - known)


def rate_of(figures: Mapping[str, Any] | None, key: str) -> Rate:
    """The rate, or one without denominator where it is withheld."""
    numerator, denominator = ((figures or {}).get("rates") or {}).get(key) or (0, 0)
    return Rate(numerator, denominator)


def head_rates(payload: Mapping[str, Any]) -> list[Shown]:
    total, before = payload["total"], payload.get("previous")
    return [
        Shown(key, LABELS[key], rate_of(total, key), _change(rate_of(total, key), rate_of(before, key)))
        for key in HEAD_RATES
    ]


def lines_of(units: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Units by start rate, highest first; equal rates share a rank, withheld ones come last without one."""
    lines = [_line(unit) for unit in units]
    ranked = sorted(
        (one for one in lines if one.start.denominator), key=lambda one: (-(one.start.value or 0), one.code)
    )
    found: list[Line] = []
    for place, one in enumerate(ranked, 1):
        same = found[-1].rank if found and found[-1].start.value == one.start.value else place
        found.append(replace(one, rank=same))
    return found + sorted((one for one in lines if not one.start.denominator), key=lambda one: one.code)


def by_parent(payload: Mapping[str, Any]) -> dict[str, list[Line]]:
    """Counties under each city's code."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for unit in payload["counties"]:
        found.setdefault(unit["parent_code"], []).append(unit)
    return {code: lines_of(units) for code, units in found.items()}


def trend_of(periods: Sequence[Period], totals: Mapping[str, Mapping[str, Any]]) -> Trend | None:
    """Start and planned-start rate by month, from the first that was published; None when none was."""
    if not totals:
        return None
    months = []
    for period in periods:
        total = totals.get(str(period))
        pair = (rate_of(total, "start_rate"), rate_of(total, "planned_start_rate")) if total else (None, None)
        months.append(Month(period, None, *pair))
    first = next((n for n, month in enumerate(months) if month.solid is not None), 0)
    return draw(months[first:])


def line_over(
    code: str, periods: Sequence[Period], published: Mapping[str, Iterable[Mapping[str, Any]]]
) -> list[tuple[Period, Line | None]]:
    """The place's line of each month, oldest first, from the first it has; None where nothing was published of it."""
    found: list[tuple[Period, Line | None]] = []
    for period in periods:
        mine = next((one for one in published.get(str(period), ()) if one["code"] == code), None)
        if mine or found:
            found.append((period, _line(mine) if mine else None))
    return found


def line_trend(months: Sequence[tuple[Period, Line | None]]) -> Trend | None:
    """Start and planned-start rate of a place; None where no month has one, be it withheld or without denominator."""
    if not any(line and line.start.denominator for _period, line in months):
        return None
    none = (None, None)
    return draw(
        [
            Month(period, None, *((line.rates[0].rate, line.rates[1].rate) if line else none))
            for period, line in months
        ]
    )


def definitions(payload: Mapping[str, Any], keys: Collection[str] = ()) -> list[tuple[Any, str]]:
    """(name, how it is counted), as frozen with the report; of the rates `keys`, or all."""
    rules = payload["rules"]
    return [
        (LABELS[key], rule["definition"])
        for key, rule in rules.items()
        if rule.get("definition") and (not keys or key in keys)
    ]


def day(text: str) -> date:
    return date.fromisoformat(text)


def _line(unit: Mapping[str, Any]) -> Line:
    figures = unit["figures"]
    shown = tuple(Shown(key, LABELS[key], rate_of(figures, key)) for key in TABLE_RATES)
    return Line(
        unit["code"], unit["name"], figures["signed"], bool(figures.get("withheld")), shown,
        handed_in(unit["discipline"]),
    )  # fmt: skip


def _change(now: Rate, before: Rate) -> str:
    if now.value is None or before.value is None:
        return ""
    points = f"{(now.value - before.value) * 100:+.1f}"
    return "0" if points in ("+0.0", "-0.0") else points
