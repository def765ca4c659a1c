"""Hand-over: nothing moves before the receiver accepts, nothing is left without an owner, and a check proves it."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from accounts import departments, people
from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Department, Posting, User
from accounts.permissions import Role
from approvals.mandates import services as mandates
from approvals.service import handing, owned
from approvals.service.models import HandOver
from approvals.tickets import services as tickets
from approvals.tickets.models import Ticket, TicketKind
from projects import services as projects
from projects.models import Assignment, Project, TeamRole
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOW = at("2026-10-20 09:00")
ON = date(2026, 10, 20)


class Scene:
    """The officer serves one project, has a ticket and a mandate; a colleague may take over."""

    def __init__(self) -> None:
        self.people = build.cast()
        self.project = build.project()
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            projects.appoint(
                project=self.project, role=role, user=self.people[who], valid_from=date(2026, 4, 1),
                by=self.county, at=at("2026-04-01 09:00"),
            )  # fmt: skip
        self.colleague = build.user(
            "t-colleague",
            Role.CHIEF_SERVICE_OFFICER,
            "230622",
            department="industry_information",
            name="钱进",
        )
        office = Department.objects.get(division_id="230622", code="industry_information")
        ticket = tickets.open_ticket(
            project=self.project, kind=TicketKind.OTHER, title="协调", text="协调", department=office,
            source="meeting", agreed_there=True, by=self.county, at=at("2026-10-12 09:00"),
        )  # fmt: skip
        self.ticket = tickets.accept(
            ticket=ticket, person=self.officer, by=self.officer, at=at("2026-10-12 10:00")
        )
        self.mandate = mandates.give_mandate(
            project=self.project, agent=self.officer, scope="施工许可", signed_by="梁宏伟",
            signed_on=date(2026, 10, 12), by=self.investor, at=at("2026-10-12 11:00"),
        )  # fmt: skip

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def keys(self) -> list[str]:
        return [thing.key for thing in owned.open_of(self.officer, ON)]

    def proposed(self, **changes: Any) -> HandOver:
        facts = {
            "giver": self.officer,
            "receiver": self.colleague,
            "keys": self.keys(),
            "reason": "调离",
            "by": self.county,
        }
        return handing.propose(**(facts | changes), at=NOW)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_everything_open_is_found(scene: Scene) -> None:
    assert {thing.source for thing in owned.open_of(scene.officer, ON)} == {"team", "ticket", "mandate"}
    assert not owned.open_of(scene.colleague, ON)
    assert not owned.open_of(scene.investor, ON)  # the company's own seat is not work of an office


def test_nothing_moves_before_the_receiver_accepts(scene: Scene) -> None:
    row = scene.proposed()
    assert len(scene.keys()) == 3
    with pytest.raises(PermissionDenied):
        handing.accept(hand_over=row, by=scene.county, at=NOW)
    with pytest.raises(DomainError) as refusal:
        scene.proposed()
    assert refusal.value.code == "offered_already"
    with time_machine.travel(NOW, tick=False):
        handing.accept(hand_over=row, by=scene.colleague, at=NOW)
    assert not owned.open_of(scene.officer, ON)
    assert {thing.source for thing in owned.open_of(scene.colleague, ON)} == {"team", "ticket", "mandate"}
    seat = Assignment.objects.get(project=scene.project, role=TeamRole.CHIEF_SERVICE_OFFICER, valid_to=None)
    assert (seat.user, seat.valid_from) == (scene.colleague, ON)
    assert Project.objects.visible_to(scene.colleague).get() == scene.project
    assert not Project.objects.visible_to(User.objects.get(pk=scene.officer.pk)).exists()
    scene.ticket.refresh_from_db()
    assert scene.ticket.person == scene.colleague
    assert scene.ticket.entries.last().action == "handed_over"
    # the clock of each holder: the officer's stopped as the colleague's started
    assert [bool(hold.to_at) for hold in scene.ticket.holds.all()] == [True, True, False]
    assert row.items.filter(moved=True).count() == 3
    with pytest.raises(StaleState):
        handing.decline(hand_over=row, reason="晚了", by=scene.colleague, at=NOW)


def test_declined_stays_where_it_was(scene: Scene) -> None:
    row = scene.proposed()
    with pytest.raises(DomainError):
        handing.decline(hand_over=row, reason=" ", by=scene.colleague, at=NOW)
    handing.decline(hand_over=row, reason="任务已满", by=scene.colleague, at=NOW)
    assert len(scene.keys()) == 3
    assert scene.proposed().state == "proposed"  # it can be offered again


def test_who_may_propose_and_to_whom(scene: Scene) -> None:
    for who in (
        "officer",
        "investor",
        "neighbour",
        "other_city",
        "auditor",
        "administrator",
        "promotion",
        "nobody",
    ):
        before = AuditRecord.objects.count()
        with pytest.raises(PermissionDenied):
            scene.proposed(by=scene.people[who])
        assert (HandOver.objects.count(), AuditRecord.objects.count()) == (0, before)
    for unfit in ("neighbour", "investor", "nobody"):
        with pytest.raises(DomainError) as refusal:
            scene.proposed(receiver=scene.people[unfit])
        assert refusal.value.code == "receiver_unfit"
    with pytest.raises(DomainError) as refusal:
        scene.proposed(keys=[])
    assert refusal.value.code == "nothing_chosen"


def test_a_posting_with_open_work_does_not_end(scene: Scene) -> None:
    admin = scene.administrator
    posting = scene.officer.postings.get()
    with pytest.raises(DomainError) as refusal:
        people.end_posting(posting=posting, last_day=ON, reason="调离", by=admin, at=NOW)
    assert refusal.value.code == "open_work"
    posting.refresh_from_db()
    assert posting.valid_to is None
    row = scene.proposed()
    with time_machine.travel(NOW, tick=False):
        handing.accept(hand_over=row, by=scene.colleague, at=NOW)
    people.end_posting(posting=posting, last_day=ON, reason="调离", by=admin, at=NOW)
    assert Posting.objects.get(pk=posting.pk).valid_to == ON


def test_a_department_with_open_tickets_is_not_abolished(scene: Scene) -> None:
    office = Department.objects.get(division_id="230622", code="power_supply")
    ticket = tickets.open_ticket(
        project=scene.project,
        kind=TicketKind.ELECTRICITY,
        title="用电",
        text="用电",
        by=scene.investor,
        at=NOW,
    )
    assert ticket.department == office
    with pytest.raises(DomainError) as refusal:
        departments.end_department(
            department=office, last_day=ON, reason="撤并", by=scene.administrator, at=NOW
        )
    assert refusal.value.code == "open_work"
    tickets.accept(ticket=ticket, by=scene.county, at=NOW)
    housing = Department.objects.get(division_id="230622", code="housing")
    tickets.pass_on(
        ticket=Ticket.objects.get(pk=ticket.pk), department=housing, reason="撤并", by=scene.county, at=NOW
    )
    departments.end_department(department=office, last_day=ON, reason="撤并", by=scene.administrator, at=NOW)


def test_the_check_names_what_nobody_owns(scene: Scene, capsys: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        call_command("check_owners")
        # a disabled account leaves at once; the office cannot wait for a hand-over
        User.objects.filter(pk=scene.officer.pk).update(is_active=False)
        lost = owned.ownerless(None, ON)
        assert {thing.source for thing in lost} == {"team", "ticket", "mandate"}
        assert {one.key for one in owned.ownerless(scene.county, ON)} == {one.key for one in lost}
        assert owned.count_ownerless(scene.county, ON) == owned.count_ownerless(None, ON) == len(lost) == 3
        assert not owned.ownerless(scene.neighbour, ON)
        assert owned.count_ownerless(scene.neighbour, ON) == 0
        with pytest.raises(SystemExit):
            call_command("check_owners")
        row = scene.proposed()
        handing.accept(hand_over=row, by=scene.colleague, at=NOW)
        assert not owned.ownerless(None, ON)


def test_a_ticket_of_an_office_without_people_falls_to_the_competent_office(scene: Scene) -> None:
    Posting.objects.filter(user=scene.county).update(valid_to=date(2026, 10, 19))
    ticket = tickets.open_ticket(
        project=scene.project, kind=TicketKind.WATER, title="用水", text="用水", by=scene.investor, at=NOW
    )
    assert [one.pk for one in owned.ownerless(None, ON) if one.source == "ticket"] == [ticket.pk]
    Posting.objects.filter(user=scene.county).update(valid_to=None)
    assert not [one for one in owned.ownerless(None, ON) if one.source == "ticket"]
