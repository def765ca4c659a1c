"""Registering, editing, filing: what is written, what is refused, and that a refusal changes nothing."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, Obligation
from projects.models import Company, Milestone, Project
from projects.numbers import allot
from projects.services import edit_project, file_basic_information, register_project
from projects.services.companies import CompanySpec
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
AT = build.at("2026-10-23 09:00")


def data(**changes: Any) -> dict[str, Any]:
    return {
        "name": "艾草生物经济项目",
        "division": Division.objects.get(pk="230622"),
        "company": CompanySpec("湖北蕲艾科技集团有限公司", "91350100M000100Y43", "王强", "0459-1"),
        "signed_on": date(2026, 9, 24),
        "contract_amount_yuan": 800_000_000,
        "industry_4567": "bio",
        "content": "年产艾草制品 5 万吨",
        "place": "经济开发区",
    } | changes


def snapshot() -> tuple[int, ...]:
    return (Project.objects.count(), Milestone.objects.count(), Company.objects.count(), AuditRecord.objects.count(),
            Obligation.objects.count())  # fmt: skip


def test_registering_makes_the_points_the_duties_and_the_record() -> None:
    cast = build.cast()
    project = register_project(data=data(), by=cast["county"], at=AT)
    assert project.number == "230622-2026-0001"
    assert (project.city_code, project.county_code) == ("230600", "230622")
    assert project.is_major and project.major_reason == ""
    assert project.filed_on == date(2026, 10, 23)
    assert list(project.milestones.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
    duties = dict(Obligation.objects.filter(subject_id=project.pk).values_list("kind", "met_on"))
    assert duties == {"kickoff_meeting": None, "basic_filing": date(2026, 10, 23)}
    assert Obligation.objects.get(subject_id=project.pk, kind="kickoff_meeting").due_on == date(2026, 10, 22)
    record = AuditRecord.objects.get(action="project_registered")
    assert record.after["contract_amount_yuan"] == 800_000_000 and record.city_code == "230600"
    assert project.initials == "acswjjxm"


def test_what_is_incomplete_is_registered_and_filed_later() -> None:
    cast = build.cast()
    project = register_project(data=data(content="", place=""), by=cast["county"], at=AT)
    assert project.filed_on is None
    with pytest.raises(DomainError) as told:
        file_basic_information(project=project, by=cast["county"], at=AT)
    assert told.value.details["missing"] == ["content", "place"]
    project = edit_project(
        project=project, changes={"content": "厂房", "place": "开发区"}, version=1, by=cast["county"], at=AT
    )
    assert file_basic_information(project=project, by=cast["county"], at=AT).filed_on == date(2026, 10, 23)
    with pytest.raises(StaleState):
        file_basic_information(project=project, by=cast["county"], at=AT)


def test_an_intent_owes_nothing() -> None:
    cast = build.cast()
    project = register_project(data=data(contract_kind="intent"), by=cast["county"], at=AT)
    assert not Obligation.objects.filter(subject_id=project.pk).exists()


@pytest.mark.parametrize(
    "who", ["neighbour", "other_city", "auditor", "administrator", "officer", "investor", "nobody"]
)
def test_who_may_not_register_changes_nothing(who: str) -> None:
    cast = build.cast()
    before = snapshot()
    with pytest.raises(PermissionDenied):
        register_project(data=data(), by=cast[who], at=AT)
    assert snapshot() == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"signed_on": date(2026, 10, 24)}, "signed_in_future"),
        ({"contract_amount_yuan": -1}, "amount_negative"),
        ({"contract_kind": "deal"}, "contract_kind_unknown"),
        ({"company": CompanySpec("甲", "91350100M000100Y42")}, "credit_code_wrong"),
        ({"company": CompanySpec("", "91350100M000100Y43")}, "company_name_missing"),
        ({"is_major": True}, "major_reason_missing"),
        ({"division": None}, "division_missing"),
    ],
)
def test_a_refused_entry_changes_nothing(changes: dict[str, Any], code: str) -> None:
    cast = build.cast()
    before = snapshot()
    with pytest.raises(DomainError) as told:
        register_project(data=data(**changes), by=cast["county"], at=AT)
    assert told.value.code == code
    assert snapshot() == before


def test_the_same_project_elsewhere_is_asked_about_and_can_be_explained() -> None:
    cast = build.cast()
    first = register_project(data=data(), by=cast["county"], at=AT)
    there = Division.objects.get(pk="230621")
    again = data(name="艾草生物经济项目二期", division=there)
    with pytest.raises(DomainError) as told:
        register_project(data=again, by=cast["city"], at=AT)
    assert [row["id"] for row in told.value.details["candidates"]] == [first.pk]
    with pytest.raises(DomainError) as told:
        register_project(data=again, by=cast["neighbour"], at=AT)
    assert told.value.details == {"candidates": [], "hidden": 1}, "a neighbour learns that, not what"
    made = register_project(data=again | {"duplicate_reason": "二期，另签合同"}, by=cast["neighbour"], at=AT)
    assert made.company_id == first.company_id and made.number == "230621-2026-0001"


def test_a_credit_code_names_one_company() -> None:
    cast = build.cast()
    register_project(data=data(), by=cast["county"], at=AT)
    with pytest.raises(DomainError) as told:
        register_project(
            data=data(name="另一个", company=CompanySpec("别的公司", "91350100M000100Y43")),
            by=cast["county"],
            at=AT,
        )
    assert told.value.code == "company_other_name"
    project = register_project(
        data=data(name="风电场", company=CompanySpec("湖北蕲艾科技集团有限公司")), by=cast["county"], at=AT
    )
    assert project.company is not None and project.company.credit_code == "91350100M000100Y43"


def test_numbers_go_on_and_are_never_given_twice() -> None:
    build.project(number="230622-2026-0041")
    assert allot(["230622", "230621", "230622"], 2026) == [
        "230622-2026-0042",
        "230621-2026-0001",
        "230622-2026-0043",
    ]
    assert allot(["230622"], 2026) == ["230622-2026-0044"]
    assert allot(["230622"], 2027) == ["230622-2027-0001"]
    assert allot([], 2027) == []


def test_an_edit_is_recorded_old_and_new() -> None:
    cast = build.cast()
    project = register_project(data=data(), by=cast["county"], at=AT)
    project = edit_project(
        project=project, changes={"place": "城东", "name": project.name}, version=1, by=cast["county"], at=AT
    )
    assert (project.version, project.place) == (2, "城东")
    record = AuditRecord.objects.get(action="project_edited")
    assert (record.before["place"], record.after["place"]) == ("经济开发区", "城东")
    assert "name" not in record.after
    same = edit_project(project=project, changes={"place": "城东"}, version=2, by=cast["county"], at=AT)
    assert same.version == 2 and AuditRecord.objects.filter(action="project_edited").count() == 1


def test_signing_facts_change_only_with_a_reason_and_the_due_date_follows() -> None:
    cast = build.cast()
    project = register_project(data=data(content=""), by=cast["county"], at=AT)
    with pytest.raises(DomainError) as told:
        edit_project(
            project=project, changes={"signed_on": date(2026, 10, 9)}, version=1, by=cast["county"], at=AT
        )
    assert told.value.code == "reason_missing"
    project.refresh_from_db()
    assert project.signed_on == date(2026, 9, 24)
    edit_project(
        project=project,
        changes={"signed_on": date(2026, 10, 9)},
        version=1,
        reason="抄错",
        by=cast["county"],
        at=AT,
    )
    duty = Obligation.objects.get(subject_id=project.pk, kind="kickoff_meeting")
    assert duty.due_on == date(2026, 10, 29)


def test_the_threshold_decides_on_major_until_somebody_says_otherwise() -> None:
    cast = build.cast()
    project = register_project(data=data(contract_amount_yuan=50_000_000), by=cast["county"], at=AT)
    assert not project.is_major
    project = edit_project(
        project=project,
        changes={"contract_amount_yuan": 100_000_000},
        version=1,
        reason="补充协议",
        by=cast["county"],
        at=AT,
    )
    assert project.is_major
    project = edit_project(
        project=project,
        changes={"is_major": False, "major_reason": "分期实施"},
        version=2,
        by=cast["county"],
        at=AT,
    )
    assert (project.is_major, project.major_reason) == (False, "分期实施")
    project = edit_project(
        project=project, changes={"is_major": None, "major_reason": ""}, version=3, by=cast["county"], at=AT
    )
    assert (project.is_major, project.major_reason) == (True, "")


def test_the_second_editor_is_told_both_versions() -> None:
    cast = build.cast()
    project = register_project(data=data(), by=cast["county"], at=AT)
    edit_project(
        project=project,
        changes={"name": "艾草产业园", "place": "经济开发区"},
        version=1,
        by=cast["county"],
        at=AT,
    )
    with pytest.raises(StaleState) as told:
        edit_project(
            project=project, changes={"name": "艾草项目", "place": "城东"}, version=1, by=cast["city"], at=AT
        )
    assert told.value.details == {
        "name": {"base": "艾草生物经济项目", "theirs": "艾草产业园", "yours": "艾草项目"},
        "place": {"base": "经济开发区", "theirs": "经济开发区", "yours": "城东"},
    }
    project.refresh_from_db()
    assert (project.name, project.place, project.version) == ("艾草产业园", "经济开发区", 2)


def test_a_change_of_other_things_is_no_clash() -> None:
    cast = build.cast()
    project = register_project(data=data(), by=cast["county"], at=AT)
    edit_project(project=project, changes={"lead_department": "工信局"}, version=1, by=cast["county"], at=AT)
    project = edit_project(project=project, changes={"place": "城东"}, version=1, by=cast["city"], at=AT)
    assert (project.lead_department, project.place, project.version) == ("工信局", "城东", 3)


def test_an_unexplained_step_of_the_version_counts_as_a_clash() -> None:
    cast = build.cast()
    project = register_project(data=data(), by=cast["county"], at=AT)
    Project.objects.filter(pk=project.pk).update(version=2, place="别处")
    with pytest.raises(StaleState) as told:
        edit_project(project=project, changes={"place": "城东"}, version=1, by=cast["county"], at=AT)
    assert told.value.details == {"place": {"base": None, "theirs": "别处", "yours": "城东"}}


@pytest.mark.parametrize(
    "who", ["neighbour", "other_city", "auditor", "administrator", "officer", "investor", "nobody"]
)
def test_who_may_not_edit_changes_nothing(who: str) -> None:
    cast = build.cast()
    project = register_project(data=data(), by=cast["county"], at=AT)
    before = snapshot()
    with pytest.raises(PermissionDenied):
        edit_project(project=project, changes={"name": "改了"}, version=1, by=cast[who], at=AT)
    project.refresh_from_db()
    assert project.name == "艾草生物经济项目" and snapshot() == before
