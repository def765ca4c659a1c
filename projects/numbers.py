"""Numbers that never come twice, also under concurrency: of projects (230622-2026-0007), tickets, mandates, documents."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

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
    with transaction.atomic(savepoint=False):
        following = _take(wanted)
    numbers = []
    for code in division_codes:
        prefix = f"{code}-{year}"
        following[prefix] += 1
        numbers.append(f"{prefix}-{following[prefix]:04d}")
    return numbers


def take(series: str) -> int:
    """The next number of a series ("BB-230622-2026", "通报-230000-2026"), from 1. Call inside `atomic`.

    The series stays locked until the caller's transaction ends: no number twice, and a rollback gives it back.
    """
    NumberSeries.objects.bulk_create([NumberSeries(prefix=series)], ignore_conflicts=True)
    held = NumberSeries.objects.select_for_update().get(prefix=series)
    held.last += 1
    held.save(update_fields=["last"])
    return held.last


def _take(wanted: Mapping[str, int]) -> dict[str, int]:
    """Move each series on by as many as are wanted; the last number before that, by prefix. The rows stay locked."""
    table = connection.ops.quote_name(NumberSeries._meta.db_table)
    rows = [value for prefix in sorted(wanted) for value in (prefix, wanted[prefix])]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS held (prefix, last) VALUES {', '.join(['(%s, %s)'] * len(wanted))} "  # noqa: S608
            "ON CONFLICT (prefix) DO UPDATE SET last = held.last + excluded.last RETURNING prefix, last",
            rows,
        )
        before = {prefix: last - wanted[prefix] for prefix, last in cursor.fetchall()}
    # Projects brought in from elsewhere may already hold numbers of a series nobody has used here.
    highest = _highest([prefix for prefix, last in before.items() if last == 0])
    for prefix, last in highest.items():
        before[prefix] = last
        NumberSeries.objects.filter(prefix=prefix).update(last=last + wanted[prefix])
    return before


def _highest(prefixes: Sequence[str]) -> dict[str, int]:
    """The highest number in use by prefix, in one statement; a prefix without any is left out."""
    if not prefixes:
        return {}
    held = reduce(or_, (Q(number__startswith=f"{prefix}-") for prefix in prefixes))
    found: dict[str, int] = {}
    for number in Project.objects.filter(held).order_by().values_list("number", flat=True):
        prefix, _dash, tail = number.rpartition("-")
        if tail.isdigit() and prefix in prefixes:
            found[prefix] = max(int(tail), found.get(prefix, 0))
    return found
