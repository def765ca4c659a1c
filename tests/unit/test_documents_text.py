"""Numbers, dates, figures and cleaning of official documents."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from documents import (
    Attachment,
    Column,
    Document,
    Heading,
    Paragraph,
    Table,
    chinese_date,
    chinese_number,
    content_disposition,
    filename,
    format_number,
    from_json,
    percent_text,
    ratio,
    to_json,
)
from documents.text import HeadingCounter, clean, em_width, strip_numbering
from documents.title import TITLE_EM, break_title


def test_number_has_six_angle_brackets_and_no_leading_zero() -> None:
    assert format_number("黑营商通", 2026, 3) == "黑营商通〔2026〕3号"
    with pytest.raises(ValueError):
        format_number("黑营商通", 2026, 0)


def test_date_has_no_leading_zero() -> None:
    assert chinese_date(date(2026, 11, 5)) == "2026年11月5日"


@pytest.mark.parametrize(
    ("n", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (120, "120")]
)
def test_chinese_numbers(n: int, text: str) -> None:
    assert chinese_number(n) == text


def test_headings_are_numbered_by_level_and_begin_anew_below() -> None:
    counter = HeadingCounter()
    levels = [1, 2, 2, 3, 4, 4, 1, 2]
    assert [counter.number(level) for level in levels] == [
        "一、",
        "（一）",
        "（二）",
        "1.",
        "（1）",
        "（2）",
        "二、",
        "（一）",
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("一、总体情况", "总体情况"),
        ("（二）开工情况", "开工情况"),
        ("3.存在问题", "存在问题"),
        ("1.5倍以上的项目", "1.5倍以上的项目"),
        ("2026年情况", "2026年情况"),
    ],
)
def test_a_typed_in_heading_number_is_dropped(typed: str, kept: str) -> None:
    assert strip_numbering(typed) == kept
    assert Heading(1, typed).text == kept


def test_rare_characters_stay_and_control_characters_go() -> None:
    assert clean("黑龙江堃镕𠮷材料\x00\x08有限\u202e公司\ufeff") == "黑龙江堃镕𠮷材料有限公司"
    assert Paragraph("第一段\r\n第二段\x0b\t").text == "第一段\n第二段"


def test_rates_are_exact_and_halves_go_up() -> None:
    assert percent_text(ratio(874, 1287)) == "67.9%"
    assert percent_text(Fraction(1, 8), 0) == "13%"
    assert percent_text(0.285, 0) == "29%"
    assert percent_text(ratio(3, 0)) == "—"


def test_cells_by_kind() -> None:
    assert Column("a", "到位额", kind="amount").text(Decimal("1234.005")) == "1234.01"
    assert Column("a", "个数", kind="integer").text(None) == "—"
    assert Column("a", "个数", kind="integer").text("未报") == "未报"
    assert Column("a", "率", kind="percent").text(0.679) == "67.9%"
    assert Column("a", "率", kind="percent").text(float("inf")) == "—"
    assert Column("a", "额", kind="amount").text(Decimal("NaN")) == "—"
    assert Column("a", "达标").text(True) == "是"
    assert Column("a", "日期", kind="date").text(date(2026, 1, 2)) == "2026年1月2日"
    assert Column("a", "差", kind="amount").text(-0.001) == "0.00"
    assert Column("a", "差", kind="amount").text(Decimal("-0.5")) == "-0.50"


def test_width_counts_digits_as_half() -> None:
    assert em_width("2026年11月5日") == 6.5


@pytest.mark.parametrize(
    "title",
    [
        "关于2026年10月全省招商引资签约项目推进情况的通报",
        "黑龙江省营商环境建设监督局关于2026年10月全省招商引资签约项目推进情况的通报",
        "关于哈尔滨市松北区人民政府未按期办结年产20万吨新型建材项目施工许可的督办函",
    ],
)
def test_titles_break_between_words(title: str) -> None:
    lines = break_title(title)
    assert "".join(lines) == title
    assert all(em_width(line) <= TITLE_EM for line in lines)
    for line in lines[1:]:
        assert line[0] not in "的年月日、，》"
    assert not any(line.endswith("年") for line in lines)


def test_a_typed_title_break_is_kept_and_endless_words_are_cut() -> None:
    assert break_title("关于报送台账\n的通知") == ["关于报送台账", "的通知"]
    assert "".join(break_title("A" * 300)) == "A" * 300


def test_file_names() -> None:
    document = Document(kind="circular", title="关于a/b:的\n通报", number="黑营商通〔2026〕3号")
    assert filename(document, "docx") == "黑营商通〔2026〕3号 关于ab的通报.docx"
    assert filename(Document(kind="circular", title="通报"), "pdf") == "草稿 通报.pdf"
    assert len(filename(Document(kind="sheet", title="表" * 500), "xlsx").encode()) < 255
    header = content_disposition('通报"\r\n.docx')
    assert header.isascii()
    assert "\n" not in header
    assert "filename*=UTF-8''%E9%80%9A%E6%8A%A5" in header


def test_a_circular_without_number_is_a_draft_and_a_sheet_is_not() -> None:
    assert Document(kind="circular", title="通报").is_draft
    assert not Document(kind="circular", title="通报", number="黑营商通〔2026〕3号").is_draft
    assert not Document(kind="sheet", title="表").is_draft
    assert Document(kind="report", title="报告", draft=True).is_draft


def test_parts_are_put_in_order() -> None:
    table = Table("各市情况", (Column("a", "市"),), ({"a": "哈尔滨市"},))
    document = Document(
        kind="circular",
        title="通报",
        addressees=("各市（地）营商环境建设监督局", "省直有关单位："),
        blocks=(Paragraph("正文"), Attachment("各市情况", (table,))),
        attachments=("清单",),
    )
    assert document.addressees == "各市（地）营商环境建设监督局，省直有关单位"
    assert [a.title for a in document.annexes] == ["清单", "各市情况"]
    assert document.tables()[0].caption == "", "the attachment's title is not said twice"
    with pytest.raises(ValueError):
        Heading(5, "太深")


def test_kept_as_json_and_back() -> None:
    import json

    table = Table(
        "表",
        (Column("a", "额", kind="amount"), Column("b", "率", kind="percent"), Column("c", "日", kind="date")),
        ({"a": Decimal("1.10"), "b": ratio(1, 3), "c": date(2026, 3, 1)},),
        total={"a": 1.5},
        strong=frozenset({0}),
    )
    document = Document(
        kind="circular",
        title="通报",
        blocks=(Heading(1, "情况"), table),
        date=date(2026, 11, 5),
        attachments=("清单",),
    )
    assert from_json(json.loads(json.dumps(to_json(document)))) == document
    with pytest.raises(ValueError):
        from_json({"version": 1, "document": {"$": "Document"} | {"$": "Popen"}})
