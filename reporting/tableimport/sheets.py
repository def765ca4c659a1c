"""Which sheet of a workbook is the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .columns import Mapping, map_columns
from .grid import Sheet
from .headings import Block, find_blocks, plain_heading
from .text import is_blank

_PLACE_NAME = re.compile(r"(?:县|市|区|旗|镇|乡|开发区|高新区|园区|新区|街道|州|盟)$")
_LABEL = re.compile(r"^.{0,12}(?:合\s*计|总\s*计|小\s*计)")
_EVIDENCE = (
    "company",
    "place",
    "contract_amount",
    "signed_on",
    "invested_month",
    "invested_total",
    "progress",
    "content",
    "industry",
    "lead_department",
    "year_plan",
    "nature",
    "contract_kind",
    "cooperation",
    "contact",
)


@dataclass(slots=True)
class Candidate:
    """A sheet with a heading block. ``filled`` is the number of rows below it with a name."""

    sheet: Sheet
    blocks: list[Block]
    mapping: Mapping
    filled: int

    @property
    def block(self) -> Block:
        """The first heading block: the one that is read."""
        return self.blocks[0]

    def names(self) -> set[str]:
        """Texts of the name column, to see whether one sheet holds the rows of another."""
        at = self.mapping.by_field["name"]
        cells = (self.sheet.cell(row, at) for row in range(self.block.last + 1, len(self.sheet.rows)))
        return {cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()}


def find_candidates(
    sheets: list[Sheet], learned: dict[str, str] | None
) -> tuple[list[Candidate], list[Sheet]]:
    """Ledger sheets, and sheets that are summaries by area (headings known, no project name)."""
    ledgers: list[Candidate] = []
    summaries: list[Sheet] = []
    for sheet in sheets:
        blocks = find_blocks(sheet)
        useful = []
        for block in blocks:
            mapping = map_columns(block, learned)
            fields = mapping.by_field
            evidence = sum(f in fields for f in _EVIDENCE) + any(
                f.startswith(("node.", "plan.")) for f in fields
            )
            if "name" in fields and evidence >= 2:
                useful.append((block, mapping))
        if useful:
            mapping = useful[0][1]
            ledgers.append(
                Candidate(
                    sheet, [block for block, _ in useful], mapping, _filled(sheet, useful[0][0], mapping)
                )
            )
        elif blocks or _is_summary(sheet):
            summaries.append(sheet)
    return ledgers, summaries


def _filled(sheet: Sheet, block: Block, mapping: Mapping) -> int:
    """Rows that look like projects: a name and one more fact, or three facts without a name."""
    name, seq = mapping.by_field["name"], mapping.by_field.get("seq")
    count = 0
    for row in sheet.rows[block.last + 1 :]:
        named = "" if len(row) <= name or is_blank(row[name]) else str(row[name]).strip()
        if named and len(row) - row.count("") - row.count(0) > 6 and not _LABEL.match(named):
            count += 1
            continue
        rest = sum(1 for at, cell in enumerate(row) if at not in (name, seq) and cell and not is_blank(cell))
        first = next((str(cell) for cell in row if not is_blank(cell)), "")
        if (
            rest >= (1 if named else 3)
            and not _LABEL.match(named or first)
            and plain_heading(named) != "项目名称"
        ):
            count += 1
    return count


def _is_summary(sheet: Sheet) -> bool:
    """A table of figures by county: 县别 | 项目数 | 总投资 …"""
    for row in sheet.rows[:20]:
        texts = [plain_heading(cell) for cell in row if isinstance(cell, str) and not is_blank(cell)]
        if texts and re.fullmatch(r"县别|县区|县市区|地区|单位|市县|区县|属地", texts[0]) and len(texts) >= 2:
            return True
    return False


def same_layout(candidates: list[Candidate]) -> bool:
    """Sheets of one ledger, a sheet per place: same columns, and each sheet named after a place."""
    fields = {tuple(sorted(c.mapping.by_field.items())) for c in candidates}
    return len(fields) == 1 and all(_PLACE_NAME.search(c.sheet.name.strip()) for c in candidates)


def covering(candidates: list[Candidate]) -> Candidate | None:
    """A sheet that holds every project of all the others (总表 beside sheets per county)."""
    names = [c.names() for c in candidates]
    for at, candidate in enumerate(candidates):
        others = set().union(*(found for other, found in enumerate(names) if other != at))
        if others and others < names[at]:
            return candidate
    return None
