"""Ledgers of other places and habits: other words, orders, units, subtotals, layouts, formats."""

# ruff: noqa: E501  rows of a table stay in one line

from __future__ import annotations

import datetime
import re
import zipfile
from typing import Any

import openpyxl
import pytest

from reporting.tableimport.clijson import to_cli_json
from reporting.tableimport.reader import read_table
from reporting.tableimport.values import TableReading
from tests import files


@pytest.fixture
def read(tmp_path):
    """Rows (and merges) of one sheet → reading."""

    def run(rows: list[list[Any]], *merges: str, filename: str = "", **options: Any) -> TableReading:
        path = files.save(files.workbook(rows, merges), tmp_path / "ledger.xlsx")
        return read_table(path, filename=filename, **options)

    return run


def codes(reading: TableReading) -> list[tuple[str, str]]:
    return [(m.cell, m.code) for m in reading.all_messages()]


def brief(reading: TableReading) -> list[tuple[str, str, Any, str]]:
    return [
        (r["name"], r["place"], r["amount_wanyuan"], r["signed_on"]) for r in to_cli_json(reading)["rows"]
    ]


def test_other_words_other_order(read):
    reading = read(
        [
            ["XX旗2026年9月份招商引资签约项目推进情况统计表"],
            ["单位：亿元"],
            [
                "序号",
                "旗县区",
                "企业名称",
                "项目名称",
                "主要建设内容及规模",
                "协议投资额",
                "签订时间",
                "到位资金",
                "破土动工时间",
                "投产达效时间",
                "责任单位",
                "包联领导",
                "需要协调解决的问题",
                "项目进展情况",
                "联系电话",
            ],
            [
                1,
                "科尔沁区",
                "乙集团",
                "肉牛加工项目",
                "年产1万吨",
                3.5,
                "2026年5月8日",
                0.25,
                "2026.6.1",
                "",
                "农牧局",
                "某某",
                "",
                "主体施工",
                13900000001,
            ],
        ]
    )
    assert brief(reading) == [("肉牛加工项目", "科尔沁区", 35000.0, "2026-05-08")]
    row = reading.rows[0]
    assert (reading.period, reading.unit, row.company) == ("2026-09", "亿元", "乙集团")
    assert row.value("invested_total") == 25_000_000
    assert {code: d.value for code, d in row.nodes.items()} == {"construction_start": "2026-06-01"}
    assert row.value("lead_department") == "农牧局" and row.value("package_leader") == "某某"
    assert row.value("phone") == "13900000001" and row.value("progress") == "主体施工"
    assert codes(reading) == []


def test_units_in_headings_differ_by_column(read):
    reading = read(
        [
            [files.TITLE],
            [
                "序号",
                "项目名称",
                "投资方",
                "承接地",
                "合同投资额（亿元）",
                "累计完成投资\n(万元)",
                "本月完成投资（元）",
                "签约时间",
            ],
            [1, "甲项目", "甲公司", "肇源县", 2, 3500.5, 120000, "2026-01-05"],
        ]
    )
    row = reading.rows[0]
    assert (row.value("contract_amount"), row.value("invested_total"), row.value("invested_month")) == (
        200_000_000,
        35_005_000,
        120_000,
    )
    assert reading.unit == "亿元" and codes(reading) == []


def test_unit_yuan(read):
    reading = read(
        [[files.TITLE, "", "单位：元"], files.HEADINGS, [*files.ROW[:5], 50_000_000, *files.ROW[6:]]]
    )
    assert reading.unit == "元" and brief(reading)[0][2] == 5000.0


def test_threshold_in_title_is_no_unit(read):
    reading = read(
        [
            ["肇源县2026年10月5000万元以上（亿元以上重点）签约项目台账"],
            ["单位：万元"],
            files.HEADINGS,
            files.ROW,
        ]
    )
    assert reading.unit == "万元" and brief(reading)[0][2] == 5000.0


def test_unit_of_the_cell_wins(read):
    row = [*files.ROW]
    row[5], row[9] = "约1.2亿元", "2000余万元"
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, row])
    assert (reading.rows[0].value("contract_amount"), reading.rows[0].value("invested_total")) == (
        120_000_000,
        20_000_000,
    )
    assert reading.rows[0].fields["contract_amount"].approximate


def test_no_unit_is_asked(read):
    assert ("A2", "unit_missing") in codes(read([[files.TITLE], files.HEADINGS, files.ROW]))


def test_dollars_are_not_converted(read):
    reading = read([[files.TITLE], ["金额单位：万美元"], files.HEADINGS, files.ROW])
    value = reading.rows[0].fields["contract_amount"]
    assert (value.value, value.currency, value.foreign) == (None, "USD", 50_000_000)
    assert ("A3", "unit_foreign") in codes(reading)


@pytest.mark.parametrize("above", [0, 1, 6, 14])
def test_heading_may_start_anywhere(read, above):
    notes = [["填表说明：本表由各县（市、区）于每月25日前报送，节点时间填写实际完成时间。"]] * above
    reading = read([*notes, files.HEADINGS, files.ROW], filename="肇源县2026年10月.xlsx")
    assert reading.header_lines == (above + 1, above + 1)
    assert reading.period == "2026-10"
    assert brief(reading) == [("粮食加工项目", "大庆市肇源县", 5000.0, "2026-03-05")]


def test_title_is_the_phrase_not_the_instruction(read):
    note = "填表说明：本表由各县（市、区）于每月25日前报送，节点时间填写实际完成时间。"
    assert read([[note], [files.TITLE], ["单位：万元"], files.HEADINGS, files.ROW]).title == files.TITLE


def test_planned_and_actual_dates_of_each_node(read):
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            ["序号", "项目名称", "承接地", "总投资", "签约时间", "开工建设", "", "竣工验收", "", "投产", ""],
            ["", "", "", "", "", "计划", "实际", "计划时间", "实际时间", "计划完成时间", "实际完成时间"],
            [
                1,
                "甲项目",
                "肇源县",
                800,
                "2026-01-05",
                "2026-04-01",
                "2026-04-20",
                "2027-06",
                "",
                "2027-12",
                "",
            ],
        ],
        *("A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4", "F3:G3", "H3:I3", "J3:K3"),
    )
    row = reading.rows[0]
    assert {c: d.value for c, d in row.nodes.items()} == {"construction_start": "2026-04-20"}
    assert {c: (d.value, d.precision) for c, d in row.plans.items()} == {
        "construction_start": ("2026-04-01", "day"),
        "completion_acceptance": ("2027-06", "month"),
        "production": ("2027-12", "month"),
    }


def test_planned_headings_are_not_actual_dates(read):
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            [
                "序号",
                "项目名称",
                "承接地",
                "总投资",
                "签约时间",
                "预计开工时间",
                "计划竣工时间",
                "拟投产时间",
                "实际开工时间",
            ],
            [1, "甲项目", "肇源县", 800, "2026-01-05", "2026年4月", "2027年6月", "2027年12月", "2026-04-02"],
        ]
    )
    row = reading.rows[0]
    assert {c: d.value for c, d in row.nodes.items()} == {"construction_start": "2026-04-02"}
    assert set(row.plans) == {"construction_start", "completion_acceptance", "production"}


def test_three_heading_rows(read):
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            ["序号", "项目基本情况", "", "", "", "推进情况", "", "", "备注"],
            ["", "项目名称", "投资方", "落地情况", "", "投资完成情况", "", "节点", ""],
            ["", "", "", "承接地", "签约时间", "合同投资额", "累计完成", "开工时间", ""],
            [1, "甲项目", "甲公司", "肇源县", "2026-01-05", 800, 20, "2026-04-01", "无"],
        ],
        *("A3:A5", "B3:E3", "F3:H3", "I3:I5", "B4:B5", "C4:C5", "D4:E4", "F4:G4"),
    )
    assert reading.header_lines == (3, 5)
    assert brief(reading) == [("甲项目", "肇源县", 800.0, "2026-01-05")]
    assert reading.rows[0].value("invested_total") == 200_000
    assert reading.rows[0].nodes["construction_start"].value == "2026-04-01"


def test_numbering_row_below_the_heading(read):
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, ["甲", "乙", *range(1, 10)], files.ROW])
    assert [r.name for r in reading.rows] == ["粮食加工项目"]
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, list(range(1, 12)), files.ROW])
    assert [r.name for r in reading.rows] == ["粮食加工项目"]


def project(name: str, place: str, amount: Any, number: Any = 1) -> list[Any]:
    return [number, name, "某公司", place, "食品", amount, "2026-03-05", "", "", 10, "前期"]


def test_two_levels_of_subtotals_agree(read):
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            files.HEADINGS,
            ["总计", "4个", "", "", "", 1000],
            ["一、大庆市（3个）", "", "", "", "", 600],
            ["（一）肇源县（2个）", "", "", "", "", 300],
            project("甲", "肇源县", 100),
            project("乙", "肇源县", 200, 2),
            ["（二）肇州县（1个）", "", "", "", "", 300],
            project("丙", "肇州县", 300),
            ["二、齐齐哈尔市（1个）", "", "", "", "", 400],
            ["（一）克山县（1个）", "", "", "", "", 400],
            project("丁", "克山县", 400),
        ]
    )
    assert [r.name for r in reading.rows] == ["甲", "乙", "丙", "丁"]
    assert len(reading.totals) == 6 and all(t.agrees for t in reading.totals)
    assert codes(reading) == []


def test_subtotals_below_their_rows(read):
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            files.HEADINGS,
            project("甲", "肇源县", 100),
            project("乙", "肇源县", 200, 2),
            ["小计", "2个", "", "", "", 300],
            project("丙", "肇州县", 300),
            ["小  计", "1个", "", "", "", 300],
            ["合　计", "3个", "", "", "", 600],
        ]
    )
    assert [(t.counted, t.agrees) for t in reading.totals] == [(2, True), (1, True), (3, True)]
    assert codes(reading) == []


def test_totals_that_differ_are_told_with_their_cells(read):
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            files.HEADINGS,
            ["合计", "5个", "", "", "", 900],
            project("甲", "肇源县", 100),
            project("乙", "肇源县", "200.00", 2),
        ]
    )
    assert codes(reading) == [("A4", "total_count"), ("F4", "total_amount")]
    text = str(reading.messages[1].text)
    assert "900" in text and "300" in text


def test_subset_rows_and_notes_between_rows(read):
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            files.HEADINGS,
            project("甲", "肇源县", 100),
            ["其中：在建重点项目（90项）", "", "", "", "", 50],
            ["注：以下项目为本月新增"],
            project("乙", "肇源县", 200, 2),
            ["", "", "", "", "", "", "", "", "", "", ""],
            ["备注：项目性质是指本年新开工、续建。"],
            ["1、项目性质：指前期、续建、新开工、竣工，按实际情况填写，不得空项。"],
            [
                "单位负责人：某某",
                "",
                "",
                "填表人：某某",
                "",
                "",
                "联系电话：0459-1234567",
                "",
                "填报日期：2026年10月25日",
            ],
        ]
    )
    assert [r.name for r in reading.rows] == ["甲", "乙"]
    assert [d.kind for d in reading.dropped[-5:]] == ["subtotal", "note", "note", "note", "signature"]
    assert codes(reading) == []


def test_names_that_look_like_labels_stay_projects(read):
    names = [
        "3万锭亚麻纺纱项目",
        "1.5万吨有机肥项目",
        "新建大棚100个",
        "国际合计量器具基地",
        "一期工程",
        "高新区",
        "5G基站建设",
        "100MW风电项目",
    ]
    rows = [project(name, "肇源县", 100 + n, n + 1) for n, name in enumerate(names)]
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, *rows])
    assert [r.name for r in reading.rows] == names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("★风电项目", "风电项目"),
        ("● 风电项目", "风电项目"),
        ("※1、风电项目", "风电项目"),
        ("（1）风电项目", "风电项目"),
        ("风电项目★", "风电项目"),
        ("风电\n项目", "风电项目"),
        ("　风电 项目 ", "风电项目"),
        ("12、100MW风电", "100MW风电"),
        ("Smart Farm 项目", "Smart Farm项目"),
    ],
)
def test_marks_and_numbers_before_names(read, written, name):
    row = [*files.ROW]
    row[1] = written
    assert [r.name for r in read([[files.TITLE], ["单位：万元"], files.HEADINGS, row]).rows] == [name]


def test_place_from_categories(read):
    heads = [h for h in files.HEADINGS if h != "承接地"]
    rows = [[v for at, v in enumerate(project(n, "", 100)) if at != 3] for n in "甲乙丙"]
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            heads,
            ["一、肇源县"],
            rows[0],
            rows[1],
            ["二、肇州县（1个）"],
            rows[2],
        ]
    )
    assert [r.place for r in reading.rows] == ["肇源县", "肇源县", "肇州县"]


def test_place_merged_over_rows(read):
    rows = [project("甲", "肇源县", 100), project("乙", "", 200, 2), project("丙", "肇州县", 300, 3)]
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, *rows], "D4:D5")
    assert [r.place for r in reading.rows] == ["肇源县", "肇源县", "肇州县"]


def test_amount_merged_over_rows_is_counted_once_and_asked(read):
    rows = [project("甲", "肇源县", 100), project("乙", "肇源县", "", 2)]
    reading = read([[files.TITLE], ["单位：万元"], files.HEADINGS, *rows], "F4:F5")
    assert [r.value("contract_amount") for r in reading.rows] == [1_000_000, None]
    assert codes(reading) == [("F4", "merged_amount")]


def test_place_in_two_columns(read):
    reading = read(
        [
            [files.TITLE],
            ["单位：万元"],
            ["序号", "项目名称", "承接地", "", "总投资", "签约时间"],
            ["", "", "市", "县（市、区）", "", ""],
            [1, "甲项目", "大庆市", "肇源县", 800, "2026-01-05"],
        ],
        *("A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4"),
    )
    assert brief(reading) == [("甲项目", "大庆市肇源县", 800.0, "2026-01-05")]


def test_missing_name_heading(read):
    heads = [*files.HEADINGS]
    heads[1] = ""
    reading = read([[files.TITLE], ["单位：万元"], heads, files.ROW])
    assert [r.name for r in reading.rows] == ["粮食加工项目"]
    assert ("B", "column_unsure") in codes(reading)


def test_learned_mapping_wins(read):
    heads = [*files.HEADINGS]
    heads[9] = "财政口径数"
    rows = [[files.TITLE], ["单位：万元"], heads, files.ROW]
    assert read(rows).rows[0].value("invested_total") is None
    assert read(rows, learned={"财政口径数": "invested_total"}).rows[0].value("invested_total") == 1_205_000
    assert read(rows, learned={"合同投资额": ""}).rows[0].value("contract_amount") is None


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
