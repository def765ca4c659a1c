"""Entering a holiday notice: preview first, then apply; the table serves SQL and Python alike."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command

from policy import services
from policy.calendar import DayKind, WorkCalendar
from policy.models import CalendarNotice, DayStatus, Workday
from policy.services import (
    AffectedDeadline,
    CalendarError,
    apply_notice,
    calendar_version,
    current_calendar,
    on_calendar_changed,
    preview_notice,
    seed_calendar,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TODAY = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"
# Made up for the test; the real notice is not out.
NOTICE: list[Any] = [
    *[(date(2027, 1, day), DayKind.HOLIDAY) for day in (1, 2, 3)],
    *[(date(2027, 2, day), DayKind.HOLIDAY) for day in range(5, 13)],
    (date(2027, 2, 14), DayKind.MAKEUP),
    (date(2027, 2, 20), "makeup"),
    *[(date(2027, 5, day), DayKind.HOLIDAY) for day in range(1, 6)],
]


@pytest.fixture
def hooks() -> Iterator[list[Any]]:
    kept, calls = list(on_calendar_changed), []

    def preview(calendar: WorkCalendar, on: date) -> list[AffectedDeadline]:
        calls.append(("preview", on))
        due = calendar.add(date(2027, 1, 29), 15)
        return [AffectedDeadline("专题推进会议", "克山县", date(2027, 2, 19), due)]

    on_calendar_changed[:] = []
    on_calendar_changed.register("试", preview=lambda calendar, on: [], apply=lambda calendar, at: 0)
    on_calendar_changed.register(
        "试", preview=preview, apply=lambda calendar, at: calls.append(("apply", at)) or 1
    )
    yield calls
    on_calendar_changed[:] = kept


def test_the_table_is_filled_and_numbered() -> None:
    calendar = current_calendar()
    rows = list(Workday.objects.values_list("day", "is_working", "seq", "kind", "status"))
    assert (rows[0][0], rows[-1][0]) == (date(2019, 1, 1), date(2028, 12, 31))
    expected = 0
    for day, works, seq, kind, status in rows:
        expected += works
        assert seq == expected and works == DayKind(kind).is_working
        assert calendar.kind(day) == kind
        assert (status == DayStatus.CONFIRMED) == (day.year <= 2026)


@pytest.mark.parametrize("start", ["2026-01-26", "2026-09-24", "2026-10-03", "2026-02-14", "2026-12-14"])
def test_sql_and_python_find_the_same_day(start: str) -> None:
    day = date.fromisoformat(start)
    assert Workday.objects.due_after(day, 15).get().day == current_calendar().add(day, 15)


def test_seeding_twice_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = calendar_version()
    call_command("seed_calendar")
    assert seed_calendar(AT) == 0 and calendar_version() == before
    assert capsys.readouterr().out


def test_preview_tells_and_writes_nothing(hooks: list[Any]) -> None:
    before = calendar_version()
    found = preview_notice(NOTICE, TODAY)
    changed = {change.day: (change.before, change.after) for change in found.changes}
    assert changed[date(2027, 2, 14)] == (DayKind.WEEKEND, DayKind.MAKEUP)
    assert changed[date(2027, 2, 11)] == (DayKind.NORMAL, DayKind.HOLIDAY)
    # Guessed days off that the notice doesn't name are worked.
    assert changed[date(2027, 10, 1)] == (DayKind.HOLIDAY, DayKind.NORMAL)
    assert date(2027, 1, 1) not in changed
    assert found.confirmed_days == 365 and found.year == 2027
    assert found.affected_count == 1 and found.affected["试"][0].new_due_on == date(2027, 2, 25)
    assert hooks == [("preview", TODAY)]
    assert calendar_version() == before
    assert Workday.objects.get(day=date(2027, 2, 14)).kind == DayKind.WEEKEND


def test_apply_confirms_the_year_and_numbers_again(hooks: list[Any]) -> None:
    old = current_calendar()
    apply_notice(NOTICE, SOURCE, AT, by_name="魏秀芬")
    calendar = current_calendar()
    assert calendar is not old
    assert calendar.is_working(date(2027, 2, 14)) and not calendar.is_provisional(date(2027, 7, 1))
    assert calendar.is_provisional(date(2028, 3, 1))
    assert hooks == [("apply", AT)]
    for start in (date(2026, 12, 14), date(2027, 2, 3), date(2028, 1, 5)):
        assert Workday.objects.due_after(start, 15).get().day == calendar.add(start, 15)
    row = Workday.objects.get(day=date(2027, 2, 14))
    assert (row.source, row.status) == (SOURCE, DayStatus.CONFIRMED)
    assert Workday.objects.get(day=date(2026, 10, 10)).source != SOURCE
    notice = CalendarNotice.objects.first()
    assert notice and notice.year == 2027 and notice.applied_by == "魏秀芬"
    assert {"day": "2027-02-14", "before": "weekend", "after": "makeup"} in notice.changes


def test_seeding_never_overwrites_the_office() -> None:
    apply_notice([(date(2026, 12, 2), DayKind.CLOSURE)], "县政府公告", AT)
    assert seed_calendar(AT) == 0
    row = Workday.objects.get(day=date(2026, 12, 2))
    assert (row.kind, row.source, row.is_working) == ("closure", "县政府公告", False)
    # Everything else of a confirmed year stands.
    assert Workday.objects.get(day=date(2026, 10, 1)).kind == DayKind.HOLIDAY


def test_a_correction_moves_only_its_days() -> None:
    apply_notice(NOTICE, SOURCE, AT)
    found = apply_notice([(date(2027, 2, 14), DayKind.WEEKEND)], "更正", AT)
    assert [change.day for change in found.changes] == [date(2027, 2, 14)]
    assert Workday.objects.get(day=date(2027, 2, 20)).source == SOURCE


def test_the_next_year_can_be_added_and_no_hole_left() -> None:
    apply_notice([(date(2029, 1, 1), DayKind.HOLIDAY)], "2029年通知", AT)
    assert Workday.objects.count() == (date(2029, 12, 31) - date(2019, 1, 1)).days + 1
    with pytest.raises(CalendarError) as refused:
        apply_notice([(date(2031, 1, 1), DayKind.HOLIDAY)], "2031年通知", AT)
    assert refused.value.code == "year_not_adjacent"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "notice_empty"),
        ([(date(2027, 1, 1), "holiday"), (date(2028, 1, 1), "holiday")], "several_years"),
        ([(date(2027, 1, 1), "holiday"), (date(2027, 1, 1), "closure")], "day_twice"),
        ([(date(2027, 1, 4), "makeup")], "kind_impossible"),
        ([(date(2027, 1, 4), "weekend")], "kind_impossible"),
        ([(date(2027, 1, 2), "normal")], "kind_impossible"),
        ([(date(2027, 1, 2), "picnic")], "kind_unknown"),
    ],
)
def test_a_wrong_notice_is_refused_with_its_reason(rows: list[Any], code: str) -> None:
    before = calendar_version()
    with pytest.raises(CalendarError) as refused:
        apply_notice(rows, SOURCE, AT)
    assert refused.value.code == code and refused.value.message
    assert calendar_version() == before


def test_a_notice_needs_its_source() -> None:
    with pytest.raises(CalendarError) as refused:
        apply_notice(NOTICE, "  ", AT)
    assert refused.value.code == "source_missing"


def test_a_failing_hook_undoes_all(hooks: list[Any]) -> None:
    def fail(calendar: WorkCalendar, at: datetime) -> int:
        raise RuntimeError

    on_calendar_changed.register("坏", preview=lambda calendar, on: [], apply=fail)
    before = calendar_version()
    with pytest.raises(RuntimeError):
        apply_notice(NOTICE, SOURCE, AT)
    assert calendar_version() == before
    assert current_calendar().is_provisional(date(2027, 2, 14))


def test_the_calendar_is_kept_between_calls(django_assert_num_queries: Any) -> None:
    held = current_calendar()
    with django_assert_num_queries(1):
        assert current_calendar() is held


def test_without_any_rows_everything_is_a_guess() -> None:
    Workday.objects.all().delete()
    CalendarNotice.objects.all().delete()
    assert services.current_calendar().is_provisional(TODAY)
    assert seed_calendar(AT) == 3653
    assert not current_calendar().is_provisional(TODAY)
