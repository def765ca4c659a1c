"""Further public statistics: subjects say how theirs are counted; the allow-list decides what of it is shown."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from accounts.models import Division
from policy.periods import Period, PeriodKind
from reporting.disclosure.allowlist import BY_EVENT

# (unit, first day, last day inclusive) → counts by field of `allowlist.EXTRAS`, "places" with the same by code of the unit
# below (the unit's own code for its own offices), "period"; None: nothing to show
Count = Callable[[Division, date, date], Mapping[str, Any] | None]
_counts: dict[str, Count] = {}
_by_event: set[str] = set()


def register_count(name: str, count: Count, *, by_event: bool = False) -> None:
    """Add or replace the statistic `name` of `allowlist.EXTRAS`. Call from `AppConfig.ready()`. `by_event`: each thing
    counts on the day it happened, so that quarters and years are the sums of their months."""
    _counts[name] = count
    _by_event.discard(name)
    if by_event:
        _by_event.add(name)


def counted(unit: Division, period: Period, last: date, *, on: date) -> dict[str, Mapping[str, Any]]:
    """All registered statistics of a month up to `last`. Of a quarter or year those by event, month by month, and only
    once it is over on the day `on`: the days left would else be told by the month they belong to."""
    found: dict[str, Mapping[str, Any]] = {}
    if period.kind is not PeriodKind.MONTH and on <= period.last:
        return found
    for name, count in _counts.items():
        if period.kind is PeriodKind.MONTH:
            values = count(unit, period.first, last)
        elif name in _by_event:
            values = _month_by_month(count, unit, period)
        else:
            continue
        if values is not None:
            found[name] = {**values, "counted_by": BY_EVENT} if name in _by_event else values
    return found


def _month_by_month(count: Count, unit: Division, period: Period) -> Mapping[str, Any] | None:
    months = [count(unit, month.first, month.last) for month in period.months]
    if not any(months):
        return None
    days = f"{period.first:%Y-%m-%d}/{period.last:%Y-%m-%d}"
    return {"months": [month or {"places": {}} for month in months], "period": days}
