"""The working calendar against the published notices, and its own laws."""

from datetime import date, timedelta
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.calendar import DayKind, Roll, Skip, WorkCalendar
from policy.seeding import seed_rows


@lru_cache(maxsize=1)
def published() -> WorkCalendar:
    return WorkCalendar((day, kind, sure) for day, kind, sure, _source in seed_rows())


DAYS = st.dates(date(2019, 1, 1), date(2034, 12, 31))

REST_2026 = """01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05
10-06 10-07""".split()
MAKEUP_2026 = "01-04 02-14 02-28 05-09 09-20 10-10".split()


@pytest.mark.parametrize("text", REST_2026)
def test_weekdays_off_in_2026(text: str) -> None:
    day = date.fromisoformat(f"2026-{text}")
    assert published().kind(day) is DayKind.HOLIDAY and not published().is_provisional(day)


@pytest.mark.parametrize("text", MAKEUP_2026)
def test_make_up_days_of_2026(text: str) -> None:
    day = date.fromisoformat(f"2026-{text}")
    assert day.weekday() >= 5 and published().kind(day) is DayKind.MAKEUP and published().is_working(day)


def test_2026_has_248_working_days() -> None:
    assert published().between(date(2025, 12, 31), date(2026, 12, 31)) == 248


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        # design.md 9.2
        ("2026-01-26", 15, "2026-02-14"),
        ("2026-04-20", 15, "2026-05-13"),
        ("2026-09-24", 15, "2026-10-22"),
        # domain.md 4
        ("2026-02-06", 15, "2026-03-05"),
        ("2026-09-18", 15, "2026-10-15"),
        ("2026-09-30", 15, "2026-10-27"),
        ("2026-11-20", 15, "2026-12-11"),
        # Spring Festival: the last days before it, inside it, the make-up Saturdays on both sides
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-17", 1, "2026-02-24"),
        ("2026-02-23", 1, "2026-02-24"),
        ("2026-02-27", 1, "2026-02-28"),
        ("2026-02-28", 1, "2026-03-02"),
        ("2025-01-24", 1, "2025-01-26"),
        ("2025-01-27", 1, "2025-02-05"),
        ("2024-02-09", 1, "2024-02-18"),
        # National Day
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-03", 1, "2026-10-08"),
        ("2026-10-07", 3, "2026-10-10"),
        ("2026-10-09", 1, "2026-10-10"),
        ("2026-10-10", 1, "2026-10-12"),
        ("2025-09-30", 1, "2025-10-09"),
        # from Saturdays and Sundays: the anchor is not counted whether it is worked or not
        ("2026-03-07", 1, "2026-03-09"),
        ("2026-03-08", 5, "2026-03-13"),
        ("2026-05-09", 1, "2026-05-11"),
        ("2026-09-20", 4, "2026-09-24"),
        # ends of years
        ("2025-12-31", 1, "2026-01-04"),
        ("2025-12-31", 2, "2026-01-05"),
        ("2019-12-31", 1, "2020-01-02"),
        ("2024-12-31", 1, "2025-01-02"),
        # the epidemic's prolonged Spring Festival
        ("2020-01-23", 1, "2020-02-03"),
        # backwards, and nothing
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-10-04", -1, "2026-09-30"),
        ("2026-02-24", -1, "2026-02-14"),
        ("2026-01-04", -1, "2025-12-31"),
        ("2026-10-22", -15, "2026-09-24"),
        ("2026-10-03", 0, "2026-10-03"),
    ],
)
def test_n_working_days_from(start: str, n: int, due: str) -> None:
    assert published().add(date.fromisoformat(start), n) == date.fromisoformat(due)


def test_an_unannounced_year_is_a_guess_not_an_error() -> None:
    calendar = published()
    due = calendar.add(date(2026, 12, 14), 15)
    assert due == date(2027, 1, 5)
    assert calendar.is_provisional(due) and not calendar.is_provisional(date(2026, 12, 31))
    assert calendar.touches_provisional(date(2026, 12, 15), due)
    assert not calendar.touches_provisional(date(2026, 12, 15), date(2026, 12, 31))


@pytest.mark.parametrize("year", [2027, 2028, 2033, 2040, 2045, 2090])
def test_statutory_days_of_later_years_are_off(year: int) -> None:
    for month, day in [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]:
        assert not published().is_working(date(year, month, day))
        assert published().is_provisional(date(year, month, day))


@pytest.mark.parametrize(
    "text", ["2027-02-05", "2027-02-08", "2027-04-05", "2027-06-09", "2027-09-15", "2028-01-25"]
)
def test_lunar_holidays_of_later_years_are_off(text: str) -> None:
    assert not published().is_working(date.fromisoformat(text))


def test_a_statutory_day_on_a_weekend_is_made_up_for() -> None:
    # 2027-05-01 and 02 are Saturday and Sunday.
    assert [published().is_working(date(2027, 5, day)) for day in (3, 4, 5)] == [False, False, True]


def test_far_away_and_empty_calendars_still_answer() -> None:
    empty = WorkCalendar()
    assert empty.add(date(2026, 9, 30), 1) == date(2026, 10, 6)  # 3 October is a Saturday
    assert empty.is_provisional(date(2026, 3, 2)) and empty.known_until is None
    assert published().add(date(2026, 1, 1), 100_000) > date(2400, 1, 1)
    assert (
        published().add(date(9999, 12, 30), 5) == date.max and published().add(date(1, 1, 2), -5) == date.min
    )
    assert published().add(date(2060, 12, 30), 15) == date(2061, 1, 21)
    assert published().is_working(date(9999, 12, 31)) is True
    assert published().between(date(1, 1, 1), date(9999, 12, 31)) > 2_000_000


def test_between_counts_the_end_and_not_the_start() -> None:
    calendar = published()
    assert calendar.between(date(2026, 9, 30), date(2026, 10, 8)) == 1
    assert calendar.between(date(2026, 10, 8), date(2026, 10, 8)) == 0
    assert calendar.between(date(2026, 10, 8), date(2026, 9, 30)) == -1
    assert calendar.between(date(2026, 10, 1), date(2026, 10, 7)) == 0


@pytest.mark.parametrize(
    ("day", "how", "rolled"),
    [
        ("2026-09-25", Roll.NONE, "2026-09-25"),
        ("2026-09-25", Roll.NEXT, "2026-09-28"),
        ("2026-09-25", Roll.PREVIOUS, "2026-09-24"),
        ("2026-10-05", Roll.NEXT, "2026-10-08"),
        ("2026-04-05", Roll.NEXT, "2026-04-07"),
        ("2026-12-05", Roll.NEXT, "2026-12-07"),
        ("2026-12-05", Roll.PREVIOUS, "2026-12-04"),
        ("2026-10-10", Roll.NEXT, "2026-10-10"),
        ("2026-12-10", Roll.NEXT, "2026-12-10"),
    ],
)
def test_roll(day: str, how: Roll, rolled: str) -> None:
    assert published().roll(date.fromisoformat(day), how) == date.fromisoformat(rolled)


def test_what_the_explanation_tells() -> None:
    assert published().skipped(date(2026, 9, 24), date(2026, 10, 22)) == (
        Skip(date(2026, 9, 25), date(2026, 9, 27), DayKind.HOLIDAY),
        Skip(date(2026, 10, 1), date(2026, 10, 7), DayKind.HOLIDAY),
        Skip(date(2026, 10, 10), date(2026, 10, 10), DayKind.MAKEUP),
    )
    assert published().skipped(date(2026, 11, 20), date(2026, 12, 11)) == ()


def test_a_local_closure_does_not_count() -> None:
    rows = [(day, kind, sure) for day, kind, sure, _source in seed_rows()]
    closed = WorkCalendar(
        [*[row for row in rows if row[0] != date(2026, 12, 2)], (date(2026, 12, 2), DayKind.CLOSURE, True)]
    )
    assert closed.add(date(2026, 12, 1), 1) == date(2026, 12, 3)


@settings(max_examples=150, deadline=None)
@given(start=DAYS, n=st.integers(-400, 400))
def test_between_undoes_add(start: date, n: int) -> None:
    calendar = published()
    end = calendar.add(start, n)
    if n < 0 and not calendar.is_working(start):
        # (end, start] then lacks the working day that start is not.
        assert calendar.between(start, end) == n + 1
    else:
        assert calendar.between(start, end) == n
    assert n == 0 or calendar.is_working(end)


@settings(max_examples=100, deadline=None)
@given(one=DAYS, two=DAYS, three=DAYS)
def test_between_adds_up(one: date, two: date, three: date) -> None:
    calendar = published()
    assert calendar.between(one, two) + calendar.between(two, three) == calendar.between(one, three)


@settings(max_examples=50, deadline=None)
@given(start=DAYS, end=st.integers(0, 60))
def test_between_agrees_with_counting_by_hand(start: date, end: int) -> None:
    calendar = published()
    counted = sum(calendar.is_working(start + timedelta(days=shift)) for shift in range(1, end + 1))
    assert calendar.between(start, start + timedelta(days=end)) == counted


@pytest.mark.parametrize(
    ("on", "due_on", "left"),
    [
        ("2026-11-20", "2026-11-20", 0),
        ("2026-11-21", "2026-11-20", -1),  # Friday's limit on Saturday: overdue, not "due today"
        ("2026-11-20", "2026-11-22", 1),  # a Sunday is still ahead on Friday
        ("2026-11-21", "2026-11-21", 0),
        ("2026-09-30", "2026-10-08", 1),  # the holiday between does not count
        ("2026-11-24", "2026-11-20", -2),
    ],
)
def test_only_the_day_itself_is_due_today(on: str, due_on: str, left: int) -> None:
    assert published().left(date.fromisoformat(on), date.fromisoformat(due_on)) == left


@given(DAYS, DAYS)
def test_left_follows_between_and_is_never_none_of_another_day(on: date, due_on: date) -> None:
    calendar = published()
    left = calendar.left(on, due_on)
    assert (left == 0) == (on == due_on)
    assert calendar.left(due_on, on) == -left
