"""The clerk's own workbook back: cells in question filled and commented, and a sheet that lists them all."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from .grid import Sheet, load_sheets
from .guard import check_file
from .styles import ASK_FILL, ERROR_FILL, NOTE_FILL, fill, put
from .text import column_letter
from .values import ASK, ERROR, Message

LIST_SHEET = "问题清单"
AUTHOR = "台账校验"
_KEEP_CELLS = 200_000  # above, the workbook is rebuilt from its values: loading it whole would take minutes
_CELL = re.compile(r"^[A-Z]{1,3}[1-9]\d{0,6}$")
_COLOURS = {ERROR: ERROR_FILL, ASK: ASK_FILL}
_LEVELS = {ERROR: "须更正", ASK: "请核实"}


def mark_workbook(original: str | Path, messages: Iterable[Message], *, filename: str = "") -> bytes:
    """The workbook as .xlsx with ``messages`` in place. An .xlsx keeps its own styles and formulas; .xls, .ods and .csv
    are rebuilt from their values. Raises guard.Refused for a file that may not be opened (nothing to give back)."""
    path = Path(original)
    found = list(messages)
    book = _open(path, filename or path.name)
    _forget_marks(book)
    _mark_cells(book, found)
    _list_sheet(book, found)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _open(path: Path, filename: str) -> Any:
    import openpyxl

    checked = check_file(path, filename)
    if checked.kind == "xlsx" and checked.cells <= _KEEP_CELLS:
        try:
            return openpyxl.load_workbook(path, keep_links=False)
        except Exception:  # openpyxl has no common error: the values are given back without their styles
            return _rebuild(load_sheets(path, filename)[1])
    return _rebuild(load_sheets(path, filename)[1])


def _rebuild(sheets: list[Sheet]) -> Any:
    """A workbook with the values and merges of the sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for at, sheet in enumerate(sheets):
        target = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", sheet.name)[:31] or f"Sheet{at + 1}")
        for row, line in enumerate(sheet.rows, 1):
            for column, value in enumerate(line, 1):
                if value not in ("", None):
                    put(target.cell(row, column), _plain(value))
        for top, left, bottom, right in sheet.merged[:5000]:
            target.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
        if not sheet.visible:
            target.sheet_state = "hidden"
        for row in sheet.hidden:
            target.row_dimensions[row + 1].hidden = True
    if all(s.sheet_state != "visible" for s in book.worksheets):
        book.create_sheet("Sheet1")
    return book


def _plain(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return date.fromisoformat(value[1]) if value[0] == "d" else value[1]


def _forget_marks(book: Any) -> None:
    """Take our earlier marks off: a workbook mended and sent again shall only show what is still open."""
    if LIST_SHEET in book.sheetnames and len(book.sheetnames) > 1:
        del book[LIST_SHEET]
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if getattr(cell, "comment", None) is not None and cell.comment.author == AUTHOR:
                    from openpyxl.styles import PatternFill

                    cell.comment = None
                    cell.fill = PatternFill()


def _mark_cells(book: Any, messages: list[Message]) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment

    by_place: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        if _CELL.match(message.cell):
            by_place.setdefault((message.sheet, message.cell), []).append(message)
    for (name, where), found in by_place.items():
        sheet = book[name] if name in book.sheetnames else book.worksheets[0]
        cell = sheet[where]
        if isinstance(cell, MergedCell):
            area = next((a for a in sheet.merged_cells.ranges if where in a), None)
            if area is None:
                continue
            cell = sheet.cell(area.min_row, area.min_col)
        worst = ERROR if any(m.level == ERROR for m in found) else found[0].level
        cell.fill = fill(_COLOURS.get(worst, NOTE_FILL))
        text = "\n".join(str(m.text) for m in found)[:2000]
        cell.comment = Comment(text, AUTHOR, height=60 + 18 * (len(text) // 18 + 1), width=260)


def _list_sheet(book: Any, messages: list[Message]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet(LIST_SHEET)
    for column, (heading, width) in enumerate(
        (("序号", 6), ("工作表", 16), ("单元格", 10), ("程度", 9), ("问题", 90)), 1
    ):
        put(sheet.cell(1, column), heading)
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[column_letter(column - 1)].width = width
    for row, message in enumerate(messages, 2):
        level = _LEVELS.get(message.level, "提示")
        for column, value in enumerate((row - 1, message.sheet, message.cell, level, str(message.text)), 1):
            put(sheet.cell(row, column), value)
            sheet.cell(row, column).alignment = Alignment(wrap_text=column == 5, vertical="top")
        sheet.cell(row, 4).fill = fill(_COLOURS.get(message.level, NOTE_FILL))
        if _CELL.match(message.cell) and message.sheet in book.sheetnames:
            quoted = message.sheet.replace("'", "''")
            where = f"'{quoted}'!{message.cell}"
            sheet.cell(row, 3).hyperlink = Hyperlink(ref=f"C{row}", location=where, display=message.cell)
    if not messages:
        put(sheet.cell(2, 5), "未发现问题")
    sheet.freeze_panes = "A2"
