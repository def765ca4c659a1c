"""What the data itself says should be inspected."""

from datetime import date

import pytest

from projects.models import MilestoneCode
from supervision.inspections import planning, triggers
from supervision.inspections.models import (
    InspectionKind,
)
from tests import build
from tests.build import at
from tests.inspections_help import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def scene() -> Scene:
    return Scene()


# -- triggers ---------------------------------------------------------------------------------------------------------


def test_the_figures_name_projects(scene: Scene) -> None:
    late = build.project("未开工", planned={MilestoneCode.CONSTRUCTION_START: date(2026, 8, 3)})
    build.project("将开工", planned={MilestoneCode.CONSTRUCTION_START: date(2026, 11, 20)})
    gone = build.project("撤资", state="withdrawn", ended_on=date(2026, 10, 8))
    build.project("旧撤资", state="withdrawn", ended_on=date(2025, 10, 8))
    inspection = scene.planned(kinds=list(InspectionKind.values))
    found = {one.trigger.code: one for one in triggers.suggestions(inspection, date(2026, 11, 2))}
    assert [row.project.pk for row in found["not_landed"].rows] == [late.pk]
    assert "2026-08-03" in found["not_landed"].rows[0].why
    assert [row.project.pk for row in found["withdrawn"].rows] == [gone.pk]
    planning.add_projects(
        inspection=inspection, picks=[planning.Pick(gone, InspectionKind.TRACE_BACK, "撤资", "withdrawn")],
        by=scene.people["city"], at=at("2026-11-02 09:00"),
    )  # fmt: skip
    again = {one.trigger.code: one for one in triggers.suggestions(inspection, date(2026, 11, 2))}
    assert again["withdrawn"].rows == []
    other = scene.planned("county", kinds=list(InspectionKind.values))
    marked = {one.trigger.code: one for one in triggers.suggestions(other, date(2026, 11, 2))}
    assert marked["withdrawn"].rows[0].looked_at == inspection.number


def test_an_app_above_adds_its_own_trigger(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triggers, "_triggers", dict(triggers._triggers))
    triggers.register_trigger(
        triggers.Trigger(
            "mine", InspectionKind.VERIFICATION, "存疑", lambda unit, on: [triggers.Hit(scene.project.pk, "存疑")],
            lambda unit: "/", always=True,
        )
    )  # fmt: skip
    assert [row.project.pk for row in triggers.not_looked_into(scene.county_unit, date(2026, 11, 2))] == [
        scene.project.pk
    ]
