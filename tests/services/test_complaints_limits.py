"""Limits of a complaint: working days step by step, pressing, upwards, once more."""

from dataclasses import replace
from datetime import date

import pytest

from accounts.errors import DomainError
from accounts.models import AuditRecord
from accounts.permissions import Role
from policy.regimes import get_regime
from supervision.complaints import (
    handling,
    limits,
    running,
)
from supervision.complaints.models import (
    Complaint,
    ComplaintWord,
)
from supervision.complaints.states import State
from supervision.matters.models import Matter
from tests import build
from tests.complaints_help import (
    AT,
    CONTEST,
    MARK,
    NAME,
    PHONE,
    REPLY,
    SAME,
    SUMMARY,
    TEXT,
    answered,
    cast,
    department,
    finish,
    given,
    take,
)

pytestmark = pytest.mark.django_db
people = pytest.fixture(cast)


def test_limits_run_step_by_step(people):
    row = take().complaint
    moved = handling.accept(complaint=row, by=people["city"], at=build.at("2026-10-26 09:00"))
    assert moved.due_on == date(2026, 10, 29)
    moved = handling.assign(
        complaint=row, summary=SUMMARY, by=people["city"], at=build.at("2026-10-29 09:00")
    )
    assert moved.due_on == date(2026, 11, 19)
    moved = finish(
        complaint=row, outcome="true", finding="已办", by=people["city"], at=build.at("2026-11-19 09:00")
    )
    assert moved.due_on == date(2026, 11, 26)
    moved = handling.reply(complaint=row, text=REPLY, by=people["city"], at=build.at("2026-11-20 09:00"))
    assert moved.due_on is None
    assert [line.done_on is not None for line in limits.course(moved)] == [True] * 4
    assert all(limit.deadline["rule"] == "HLJ-22-complaint" for limit in row.limits.all())


def test_contested_once_with_new_limits(people):
    row = answered(people, take().complaint)
    moved = handling.contest(complaint=row, text=CONTEST, at=AT)
    assert (moved.state, moved.round, moved.handler) == (State.ACCEPTED, 2, None)
    assert ComplaintWord.objects.get().text == CONTEST
    handling.assign(complaint=row, summary=SUMMARY, same_why=SAME, by=people["city"], at=AT)
    finish(complaint=row, outcome="true", finding="已办", by=people["city"], at=AT)
    handling.reply(complaint=row, text=REPLY, by=people["city"], at=AT)
    with pytest.raises(DomainError) as again:
        handling.contest(complaint=row, text=CONTEST, at=AT)
    assert again.value.code == "contested_already"
    closed = handling.close(complaint=row, satisfied=False, at=AT)
    assert closed.state == State.CLOSED
    assert closed.escalated_at is not None  # not satisfied twice: discipline inspection hears of it
    assert list(Complaint.objects.visible_to(people["discipline"])) == [row]


def test_overdue_is_pressed_once_and_then_handed_up(people):
    row = take().complaint  # due Monday 26 October
    assert running.press_overdue(build.at("2026-10-26 23:00")) == (0, 0)
    assert running.press_overdue(build.at("2026-10-27 07:00")) == (1, 0)
    assert running.press_overdue(build.at("2026-10-28 07:00")) == (0, 0)
    assert running.press_overdue(build.at("2026-11-02 07:00")) == (0, 1)  # five working days late
    assert running.press_overdue(build.at("2026-11-03 07:00")) == (0, 0)
    row.refresh_from_db()
    rule = get_regime().rule("complaint_warning", date(2026, 10, 23))
    assert rule.up_tier_days == 5
    assert (row.pressed, row.escalated_why) == (1, f"逾期 5 个工作日未办（{rule.basis.text}）")
    assert AuditRecord.objects.get(action="complaint_escalated").rule_id == rule.id
    noted = handling.note_discipline(complaint=row, text="已约谈", by=people["discipline"], at=AT)
    assert noted.discipline_note == "已约谈"


def test_the_regime_says_how_long_silence_is_waited_for_and_when_it_goes_up(people, monkeypatch):
    """Another regime, other days: nothing of it stands in the code."""
    first, last = take().complaint, answered(people, take(text=f"{TEXT}另一件事。").complaint)
    regime = get_regime()
    changed = {
        "complaint_silence": replace(regime.rule("complaint_silence", AT.date()), offset=3),
        "complaint_warning": replace(regime.rule("complaint_warning", AT.date()), up_tier_days=None),
    }
    rules = tuple(changed.get(rule.key, rule) for rule in regime.rules)
    monkeypatch.setattr(limits, "get_regime", lambda _code: replace(regime, rules=rules))
    assert running.press_overdue(build.at("2026-12-30 07:00"))[1] == 0
    assert running.close_silent(build.at("2026-10-26 08:00")) == 0
    assert running.close_silent(build.at("2026-10-27 08:00")) == 1
    first.refresh_from_db()
    last.refresh_from_db()
    assert (first.escalated_at, last.state) == (None, State.CLOSED)


def test_a_handling_let_lie_climbs_the_ladder_without_a_word_of_it_and_leaves_it_by_the_fact(people):
    row = take().complaint
    handler = department("water", "230600")
    given(people, row, handler=None)
    handling.assign(complaint=row, handler=handler, summary=SUMMARY, by=people["city"], at=AT)
    running.press_overdue(build.at("2026-11-13 23:00"))  # 15 working days from Friday 23 October end today
    assert not Matter.objects.exists()
    running.press_overdue(build.at("2026-11-16 07:00"))
    running.press_overdue(build.at("2026-11-17 07:00"))
    matter = Matter.objects.get()
    assert (matter.source, matter.source_id, matter.department) == ("complaint", row.pk, handler)
    for secret in (NAME, PHONE, MARK, SUMMARY, row.number):
        assert secret not in f"{matter.title}{matter.demand}{matter.basis}"
    row.refresh_from_db()
    person = build.user("t-city-water", Role.SERVICE_SPECIALIST, "230600", department="water")
    finish(complaint=row, outcome="true", finding="已补办", by=person, at=build.at("2026-11-18 09:00"))
    matter.refresh_from_db()
    assert (matter.state, matter.next_step_on) == ("closed", None)


def test_a_handler_beside_the_unit_is_pressed_off_the_ladder(people):
    given(people, take().complaint)
    running.press_overdue(build.at("2026-11-16 07:00"))
    assert not Matter.objects.exists()
