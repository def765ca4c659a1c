"""Habits of officials' workbooks: words and order of headings, units, where the heading starts, planned and actual."""

from __future__ import annotations

import pytest

from tests import files
from tests.tableimport_help import brief, codes, reader


@pytest.fixture
def read(tmp_path):
    return reader(tmp_path)


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
