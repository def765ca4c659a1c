"""Subtotal and category rows held against the project rows they speak of.

Where a label stands says little: totals stand above or below their rows, in one level or two. So each label is held
against every block of rows it can mean; when one of them agrees, it agrees. When none does, the likeliest is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .amounts import UNITS
from .rowkinds import is_subset
from .rows import Label, RowsRead
from .text import squeeze
from .texts import field_label, say
from .values import Message, TableRow, TotalCheck


def check_totals(read: RowsRead, sheet: str, units: dict[str, str]) -> tuple[list[TotalCheck], list[Message]]:
    """Checks and messages of every label row. ``units``: amount field → unit its column is written in."""
    checks: list[TotalCheck] = []
    messages: list[Message] = []
    for at, label in enumerate(read.labels):
        if is_subset(label.text) or (label.count is None and not label.sums):
            continue
        candidates = [_compare(label, rows) for rows in _scopes(read, at)]
        check = next((c for c in candidates if _agrees(label, c)), candidates[0])
        checks.append(check)
        if not _agrees(label, check):
            messages += _tell(label, check, sheet, units)
    return checks, messages


def _rank(label: Label) -> int:
    """0 for the whole table, then 一、 before （一） before the rest."""
    text = squeeze(label.text)
    if label.kind == "subtotal" and text.startswith(("合计", "总计", "共计", "总合计")):
        return 0
    if text[:1] in "一二三四五六七八九十" and text[1:2] in "、.十一二三四五六七八九":
        return 2
    if text[:1] == "(" and text[1:2] in "一二三四五六七八九十":
        return 3
    return 1 if label.kind == "subtotal" and not text.startswith(("小计", "本页")) else 4


def _scopes(read: RowsRead, at: int) -> Iterator[list[TableRow]]:
    """Blocks of rows a label can mean, likeliest first."""
    label, rank = read.labels[at], _rank(read.labels[at])
    rows = read.rows
    if rank == 0:
        yield rows
    upper = [other for other in read.labels if other is not label and _rank(other) <= rank]
    any_label = [other for other in read.labels if other is not label]
    following = rows[label.position : _next(upper, label.position, len(rows), label.line)]
    before = rows[_previous(upper, label.position, label.line) : label.position]
    before_any = rows[_previous(any_label, label.position, label.line) : label.position]
    ordered = [following, before, before_any] if label.kind == "category" else [before_any, before, following]
    if label.kind == "subtotal" and rank == 1 and following:
        ordered = [following, before_any, before]
    if not ordered[0]:
        ordered.sort(key=lambda block: not block)
    yield from ordered
    if rank:
        yield rows


def _next(labels: list[Label], position: int, end: int, line: int) -> int:
    return min((other.position for other in labels if other.line > line), default=end)


def _previous(labels: list[Label], position: int, line: int) -> int:
    return max((other.position for other in labels if other.line < line), default=0)


def _compare(label: Label, rows: list[TableRow]) -> TotalCheck:
    sums = {}
    for field, (written, _) in label.sums.items():
        values = [row.fields[field] for row in rows if field in row.fields]
        sums[field] = (written, sum((v.value if v.value is not None else v.foreign) or 0 for v in values))
    return TotalCheck(label.line, label.text, label.count, len(rows), sums)


def _agrees(label: Label, check: TotalCheck) -> bool:
    """Within half of the last digit the total is written with: its rows may carry more digits."""
    if check.written_count is not None and check.written_count != check.counted:
        return False
    return all(
        abs(written - summed) * 2 <= label.sums[field][1] for field, (written, summed) in check.sums.items()
    )


def _tell(label: Label, check: TotalCheck, sheet: str, units: dict[str, str]) -> list[Message]:
    found = []
    if check.written_count is not None and check.written_count != check.counted:
        params = {"label": label.text, "written": check.written_count, "counted": check.counted}
        found.append(say("total_count", sheet, label.cells[""], **params))
    for field, (written, summed) in check.sums.items():
        if abs(written - summed) * 2 > label.sums[field][1]:
            unit = units.get(field, "元")
            params = {"label": label.text, "unit": unit, "field": field_label(field)}
            params |= {"written": _in_unit(written, unit), "counted": _in_unit(summed, unit)}
            found.append(say("total_amount", sheet, label.cells[field], field, **params))
    return found


def _in_unit(value: int, unit: str) -> str:
    return f"{(Decimal(value) / UNITS[unit]).normalize():,f}"
