"""The catalogue's own workbook: written row by row with every text inert, read with hard limits on what is unpacked."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from accounts.errors import DomainError
from approvals.catalogue.sheet import (
    COLUMNS,
    KINDS,
    NOTE,
    STAGES,
    TITLE,
    UNITS,
    YES_NO,
    Departments,
    Formula,
    table_of,
)
from approvals.catalogue.spec import ItemSpec
from documents.rows import new_book, saved, text_cell

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_ENTRIES = 300
MOST_ROWS = 2_000
MOST_COLUMNS = 60
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_workbook(specs: Iterable[ItemSpec], departments: Departments, *, subject: str) -> IO[bytes]:
    """A temporary file holding the workbook, read from its start. `subject`: whose catalogue, which version."""
    book, sheet = new_book(TITLE, [column.width for column in COLUMNS], "C4")
    _validate(sheet)
    sheet.append([text_cell(sheet, f"{subject}{TITLE}", Font(bold=True, size=13))])
    sheet.append([text_cell(sheet, NOTE)])
    for number, row in enumerate(table_of(specs, departments)):
        sheet.append([_cell(sheet, value, head=number == 0) for value in row])
    return saved(book)


def _validate(sheet: Any) -> None:
    """Lists to choose from in the columns with fixed words."""
    lists: dict[str, Iterable[str]] = {
        "stage": STAGES, "kind": KINDS, "statutory_unit": UNITS, "promised_unit": UNITS,
        "commitment_allowed": YES_NO, "is_control": YES_NO, "usual": YES_NO,
    }  # fmt: skip
    for number, column in enumerate(COLUMNS, start=1):
        if column.field in lists:
            rule = DataValidation(
                type="list", formula1=f'"{",".join(lists[column.field])}"', allow_blank=True
            )
            letter = get_column_letter(number)
            rule.add(f"{letter}4:{letter}{MOST_ROWS}")
            sheet.data_validations.append(rule)


def _cell(sheet: Any, value: str | int | None, *, head: bool) -> Any:
    if value is None or value == "":
        return None
    cell = text_cell(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, value=value)
    cell.alignment = Alignment(wrap_text=True, vertical="center" if head else "top")
    if isinstance(value, str) and not head:
        cell.number_format = "@"  # a code such as 1-1 must not become a date when somebody edits it
    if head:
        cell.font = Font(bold=True)
    return cell


def read_workbook(upload: Any) -> list[list[Any]]:
    """All rows of the first sheet. DomainError for a file that is too large, not an .xlsx, or broken."""
    if (upload.size or 0) > MOST_BYTES:
        raise DomainError(
            "file_too_large",
            _("The file is larger than %(most)d MB. Delete pictures and unused sheets, and save it again.")
            % {"most": MOST_BYTES // 1024 // 1024},
            field="file",
        )
    content = upload.read(MOST_BYTES + 1)
    _refuse_bomb(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=False)
    except Exception as fault:  # whatever a broken file makes the parser raise, the answer is the same
        raise _not_readable() from fault
    try:
        sheet = book[TITLE] if TITLE in book.sheetnames else book.worksheets[0]
        # The size a file claims for itself may be wrong, so it is not asked.
        sheet.reset_dimensions()
        rows = [
            [Formula(cell.value) if cell.data_type == "f" else cell.value for cell in row]
            for row in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
        ]
    except Exception as fault:
        raise _not_readable() from fault
    finally:
        book.close()
    if len(rows) > MOST_ROWS:
        raise DomainError(
            "too_many_rows", _("The sheet has more than %(most)d rows. Delete the empty ones below the table.")
            % {"most": MOST_ROWS}, field="file",
        )  # fmt: skip
    return rows


def _refuse_bomb(content: bytes) -> None:
    try:
        with ZipFile(BytesIO(content)) as box:
            entries = box.infolist()
            names = {entry.filename for entry in entries}
            unpacked = sum(entry.file_size for entry in entries)
    except BadZipFile as fault:
        raise _not_readable() from fault
    if "xl/workbook.xml" not in names:
        raise _not_readable()
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise DomainError(
            "file_too_large",
            _("This file holds far more than a catalogue. Copy the table into the template."),
            field="file",
        )


def _not_readable() -> DomainError:
    return DomainError(
        "not_a_workbook",
        _("This is not a workbook that can be read. Save it as .xlsx in WPS or Excel, without a password."),
        field="file",
    )


def read_csv(path: Path) -> list[list[Any]]:
    """Rows of a catalogue that ships with the system."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [list(row) for row in csv.reader(file)]
