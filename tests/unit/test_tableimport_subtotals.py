"""Habits of officials' workbooks: subtotals and totals, notes between rows, names, places."""

from __future__ import annotations

import pytest

from tests import files
from tests.tableimport_help import brief, codes, project, reader


@pytest.fixture
def read(tmp_path):
    return reader(tmp_path)


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
