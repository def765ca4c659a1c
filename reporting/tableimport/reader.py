"""read_table: one uploaded file to one reading. Never raises for what is in the file; says what is wrong instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .amounts import UNITS
from .columns import Mapping
from .grid import Sheet, load_sheets
from .guard import Refused
from .margins import Margins, month_in, read_margins, unit_stated
from .rows import RowReader
from .sheets import Candidate, covering, find_candidates, same_layout
from .text import cell_text, is_blank
from .texts import field_label, say
from .totals import check_totals
from .values import DroppedRow, Limits, Message, TableReading

_KIND_NAMES = {"xlsx": (".xlsx",), "xls": (".xls",), "ods": (".ods",), "csv": (".csv", ".txt", ".tsv")}
_REQUIRED = ("contract_amount", "signed_on", "place")


def read_table(
    path: str | Path,
    *,
    filename: str = "",
    learned: dict[str, str] | None = None,
    sheet: str = "",
    period: str = "",
    limits: Limits | None = None,
) -> TableReading:
    """Read the ledger in a file.

    ``filename`` is the name the clerk gave it (for the month and the type), ``learned`` the office's own mapping
    (columns.heading_key → field code, "" = leave alone), ``sheet`` the sheet chosen by hand, ``period`` "YYYY-MM" helps
    to choose among sheets of several months. Nothing outside of the file is looked at.
    """
    path = Path(path)
    filename = filename or path.name
    reading = TableReading()
    try:
        checked, sheets = load_sheets(path, filename, limits)
    except Refused as refused:
        reading.messages.append(say(refused.code, **refused.params))
        return reading
    reading.kind = checked.kind
    _tell_kind(reading, path, filename)
    chosen = _choose(reading, sheets, learned, sheet, period)
    for candidate in chosen:
        _read_candidate(reading, candidate, filename, union=len(chosen) > 1)
    if chosen and not reading.rows and not any(m.code == "no_rows" for m in reading.messages):
        reading.messages.append(
            say("no_rows", reading.sheet, "", sheet="、".join(c.sheet.name for c in chosen))
        )
    return reading


def _tell_kind(reading: TableReading, path: Path, filename: str) -> None:
    suffix = Path(filename.lower()).suffix
    if suffix and suffix not in _KIND_NAMES[reading.kind]:
        params = {"named": suffix, "kind": _KIND_NAMES[reading.kind][0]}
        reading.messages.append(say("file_kind_differs", **params))
    if reading.kind == "csv":
        try:
            path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if not error.object.startswith((b"\xff\xfe", b"\xfe\xff")):
                reading.messages.append(say("csv_encoding"))


def _choose(
    reading: TableReading, sheets: list[Sheet], learned: dict[str, str] | None, wanted: str, period: str
) -> list[Candidate]:
    """The sheets to read, with what the clerk must know about the choice."""
    if wanted:
        if wanted not in {s.name for s in sheets}:
            names = "、".join(s.name for s in sheets)
            reading.messages.append(say("sheet_missing", sheet=wanted, sheets=names))
            return []
        sheets = [s for s in sheets if s.name == wanted]
    ledgers, summaries = find_candidates(sheets, learned)
    hidden = [] if wanted else [c for c in ledgers if not c.sheet.visible and c.filled]
    visible = ledgers if wanted else [c for c in ledgers if c.sheet.visible]
    reading.messages += [say("hidden_sheet", c.sheet.name, sheet=c.sheet.name) for c in hidden]
    filled = [c for c in visible if c.filled]
    if not visible:
        _tell_no_ledger(reading, sheets, summaries)
        return []
    if not filled:
        reading.messages.append(
            say("no_rows", visible[0].sheet.name, sheet="、".join(c.sheet.name for c in visible))
        )
        return visible[:1]
    return filled if len(filled) == 1 else _among(reading, filled, period)


def _tell_no_ledger(reading: TableReading, sheets: list[Sheet], summaries: list[Sheet]) -> None:
    if summaries:
        reading.messages.append(say("not_a_ledger", summaries[0].name, sheet=summaries[0].name))
    elif any(s.rows for s in sheets):
        names = "、".join(s.name for s in sheets if s.rows and s.name) or "—"
        reading.messages.append(say("no_table", sheets=names))
    else:
        reading.messages.append(say("file_empty"))


def _among(reading: TableReading, filled: list[Candidate], period: str) -> list[Candidate]:
    """Several filled ledgers: a sheet per place is one ledger; a sheet with all rows wins; else the clerk must say."""
    names = "、".join(c.sheet.name for c in filled)
    if whole := covering(filled):
        others = "、".join(c.sheet.name for c in filled if c is not whole)
        reading.messages.append(say("sheet_covers", whole.sheet.name, sheet=whole.sheet.name, sheets=others))
        return [whole]
    if same_layout(filled):
        reading.messages.append(say("sheets_joined", sheets=names))
        return filled
    if period:
        matching = [c for c in filled if _sheet_period(c) == period]
        if len(matching) == 1:
            return matching
    reading.messages.append(
        say("two_ledgers", filled[0].sheet.name, sheets=names, sheet=filled[0].sheet.name)
    )
    return filled[:1]


def _sheet_period(candidate: Candidate) -> str | None:
    found = month_in(candidate.sheet.name)
    return found[0] if found else read_margins(candidate.sheet, candidate.block.first, "").period


def _read_candidate(reading: TableReading, candidate: Candidate, filename: str, *, union: bool) -> None:
    sheet, block, mapping = candidate.sheet, candidate.block, candidate.mapping
    margins = read_margins(sheet, block.first, filename)
    unit = _table_unit(candidate, margins)
    end = _end_of_table(reading, candidate)
    first = not reading.columns
    if first:
        _fill_head(reading, candidate, margins, unit)
        if candidate.filled:  # an empty form needs no questions about its month and columns
            reading.messages += _head_messages(reading, candidate, margins, unit)
            reading.messages += _column_messages(sheet.name, mapping, union)
    else:
        reading.sheet += "、" + sheet.name
    reader = RowReader(sheet, block, mapping, unit or "万元", end, sheet.name if union else "")
    read = reader.read()
    units = {field: block.headings[at].unit or unit or "万元" for field, at in mapping.by_field.items()}
    checks, messages = check_totals(read, sheet.name, units)
    reading.dropped += [
        DroppedRow(row + 1, *kind) for row, kind in sorted(margins.kinds.items())
    ] + read.dropped
    reading.rows += read.rows
    reading.totals += checks
    reading.messages += read.messages + messages


def _fill_head(reading: TableReading, candidate: Candidate, margins: Margins, unit: str) -> None:
    sheet, block, mapping = candidate.sheet, candidate.block, candidate.mapping
    reading.sheet = sheet.name
    reading.title, reading.reporter = margins.title, margins.reporter
    reading.header_lines = (block.first + 1, block.last + 1)
    reading.columns = list(mapping.columns)
    reading.period, reading.period_text = margins.period, margins.period_text
    amount = mapping.by_field.get("contract_amount")
    own = block.headings[amount].unit if amount is not None else ""
    reading.unit, reading.unit_text = own or unit or "万元", margins.unit_text or own


def _head_messages(reading: TableReading, candidate: Candidate, margins: Margins, unit: str) -> list[Message]:
    """What the surroundings of the table leave open: unit, currency, month."""
    found = []
    name, block, fields = candidate.sheet.name, candidate.block, candidate.mapping.by_field
    where = f"A{block.first + 1}"
    money = [field for field in fields if field.startswith(("contract_amount", "invested"))]
    if money and not unit and not any(block.headings[fields[field]].unit for field in money):
        found.append(say("unit_missing", name, where))
    if "美元" in reading.unit:
        found.append(say("unit_foreign", name, where, unit=reading.unit))
    if reading.period is None:
        found.append(say("period_missing", name, "A1"))
    elif margins.guessed:
        found.append(say("period_guessed", name, "A1", period=reading.period, source=margins.guessed))
    return found


def _table_unit(candidate: Candidate, margins: Margins) -> str:
    """Unit row above the table, else below it, else the unit most headings of amounts carry themselves; "" unknown."""
    if margins.unit:
        return margins.unit
    sheet, block = candidate.sheet, candidate.block
    tail = range(max(block.last + 1, len(sheet.rows) - 12), len(sheet.rows))
    for row in [*range(block.last + 1, min(block.last + 3, len(sheet.rows))), *tail]:
        cells = [cell for cell in sheet.rows[row] if not is_blank(cell)]
        if len(cells) <= 3:
            for cell in cells:
                if (found := unit_stated(cell_text(cell))) and found in UNITS:
                    return found
    if sheet_unit := unit_stated(sheet.name):
        return sheet_unit
    own = [h.unit for h in block.headings if h.unit]
    return max(own, key=own.count) if own else ""


def _end_of_table(reading: TableReading, candidate: Candidate) -> int:
    """Row where the table ends: a second heading block with other columns or its own title begins another table."""
    sheet, block = candidate.sheet, candidate.block
    end = len(sheet.rows)
    for other in candidate.blocks[1:]:
        where = f"A{other.first + 1}"
        params = {"first": block.first + 1, "second": other.first + 1}
        same = [h.parts for h in other.headings] == [h.parts for h in block.headings]
        if same and not _has_title(sheet, block.last + 1, other.first):
            reading.messages.append(say("heading_repeated", sheet.name, where, **params))
            for row in range(other.first, other.last + 1):
                reading.dropped.append(
                    DroppedRow(row + 1, "heading", " ".join(map(cell_text, sheet.rows[row]))[:200])
                )
                sheet.rows[row] = []
            continue
        reading.messages.append(say("two_blocks", sheet.name, where, **params))
        end = other.first
        while end > block.last + 1 and _is_margin_row(sheet.rows[end - 1]):
            end -= 1
        break
    return end


def _has_title(sheet: Sheet, start: int, first: int) -> bool:
    return any(_is_margin_row(sheet.rows[row], title=True) for row in range(max(first - 3, start), first))


def _is_margin_row(row: list[Any], *, title: bool = False) -> bool:
    """Title, unit or date row above a second table."""
    texts = [cell_text(cell).strip() for cell in row if not is_blank(cell)]
    if not texts:
        return not title
    return len(texts) <= 3 and any(
        word in texts[0] for word in ("台账", "台帐", "表", "单位", "情况", "清单")
    )


def _column_messages(sheet: str, mapping: Mapping, union: bool) -> list[Message]:
    found = []
    for match in mapping.columns:
        if match.field and not match.sure:
            params = {"letter": match.letter, "heading": match.heading, "field": field_label(match.field)}
            found.append(say("column_unsure", sheet, match.letter, match.field, **params))
    for field, (first, second) in mapping.rivals.items():
        params = {"first": first, "second": second, "field": field_label(field)}
        found.append(say("column_rivals", sheet, first, field, **params))
    for field in _REQUIRED:
        if field not in mapping.by_field and not (field == "place" and union):
            found.append(say("column_missing_soft", sheet, "", field, field=field_label(field)))
    return found
