"""Inspections: the duty to hold them, their plan."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import Division, Obligation
from accounts.obligations import kinds, making
from supervision.inspections import planning, recording
from supervision.inspections.models import (
    Inspection,
    InspectionKind,
    InspectionState,
)
from tests import build
from tests.build import at
from tests.inspections_help import AUTHORITY, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def make_duties(day: str) -> None:
    moment = at(f"{day} 06:00")
    making.make_periodic(moment, since=moment.date())


# -- duties -----------------------------------------------------------------------------------------------------------


def test_duties_are_monthly_for_city_and_county_and_quarterly_for_the_province(scene: Scene) -> None:
    make_duties("2026-11-02")

    def rows(code: str, unit: str) -> list[tuple[str, date]]:
        found = Obligation.objects.filter(kind=code, unit_id=unit).order_by("period")
        return [(row.period, row.due_on) for row in found]

    assert rows(kinds.INSPECTION_CITY, "230622") == [
        ("2026-11", date(2026, 11, 30)), ("2026-12", date(2026, 12, 31)),
    ]  # fmt: skip
    assert [one for one, _due in rows(kinds.INSPECTION_CITY, "230600")] == ["2026-11", "2026-12"]
    assert rows(kinds.INSPECTION_CITY, "230000") == []
    assert rows(kinds.INSPECTION_PROVINCE, "230000") == [("2026Q4", date(2026, 12, 31))]
    assert rows(kinds.INSPECTION_PROVINCE, "230600") == []


def test_a_finished_inspection_meets_the_duty_of_its_unit_and_period_alone(scene: Scene) -> None:
    make_duties("2026-11-02")
    scene.finished()
    met = Obligation.objects.filter(kind=kinds.INSPECTION_CITY, met_on__isnull=False)
    assert [(row.unit_id, row.period, row.met_on) for row in met] == [
        ("230600", "2026-11", date(2026, 11, 12))
    ]


def test_a_cancelled_inspection_meets_nothing(scene: Scene) -> None:
    make_duties("2026-11-02")
    inspection = scene.planned()
    planning.cancel_inspection(
        inspection=inspection, reason="改期", by=scene.people["city"], at=at("2026-11-03 09:00")
    )
    assert inspection.state == InspectionState.CANCELLED
    assert not Obligation.objects.filter(kind=kinds.INSPECTION_CITY, met_on__isnull=False).exists()


def test_the_province_plans_quarters_and_a_county_months(scene: Scene) -> None:
    with pytest.raises(DomainError) as refused:
        scene.planned("county", period="2026Q4")
    assert refused.value.field == "period" and "2026-10" in str(refused.value.message)
    row = planning.plan_inspection(
        unit=Division.objects.get(pk="230000"), period="2026Q4", kinds=["screening"], title="重大项目", purpose="督查",
        planned_from=date(2026, 11, 9), planned_to=date(2026, 11, 20), by=scene.people["province"],
        at=at("2026-11-02 09:00"),
    )  # fmt: skip
    assert row.number == "DC-230000-2026-0001"


# -- the plan ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["county", "province", "neighbour", "auditor", "officer", "investor"])
def test_only_the_unit_itself_plans(scene: Scene, who: str) -> None:
    with pytest.raises(PermissionDenied):
        planning.plan_inspection(
            unit=Division.objects.get(pk="230600"), period="2026-11", kinds=["screening"], title="x", purpose="x",
            planned_from=date(2026, 11, 9), planned_to=date(2026, 11, 9), by=scene.people[who],
            at=at("2026-11-02 09:00"),
        )  # fmt: skip
    assert not Inspection.objects.exists()


def test_projects_of_other_areas_are_refused(scene: Scene) -> None:
    inspection = scene.planned("county")
    foreign = build.project("邻县项目", "230621")
    with pytest.raises(DomainError) as refused:
        planning.add_projects(
            inspection=inspection, picks=[planning.Pick(foreign, InspectionKind.SCREENING, "x")],
            by=scene.people["county"], at=at("2026-11-02 09:00"),
        )  # fmt: skip
    assert refused.value.code == "project_outside"
    assert not inspection.items.exists()


def test_a_kind_that_was_not_planned_is_refused(scene: Scene) -> None:
    inspection = scene.planned()
    with pytest.raises(DomainError) as refused:
        planning.add_projects(
            inspection=inspection, picks=[planning.Pick(scene.project, InspectionKind.TRACE_BACK, "x")],
            by=scene.people["city"], at=at("2026-11-02 09:00"),
        )  # fmt: skip
    assert refused.value.code == "kind_not_planned"


def test_other_units_are_not_inspected_without_the_authority(scene: Scene) -> None:
    inspection, _item = scene.with_project(authority_government="", authority_document="")
    with pytest.raises(DomainError) as refused:
        recording.start_inspection(
            inspection=inspection, inspectors="徐建华、李明", held_from=date(2026, 11, 9), place="x",
            by=scene.people["city"], at=at("2026-11-09 09:00"),
        )  # fmt: skip
    assert refused.value.code == "authority_missing"
    inspection.refresh_from_db()
    assert inspection.state == InspectionState.PLANNED


def test_ones_own_unit_is_inspected_without_it(scene: Scene) -> None:
    inspection, _item = scene.begun("county")
    assert inspection.state == InspectionState.UNDER_WAY


def test_two_people_changing_the_plan_at_once(scene: Scene) -> None:
    inspection = scene.planned()
    words: dict[str, Any] = {
        "kinds": ["screening"], "title": "新名", "purpose": "x", "planned_from": date(2026, 11, 9),
        "planned_to": date(2026, 11, 9), **AUTHORITY,
    }  # fmt: skip
    seen = inspection.turn
    planning.change_plan(
        inspection=inspection, **words, turn=seen, by=scene.people["city"], at=at("2026-11-03 09:00")
    )
    with pytest.raises(StaleState):
        planning.change_plan(
            inspection=Inspection.objects.get(), **(words | {"title": "旧名"}), turn=seen, by=scene.people["city"],
            at=at("2026-11-03 09:01"),
        )  # fmt: skip
    assert Inspection.objects.get().title == "新名"
