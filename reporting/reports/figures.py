"""The figures of a report, as sums that add up: counties to cities, cities to the province. Pure.

Definitions (design.md §4, domain.md §6.1), cut-off date T, inclusive:

* base B: contract or agreement signed on or before T, not merged, not ended on or before T;
* started, completed, produced: reached on or before T, cumulative (produced implies started);
* fulfilled: company registered, or first money in place, or started;
* planned-start rate: of the projects whose start was planned on or before T, those that have started;
* on-time rate: of the milestones finished on or before T that had a plan, those finished by their planned date.

A rate is always numerator / denominator. Percentages are never summed; no denominator → no rate.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Rate:
    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """Share between 0 and 1, or None without a denominator."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def text(self) -> str:
        """'67.9%', or '—' without a denominator. Half is rounded up, as officials do."""
        if not self.denominator:
            return "—"
        tenths = (self.numerator * 2000 + self.denominator) // (2 * self.denominator)
        return f"{tenths // 10}.{tenths % 10}%"


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and 元. Every field is a sum over projects, so that `a + b` is the figure of both areas together."""

    signed: int = 0
    signed_amount_yuan: int = 0
    new_signed: int = 0
    new_signed_amount_yuan: int = 0
    in_place_yuan: int = 0
    fulfilled: int = 0
    started: int = 0
    completed: int = 0
    produced: int = 0
    start_planned: int = 0
    started_of_planned: int = 0
    points_finished: int = 0
    points_on_time: int = 0
    lost: int = 0
    red: int = 0
    amber: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    @classmethod
    def total(cls, parts: Iterable["Figures"]) -> "Figures":
        result = cls()
        for part in parts:
            result = result + part
        return result

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        known = {f.name for f in fields(cls)}
        return cls(**{key: int(value or 0) for key, value in values.items() if key in known})

    def to_json(self) -> dict[str, int]:
        return asdict(self)

    def rate(self, key: str) -> Rate:
        numerator, denominator = RATES[key]
        return Rate(getattr(self, numerator), getattr(self, denominator))


# rate → (numerator, denominator), both fields of Figures
RATES: dict[str, tuple[str, str]] = {
    "fulfilment_rate": ("fulfilled", "signed"),
    "start_rate": ("started", "signed"),
    "completion_rate": ("completed", "signed"),
    "production_rate": ("produced", "signed"),
    "funds_in_place_rate": ("in_place_yuan", "signed_amount_yuan"),
    "planned_start_rate": ("started_of_planned", "start_planned"),
    "on_time_rate": ("points_on_time", "points_finished"),
}

# Names as they stand in official documents (Chinese only); on screen `labels.LABELS` translates.
OFFICIAL_NAMES: dict[str, str] = {
    "signed": "签约项目",
    "signed_amount_yuan": "合同投资额",
    "new_signed": "本期新签约",
    "new_signed_amount_yuan": "本期新签合同额",
    "in_place_yuan": "到位资金",
    "fulfilled": "已履约",
    "started": "已开工",
    "completed": "已竣工",
    "produced": "已投产",
    "start_planned": "计划应开工",
    "started_of_planned": "应开工中已开工",
    "points_finished": "已完成关键节点",
    "points_on_time": "按时完成关键节点",
    "lost": "终止或撤资",
    "red": "红灯项目",
    "amber": "黄灯项目",
    "fulfilment_rate": "履约率",
    "start_rate": "开工率",
    "completion_rate": "竣工率",
    "production_rate": "投产率",
    "funds_in_place_rate": "资金到位率",
    "planned_start_rate": "按计划开工率",
    "on_time_rate": "按时率",
    "approval_rate": "审批按时办结率",
}


@dataclass(frozen=True, slots=True)
class Discipline:
    """How a unit handed in: these sum to `expected` (H18, H19)."""

    expected: int = 0
    on_time: int = 0
    extended: int = 0
    late: int = 0
    missing: int = 0
    exempt: int = 0
    open: int = 0

    def __add__(self, other: "Discipline") -> "Discipline":
        return Discipline(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    @property
    def rate(self) -> Rate:
        """On time (with a granted extension too) of those that had to hand in and whose date has come."""
        return Rate(self.on_time + self.extended, self.expected - self.exempt - self.open)

    def to_json(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        known = {f.name for f in fields(cls)}
        return cls(**{key: int(value or 0) for key, value in values.items() if key in known})


@dataclass(frozen=True, slots=True)
class OfficeFigures:
    """How a department, or all of a place, did in a period (H20). Sums: `on_time` + `late` = `due`.

    `due`: approval items whose day fell in the period. `letters`: supervision papers it got in it, of these answered
    and late. `rated`: ratings given in it, `good` the upper three of the five levels.
    """

    due: int = 0
    on_time: int = 0
    late: int = 0
    letters: int = 0
    letters_answered: int = 0
    letters_late: int = 0
    rated: int = 0
    good: int = 0

    def __add__(self, other: "OfficeFigures") -> "OfficeFigures":
        return OfficeFigures(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    @property
    def rate(self) -> Rate:
        """Approval items decided by their day, of those that were due."""
        return Rate(self.on_time, self.due)

    def to_json(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        known = {f.name for f in fields(cls)}
        return cls(**{key: int(value or 0) for key, value in values.items() if key in known})
