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
# Beyond this many years around the rows, working days are only estimated.
_HORIZON_YEARS = 60


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

    `confirmed` is False for a row no notice has confirmed. The calendar holds whole years, `from_year` to `to_year`
    (0: two years around the rows), and makes more when asked beyond them.
    """

    rows: Iterable[DayRow] = ()
    from_year: int = 0
    to_year: int = 0
    _kinds: dict[date, tuple[DayKind, bool]] = field(init=False, repr=False)
    _work: tuple[date, ...] = field(init=False, repr=False)
    _wider: dict[tuple[int, int], WorkCalendar] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        known = {day: (DayKind(kind), bool(sure)) for day, kind, sure in self.rows}
        rows = tuple((day, *known[day]) for day in sorted(known))
        years = [day.year for day in known] or [2026]
        low = _clamp_year(self.from_year or min(years) - _PADDING_YEARS)
        high = _clamp_year(self.to_year or max(years) + _PADDING_YEARS)
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
        found = self._kinds.get(day)
        return found[0] if found else provisional_kind(day)

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
        # A year of this calendar holds more than 200 working days.
        reach = start.year + (n // 200 + (1 if n > 0 else -1))
        if not (self._is_near(start.year) and self._is_near(reach)):
            return _plain_add(start, n)
        book = self._over(min(start.year, reach), max(start.year, reach))
        index = bisect_right(book._work, start) + n - 1 if n > 0 else bisect_left(book._work, start) + n
        return book._work[min(max(index, 0), len(book._work) - 1)]

    def between(self, start: date, end: date) -> int:
        """Working days in (start, end]; negative, counted the other way round, when end < start."""
        if end < start:
            return -self.between(end, start)
        if not (self._is_near(start.year) and self._is_near(end.year)):
            return (end - start).days * 5 // 7
        book = self._over(start.year, end.year)
        return bisect_right(book._work, end) - bisect_right(book._work, start)

    def left(self, on: date, due_on: date) -> int:
        """Working days left on `on` until the end of `due_on` (inclusive); 0 on that day alone, negative once it is past.

        Where only rest days lie between, one is counted, forward or back: Friday's limit is overdue on Saturday.
        """
        days = self.between(on, due_on)
        if days or on == due_on:
            return days
        return 1 if on < due_on else -1

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

    def _is_near(self, year: int) -> bool:
        return self.from_year - _HORIZON_YEARS <= year <= self.to_year + _HORIZON_YEARS

    def _over(self, low: int, high: int) -> WorkCalendar:
        """This calendar, or a wider one of the same rows, that holds both years."""
        if self.from_year <= low and high <= self.to_year:
            return self
        # Whole decades, so that neighbouring questions share one.
        key = (min(low // 10 * 10, self.from_year), max(high // 10 * 10 + 9, self.to_year))
        if key not in self._wider:
            self._wider[key] = WorkCalendar(self.rows, from_year=key[0], to_year=key[1])
        return self._wider[key]


def _plain_add(start: date, n: int) -> date:
    """Five days in seven: good enough for a mistyped century, and it costs nothing."""
    days = n * 7 // 5
    last = (date.max - start).days if days > 0 else (date.min - start).days
    return start + timedelta(days=min(days, last) if days > 0 else max(days, last))


def _clamp_year(year: int) -> int:
    return min(max(year, 1), 9998)


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
