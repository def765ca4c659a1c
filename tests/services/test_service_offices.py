"""A department is abolished only after all it has open was handed over at once and taken over; the check proves it."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from accounts import departments
from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Department, User
from accounts.permissions import Role
from approvals.checklist.models import ChecklistItem, ItemState
from approvals.service import office_handing, offices, owned
from approvals.service.office_models import OfficeHandOver
from approvals.tickets import services as tickets
from approvals.tickets.models import TicketKind
from projects.models import Promise
from projects.promises import services as promises
from projects.promises.services import Part
from tests import build, checklist_help
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOW = at("2026-10-20 09:00")
ON = date(2026, 10, 20)


class Scene:
    """自然资源局 has two items not applied for, one running ticket, a promise and a debt; 住建局 may take them over."""

    def __init__(self) -> None:
        self.people = build.cast()
        self.giver = Department.objects.get(division_id="230622", code="natural_resources")
        self.receiver = Department.objects.get(division_id="230622", code="housing")
        self.specialist = build.user(
            "t-housing", Role.SERVICE_SPECIALIST, "230622", department="housing", name="周建"
        )
        self.project = build.project(signed_on=date(2026, 4, 1))
        checklist_help.catalogue()
        checklist_help.checklist(self.project, self.county)
        self.ticket = tickets.open_ticket(
            project=self.project, kind=TicketKind.OTHER, title="二期用地", text="二期用地", department=self.giver,
            source="meeting", agreed_there=True, by=self.county, at=at("2026-10-12 09:00"),
        )  # fmt: skip
        self.promise = promises.record_promise(
            project=self.project, text="配套道路", basis="投资协议第五条", due_on=date(2026, 12, 31),
            department=self.giver, by=self.county, at=NOW,
        )  # fmt: skip
        self.debt = promises.record_arrears(
            project=self.project, creditor="蕲艾公司", subject="代建款", amount_yuan=20_000,
            parts=[Part(date(2026, 11, 30), 10_000), Part(date(2026, 12, 31), 10_000)], department=self.giver,
            by=self.county, at=NOW,
        )  # fmt: skip

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def offered(self, **changes: Any) -> OfficeHandOver:
        facts: dict[str, Any] = {
            "giver": self.giver, "receiver": self.receiver, "reason": "机构改革",
            "kinds": ["item", "ticket", "promise", "arrears"], "by": self.county,
        }  # fmt: skip
        return office_handing.offer(**(facts | changes), at=NOW)

    def end(self) -> None:
        departments.end_department(
            department=self.giver, last_day=ON, reason="机构改革", by=self.administrator, at=NOW
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_all_of_it_moves_at_once_when_the_receiver_takes_it_over(scene: Scene) -> None:
    assert offices.counts_of(scene.giver) == {"item": 2, "ticket": 1, "promise": 1, "arrears": 1}
    before = AuditRecord.objects.count()
    with pytest.raises(DomainError) as refusal:
        scene.end()  # not even applied for: they would have nobody
    assert refusal.value.code == "open_work"
    assert AuditRecord.objects.count() == before
    row = scene.offered()
    assert offices.counts_of(scene.giver)["item"] == 2  # nothing moved yet
    item = ChecklistItem.objects.filter(department=scene.giver).first()
    assert item is not None
    office_handing.accept(hand_over=row, by=scene.specialist, at=NOW)
    assert row.moved == {"item": 2, "ticket": 1, "promise": 1, "arrears": 1}
    assert offices.counts_of(scene.giver) == {}
    assert offices.counts_of(scene.receiver)["item"] == 3  # its own and the two new ones
    scene.ticket.refresh_from_db()
    assert (scene.ticket.department, scene.ticket.person) == (scene.receiver, None)
    assert scene.ticket.entries.filter(action="handed_over").count() == 1
    assert [hold.department for hold in scene.ticket.holds.all()] == [scene.giver, scene.receiver]
    assert Promise.objects.get().department == scene.receiver
    assert ChecklistItem.objects.get(pk=item.pk).turn == item.turn + 1  # whoever saw it before is told
    assert AuditRecord.objects.filter(action="office_matter_moved").count() == 4
    scene.end()
    with time_machine.travel(at("2026-10-21 09:00"), tick=False):
        call_command("check_owners")


def test_only_the_kinds_that_were_chosen_move(scene: Scene) -> None:
    row = scene.offered(kinds=["ticket", "nonsense"])
    assert row.kinds == ["ticket"]
    office_handing.accept(hand_over=row, by=scene.specialist, at=NOW)
    assert "ticket" not in offices.counts_of(scene.giver)
    with pytest.raises(DomainError):
        scene.end()
    with pytest.raises(DomainError) as refusal:
        scene.offered(kinds=["ticket"])
    assert refusal.value.code == "nothing_chosen"


def test_who_may_offer_and_who_may_take_over(scene: Scene) -> None:
    for who in ("officer", "investor", "neighbour", "other_city", "auditor", "administrator", "nobody"):
        with pytest.raises(PermissionDenied):
            scene.offered(by=scene.people[who])
    elsewhere = Department.objects.get(division_id="230621", code="housing")
    empty = Department.objects.get(division_id="230622", code="power_supply")
    for unfit in (elsewhere, empty, scene.giver):
        with pytest.raises(DomainError) as refusal:
            scene.offered(receiver=unfit)
        assert refusal.value.code == "receiver_unfit"
    row = scene.offered()
    with pytest.raises(StaleState):
        scene.offered()
    before = AuditRecord.objects.count()
    for who in ("county", "province", "officer", "investor", "neighbour"):
        with pytest.raises(PermissionDenied):
            office_handing.accept(hand_over=row, by=scene.people[who], at=NOW)
    assert AuditRecord.objects.count() == before
    assert not OfficeHandOver.objects.visible_to(scene.neighbour).exists()
    assert OfficeHandOver.objects.visible_to(scene.specialist).get() == row


def test_declined_or_taken_back_nothing_moves(scene: Scene) -> None:
    row = scene.offered()
    with pytest.raises(DomainError):
        office_handing.decline(hand_over=row, reason=" ", by=scene.specialist, at=NOW)
    office_handing.decline(hand_over=row, reason="人手不足", by=scene.specialist, at=NOW)
    again = scene.offered()
    office_handing.withdraw(hand_over=again, reason="另行安排", by=scene.county, at=NOW)
    with pytest.raises(StaleState):
        office_handing.accept(hand_over=again, by=scene.specialist, at=NOW)
    assert offices.counts_of(scene.giver)["item"] == 2


def test_work_of_an_abolished_department_is_found(scene: Scene) -> None:
    Department.objects.filter(pk=scene.giver.pk).update(valid_to=date(2026, 10, 19))
    lost = {one.source for one in owned.ownerless(None, ON)}
    assert lost == {"office", "ticket"}
    assert {one.source for one in owned.ownerless(scene.county, ON)} == lost
    assert owned.count_ownerless(scene.county, ON) == len(owned.ownerless(scene.county, ON))
    assert not owned.ownerless(scene.neighbour, ON)
    scene.giver.refresh_from_db()
    office_handing.accept(hand_over=scene.offered(), by=scene.specialist, at=NOW)
    assert not owned.ownerless(None, ON)


def test_a_check_that_is_still_due_goes_along(scene: Scene) -> None:
    rows = ChecklistItem.objects.filter(department=scene.giver)
    rows.update(
        state=ItemState.DECIDED,
        ended_on=ON,
        by_commitment=True,
        check_due_on=date(2026, 12, 1),
        is_running=False,
    )
    assert offices.counts_of(scene.giver)["item"] == 2
    rows.update(checked_on=ON)
    assert "item" not in offices.counts_of(scene.giver)
