"""The duty log, problem meetings, empty seats, the workbench."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import InboxItem, User
from accounts.permissions import Role
from approvals.kickoff.services import Appointment, record_kickoff
from approvals.service import logging, meetings, queries
from approvals.service.meetings import Agreed
from approvals.service.models import Duty, ProblemMeeting, ServiceEntry
from approvals.tickets.models import Ticket, TicketKind
from projects import services as projects
from projects.models import TeamRole
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOW = at("2026-10-20 09:00")


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.leader = build.user("t-leader", Role.PACKAGE_LEADER, "230622", name="陈国梁")
        self.project = build.project(planned={"construction_permit": date(2026, 10, 16)})
        team = (
            (TeamRole.CHIEF_SERVICE_OFFICER, self.officer),
            (TeamRole.INVESTOR, self.investor),
            (TeamRole.PACKAGE_LEADER, self.leader),
        )
        for role, user in team:
            projects.appoint(
                project=self.project, role=role, user=user, valid_from=date(2026, 4, 1), by=self.county,
                at=at("2026-04-01 09:00"),
            )  # fmt: skip

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def log(self, duty: str = Duty.GUIDE, **changes: Any) -> ServiceEntry:
        facts: dict[str, Any] = {
            "done_on": date(2026, 10, 19),
            "text": "现场指导施工许可材料",
            "by": self.officer,
        }
        return logging.write_entry(project=self.project, duty=duty, **(facts | changes), at=NOW)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_the_investor_sees_what_is_meant_for_them(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        inside, shared, feedback = (
            scene.log(),
            scene.log(Duty.MATERIAL, shared=True),
            scene.log(Duty.FEEDBACK),
        )
    assert feedback.shared
    assert set(ServiceEntry.objects.visible_to(scene.investor)) == {shared, feedback}
    assert set(ServiceEntry.objects.visible_to(scene.county)) == {inside, shared, feedback}
    for stranger in ("neighbour", "other_city", "administrator", "nobody"):
        assert not ServiceEntry.objects.visible_to(scene.people[stranger]).exists()
    assert InboxItem.objects.filter(user=scene.investor, kind="service").count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "text_missing"),
        ({"duty": "moon"}, "duty_unknown"),
        ({"done_on": date(2026, 10, 21)}, "done_in_future"),
        ({"way": "letter", "result": "none"}, "way_unknown"),
        ({"way": "phone", "result": "fine"}, "result_unknown"),
        ({"way": "phone"}, "result_missing"),
        ({"result": "none"}, "way_missing"),
        ({"done_on": date(2026, 3, 25)}, "done_before_signing"),
    ],
)
def test_bad_entries(scene: Scene, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        scene.log(**changes)
    assert refusal.value.code == code
    assert not ServiceEntry.objects.exists()


def test_who_may_write_the_log(scene: Scene) -> None:
    for who in ("investor", "neighbour", "auditor", "administrator", "nobody", "promotion"):
        with pytest.raises(PermissionDenied):
            scene.log(by=scene.people[who])
    assert not ServiceEntry.objects.exists()


def test_a_meeting_is_called_recorded_and_looked_at_again(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        meeting = meetings.call_meeting(
            project=scene.project, subject="供电外线", meets_at=at("2026-10-21 14:00"), place="县政府三楼",
            by=scene.leader, at=NOW,
        )  # fmt: skip
    told = set(InboxItem.objects.filter(kind="meeting").values_list("user__username", flat=True))
    assert told == {"t-officer", "t-investor"}
    agreed = [Agreed("落实临时用电", TicketKind.ELECTRICITY, due_on=date(2026, 10, 30))]
    with pytest.raises(DomainError) as refusal:
        meetings.record_meeting(meeting=meeting, minutes="供电公司一周内完成", by=scene.leader, at=NOW)
    assert refusal.value.code == "not_held_yet"
    later = at("2026-10-21 17:00")
    meetings.record_meeting(
        meeting=meeting, minutes="供电公司一周内完成", agreed=agreed, follow_up_on=date(2026, 10, 28), by=scene.leader,
        at=later,
    )  # fmt: skip
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.state, ticket.department.code) == ("meeting", "agreed", "power_supply")
    assert ticket.source_note.endswith("2026-10-21") or "2026-10-21" in ticket.source_note
    assert list(queries.open_meetings(scene.leader, later)) == [meeting]
    with pytest.raises(StaleState):
        meetings.cancel_meeting(meeting=meeting, reason="改期", by=scene.leader, at=later)
    meetings.follow_up(meeting=meeting, note="已通电", by=scene.leader, at=at("2026-10-28 09:00"))
    assert not queries.open_meetings(scene.leader, later)
    with pytest.raises(StaleState):
        meetings.follow_up(meeting=meeting, note="再看", by=scene.leader, at=at("2026-10-28 10:00"))


def test_a_meeting_that_fails_half_way_leaves_nothing(scene: Scene) -> None:
    meeting = meetings.call_meeting(
        project=scene.project,
        subject="用地",
        meets_at=at("2026-10-20 14:00"),
        place="三楼",
        by=scene.leader,
        at=NOW,
    )
    agreed = [Agreed("甲", TicketKind.LAND), Agreed("乙", "moon")]
    with pytest.raises(DomainError):
        meetings.record_meeting(
            meeting=meeting, minutes="定了", agreed=agreed, by=scene.leader, at=at("2026-10-20 17:00")
        )
    meeting.refresh_from_db()
    assert (meeting.state, Ticket.objects.count()) == ("called", 0)


def test_who_may_call_a_meeting(scene: Scene) -> None:
    for who in ("investor", "neighbour", "auditor", "administrator", "promotion"):
        with pytest.raises(PermissionDenied):
            meetings.call_meeting(
                project=scene.project, subject="x", meets_at=at("2026-10-21 14:00"), place="y", by=scene.people[who],
                at=NOW,
            )  # fmt: skip
    assert not ProblemMeeting.objects.exists()


def test_the_kickoff_opens_its_tickets_and_shows_empty_seats(scene: Scene) -> None:
    fresh = build.project("粮食仓储项目", signed_on=date(2026, 10, 9))
    record_kickoff(
        project=fresh, held_on=date(2026, 10, 19), place="三楼", chair="陈国梁", attendees="", minutes="工信局牵头",
        appointments=[Appointment(TeamRole.PACKAGE_LEADER, name="陈国梁")],
        agreed=[Agreed("落实用地", TicketKind.LAND), Agreed("接水", TicketKind.WATER, agreed_there=False)],
        by=scene.county, at=NOW,
    )  # fmt: skip
    rows = {row.title: row for row in Ticket.objects.filter(project=fresh)}
    assert rows["落实用地"].state == "agreed"
    assert rows["落实用地"].department.code == "natural_resources"
    assert rows["接水"].state == "proposed"
    on = date(2026, 10, 20)
    assert queries.vacancy_counts(scene.county, on) == {
        "package_leader": 0, "lead": 1, "chief_service_officer": 1, "service_specialist": 1,
    }  # fmt: skip
    assert list(queries.vacancies(scene.county, on)) == [fresh]
    assert not queries.vacancies(scene.county, on, "package_leader")
    assert not queries.vacancies(scene.neighbour, on)
    # 项目 without a kickoff is not a vacancy: its missing meeting has its own light
    assert scene.project not in queries.vacancies(scene.county, on)


def test_the_workbench_shows_own_projects_by_light(scene: Scene, django_assert_max_num_queries: Any) -> None:
    scene.log(done_on=date(2026, 10, 12))
    build.project("别人的项目")
    with django_assert_max_num_queries(12):
        rows = queries.bench(scene.leader, date(2026, 10, 20))
    assert [row.project for row in rows] == [scene.project]
    # 16 October → 20 October: two working days late (19, 20); last log 12 → 20: 13 14 15 16 19 20
    assert (rows[0].light.value, rows[0].days_left, rows[0].quiet) == ("amber", -2, 6)
    assert rows[0].vacant  # no specialist
