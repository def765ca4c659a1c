"""Assistance tickets: agreed by both sides, clocks by hand-counted working days, closed on the investor's word."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Department, Division, InboxItem, User
from accounts.permissions import Role
from approvals.tickets import services
from approvals.tickets.clocks import days_by_side, held, thresholds, ticket_light
from approvals.tickets.following import follow_end, follow_move
from approvals.tickets.models import Ticket, TicketKind, TicketState
from policy.services import current_calendar
from projects import services as projects
from projects.models import TeamRole
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


class Scene:
    """肇源县's project with its officer and its investor, the power company of county and city."""

    def __init__(self) -> None:
        self.people = build.cast()
        self.project = build.project()
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            projects.appoint(
                project=self.project, role=role, user=self.people[who], valid_from=date(2026, 4, 1),
                by=self.people["county"], at=at("2026-04-01 09:00"),
            )  # fmt: skip
        self.power = build.user(
            "t-power", Role.SERVICE_SPECIALIST, "230622", department="power_supply", name="高峰"
        )
        self.city_power = build.user(
            "t-city-power", Role.SERVICE_SPECIALIST, "230600", department="power_supply", name="梁伟"
        )

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def asked(self, when: str = "2026-09-28 10:00", **changes: Any) -> Ticket:
        """The investor asks; by default on Monday 28 September, three days before the holiday."""
        facts = {"kind": TicketKind.ELECTRICITY, "title": "临时用电接入", "text": "厂区临时用电 630 kVA"}
        return services.open_ticket(project=self.project, by=self.investor, at=at(when), **(facts | changes))

    def working(self) -> Ticket:
        return services.accept(
            ticket=self.asked(), person=self.power, by=self.power, at=at("2026-09-29 09:00")
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_the_kind_finds_the_office_with_that_duty(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ticket = scene.asked()
    assert (ticket.division_id, ticket.department.code) == ("230622", "power_supply")
    assert ticket.state == TicketState.PROPOSED
    # opened Monday 28 September: one working day, so Tuesday 29
    assert ticket.accept_by_on == ticket.next_due_on == date(2026, 9, 29)
    assert ticket.number == "BB-230622-2026-0001"
    assert InboxItem.objects.filter(user=scene.power, kind="ticket").count() == 1
    assert scene.asked(kind=TicketKind.LAND, title="土地").department.code == "natural_resources"
    assert scene.asked(kind=TicketKind.OTHER, title="其他").department.code == "business_environment"


@pytest.mark.parametrize(
    ("opened", "accept_by"),
    [
        ("2026-09-30 17:00", date(2026, 10, 8)),  # before the long holiday
        ("2026-10-09 09:00", date(2026, 10, 10)),  # a Friday before a make-up Saturday
        ("2026-11-20 09:00", date(2026, 11, 23)),  # a Friday
    ],
)
def test_acceptance_within_one_working_day(scene: Scene, opened: str, accept_by: date) -> None:
    assert scene.asked(opened).accept_by_on == accept_by


def test_accepting_sets_the_limit_by_the_rule(scene: Scene) -> None:
    ticket = scene.working()
    # accepted 29 September: 30 (1), holiday 1–7 October, 8 9 10(make-up) 12 13 14 15 16 19 = tenth
    assert ticket.due_on == ticket.next_due_on == date(2026, 10, 19)
    assert (ticket.state, ticket.person) == (TicketState.WORKING, scene.power)
    assert ticket.deadline["rule"] == "STD-ticket-limit"


def test_both_sides_agree_before_work_starts(scene: Scene) -> None:
    ticket = services.open_ticket(
        project=scene.project, kind=TicketKind.WATER, title="供水", text="接水", due_on=date(2026, 10, 30),
        by=scene.officer, at=at("2026-10-12 09:00"),
    )  # fmt: skip
    assert (ticket.state, ticket.accept_by_on) == (TicketState.PROPOSED, None)
    with pytest.raises((StaleState, PermissionDenied)):
        services.accept(ticket=ticket, by=scene.officer, at=at("2026-10-12 10:00"))
    with pytest.raises(PermissionDenied):
        services.agree(ticket=ticket, by=scene.officer, at=at("2026-10-12 10:00"))
    with pytest.raises(DomainError) as refusal:
        services.record_agreement(ticket=ticket, text="电话同意", by=scene.officer, at=at("2026-10-12 10:00"))
    assert refusal.value.code == "investor_has_account"
    ticket = services.agree(ticket=ticket, by=scene.investor, at=at("2026-10-13 09:00"))
    assert (ticket.state, ticket.accept_by_on) == (TicketState.AGREED, date(2026, 10, 14))
    ticket = services.accept(ticket=ticket, by=scene.officer, at=at("2026-10-14 09:00"))
    assert (ticket.state, ticket.due_on) == (TicketState.WORKING, date(2026, 10, 30))


def test_up_from_tier_to_tier_in_one_thread_with_each_holders_clock(scene: Scene) -> None:
    ticket = scene.working()
    ticket = services.escalate(
        ticket=ticket, reason="需市供电公司批复", by=scene.power, at=at("2026-10-12 09:00")
    )
    assert (ticket.division_id, ticket.department.code) == ("230600", "power_supply")
    assert (ticket.state, ticket.person, ticket.accept_by_on) == (
        TicketState.AGREED,
        None,
        date(2026, 10, 13),
    )
    assert ticket.due_on == date(2026, 10, 19)  # the whole course has one limit
    with pytest.raises(PermissionDenied):  # it is the city's now
        services.ask_close(ticket=ticket, result="好了", by=scene.power, at=at("2026-10-12 10:00"))
    ticket = services.accept(ticket=ticket, by=scene.city_power, at=at("2026-10-13 09:00"))
    ticket = services.escalate(
        ticket=ticket, reason="需省里批", by=scene.city_power, at=at("2026-10-14 09:00")
    )
    assert ticket.division_id == "230000"
    with pytest.raises(DomainError) as refusal:
        services.escalate(ticket=ticket, reason="再上", by=scene.province, at=at("2026-10-14 10:00"))
    assert refusal.value.code == "no_tier_above"
    ticket = services.hand_back(ticket=ticket, text="同意增容", by=scene.province, at=at("2026-10-16 09:00"))
    assert (ticket.division_id, ticket.state) == ("230600", TicketState.WORKING)
    clocks = held(ticket.holds.all(), date(2026, 10, 19), current_calendar())
    # 县 office 28→29 Sept 1, 高峰 29 Sept→12 Oct: 30, 8, 9, 10, 12 = 5; 市 12→14 Oct 2; 省 14→16 Oct 2; 市 16→19 Oct 1
    assert [one.days for one in clocks] == [1, 5, 2, 2, 1]
    assert sum(one.days for one in clocks) == current_calendar().between(
        date(2026, 9, 28), date(2026, 10, 19)
    )
    assert days_by_side(clocks) == {"office": 11, "investor": 0}
    assert [entry.action for entry in ticket.entries.all()] == [
        "open", "accept", "escalate", "take", "escalate", "hand_back",
    ]  # fmt: skip


def test_the_light_follows_the_day_that_counts(scene: Scene) -> None:
    ticket = scene.working()  # until 19 October
    lights = [
        ticket_light(ticket, thresholds(day)).value
        for day in (
            date(2026, 10, 14),
            date(2026, 10, 15),
            date(2026, 10, 20),
            date(2026, 10, 26),
            date(2026, 10, 27),
        )
    ]
    # blue from two working days before (15), yellow five working days after 19 (20 21 22 23 26), then red
    assert lights == ["none", "blue", "amber", "amber", "red"]
    ticket = services.ask_close(ticket=ticket, result="已通电", by=scene.power, at=at("2026-10-16 15:00"))
    assert ticket_light(ticket, thresholds(date(2026, 10, 27))).value == "grey"


def test_closed_only_on_the_investors_word(scene: Scene) -> None:
    ticket = services.ask_close(
        ticket=scene.working(), result="已通电", by=scene.power, at=at("2026-10-12 15:00")
    )
    assert ticket.silence_due_on == date(2026, 10, 26)  # 13 14 15 16 19 20 21 22 23 26
    for nobody in (scene.power, scene.officer, scene.county, scene.city):
        with pytest.raises(PermissionDenied):
            services.confirm_close(ticket=ticket, by=nobody, at=at("2026-10-13 09:00"))
    ticket = services.refuse_close(
        ticket=ticket, reason="功率不够", by=scene.investor, at=at("2026-10-13 09:00")
    )
    assert (ticket.state, ticket.due_on, ticket.refusals) == (TicketState.WORKING, date(2026, 10, 19), 1)
    ticket = services.ask_close(ticket=ticket, result="增容完成", by=scene.power, at=at("2026-10-15 15:00"))
    ticket = services.confirm_close(ticket=ticket, by=scene.investor, at=at("2026-10-16 09:00"))
    assert (ticket.state, ticket.closed_how) == (TicketState.CLOSED, "confirm")
    assert not ticket.holds.filter(to_at=None).exists()
    ticket = services.reopen(ticket=ticket, reason="又停电了", by=scene.investor, at=at("2026-11-02 09:00"))
    assert (ticket.state, ticket.due_on, ticket.reopened) == (TicketState.WORKING, date(2026, 10, 19), 1)
    assert ticket_light(ticket, thresholds(date(2026, 11, 2))).value == "red"  # the old clock


def test_silence_closes_only_after_the_days_and_with_a_reason(scene: Scene) -> None:
    ticket = services.ask_close(
        ticket=scene.working(), result="已通电", by=scene.power, at=at("2026-10-12 15:00")
    )
    with pytest.raises(DomainError, match="2026-10-26"):
        services.close_silent(ticket=ticket, reason="无人答复", by=scene.county, at=at("2026-10-26 18:00"))
    with pytest.raises(DomainError):
        services.close_silent(ticket=ticket, reason=" ", by=scene.county, at=at("2026-10-27 09:00"))
    for other in (scene.power, scene.officer, scene.city, scene.province, scene.neighbour):
        before = (ticket.state, ticket.turn, AuditRecord.objects.count())
        with pytest.raises(PermissionDenied):
            services.close_silent(ticket=ticket, reason="无人答复", by=other, at=at("2026-10-27 09:00"))
        ticket.refresh_from_db()
        assert (ticket.state, ticket.turn, AuditRecord.objects.count()) == before
    ticket = services.close_silent(
        ticket=ticket, reason="三次电话无人答复", by=scene.county, at=at("2026-10-27 09:00")
    )
    assert (ticket.state, ticket.closed_how) == (TicketState.CLOSED, "close_silent")
    assert ticket.close_reason == "三次电话无人答复"


def test_one_refused_extension_and_one_granted(scene: Scene) -> None:
    ticket = scene.working()
    with pytest.raises(DomainError) as refusal:
        services.ask_time(
            ticket=ticket, wanted_on=date(2026, 10, 19), reason="x", by=scene.power, at=at("2026-10-12 09:00")
        )
    assert refusal.value.code == "not_later"
    ticket = services.ask_time(
        ticket=ticket,
        wanted_on=date(2026, 10, 30),
        reason="变压器未到货",
        by=scene.power,
        at=at("2026-10-12 09:00"),
    )
    assert ticket.due_on == date(2026, 10, 19)
    with pytest.raises(DomainError):
        services.ask_time(
            ticket=ticket,
            wanted_on=date(2026, 10, 29),
            reason="再问",
            by=scene.power,
            at=at("2026-10-12 10:00"),
        )
    for nobody in (scene.power, scene.county, scene.officer):
        with pytest.raises(PermissionDenied):
            services.grant_time(ticket=ticket, by=nobody, at=at("2026-10-12 11:00"))
    ticket = services.refuse_time(
        ticket=ticket, reason="设备已到，等不起", by=scene.investor, at=at("2026-10-13 09:00")
    )
    assert ticket.due_on == date(2026, 10, 19)
    assert (
        ticket_light(ticket, thresholds(date(2026, 10, 20))).value == "amber"
    )  # refused: it still becomes overdue
    with pytest.raises(StaleState):
        services.grant_time(ticket=ticket, by=scene.investor, at=at("2026-10-13 10:00"))
    ticket = services.ask_time(
        ticket=ticket,
        wanted_on=date(2026, 10, 23),
        reason="到货晚四天",
        by=scene.power,
        at=at("2026-10-14 09:00"),
    )
    ticket = services.grant_time(ticket=ticket, by=scene.investor, at=at("2026-10-14 15:00"))
    assert ticket.due_on == ticket.next_due_on == date(2026, 10, 23)
    assert [row.granted for row in ticket.extensions.all()] == [False, True]
    with pytest.raises(DomainError) as refusal:
        services.ask_time(
            ticket=ticket,
            wanted_on=date(2026, 11, 2),
            reason="晚了",
            by=scene.power,
            at=at("2026-10-26 09:00"),
        )
    assert refusal.value.code == "asked_too_late"


def test_two_people_at_once_one_wins(scene: Scene) -> None:
    ticket = scene.asked()
    first, second = Ticket.objects.get(pk=ticket.pk), Ticket.objects.get(pk=ticket.pk)
    services.accept(ticket=first, turn=1, by=scene.power, at=at("2026-09-28 14:00"))
    before = AuditRecord.objects.count()
    with pytest.raises(StaleState, match="高峰"):
        services.decline(ticket=second, reason="不归我管", turn=1, by=scene.county, at=at("2026-09-28 14:01"))
    ticket.refresh_from_db()
    assert (ticket.state, AuditRecord.objects.count()) == (TicketState.WORKING, before)


def test_strangers_change_nothing(scene: Scene) -> None:
    ticket = scene.working()
    before = (ticket.turn, ticket.state, AuditRecord.objects.count())
    acts: list[tuple[Any, dict[str, Any]]] = [
        (services.ask_close, {"result": "好了"}),
        (services.escalate, {"reason": "上"}),
        (services.ask_time, {"wanted_on": date(2026, 11, 2), "reason": "晚"}),
        (services.write_message, {"text": "你好"}),
        (
            services.pass_on,
            {"reason": "转", "department": Department.objects.get(division_id="230622", code="housing")},
        ),
    ]
    for who in ("neighbour", "other_city", "auditor", "administrator", "nobody", "promotion"):
        for act, values in acts:
            with pytest.raises(PermissionDenied):
                act(ticket=ticket, by=scene.people[who], at=at("2026-09-30 09:00"), **values)
        with pytest.raises(PermissionDenied):
            services.open_ticket(
                project=scene.project, kind=TicketKind.LAND, title="地", text="地", by=scene.people[who],
                at=at("2026-09-30 09:00"),
            )  # fmt: skip
    ticket.refresh_from_db()
    assert (ticket.turn, ticket.state, AuditRecord.objects.count()) == before


def test_who_sees_it(scene: Scene) -> None:
    ticket = scene.asked()
    sees = {name for name, user in scene.people.items() if Ticket.objects.visible_to(user).exists()}
    assert sees == {
        "province",
        "province_head",
        "city",
        "county",
        "auditor",
        "promotion",
        "officer",
        "investor",
    }
    assert Ticket.objects.visible_to(scene.power).get() == ticket  # holds it
    assert not Ticket.objects.visible_to(scene.city_power).exists()  # not yet


def test_files_are_known_by_content_and_size(scene: Scene, settings: Any) -> None:
    ticket = scene.asked(uploads=[SimpleUploadedFile("用电申请.pdf", PDF)])
    assert ticket.entries.get().files.get().name == "用电申请.pdf"
    tries = {
        "file_kind_unknown": SimpleUploadedFile("木马.pdf", b"MZ\x90\x00not a pdf"),
        "file_misnamed": SimpleUploadedFile("照片.jpg", PDF),
        "file_empty": SimpleUploadedFile("空.pdf", b""),
        "file_too_large": SimpleUploadedFile("大.pdf", PDF + b"0" * (20 * 1024 * 1024)),
    }
    for code, upload in tries.items():
        with pytest.raises(DomainError) as refusal:
            services.write_message(
                ticket=ticket, text="见附件", uploads=[upload], by=scene.investor, at=at("2026-09-28 11:00")
            )
        assert refusal.value.code == code
        assert upload.name in str(refusal.value.message)
    assert ticket.entries.count() == 1
    kept = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert len(kept) == 1


def test_agreed_at_the_meeting_starts_the_offices_day_at_once(scene: Scene) -> None:
    ticket = services.open_ticket(
        project=scene.project, kind=TicketKind.GAS, title="供气", text="接气", source="meeting", agreed_there=True,
        by=scene.county, at=at("2026-10-12 09:00"),
    )  # fmt: skip
    assert (ticket.state, ticket.accept_by_on) == (TicketState.AGREED, date(2026, 10, 13))
    other = services.open_ticket(
        project=scene.project, kind=TicketKind.GAS, title="供气二", text="接气", source="officer", agreed_there=True,
        by=scene.county, at=at("2026-10-12 09:00"),
    )  # fmt: skip
    assert other.state == TicketState.PROPOSED


def test_an_investor_without_account_agrees_on_paper(scene: Scene) -> None:
    lone = build.project("没有账号的项目")
    ticket = services.open_ticket(
        project=lone,
        kind=TicketKind.LAND,
        title="土地",
        text="选址",
        by=scene.county,
        at=at("2026-10-12 09:00"),
    )
    with pytest.raises(DomainError):
        services.record_agreement(ticket=ticket, text=" ", by=scene.county, at=at("2026-10-12 09:10"))
    ticket = services.record_agreement(
        ticket=ticket, text="项目经理张工电话同意", by=scene.county, at=at("2026-10-12 09:10")
    )
    assert (ticket.state, ticket.accept_by_on) == (TicketState.AGREED, date(2026, 10, 13))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "moon"}, "kind_unknown"),
        ({"title": " "}, "title_missing"),
        ({"title": "镈" * 121}, "title_too_long"),
        ({"text": ""}, "text_missing"),
        ({"text": "字" * 4001}, "text_too_long"),
        ({"source": "officer"}, "source_unknown"),
    ],
)
def test_bad_input_says_what_to_mend(scene: Scene, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        scene.asked(**changes)
    assert refusal.value.code == code
    assert not Ticket.objects.exists()


def test_open_tickets_follow_their_project(scene: Scene) -> None:
    below, above = scene.working(), scene.asked(title="另一件")
    above = services.escalate(
        ticket=services.accept(ticket=above, by=scene.power, at=at("2026-09-29 09:00")), reason="需市里",
        by=scene.power, at=at("2026-09-30 09:00"),
    )  # fmt: skip
    old, new = scene.project.division, Division.objects.get(pk="230621")
    follow_move(scene.project, old=old, new=new, by=scene.city, at=at("2026-10-12 09:00"))
    below.refresh_from_db()
    above.refresh_from_db()
    assert (below.division_id, below.department.code, below.person) == ("230621", "power_supply", None)
    assert (below.state, below.accept_by_on, below.due_on) == (
        TicketState.AGREED,
        date(2026, 10, 13),
        date(2026, 10, 19),
    )
    assert above.division_id == "230600"  # what lies above stays there
    follow_end(scene.project, reason="双方解约", by=scene.city, at=at("2026-10-14 09:00"))
    below.refresh_from_db()
    assert (below.state, below.closed_how, below.close_reason) == (TicketState.WITHDRAWN, "ended", "双方解约")
    assert not Ticket.objects.open().exists()
    assert not below.holds.filter(to_at=None).exists()


def test_one_press_too_many_makes_one_ticket_and_one_message(scene: Scene) -> None:
    ticket = scene.asked()
    with pytest.raises(StaleState) as refusal:
        scene.asked("2026-09-28 10:01")
    assert refusal.value.code == "opened_already"
    assert ticket.number in str(refusal.value.message)
    said: dict[str, Any] = {"ticket": ticket, "text": "变压器已到货", "by": scene.investor}
    services.write_message(**said, at=at("2026-09-28 11:00"))
    with pytest.raises(StaleState):
        services.write_message(**said, at=at("2026-09-28 11:00"))
    services.write_message(**said, at=at("2026-09-29 11:00"))  # a day later it is said again on purpose
    assert ticket.entries.filter(action="message").count() == 2
    assert scene.asked("2026-09-28 15:00").number.endswith("0002")  # the refused one took no number


def test_nobody_writes_into_a_closed_ticket(scene: Scene) -> None:
    ticket = services.withdraw(
        ticket=scene.asked(), reason="自行解决", by=scene.investor, at=at("2026-09-28 11:00")
    )
    with pytest.raises(StaleState) as refusal:
        services.write_message(ticket=ticket, text="补充", by=scene.investor, at=at("2026-09-28 12:00"))
    assert refusal.value.code == "ticket_ended"
