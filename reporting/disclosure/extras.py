"""Further public statistics: subjects say how theirs are counted; the allow-list decides what of it is shown."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from accounts.models import Division

# (unit, first day, last day inclusive) → counts by field of `allowlist.EXTRAS`, "places" with the same by code of the unit
# below (the unit's own code for its own offices), "period"; None: nothing to show
Count = Callable[[Division, date, date], Mapping[str, Any] | None]
_counts: dict[str, Count] = {}


def register_count(name: str, count: Count) -> None:
    """Add or replace the statistic `name` of `allowlist.EXTRAS`. Call from `AppConfig.ready()`."""
    _counts[name] = count


def counted(unit: Division, first: date, last: date) -> dict[str, Mapping[str, Any]]:
    """All registered statistics of the period."""
    found = {name: count(unit, first, last) for name, count in _counts.items()}
    return {name: values for name, values in found.items() if values is not None}
