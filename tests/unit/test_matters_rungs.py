"""The days of the ladder, by hand-counted working days of 2026 (National Day 1–7 October, 10 October worked)."""

from datetime import date
from typing import Any

import pytest

from policy.regimes import get_regime
from supervision.matters.rungs import Rung, course, next_rung, next_rung_on, rungs_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

HLJ = (Rung("press", "催办", 1), Rung("supervise", "督办", 5), Rung("circulate", "通报", 15))


def calendar() -> Any:
    from policy.services import current_calendar

    return current_calendar()


def days(due_on: date, rungs: tuple[Rung, ...] = HLJ) -> list[date]:
    return [day for _rung, day in course(due_on, rungs, calendar())]


def test_over_the_national_day_of_2026() -> None:
    # Monday 28 September: pressed Tuesday 29th. Five working days on: 30 September, 8, 9, 10 (Saturday, worked) and
    # 12 October. Fifteen on: 13–16 (4), 19–23 (9), 26–30 (14), Monday 2 November.
    assert days(date(2026, 9, 28)) == [date(2026, 9, 29), date(2026, 10, 12), date(2026, 11, 2)]


def test_a_last_day_in_the_holiday_is_pressed_after_it() -> None:
    # 3 October is off; the first working day after it is Thursday 8 October. Then 9, 10, 12, 13, 14 October.
    assert days(date(2026, 10, 3))[:2] == [date(2026, 10, 8), date(2026, 10, 14)]


def test_over_the_end_of_the_year() -> None:
    # Thursday 24 December: pressed Friday 25th. 28, 29, 30, 31 December, then Monday 4 January (1 January is off,
    # 2 and 3 a weekend). Fifteen on: 5–8 (4), 11–15 (9), 18–22 (14), Monday 25 January.
    assert days(date(2026, 12, 24)) == [date(2026, 12, 25), date(2027, 1, 4), date(2027, 1, 25)]


def test_guizhou_gives_ten_days_to_answer_and_climbs_after_ten() -> None:
    rule = get_regime("guizhou").rule("ladder", date(2026, 9, 1))
    rungs = rungs_of(rule)
    assert [one.code for one in rungs] == ["press", "supervise", "circulate"]
    assert rule["per"] == "quarter"
    # 29 September; ten on: 30 (1), 8, 9, 10 (4), 12–16 (9), Monday 19 October.
    assert days(date(2026, 9, 28), rungs)[:2] == [date(2026, 9, 29), date(2026, 10, 19)]


def test_a_matter_returned_with_a_new_day_climbs_on_from_that_day_and_never_before() -> None:
    found = next_rung_on("press", date(2026, 9, 29), date(2026, 10, 20), HLJ, calendar())
    # From Tuesday 20 October: 21, 22, 23, 26, 27 October.
    assert found == date(2026, 10, 27)


def test_on_top_nothing_follows() -> None:
    assert next_rung("circulate", HLJ) is None
    assert next_rung_on("circulate", date(2026, 11, 2), date(2026, 9, 28), HLJ, calendar()) is None


def test_unknown_rungs_of_a_rule_are_left_out_and_the_order_is_that_of_the_ladder() -> None:
    steps = [
        {"code": "circulate", "name": "通报", "after_days": 15},
        {"code": "sing", "name": "歌", "after_days": 1},
        {"code": "press", "name": "催办", "after_days": 1, "answer_days": 5},
    ]
    rule: Any = type("R", (), {"__getitem__": lambda self, name: steps})()
    assert [one.code for one in rungs_of(rule)] == ["press", "circulate"]
