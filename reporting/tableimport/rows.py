"""Project rows: each mapped cell understood, with what is odd about it; other rows are classified, kept apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from . import rowkinds
from .amounts import parse_amount
from .columns import Mapping
from .dates import parse_date
from .grid import Sheet
from .headings import Block
from .text import cell_name, cell_text, column_letter, is_blank, strip_marks, tidy
from .texts import say
from .values import FIELDS, DroppedRow, Message, ParsedValue, TableRow

SMALL_YUAN = 100_000  # below 10万元 a contract was probably written in 亿元
_TWO_FACTS = re.compile(
    r"^(?P<company>.{3,60}?(?:公司|集团|厂|企业|合作社|中心|研究院|农场|商会|协会)(?:\(.*\)|（.*）)?)[\s\u3000]{2,}(?P<person>[\u4e00-\u9fff]{2,4})$"
)
# Written in words, these cells still mean one fact per column: a merged cell counts for every row below it.
_FILLED_DOWN = {
    "place",
    "company",
    "industry",
    "lead_department",
    "responsible_head",
    "chief_service_officer",
    "package_leader",
    "contact",
    "phone",
    "country",
    "signed_on",
    "nature",
    "progress",
    "problems",
    "remark",
}


@dataclass(slots=True)
class Label:
    """A subtotal or category row: what it says about the rows around it. ``sums``: field → (base units, digit step)."""

    line: int
    text: str
    kind: str
    count: int | None
    sums: dict[str, tuple[int, int]] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    position: int = 0  # number of project rows above it


@dataclass(slots=True)
class RowsRead:
    """Outcome of one table."""

    rows: list[TableRow] = field(default_factory=list)
    dropped: list[DroppedRow] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


class RowReader:
    """Reads the rows of one table. ``unit`` is the table's unit of amounts (a key of UNITS)."""

    def __init__(
        self, sheet: Sheet, block: Block, mapping: Mapping, unit: str, end: int, place: str = ""
    ) -> None:
        self._sheet = sheet
        self._block = block
        self._by_field = mapping.by_field
        self._name = mapping.by_field["name"]
        self._seq = mapping.by_field.get("seq")
        self._place_columns = mapping.place_columns
        self._end = end
        self._group_place = self._own_place = place
        self._units = {h.column: h.unit or unit for h in block.headings}
        self._amount_columns = {c: f for f, c in mapping.by_field.items() if FIELDS[f] == "amount"}
        skip = {"seq", "name", "place"}
        self._plan = [
            (c, f, FIELDS[f])
            for f, c in sorted(mapping.by_field.items(), key=lambda item: item[1])
            if f not in skip
        ]
        self._extras = [
            (h.column, h.label)
            for h, match in zip(block.headings, mapping.columns, strict=True)
            if match.field is None and h.parts and h.column not in self._place_columns
        ]
        self._heading_row = [cell_text(cell) for cell in sheet.rows[block.first]]
        self._covered = self._merged_below()
        self.result = RowsRead()

    def _merged_below(self) -> dict[tuple[int, int], tuple[int, int, int, int]]:
        """Cells hidden under a vertical merge of the data area → the area."""
        covered = {}
        for area in self._sheet.merged:
            top, left, bottom, right = area
            if bottom > top > self._block.last and right - left < 3 and bottom - top < 2000:
                for row in range(top, bottom + 1):
                    covered[row, left] = area
        return covered

    def read(self) -> RowsRead:
        """All rows below the heading up to the end of the table."""
        start = self._block.last + 1
        for row in range(start, self._end):
            line = self._sheet.rows[row]
            cells = [(at, cell) for at, cell in enumerate(line) if cell != "" and not is_blank(cell)]
            if not cells:
                continue
            if (
                row <= start + 1
                and not self.result.rows
                and rowkinds.is_numbering_row(cells, len(self._block.headings))
            ):
                self._drop(row, "heading", " ".join(cell_text(cell) for _, cell in cells))
                continue
            self._one(row, cells)
        return self.result

    def _drop(self, row: int, kind: str, text: str) -> None:
        self.result.dropped.append(DroppedRow(row + 1, kind, text[:200]))

    def _one(self, row: int, cells: list[tuple[int, Any]]) -> None:
        width = len(self._block.headings)
        kind, text = rowkinds.classify(cells, self._seq, self._name, set(self._amount_columns), width)
        if kind == "project" and is_blank(self._sheet.cell(row, self._name)):
            kind = self._nameless(row)
        if kind in ("subtotal", "category"):
            self._label(row, kind, text, cells)
        if kind != "project":
            if kind != "blank" or text:
                self._drop(row, kind, text)
            return
        self.result.rows.append(self._project(row, cells))

    def _nameless(self, row: int) -> str:
        """A row without a name: a numbered one is a project that lacks it, any other a line of the project above."""
        under_merge = (row, self._name) in self._covered and self._covered[row, self._name][0] < row
        if not under_merge and self._seq is not None and not is_blank(self._sheet.cell(row, self._seq)):
            return "project"
        if not under_merge and self._seq is None and not self.result.rows:
            return "project"
        where = cell_name(row, self._name)
        self.result.messages.append(say("row_without_name", self._sheet.name, where, "name"))
        return "continuation"

    def _label(self, row: int, kind: str, text: str, cells: list[tuple[int, Any]]) -> None:
        label_texts = [cell_text(cell) for at, cell in cells if at not in self._amount_columns][:3]
        found = Label(row + 1, text, kind, rowkinds.count_in(label_texts), position=len(self.result.rows))
        for at, cell in cells:
            if at in self._amount_columns and not isinstance(cell, (bool, list)):
                amount = parse_amount(cell, self._units[at])
                if amount.value is not None:
                    found.sums[self._amount_columns[at]] = (amount.value, amount.step)
                    found.cells[self._amount_columns[at]] = cell_name(row, at)
        found.cells[""] = cell_name(row, cells[0][0])
        self.result.labels.append(found)
        if kind == "category":
            self._group_place = rowkinds.place_of(text) or self._own_place

    def _project(self, row: int, cells: list[tuple[int, Any]]) -> TableRow:
        found = TableRow(self._sheet.name, row + 1, "", "", "")
        self._read_name(found, row)
        self._read_place(found, row)
        line = self._sheet.rows[row]
        width = len(line)
        for column, code, kind in self._plan:
            cell = line[column] if column < width else ""
            if cell == "" or is_blank(cell):
                cell = self._from_merge(found, row, column, code, kind)
                if cell is None:
                    continue
            if kind == "date":
                self._read_date(found, row, column, code, cell)
            elif kind == "amount":
                self._read_amount(found, row, column, code, cell)
            else:
                self._read_text(found, row, column, code, cell)
        for column, label in self._extras:
            if column < width and not is_blank(line[column]):
                key = label if label not in found.extras else f"{label} ({column_letter(column)})"
                found.extras[key] = tidy(cell_text(line[column]))
        if row in self._sheet.hidden:
            found.messages.append(say("hidden_row", self._sheet.name, f"A{row + 1}"))
        if found.name and len(cells) == 1:
            found.messages.append(say("name_only", self._sheet.name, cell_name(row, self._name), "name"))
        return found

    def _from_merge(self, found: TableRow, row: int, column: int, code: str, kind: str) -> Any:
        """The value a vertical merge lends to a covered cell; None when there is none."""
        area = self._covered.get((row, column)) if self._covered else None
        if area is None or area[0] == row:
            return None
        if kind == "amount":
            return None
        lent = self._sheet.cell(area[0], area[1])
        return lent if (code in _FILLED_DOWN or kind == "date") and not is_blank(lent) else None

    def _say(self, found: TableRow, code: str, row: int, column: int, field_code: str, **params: Any) -> None:
        found.messages.append(say(code, self._sheet.name, cell_name(row, column), field_code, **params))

    def _read_name(self, found: TableRow, row: int) -> None:
        cell = self._sheet.cell(row, self._name)
        raw = cell_text(cell)
        if isinstance(cell, list) and cell[0] in ("e", "f"):
            self._say(
                found, "cell_error" if cell[0] == "e" else "cell_formula", row, self._name, "name", part=raw
            )
            raw = ""
        found.name = strip_marks(raw)
        if not found.name and not found.messages:
            self._say(found, "name_missing", row, self._name, "name")
        found.fields["name"] = ParsedValue(raw, found.name or None, cell_name(row, self._name))
        if self._seq is not None and not is_blank(self._sheet.cell(row, self._seq)):
            text = cell_text(self._sheet.cell(row, self._seq)).strip()
            found.fields["seq"] = ParsedValue(text, text.strip("、.．() ●★"), cell_name(row, self._seq))

    def _read_place(self, found: TableRow, row: int) -> None:
        parts: list[str] = []
        for column in self._place_columns:
            cell = self._sheet.cell(row, column)
            if is_blank(cell) and (row, column) in self._covered:
                area = self._covered[row, column]
                cell = self._sheet.cell(area[0], area[1])
            if isinstance(cell, list) and cell[0] in ("e", "f"):
                code = "cell_error" if cell[0] == "e" else "cell_formula"
                self._say(found, code, row, column, "place", part=cell_text(cell))
            elif not is_blank(cell):
                text = tidy(cell_text(cell))
                parts.append(text.removeprefix(parts[-1]) if parts else text)
        found.place = "".join(parts) or self._group_place
        at = self._place_columns[0] if self._place_columns else self._name
        found.fields["place"] = ParsedValue("".join(parts), found.place or None, cell_name(row, at))

    def _read_text(self, found: TableRow, row: int, column: int, code: str, cell: Any) -> None:
        raw = cell_text(cell)
        where = cell_name(row, column)
        if type(cell) is list and cell[0] in ("e", "f"):
            self._say(found, "cell_error" if cell[0] == "e" else "cell_formula", row, column, code, part=raw)
            found.fields[code] = ParsedValue(raw, None, where)
            return
        if code in ("credit_code", "project_code", "phone") and isinstance(cell, float) and abs(cell) >= 1e15:
            self._say(found, "number_damaged", row, column, code, raw=raw)
            found.fields[code] = ParsedValue(raw, None, where)
            return
        value = tidy(raw)
        if code == "company":
            if split := _TWO_FACTS.match(raw.strip()):
                value = split["company"]
                self._say(found, "two_facts", row, column, code, company=value, contact=split["person"])
                found.extras.setdefault("联系人", split["person"])
            value = strip_marks(value) if value[:1] in "★●※" else value
            found.company = value
        found.fields[code] = ParsedValue(raw, value or None, where)

    def _read_date(self, found: TableRow, row: int, column: int, code: str, cell: Any) -> None:
        raw = cell_text(cell).strip()
        result = parse_date(cell)
        where = cell_name(row, column)
        if result.code:
            params = {"raw": raw, "part": result.part, "value": result.value}
            self._say(found, result.code, row, column, code, **params)
        parsed = ParsedValue(raw, result.value or None, where, result.precision)
        if code.startswith("node."):
            milestone = code[5:]
            if result.planned:
                found.plans.setdefault(milestone, parsed)
            elif result.value:
                found.nodes[milestone] = parsed
            elif result.code:
                found.fields[code] = ParsedValue(raw, None, where)
        elif code.startswith("plan."):
            if result.value:
                found.plans[code[5:]] = parsed
        else:
            found.fields[code] = ParsedValue(raw, None, where) if result.planned else parsed

    def _read_amount(self, found: TableRow, row: int, column: int, code: str, cell: Any) -> None:
        raw = cell_text(cell).strip()
        unit = self._units[column]
        result = parse_amount(cell, unit)
        where = cell_name(row, column)
        if result.code:
            self._say(found, result.code, row, column, code, raw=raw, part=result.part, unit=unit)
        if result.currency != "CNY":
            if unit not in ("万美元", "美元", "亿美元"):
                self._say(found, "amount_foreign", row, column, code, raw=raw)
            found.fields[code] = ParsedValue(
                raw, None, where, "", result.approximate, result.currency, result.value
            )
            return
        if (
            code == "contract_amount"
            and result.value is not None
            and 0 < result.value < SMALL_YUAN
            and unit != "元"
        ):
            self._say(found, "amount_small", row, column, code, raw=raw, unit=unit)
        found.fields[code] = ParsedValue(raw, result.value, where, "", result.approximate, result.currency)
        area = self._covered.get((row, column)) if self._covered else None
        if area is not None and area[0] == row and result.value is not None:
            self._say(found, "merged_amount", row, column, code, first=row + 1, last=area[2] + 1)
