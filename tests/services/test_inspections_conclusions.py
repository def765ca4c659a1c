"""Conclusions of inspections and objections, with their dates."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import Department, InboxItem
from supervision.inspections import concluding, recording
from supervision.inspections.models import (
    Conclusion,
    Inspection,
)
from tests.build import at
from tests.inspections_help import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def scene() -> Scene:
    return Scene()


# -- conclusions and objections ---------------------------------------------------------------------------------------


def test_the_inspected_unit_gets_its_conclusion(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        scene.finished()
    row = Conclusion.objects.get()
    assert (row.unit_id, row.department_id, row.state) == ("230622", None, "sent")
    assert "施工许可超期 12 日" in row.text and "2026年11月20日前办结" in row.text
    assert InboxItem.objects.filter(user=scene.people["county"], kind="inspection").exists()
    assert set(Conclusion.objects.visible_to(scene.people["county"])) == {row}
    assert not Conclusion.objects.visible_to(scene.people["neighbour"]).exists()
    assert not Inspection.objects.visible_to(scene.people["county"]).exists()


def test_a_department_of_the_own_unit_gets_it_too(scene: Scene) -> None:
    office = Department.objects.get(division_id="230622", code="industry_information")
    inspection, item = scene.begun("county")
    finding = scene.found(inspection, item, "county", department=office)
    recording.note_finding(
        finding=finding, reason="已改", by=scene.people["county"], at=at("2026-11-10 11:00")
    )
    recording.finish_inspection(
        inspection=inspection, held_to=date(2026, 11, 11), summary="已查", by=scene.people["county"],
        at=at("2026-11-12 09:00"),
    )  # fmt: skip
    row = Conclusion.objects.get()
    assert row.department_id == office.pk
    assert set(Conclusion.objects.visible_to(scene.people["lead"])) == {row}
    concluding.receive(conclusion=row, by=scene.people["lead"], at=at("2026-11-13 09:00"))
    assert row.received_by_id == scene.people["lead"].pk


@pytest.mark.parametrize(
    ("received", "until"),
    [
        ("2026-11-13", date(2026, 12, 14)),  # the 30th day is Sunday 13 December: Monday
        ("2026-11-17", date(2026, 12, 17)),  # Thursday
        ("2026-12-02", date(2027, 1, 4)),  # 1 January is a holiday, then Saturday and Sunday
    ],
)
def test_thirty_days_to_object_run_from_signing(scene: Scene, received: str, until: date) -> None:
    row = scene.sent()
    concluding.receive(conclusion=row, by=scene.people["county"], at=at(f"{received} 09:00"))
    assert row.object_by_on == until
    assert "第十七条" in row.objection_deadline["basis"]


def test_an_objection_in_time_and_one_too_late(scene: Scene) -> None:
    row = scene.sent()
    with pytest.raises(StaleState):
        concluding.object_to(
            conclusion=row, text="不符", by=scene.people["county"], at=at("2026-11-12 10:00")
        )
    concluding.receive(conclusion=row, by=scene.people["county"], at=at("2026-11-13 09:00"))
    with pytest.raises(DomainError) as refused:
        concluding.object_to(
            conclusion=row, text="不符", by=scene.people["county"], at=at("2026-12-15 00:01")
        )
    assert refused.value.code == "objection_late"
    concluding.object_to(conclusion=row, text="不符", by=scene.people["county"], at=at("2026-12-14 23:59"))
    assert row.state == "objected" and row.decide_by_on == date(2027, 1, 13)  # a Wednesday


def test_only_the_addressee_signs_and_objects(scene: Scene) -> None:
    row = scene.sent()
    for who in ("city", "province", "neighbour", "officer", "auditor"):
        with pytest.raises(PermissionDenied):
            concluding.receive(conclusion=row, by=scene.people[who], at=at("2026-11-13 09:00"))
    row.refresh_from_db()
    assert row.state == "sent" and row.object_by_on is None


def test_whoever_took_part_does_not_decide(scene: Scene) -> None:
    row = scene.sent()
    concluding.receive(conclusion=row, by=scene.people["county"], at=at("2026-11-13 09:00"))
    concluding.object_to(conclusion=row, text="不符", by=scene.people["county"], at=at("2026-11-16 09:00"))
    with pytest.raises(DomainError) as refused:
        concluding.decide(
            conclusion=row, changed=False, text="维持", by=scene.people["city"], at=at("2026-11-20 09:00")
        )
    assert refused.value.code == "took_part"
    with pytest.raises(PermissionDenied):
        concluding.decide(
            conclusion=row, changed=False, text="维持", by=scene.people["county"], at=at("2026-11-20 09:00")
        )
    before = row.text
    concluding.decide(
        conclusion=row, changed=True, text="核实后变更", new_text="未发现问题", by=scene.people["city_head"],
        at=at("2026-11-20 09:00"),
    )  # fmt: skip
    assert (row.state, row.text, row.text_before) == ("changed", "未发现问题", before)
    with pytest.raises(StaleState):
        concluding.decide(
            conclusion=Conclusion.objects.select_related("inspection").get(), changed=False, text="维持",
            by=scene.people["city_head"], at=at("2026-11-20 10:00"),
        )  # fmt: skip
