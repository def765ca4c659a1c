"""The tables of a `Document` as a workbook: one sheet per table, ready to print, figures as numbers.

Text is text: a cell that begins with = + - @ or a tab is stored as a string and marked as quoted, so that neither
opening nor editing it makes a formula of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from math import isfinite
from typing import Any

from documents import geometry as g
from documents.fit import column_needs, group_spans
from documents.layout import justify
from documents.model import Cell, Column, Document, Paragraph, Row, Table
from documents.text import clean_cell, em_width

_NAME = re.compile(r"[\\/*?:\[\]']")
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
A4, A3 = 9, 8
# Columns in all wider than this (in characters) go on A3.
A4_ACROSS, A4_UPRIGHT = 130.0, 84.0
MAX_TEXT = 32_767


def render_xlsx(document: Document) -> bytes:
    """The workbook. A document without a table gets one sheet with its text."""
    from openpyxl import Workbook

    book = Workbook()
    del book[book.sheetnames[0]]
    names: set[str] = set()
    tables = list(_titled_tables(document))
    if not tables:
        _text_sheet(book.create_sheet(_sheet_name(document.title, names)), document)
    for title, table in tables:
        _Sheet(book.create_sheet(_sheet_name(table.caption or title, names)), table, title).write()
    book.properties.title = document.title.replace("\n", "")
    book.properties.creator = document.signature or document.organ or ""
    if document.date:
        made = datetime(document.date.year, document.date.month, document.date.day)  # noqa: DTZ001 (a document's date)
        book.properties.created = book.properties.modified = made
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _titled_tables(document: Document) -> Iterator[tuple[str, Table]]:
    """Each table and the title of what it stands in."""
    for block in document.blocks:
        if isinstance(block, Table):
            yield document.title.replace("\n", ""), block
    for attachment in document.annexes:
        for block in attachment.blocks:
            if isinstance(block, Table):
                yield attachment.title, block


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, without those Excel forbids, no two alike."""
    base = _NAME.sub("", title.replace("\n", "")).strip()[:31] or "附表"
    name, n = base, 1
    while name.lower() in taken:
        n += 1
        name = f"{base[: 30 - len(str(n))]}_{n}"
    taken.add(name.lower())
    return name


class _Sheet:
    """One table on one sheet: title, unit note, headings, rows, total, notes."""

    def __init__(self, sheet: Any, table: Table, title: str) -> None:
        from openpyxl.styles import Alignment, Border, Font, Side

        self.sheet = sheet
        self.table = table
        self.title = table.caption or title
        line = Side(style="thin", color="000000")
        self.border = Border(left=line, right=line, top=line, bottom=line)
        self.font = Font(name="宋体", size=10.5)
        self.strong = Font(name="宋体", size=10.5, bold=True)
        self.heading = Font(name=g.FONT_HEADING1, size=10.5)
        self.big = Font(name=g.FONT_TITLE, size=18)
        self.sides = {
            side: Alignment(horizontal=side or "center", vertical="center", wrap_text=True)
            for side in ("", "left", "right")
        }
        self.formats = [_number_format(column) for column in table.columns]
        self.count = len(table.columns)
        self.row = 1

    def write(self) -> None:
        table = self.table
        self._line(self.title, self.big, "", height=30)
        if table.unit_note:
            self._line(table.unit_note, self.font, "right")
        first = self.row
        self._headings()
        last_heading = self.row - 1
        for index, row in enumerate(table.rows):
            self._data(row, self.strong if index in table.strong else self.font)
        if table.total is not None:
            self._data(table.total, self.strong, total=True)
        for index, note in enumerate(table.notes):
            self._line(("注：" if index == 0 else "") + note, self.font, "left")
        self._print_setup(first, last_heading)

    def _line(self, text: str, font: Any, side: str, height: float | None = None) -> None:
        """A line across all columns."""
        cell = self.sheet.cell(self.row, 1)
        set_text(cell, text)
        cell.font, cell.alignment = font, self.sides[side]
        if self.count > 1:
            self.sheet.merge_cells(
                start_row=self.row, end_row=self.row, start_column=1, end_column=self.count
            )
        if height:
            self.sheet.row_dimensions[self.row].height = height
        self.row += 1

    def _headings(self) -> None:
        table, sheet, top = self.table, self.sheet, self.row
        depth = 2 if table.has_groups else 1
        for index, column in enumerate(table.columns, start=1):
            for offset in range(depth):
                sheet.cell(top + offset, index).border = self.border
            alone = depth == 1 or not column.group
            self._head(top if alone else top + 1, index, column.heading)
            if depth == 2 and alone:
                sheet.merge_cells(start_row=top, end_row=top + 1, start_column=index, end_column=index)
        for first, after, group in group_spans(table):
            if group:
                self._head(top, first + 1, group)
                if after - first > 1:
                    sheet.merge_cells(start_row=top, end_row=top, start_column=first + 1, end_column=after)
        self.row += depth

    def _head(self, row: int, index: int, text: str) -> None:
        cell = self.sheet.cell(row, index)
        set_text(cell, text)
        cell.font, cell.alignment, cell.border = self.heading, self.sides[""], self.border

    def _data(self, row: Row, font: Any, *, total: bool = False) -> None:
        for index, column in enumerate(self.table.columns):
            cell = self.sheet.cell(self.row, index + 1)
            value = row.get(column.key)
            if not (total and value in (None, "")):
                self._value(cell, column, value, self.formats[index])
            side = justify(column, cell.value) if isinstance(cell.value, str) else ""
            cell.alignment = self.sides["right" if not side and column.is_number else side]
            cell.font, cell.border = font, self.border
        self.row += 1

    def _value(self, cell: Any, column: Column, value: Cell, number_format: str) -> None:
        number = _number(column, value)
        if number is not None:
            cell.value, cell.number_format = number, number_format
        elif column.kind == "date" and isinstance(value, date):
            cell.value, cell.number_format = value, 'yyyy"年"m"月"d"日"'
        else:
            set_text(cell, column.text(value))

    def _print_setup(self, first: int, last_heading: int) -> None:
        from openpyxl.utils import get_column_letter

        sheet = self.sheet
        needs = [need * 2 + 3 for need in column_needs(self.table, 4)]
        for index, need in enumerate(needs, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = max(6.0, min(need, 48.0))
        across = sum(needs)
        sheet.page_setup.paperSize = A4 if across <= A4_ACROSS else A3
        sheet.page_setup.orientation = "portrait" if across <= A4_UPRIGHT else "landscape"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_options.horizontalCentered = True
        sheet.print_title_rows = f"{first}:{last_heading}"
        sheet.oddFooter.center.text = "— &P —"
        frozen = 2 if self.count > 4 else 1
        sheet.freeze_panes = sheet.cell(last_heading + 1, frozen + 1).coordinate


def set_text(cell: Any, text: str) -> None:
    """The text as it is, never a formula, not even after F2 and Enter."""
    text = clean_cell(text)[:MAX_TEXT]
    cell.value = text
    if text:
        cell.data_type = "s"
    if text.lstrip().startswith(_ACTIVE):
        cell.quotePrefix = True


def _number(column: Column, value: Cell) -> int | float | Decimal | None:
    """The value as a number Excel can count with; None when it is text or unknown."""
    if (
        not column.is_number
        or isinstance(value, bool)
        or not isinstance(value, int | float | Decimal | Fraction)
    ):
        return None
    if isinstance(value, Fraction):
        return value.numerator / value.denominator
    return value if isfinite(value) else None


def _number_format(column: Column) -> str:
    decimals = f".{'0' * column.decimals}" if column.decimals else ""
    return f"0{decimals}%" if column.kind == "percent" else f"#,##0{decimals}"


def _text_sheet(sheet: Any, document: Document) -> None:
    """A document without tables: its title and paragraphs, one to a row."""
    lines = [document.title.replace("\n", "")]
    lines += [block.text for block in document.blocks if isinstance(block, Paragraph)]
    for row, line in enumerate(lines, start=1):
        set_text(sheet.cell(row, 1), line)
    sheet.column_dimensions["A"].width = min(120.0, max(em_width(line) for line in lines) * 2 + 2)
