"""Cells of a ledger row as they are kept: small lists in JSON columns, and what a page shows of them. Pure.

A packed cell is ``[value, raw, precision, flags, place]`` with empty ends cut off. ``value`` is 元 (int), an ISO date of
its own precision, or text; ``raw`` is kept only where it differs from the value as text; ``flags`` holds "~" for 约 and
"$" for US dollars; ``place`` is the cell's name where it is not simply column letter + line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from policy.periods import last_day_of_month
from reporting.tableimport.values import FIELDS, MILESTONES, ParsedValue, TableRow

Packed = list[Any]
Cells = dict[str, Packed]

# What the monthly ledger owns: it wins over live data unless somebody edited the project meanwhile.
MONTHLY = ("invested_month", "invested_total", "progress", "problems")
NODES = tuple(f"node.{code}" for code in MILESTONES)
OWNED = (*MONTHLY, *NODES, "lead_department")
# What the registry owns: the ledger only fills gaps; a difference is asked about.
FACTS = ("contract_amount", "signed_on")
# Written only where the record has nothing; a difference is left alone.
FILL_ONLY = ("industry", "place", "company")

LABELS: dict[str, Any] = {
    "name": _("Project name"),
    "company": _("Investor"),
    "place": _("Host place"),
    "industry": _("Industry"),
    "contract_amount": _("Contract amount"),
    "foreign_amount": _("Amount in foreign currency"),
    "signed_on": _("Signed on"),
    "invested_month": _("Invested this month"),
    "invested_year": _("Invested this year"),
    "invested_total": _("Invested, cumulative"),
    "year_plan": _("Planned for this year"),
    "progress": _("Progress on site"),
    "problems": _("Problems"),
    "lead_department": _("Lead department"),
    "responsible_head": _("Responsible head"),
    "chief_service_officer": _("Chief service officer"),
    "package_leader": _("Package leader"),
    "remark": _("Remark"),
    "contact": _("Contact"),
    "phone": _("Phone"),
    "credit_code": _("Unified social credit code"),
    "project_code": _("Project number"),
    "content": _("What is built"),
    "nature": _("Nature"),
    "contract_kind": _("Contract kind"),
    "chinese_side": _("Chinese side"),
    "country": _("Country"),
    "cooperation": _("Form of cooperation"),
    "build_period": _("Construction period"),
    "seq": _("No."),
}
NODE_LABELS: dict[str, Any] = {
    "company_setup": _("Company set-up"),
    "land_planning_permit": _("Project approval and land planning permit"),
    "engineering_permit": _("Engineering construction permit"),
    "construction_permit": _("Construction permit"),
    "construction_start": _("Construction start"),
    "completion_acceptance": _("Completion acceptance"),
    "production": _("Production"),
}


def label(field: str) -> str:
    """The field's name as shown: 累计完成投资; node.production → 投产; plan.production → 投产（计划）."""
    kind, dot, code = field.partition(".")
    if dot:
        name = str(NODE_LABELS.get(code, code))
        return name if kind == "node" else str(_("%(node)s (planned)")) % {"node": name}
    return str(LABELS.get(field, field))


def kind_of(field: str) -> str:
    """text | amount | date | number | percent"""
    return FIELDS.get(field, "text")


# --- packing -----------------------------------------------------------------------------------------------


def pack(parsed: ParsedValue, line: int = 0, letter: str = "") -> Packed:
    """One parsed cell, as short as it can be kept."""
    value, raw = parsed.value, parsed.raw
    if raw == value or raw == str(value):
        raw = ""
    flags = ("~" if parsed.approximate else "") + ("$" if parsed.currency == "USD" else "")
    place = "" if not parsed.cell or parsed.cell == f"{letter}{line}" else parsed.cell
    precision = "" if parsed.precision == "day" else parsed.precision
    if not (raw or precision or flags or place):
        return [value]
    return trim([value, raw, precision, flags, place])


def trim(cell: Packed) -> Packed:
    while len(cell) > 1 and not cell[-1]:
        cell.pop()
    return cell


def pack_row(row: TableRow, letters: Mapping[str, str]) -> Cells:
    """All cells of a row. `letters`: field → column letter."""
    line = row.line
    cells = {
        field: pack(parsed, line, letters.get(field, ""))
        for field, parsed in row.fields.items()
        if parsed.value is not None or parsed.raw
    }
    for code, parsed in row.nodes.items():
        cells[f"node.{code}"] = pack(parsed, line, letters.get(f"node.{code}", ""))
    for code, parsed in row.plans.items():
        cells[f"plan.{code}"] = pack(parsed, line, letters.get(f"plan.{code}", ""))
    return cells


def value_of(cells: Mapping[str, Packed], field: str) -> Any:
    cell = cells.get(field)
    return cell[0] if cell else None


def raw_of(cells: Mapping[str, Packed], field: str) -> str:
    """The cell as the clerk wrote it."""
    cell = cells.get(field)
    if not cell:
        return ""
    if len(cell) > 1 and cell[1]:
        return str(cell[1])
    return edit_text(field, cell[0])


def input_of(cells: Mapping[str, Packed], field: str) -> str:
    """The cell as an input shows it and takes it back: amounts in 万元 whatever the workbook's unit, dates in ISO; a
    text that was not understood stands there as written."""
    value = value_of(cells, field)
    return edit_text(field, value) if value is not None else raw_of(cells, field)


def cell_name(cells: Mapping[str, Packed], field: str, line: int, letters: Mapping[str, str]) -> str:
    """P10, or empty for a row that came from no workbook."""
    cell = cells.get(field)
    if cell and len(cell) > 4 and cell[4]:
        return str(cell[4])
    letter = letters.get(field, "")
    return f"{letter}{line}" if letter and line else ""


# --- showing -----------------------------------------------------------------------------------------------


def wan(yuan: int | None) -> str:
    """2652000 元 → "265.20"; None → "—"."""
    if yuan is None:
        return "—"
    return f"{(Decimal(yuan) / 10_000).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def edit_text(field: str, value: Any) -> str:
    """A value as it stands in an input: amounts in 万元 as exact as needed."""
    if value is None:
        return ""
    if kind_of(field) == "amount" and isinstance(value, int):
        text = f"{Decimal(value) / 10_000:,f}"
        whole, dot, part = text.partition(".")
        return f"{whole}.{part.rstrip('0').ljust(2, '0')}" if dot else f"{whole}.00"
    return str(value)


def show(field: str, cell: Packed | None) -> str:
    """A value as it stands in a table cell: amounts in 万元 with two decimals, — for nothing."""
    if not cell:
        return "—"
    value = cell[0]
    if value is None:
        return str(cell[1]) if len(cell) > 1 and cell[1] else "—"
    if kind_of(field) == "amount" and isinstance(value, int):
        return wan(value)
    return str(value) or "—"


# --- comparing ---------------------------------------------------------------------------------------------

NOTHING_WRONG = frozenset({"", "无", "暂无", "无问题", "没有", "无。", "/", "-", "—", "正常"})


def same(field: str, first: Any, second: Any) -> bool:
    """Whether two values mean the same. A month-only date agrees with a day in that month."""
    if first == second:
        return True
    if field == "problems":
        return (first or "").strip() in NOTHING_WRONG and (second or "").strip() in NOTHING_WRONG
    if first in (None, "") or second in (None, ""):
        return (first or None) == (second or None)
    if kind_of(field) == "date":
        one, two = sorted((str(first), str(second)), key=len)
        return len(one) < len(two) and two.startswith(one)
    return bool(kind_of(field) == "text" and str(first).strip() == str(second).strip())


@lru_cache(maxsize=8192)
def first_day(text: str | None) -> date | None:
    """First day an ISO date of any precision can mean."""
    if not text:
        return None
    parts = [int(part) for part in text.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)


@lru_cache(maxsize=8192)
def last_day(text: str | None) -> date | None:
    """Last day an ISO date of any precision can mean, inclusive."""
    if not text:
        return None
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 12, 31)
    return last_day_of_month(parts[0], parts[1]) if len(parts) == 2 else date(*parts)


def precision_of(text: str) -> str:
    """day | month | year of an ISO date."""
    return {10: "day", 7: "month"}.get(len(text), "year")


def iso(day: date | None, precision: str = "day") -> str | None:
    """The stored pair (date, precision) as ISO text of that precision."""
    if day is None:
        return None
    text = day.isoformat()
    return text if precision == "day" else text[: 7 if precision == "month" else 4]


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that differs from before, for lists of differences."""

    field: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        return label(self.field)

    @property
    def before_text(self) -> str:
        return show(self.field, [self.before])


def changes(before: Mapping[str, Any], cells: Mapping[str, Packed], fields: Iterable[str]) -> list[Change]:
    """Cells that differ from `before` ({field: value}); an unwritten cell is no change."""
    found = []
    for field in fields:
        cell = cells.get(field)
        if cell and cell[0] is not None and not same(field, before.get(field), cell[0]):
            found.append(Change(field, before.get(field), cell[0]))
    return found
