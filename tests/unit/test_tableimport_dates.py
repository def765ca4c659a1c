"""Dates as written: precision kept, nothing guessed, the impossible named."""

# ruff: noqa: E501  examples stay in one line

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.tableimport.dates import parse_date
from reporting.tableimport.values import ParsedValue

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
FORMS = ["{y}-{m:02}-{d:02}", "{y}/{m}/{d}", "{y}.{m}.{d}", "{y}年{m}月{d}日", "{y}年{m:02}月{d:02}日", "{y}{m:02}{d:02}", " {y} . {m} . {d} ",
         "{y}-{m:02}-{d:02} 00:00:00", "{y}年{m}月{d}号", "{y}.{m}.{d}日"]  # fmt: skip
FULL_WIDTH = str.maketrans("0123456789./-", "０１２３４５６７８９．／－")


@given(DAYS, st.sampled_from(FORMS), st.booleans())
def test_every_form_of_every_day(day, form, wide):
    text = form.format(y=day.year, m=day.month, d=day.day)
    result = parse_date(text.translate(FULL_WIDTH) if wide and ":" not in text else text)
    assert (result.value, result.precision, result.code) == (day.isoformat(), "day", "")


@given(
    st.integers(1990, 2100),
    st.integers(1, 12),
    st.sampled_from(["{y}年{m}月", "{y}-{m:02}", "{y}/{m}", "{y}年{m}月份", "{y}{m:02}", "{y}年{m}月底"]),
)
def test_every_month(year, month, form):
    result = parse_date(form.format(y=year, m=month))
    assert (result.value, result.precision, result.code) == (f"{year}-{month:02}", "month", "")


@given(st.dates(date(1983, 1, 1), date(2100, 12, 31)))
def test_serial_numbers(day):
    serial = (day - date(1899, 12, 30)).days
    result = parse_date(float(serial))
    if day.year >= 1990:
        assert (
            result.value
            == day.isoformat()
            == parse_date(serial + 0.75).value
            == parse_date(str(serial)).value
        )


@given(st.text(max_size=30))
def test_no_text_breaks_it_and_no_date_is_invented(text):
    result = parse_date(text)
    assert bool(result.value) == bool(result.precision)
    if result.value:
        assert any(character.isnumeric() for character in text)


@given(st.one_of(st.floats(), st.integers(), st.booleans(), st.none()))
def test_no_number_breaks_it(number):
    result = parse_date(number)
    assert result.value == "" or result.precision in ("day", "month", "year")


@given(st.integers(1990, 2100), st.integers(0, 99), st.integers(0, 99))
def test_impossible_days_are_told(year, month, day):
    result = parse_date(f"{year}.{month}.{day}")
    try:
        expected = date(year, month, day).isoformat()
    except ValueError:
        assert result.value == "" and result.code in ("date_bad_month", "date_bad_day")
    else:
        assert result.value == expected


@pytest.mark.parametrize(
    ("written", "value", "precision", "code"),
    [
        ("26.3.5", "2026-03-05", "day", ""),
        ("26年3月5日", "2026-03-05", "day", ""),
        ("二〇二六年三月五日", "2026-03-05", "day", ""),
        ("二○二六年十二月", "2026-12", "month", ""),
        ("2026年3月上旬", "2026-03", "month", ""),
        ("2026年", "2026", "year", ""),
        (2026.0, "2026", "year", ""),
        (2026.3, "2026-03", "month", ""),
        (2026.1, "2026-01", "month", "date_lost_zero"),
        ("2026.10", "2026-10", "month", ""),
        ("2026.3.5。", "2026-03-05", "day", ""),
        ("已于2026年3月5日开工", "2026-03-05", "day", ""),
        ("2026年3月5日（已办结）", "2026-03-05", "day", ""),
        ("2026.3.5（变更）", "2026-03-05", "day", "date_with_words"),
        ("预计2026年5月", "2026-05", "month", "date_planned"),
        ("2026年6月30日前", "2026-06-30", "day", "date_planned"),
        (["d", "2026-04-26"], "2026-04-26", "day", ""),
        (["m", "2026-04"], "2026-04", "month", ""),
        (["e", "#N/A"], "", "", "cell_error"),
        (["f", ""], "", "", "cell_formula"),
        ("#REF!", "", "", "cell_error"),
        ("200   年   月   日", "", "", ""),
        ("年  月  日", "", "", ""),
        ("2026年  月  日", "", "", ""),
        ("—", "", "", ""),
        ("未开工", "", "", ""),
        (0, "", "", ""),
        ("3月5日", "", "", "date_no_year"),
        ("5.27", "", "", "date_no_year"),
        ("2009-2011", "", "", "date_range"),
        ("2010-", "", "", "date_range"),
        ("09.10-11.3", "", "", "date_range"),
        ("2025年3月至2026年5月", "", "", "date_range"),
        ("2026.3.5、2026.4.1", "", "", "date_several"),
        ("2026.13.45", "", "", "date_bad_month"),
        ("2026/2/30", "", "", "date_bad_day"),
        ("1899-12-31", "", "", "date_out_of_range"),
        (["d", "1900-01-05"], "", "", "date_out_of_range"),
        ("已完成", "", "", "date_missing"),
        ("下半年", "", "", "date_unreadable"),
    ],
)
def test_examples(written, value, precision, code):
    result = parse_date(written)
    assert (result.value, result.precision, result.code) == (value, precision, code)


@given(DAYS)
def test_bounds_of_a_value(day):
    month = ParsedValue("", day.isoformat()[:7], "A1", "month")
    assert month.first_on <= day <= month.last_on
    assert (month.last_on + timedelta(days=1)).day == 1 and month.first_on.day == 1
    year = ParsedValue("", day.isoformat()[:4], "A1", "year")
    assert (year.first_on, year.last_on) == (date(day.year, 1, 1), date(day.year, 12, 31))
    assert ParsedValue("", day.isoformat(), "A1", "day").last_on == day
    assert ParsedValue("", None, "A1").first_on is None
