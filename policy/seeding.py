"""Where the first rows come from: published years from the chinesecalendar package, later years from the statute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from policy.calendar import DayKind, provisional_kind, year_days
from policy.statutory import is_weekend

FIRST_YEAR = 2019
PROVISIONAL_YEARS = 2
SEED_SOURCE = "初始数据：chinesecalendar 与法定节日推算"
PROVISIONAL_SOURCE = "周末和法定节日推算，放假通知尚未公布"

# kind, confirmed, source
SeedRow = tuple[date, DayKind, bool, str]


def published_years() -> range:
    """Years whose notice the package knows, from FIRST_YEAR on."""
    from chinese_calendar.constants import holidays

    return range(FIRST_YEAR, max(holidays).year + 1)


def seed_rows() -> Iterator[SeedRow]:
    """All days from FIRST_YEAR to two years past the last published one, in order."""
    import chinese_calendar

    years = published_years()
    for year in years:
        source = f"国务院办公厅关于{year}年部分节假日安排的通知（chinesecalendar 数据）"
        for day in year_days(year):
            yield day, _published_kind(day, chinese_calendar.is_workday(day), chinese_calendar), True, source
    for year in range(years.stop, years.stop + PROVISIONAL_YEARS):
        for day in year_days(year):
            yield day, provisional_kind(day), False, PROVISIONAL_SOURCE


def _published_kind(day: date, works: bool, library: object) -> DayKind:
    if works:
        return DayKind.MAKEUP if is_weekend(day) else DayKind.NORMAL
    named = library.get_holiday_detail(day)[1]  # type: ignore[attr-defined]
    return DayKind.HOLIDAY if named else DayKind.WEEKEND


def numbered(rows: Iterable[SeedRow]) -> Iterator[dict[str, Any]]:
    """Column values of the table, in order of day, `seq` counted from 1 for the first working day."""
    seq = 0
    for day, kind, sure, source in sorted(rows, key=lambda row: row[0]):
        seq += kind.is_working
        yield {
            "day": day,
            "kind": kind.value,
            "is_working": kind.is_working,
            "seq": seq,
            "source": source,
            "status": "confirmed" if sure else "provisional",
        }
