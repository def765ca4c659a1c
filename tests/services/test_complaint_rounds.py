"""A complaint's rounds: kept side by side, and what the complainant thinks of an answer is the complainant's to say."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division
from supervision.complaints import handling, queries, receiving, running, words
from supervision.complaints.models import Complaint
from supervision.complaints.receiving import Said
from supervision.complaints.rounds import ComplaintRound
from supervision.complaints.states import State
from tests import build

AT = build.at("2026-10-23 09:42")  # a Friday
DAY = AT.date()
NAME = "欧阳暮雪"
FIRST, SECOND, MENDED = (
    f"{name}：经核实情况属实，有关手续已补办完毕。" for name in ("第一次答复", "第二次答复", "更正后的答复")
)
AGAIN = "到今天还是没办，请再查一次。"
TEXT = "9 月 14 日在 6 号窗口申请规划核实，两次去问都说领导没签字，没有告知还差什么。"
CALL = {"call_with": "self", "call_on": DAY, "call_note": "来电人表示认可。"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return build.user("t-city", division="230600")


def taken(city, channel="web", named=False):
    who = {"name": NAME, "phone": "13904521987"} if named else {}
    said = Said(
        division=Division.objects.get(pk="230622"), kind="delay", text=TEXT,
        department=Department.objects.get(division_id="230622", code="housing"), **who,
    )  # fmt: skip
    token = f"form-{Complaint.objects.count()}"
    if channel == "web":
        return receiving.receive(said=said, token=token, at=AT).complaint
    return receiving.enter_for_caller(said=said, token=token, by=city, at=AT).complaint


def answered(city, row, outcome="true", finding="已补办", text=FIRST, handler=None):
    if row.state == State.RECEIVED:
        handling.accept(complaint=row, by=city, at=AT)
    given = {"complaint": row, "summary": "反映长期未办结。", "handler": handler}
    handling.assign(**given, same_why="本局掌握情况", by=city, at=AT)
    handling.finish(complaint=row, outcome=outcome, finding=finding, no_wait="已当面核实", by=city, at=AT)
    return handling.reply(complaint=row, text=text, by=city, at=AT)


def test_the_second_round_leaves_the_first_as_it_was(city):
    row = answered(city, taken(city))
    handling.contest(complaint=row, text=AGAIN, at=AT)
    assert (row.state, row.outcome, row.finding, row.reply, row.replied_on) == ("accepted", "", "", "", None)
    answered(city, row, "untrue", "复查无误", SECOND)
    handling.close(complaint=row, satisfied=True, at=AT + timedelta(days=1))
    kept = row.rounds.values_list(
        "number", "outcome", "finding", "reply", "replied_on", "satisfied", "said_on"
    )
    assert list(kept) == [
        (1, "true", "已补办", FIRST, DAY, False, DAY),
        (2, "untrue", "复查无误", SECOND, DAY, True, DAY + timedelta(days=1)),
    ]


def test_of_a_complaint_sent_on_the_site_the_office_says_nothing_for_the_complainant(city):
    row = answered(city, taken(city))
    refusals = [
        ("not_yours_to_say", lambda: handling.close(complaint=row, satisfied=True, by=city, at=AT)),
        ("contest_runs", lambda: handling.close(complaint=row, by=city, at=AT)),
        ("contest_runs", lambda: handling.close(complaint=row, by=city, at=AT + timedelta(days=15))),
        (
            "not_by_phone",
            lambda: handling.say_by_phone(complaint=row, satisfied=True, **CALL, by=city, at=AT),
        ),
        (
            "not_by_phone",
            lambda: handling.contest_by_phone(
                complaint=row, text=AGAIN, call_with="self", call_on=DAY, by=city, at=AT
            ),
        ),
    ]
    for code, act in refusals:
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == code
    row.refresh_from_db()
    assert (row.state, row.round, row.satisfied, row.closed_on) == (State.REPLIED, 1, None, None)
    closed = handling.close(complaint=row, by=city, at=AT + timedelta(days=16))
    assert (closed.state, closed.satisfied) == (State.CLOSED, None)


def test_in_the_second_round_too_the_office_waits(city):
    row = answered(city, taken(city))
    handling.contest(complaint=row, text=AGAIN, at=AT)
    answered(city, row, text=SECOND)
    with pytest.raises(DomainError):
        handling.close(complaint=row, by=city, at=AT)
    assert Complaint.objects.get(pk=row.pk).state == State.REPLIED
    closed = handling.close(complaint=row, satisfied=False, at=AT)
    assert closed.escalated_at is not None


def test_a_refusal_is_not_closed_before_it_can_be_objected_to(city):
    row = taken(city)
    handling.refuse(complaint=row, reason="不属于受理范围", by=city, at=AT)
    with pytest.raises(DomainError) as early:
        handling.close(complaint=row, by=city, at=AT)
    assert early.value.code == "contest_runs"
    handling.contest(complaint=row, text=AGAIN, at=AT)
    first = row.rounds.get(number=1)
    assert (first.refused, first.reply, first.satisfied) == (True, "不属于受理范围", None)


def test_a_callers_word_needs_a_call_after_the_answer_and_closes_nothing(city):
    row = taken(city, "phone", named=True)
    with pytest.raises(StaleState):
        handling.say_by_phone(complaint=row, satisfied=True, **CALL, by=city, at=AT)
    answered(city, row)
    for changes, field in (
        ({"call_on": DAY - timedelta(days=1)}, "call_on"),
        ({"call_on": DAY + timedelta(days=1)}, "call_on"),
        ({"call_with": "x"}, "call_with"),
        ({"call_note": " "}, "call_note"),
        ({"call_note": f"{NAME}表示满意"}, "call_note"),
    ):
        with pytest.raises(DomainError) as refused:
            handling.say_by_phone(complaint=row, satisfied=True, **(CALL | changes), by=city, at=AT)
        assert refused.value.field == field
    with pytest.raises(PermissionDenied):
        handling.say_by_phone(
            complaint=row, satisfied=True, **CALL, by=build.user("t-x", division="230622"), at=AT
        )
    assert not ComplaintRound.objects.exclude(satisfied=None, call_by=None).exists()
    said = handling.say_by_phone(complaint=row, satisfied=True, **CALL, by=city, at=AT)
    held = said.present
    assert (said.state, held.satisfied, held.call_on, held.call_by) == (State.REPLIED, True, DAY, city)
    assert row.events.filter(action="complaint_called", by=city).count() == 1
    assert running.close_silent(AT + timedelta(days=15)) == 0
    assert running.close_silent(AT + timedelta(days=16)) == 1
    row.refresh_from_db()
    assert (row.state, row.satisfied) == (State.CLOSED, True)


def test_a_caller_contests_with_the_call_on_record(city):
    row = answered(city, taken(city, "phone"))
    handling.contest_by_phone(complaint=row, text=AGAIN, call_with="proxy", call_on=DAY, by=city, at=AT)
    first = row.rounds.get(number=1)
    assert (row.round, first.satisfied, first.call_with, first.call_by) == (2, False, "proxy", city)


def test_the_public_figures_count_each_step_in_the_month_it_was_taken(city):
    """A complaint of October, finished and judged in November: nothing of it is lost, nothing counted twice."""
    row = answered(city, taken(city))

    def counted(month):
        province, last = Division.objects.get(pk="230000"), {10: 31, 11: 30, 12: 31}[month]
        found = queries.public_counts(province, date(2026, month, 1), date(2026, month, last)) or {}
        return {name: found[name] for name in queries.PUBLIC_COUNTS if found.get(name)}

    october = {"received": 1, "accepted": 1, "finished": 1, "finished_on_time": 1}
    assert counted(10) == october
    handling.contest(complaint=row, text=AGAIN, at=build.at("2026-11-02 09:00"))
    assert counted(11) == {"asked": 1}  # not satisfied with the first answer
    handling.assign(
        complaint=row,
        summary="反映仍未办结。",
        same_why="本局掌握情况",
        by=city,
        at=build.at("2026-11-02 10:00"),
    )
    late = build.at("2026-11-30 09:00")
    handling.finish(complaint=row, outcome="true", finding="已补办", by=city, at=late)
    handling.reply(complaint=row, text=SECOND, by=city, at=late)
    assert counted(11) == {"finished": 1, "asked": 1}  # finished a second time, late
    handling.close(complaint=row, satisfied=True, at=build.at("2026-11-30 10:00"))
    assert counted(11) == {
        "finished": 1,
        "asked": 1,
        "satisfied": 1,
    }  # one complainant: the last word of the month
    assert counted(10) == october
    assert counted(12) == {}


def test_what_is_contested_after_a_refusal_is_accepted_on_that_day(city):
    row = taken(city)
    handling.refuse(complaint=row, reason="不属于受理范围，请向人社局反映", by=city, at=AT)
    province, days = Division.objects.get(pk="230000"), (date(2026, 10, 1), date(2026, 10, 31))
    assert queries.public_counts(province, *days)["accepted"] == 0
    handling.contest(complaint=row, text=AGAIN, at=build.at("2026-11-02 09:00"))
    assert queries.public_counts(province, *days)["accepted"] == 0
    found = queries.public_counts(province, date(2026, 11, 1), date(2026, 11, 30))
    assert {name: found[name] for name in queries.PUBLIC_COUNTS if found[name]} == {"accepted": 1}


def test_answers_from_before_the_rounds_go_where_they_belong():
    move = import_module("supervision.migrations.0018_complaint_rounds_filled")

    def split(last, done, **held):
        empty = {"outcome": "", "finding": "", "reply": "", "replied_on": None, "satisfied": None}
        days = {"contested_on": DAY, "closed_on": AT.date(), "answered_on": date(2026, 10, 20)}
        return move.split(empty | held, last, done, **days)

    first = {"outcome": "true", "finding": "已补办", "reply": "甲", "replied_on": DAY}
    assert split(1, {"finish", "reply"}, **first, satisfied=True) == [
        first | {"satisfied": True, "said_on": DAY}
    ]
    contested = split(2, {"assign"}, **(first | {"outcome": ""}), satisfied=False)
    assert contested == [first | {"outcome": "", "satisfied": False, "said_on": DAY}, {"said_on": None}]
    again = split(2, {"finish", "reply"}, **(first | {"reply": "乙"}), satisfied=None)
    assert again == [
        {"replied_on": date(2026, 10, 20), "satisfied": False, "said_on": DAY},
        first | {"reply": "乙", "satisfied": None, "said_on": None},
    ]


def test_an_answer_is_corrected_until_it_is_read(city):
    row = answered(city, taken(city), text=FIRST)
    later = AT + timedelta(days=3)
    handling.correct(complaint=row, text=MENDED, by=city, at=later)
    assert (row.reply, row.replied_on) == (MENDED, later.date())
    with pytest.raises(DomainError):  # the days to object begin anew
        handling.close(complaint=row, by=city, at=AT + timedelta(days=17))
    with pytest.raises(PermissionDenied):
        handling.correct(complaint=row, text=SECOND, by=build.user("t-x", division="230622"), at=later)
    words.mark_read(row, later)
    with pytest.raises(StaleState) as read:
        handling.correct(complaint=Complaint.objects.get(pk=row.pk), text=SECOND, by=city, at=later)
    assert read.value.code == "read"
    assert Complaint.objects.get(pk=row.pk).reply == MENDED
