"""Reporting periods: a month, a quarter or a year, as plain values."""

from __future__ import annotations

import calendar as _stdlib_calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _


class PeriodKind(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS_IN = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
_SHAPE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})|-?[Qq](?P<quarter>\d))?")
_ORDINALS = "一二三四"
FIRST_YEAR, LAST_YEAR = 2000, 2099  # what a period may be about; also keeps previous() and next() real dates


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the calendar week of the day, both inclusive (ISO 8601)."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def last_day_of_month(year: int, month: int) -> date:
    return date(year, month, _stdlib_calendar.monthrange(year, month)[1])


@dataclass(frozen=True, order=True)
class Period:
    """One period. `number` counts from 1 inside the year and is always 1 for a year.

    The order is by year, then kind, then number; it is meaningful between periods of one kind.
    """

    year: int
    kind: PeriodKind
    number: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", PeriodKind(self.kind))
        most = 12 // _MONTHS_IN[self.kind]
        if not (1 <= self.year <= 9999 and 1 <= self.number <= most):
            raise ValueError(
                _("%(text)s is not a period: the year is 1 to 9999 and the number 1 to %(most)d.")
                % {"text": f"{self.year} {self.kind} {self.number}", "most": most}
            )

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read "2026-10", "2026Q3" or "2026"; ValueError says what was expected."""
        found = _SHAPE.fullmatch(str(text).strip())
        try:
            if not found:
                raise ValueError
            year = int(found["year"])
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise ValueError
            if found["month"]:
                return cls(year, PeriodKind.MONTH, int(found["month"]))
            if found["quarter"]:
                return cls(year, PeriodKind.QUARTER, int(found["quarter"]))
            return cls(year, PeriodKind.YEAR, 1)
        except ValueError:
            raise ValueError(
                _(
                    "“%(text)s” is not a period. Write a month as 2026-10, a quarter as 2026Q3, a year as 2026."
                )
                % {"text": text}
            ) from None

    @classmethod
    def month(cls, year: int, number: int) -> Period:
        return cls(year, PeriodKind.MONTH, number)

    @classmethod
    def containing(cls, kind: PeriodKind | str, day: date) -> Period:
        kind = PeriodKind(kind)
        return cls(day.year, kind, (day.month - 1) // _MONTHS_IN[kind] + 1)

    def __str__(self) -> str:
        if self.kind is PeriodKind.MONTH:
            return f"{self.year:04d}-{self.number:02d}"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.year:04d}Q{self.number}"
        return f"{self.year:04d}"

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    @property
    def first(self) -> date:
        """First day, inclusive."""
        return date(self.year, (self.number - 1) * _MONTHS_IN[self.kind] + 1, 1)

    @property
    def last(self) -> date:
        """Last day, inclusive."""
        return last_day_of_month(self.year, self.number * _MONTHS_IN[self.kind])

    def next(self) -> Period:
        return Period.containing(self.kind, self.last + timedelta(days=1))

    def previous(self) -> Period:
        return Period.containing(self.kind, self.first - timedelta(days=1))

    @property
    def months(self) -> tuple[Period, ...]:
        """The month periods inside, in order (a month gives itself)."""
        start = self.first.month
        return tuple(
            Period(self.year, PeriodKind.MONTH, number)
            for number in range(start, start + _MONTHS_IN[self.kind])
        )

    @property
    def label(self) -> str:
        """The period in official Chinese, as printed in documents."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.year}年{self.number}月"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.year}年第{_ORDINALS[self.number - 1]}季度"
        return f"{self.year}年"
