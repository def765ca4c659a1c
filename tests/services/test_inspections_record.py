"""Inspections drawn and carried out: the draw repeats, the record, how it finishes."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord
from projects.models import Project
from supervision.inspections import drawing, planning, recording
from supervision.inspections.models import (
    Finding,
    Inspection,
    InspectionItem,
    InspectionState,
)
from supervision.matters.models import Matter, MatterSource
from tests import build
from tests.build import at
from tests.inspections_help import JPEG, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def scene() -> Scene:
    return Scene()


# -- the draw ---------------------------------------------------------------------------------------------------------


def draw(scene: Scene, inspection: Inspection, **changes: Any) -> Any:
    facts: dict[str, Any] = {"scope": "under_way", "size": 3, "seed": "20261102"}
    return drawing.draw_sample(
        inspection=inspection, **(facts | changes), by=scene.people["city"], at=at("2026-11-02 10:00")
    )


def test_a_draw_is_recorded_and_repeats(scene: Scene) -> None:
    for number in range(9):
        build.project(f"项目{number}", "230622", number=f"230622-2026-{number:04d}")
    inspection = scene.planned()
    row = draw(scene, inspection)
    assert row.population_size == 10 and len(row.drawn) == 3
    assert drawing.holds(row)
    assert [one.project.number for one in inspection.items.order_by("pk")] == row.drawn
    Project.objects.filter(number=row.drawn[0]).update(state="withdrawn", ended_on=date(2026, 11, 3))
    row.refresh_from_db()
    assert drawing.holds(row)  # the list was frozen: what happens later changes nothing
    row.drawn = [*row.drawn[1:], row.drawn[0]]
    assert not drawing.holds(row)  # a record somebody touched shows


def test_drawing_again_needs_a_reason_and_keeps_the_former(scene: Scene) -> None:
    for number in range(9):
        build.project(f"项目{number}", "230622", number=f"230622-2026-{number:04d}")
    inspection = scene.planned()
    first = draw(scene, inspection)
    with pytest.raises(DomainError) as refused:
        draw(scene, inspection, seed="2")
    assert refused.value.field == "reason"
    assert inspection.items.count() == 3
    second = draw(scene, inspection, seed="2", reason="首次抽取时企业代表未到场")
    first.refresh_from_db()
    assert first.replaced_at is not None and drawing.holds(first)
    assert second.position == 2 and second.replaced_at is None
    assert [one.project.number for one in inspection.items.order_by("pk")] == second.drawn


def test_it_is_not_drawn_again_after_somebody_looked(scene: Scene) -> None:
    build.project("项目", "230622")
    inspection = scene.planned()
    draw(scene, inspection, size=1)
    recording.start_inspection(
        inspection=inspection, inspectors="徐建华、李明", held_from=date(2026, 11, 9), place="x",
        by=scene.people["city"], at=at("2026-11-09 09:00"),
    )  # fmt: skip
    item = InspectionItem.objects.select_related("inspection").get()
    recording.record_result(
        item=item, result="clear", text="正常", looked_on=date(2026, 11, 9), by=scene.people["city"],
        at=at("2026-11-09 15:00"),
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        draw(scene, inspection, seed="2", reason="再抽")
    assert refused.value.code == "drawn_looked_at"
    assert inspection.draws.get().replaced_at is None


def test_a_drawn_project_cannot_be_taken_off(scene: Scene) -> None:
    inspection = scene.planned()
    draw(scene, inspection, size=1)
    with pytest.raises(DomainError) as refused:
        planning.remove_project(
            inspection=inspection, item=inspection.items.get(), reason="不便", by=scene.people["city"],
            at=at("2026-11-03 09:00"),
        )  # fmt: skip
    assert refused.value.code == "item_drawn"


# -- the record -------------------------------------------------------------------------------------------------------


def test_days_lie_in_the_period_and_not_ahead(scene: Scene) -> None:
    inspection, _item = scene.with_project()
    for day, code in ((date(2026, 10, 30), "day_before_period"), (date(2026, 11, 10), "day_in_future")):
        with pytest.raises(DomainError) as refused:
            recording.start_inspection(
                inspection=inspection, inspectors="徐、李", held_from=day, place="x", by=scene.people["city"],
                at=at("2026-11-09 09:00"),
            )  # fmt: skip
        assert refused.value.code == code


def test_a_photo_that_is_none_is_refused_and_nothing_is_written(scene: Scene) -> None:
    inspection, item = scene.begun()
    for name, body, code in (
        ("现场.jpg", b"not a photo", "file_kind_unknown"),
        ("现场.jpg", b"%PDF-1.4", "file_misnamed"),
        ("台账.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "evidence_kind"),
    ):
        with pytest.raises(DomainError) as refused:
            scene.found(inspection, item, uploads=[SimpleUploadedFile(name, body)])
        assert refused.value.code == code and refused.value.field == "uploads"
    assert not Finding.objects.exists()
    finding = scene.found(inspection, item, uploads=[SimpleUploadedFile("现场.jpg", JPEG)])
    assert finding.files.get().content_type == "image/jpeg"


def test_a_finding_makes_the_result_a_problem_and_becomes_a_matter(scene: Scene) -> None:
    inspection, item = scene.begun()
    finding = scene.found(inspection, item)
    item.refresh_from_db()
    assert item.result == "problem"
    recording.press_finding(
        finding=finding, title="施工许可超期", requirement="五日内办结", due_on=date(2026, 11, 20),
        by=scene.people["city"], at=at("2026-11-10 11:00"),
    )  # fmt: skip
    matter = Matter.objects.get()
    assert (matter.source, matter.source_id, matter.issuer_id, matter.unit_id) == (
        MatterSource.FINDING, finding.pk, "230600", "230622",
    )  # fmt: skip
    assert matter.due_on == date(2026, 11, 20) and matter.project_id == scene.project.pk
    with pytest.raises(StaleState):
        recording.note_finding(
            finding=Finding.objects.select_related("inspection").get(), reason="x", by=scene.people["city"],
            at=at("2026-11-10 12:00"),
        )  # fmt: skip
    assert Matter.objects.count() == 1


def test_nobody_below_writes_the_record_of_the_city(scene: Scene) -> None:
    inspection, item = scene.begun()
    before = AuditRecord.objects.count()
    for who in ("county", "province", "auditor"):
        with pytest.raises(PermissionDenied):
            scene.found(inspection, item, who)
    assert AuditRecord.objects.count() == before and not Finding.objects.exists()


def test_it_finishes_only_with_all_results_and_all_findings_decided(scene: Scene) -> None:
    inspection, item = scene.begun()

    def finish() -> None:
        recording.finish_inspection(
            inspection=inspection, held_to=date(2026, 11, 11), summary="已查", by=scene.people["city"],
            at=at("2026-11-12 09:00"),
        )  # fmt: skip

    with pytest.raises(DomainError) as refused:
        finish()
    assert refused.value.code == "results_missing" and scene.project.name in str(refused.value.message)
    finding = scene.found(inspection, item)
    with pytest.raises(DomainError) as refused:
        finish()
    assert refused.value.code == "findings_pending"
    recording.note_finding(
        finding=finding, reason="当场整改", by=scene.people["city"], at=at("2026-11-10 11:00")
    )
    finish()
    inspection.refresh_from_db()
    assert inspection.state == InspectionState.FINISHED
