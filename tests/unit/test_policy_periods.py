from datetime import date

import pytest

from policy.periods import Period, PeriodKind


@pytest.mark.parametrize(
    ("text", "first", "last", "label"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31), "2026年10月"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028年2月"),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31), "2026年第一季度"),
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30), "2026年第三季度"),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31), "2026年第四季度"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026年"),
    ],
)
def test_text_bounds_and_label(text: str, first: date, last: date, label: str) -> None:
    period = Period.parse(text)
    assert (str(period), period.first, period.last, period.label) == (text, first, last, label)
    assert first in period and last in period
    assert period.next().previous() == period
    assert (period.next().first - last).days == 1


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "2026Q5", "2026Q0", "26-10", "2026年10月", "2026-10-01", "0000"]
)
def test_what_is_no_period_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="2026Q3"):
        Period.parse(text)


def test_years_join() -> None:
    assert str(Period.parse("2026-12").next()) == "2027-01"
    assert str(Period.parse("2026Q1").previous()) == "2025Q4"


def test_containing_and_months() -> None:
    assert str(Period.containing("quarter", date(2026, 9, 25))) == "2026Q3"
    assert [str(month) for month in Period.parse("2026Q3").months] == ["2026-07", "2026-08", "2026-09"]
    assert len(Period.parse("2026").months) == 12
    assert Period.parse("2026-10").months == (Period(2026, PeriodKind.MONTH, 10),)
    assert Period.parse("2026-09") < Period.parse("2026-10") < Period.parse("2027-01")
