"""The date bounds of a day must say the same as counting working days for each due date."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.lights import Light, LightThresholds, days_text, light_for
from policy.regimes import get_regime
from tests.unit.test_policy_calendar import published

RULE = get_regime("heilongjiang").rule("milestone_light", date(2026, 1, 1))


def on(day: date, rule=RULE) -> LightThresholds:
    return LightThresholds.on(day, rule, published())


def test_bounds_around_national_day() -> None:
    bounds = on(date(2026, 9, 29))
    # 30 Sep, 8, 9, 10 (make-up Saturday) and 12 Oct are the five working days left.
    assert bounds.blue_until == date(2026, 10, 12)
    assert light_for(date(2026, 10, 12), bounds) is Light.BLUE
    assert light_for(date(2026, 10, 13), bounds) is Light.NONE
    assert light_for(date(2026, 9, 29), bounds) is Light.BLUE
    assert light_for(date(2026, 9, 28), bounds) is Light.AMBER


@pytest.mark.parametrize(
    ("due", "light"),
    [
        ("2026-11-06", Light.AMBER),
        ("2026-11-05", Light.RED),
        ("2026-11-20", Light.BLUE),
        ("2026-11-19", Light.AMBER),
    ],
)
def test_ten_working_days_are_amber_and_one_more_red(due: str, light: Light) -> None:
    assert light_for(date.fromisoformat(due), on(date(2026, 11, 20))) is light


def test_states_before_dates() -> None:
    bounds = on(date(2026, 11, 20))
    long_ago = date(2026, 1, 5)
    assert light_for(long_ago, bounds, done=True, paused=True) is Light.DONE
    assert light_for(long_ago, bounds, paused=True) is Light.GREY
    assert light_for(None, bounds) is Light.NONE


def test_two_late_nodes_are_red() -> None:
    bounds = on(date(2026, 11, 20))
    late, not_late = date(2026, 11, 19), date(2026, 11, 20)
    assert light_for(late, bounds, second_due_on=late) is Light.RED
    assert light_for(late, bounds, second_due_on=not_late) is Light.AMBER
    single = on(date(2026, 11, 20), replace(RULE, red_late_nodes=0))
    assert light_for(late, single, second_due_on=late) is Light.AMBER


def test_a_rule_without_blue() -> None:
    bounds = on(date(2026, 11, 20), replace(RULE, lead_days=None, up_tier_days=None))
    assert light_for(date(2026, 11, 20), bounds) is Light.NONE
    assert bounds.up_tier_before is None


def test_overdue_on_a_rest_day_is_amber_at_once() -> None:
    # Due on Friday, looked at on Saturday: late, though no working day has passed.
    assert light_for(date(2026, 11, 20), on(date(2026, 11, 21), replace(RULE, amber_days=0))) is Light.AMBER
    assert light_for(date(2026, 11, 20), on(date(2026, 11, 23), replace(RULE, amber_days=0))) is Light.RED


@settings(max_examples=200, deadline=None)
@given(
    today=st.dates(date(2025, 6, 1), date(2027, 12, 31)),
    shift=st.integers(-40, 40),
    lead=st.integers(0, 12),
    amber=st.integers(0, 15),
)
def test_dates_agree_with_counting(today: date, shift: int, lead: int, amber: int) -> None:
    calendar, due = published(), today + timedelta(days=shift)
    bounds = LightThresholds.on(today, replace(RULE, lead_days=lead, amber_days=amber), calendar)
    if due >= today:
        expected = Light.BLUE if calendar.between(today, due) <= lead else Light.NONE
    else:
        expected = Light.RED if calendar.between(due, today) > amber else Light.AMBER
    assert light_for(due, bounds) is expected


def test_words() -> None:
    calendar = published()
    assert days_text(date(2026, 11, 20), date(2026, 11, 20), calendar)
    assert "5" in days_text(date(2026, 11, 13), date(2026, 11, 20), calendar)
    assert Light.RED.weight > Light.AMBER.weight > Light.BLUE.weight
