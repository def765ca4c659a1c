from dataclasses import replace
from datetime import date

import pytest

from policy.calendar import Roll
from policy.deadlines import Deadline, Pause, compute
from policy.periods import Period
from policy.regimes import get_regime
from policy.rules import DeadlineRule, Unit
from tests.unit.test_policy_calendar import published

ON = date(2026, 9, 1)


def hlj(key: str) -> DeadlineRule:
    return get_regime("heilongjiang").rule(key, ON)


def due(key: str, anchor: str, regime: str = "heilongjiang") -> Deadline:
    start = Period.parse(anchor) if len(anchor) < 10 else date.fromisoformat(anchor)
    return compute(get_regime(regime).rule(key, ON), anchor=start, calendar=published())


@pytest.mark.parametrize(
    ("key", "anchor", "nominal", "rolled"),
    [
        ("kickoff_meeting", "2026-01-26", "2026-02-14", "2026-02-14"),
        ("kickoff_meeting", "2026-09-24", "2026-10-22", "2026-10-22"),
        ("basic_filing", "2026-04-20", "2026-05-13", "2026-05-13"),
        ("ledger_county", "2026-01", "2026-01-25", "2026-01-26"),
        ("ledger_county", "2026-02", "2026-02-25", "2026-02-25"),
        ("ledger_county", "2026-04", "2026-04-25", "2026-04-27"),
        ("ledger_county", "2026-07", "2026-07-25", "2026-07-27"),
        ("ledger_county", "2026-09", "2026-09-25", "2026-09-28"),
        ("ledger_county", "2026-10", "2026-10-25", "2026-10-26"),
        ("ledger_city", "2026-03", "2026-04-05", "2026-04-07"),
        ("ledger_city", "2026-04", "2026-05-05", "2026-05-06"),
        ("ledger_city", "2026-06", "2026-07-05", "2026-07-06"),
        ("ledger_city", "2026-08", "2026-09-05", "2026-09-07"),
        ("ledger_city", "2026-09", "2026-10-05", "2026-10-08"),
        ("ledger_city", "2026-11", "2026-12-05", "2026-12-07"),
        ("basic_summary_city", "2026-09-24", "2026-10-05", "2026-10-08"),
        ("report_month", "2026-10", "2026-11-05", "2026-11-05"),
        ("report_quarter", "2026Q1", "2026-03-25", "2026-03-25"),
        ("report_quarter", "2026Q3", "2026-09-25", "2026-09-28"),
        ("report_quarter", "2026Q4", "2026-12-25", "2026-12-25"),
        ("report_year", "2026", "2026-12-10", "2026-12-10"),
        ("report_year", "2022", "2022-12-10", "2022-12-12"),
        ("inspection_city", "2026-02", "2026-02-28", "2026-02-28"),
        ("inspection_city", "2026-05", "2026-05-31", "2026-05-31"),
        ("inspection_province", "2026Q2", "2026-06-30", "2026-06-30"),
        ("symposium", "2026Q4", "2026-12-31", "2026-12-31"),
    ],
)
def test_heilongjiang_dates(key: str, anchor: str, nominal: str, rolled: str) -> None:
    found = due(key, anchor)
    assert (found.nominal_on.isoformat(), found.due_on.isoformat()) == (nominal, rolled)
    assert not found.provisional
    assert found.rule_id.startswith("HLJ-") and "暂行办法" in found.basis
    assert found.steps[-1].on == found.due_on and "24时前" in found.steps[-1].text


@pytest.mark.parametrize(
    ("roll", "expected"),
    [(Roll.NONE, "2026-09-25"), (Roll.NEXT, "2026-09-28"), (Roll.PREVIOUS, "2026-09-24")],
)
def test_third_quarter_2026_in_each_roll_setting(roll: Roll, expected: str) -> None:
    found = compute(
        replace(hlj("report_quarter"), roll=roll), anchor=Period.parse("2026Q3"), calendar=published()
    )
    assert found.due_on.isoformat() == expected
    assert found.nominal_on == date(2026, 9, 25)
    assert any("2026-09-25 周五为法定节假日放假" in step.text for step in found.steps)
    assert found.was_rolled is (roll is not Roll.NONE)


def test_the_year_is_due_before_it_ends_and_says_so() -> None:
    found = due("report_year", "2026")
    assert found.due_on < Period.parse("2026").last
    assert any("早于本期结束" in step.text for step in found.steps)


def test_a_year_not_yet_announced_is_provisional_and_says_so() -> None:
    found = due("kickoff_meeting", "2026-12-14")
    assert (found.due_on, found.provisional) == (date(2027, 1, 5), True)
    assert any("预估" in step.text for step in found.steps)
    assert due("ledger_city", "2026-12").provisional
    assert not due("kickoff_meeting", "2026-12-01").provisional
    # Nothing to guess: a plain calendar date that never rolls.
    assert not due("inspection_city", "2027-05").provisional


def test_the_steps_tell_holidays_and_make_up_days() -> None:
    first, counted, last = due("kickoff_meeting", "2026-09-24").steps
    assert first.text == "2026-09-24 周四签约（当日不计）" and first.on == date(2026, 9, 24)
    assert "2026-10-01 至 2026-10-07 放假不计" in counted.text
    assert "2026-10-10 周六上班计入" in counted.text
    assert last.label == "截止"


PERMIT = replace(hlj("kickoff_meeting"), offset=7, event="受理")


def paused(*pauses: Pause, rule: DeadlineRule = PERMIT, start: date = date(2026, 9, 24)) -> Deadline:
    return compute(rule, anchor=start, calendar=published(), pauses=pauses)


def test_a_pause_puts_the_date_off_by_its_working_days() -> None:
    assert paused().due_on == date(2026, 10, 12)
    found = paused(Pause(date(2026, 10, 9), date(2026, 10, 14), "一次性告知补正", "enterprise"))
    assert found.due_on == date(2026, 10, 16)
    told = next(step for step in found.steps if step.label == "暂停")
    assert "一次性告知补正，企业原因，2026-10-09 至 2026-10-13 暂停 4 个工作日" in told.text
    assert told.on == date(2026, 10, 16)


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        # after the due date, before the start, empty: no effect
        ([("2026-10-13", "2026-10-20")], "2026-10-12"),
        ([("2026-09-01", "2026-09-10")], "2026-10-12"),
        ([("2026-10-09", "2026-10-09")], "2026-10-12"),
        # only rest days
        ([("2026-10-01", "2026-10-08")], "2026-10-12"),
        # on the due date itself
        ([("2026-10-12", "2026-10-13")], "2026-10-13"),
        # begins before the start: counts from the day after it
        ([("2026-09-20", "2026-09-29")], "2026-10-13"),
        # overlapping and nested pauses don't count twice, whatever the order
        ([("2026-10-10", "2026-10-14"), ("2026-10-09", "2026-10-13")], "2026-10-16"),
        ([("2026-10-09", "2026-10-14"), ("2026-10-10", "2026-10-12")], "2026-10-16"),
        # the second begins only within the time won by the first
        ([("2026-10-09", "2026-10-14"), ("2026-10-15", "2026-10-16")], "2026-10-19"),
    ],
)
def test_pauses(pauses: list[tuple[str, str]], expected: str) -> None:
    found = paused(*(Pause(date.fromisoformat(one), date.fromisoformat(two)) for one, two in pauses))
    assert found.due_on.isoformat() == expected


def test_an_open_pause_is_told_and_does_not_guess() -> None:
    found = paused(Pause(date(2026, 10, 9), None, "等企业补图", "enterprise"))
    assert found.open_pause and found.due_on == date(2026, 10, 12)
    assert any("尚未恢复" in step.text for step in found.steps)


def test_a_pause_never_moves_a_fixed_date() -> None:
    found = compute(
        hlj("ledger_county"), anchor=Period.parse("2026-10"), calendar=published(),
        pauses=[Pause(date(2026, 10, 1), date(2026, 11, 1))],
    )  # fmt: skip
    assert found.due_on == date(2026, 10, 26)


def test_calendar_days_and_months() -> None:
    days = replace(PERMIT, unit=Unit.CALENDAR_DAYS, offset=15, roll=Roll.NEXT)
    assert paused(rule=days, start=date(2026, 9, 20)).due_on == date(2026, 10, 8)
    assert paused(rule=days, start=date(2026, 9, 20)).nominal_on == date(2026, 10, 5)
    late = paused(Pause(date(2026, 9, 22), date(2026, 9, 25)), rule=days, start=date(2026, 9, 20))
    assert late.nominal_on == date(2026, 10, 8)
    assert due("basic_filing", "2026-01-31", "guizhou").nominal_on == date(2026, 2, 28)
    assert due("basic_filing", "2026-09-05", "guizhou").due_on == date(2026, 10, 8)


def test_a_day_beyond_the_month_is_its_last() -> None:
    rule = replace(hlj("ledger_county"), day=31, roll=Roll.NONE)
    assert compute(rule, anchor=date(2026, 2, 3), calendar=published()).due_on == date(2026, 2, 28)
    before = replace(rule, day=20, months=-1)
    assert compute(before, anchor=Period.parse("2026-01"), calendar=published()).due_on == date(2025, 12, 20)


def test_stored_and_read_back() -> None:
    found = paused(Pause(date(2026, 10, 9), date(2026, 10, 14), "补正", "enterprise"))
    assert Deadline.from_json(found.to_json()) == found
