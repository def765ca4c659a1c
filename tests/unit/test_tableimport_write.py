"""The pre-filled ledger comes back the same; the marked workbook is the clerk's own; nothing in them is a formula."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.tableimport.clijson import to_cli_json
from reporting.tableimport.mark import LIST_SHEET, mark_workbook
from reporting.tableimport.reader import read_table
from reporting.tableimport.texts import say
from reporting.tableimport.values import MILESTONES
from reporting.tableimport.write import LedgerLine, write_ledger
from tests import files
from tests.paths import SHARED

TITLE = "肇源县招商引资签约项目2026年10月进程信息台账"
HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "a\x0bb",
    "😀𠮷",
    "长" * 40_000,
]


def without_messages(reading) -> dict:
    return {key: value for key, value in to_cli_json(reading).items() if key != "messages"}


def written(tmp_path: Path, lines: list[LedgerLine], **options) -> Path:
    path = tmp_path / "written.xlsx"
    path.write_bytes(write_ledger(lines, title=TITLE, **options))
    return path


@pytest.mark.parametrize("path", sorted((SHARED / "data/ledgers").glob("*.xlsx")), ids=lambda p: p.stem)
def test_a_ledger_read_and_written_reads_the_same(tmp_path, path):
    first = read_table(path)
    target = tmp_path / "again.xlsx"
    target.write_bytes(
        write_ledger([LedgerLine.from_row(r) for r in first.rows], title=first.title, unit=first.unit)
    )
    second = read_table(target)
    assert without_messages(second) == without_messages(first)
    assert second.all_messages() == []
    for before, after in zip(first.rows, second.rows, strict=True):
        for code in ("company", "industry", "progress", "problems", "lead_department", "invested_month"):
            assert after.value(code) == before.value(code)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12).map(
    lambda t: f"项目{t}厂"
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            TEXTS,
            st.integers(100_000, 99_999_999_999),
            st.one_of(st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat), st.just("2026-03")),
            st.dictionaries(
                st.sampled_from(list(MILESTONES)),
                st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat),
            ),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["元", "万元", "亿元"]),
)
def test_round_trip(tmp_path_factory, projects, unit):
    lines = [
        LedgerLine(
            {
                "name": name,
                "company": "甲公司",
                "place": "肇源县",
                "contract_amount": yuan,
                "signed_on": day,
                "progress": "前期",
            },
            nodes,
        )
        for name, yuan, day, nodes in projects
    ]
    reading = read_table(written(tmp_path_factory.mktemp("w"), lines, unit=unit))
    assert (reading.period, reading.unit) == ("2026-10", unit)
    for row, (name, yuan, day, nodes) in zip(reading.rows, projects, strict=True):
        assert row.fields["name"].raw == name
        assert (row.value("contract_amount"), row.value("signed_on")) == (yuan, day)
        assert {code: parsed.value for code, parsed in row.nodes.items()} == nodes
    assert not [m for m in reading.messages if m.level == "error"]


def test_layout_for_print_and_work(tmp_path):
    line = LedgerLine(
        {"name": "甲项目", "contract_amount": 50_000_000}, {}, frozenset({"progress", "node.production"})
    )
    sheet = openpyxl.load_workbook(
        written(tmp_path, [line], reporter="肇源县", filled_on="2026年10月25日")
    ).active
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) in (
        (8, "landscape"),
        ("8", "landscape"),
    )
    assert sheet.page_setup.fitToWidth == 1 and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows in ("$3:$4", "3:4") and sheet.freeze_panes == "C5"
    assert (
        sheet["A2"].value == "填报单位：肇源县（盖章）"
        and sheet["A6"].value == "合计"
        and sheet["B6"].value == "1个"
    )
    shaded = {c.coordinate for c in sheet[5] if c.fill.start_color.rgb == "00FFF7D6"}
    assert shaded == {"N5", "Q5"}
    rules = {rule.type for rule in sheet.data_validations.dataValidation}
    assert rules == {"date", "decimal"}


def test_project_codes_are_written_when_there_are_any(tmp_path):
    lines = [LedgerLine({"name": "甲项目", "project_code": "2306220001", "contract_amount": 50_000_000})]
    assert read_table(written(tmp_path, lines)).rows[0].value("project_code") == "2306220001"


def formulas(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [
            name
            for name in archive.namelist()
            if name.startswith("xl/worksheets/") and re.search(rb"<f[ >/]", archive.read(name))
        ]


def test_hostile_texts_stay_texts(tmp_path):
    lines = [
        LedgerLine({"name": text, "company": text, "progress": text, "contract_amount": 50_000_000})
        for text in HOSTILE
    ]
    data = write_ledger(lines, title="=1+1 2026年10月台账")
    assert formulas(data) == []
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet["B5"].value == HOSTILE[0] and sheet["B5"].data_type == "s"
    assert sheet["B11"].value == "ab" and sheet["B12"].value == "😀𠮷" and len(sheet["B13"].value) == 32_767
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert len(read_table(path).rows) == len(HOSTILE)


def test_marked_workbook_keeps_the_clerks_own(tmp_path):
    path = SHARED / "data/ledgers/zhaoyuan-2026-10.xlsx"
    reading = read_table(path)
    book = openpyxl.load_workbook(io.BytesIO(mark_workbook(path, reading.all_messages())))
    sheet = book["Sheet1"]
    assert sheet["G10"].value == "2025.13.5" and sheet["G10"].fill.start_color.rgb == "00FFC7CE"
    assert "2025.13.5" in sheet["G10"].comment.text
    assert len(sheet.merged_cells.ranges) == len(openpyxl.load_workbook(path).active.merged_cells.ranges)
    listed = [[cell.value for cell in row] for row in book[LIST_SHEET].iter_rows(min_row=2)]
    assert [row[1:4] for row in listed] == [["Sheet1", "G10", "须更正"]]


def test_marked_and_mended_and_marked_again(tmp_path):
    source = SHARED / "data/ledgers/zhaoyuan-2026-10.xlsx"
    path = tmp_path / "marked.xlsx"
    path.write_bytes(mark_workbook(source, read_table(source).all_messages()))
    assert without_messages(read_table(path)) == without_messages(read_table(source))
    book = openpyxl.load_workbook(path)
    book["Sheet1"]["G10"] = "2026-04-27"
    book.save(path)
    reading = read_table(path)
    assert reading.all_messages() == [] and reading.rows[4].value("signed_on") == "2026-04-27"
    again = openpyxl.load_workbook(io.BytesIO(mark_workbook(path, reading.all_messages())))
    assert again["Sheet1"]["G10"].comment is None and again.sheetnames.count(LIST_SHEET) == 1


def test_marking_old_and_text_files_rebuilds_them(tmp_path):
    path = SHARED / "data/ledgers-real/annual-project-detail.xls"
    reading = read_table(path)
    book = openpyxl.load_workbook(io.BytesIO(mark_workbook(path, reading.all_messages())))
    assert book.sheetnames == ["明细表", "按地区", "按行业", LIST_SHEET]
    assert book["明细表"]["F4"].value == 2_378_910 and book["明细表"]["F4"].comment is not None
    text = tmp_path / "a.csv"
    text.write_bytes(
        files.csv_bytes([[files.TITLE], files.HEADINGS, ["=1+1", *files.ROW[1:]]], encoding="gb18030")
    )
    data = mark_workbook(text, [say("name_missing", "", "B3", "name")])
    assert (
        formulas(data) == [] and openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]["A3"].value == "=1+1"
    )


def test_three_hundred_bad_cells_are_all_marked(tmp_path):
    rows = [
        [n, f"项目{n}", "甲公司", "肇源县", "食品", "很多", "2026.13.1", "13月", "尽快", -1, ""]
        for n in range(1, 61)
    ]
    path = files.ledger(tmp_path / "a.xlsx", rows)
    messages = read_table(path).all_messages()
    assert len(messages) == 300
    book = openpyxl.load_workbook(io.BytesIO(mark_workbook(path, messages)))
    assert book[LIST_SHEET].max_row == 301
    assert sum(cell.comment is not None for row in book["Sheet1"].iter_rows() for cell in row) == 300


def test_text_that_begins_with_an_equals_sign_survives_marking(tmp_path):
    row = [*files.ROW]
    row[1] = '=HYPERLINK("http://x","y")'
    path = files.ledger(tmp_path / "a.xlsx", [row])
    data = mark_workbook(path, [say("name_missing", "Sheet1", "C4", "name")])
    assert formulas(data) == []
    assert openpyxl.load_workbook(io.BytesIO(data))["Sheet1"]["B4"].value == row[1]
