"""Appointments: one holder per single role, and the personal view that comes and goes with them."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import InboxItem
from projects.abilities import abilities
from projects.models import Assignment, Project, ProjectUserObjectPermission
from projects.services import appoint, dismiss
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
AT = build.at("2026-10-23 09:00")
TODAY = date(2026, 10, 23)


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


def sees(user: Any, project: Project) -> bool:
    user.__dict__.pop("_current_postings", None)
    return Project.objects.visible_to(user).filter(pk=project.pk).exists()


def test_an_appointment_opens_the_project_and_its_end_closes_it(
    people: dict[str, Any], django_capture_on_commit_callbacks: Any
) -> None:
    project, officer = build.project(), people["officer"]
    assert not sees(officer, project)
    with django_capture_on_commit_callbacks(execute=True):
        row = appoint(
            project=project,
            role="chief_service_officer",
            user=officer,
            valid_from=TODAY,
            by=people["county"],
            at=AT,
        )
    assert sees(officer, project) and InboxItem.objects.filter(user=officer, kind="appointed").count() == 1
    again = appoint(
        project=project,
        role="chief_service_officer",
        user=officer,
        valid_from=TODAY,
        by=people["county"],
        at=AT,
    )
    assert again.pk == row.pk
    second = appoint(
        project=project, role="service_specialist", user=officer, valid_from=TODAY, by=people["county"], at=AT
    )
    dismiss(assignment=row, valid_to=TODAY, by=people["county"], at=AT)
    assert sees(officer, project), "another appointment still holds"
    dismiss(assignment=second, valid_to=TODAY, by=people["county"], at=AT)
    assert not sees(officer, project) and not ProjectUserObjectPermission.objects.exists()
    with pytest.raises(StaleState):
        dismiss(assignment=second, valid_to=TODAY, by=people["county"], at=AT)


def test_a_single_role_passes_on(people: dict[str, Any]) -> None:
    project = build.project()
    old = appoint(
        project=project,
        role="package_leader",
        name="陈国梁",
        valid_from=date(2026, 9, 1),
        by=people["county"],
        at=AT,
    )
    new = appoint(
        project=project,
        role="package_leader",
        user=people["officer"],
        valid_from=TODAY,
        by=people["county"],
        at=AT,
    )
    old.refresh_from_db()
    assert old.valid_to == date(2026, 10, 22) and new.valid_to is None
    same_day = appoint(
        project=project, role="package_leader", name="第三人", valid_from=TODAY, by=people["county"], at=AT
    )
    new.refresh_from_db()
    assert new.valid_to == TODAY and same_day.valid_to is None
    assert not ProjectUserObjectPermission.objects.exists()
    for name in ("甲", "乙"):
        appoint(
            project=project,
            role="service_specialist",
            name=name,
            valid_from=TODAY,
            by=people["county"],
            at=AT,
        )
    assert Assignment.objects.filter(role="service_specialist", valid_to=None).count() == 2


@pytest.mark.parametrize(
    "change", [{"role": "x"}, {"name": ""}, {"valid_from": date(2026, 10, 24)}, {"role": "investor"}]
)
def test_what_is_wrong_is_refused(change: dict[str, Any], people: dict[str, Any]) -> None:
    project = build.project()
    same = {
        "project": project,
        "role": "package_leader",
        "name": "陈国梁",
        "valid_from": TODAY,
        "by": people["county"],
        "at": AT,
    }
    with pytest.raises(DomainError):
        appoint(**(same | change))
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("who", ["neighbour", "promotion", "auditor", "officer", "investor", "nobody"])
def test_who_may_not_appoint(who: str, people: dict[str, Any]) -> None:
    project = build.project()
    with pytest.raises(PermissionDenied):
        appoint(
            project=project, role="package_leader", name="陈国梁", valid_from=TODAY, by=people[who], at=AT
        )
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "who", ["county", "city", "province", "neighbour", "other_city", "auditor", "promotion", "nobody"]
)
def test_abilities_agree_with_the_scope(who: str, people: dict[str, Any]) -> None:
    for division in ("230622", "230600"):
        project = build.project(division=division)
        inside = Project.objects.visible_to(people[who]).filter(pk=project.pk).exists()
        assert ("projects.view" in abilities(people[who], project)) == inside
