"""What a regime's rules are, as values. Reading them from files is `regimes`, applying them `deadlines`, `lights`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from policy.calendar import Roll
from policy.periods import Period, PeriodKind

OFFICE_DEFAULT = "office default, not statutory"


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    DAY_OF_MONTH = "day_of_month"


@dataclass(frozen=True)
class Basis:
    """Where a rule comes from: the words to print, and the row of the requirements (H7, X-A2)."""

    text: str
    article: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One version of one rule. In force from `effective_from` to `effective_to`, both inclusive (None = open).

    `origin` is empty when the text of the regime says so, else tells whose choice the values are.
    `values` holds the fields of this kind as written in the regime file.
    """

    id: str
    key: str
    kind: str
    title: str
    basis: Basis
    effective_from: date
    effective_to: date | None = None
    origin: str = ""
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    @property
    def is_statutory(self) -> bool:
        return not self.origin

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


@dataclass(frozen=True, kw_only=True)
class DeadlineRule(Rule):
    """When something is due.

    working_days, calendar_days, months: `offset` after the anchor date, the anchor itself not counted.
    day_of_month: day `day` of the month `months` after the last month of the anchor period (negative = before);
    a day beyond the month's end means its last day. `per` is the period kind, None for an event.
    `event` names what starts the clock, in Chinese.
    """

    unit: Unit
    offset: int = 0
    day: int = 0
    months: int = 0
    roll: Roll = Roll.NEXT
    per: PeriodKind | None = None
    event: str = ""
    owed_by: tuple[str, ...] = ()
    owed_to: str = ""

    def period_of(self, anchor: date | Period) -> Period:
        """The period of this rule that `anchor` means: the one that holds it, or its last day."""
        kind = self.per or PeriodKind.MONTH
        if isinstance(anchor, Period):
            return anchor if anchor.kind is kind else Period.containing(kind, anchor.last)
        return Period.containing(kind, anchor)


def deadline_of(rule: Rule, *, offset: int, unit: Unit, event: str, roll: Roll = Roll.NEXT) -> DeadlineRule:
    """One limit out of a rule that holds several: `offset` in `unit` after `event` (Chinese), that day not counted."""
    return DeadlineRule(
        id=rule.id, key=rule.key, kind="deadline", title=rule.title, basis=rule.basis,
        effective_from=rule.effective_from, effective_to=rule.effective_to, origin=rule.origin,
        unit=unit, offset=offset, roll=roll, event=event,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class WarningRule(Rule):
    """When a light comes on and who hears of it.

    `lead_days`: blue when at most this many working days are left (None = no blue). `amber_days`: amber while at
    most this many working days overdue, red beyond. `red_late_nodes`: red once so many nodes of one project are
    late (0 = not used). `tell`: light → role codes. `up_tier_days`: working days overdue before the tier above
    is told (None = never).
    """

    lead_days: int | None = 5
    amber_days: int = 10
    red_late_nodes: int = 0
    tell: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    up_tier_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class RateRule(Rule):
    """A rate and its definition, printed with every figure. All texts in Chinese."""

    name: str
    numerator: str
    denominator: str
    definition: str
