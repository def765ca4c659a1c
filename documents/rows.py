"""A long list as a workbook, written row by row: memory stays flat, every text stays a text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter


def write_rows(
    rows: Iterable[Sequence[Any]],
    *,
    sheet_name: str,
    heading: str,
    columns: Sequence[tuple[str, int]],
    freeze: str,
    number_format: str = "0",
) -> IO[bytes]:
    """A temporary file holding the workbook, read from its start; the caller closes it.

    `columns`: title and width (characters) of each. `rows`: values in their order, text, date, number or None.
    `freeze`: the first cell that scrolls. `number_format`: of every number, as Excel writes it.
    """
    book, sheet = new_book(sheet_name, [width for _title, width in columns], freeze)
    sheet.append([text_cell(sheet, heading, Font(bold=True, size=13))])
    head = [text_cell(sheet, title, Font(bold=True)) for title, _width in columns]
    for cell in head:
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, value, number_format) for value in row])
    return saved(book)


def new_book(sheet_name: str, widths: Iterable[int], freeze: str) -> tuple[Any, Any]:
    """A workbook that is written row by row, and its only sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = freeze
    return book, sheet


def saved(book: Any) -> IO[bytes]:
    """The workbook in a temporary file, read from its start."""
    file = TemporaryFile()  # noqa: SIM115 - closed by the response that sends it
    book.save(file)
    file.seek(0)
    return file


def text_cell(sheet: Any, value: str, font: Font | None = None) -> Any:
    """A cell of text; "=1+1" stays the text it is."""
    cell = WriteOnlyCell(sheet, value=inert_text(value))
    cell.data_type = "s"
    if font is not None:
        cell.font = font
    return cell


def inert_text(value: str) -> str:
    """Without the control characters that no workbook can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", value)


def _cell(sheet: Any, value: Any, number_format: str) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else number_format
    return cell
