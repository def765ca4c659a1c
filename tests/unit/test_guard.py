"""Every bad file gets its own message, quickly, and the process lives (design.md §2 "Table import", reliability.md A5)."""

from __future__ import annotations

import os
import resource
import struct
import time
from pathlib import Path

import openpyxl
import pytest

from reporting.tableimport.grid import load_sheets
from reporting.tableimport.guard import Refused, check_file
from reporting.tableimport.ole import OleError, OleFile, biff_hints
from reporting.tableimport.reader import read_table
from reporting.tableimport.values import Limits
from tests import files
from tests.paths import SHARED


def only_code(path: Path, **options) -> str:
    """The one message a refused file gives."""
    reading = read_table(path, **options)
    assert not reading.ok and not reading.rows
    assert [m.level for m in reading.messages] == ["error"]
    assert len(str(reading.messages[0].text)) > 10
    return reading.messages[0].code


def timed(path: Path) -> tuple[str, float]:
    started = time.perf_counter()
    return only_code(path), time.perf_counter() - started


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "file_empty"),
        ("a.xlsx", b"\0" * 4000, "file_empty"),
        ("a.xlsx", b"  \r\n ", "file_empty"),
        ("a.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>", "file_html"),
        ("a.xls", "﻿<!DOCTYPE html><html><table></table></html>".encode(), "file_html"),
        (
            "a.xls",
            b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table></table></html>',
            "file_html",
        ),
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "file_xml2003",
        ),
        ("a.pdf", b"%PDF-1.7 ...", "file_document"),
        ("a.xlsx", b"%PDF-1.7 ...", "file_document"),
        ("a.png", b"\x89PNG\r\n\x1a\n....", "file_picture"),
        ("a.xlsx", b"\xff\xd8\xff\xe0 jpeg", "file_picture"),
        ("a.rar", b"Rar!\x1a\x07\x00", "file_archive"),
        ("a.exe", b"MZ\x90\x00\x03", "file_program"),
        ("a.et", b"whatever", "file_wps"),
        ("a.xlsx", b"PK\x03\x04 and then nothing", "file_damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_damaged"),
        ("a.xlsx", bytes(range(256)) * 4, "file_damaged"),
        ("a.bin", bytes(range(256)) * 4, "file_unknown"),
        ("a.json", b'{"a": 1}', "file_unknown"),
    ],
)
def test_by_content(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    assert only_code(path) == code


def test_truncated_workbook(tmp_path):
    whole = files.ledger(tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    assert only_code(path) == "file_damaged"


def test_broken_part_inside(tmp_path):
    path = files.bare_xlsx(tmp_path / "a.xlsx", b"<worksheet><sheetData><row")
    assert only_code(path) in ("file_damaged", "no_table", "file_empty")


def test_truncated_xls(tmp_path):
    whole = (SHARED / "data/ledgers-real/annual-project-detail.xls").read_bytes()
    path = tmp_path / "cut.xls"
    path.write_bytes(whole[:3000])
    assert only_code(path) == "file_damaged"


def test_too_large(tmp_path):
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(40 * 1024 * 1024)
    code, took = timed(path)
    assert code == "file_too_large" and took < 1
    assert "40 MB" in str(read_table(path).messages[0].text)


def test_macros(tmp_path):
    good = files.ledger(tmp_path / "good.xlsx")
    path = files.rezip(good, tmp_path / "a.xlsm", {"xl/vbaProject.bin": b"macro"})
    assert only_code(path) == "file_macros"
    assert only_code(files.rezip(good, tmp_path / "b.xlsx", {"xl/vbaProject.bin": b"macro"})) == "file_macros"
    assert (
        only_code(files.ole({"Workbook": b"", "_VBA_PROJECT_CUR": b""}, tmp_path / "c.xls")) == "file_macros"
    )


def test_password(tmp_path):
    sealed = files.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}, tmp_path / "a.xlsx")
    assert only_code(sealed) == "file_protected"
    biff = files.record(0x809, b"\0\6\5\0" + b"\0" * 12) + files.record(0x2F, b"\0" * 6)
    assert only_code(files.ole({"Workbook": biff}, tmp_path / "b.xls")) == "file_protected"


def test_other_containers(tmp_path):
    assert only_code(files.ole({"WordDocument": b""}, tmp_path / "a.doc")) == "file_document"
    good = files.ledger(tmp_path / "good.xlsx")
    binary = files.rezip(good, tmp_path / "a.xlsb", {"xl/workbook.bin": b"x"}, drop=("xl/workbook.xml",))
    assert only_code(binary) == "file_xlsb"
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("台账.xlsx", good.read_bytes())
    assert only_code(tmp_path / "a.zip") == "file_archive"


def test_sparse_sheet_is_refused_at_once(tmp_path):
    code, took = timed(files.sparse_xlsx(tmp_path / "sparse.xlsx"))
    assert code == "sheet_too_large" and took < 1
    assert os.getpid() > 0  # this process lives


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="1"><c s="0" r="XFD9"><v>1</v></c></row>',
        "<row r='1'><c r='XFD9'><v>1</v></c></row>",
        '<row r="1"><c r = "XFD9"><v>1</v></c></row>',
        '<row r="1"><c r="xfd9"><v>1</v></c></row>',
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        '<x:row r="1"><x:c r="ZZZ9"><x:v>1</x:v></x:c></x:row>',
        '<row r="99999999999999999999"><c r="A99999999999999999999"><v>1</v></c></row>',
    ],
)
def test_every_spelling_of_a_reference_is_seen(tmp_path, cell):
    assert only_code(files.bare_xlsx(tmp_path / "a.xlsx", files.sheet_xml(cell))) == "sheet_too_large"


def test_reference_across_pieces_is_seen(tmp_path):
    """A far cell behind megabytes of honest ones, wherever the pieces are cut."""
    for extra in range(0, 60, 7):
        row = (
            '<row r="1">' + '<c r="A1"><v>1</v></c>' * 12_000 + " " * extra + '<c r="XFD1"><v>1</v></c></row>'
        )
        path = files.bare_xlsx(tmp_path / "a.xlsx", files.sheet_xml(row))
        with pytest.raises(Refused, match="sheet_too_large"):
            check_file(path)


def test_worksheet_under_another_name_is_scanned(tmp_path):
    """A relation may point anywhere: the part is known by what it holds."""
    far = files.sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    path = files.bare_xlsx(tmp_path / "a.xlsx", files.sheet_xml(""), {"xl/media/image1.png": far})
    assert only_code(path) == "sheet_too_large"


def test_bombs_are_refused_without_memory(tmp_path):
    bombs = [
        (files.padded_xlsx(tmp_path / "pad.xlsx"), "file_unpacks_too_large"),
        (files.lying_xlsx(tmp_path / "lie.xlsx"), "file_unpacks_too_large"),
        (files.shared_string_bomb(tmp_path / "sst.xlsx"), "file_unpacks_too_large"),
        (files.million_cells_xlsx(tmp_path / "cells.xlsx"), "sheet_too_large"),
    ]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path, code in bombs:
        found, took = timed(path)
        assert (found, took < 2) == (code, True), path.name
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_child_that_runs_out_of_memory_is_told(tmp_path):
    """Within the size limits, yet more than the child may take: it dies, the caller does not."""
    path = files.shared_string_bomb(tmp_path / "sst.xlsx", megabytes=6, uses=2000, dense=True)
    assert only_code(path) == "file_too_complex"


def test_child_that_takes_too_long_is_ended(tmp_path):
    path = files.ledger(tmp_path / "a.xlsx")
    with pytest.raises(Refused, match="file_too_slow"):
        load_sheets(path, limits=Limits(wall_seconds=0.0001))


@pytest.mark.parametrize("declaration", [files.BILLION_LAUGHS, files.EXTERNAL_ENTITY])
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/core.xml"]
)
def test_entities(tmp_path, part, declaration):
    good = files.ledger(tmp_path / "good.xlsx")
    if part == "xl/sharedStrings.xml":
        path = files.rezip(
            good, tmp_path / "a.xlsx", {part: (declaration + "<sst><si><t>&c;</t></si></sst>").encode()}
        )
    else:
        path = files.with_declaration(good, tmp_path / "a.xlsx", part, declaration)
    assert only_code(path) == "file_entities"


def test_utf16_part_does_not_hide_a_far_cell(tmp_path):
    text = (
        files.sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
        .decode()
        .replace("UTF-8", "UTF-16")
    )
    assert only_code(files.bare_xlsx(tmp_path / "a.xlsx", text.encode("utf-16"))) == "file_entities"


def test_too_many_parts(tmp_path):
    good = files.ledger(tmp_path / "good.xlsx")
    path = files.rezip(good, tmp_path / "a.xlsx", {f"xl/x{n}.xml": b"<x/>" for n in range(250)})
    assert only_code(path) == "file_too_many_parts"


def test_ods_bombs(tmp_path):
    filled = (
        '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16000"/>'
    )
    wide = files.ods(tmp_path / "a.ods", f"<table:table-row>{filled}</table:table-row>")
    assert only_code(wide) == "sheet_too_large"
    row = files.ods_row([1], 'table:number-rows-repeated="1048576"')
    assert only_code(files.ods(tmp_path / "b.ods", row)) == "sheet_too_large"


def test_ods_blank_tail_is_fine(tmp_path):
    rows = [
        files.ods_row(["项目名称", "投资方", "承接地", "总投资"]),
        files.ods_row(["甲项目", "甲公司", "肇源县", 5000]),
    ]
    tail = files.ods_row([""], 'table:number-rows-repeated="1048000"')
    reading = read_table(files.ods(tmp_path / "a.ods", "".join(rows) + tail))
    assert [row.name for row in reading.rows] == ["甲项目"]


def test_names_that_lie_are_read_by_content(tmp_path):
    real = (SHARED / "data/ledgers-real/funds-in-place.xls").read_bytes()
    path = tmp_path / "a.xlsx"
    path.write_bytes(real)
    reading = read_table(path)
    assert reading.rows and reading.messages[0].code == "file_kind_differs"
    assert ".xls" in str(reading.messages[0].text)


def test_gbk_csv_is_read_and_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(files.csv_bytes([[files.TITLE], files.HEADINGS, files.ROW], encoding="gb18030"))
    reading = read_table(path)
    assert [row.name for row in reading.rows] == ["粮食加工项目"]
    assert "csv_encoding" in [m.code for m in reading.messages]


def test_ten_thousand_blank_rows_are_fine(tmp_path):
    book = files.workbook([[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW])
    for row in range(5, 10_005):
        book.active.cell(row, 3, " ")
    started = time.perf_counter()
    reading = read_table(files.save(book, tmp_path / "a.xlsx"))
    assert len(reading.rows) == 1 and not reading.messages
    assert time.perf_counter() - started < 3


def test_far_blank_formatting_is_fine(tmp_path):
    """A styled but empty cell far away, as deleting contents leaves behind, within the range."""
    book = files.workbook([[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW])
    book.active.cell(9000, 150).number_format = "0.00"
    assert len(read_table(files.save(book, tmp_path / "a.xlsx")).rows) == 1


def test_every_real_file_passes_the_guard():
    for path in [*(SHARED / "data/ledgers").glob("*.xlsx"), *(SHARED / "data/ledgers-real").glob("*.xls")]:
        assert check_file(path).kind == path.suffix[1:]


def test_reading_leaves_no_process_and_no_file(tmp_path):
    path = files.ledger(tmp_path / "a.xlsx")
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    for _ in range(3):
        read_table(path)
        only_code(files.sparse_xlsx(tmp_path / "s.xlsx"))
    after = set(os.listdir("/proc/self/fd")) if before else set()
    assert len(after) <= len(before) + 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "s.xlsx"]


def test_openpyxl_files_with_styles_pass(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "字体"
    book.active["A1"].font = openpyxl.styles.Font(bold=True)
    assert check_file(files.save(book, tmp_path / "a.xlsx")).cells >= 1


def test_error_cells_and_hidden_rows_of_old_workbooks_are_seen():
    """The parser shows them as blank and as ordinary; they are read from the records of the .xls itself."""
    sheet = files.record(0x809, b"\0\6\x10\0" + b"\0" * 12)
    sheet += files.record(0x208, struct.pack("<8H", 4, 0, 9, 255, 0, 0, 0x20, 0))  # row 5, hidden
    sheet += files.record(0x205, struct.pack("<3HBB", 3, 5, 0, 0x2A, 1))  # F4: #N/A
    sheet += files.record(0x205, struct.pack("<3HBB", 3, 6, 0, 1, 0))  # G4: TRUE, no error
    sheet += files.record(
        0x06, struct.pack("<3H", 3, 9, 0) + b"\2\0\x07\0\0\0\xff\xff" + b"\0" * 8
    )  # J4: #DIV/0!
    bound = struct.pack("<IHBB", 0, 0, 2, 1) + "台账".encode("utf-16-le")
    head = files.record(0x809, b"\0\6\5\0" + b"\0" * 12)
    offset = len(head) + 4 + len(bound) + 4
    bound = struct.pack("<I", offset) + bound[4:]
    stream = head + files.record(0x85, bound) + files.record(0x0A, b"") + sheet + files.record(0x0A, b"")
    assert biff_hints(stream) == {"台账": {"errors": [[3, 5, "#N/A"], [3, 9, "#DIV/0!"]], "hidden": [4]}}


def test_old_container_is_read_whole(tmp_path):
    path = files.ole({"Workbook": b"abc" * 3000, "Other": b"x" * 5000}, tmp_path / "a.xls")
    container = OleFile(path.read_bytes())
    assert container.stream("Workbook")[:9000] == b"abc" * 3000
    assert set(container.entries) == {"Root Entry", "Workbook", "Other"}
    with pytest.raises(OleError):
        container.stream("missing")
