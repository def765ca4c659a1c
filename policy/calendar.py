"""The working calendar: which days count, and counting with them.

Pure: built from rows, knows no clock, no database and no network. Days outside the rows are extrapolated (weekends and
statutory days, see `statutory`) and marked provisional: a date is always found, and never passed off as certain.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from policy.statutory import is_weekend, statutory_days_off

ONE_DAY = timedelta(days=1)
# Years made ahead on both sides of the rows; further ones are made when somebody asks.
_PADDING_YEARS = 2


class DayKind(StrEnum):
    NORMAL = "normal"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    CLOSURE = "closure"

    @property
    def is_working(self) -> bool:
        return self in (DayKind.NORMAL, DayKind.MAKEUP)


class Roll(StrEnum):
    """What happens to a fixed date that falls on a rest day."""

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


DayRow = tuple[date, DayKind, bool]


@dataclass(frozen=True)
class Skip:
    """A run of days worth telling: a holiday or closure (not counted) or a make-up day (counted).

    `first` and `last` are inclusive.
    """

    first: date
    last: date
    kind: DayKind


def provisional_kind(day: date) -> DayKind:
    """The best guess for a day without a row."""
    if day in statutory_days_off(day.year):
        return DayKind.HOLIDAY
    return DayKind.WEEKEND if is_weekend(day) else DayKind.NORMAL


def year_days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    for offset in range((date(year, 12, 31) - day).days + 1):
        yield day + timedelta(days=offset)


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Immutable calendar over `(day, kind, confirmed)` rows, in any order; a later row for a day wins.

    `confirmed` is False for a row the office has not yet confirmed.
    """

    rows: Iterable[DayRow] = ()
    from_year: int | None = None
    to_year: int | None = None
    _kinds: dict[date, tuple[DayKind, bool]] = field(init=False, repr=False)
    _work: tuple[date, ...] = field(init=False, repr=False)
    _wider: dict[tuple[int, int], WorkCalendar] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows = tuple(sorted((day, DayKind(kind), bool(sure)) for day, kind, sure in self.rows))
        known = {day: (kind, sure) for day, kind, sure in rows}
        years = [day.year for day in known] or [2026]
        low = max(1, min(years) - _PADDING_YEARS if self.from_year is None else self.from_year)
        high = min(9998, max(years) + _PADDING_YEARS if self.to_year is None else self.to_year)
        kinds: dict[date, tuple[DayKind, bool]] = {}
        for year in range(low, high + 1):
            for day in year_days(year):
                kinds[day] = known.get(day) or (provisional_kind(day), False)
        put = object.__setattr__
        put(self, "rows", rows)
        put(self, "from_year", low)
        put(self, "to_year", high)
        put(self, "_kinds", kinds)
        put(self, "_work", tuple(day for day, (kind, _sure) in kinds.items() if kind.is_working))
        put(self, "_wider", {})

    # -- asking about a day ------------------------------------------------------------------------------------

    def kind(self, day: date) -> DayKind:
        return self._over(day, day)._kinds[day][0] if self._can_hold(day) else provisional_kind(day)

    def is_working(self, day: date) -> bool:
        return self.kind(day).is_working

    def is_provisional(self, day: date) -> bool:
        """True when the kind of `day` rests on a guess, not on a published notice."""
        found = self._kinds.get(day)
        return found is None or not found[1]

    def touches_provisional(self, first: date, last: date) -> bool:
        """True when any day of first..last (inclusive) is provisional."""
        return any(self.is_provisional(day) for day in _days(first, last))

    # -- counting ----------------------------------------------------------------------------------------------

    def add(self, start: date, n: int) -> date:
        """The n-th working day after `start`; `start` itself is not counted.

        Negative n counts backwards (the |n|-th working day before start); n = 0 gives `start` unchanged.
        """
        if n == 0:
            return start
        # 366 days hold at least 200 working days in every year of this calendar.
        reach = start.year + (n // 200 + (1 if n > 0 else -1))
        low, high = _clamp_year(min(start.year, reach)), _clamp_year(max(start.year, reach))
        book = self._over(date(low, 1, 1), date(high, 1, 1))
        if n > 0:
            index = bisect_right(book._work, start) + n - 1
        else:
            index = bisect_left(book._work, start) + n
        return book._work[min(max(index, 0), len(book._work) - 1)]

    def between(self, start: date, end: date) -> int:
        """Working days in (start, end]; negative, counted the other way round, when end < start."""
        if end < start:
            return -self.between(end, start)
        book = self._over(start, end)
        return bisect_right(book._work, end) - bisect_right(book._work, start)

    def roll(self, day: date, how: Roll | str) -> date:
        """`day` itself when it is a working day or `how` is none, else the nearest working day that way."""
        how = Roll(how)
        if how is Roll.NONE or self.is_working(day):
            return day
        return self.add(day, 1 if how is Roll.NEXT else -1)

    # -- explaining --------------------------------------------------------------------------------------------

    def skipped(self, start: date, end: date) -> tuple[Skip, ...]:
        """Holidays, closures and make-up days in (start, end], in order, runs joined.

        Ordinary weekends are not told, save inside a run of days off.
        """
        runs: list[Skip] = []
        for day in _days(start + ONE_DAY, end):
            kind = self.kind(day)
            if kind in (DayKind.NORMAL, DayKind.WEEKEND):
                continue
            last = runs[-1] if runs else None
            if last and last.kind is kind and kind is not DayKind.MAKEUP and self._joined(last.last, day):
                runs[-1] = Skip(last.first, day, kind)
            else:
                runs.append(Skip(day, day, kind))
        return tuple(runs)

    def _joined(self, before: date, day: date) -> bool:
        """True when only weekend days lie between two days off."""
        return all(self.kind(each) is DayKind.WEEKEND for each in _days(before + ONE_DAY, day - ONE_DAY))

    # -- the range ---------------------------------------------------------------------------------------------

    @property
    def known_until(self) -> date | None:
        """Last day of the unbroken confirmed range, or None when nothing is confirmed."""
        sure = [day for day, _kind, confirmed in self.rows if confirmed]
        return max(sure) if sure else None

    def _can_hold(self, day: date) -> bool:
        return 1 <= day.year <= 9998

    def _over(self, first: date, last: date) -> WorkCalendar:
        """This calendar, or a wider one of the same rows, that holds first..last."""
        low, high = _clamp_year(first.year), _clamp_year(last.year)
        assert self.from_year is not None and self.to_year is not None
        if self.from_year <= low and high <= self.to_year:
            return self
        key = (_clamp_year(min(low - 1, self.from_year)), _clamp_year(max(high + 1, self.to_year)))
        if key not in self._wider:
            self._wider[key] = WorkCalendar(self.rows, from_year=key[0], to_year=key[1])
        return self._wider[key]


def _clamp_year(year: int) -> int:
    return min(max(year, 1), 9998)


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
