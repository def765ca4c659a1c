"""The sample ledgers read as their expected.json says, the real official files open with a reading or a clear message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reporting.tableimport.clijson import to_cli_json
from reporting.tableimport.reader import read_table
from tests.paths import SHARED

LEDGERS = sorted((SHARED / "data/ledgers").glob("*.xlsx"))
REAL = SHARED / "data/ledgers-real"
# What is written in 亿元 with four digits is exact to 1万元 only: the expectation of these was made from finer figures.
HALF_A_DIGIT = 0.5


@pytest.mark.parametrize("path", LEDGERS, ids=lambda p: p.stem)
def test_sample_ledger(path: Path):
    expected = json.loads(path.with_suffix("").with_suffix(".expected.json").read_text("utf-8"))
    found = to_cli_json(read_table(path))
    assert [found[key] for key in ("period", "unit", "count")] == [
        expected[key] for key in ("period", "unit", "count")
    ]
    assert list(found) == ["period", "unit", "count", "rows", "messages"]
    for row, wanted in zip(found["rows"], expected["rows"], strict=True):
        tolerance = HALF_A_DIGIT if expected["unit"] == "亿元" else 0
        assert row.pop("invested_total_wanyuan") == pytest.approx(
            wanted.pop("invested_total_wanyuan"), abs=tolerance
        )
        assert row == wanted


def test_only_the_wrong_cell_is_told():
    messages = {path.stem: to_cli_json(read_table(path))["messages"] for path in LEDGERS}
    told = messages.pop("zhaoyuan-2026-10")
    assert [(m["sheet"], m["cell"], m["code"]) for m in told] == [("Sheet1", "G10", "date_bad_month")]
    assert "2025.13.5" in told[0]["text"] and "13" in told[0]["text"]
    assert not any(messages.values())


def test_totals_of_the_samples_are_checked():
    reading = read_table(SHARED / "data/ledgers/mudanjiang-2026-10.xlsx")
    assert [(t.line, t.written_count, t.counted, t.agrees) for t in reading.totals] == [
        (5, 12, 12, True),
        (6, 5, 5, True),
        (12, 6, 6, True),
        (19, 1, 1, True),
    ]
    assert reading.totals[0].sums["contract_amount"] == (10_959_000_000, 10_959_000_000)


def codes(name: str) -> tuple[list[str], list[str]]:
    reading = read_table(REAL / name)
    return [row.name for row in reading.rows], [m.code for m in reading.messages]


def test_real_detail_with_three_filled_sheets():
    names, found = codes("annual-project-detail.xls")
    assert names == ["古雷腾龙芳烃（漳州）有限公司80万吨/年对二甲苯工程及整体公用配套工程"]
    assert found[0] == "two_ledgers" and "total_count" in found
    chosen = read_table(REAL / "annual-project-detail.xls", sheet="按行业")
    assert [(row.name, row.value("contract_amount")) for row in chosen.rows] == [("水泥", 200_000_000)]
    assert "two_ledgers" not in [m.code for m in chosen.messages]


def test_real_funds_in_place():
    reading = read_table(REAL / "funds-in-place.xls")
    assert [(row.name, row.value("contract_amount")) for row in reading.rows] == [
        ("峰福铁路峰南段电气化改造工程", 545_830_000)
    ]
    assert ("B6", "row_without_name") in [(m.cell, m.code) for m in reading.messages]


@pytest.mark.parametrize(
    "name", ["promotion-project-list.xls", "signed-project-summary.xls", "ten-day-report.xls"]
)
def test_real_empty_forms(name):
    names, found = codes(name)
    assert names == [] and found == ["no_rows"]


def test_real_summary_by_county_is_no_ledger():
    reading = read_table(REAL / "signed-project-summary.xls", sheet="汇总")
    assert [m.code for m in reading.messages] == ["not_a_ledger"] and not reading.rows
    assert "汇总" in str(reading.messages[0].text)


def test_real_ten_day_report_headings_are_joined():
    reading = read_table(REAL / "ten-day-report.xls")
    headings = {c.letter: (c.heading, c.field) for c in reading.columns}
    assert headings["M"] == ("挂钩领导/市领导", "package_leader")
    assert headings["P"] == ("责任单位/责任人", "responsible_head")
    assert reading.unit == "万元" and [d.kind for d in reading.dropped][-1] == "note"
