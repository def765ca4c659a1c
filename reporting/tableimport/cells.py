"""Cells out of a file, in the child's form (see child.py). Runs in the child only; imports no Django."""

from __future__ import annotations

import datetime

import python_calamine

TYPE_CHECKING = False  # as in typing, which would cost the child a tenth of its start
if TYPE_CHECKING:
    from typing import Any

    Cell = Any  # None | str | float | int | bool | [kind, text]
_BLANK: dict[str, list[Any]] = {"errors": [], "formulas": [], "hidden": [], "months": [], "merged": []}


def read_sheets(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Every sheet: name, visible, rows (trailing blanks cut), merged [r1, c1, r2, c2], hidden rows; counted from 0."""
    if request["kind"] == "csv":
        return [_read_csv(request)]
    hints = _hints(request)
    # By content, as the guard saw it: by path the parser would believe the extension.
    with open(request["path"], "rb") as file, python_calamine.CalamineWorkbook.from_filelike(file) as book:
        found = []
        for meta in book.sheets_metadata:
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            hint = {**_BLANK, **hints.get(meta.name, {})}
            rows = _rows(sheet, request["limits"])
            _apply(rows, hint)
            merged = [[*a, *b] for a, b in sheet.merged_cell_ranges or []] or hint["merged"]
            found.append(
                {
                    "name": meta.name,
                    "visible": meta.visible == python_calamine.SheetVisibleEnum.Visible,
                    "rows": rows,
                    "merged": merged,
                    "hidden": hint["hidden"],
                }
            )
    return found


def _hints(request: dict[str, Any]) -> dict[str, dict[str, list[Any]]]:
    """What the parser hides: error cells, formulas without a value, hidden rows, month formats, OpenDocument merges."""
    if request["kind"] == "ods":
        return request["ods"]
    if request["kind"] == "xls":
        from reporting.tableimport import ole

        try:
            with open(request["path"], "rb") as file:
                container = ole.OleFile(file.read())
            return ole.biff_hints(container.stream("Workbook"))
        except (ole.OleError, IndexError, ValueError):
            return {}
    if not (request["errors"] or request["formulas"] or request["hidden"] or request["months"]):
        return {}
    import zipfile

    from reporting.tableimport.xlsxhints import xlsx_hints

    try:
        return xlsx_hints(request["path"], request["errors"], request["formulas"], request["hidden"])
    except (zipfile.BadZipFile, KeyError, ValueError):
        return {}


def _rows(sheet: python_calamine.CalamineSheet, limits: dict[str, int]) -> list[list[Cell]]:
    """Rows from A1 on, blanks at the end of rows and of the sheet cut off."""
    if sheet.end is None:
        return []
    if sheet.end[0] >= limits["rows"] or sheet.end[1] >= limits["columns"]:
        # The scan of .xlsx and .ods has refused these already; an .xls shows its size only here.
        rows = _trimmed(sheet.to_python(skip_empty_area=False))
        if len(rows) > limits["rows"] or max(map(len, rows), default=0) > limits["columns"]:
            raise MemoryError
        return rows
    return _trimmed(sheet.to_python(skip_empty_area=False))


def _trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    simple = {str, float, int}
    for row in rows:
        while row and row[-1] == "":
            row.pop()
        if not simple.issuperset(map(type, row)):
            for at, value in enumerate(row):
                if type(value) not in simple:
                    row[at] = _plain(value)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _plain(value: Any) -> Cell:
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime.datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, datetime.date):
        return ["d", value.isoformat()]
    return str(value)


def _apply(rows: list[list[Cell]], hint: dict[str, list[Any]]) -> None:
    """Lay what the parser hides over its cells."""
    for row, column, text in hint["errors"]:
        _put(rows, row, column, ["e", text])
    for row, column in hint["formulas"]:
        _put(rows, row, column, ["f", ""])
    for row, column in hint["months"]:
        if row < len(rows) and column < len(rows[row]):
            value = rows[row][column]
            if isinstance(value, list) and value[0] == "d":
                rows[row][column] = ["m", value[1][:7]]
            elif isinstance(value, float) and 20000 < value < 80000:
                day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(value))
                rows[row][column] = ["m", day.isoformat()[:7]]


def _put(rows: list[list[Cell]], row: int, column: int, cell: Cell) -> None:
    if row > 100_000 or column > 1000:
        return
    while len(rows) <= row:
        rows.append([])
    line = rows[row]
    line.extend([""] * (column + 1 - len(line)))
    line[column] = cell


def decode_text(raw: bytes) -> str:
    """Text of a .csv: by its mark, else UTF-8, else GB 18030 (what WPS and Excel write on a Chinese Windows)."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _read_csv(request: dict[str, Any]) -> dict[str, Any]:
    import csv
    import io

    limits = request["limits"]
    with open(request["path"], "rb") as file:
        text = decode_text(file.read()).replace("\x00", "")
    head = text[:20000]
    delimiter = max("\t,;", key=lambda mark: (_evenness(head, mark), head.count(mark)))
    csv.field_size_limit(1_000_000)
    rows: list[list[Cell]] = []
    cells = 0
    for row in csv.reader(io.StringIO(text), delimiter=delimiter):
        while row and not row[-1].strip():
            row.pop()
        cells += len(row)
        rows.append(list(row))
        if cells > limits["cells"] or len(row) > limits["columns"]:
            raise MemoryError
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) > limits["rows"]:
        raise MemoryError
    return {"name": "", "visible": True, "rows": rows, "merged": [], "hidden": []}


def _evenness(head: str, mark: str) -> int:
    """How many of the first lines hold this mark: commas also stand inside texts, a separator stands in most lines."""
    return sum(mark in line for line in head.splitlines()[:40])
