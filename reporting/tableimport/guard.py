"""The gate before any parser: kind, size, entry count, really unpacked size, largest row and column, entities.

Measured reason for each check: docs/adr/0004-table-import.md. A workbook is a zip of XML parts whose declared sizes and
whose <dimension> are the sender's own words, so the parts are inflated here in small pieces, counted, never kept.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import IO, Any

from .odsscan import OdsScan
from .sniff import READABLE, sniff
from .values import Limits
from .xlsxhints import MONTH_BUILTIN, shows_month_only

_CHUNK = 256 * 1024
_RATIO, _RATIO_FROM = 250, 8 * 1024 * 1024  # markup packs 10 to 50 times; what packs 250 times is padding
_CARRY = 4096
# References of a cell (B12) or a row (12). Nearly all are short and spelt alike; the others are looked at one by one.
_ANY_REFERENCE = re.compile(rb"r\s*=")
_UNUSUAL = re.compile(rb' r="(?![A-Za-z]?\d{1,4}")([^"]*)"')
_LEGAL = re.compile(rb"""(?<![\w:.-])r\s*=\s*["']([^"']*)""")
_REFERENCE = re.compile(rb"\s*([A-Za-z]*)(\d+)\s*")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*\bhidden\s*=\s*["'](?:1|true)""")
_MONTH_NUMBER = re.compile(
    rb"""numFmtId\s*=\s*["'](?:%s)["']""" % b"|".join(str(n).encode() for n in sorted(MONTH_BUILTIN))
)
_FORMAT_CODE = re.compile(rb"""formatCode\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFUSALS = {
    "empty": "file_empty",
    "et": "file_wps",
    "macros": "file_macros",
    "protected": "file_protected",
    "damaged": "file_damaged",
    "html": "file_html",
    "xml2003": "file_xml2003",
    "xlsb": "file_xlsb",
    "document": "file_document",
    "picture": "file_picture",
    "archive": "file_archive",
    "program": "file_program",
    "unknown": "file_unknown",
}


class Refused(Exception):
    """The file may not be parsed. ``code`` is a message code of texts.py, ``params`` its values."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(slots=True)
class Checked:
    """A file that may go to the parser, with what the scan saw on the way."""

    kind: str
    cells: int = 0
    errors: bool = False
    formulas: bool = False
    hidden_rows: bool = False
    months: bool = False  # a style that shows a month without its day
    ods: dict[str, Any] = field(default_factory=dict)


def check_file(path: Path, filename: str = "", limits: Limits | None = None) -> Checked:
    """Let a file through or raise Refused. Reads it in pieces; memory stays within a few pieces (an .xls: its size)."""
    limits = limits or Limits()
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise Refused("file_too_large", size=_megabytes(size), limit=_megabytes(limits.file_bytes))
    kind = "empty" if size == 0 else sniff(path, filename or path.name)
    if kind not in READABLE:
        raise Refused(_REFUSALS[kind])
    checked = Checked(kind)
    if kind in ("xlsx", "ods"):
        with path.open("rb") as file:
            _check_zip(file, checked, limits)
    return checked


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.0f} MB"


def _check_zip(file: IO[bytes], checked: Checked, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("file_damaged") from error
    if len(infos) > limits.entries:
        raise Refused("file_too_many_parts", count=len(infos), limit=limits.entries)
    declared = sum(info.file_size for info in infos)
    if declared > limits.unpacked_bytes:
        raise Refused(
            "file_unpacks_too_large", size=_megabytes(declared), limit=_megabytes(limits.unpacked_bytes)
        )
    budget = [limits.unpacked_bytes]
    for info in infos:
        if info.is_dir():
            continue
        pieces = _inflate(file, info, budget, limits)
        if checked.kind == "ods" and info.filename == "content.xml":
            _scan_ods(pieces, checked, limits)
        else:
            _scan_part(pieces, checked, limits)


def _inflate(file: IO[bytes], info: zipfile.ZipInfo, budget: list[int], limits: Limits) -> Iterator[bytes]:
    """Pieces of one entry, counted against the budget all entries share. The declared sizes are not trusted."""
    file.seek(info.header_offset)
    local = file.read(30)
    if len(local) < 30 or local[:4] != b"PK\x03\x04":
        raise Refused("file_damaged")
    name_length, extra_length = struct.unpack("<HH", local[26:30])
    file.seek(name_length + extra_length, 1)
    if info.compress_type == zipfile.ZIP_STORED:
        engine = None
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        engine = zlib.decompressobj(-15)
    else:
        raise Refused("file_damaged")
    left, made = info.compress_size, 0
    while left > 0:
        packed = file.read(min(left, 65536))
        if not packed:
            raise Refused("file_damaged")
        left -= len(packed)
        while packed:
            try:
                piece = packed if engine is None else engine.decompress(packed, _CHUNK)
            except zlib.error as error:
                raise Refused("file_damaged") from error
            packed = b"" if engine is None else engine.unconsumed_tail
            budget[0] -= len(piece)
            made += len(piece)
            padding = made > _RATIO_FROM and made > _RATIO * (info.compress_size - left)
            if budget[0] < 0 or padding:
                size = _megabytes(limits.unpacked_bytes)
                raise Refused("file_unpacks_too_large", size=f"> {size}", limit=size)
            if piece:
                yield piece
    if engine is not None and not engine.eof:
        raise Refused("file_damaged")


def _scan_part(pieces: Iterator[bytes], checked: Checked, limits: Limits) -> None:
    """Largest row and column, number of cells, and what the child must look for, of one part.

    A worksheet is known by its <sheetData>, not by its name: a relation may point to a part called anything.
    """
    carry = b""
    rows = cells = 0
    first, in_sheet, prefixed = True, False, False
    for piece in _with_end(pieces):
        data = carry + piece
        if first:
            first = False
            if data[:2] in (b"\xff\xfe", b"\xfe\xff") or (
                data[:1] in (b"<", b"\x00") and b"\x00" in data[:64]
            ):
                raise Refused("file_entities")  # UTF-16 would hide the references from this scan
        cut = _safe_cut(data, last=not piece, strict=in_sheet)
        whole, carry = data[:cut], data[cut:]
        if b"<!" in whole and _DECLARATION.search(whole):
            raise Refused("file_entities")
        if not in_sheet:
            checked.months = checked.months or (b"umFmt" in whole and _has_month_format(whole))
            start = whole.find(b"sheetData")
            if start < 0:
                continue
            in_sheet, whole = True, whole[start:]
        _check_references(whole, limits)
        prefixed = prefixed or b":row" in whole
        _note_oddities(whole, checked)
        # Counted generously (":c" may stand in a text): the limits are far above any ledger.
        rows += whole.count(b"<row") + (whole.count(b":row") if prefixed else 0)
        cells += whole.count(b"<c") + (whole.count(b":c") if prefixed else 0)
        if rows > limits.rows or checked.cells + cells > limits.cells:
            raise Refused("sheet_too_large", rows=limits.rows, columns=limits.columns)
    checked.cells += cells


def _has_month_format(data: bytes) -> bool:
    """Whether styles show a month without its day; only then the child needs to look at them."""
    if _MONTH_NUMBER.search(data):
        return True
    codes = (unescape((one or other).decode("utf-8", "replace")) for one, other in _FORMAT_CODE.findall(data))
    return any(map(shows_month_only, codes))


def _with_end(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces and an empty one: the end of the part."""
    yield from pieces
    yield b""


def _safe_cut(data: bytes, *, last: bool, strict: bool) -> int:
    """Where to cut so that no tag is seen in halves."""
    if last:
        return len(data)
    end = data.rfind(b"<")
    if end >= 0 and end > len(data) - _CARRY:
        return end
    if strict and end >= 0 and data.find(b">", end) < 0:
        raise Refused("file_damaged")  # a tag longer than any office suite writes
    return max(len(data) - _CARRY, 0)


def _check_references(data: bytes, limits: Limits) -> None:
    if b"r" not in data or not _ANY_REFERENCE.search(data):
        return
    usual = data.count(b' r="') == data.count(b"r=") and not any(
        gap in data for gap in (b" =", b"\t=", b"\n=", b"\r=")
    )
    for reference in set((_UNUSUAL if usual else _LEGAL).findall(data)):
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise Refused("file_damaged")
        letters, digits = found.groups()
        # A digit string of any length costs nothing: the length is looked at before the number.
        if (
            len(digits) > 8
            or len(letters) > 3
            or int(digits) > limits.rows
            or _column_number(letters) > limits.columns
        ):
            raise Refused("sheet_too_large", rows=limits.rows, columns=limits.columns)


def _note_oddities(data: bytes, checked: Checked) -> None:
    checked.errors = checked.errors or b't="e"' in data or b"t='e'" in data
    # Plain searches first: they are twenty times as fast as the pattern and nearly always settle it.
    formulas = b"<f" in data or b":f" in data
    checked.formulas = checked.formulas or (formulas and _FORMULA.search(data) is not None)
    checked.hidden_rows = checked.hidden_rows or (b"hidden" in data and _HIDDEN_ROW.search(data) is not None)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def _scan_ods(pieces: Iterator[bytes], checked: Checked, limits: Limits) -> None:
    scan = OdsScan(limits)
    for piece in pieces:
        scan.feed(piece)
    scan.close()
    if scan.refusal:
        raise Refused(scan.refusal, rows=limits.rows, columns=limits.columns)
    checked.cells = scan.cells
    checked.ods = scan.hints
