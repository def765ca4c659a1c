"""Days off that the law fixes in advance, for years whose holiday notice is not known yet.

Basis: 全国年节及纪念日放假办法 (2024 revision, in force 2025-01-01): thirteen days a year, and a day that falls on a
weekend is made up for on a working day (article 6). The bridges and make-up Saturdays of a year are known only from
that year's notice, so everything computed here is provisional.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5

# Spring Festival (正月初一), Dragon Boat (五月初五), Mid-Autumn (八月十五), as (month, day). Later years get the
# solar holidays only.
_LUNAR: dict[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    2024: ((2, 10), (6, 10), (9, 17)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
    2033: ((1, 31), (6, 1), (9, 8)),
    2034: ((2, 19), (6, 20), (9, 27)),
    2035: ((2, 8), (6, 10), (9, 16)),
    2036: ((1, 28), (5, 30), (10, 4)),
    2037: ((2, 15), (6, 18), (9, 24)),
    2038: ((2, 4), (6, 7), (9, 13)),
    2039: ((1, 24), (5, 27), (10, 2)),
    2040: ((2, 12), (6, 14), (9, 20)),
}


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def _qingming(year: int) -> date:
    # The usual approximation of the solar term; right for 2000–2099.
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)


@lru_cache(maxsize=256)
def statutory_days_off(year: int) -> frozenset[date]:
    """The statutory days of `year`, with a weekday in place of each one that falls on a weekend."""
    named = [date(year, 1, 1), _qingming(year), date(year, 5, 1), date(year, 5, 2)]
    named += [date(year, 10, number) for number in (1, 2, 3)]
    if year in _LUNAR:
        spring, dragon_boat, mid_autumn = (date(year, *pair) for pair in _LUNAR[year])
        named += [spring + timedelta(days=shift) for shift in (-1, 0, 1, 2)]
        named += [dragon_boat, mid_autumn]
    named.sort()
    off = set(named)
    for day in named:
        if is_weekend(day) or named.count(day) > 1:
            substitute = day
            while is_weekend(substitute) or substitute in off:
                substitute += timedelta(days=1)
            off.add(substitute)
    return frozenset(day for day in off if day.year == year)
