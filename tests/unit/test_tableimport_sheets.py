"""Habits of officials' workbooks: files of text and .ods, several sheets, several tables on one."""

# ruff: noqa: E501  rows of a table stay in one line

from __future__ import annotations

from typing import Any

import pytest

from reporting.tableimport.reader import read_table
from reporting.tableimport.values import TableReading
from tests import files
from tests.tableimport_help import brief, codes, project, reader


@pytest.fixture
def read(tmp_path):
    return reader(tmp_path)


def test_headings_of_a_text_file_join_without_merges(tmp_path):
    rows = [
        [files.TITLE],
        ["单位：万元"],
        ["序号", "项目名称", "承接地", "总投资", "签约时间", "关键节点完成时间", "", "", "累计完成投资"],
        ["", "", "", "", "", "开办企业", "开工", "投产", ""],
        ["1", "甲项目", "肇源县", "1,800.50", "2026/3/5", "2026年4月", "", "", "12"],
    ]
    for mark, encoding in ((",", "utf-8-sig"), (";", "utf-8"), ("\t", "gb18030"), ("\t", "utf-16")):
        path = tmp_path / "a.csv"
        path.write_bytes(files.csv_bytes(rows, mark, encoding))
        reading = read_table(path)
        assert brief(reading) == [("甲项目", "肇源县", 1800.5, "2026-03-05")]
        assert {c: d.value for c, d in reading.rows[0].nodes.items()} == {"company_setup": "2026-04"}


def test_ods(tmp_path):
    title = f'<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="11"><text:p>{files.TITLE}</text:p></table:table-cell></table:table-row>'
    body = [title, files.ods_row(["单位：万元"]), files.ods_row(files.HEADINGS), files.ods_row(files.ROW)]
    reading = read_table(files.ods(tmp_path / "a.ods", "".join(body)))
    assert brief(reading) == [("粮食加工项目", "大庆市肇源县", 5000.0, "2026-03-05")]
    assert (reading.period, reading.unit, codes(reading)) == ("2026-10", "万元", [])


def test_ods_error_cells_are_seen(tmp_path):
    error = '<table:table-row><table:table-cell office:value-type="string"><text:p>1</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>甲项目</text:p></table:table-cell><table:table-cell/><table:table-cell/><table:table-cell/><table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell></table:table-row>'
    body = [files.ods_row([files.TITLE]), files.ods_row(["单位：万元"]), files.ods_row(files.HEADINGS), error]
    assert ("F4", "cell_error") in codes(read_table(files.ods(tmp_path / "a.ods", "".join(body))))


def two_sheets(
    tmp_path, first: str, second: str, rows: list[list[Any]] | None = None, **options: Any
) -> TableReading:
    head = [[files.TITLE], ["单位：万元"], files.HEADINGS]
    book = files.workbook([*head, files.ROW], sheet=first)
    files.add_rows(
        book.create_sheet(second), [*head, *(rows if rows is not None else [project("乙", "肇州县", 300)])]
    )
    return read_table(files.save(book, tmp_path / "a.xlsx"), **options)


def test_sheets_named_after_places_are_one_ledger(tmp_path):
    reading = two_sheets(tmp_path, "肇源县", "肇州县")
    assert [(r.sheet, r.name) for r in reading.rows] == [("肇源县", "粮食加工项目"), ("肇州县", "乙")]
    assert codes(reading) == [("", "sheets_joined")]


def test_two_filled_ledgers_are_named(tmp_path):
    reading = two_sheets(tmp_path, "台账", "台账（旧）")
    assert [r.name for r in reading.rows] == ["粮食加工项目"]
    told = next(m for m in reading.messages if m.code == "two_ledgers")
    assert told.level == "error" and "台账（旧）" in str(told.text)
    chosen = two_sheets(tmp_path, "台账", "台账（旧）", sheet="台账（旧）")
    assert [r.name for r in chosen.rows] == ["乙"] and not codes(chosen)


def test_sheets_of_months_are_chosen_by_the_month(tmp_path):
    assert two_sheets(tmp_path, "2026年9月", "2026年10月").messages[0].code == "two_ledgers"
    chosen = two_sheets(tmp_path, "2026年9月", "2026年10月", period="2026-10")
    assert [r.name for r in chosen.rows] == ["乙"]


def test_whole_table_beside_its_parts(tmp_path):
    rows = [files.ROW, project("乙", "肇州县", 300, 2)]
    reading = two_sheets(tmp_path, "肇源县", "全市", rows)
    assert [r.name for r in reading.rows] == ["粮食加工项目", "乙"]
    assert codes(reading) == [("", "sheet_covers")]


def test_empty_and_explaining_sheets_are_passed_over(tmp_path):
    book = files.workbook([["填表说明：本表由各县（市、区）于每月25日前报送"]], sheet="说明")
    files.add_rows(book.create_sheet("Sheet2"), [[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW])
    files.add_rows(book.create_sheet("空表"), [[files.TITLE], ["单位：万元"], files.HEADINGS])
    book.create_sheet("Sheet3")
    reading = read_table(files.save(book, tmp_path / "a.xlsx"))
    assert (reading.sheet, len(reading.rows), codes(reading)) == ("Sheet2", 1, [])


def test_hidden_sheet_with_a_ledger_is_asked(tmp_path):
    book = files.workbook([[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW])
    files.add_rows(book.create_sheet("旧"), [[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW])
    book["旧"].sheet_state = "hidden"
    reading = read_table(files.save(book, tmp_path / "a.xlsx"))
    assert [m.code for m in reading.messages] == ["hidden_sheet"] and len(reading.rows) == 1


def test_two_heading_blocks_are_named(read):
    other = ["序号", "项目名称", "投资方", "总投资", "签约日期"]
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            files.HEADINGS,
            files.ROW,
            [],
            ["在谈项目情况表"],
            other,
            [1, "乙", "乙公司", 9, "2026-01-01"],
        ]
    )
    assert [r.name for r in reading.rows] == ["粮食加工项目"]
    assert codes(reading) == [("A7", "two_blocks")]
    assert "3" in str(reading.messages[0].text) and "7" in str(reading.messages[0].text)


def test_second_title_with_the_same_heading_is_another_table(read):
    again = [
        ["肇源县招商引资签约项目2026年9月进程信息台账"],
        ["单位：万元"],
        files.HEADINGS,
        project("乙", "肇源县", 9),
    ]
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW, *again])
    assert [r.name for r in reading.rows] == ["粮食加工项目"] and codes(reading) == [("A7", "two_blocks")]


def test_heading_repeated_for_print_is_one_table_and_asked(read):
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            files.HEADINGS,
            files.ROW,
            files.HEADINGS,
            project("乙", "肇源县", 9, 2),
        ]
    )
    assert [r.name for r in reading.rows] == ["粮食加工项目", "乙"] and codes(reading) == [
        ("A5", "heading_repeated"),
        ("F6", "amount_small"),
    ]
