"""Meetings of units: called, changed, recorded; items carried over until done; duties met once; addresses revoked."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Department, Division, InboxItem, Obligation
from accounts.obligations import kinds
from accounts.obligations.making import make_periodic
from accounts.permissions import Role
from approvals.tickets.models import Ticket
from supervision.matters.models import Matter, MatterState
from supervision.meetings import duties, feeds, services
from supervision.meetings.access import Invited
from supervision.meetings.calling import Plan
from supervision.meetings.models import (
    AgreedItem,
    CarriedItem,
    FeedToken,
    MeetingChange,
    UnitMeeting,
    UnitMeetingState,
)
from supervision.meetings.recording import Line, Minutes
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def people() -> dict[str, Any]:
    found = build.cast()
    found["power"] = build.user("t-power", Role.SERVICE_SPECIALIST, "230622", department="power_supply")
    return found


def unit(code: str = "230622") -> Division:
    return Division.objects.get(pk=code)


def plan(when: str = "2026-11-25 09:00", **more: Any) -> Plan:
    return Plan(subject=more.pop("subject", "项目落地推进"), meets_at=at(when), place="三楼会议室", **more)


def call(
    people: dict[str, Any], kind: str = "symposium", when: str = "2026-11-25 09:00", **more: Any
) -> UnitMeeting:
    return services.call_meeting(
        unit=unit(), kind=kind, plan=plan(when, **more), by=people["county"], at=at("2026-11-20 09:00")
    )


def record(
    people: dict[str, Any], meeting: UnitMeeting, when: str = "2026-11-25 15:00", **more: Any
) -> UnitMeeting:
    minutes = Minutes(text=more.pop("text", "议定两项"), chair="陈局长", **more)
    return services.record_meeting(
        meeting=meeting, turn=meeting.turn, minutes=minutes, by=people["county"], at=at(when)
    )


def told(username: str) -> list[str]:
    return list(
        InboxItem.objects.filter(user__username=username).order_by("pk").values_list("title", flat=True)
    )


def test_invited_departments_and_units_hear_of_it(people, django_capture_on_commit_callbacks):
    power = Department.objects.get(division_id="230622", code="power_supply")
    with django_capture_on_commit_callbacks(execute=True):
        meeting = call(
            people, invited=Invited(units=(unit("230600"),), departments=(power,), companies=("甲公司",))
        )
    assert told("t-power") == ["会议：项目落地推进"] and told("t-city") == ["会议：项目落地推进"]
    assert told("t-county") == [] and told("t-neighbour") == [] and told("t-investor") == []
    assert meeting.invitees.count() == 3
    with django_capture_on_commit_callbacks(execute=True):
        services.change_meeting(
            meeting=meeting, turn=1, plan=plan("2026-11-26 14:00", invited=Invited(departments=(power,))),
            reason="与全市会议冲突", by=people["county"], at=at("2026-11-21 09:00"),
        )  # fmt: skip
    assert (
        told("t-power")[-1] == "会议有变动：项目落地推进"
        and told("t-city")[-1] == "不再邀请参加：项目落地推进"
    )
    assert (meeting.sequence, meeting.turn) == (1, 2)
    assert MeetingChange.objects.get().moved


def test_only_the_units_own_office_holds_it(people):
    before = AuditRecord.objects.count()
    for who in ("city", "province", "neighbour", "auditor", "officer", "investor", "promotion"):
        with pytest.raises(PermissionDenied):
            services.call_meeting(
                unit=unit(), kind="talk", plan=plan(), by=people[who], at=at("2026-11-20 09:00")
            )
    assert (UnitMeeting.objects.count(), AuditRecord.objects.count()) == (0, before)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"when": "2027-11-30 09:00"}, "meets_too_late"),
        ({"when": "2026-08-01 09:00"}, "meets_too_early"),
        ({"subject": " "}, "subject_missing"),
        ({"ends_at": at("2026-11-25 09:00")}, "ends_wrong"),
        ({"kind": "party"}, "kind_unknown"),
    ],
)
def test_what_cannot_be_called(people, wrong, code):
    with pytest.raises(DomainError) as refused:
        call(people, **wrong)
    assert refused.value.code == code
    assert not UnitMeeting.objects.exists()


def test_two_colleagues_at_once(people):
    meeting = call(people)
    services.cancel_meeting(
        meeting=UnitMeeting.objects.get(),
        turn=1,
        reason="改期再议",
        by=people["county"],
        at=at("2026-11-21 09:00"),
    )
    for act in (
        lambda: services.change_meeting(
            meeting=meeting,
            turn=1,
            plan=plan(),
            reason="改地点",
            by=people["county"],
            at=at("2026-11-21 09:01"),
        ),
        lambda: record(people, meeting),
        lambda: services.cancel_meeting(
            meeting=meeting, turn=1, reason="重复", by=people["county"], at=at("2026-11-21 09:02")
        ),
    ):
        with pytest.raises(StaleState):
            act()
    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancel_reason, meeting.turn) == (UnitMeetingState.CANCELLED, "改期再议", 2)


def test_not_recorded_before_it_was_held(people):
    meeting = call(people)
    with pytest.raises(DomainError) as refused:
        record(people, meeting, "2026-11-25 08:59")
    assert refused.value.code == "not_held_yet"
    meeting.refresh_from_db()
    assert meeting.state == UnitMeetingState.CALLED and not meeting.number


def test_agreed_items_become_matters_and_come_back_until_done(people):
    first = record(
        people, call(people), lines=(
            Line("完成二期用地预审", unit(), Department.objects.get(division_id="230622", code="power_supply"),
                 due_on=date(2026, 12, 10)),
            Line("报送推进计划", unit()),
        ),
    )  # fmt: skip
    matters = list(Matter.objects.order_by("pk"))
    assert [one.source for one in matters] == ["agreed_item", "agreed_item"]
    assert matters[0].due_on == date(2026, 12, 10) and matters[0].department.code == "power_supply"
    # No day named: 15 working days from 25 November, itself not counted: 26, 27 Nov; 30 Nov to 4 Dec; 7 to 11; 14 to 16.
    assert matters[1].due_on == date(2026, 12, 16)
    assert matters[0].basis == "2026年11月25日座谈会（肇源会议纪要〔2026〕1号）"
    second = call(people, when="2026-12-09 09:00")
    assert [one.title for one in services.open_before(second)] == ["完成二期用地预审", "报送推进计划"]
    other_kind = call(people, kind="talk", when="2026-12-09 14:00")
    assert not services.open_before(other_kind).exists()
    Matter.objects.filter(pk=matters[1].pk).update(
        state=MatterState.CLOSED, closed_at=at("2026-12-01 09:00"), next_step_on=None
    )
    item = AgreedItem.objects.get(title="完成二期用地预审")
    record(people, second, "2026-12-09 12:00", notes={item.pk: "再催一次"})
    carried = CarriedItem.objects.get()
    assert (carried.item, carried.note, carried.meeting) == (item, "再催一次", second)
    assert first.number != second.number and second.number.endswith("〔2026〕2号")


def test_a_point_about_a_project_becomes_a_ticket(people):
    project = build.project()
    line = Line("解决施工用电", unit(), project=project, help_kind="electricity", company_agreed=True)
    meeting = record(people, call(people, projects=(project,)), lines=(line,))
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.state) == ("meeting", "agreed") and meeting.number in ticket.source_note
    item = AgreedItem.objects.get()
    assert item.owner_name == ticket.holder_name
    assert item.ticket == ticket and item.matter is None and item.is_open and not Matter.objects.exists()


def test_a_wrong_item_takes_everything_back_and_says_which(people):
    meeting = call(people)
    lines = (Line("好的一项", unit(), n=1), Line("交给上级", unit("230600"), n=2))
    with pytest.raises(DomainError) as refused:
        record(people, meeting, lines=lines)
    assert refused.value.field == "owner_2" and str(refused.value).startswith("第 2 项")
    meeting.refresh_from_db()
    assert meeting.state == UnitMeetingState.CALLED
    assert not Matter.objects.exists() and not AgreedItem.objects.exists()


def make_duties(when: datetime) -> None:
    make_periodic(when, since=when.date())


def test_every_duty_to_meet_has_a_meeting_that_meets_it():
    assert set(duties.MEETS) == set(duties.LABELS) == set(kinds.MEETINGS)


def test_the_quarterly_symposium_is_met_once_by_kind_unit_and_period(people):
    make_duties(at("2026-11-20 09:00"))
    duty = Obligation.objects.get(kind=kinds.SYMPOSIUM, unit_id="230622")
    assert (duty.period, duty.due_on) == ("2026Q4", date(2026, 12, 31))
    assert Obligation.objects.filter(kind__in=kinds.MEETINGS).exclude(kind=kinds.SYMPOSIUM).count() == 0
    make_duties(at("2026-11-20 10:00"))
    assert Obligation.objects.filter(kind=kinds.SYMPOSIUM, unit_id="230622").count() == 1
    record(people, call(people, kind="talk"))
    duty.refresh_from_db()
    assert duty.met_on is None  # another kind
    symposium = call(people, when="2026-11-30 09:00")
    assert duties.called_for(duty) == symposium
    duty.refresh_from_db()
    assert duty.met_on is None  # called is not held
    record(people, symposium, "2026-12-03 09:00")
    duty.refresh_from_db()
    assert duty.met_on == date(2026, 11, 30)
    assert symposium.counted == [{"kind": "symposium", "period": "2026Q4"}]
    record(people, call(people, when="2026-12-15 09:00"), "2026-12-16 09:00")
    duty.refresh_from_db()
    assert duty.met_on == date(2026, 11, 30)  # the first one counts
    assert Obligation.objects.get(kind=kinds.SYMPOSIUM, unit_id="230621").met_on is None


def test_other_regimes_ask_for_other_meetings(people):
    Division.objects.filter(pk="230600").update(regime_code="banner")
    Division.objects.filter(pk="230200").update(regime_code="guizhou")
    make_duties(at("2026-11-20 09:00"))
    owed = set(
        Obligation.objects.filter(kind__in=kinds.MEETINGS, unit_id__in=["230600", "230622", "230200", "230229"])
        .values_list("unit_id", "kind", "period", "due_on")
    )  # fmt: skip
    end = date(2026, 12, 31)
    assert {
        ("230600", "talk_city", "2026Q4", end),
        ("230622", "talk_county", "2026-11", date(2026, 11, 30)),
        ("230622", "talk_county", "2026-12", end),
        ("230200", "study_city", "2026Q4", end),
        ("230229", "study_county", "2026-11", date(2026, 11, 30)),
    } <= owed
    record(people, call(people, kind="talk"), "2026-11-25 16:00")
    met = Obligation.objects.filter(kind="talk_county", unit_id="230622", met_on__isnull=False)
    assert list(met.values_list("period", flat=True)) == ["2026-11"]


def test_days_left_are_working_days(people):
    """20 November 2026 is a Friday. To 30 November: 23 to 27 are five, and the 30th the sixth."""
    from policy.services import current_calendar

    Division.objects.filter(pk="230600").update(regime_code="banner")
    make_duties(at("2026-11-20 09:00"))
    row = Obligation.objects.get(kind="talk_county", unit_id="230622", period="2026-11")
    due = duties.as_due(row, date(2026, 11, 20), current_calendar())
    assert (due.days_left, due.light) == (6, "blue")
    late = duties.as_due(row, date(2026, 12, 2), current_calendar())
    assert (late.days_left, late.light) == (-2, "red")


def test_a_meeting_held_before_anybody_called_it_here(people):
    meeting = call(people, when="2026-10-15 09:00")
    assert record(people, meeting, "2026-11-20 10:00").state == UnitMeetingState.HELD
    assert not InboxItem.objects.exists()


def test_minutes_are_corrected_with_a_reason_and_the_old_words_stay(people):
    meeting = record(people, call(people))
    services.amend_minutes(
        meeting=meeting, turn=meeting.turn, text="议定三项", reason="漏记一项", by=people["county"],
        at=at("2026-11-26 09:00"),
    )  # fmt: skip
    entry = AuditRecord.objects.get(action="unit_meeting_amended")
    assert entry.before == {"minutes": "议定两项"} and meeting.minutes == "议定三项"
    with pytest.raises(StaleState):
        services.amend_minutes(
            meeting=meeting,
            turn=1,
            text="四项",
            reason="再改",
            by=people["county"],
            at=at("2026-11-26 09:01"),
        )
    item = services.add_item(
        meeting=meeting, line=Line("补充一项", unit()), by=people["county"], at=at("2026-11-26 10:00")
    )
    assert item.position == 1 and item.matter.issuer_id == "230622"


def test_who_sees_a_meeting(people):
    meeting = call(people, invited=Invited(units=(unit("230600"),)))
    seen = {
        who
        for who, person in people.items()
        if UnitMeeting.objects.visible_to(person).filter(pk=meeting.pk).exists()
    }
    assert {"county", "city", "province", "province_head", "auditor", "promotion"} == seen
    above = services.call_meeting(
        unit=unit("230600"), kind="joint", by=people["city"], at=at("2026-11-20 09:00"),
        plan=plan(invited=Invited(units=(unit("230622"),))),
    )  # fmt: skip
    assert UnitMeeting.objects.visible_to(people["county"]).filter(pk=above.pk).exists()
    assert not UnitMeeting.objects.visible_to(people["neighbour"]).filter(pk=above.pk).exists()


def test_an_address_is_kept_as_a_digest_replaced_and_revoked(people):
    county, moment = people["county"], at("2026-11-20 09:00")
    row, text = services.issue_feed(by=county, at=moment)
    assert text not in str(FeedToken.objects.values().get()) and row.digest == feeds.digest_of(text)
    assert feeds.reader_of(text, moment) == county
    second, other = services.issue_feed(by=county, at=moment + timedelta(hours=1))
    assert feeds.reader_of(text, moment) is None and feeds.reader_of(other, moment) == county
    with pytest.raises(PermissionDenied):
        services.revoke_feed(token=second, by=people["city"], at=moment)
    services.revoke_feed(token=second, by=county, at=moment + timedelta(hours=2))
    assert feeds.reader_of(other, moment) is None
    with pytest.raises(StaleState):
        services.revoke_feed(token=second, by=county, at=moment + timedelta(hours=3))
    for wrong in ("", "x" * 43, "../../etc", text + "=", "镈" * 43):
        assert feeds.reader_of(wrong, moment) is None
    with pytest.raises(PermissionDenied):
        services.issue_feed(by=people["investor"], at=moment)


def test_the_same_form_sent_twice_invites_once(people):
    first = call(people, invited=Invited(companies=("甲公司",)))
    assert call(people, invited=Invited(companies=("甲公司",))) == first
    assert call(people, invited=Invited(companies=("乙公司",))) != first
    assert call(people, when="2026-11-26 09:00", invited=Invited(companies=("甲公司",))) != first
    assert UnitMeeting.objects.count() == 3
