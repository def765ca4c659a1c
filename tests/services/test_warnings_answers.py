"""Answers to warnings: awaited by a day, held to the promised day, gone up a tier where none comes.

Autumn 2026: 10 October (Saturday) is worked, 1 to 7 October are off; the days below are counted by hand.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, InboxItem
from projects.models import Milestone, MilestoneCode
from supervision.warnings import answers, queries, services
from supervision.warnings.models import Warning
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PERMIT = MilestoneCode.CONSTRUCTION_PERMIT
START = MilestoneCode.CONSTRUCTION_START
FIELDS = (
    "subject_key", "level", "due_on", "opened_on", "level_since", "tier", "cleared_on", "answer_by_on",
    "unanswered_on", "up_on", "next_up_on", "lapsed_on",
)  # fmt: skip


def scan(text: str) -> dict[str, int]:
    return services.scan(at(f"{text} 09:00"))


def only() -> Warning:
    return Warning.objects.get(cleared_on=None)


def answer(day: date | None, by: Any, on: str, text: str = "住建局核发许可") -> Warning:
    return answers.acknowledge(warning=only(), plan_text=text, promised_on=day, by=by, at=at(f"{on} 10:00"))


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def late(people: dict[str, Any]) -> Warning:
    """Due on Friday 16 October, yellow since the 17th."""
    build.project(planned={PERMIT: date(2026, 10, 16)})
    scan("2026-10-20")
    return only()


def test_silence_goes_up_after_the_regimes_days(late: Warning, people: dict[str, Any]) -> None:
    assert late.answer_by_on == date(2026, 10, 23)  # 19, 20, 21, 22, 23 October
    assert scan("2026-10-23") == {}
    assert scan("2026-10-25") == {}  # a Sunday: nobody is at work to be told
    assert scan("2026-10-26") == {"gone_up": 1}
    row = only()
    assert (row.level, row.tier, row.unanswered_on, row.up_on) == (
        "amber", 2, date(2026, 10, 26), date(2026, 10, 26),
    )  # fmt: skip
    item = InboxItem.objects.get(user=people["city"], kind="warning")
    assert "无人回应" in item.text or "未回应" in item.text
    assert scan("2026-10-26") == {}
    # Ten working days later: 27, 28, 29, 30 October, 2, 3, 4, 5, 6, 9 November.
    assert scan("2026-11-06")["changed"] == 1  # red by now
    assert only().tier == 2
    assert scan("2026-11-09") == {"gone_up": 1}
    assert only().tier == 1
    assert InboxItem.objects.filter(user=people["province"], kind="warning").count() == 1
    assert scan("2027-01-20") == {}  # nobody above the province
    assert AuditRecord.objects.filter(action="warning_gone_up").count() == 2


def test_an_answer_stops_it_and_lapses_when_its_day_passes(late: Warning, people: dict[str, Any]) -> None:
    row = answer(date(2026, 10, 30), people["county"], "2026-10-20")
    assert (row.answer_by_on, row.promised_on, row.next_up_on) == (
        None, date(2026, 10, 30), date(2026, 11, 2),
    )  # fmt: skip
    assert scan("2026-10-30") == {}
    assert only().is_answered
    assert scan("2026-11-02") == {
        "changed": 1,
        "lapsed": 1,
    }  # red on the same day, and late enough for the city
    row = only()
    assert (row.lapsed_on, row.answer_by_on, row.unanswered_on) == (
        date(2026, 11, 2), date(2026, 11, 4), None,
    )  # fmt: skip
    assert not row.is_answered
    assert scan("2026-11-05") == {}  # the tier above knows already, for being so late
    assert only().unanswered_on == date(2026, 11, 5)
    answer(date(2026, 11, 20), people["county"], "2026-11-06", "另行约谈")
    row = only()
    assert (row.lapsed_on, row.unanswered_on, row.is_answered) == (None, None, True)
    assert scan("2026-11-20") == {}


def test_the_fact_within_the_promise_clears_and_nothing_lapses(late: Warning, people: dict[str, Any]) -> None:
    answer(date(2026, 10, 30), people["county"], "2026-10-20")
    Milestone.objects.filter(code=PERMIT).update(actual_on=date(2026, 10, 29), is_open=False)
    assert scan("2026-11-20") == {"cleared": 1}
    assert not AuditRecord.objects.filter(action="warning_lapsed").exists()


@pytest.mark.parametrize(
    ("day", "field"),
    [(None, "promised_on"), (date(2026, 10, 19), "promised_on"), (date(2027, 2, 1), "promised_on")],
)
def test_a_promise_needs_a_day_that_is_neither_past_nor_far(
    late: Warning, people: dict[str, Any], day: date | None, field: str
) -> None:
    before = AuditRecord.objects.count()
    with pytest.raises(DomainError) as refusal:
        answer(day, people["county"], "2026-10-20")
    assert refusal.value.field == field
    assert only().acknowledged_at is None
    assert AuditRecord.objects.count() == before


def test_two_who_answer_at_once(late: Warning, people: dict[str, Any]) -> None:
    stale = only()
    answer(date(2026, 10, 30), people["county"], "2026-10-20")
    with pytest.raises(StaleState):
        answers.acknowledge(
            warning=stale, plan_text="另一个", promised_on=date(2026, 10, 30), by=people["city"],
            at=at("2026-10-20 10:05"),
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        answer(date(2026, 10, 30), people["neighbour"], "2026-10-20")


def test_a_run_after_nine_days_equals_daily_runs(people: dict[str, Any]) -> None:
    """Beat and worker stood over the due dates: everything once, with its right days."""
    for n in range(6):
        build.project(f"项目{n}", planned={PERMIT: date(2026, 10, 9) + timedelta(days=2 * n)})
    build.project("双", planned={PERMIT: date(2026, 10, 15), START: date(2026, 10, 20)})
    days = [date(2026, 10, 12) + timedelta(days=n) for n in range(23)]
    for day in days:
        scan(day.isoformat())
    daily = set(Warning.objects.values_list(*FIELDS))
    told = set(InboxItem.objects.filter(kind="warning", user=people["city"]).values_list("title", flat=True))
    assert told
    InboxItem.objects.all().delete()
    Warning.objects.all().delete()
    scan(days[0].isoformat())
    scan(days[9].isoformat())
    scan(days[-1].isoformat())
    assert set(Warning.objects.values_list(*FIELDS)) == daily
    Warning.objects.all().delete()
    scan(days[-1].isoformat())
    assert set(Warning.objects.values_list(*FIELDS)) == daily


def test_a_lapse_found_late_has_its_right_days(late: Warning, people: dict[str, Any]) -> None:
    answer(date(2026, 10, 22), people["county"], "2026-10-20")
    for day in ("2026-10-23", "2026-10-30", "2026-11-02", "2026-11-20"):
        scan(day)
    daily = Warning.objects.values_list(*FIELDS).get()
    Warning.objects.all().delete()
    scan("2026-10-20")
    answer(date(2026, 10, 22), people["county"], "2026-10-20")
    scan("2026-11-20")
    assert Warning.objects.values_list(*FIELDS).get() == daily
    assert only().lapsed_on == date(2026, 10, 23)


def test_a_moved_day_starts_the_waiting_anew(late: Warning, people: dict[str, Any]) -> None:
    scan("2026-10-26")
    assert only().up_on
    Milestone.objects.filter(code=PERMIT).update(planned_on=date(2026, 10, 28))
    assert scan("2026-10-27") == {"changed": 1}
    row = only()
    assert (row.level, row.tier, row.up_on, row.unanswered_on, row.next_up_on) == (
        "blue", 3, None, None, None,
    )  # fmt: skip
    InboxItem.objects.all().delete()
    scan("2026-10-29")
    assert only().answer_by_on == date(2026, 11, 5)  # 30 October, 2, 3, 4, 5 November
    assert scan("2026-11-06") == {"gone_up": 1}
    assert InboxItem.objects.filter(user=people["city"], kind="warning").count() == 1


def test_figures_and_filters_count_the_same_rows(late: Warning, people: dict[str, Any]) -> None:
    build.project("肇州项目", "230621", planned={PERMIT: date(2026, 10, 28)})
    scan("2026-10-26")
    counts = queries.counts(queries.listed(people["city"]), people["city"])
    assert (counts["all"], counts["up"], counts["silent"], counts["unanswered"], counts["mine"]) == (
        2,
        1,
        1,
        2,
        0,
    )
    counts = queries.counts(queries.listed(people["county"]), people["county"])
    assert (counts["all"], counts["mine"]) == (1, 1)
