"""Who handles a complaint: named anew, ended, without people, pressed twice at once. Neither stops the daily run."""

import pytest

from accounts import leaving
from accounts.errors import DomainError, StaleState
from accounts.models import Department, InboxItem
from supervision.complaints import handling, pressing, running
from supervision.complaints.models import Complaint
from supervision.matters.models import Matter
from tests import build
from tests.complaints_help import (
    AT,
    CONTEST,
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

OVERDUE = build.at("2026-11-16 07:00")  # 15 working days from Friday 23 October ended on the 13th
pytestmark = pytest.mark.django_db
people = pytest.fixture(cast)


def at_the_city(people, code="water", **changes):
    row = take(**changes).complaint
    given(people, row, handler=None)
    return handling.assign(
        complaint=row, handler=department(code, "230600"), summary=SUMMARY, by=people["city"], at=AT
    )


def test_an_ended_handler_stops_nobody_else(people):
    ended, sound = at_the_city(people, "market_regulation"), at_the_city(people, text=f"{TEXT}另一件事。")
    Department.objects.filter(pk=ended.handler_id).update(valid_to=AT.date())
    assert running.press_overdue(OVERDUE)[0] == 2
    assert Matter.objects.get().source_id == sound.pk
    assert list(Complaint.objects.values_list("pressed", flat=True)) == [1, 1]


def test_one_that_is_refused_is_left_out_and_the_others_go_on(people, monkeypatch, caplog):
    refused, sound = at_the_city(people), at_the_city(people, text=f"{TEXT}另一件事。")
    press = pressing.press_handler

    def refuse(complaint, at):
        if complaint.pk == refused.pk:
            raise DomainError("office_ended", "ended")
        return press(complaint, at)

    monkeypatch.setattr(pressing, "press_handler", refuse)
    assert running.press_overdue(OVERDUE)[0] == 1
    assert Matter.objects.get().source_id == sound.pk
    refused.refresh_from_db()
    assert refused.pressed == 0
    assert f"complaint {refused.pk} left out of the daily run: office_ended" in caplog.text


def test_named_again_it_stays_pressed_and_another_one_settles_it(people):
    row = at_the_city(people)
    running.press_overdue(OVERDUE)
    row.refresh_from_db()
    handling.assign(
        complaint=row, handler=row.handler, summary=f"{SUMMARY}补充一句。", by=people["city"], at=OVERDUE
    )
    assert Matter.objects.open().get().source_id == row.pk
    handling.assign(
        complaint=row, handler=department("market_regulation", "230600"), summary=SUMMARY, by=people["city"], at=OVERDUE,
    )  # fmt: skip
    assert not Matter.objects.open().exists()
    assert "已改由其他单位办理" in Matter.objects.get().entries.values_list("text", flat=True)


def test_a_department_with_complaints_to_handle_is_not_abolished(people):
    row = at_the_city(people)
    with pytest.raises(DomainError) as refused:
        leaving.refuse_open_department(row.handler)
    assert f"{row.number}，由大庆市营商环境建设监督局改派" in str(refused.value.message)
    handling.assign(complaint=row, handler=None, summary=SUMMARY, by=people["city"], at=AT)
    leaving.refuse_open_department(department("water", "230600"))


def test_two_presses_at_once_count_once(people):
    row = at_the_city(people)
    same = Complaint.objects.get(pk=row.pk)
    handling.press(complaint=row, by=people["city"], at=OVERDUE)
    with pytest.raises(StaleState):
        handling.press(complaint=same, by=people["city"], at=OVERDUE)
    assert row.events.filter(action="complaint_pressed").count() == row.pressed == 1


def test_a_handler_without_people_is_told_to_the_office_as_that(people, django_capture_on_commit_callbacks):
    row = take().complaint
    with django_capture_on_commit_callbacks(execute=True):
        given(people, row, handler="market_regulation")
    titles = InboxItem.objects.filter(user=people["city"]).values_list("title", flat=True)
    assert f"投诉 {row.number}：承办单位无人在岗，请另行指定" in titles
    assert not [title for title in titles if "交由您" in title]
    with django_capture_on_commit_callbacks(execute=True):
        handling.state_side(
            complaint=row,
            text="9 月 14 日收件，缺一份材料。",
            by=people["unit"],
            at=build.at("2026-10-26 09:00"),
        )
    assert any("被投诉单位已说明情况" in title for title in titles.all())


def test_not_satisfied_twice_is_told_again_though_it_was_handed_over_before(people):
    row = answered(people, take().complaint)
    handling.escalate(complaint=row, why="多次催办", by=people["city"], at=AT)
    handling.note_discipline(complaint=row, text="已约谈", by=people["discipline"], at=AT)
    handling.contest(complaint=row, text=CONTEST, at=AT)
    handling.assign(complaint=row, summary=SUMMARY, same_why=SAME, by=people["city"], at=AT)
    finish(complaint=row, outcome="true", finding="已办", by=people["city"], at=AT)
    handling.reply(complaint=row, text=REPLY, by=people["city"], at=AT)
    handling.close(complaint=row, satisfied=False, at=OVERDUE)
    row.refresh_from_db()
    assert row.escalated_why == "投诉人对复查结果仍不满意"
    limit = row.limits.filter(step="discipline", done_on=None).get()
    assert limit.from_on == OVERDUE.date()
