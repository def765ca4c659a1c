"""Mandates: the company's own will, accepted within a working day, revocable; every paper has its receipts."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, User
from approvals.mandates import services
from approvals.mandates.following import follow_end, follow_move
from approvals.mandates.models import Mandate, Material, Receipt
from approvals.mandates.services import Line
from approvals.mandates.wiring import todo_items
from projects import services as projects
from projects.models import Project, TeamRole
from projects.services import dependents
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOW = at("2026-09-30 10:00")  # the day before the long holiday
PDF = b"%PDF-1.4\n"


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.project = build.project(company=build.company())
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            projects.appoint(
                project=self.project, role=role, user=self.people[who], valid_from=date(2026, 4, 1),
                by=self.county, at=at("2026-04-01 09:00"),
            )  # fmt: skip

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def given(self, **changes: Any) -> Mandate:
        facts: dict[str, Any] = {
            "project": self.project, "agent": self.officer, "scope": "施工许可阶段全部申报", "signed_by": "梁宏伟",
            "signed_on": date(2026, 9, 30), "by": self.investor, "at": NOW,
        }  # fmt: skip
        return services.give_mandate(**(facts | changes))

    def active(self) -> Mandate:
        return services.accept_mandate(mandate=self.given(), by=self.officer, at=at("2026-09-30 15:00"))

    def taken(self, mandate: Mandate) -> Receipt:
        lines = [Line("营业执照", True, 1), Line("土地证复印件", False, 3)]
        return services.take_in(
            mandate=mandate, lines=lines, party="梁宏伟", done_on=date(2026, 10, 8), by=self.officer,
            at=at("2026-10-08 10:00"),
        )  # fmt: skip


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_accepted_within_one_working_day(scene: Scene) -> None:
    mandate = scene.given()
    assert (mandate.number, mandate.state, mandate.online) == ("WT-230622-2026-0001", "given", True)
    assert mandate.accept_by_on == date(2026, 10, 8)  # 1 to 7 October off
    for who in (scene.investor, scene.city, scene.neighbour, scene.promotion):
        with pytest.raises(PermissionDenied):
            services.accept_mandate(mandate=mandate, by=who, at=NOW)
    mandate = services.accept_mandate(mandate=mandate, by=scene.officer, at=NOW)
    assert mandate.state == "active"
    with pytest.raises(StaleState):
        services.decline_mandate(
            mandate=Mandate.objects.get(pk=mandate.pk), reason="忙", by=scene.officer, at=NOW
        )


def test_two_at_once(scene: Scene) -> None:
    mandate = scene.given()
    services.accept_mandate(mandate=Mandate.objects.get(pk=mandate.pk), turn=1, by=scene.officer, at=NOW)
    with pytest.raises(StaleState):
        services.decline_mandate(mandate=mandate, reason="忙", turn=1, by=scene.county, at=NOW)


def test_on_paper_only_with_the_signed_form(scene: Scene) -> None:
    with pytest.raises(DomainError) as refusal:
        scene.given(by=scene.county)
    assert refusal.value.code == "form_missing"
    with pytest.raises(DomainError) as refusal:
        scene.given(by=scene.county, upload=SimpleUploadedFile("委托书.pdf", b"MZ no pdf"))
    assert refusal.value.code == "file_kind_unknown"
    mandate = scene.given(by=scene.county, upload=SimpleUploadedFile("委托书.pdf", PDF))
    assert (mandate.online, mandate.file_name) == (False, "委托书.pdf")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scope": " "}, "scope_missing"),
        ({"signed_by": ""}, "signer_missing"),
        ({"signed_on": date(2026, 10, 1)}, "signed_in_future"),
        ({"valid_to": date(2026, 9, 29)}, "valid_to_past"),
        ({"valid_to": date(9999, 12, 31)}, "valid_to_far"),
        ({"signed_on": date(1, 1, 1)}, "signed_too_early"),
    ],
)
def test_bad_input(scene: Scene, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        scene.given(**changes)
    assert refusal.value.code == code
    assert not Mandate.objects.exists()


def test_the_agent_serves_there(scene: Scene) -> None:
    for unfit in (scene.neighbour, scene.investor, scene.nobody, scene.city):
        with pytest.raises(DomainError) as refusal:
            scene.given(agent=unfit)
        assert refusal.value.code == "agent_unfit"
    for who in ("neighbour", "other_city", "auditor", "administrator", "promotion", "nobody"):
        with pytest.raises(PermissionDenied):
            scene.given(by=scene.people[who])
    assert not Mandate.objects.exists()


def test_every_paper_has_its_receipts(scene: Scene) -> None:
    mandate = scene.given()
    with pytest.raises(StaleState):
        scene.taken(mandate)
    mandate = services.accept_mandate(mandate=mandate, by=scene.officer, at=NOW)
    receipt = scene.taken(mandate)
    assert (receipt.number, receipt.lines.count()) == (f"{mandate.number}-01", 2)
    with pytest.raises(PermissionDenied):
        services.confirm_receipt(receipt=receipt, by=scene.officer, at=NOW)
    services.confirm_receipt(receipt=receipt, by=scene.investor, at=at("2026-10-08 11:00"))
    with pytest.raises(StaleState):
        services.confirm_receipt(receipt=receipt, by=scene.investor, at=at("2026-10-08 12:00"))
    licence, deed = mandate.materials.all()
    handed = services.hand_out(
        mandate=mandate, materials=[deed.pk], direction="office", party="县住建局窗口", done_on=date(2026, 10, 9),
        by=scene.officer, at=at("2026-10-09 10:00"),
    )  # fmt: skip
    assert list(handed.lines) == [deed]
    with pytest.raises(StaleState):  # it has left already
        services.hand_out(
            mandate=mandate, materials=[deed.pk, licence.pk], direction="back", party="", done_on=date(2026, 10, 9),
            by=scene.officer, at=at("2026-10-09 11:00"),
        )  # fmt: skip
    with pytest.raises(DomainError) as refusal:
        services.hand_out(
            mandate=mandate, materials=[licence.pk], direction="back", party="", done_on=date(2026, 10, 7),
            by=scene.officer, at=at("2026-10-09 11:00"),
        )  # fmt: skip
    assert refusal.value.code == "before_received"
    with pytest.raises(DomainError) as refusal:
        services.end_mandate(mandate=mandate, reason="办完", by=scene.officer, at=at("2026-10-10 09:00"))
    assert refusal.value.code == "materials_held"


def test_revoked_at_any_time_and_the_papers_go_back(scene: Scene) -> None:
    mandate = scene.active()
    scene.taken(mandate)
    for who in (scene.officer, scene.county, scene.neighbour):
        with pytest.raises(PermissionDenied):
            services.revoke_mandate(mandate=mandate, reason="x", by=who, at=at("2026-10-09 09:00"))
    mandate = services.revoke_mandate(
        mandate=mandate, reason="自行办理", by=scene.investor, at=at("2026-10-09 09:00")
    )
    assert mandate.state == "revoked"
    with pytest.raises(StaleState):
        scene.taken(mandate)
    papers = list(mandate.materials.values_list("pk", flat=True))
    with pytest.raises(StaleState):
        services.hand_out(
            mandate=mandate, materials=papers, direction="office", party="窗口", done_on=date(2026, 10, 9),
            by=scene.officer, at=at("2026-10-09 10:00"),
        )  # fmt: skip
    receipt = services.hand_out(
        mandate=mandate, materials=papers, direction="back", party="", done_on=date(2026, 10, 9), by=scene.officer,
        at=at("2026-10-09 10:00"),
    )  # fmt: skip
    assert receipt.party == "湖北蕲艾科技集团有限公司"
    assert not Material.objects.filter(handed=None).exists()


def test_who_sees_it(scene: Scene) -> None:
    mandate = scene.given()
    sees = {name for name, user in scene.people.items() if Mandate.objects.visible_to(user).exists()}
    assert sees == {"province", "province_head", "city", "county", "auditor", "officer", "investor"}
    assert AuditRecord.objects.filter(action="mandate_given", object_id=str(mandate.pk)).count() == 1


def test_a_mandate_follows_its_project_to_the_new_division(scene: Scene) -> None:
    mandate = scene.active()
    scene.taken(mandate)
    old, new = scene.project.division, Division.objects.get(pk="230621")
    Project.objects.filter(pk=scene.project.pk).update(division=new, **new.codes)
    project = Project.objects.get(pk=scene.project.pk)
    follow_move(project, old=old, new=new, by=scene.city, at=at("2026-10-12 09:00"))
    mandate.refresh_from_db()
    # The company's agent serves in the old county; the new one's office has a working day to accept.
    assert (mandate.agent, mandate.state, mandate.accepted_at) == (scene.neighbour, "given", None)
    assert mandate.accept_by_on == date(2026, 10, 13)
    assert AuditRecord.objects.get(action="mandate_moved").after["agent"].endswith(str(scene.neighbour))
    with pytest.raises(PermissionDenied):
        services.accept_mandate(mandate=mandate, by=scene.officer, at=at("2026-10-12 10:00"))
    mandate = services.accept_mandate(mandate=mandate, by=scene.neighbour, at=at("2026-10-12 10:00"))
    assert mandate.materials.filter(handed=None).count() == 2
    follow_move(project, old=new, new=new, by=scene.city, at=at("2026-10-13 09:00"))
    mandate.refresh_from_db()
    assert mandate.state == "active"  # a move within the county changes nothing


def test_nothing_is_entrusted_for_an_ended_project(scene: Scene) -> None:
    mandate = scene.active()
    scene.taken(mandate)
    follow_end(scene.project, reason="双方解约", by=scene.county, at=at("2026-10-12 09:00"))
    mandate.refresh_from_db()
    assert (mandate.state, mandate.end_reason, mandate.ended_at) == (
        "ended",
        "双方解约",
        at("2026-10-12 09:00"),
    )
    back = services.hand_out(
        mandate=mandate, materials=[row.pk for row in mandate.materials.all()], direction="back", party="",
        done_on=date(2026, 10, 12), by=scene.officer, at=at("2026-10-12 10:00"),
    )  # fmt: skip
    assert back.lines.count() == 2  # what is held can still be given back
    assert {"mandates"} <= set(dependents._moved) & set(dependents._ended)


def test_one_press_too_many_makes_one_mandate_and_one_receipt(scene: Scene) -> None:
    mandate = scene.active()
    with pytest.raises(StaleState) as refusal:
        scene.given(at=at("2026-09-30 10:01"))
    assert refusal.value.code == "given_already"
    assert mandate.number in str(refusal.value.message)
    receipt = scene.taken(mandate)
    with pytest.raises(StaleState) as refusal:
        scene.taken(mandate)
    assert refusal.value.code == "received_already"
    assert receipt.number in str(refusal.value.message)
    assert (Mandate.objects.count(), Receipt.objects.count(), Material.objects.count()) == (1, 1, 2)


def test_after_its_last_day_papers_only_go_back(scene: Scene) -> None:
    mandate = scene.given(valid_to=date(2026, 10, 9))
    services.accept_mandate(mandate=mandate, by=scene.officer, at=at("2026-09-30 15:00"))
    scene.taken(mandate)
    late = at("2026-10-12 09:00")
    assert not mandate.has_lapsed(date(2026, 10, 9))
    assert mandate.has_lapsed(date(2026, 10, 10))
    with pytest.raises(StaleState) as refusal:
        services.take_in(
            mandate=mandate,
            lines=[Line("施工合同")],
            party="",
            done_on=date(2026, 10, 12),
            by=scene.officer,
            at=late,
        )
    assert refusal.value.code == "mandate_lapsed"
    held = [one.pk for one in mandate.materials.all()]
    out: dict[str, Any] = {"mandate": mandate, "materials": held, "done_on": date(2026, 10, 12), "at": late}
    with pytest.raises(StaleState):
        services.hand_out(**out, direction="office", party="住建局窗口", by=scene.officer)
    (found,) = [one for one in todo_items(scene.officer, date(2026, 10, 12)) if one.key.startswith("mandate")]
    assert found.due_on == date(2026, 10, 9)
    services.hand_out(**out, direction="back", party="", by=scene.officer)
    services.end_mandate(mandate=mandate, reason="到期办结", by=scene.officer, at=late)


def test_a_mandate_nobody_accepted_in_time_is_not_accepted_later(scene: Scene) -> None:
    mandate = scene.given(valid_to=date(2026, 10, 9))
    with pytest.raises(StaleState):
        services.accept_mandate(mandate=mandate, by=scene.officer, at=at("2026-10-10 09:00"))
