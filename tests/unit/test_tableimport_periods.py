"""Habits of officials' workbooks: dates with their precision, the period a table is about."""

from __future__ import annotations

import datetime

import pytest

from reporting.tableimport.reader import read_table
from tests import files
from tests.tableimport_help import codes, reader


@pytest.fixture
def read(tmp_path):
    return reader(tmp_path)


def test_serial_dates_texts_and_full_width(read):
    row = [*files.ROW]
    row[5], row[6], row[7], row[8], row[9] = (
        "５，０００．５０",
        46087,
        "２０２６．４．１",
        "46143",
        "７,４４６．０８",
    )
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, row])
    found = reading.rows[0]
    assert found.value("contract_amount") == 50_005_000 and found.value("invested_total") == 74_460_800
    assert found.value("signed_on") == "2026-03-06"
    assert {c: d.value for c, d in found.nodes.items()} == {
        "company_setup": "2026-04-01",
        "construction_start": "2026-05-01",
    }


@pytest.mark.parametrize("style", ['yyyy"年"m"月"', "yyyy/m", 'yyyy"年"m"月";@', "[$-804]yyyy/mm", "mmm-yy"])
def test_month_formats_keep_their_precision(tmp_path, style):
    """A typed "2026年3月" becomes the first of March under a format without a day."""
    book = files.workbook([[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW])
    book.active["G4"] = datetime.date(2026, 3, 1)
    book.active["G4"].number_format = style
    row = read_table(files.save(book, tmp_path / "a.xlsx")).rows[0]
    assert (row.value("signed_on"), row.fields["signed_on"].precision) == ("2026-03", "month")


@pytest.mark.parametrize(
    "style", ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', 'm"月"d"日"', "d/m/yy", "yyyy-mm-dd hh:mm"]
)
def test_day_formats_keep_their_day(tmp_path, style):
    book = files.workbook([[files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW])
    book.active["G4"] = datetime.datetime(2026, 3, 5, 10, 30)  # noqa: DTZ001  workbooks know no zones
    book.active["G4"].number_format = style
    assert read_table(files.save(book, tmp_path / "a.xlsx")).rows[0].value("signed_on") == "2026-03-05"


@pytest.mark.parametrize(
    ("title", "line", "filename", "period"),
    [
        ("肇源县招商引资项目2026年10月份台账", "", "", "2026-10"),
        ("肇源县招商引资项目台账（2026年十月）", "", "", "2026-10"),
        ("二〇二六年十月份招商引资项目台账", "", "", "2026-10"),
        ("肇源县2026年1-10月招商引资项目台账", "", "", "2026-10"),
        ("2025年以来签约项目进展情况表（截至2026年10月底）", "", "", "2026-10"),
        ("招商引资项目台账（2026.10）", "", "", "2026-10"),
        ("招商引资项目10月份台账", "2026年10月25日", "", "2026-10"),
        ("招商引资项目12月份台账", "2027年1月3日", "", "2026-12"),
        ("招商引资项目台账", "统计月份：2026年10月", "", "2026-10"),
        ("招商引资项目台账", "", "肇源县202610.xlsx", "2026-10"),
        ("招商引资项目台账", "", "肇源县2026年10月.xlsx", "2026-10"),
        ("招商引资项目台账", "", "zhaoyuan-2026-10.xlsx", "2026-10"),
        ("招商引资项目台账", "2026年10月25日", "", "2026-10"),
        ("招商引资项目台账", "填报日期：2026年11月3日", "", "2026-10"),
        ("招商引资项目台账", "", "", None),
    ],
)
def test_period(read, title, line, filename, period):
    reading = read([[title], ["单位：万元", "", line], files.HEADINGS, files.ROW], filename=filename)
    assert reading.period == period
    assert (("A1", "period_missing") in codes(reading)) == (period is None)
