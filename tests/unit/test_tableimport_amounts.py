"""Amounts to whole 元: exact, with their unit, and the odd ones told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.tableimport.amounts import UNITS, parse_amount

CNY = ["元", "万元", "亿元"]
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


@given(st.integers(0, 9_999_999_999), st.sampled_from(CNY), st.booleans())
def test_any_amount_comes_back_to_the_yuan(yuan, unit, grouped):
    amount = Decimal(yuan) / UNITS[unit]
    text = f"{amount:,f}" if grouped else f"{amount:f}"
    assert parse_amount(text, unit).value == yuan
    assert parse_amount(text.translate(FULL_WIDTH), unit).value == yuan
    assert parse_amount(float(amount), unit).value == yuan


@given(st.integers(1, 99_999), st.sampled_from(["万", "万元", "亿", "亿元"]))
def test_the_unit_in_the_cell_wins(number, written):
    expected = number * (10_000 if written[0] == "万" else 100_000_000)
    for unit in CNY:
        found = parse_amount(f"约{number}{written}", unit)
        assert found.value == expected and found.approximate


@given(st.floats(0, 1e6, allow_nan=False), st.sampled_from(CNY))
def test_noise_of_floats_is_gone(number, unit):
    clean = round(number, 2)
    noisy = clean + 1e-11
    assert abs(parse_amount(noisy, unit).value - parse_amount(clean, unit).value) <= (
        0 if unit != "亿元" else 1
    )


@given(st.text(max_size=25), st.sampled_from(CNY))
def test_no_text_breaks_it(text, unit):
    found = parse_amount(text, unit)
    assert found.value is None or isinstance(found.value, int)


@given(
    st.one_of(st.floats(), st.integers(-(10**20), 10**20), st.booleans(), st.none()),
    st.sampled_from(list(UNITS)),
)
def test_no_number_breaks_it(number, unit):
    found = parse_amount(number, unit)
    assert found.value is None or isinstance(found.value, int)


@pytest.mark.parametrize(
    ("written", "yuan", "code"),
    [
        ("7,446.08", 74_460_800, ""),
        ("１２１４７．９", 121_479_000, ""),
        (12147.899999999999, 121_479_000, ""),
        ("约11.6亿", 1_160_000_000, ""),
        ("2000余万元", 20_000_000, ""),
        ("两亿元", 200_000_000, ""),
        ("超过16亿", 1_600_000_000, ""),
        ("3亿5000万", 350_000_000, ""),
        ("一亿五千万元", 150_000_000, ""),
        ("2亿元以上", 200_000_000, ""),
        ("总投资3000万元", 30_000_000, ""),
        ("￥5000", 50_000_000, ""),
        ("5000元", 5000, ""),
        ("—", None, ""),
        ("无", None, ""),
        (0, 0, ""),
        ("0.00", 0, ""),
        ("一期1亿、二期5000万、三期5000万", 200_000_000, "amount_several"),
        (-500, -5_000_000, "amount_negative"),
        ("-500", -5_000_000, "amount_negative"),
        ("(500)", -5_000_000, "amount_negative"),
        (10_000_000, 100_000_000_000, "amount_too_large"),
        ("1e308", None, "amount_too_large"),
        (1e308, None, "amount_too_large"),
        (float("nan"), None, "amount_unreadable"),
        ("11,00", 11_000_000, "amount_odd_comma"),
        ("35%", None, "amount_unreadable"),
        ("1.2.3", None, "amount_unreadable"),
        ("尚未核定", None, "amount_unreadable"),
        ("300万欧元", None, "amount_currency"),
        (True, None, "amount_unreadable"),
        (["d", "2026-01-01"], None, "amount_is_date"),
        (["e", "#DIV/0!"], None, "cell_error"),
    ],
)
def test_examples(written, yuan, code):
    found = parse_amount(written, "万元")
    assert (found.value, found.code) == (yuan, code)


def test_dollars():
    assert (parse_amount("500万美元", "万元").value, parse_amount("500万美元", "万元").currency) == (
        5_000_000,
        "USD",
    )
    assert (parse_amount(12.5, "万美元").value, parse_amount(12.5, "万美元").currency) == (125_000, "USD")
