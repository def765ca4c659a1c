"""Files that tests upload: ledgers in many layouts, and bad files of every kind. All made here, none downloaded."""

# ruff: noqa: E501  markup stays in one piece

from __future__ import annotations

import io
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

HEADINGS = [
    "序号",
    "项目名称",
    "投资方",
    "承接地",
    "行业",
    "合同投资额",
    "签约时间",
    "开办企业",
    "开工建设",
    "累计完成投资",
    "形象进度",
]
ROW = [
    1,
    "粮食加工项目",
    "甲公司",
    "大庆市肇源县",
    "食品",
    5000,
    "2026-03-05",
    "2026-04-01",
    "",
    120.5,
    "前期",
]
TITLE = "肇源县招商引资签约项目2026年10月进程信息台账"


def workbook(rows: list[list[Any]], merges: tuple[str, ...] = (), sheet: str = "Sheet1") -> openpyxl.Workbook:
    """A workbook with these rows from A1."""
    book = openpyxl.Workbook()
    active = book.active
    active.title = sheet
    add_rows(active, rows, merges)
    return book


def add_rows(sheet: Any, rows: list[list[Any]], merges: tuple[str, ...] = ()) -> None:
    """Write rows from A1; None and "" stay blank; text that begins with = stays text."""
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value not in (None, ""):
                cell = sheet.cell(at, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    for area in merges:
        sheet.merge_cells(area)


def save(book: openpyxl.Workbook, path: Path) -> Path:
    """Save and return the path."""
    book.save(path)
    return path


def ledger(path: Path, rows: list[list[Any]] | None = None, unit: str = "单位：万元") -> Path:
    """A small, right ledger: title, unit, one heading row, rows."""
    body = [ROW] if rows is None else rows
    return save(workbook([[TITLE], ["填报单位：肇源县", "", "", unit], HEADINGS, *body]), path)


def rezip(source: Path, target: Path, change: dict[str, bytes], drop: tuple[str, ...] = ()) -> Path:
    """A copy of a zip with parts replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in change and info.filename not in drop:
                new.writestr(info.filename, old.read(info.filename))
        for name, data in change.items():
            new.writestr(name, data)
    return target


_SHEET = (
    '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{rows}</sheetData></worksheet>"
)


def sheet_xml(rows: str) -> bytes:
    """A worksheet part with this inside its sheetData."""
    return _SHEET.format(rows=rows).encode()


def bare_xlsx(path: Path, sheet: bytes, extra: dict[str, bytes] | None = None) -> Path:
    """The smallest .xlsx that parsers open, with this worksheet."""
    parts = {
        "[Content_Types].xml": b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
        b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        b'main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" '
        b'sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
        b'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/'
        b'2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    } | (extra or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def sparse_xlsx(path: Path) -> Path:
    """1 KB: only A1 and XFD1048576; a parser that fills the range takes 17 thousand million cells."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return bare_xlsx(path, sheet_xml(rows))


def million_cells_xlsx(path: Path, rows: int = 4000, columns: int = 600) -> Path:
    """Many cells without any reference: their places are implied."""
    return bare_xlsx(path, sheet_xml(("<row>" + "<c><v>1</v></c>" * columns + "</row>") * rows))


def padded_xlsx(path: Path, megabytes: int = 200) -> Path:
    """White space that packs to nothing."""
    return bare_xlsx(
        path, sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>') + b" " * megabytes * 1024 * 1024
    )


def lying_xlsx(path: Path, megabytes: int = 100) -> Path:
    """The same, with a directory that says the part is small."""
    padded_xlsx(path, megabytes)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 900)
    path.write_bytes(bytes(data))
    return path


def shared_string_bomb(path: Path, megabytes: int = 100, uses: int = 10_000, *, dense: bool = False) -> Path:
    """One long shared string used by many cells; a ``dense`` one does not pack to nothing."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, uses + 1))
    size = megabytes * 1024 * 1024
    text = random.Random(1).randbytes(size // 2).hex().encode() if dense else b"x" * size
    strings = (
        b'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" '
        b'uniqueCount="1"><si><t>' + text + b"</t></si></sst>"
    )
    rels = (
        b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        b'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/'
        b'2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    return bare_xlsx(
        path, sheet_xml(rows), {"xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": rels}
    )


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL_ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/secret">]>'


def with_declaration(source: Path, target: Path, part: str, declaration: str) -> Path:
    """A copy whose part begins with a document type declaration."""
    with zipfile.ZipFile(source) as archive:
        text = archive.read(part).decode()
    body = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
    return rezip(source, target, {part: (declaration + body).encode()})


def ole(streams: dict[str, bytes], path: Path) -> Path:
    """An OLE container with these streams (each padded past the mini stream cut-off), for .xls and protected files."""
    sector = 512
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    chains, fat, body = {}, [0xFFFFFFFD], b""
    for name, data in padded.items():
        count = -(-len(data) // sector)
        start = len(fat)
        fat += [*range(start + 1, start + count), 0xFFFFFFFE]
        chains[name] = (start, len(data))
        body += data.ljust(count * sector, b"\0")
    directory_start = len(fat)
    entries = _entry("Root Entry", 5, 0xFFFFFFFE, 0)
    for name, (start, size) in chains.items():
        entries += _entry(name, 2, start, size)
    entries = entries.ljust(-(-len(entries) // sector) * sector, b"\0")
    count = len(entries) // sector
    fat += [*range(directory_start + 1, directory_start + count), 0xFFFFFFFE]
    if len(fat) > sector // 4:
        raise ValueError("too large for one allocation sector")
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(sector, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<II", 1, directory_start) + b"\0" * 4
    header += struct.pack("<IIIII", 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    path.write_bytes(header + table + body + entries)
    return path


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1) + b"\xff" * 12
    return head.ljust(116, b"\0") + struct.pack("<II", start, size) + b"\0" * 4


def record(kind: int, body: bytes) -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(body)) + body


def csv_bytes(rows: list[list[Any]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Rows as text; cells with the delimiter are quoted."""
    import csv

    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return target.getvalue().encode(encoding)


def ods(path: Path, content: str) -> Path:
    """An OpenDocument sheet with this inside <table:table>."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="台账">{content}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", body)
    return path


def ods_row(cells: list[Any], attributes: str = "") -> str:
    """One <table:table-row> of texts and numbers."""
    found = []
    for value in cells:
        if value in ("", None):
            found.append("<table:table-cell/>")
        elif isinstance(value, (int, float)):
            found.append(
                f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
            )
        else:
            found.append(
                f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
            )
    return f"<table:table-row {attributes}>{''.join(found)}</table:table-row>"
