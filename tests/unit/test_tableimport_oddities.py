"""Habits of officials' workbooks: errors, formulas, hidden rows, odd cells, what is no ledger at all."""

from __future__ import annotations

import datetime
import re
import zipfile
from typing import Any

import openpyxl
import pytest

from reporting.tableimport.reader import read_table
from tests import files
from tests.tableimport_help import codes, project, reader


@pytest.fixture
def read(tmp_path):
    return reader(tmp_path)


def test_errors_and_formulas_without_a_value(tmp_path):
    book = files.workbook([[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW])
    sheet: Any = book.active
    sheet["F4"] = "#N/A"
    sheet["F4"].data_type = "e"
    sheet["J4"] = "=SUM(F4:F5)"
    sheet["G4"] = "#REF!"
    sheet["G4"].data_type = "e"
    sheet["K4"] = "#NAME?"
    sheet["K4"].data_type = "e"
    reading = read_table(files.save(book, tmp_path / "a.xlsx"))
    assert sorted(codes(reading)) == [
        ("F4", "cell_error"), ("G4", "cell_error"), ("J4", "cell_formula"), ("K4", "cell_error"),
    ]  # fmt: skip
    assert reading.rows[0].value("contract_amount") is None and "#N/A" in str(
        reading.rows[0].messages[0].text
    )


def test_formula_that_gives_an_empty_text_is_empty(tmp_path):
    good = files.ledger(tmp_path / "good.xlsx")
    with zipfile.ZipFile(good) as archive:
        part = archive.read("xl/worksheets/sheet1.xml").decode()
    cell = '<c r="I4" t="str"><f>IF(A4="","",A4)</f><v></v></c>'
    part = re.sub(r'(<c r="J4")', cell + r"\1", part)
    path = files.rezip(good, tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": part.encode()})
    assert codes(read_table(path)) == []


def test_hidden_rows_are_read_and_told(tmp_path):
    book = files.workbook(
        [[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW, project("乙", "肇源县", 300, 2)]
    )
    book.active.row_dimensions[5].hidden = True
    reading = read_table(files.save(book, tmp_path / "a.xlsx"))
    assert len(reading.rows) == 2 and codes(reading) == [("A5", "hidden_row")]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (5, "五千", "amount_unreadable"),
        (5, "很多", "amount_unreadable"),
        (5, -1, "amount_negative"),
        (5, "-1", "amount_negative"),
        (5, 1e308, "amount_too_large"),
        (5, "NaN", "amount_unreadable"),
        (5, 100_000_000_000, "amount_too_large"),
        (5, 10_000_000, "amount_too_large"),
        (5, "101%", "amount_unreadable"),
        (5, 3, "amount_small"),
        (5, datetime.date(2026, 1, 1), "amount_is_date"),
        (5, "500万美元", "amount_foreign"),
        (5, "300万欧元", "amount_currency"),
        (5, "一期1亿、二期5000万、三期5000万", "amount_several"),
        (6, "2026.13.45", "date_bad_month"),
        (6, "2025.13.5", "date_bad_month"),
        (6, "2026/2/30", "date_bad_day"),
        (6, "1899-12-31", "date_out_of_range"),
        (6, 12, "date_out_of_range"),
        (6, "3月5日", "date_no_year"),
        (6, "2009-2011", "date_range"),
        (6, "尽快", "date_unreadable"),
        (6, "已完成", "date_missing"),
        (7, "预计2026年12月", "date_planned"),
        (6, 2026.1, "date_lost_zero"),
    ],
)
def test_odd_cells_are_told_with_their_cell(read, column, value, code):
    row = [*files.ROW]
    row[column] = value
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, row])
    if value == "五千":  # a number in words, in the unit of the column
        assert reading.rows[0].value("contract_amount") == 50_000_000
        return
    assert codes(reading) == [("FGH"[column - 5] + "4", code)]


def test_blank_date_forms_are_empty(read):
    row = [*files.ROW]
    row[6], row[7], row[8] = "200   年   月   日", "—", "未开工"
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, row])
    assert reading.rows[0].value("signed_on") is None and not reading.rows[0].nodes and not codes(reading)


def test_row_without_a_name(read):
    row = [*files.ROW]
    row[1] = ""
    assert codes(read([[files.TITLE], ["单位：万元"], files.HEADINGS, row])) == [("B4", "name_missing")]
    row[0] = ""
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW, row])
    assert codes(reading) == [("B5", "row_without_name")] and len(reading.rows) == 1


def test_two_facts_in_one_cell(read):
    row = [*files.ROW]
    row[2] = "腾龙芳烃（漳州）有限公司         黄某某"
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, row])
    assert reading.rows[0].company == "腾龙芳烃（漳州）有限公司" and codes(reading) == [("C4", "two_facts")]


def test_damaged_long_number(read):
    heads, row = [*files.HEADINGS, "统一社会信用代码"], [*files.ROW, 123456789012345678]
    assert codes(read([[files.TITLE], ["单位：万元"], heads, row])) == [("L4", "number_damaged")]
    row[-1] = "91230100MA1234567X"
    assert (
        read([[files.TITLE], ["单位：万元"], heads, row]).rows[0].value("credit_code") == "91230100MA1234567X"
    )


def test_summary_by_county_is_refused_clearly(read):
    reading = read(
        [["签约项目汇总表"], ["单位：万元"], ["县别", "项目数", "总投资", "到位资金"], ["肇源县", 3, 500, 20]]
    )
    assert codes(reading) == [("", "not_a_ledger")]


def test_no_table_at_all(read):
    assert codes(read([["会议通知"], ["请于25日前报送台账"]])) == [("", "no_table")]
    assert codes(read([[]])) == [("", "file_empty")]


def test_blank_template(read):
    rows = [[n] for n in range(1, 6)]
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, *rows, ["合计"]])
    assert codes(reading) == [("", "no_rows")] and reading.rows == []


def test_rich_text_and_links_do_not_matter(tmp_path):
    book = openpyxl.Workbook()
    files.add_rows(book.active, [[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW])
    book.active["B4"].hyperlink = "https://example.invalid/"
    assert len(read_table(files.save(book, tmp_path / "a.xlsx")).rows) == 1
