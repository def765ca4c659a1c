"""What the fast parser hides in an .xlsx: error cells, formulas never calculated, hidden rows, month-only date formats.

Excel and WPS turn a typed "2026年3月" into the first of March under the format yyyy"年"m"月": the clerk wrote and sees
a month, so a date cell whose format shows no day is read as a month. Runs in the child; the parts were scanned before.
"""

from __future__ import annotations

import re
import zipfile
from typing import Any
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
MONTH_BUILTIN = {17, 27, 36, 50, 52, 55, 57}  # "mmm-yy" and the East Asian year-month formats
_CELL = rb"<(?:\w+:)?c\b([^>]*)>"
_POSITION = re.compile(rb"""\br="([A-Z]+)(\d+)\"""")
_ERROR_CELL = re.compile(
    rb"""<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?"""
    rb"""\s*(?:<(?:\w+:)?v>([^<]{0,20}))?"""
)
_FORMULA_CELL = re.compile(
    _CELL + rb"""\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_STYLED_CELL = re.compile(rb"""<(?:\w+:)?c\b([^>]*\bs="(\d+)"[^>]*)>""")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\b([^>]*\bhidden="(?:1|true)"[^>]*)>""")
_ROW_NUMBER = re.compile(rb"""\br="(\d+)\"""")


def xlsx_hints(path: str, errors: bool, formulas: bool, hidden: bool) -> dict[str, dict[str, list[Any]]]:
    """Per sheet name, counted from 0: errors [row, column, text], formulas / months [row, column], hidden [row]."""
    with zipfile.ZipFile(path) as archive:
        months = _month_styles(archive)
        if not (errors or formulas or hidden or months):
            return {}
        found: dict[str, dict[str, list[Any]]] = {}
        for name, part in _sheet_parts(archive).items():
            data = archive.read(part)
            found[name] = {
                "errors": [[*_at(m[1]), (m[2] or b"#ERR").decode()] for m in _ERROR_CELL.finditer(data)]
                if errors
                else [],
                "formulas": [_at(m[1]) for m in _FORMULA_CELL.finditer(data) if b't="str"' not in m[1]]
                if formulas
                else [],
                "hidden": [
                    int(n[1]) - 1 for m in _HIDDEN_ROW.finditer(data) if (n := _ROW_NUMBER.search(m[1]))
                ]
                if hidden
                else [],
                "months": [_at(m[1]) for m in _STYLED_CELL.finditer(data) if m[2] in months]
                if months
                else [],
            }
    return found


def _at(attributes: bytes) -> list[Any]:
    """[row, column] from 0 of a cell's attributes; far outside when it carries none."""
    found = _POSITION.search(attributes)
    if found is None:
        return [10**6, 10**6]
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return [int(found[2]) - 1, column - 1]


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  the guard refused declarations
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314  the guard refused declarations
    parts = {}
    for sheet in book.iter():
        if sheet.tag in (_MAIN + "sheet", _STRICT + "sheet"):
            key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
            target = targets.get(key, "").lstrip("/")
            part = target if target.startswith("xl/") else "xl/" + target
            if part in archive.NameToInfo:
                parts[sheet.get("name", "")] = part
    return parts


def _month_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """Numbers of the cell styles that show a year and a month but no day."""
    if "xl/styles.xml" not in archive.NameToInfo:
        return set()
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314  the guard refused declarations
    space = root.tag[: root.tag.index("}") + 1] if "}" in root.tag else ""
    own = {int(f.get("numFmtId", "-1")): f.get("formatCode", "") for f in root.iter(space + "numFmt")}
    found = set()
    for formats in root.iter(space + "cellXfs"):
        for at, style in enumerate(formats):
            number = int(style.get("numFmtId", "0"))
            code = own.get(number)
            if shows_month_only(code) if code is not None else number in MONTH_BUILTIN:
                found.add(str(at).encode())
    return found


def shows_month_only(code: str) -> bool:
    """True for a date format with year and month and neither day nor time."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code.split(";")[0]).lower()
    return "y" in bare and "m" in bare and not set("dhs") & set(bare)
