"""Found true and not mended: a limit of its own, pressed, handed up; and nobody's complaint lies with nobody."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import InboxItem
from accounts.obligations import todo
from accounts.permissions import Role
from supervision.complaints import handling, identity, limits, mending, queries, running, words
from supervision.complaints.models import Complaint, ComplaintEvent, ComplaintWord, IdentityLook, Step
from supervision.complaints.receiving import Said
from tests import build
from tests.complaints_help import (
    AT,
    CONTEST,
    NAME,
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


def unmended(people):
    row = take().complaint
    given(people, row)
    finish(complaint=row, outcome="true_open", finding="属实，尚未补办", by=people["other"], at=AT)
    return handling.reply(complaint=row, text=REPLY, by=people["city"], at=AT)


def waiting(person):
    return [item for item in todo.items_for(person, AT.date()) if item.key.startswith("complaint-mend")]


def test_an_answer_that_leaves_something_begins_a_limit_and_home_shows_it(people):
    row = unmended(people)
    limit = row.limits.get(step=Step.MEND)
    assert limit.due_on == date(2026, 11, 20)  # 20 working days after Friday 23 October
    for who in ("city", "other"):
        assert [item.due_on for item in waiting(people[who])] == [limit.due_on]
    for who in ("unit", "county", "province", "discipline"):
        assert waiting(people[who]) == []
    mended = answered(people, take(text=f"{TEXT}另一件").complaint)
    assert not mended.limits.filter(step=Step.MEND).exists()


def test_office_or_handler_record_it_nobody_else_and_once(people):
    row = unmended(people)
    handling.close(complaint=row, satisfied=True, at=AT)  # whatever the complainant thinks, it is still owed
    for who in ("unit", "county", "province", "discipline"):
        with pytest.raises(PermissionDenied):
            mending.record_mended(complaint=row, text="已补办", by=people[who], at=AT)
    for text, told, code in (
        ("", "", "text_missing"),
        (f"已给{NAME}补办", "", "names_author"),
        ("已补办", "已办好", "told_by_office"),
    ):
        with pytest.raises(DomainError) as refused:
            mending.record_mended(complaint=row, text=text, told=told, by=people["other"], at=AT)
        assert refused.value.code == code
    row.refresh_from_db()
    assert row.mended_on is None
    assert limits.running(row, Step.MEND) is not None
    mending.record_mended(complaint=row, text="已补办，到现场核实", told="已补办。", by=people["city"], at=AT)
    assert (row.mended_on, mending.until(row)) == (AT.date(), None)
    assert row.events.get(action="complaint_mended").note == "已补办，到现场核实"
    assert ComplaintWord.objects.get().text == "已补办。"
    assert waiting(people["city"]) == []
    with pytest.raises(StaleState):
        mending.record_mended(complaint=row, text="再记一次", by=people["other"], at=AT)


def test_past_the_limit_it_is_pressed_again_and_again_and_handed_up_once(people):
    row = unmended(people)
    assert running.press_unmended(build.at("2026-11-20 23:00")) == (0, 0)
    assert running.press_unmended(build.at("2026-11-21 07:00")) == (1, 0)
    assert running.press_unmended(build.at("2026-11-24 07:00")) == (0, 0)
    assert running.press_unmended(build.at("2026-11-27 07:00")) == (0, 1)  # five working days late
    assert running.press_unmended(build.at("2026-11-30 07:00")) == (0, 0)
    assert running.press_unmended(build.at("2026-12-07 07:00")) == (1, 0)  # ten after the press
    row.refresh_from_db()
    assert row.escalated_why.startswith("投诉查实，逾期 5 个工作日仍未整改")
    assert list(queries.with_discipline(people["discipline"])) == [row]
    mending.record_mended(complaint=row, text="已补办", by=people["other"], at=build.at("2026-12-08 07:00"))
    assert running.press_unmended(build.at("2027-02-01 07:00")) == (0, 0)


def test_noted_before_it_comes_back_to_discipline_inspection(people):
    row = unmended(people)
    handling.escalate(complaint=row, why="多次催办", by=people["city"], at=AT)
    handling.note_discipline(complaint=row, text="已约谈", by=people["discipline"], at=AT)
    assert not queries.with_discipline(people["discipline"]).exists()
    late = build.at("2026-11-30 07:00")
    assert running.press_unmended(late)[1] == 1
    assert list(queries.with_discipline(people["discipline"])) == [row]
    row.refresh_from_db()
    assert row.escalated_at == AT
    assert limits.running(row, Step.DISCIPLINE).from_on == late.date()
    handling.note_discipline(complaint=row, text="已立案", by=people["discipline"], at=late)
    notes = row.events.filter(action="complaint_discipline").values_list("note", flat=True)
    assert list(notes) == ["已约谈", "已立案"]


def test_a_second_finding_decides_and_contesting_gains_no_time(people):
    row = unmended(people)
    first = row.limits.get(step=Step.MEND).due_on
    handling.contest(complaint=row, text=CONTEST, at=build.at("2026-10-30 09:00"))
    assert mending.until(row) == first
    later = build.at("2026-11-02 09:00")
    handling.assign(complaint=row, summary=SUMMARY, by=people["city"], at=later)
    finish(complaint=row, outcome="true_open", finding="属实", by=people["city"], at=later)
    handling.reply(complaint=row, text=REPLY, by=people["city"], at=later)
    assert mending.until(row) == first
    other = unmended(people)
    handling.contest(complaint=other, text=CONTEST, at=AT)
    handling.assign(complaint=other, summary=SUMMARY, by=people["city"], at=AT)
    finish(complaint=other, outcome="true", finding="已办", by=people["city"], at=AT)
    handling.reply(complaint=other, text=REPLY, by=people["city"], at=AT)
    assert (mending.until(other), other.mended_on) == (None, AT.date())


def test_what_is_pressed_is_pressed_again_by_the_rule(people):
    row = take().complaint  # due Monday 26 October
    assert running.press_overdue(build.at("2026-10-27 07:00")) == (1, 0)
    assert running.press_overdue(build.at("2026-11-09 07:00")) == (0, 1)
    assert running.press_overdue(build.at("2026-11-10 07:00")) == (1, 0)  # ten working days on
    assert running.press_overdue(build.at("2026-11-11 07:00")) == (0, 0)
    row.refresh_from_db()
    assert row.pressed == 2


def test_what_goes_up_by_its_limit_is_told_to_the_office_above(people, django_capture_on_commit_callbacks):
    row = take().complaint
    with django_capture_on_commit_callbacks(execute=True):
        running.press_overdue(build.at("2026-11-02 07:00"))
    told = InboxItem.objects.filter(url__endswith=f"/{row.pk}/", title__contains="下级受理部门逾期")
    assert {item.user for item in told} == {people["province"], people["province_head"]}
    notes = set(row.events.filter(action="complaint_told").values_list("note", flat=True))
    assert notes == {"纪检监察机关：已通知大庆市（1 人）", "上级主管部门：已通知黑龙江省（2 人）"}


def test_late_statements_and_late_discipline_inspection_are_told_once(
    people, django_capture_on_commit_callbacks
):
    row = take().complaint
    given(people, row)
    handling.escalate(complaint=row, why="多次催办", by=people["city"], at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        assert running.tell_late(build.at("2026-10-30 23:00")) == 0
        assert running.tell_late(build.at("2026-10-31 07:00")) == 1  # the statement was due on the 30th
        assert running.tell_late(build.at("2026-11-21 07:00")) == 1  # discipline inspection on the 20th
        assert running.tell_late(build.at("2026-12-30 07:00")) == 0
    unit = InboxItem.objects.get(user=people["unit"])
    assert unit.title.startswith("已逾期")
    assert row.number not in f"{unit.title}{unit.text}"
    assert "纪检监察处理已逾期" in InboxItem.objects.get(user=people["discipline"]).title


def test_a_complaint_that_nobody_receives_climbs_until_somebody_does(django_capture_on_commit_callbacks):
    province = build.user("t-province", division="230000")
    with django_capture_on_commit_callbacks(execute=True):
        row = take().complaint
    assert InboxItem.objects.get().user == province
    note = row.events.get(action="complaint_told").note
    assert "无人在岗，已通知黑龙江省（1 人）" in note
    city = build.user("t-city", division="230600")
    with django_capture_on_commit_callbacks(execute=True):
        handling.escalate(complaint=row, why="超出本局权限", by=city, at=AT)
    assert "纪检监察机关：上级也无人在岗，未能通知，请线下联系" in row.events.values_list("note", flat=True)
    assert "请线下移送" in InboxItem.objects.get(user=city).title


def test_what_discipline_inspection_tells_reaches_the_complainant_after_the_end(people):
    row = answered(people, take().complaint)
    handling.escalate(complaint=row, why="多次催办", by=people["city"], at=AT)
    handling.close(complaint=row, satisfied=False, at=AT)
    with pytest.raises(PermissionDenied):
        handling.note_discipline(complaint=row, text="已约谈", told="已处理", by=people["city"], at=AT)
    assert not ComplaintWord.objects.exists()
    handling.note_discipline(
        complaint=row, text="已约谈", told="责任人已受到处理。", by=people["discipline"], at=AT
    )
    word = ComplaintWord.objects.get()
    assert (word.side, word.text) == ("office", "纪检监察机关：责任人已受到处理。")


def test_rules_are_asked_by_the_services(people):
    row = take().complaint
    given(people, row)
    with pytest.raises(DomainError) as early:
        handling.finish(complaint=row, outcome="true", finding="已补办", by=people["other"], at=AT)
    assert early.value.field == "no_wait"
    finish(complaint=row, outcome="true", finding="已补办", by=people["other"], at=AT)
    with pytest.raises(DomainError) as short:
        handling.reply(complaint=row, text="已 补 办", by=people["city"], at=AT)
    assert short.value.code == "text_short"
    handling.reply(complaint=row, text=REPLY, by=people["city"], at=AT)
    with pytest.raises(DomainError):
        handling.correct(complaint=row, text="已补办", by=people["city"], at=AT)
    with pytest.raises(DomainError):
        handling.contest(complaint=row, text="不服", at=AT)
    row.refresh_from_db()
    assert (row.state, row.round, row.reply) == ("replied", 1, REPLY)
    handling.contest(complaint=row, text=CONTEST, at=AT)
    again = {"summary": SUMMARY, "handler": department("water"), "by": people["city"], "at": AT}
    for why in ("", f"{NAME}要求"):
        with pytest.raises(DomainError) as same:
            handling.assign(complaint=row, same_why=why, **again)
        assert same.value.field == "same_why"
    assert Complaint.objects.get(pk=row.pk).state == "accepted"
    handling.assign(complaint=row, same_why=SAME, **again)
    assert SAME in row.events.filter(action="complaint_assigned").last().note


@pytest.mark.parametrize(
    ("who", "field"), [({"phone": ""}, "phone"), ({"name": ""}, "name"), ({"name": "", "phone": "", "mail": "a@b.cn"}, "name")]
)  # fmt: skip
def test_half_an_identity_is_refused_by_the_service(people, who, field):
    with pytest.raises(DomainError) as part:
        take(**who)
    assert part.value.field == field
    assert not Complaint.objects.exists()


def test_the_purpose_of_a_look_goes_with_the_identity(people):
    row = answered(people, take().complaint)
    identity.look(complaint=row, purpose=f"回访{NAME}", by=people["city_head"], at=AT)
    handling.close(complaint=row, satisfied=True, at=AT)
    assert identity.clear_old(build.at("2029-10-24 08:00")) == 1
    look = IdentityLook.objects.get()
    assert (look.purpose, look.by, look.at) == (identity.CLEARED_PURPOSE, people["city_head"], AT)


def test_staff_enter_what_a_caller_adds_before_and_after_the_answer(people):
    from supervision.complaints import receiving

    said = Said(division=department().division, kind="delay", text=TEXT, department=department())
    row = receiving.enter_for_caller(said=said, token="call", by=people["city"], at=AT).complaint
    call = {"call_with": "self", "call_on": AT.date(), "at": AT}
    words.say_for_caller(complaint=row, text="补充：还去过一次", by=people["city"], **call)
    words.say_for_caller(complaint=row, text="补充：还去过一次", by=people["city"], **call)
    answered(people, row)
    words.say_for_caller(complaint=row, text="证已拿到", by=people["city"], **call)
    assert [(word.side, word.by) for word in row.words.all()] == [("complainant", people["city"])] * 2
    assert (
        row.events.filter(action="complaint_word_called").first().note == "2026-10-23 通话，对方：投诉人本人"
    )
    for changes in (
        {"call_with": ""},
        {"call_on": date(2026, 10, 22)},
        {"call_on": date(2026, 10, 24)},
        {"text": " "},
    ):
        with pytest.raises(DomainError):
            words.say_for_caller(**({"complaint": row, "text": "x", "by": people["city"]} | call | changes))
    with pytest.raises(DomainError):  # sent on the site: only with the query code
        words.say_for_caller(complaint=take().complaint, text="x", by=people["city"], **call)
    with pytest.raises(PermissionDenied):
        words.say_for_caller(complaint=row, text="x", by=people["province"], **call)
    assert ComplaintWord.objects.count() == 2
    assert ComplaintEvent.objects.filter(action="complaint_word_called").count() == 2


def test_an_office_head_of_the_unit_hears_of_nothing_on_the_way_up(
    people, django_capture_on_commit_callbacks
):
    """Whoever also works in the unit complained about is passed over when somebody is sought."""
    both = build.user("t-both", Role.OFFICE_HEAD, "230600")
    build.Posting.objects.create(
        user=both, role=Role.SERVICE_SPECIALIST, division_id="230622", department=department(), valid_from=date(2020, 1, 1)
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        take()
    assert not InboxItem.objects.filter(user=both).exists()
    assert InboxItem.objects.filter(user=people["city"]).exists()
