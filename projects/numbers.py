"""Project numbers: division code, year, four digits (230622-2026-0007), never twice, also under concurrency."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from projects.models import NumberSeries, Project


def number_code(division: Any) -> str:
    """The code a project of this division is numbered under: its county, else its city, else its province."""
    return division.county_code or division.city_code or division.province_code


def allot(division_codes: Sequence[str], year: int) -> list[str]:
    """One fresh number per entry of `division_codes`, in order; a code may stand there many times.

    Runs inside the caller's transaction: rolled back numbers are given out again, so a series has no holes. The rows
    are locked in one order, so two imports wait for each other instead of deadlocking.
    """
    wanted = Counter(f"{code}-{year}" for code in division_codes)
    if not wanted:
        return []
    with transaction.atomic():
        series = _locked(sorted(wanted))
        following = {prefix: row.last for prefix, row in series.items()}
        numbers = []
        for code in division_codes:
            prefix = f"{code}-{year}"
            following[prefix] += 1
            numbers.append(f"{prefix}-{following[prefix]:04d}")
        for prefix, row in series.items():
            row.last = following[prefix]
        NumberSeries.objects.bulk_update(series.values(), ["last"])
    return numbers


def _locked(prefixes: list[str]) -> dict[str, NumberSeries]:
    known = set(NumberSeries.objects.filter(prefix__in=prefixes).values_list("prefix", flat=True))
    if missing := [prefix for prefix in prefixes if prefix not in known]:
        # Projects brought in from elsewhere may already hold numbers of a series nobody has used here.
        rows = [NumberSeries(prefix=prefix, last=_highest(prefix)) for prefix in missing]
        NumberSeries.objects.bulk_create(rows, ignore_conflicts=True)
    locked = NumberSeries.objects.select_for_update().filter(prefix__in=prefixes).order_by("prefix")
    return {row.prefix: row for row in locked}


def _highest(prefix: str) -> int:
    numbers = Project.objects.filter(number__startswith=f"{prefix}-").values_list("number", flat=True)
    tails = (number.rpartition("-")[2] for number in numbers)
    return max((int(tail) for tail in tails if tail.isdigit()), default=0)
