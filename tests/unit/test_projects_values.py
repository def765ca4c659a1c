"""Codes, amounts and names as people type them."""

from datetime import date

import pytest

from projects.amounts import parse_yuan, share, wan_input
from projects.codes import check_character, credit_code_fault, fold, project_code_warnings
from projects.export import inert
from projects.text import clean, initials, similarity

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91512081MA62K0260E", ""])
def test_a_right_credit_code_has_no_fault(code: str) -> None:
    assert credit_code_fault(code) == ""


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("91350100M000100Y4Z", "Z"),
        ("91350100M000100Y42", "校验位"),
        ("91350100M000100Y4", "17"),
        ("91350100O000100Y43", "第 9 位"),
    ],
)
def test_a_wrong_credit_code_says_where(code: str, told: str) -> None:
    assert told in credit_code_fault(code)


def test_codes_of_every_kind_of_body_are_checked_alike() -> None:
    for prefix in ("N1", "N2", "Y1", "A1", "G1", "12", "53"):
        body = f"{prefix}230600MA0000000"[:17].ljust(17, "0")
        assert credit_code_fault(body + check_character(body)) == ""


def test_copied_codes_are_folded_first() -> None:
    assert fold(" ９１３５０１００ｍ０００１００ｙ４３ ") == "91350100M000100Y43"
    assert fold("2602—230229－04–01-000126") == "2602-230229-04-01-000126"


@pytest.mark.parametrize(
    ("code", "odd"),
    [
        ("2602-230229-04-01-000126", 0),
        ("", 0),
        ("2613-230229-04-01-000126", 1),
        ("2612-230229-04-01-000126", 1),
        ("2602-110229-04-01-000126", 1),
        ("2602230229", 1),
    ],
)
def test_a_project_code_is_only_pointed_at(code: str, odd: int) -> None:
    assert len(project_code_warnings(code, TODAY)) == odd


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("12,500", 125_000_000),
        ("1.25亿元", 125_000_000),
        ("１．２５亿", 125_000_000),
        ("0.0001", 1),
        ("300 元", 300),
        ("", None),
        ("  ", None),
    ],
)
def test_amounts_are_read_as_written(text: str, yuan: int | None) -> None:
    assert parse_yuan(text) == yuan


@pytest.mark.parametrize("text", ["约三亿", "1.2.3", "-5", "99999999999亿", "12万吨", "=1+1"])
def test_what_is_no_amount_says_so(text: str) -> None:
    with pytest.raises(ValueError) as told:
        parse_yuan(text)
    assert str(told.value)


@pytest.mark.parametrize("yuan", [0, 1, 9_999, 10_000, 123_456_789, 6_500_000_000_00])
def test_an_amount_shown_for_typing_reads_back_the_same(yuan: int) -> None:
    assert parse_yuan(wan_input(yuan)) == yuan


def test_a_share_without_denominator_is_none() -> None:
    assert share(5, 0) is None
    assert share(5, None) is None
    assert str(share(1, 3)) == "33.3"


def test_names_are_alike_or_not() -> None:
    assert similarity("艾草生物经济项目", "艾草 生物经济（项目）") == 1
    assert similarity("艾草生物经济项目", "艾草生物经济项目二期") >= 0.6
    assert similarity("艾草生物经济项目", "风电场") < 0.6
    assert similarity("项目", "") == 0


def test_initials_find_a_name() -> None:
    assert initials("克山马铃薯A区(一期)") == "ksmlsaqyq"


def test_control_characters_go_and_formulas_rest() -> None:
    assert clean("a\x00b\u200b  c") == "ab c"
    for text in ("=1+1", "+1", "-1", "@x"):
        assert inert(text) == f"'{text}"
    assert inert("正常") == "正常"
