"""Transfers with acceptance and merges with nothing lost."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, Obligation
from projects.models import (
    Assignment,
    Merge,
    Milestone,
    PlanChange,
    Project,
    ProjectUserObjectPermission,
    Promise,
    Transfer,
)
from projects.plans.services import ask_plan_change
from projects.promises.services import Part, record_arrears, record_promise
from projects.services import appoint, register_project, set_milestones
from projects.services.dependents import CODES, dependents
from projects.transfers.merging import differences, merge_projects
from projects.transfers.services import ask_transfer, decide_transfer, withdraw_transfer
from reporting.ledgers.models import LedgerEntry
from tests import build

pytestmark = pytest.mark.django_db
AT = build.at("2026-10-23 09:00")
TODAY = date(2026, 10, 23)
PLAN = {"company_setup": date(2026, 10, 30)}


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def project(people: dict[str, Any]) -> Project:
    return full(people, "艾草项目")


def full(people: dict[str, Any], name: str) -> Project:
    """A project with something of every subject that hangs on it."""
    home = Division.objects.get(pk="230622")
    data = {
        "name": name,
        "division": home,
        "signed_on": date(2026, 9, 24),
        "plan": PLAN,
        "duplicate_reason": "测试",
    }
    row = register_project(data=data, by=people["county"], at=AT)
    for role, who in (("chief_service_officer", "officer"), ("investor", "investor")):
        appoint(project=row, role=role, user=people[who], valid_from=TODAY, by=people["county"], at=AT)
    record_promise(
        project=row, text="通水", basis="协议", due_on=date(2026, 11, 30), by=people["county"], at=AT
    )
    record_arrears(
        project=row, creditor="建筑公司", subject="工程款", amount_yuan=100, parts=[Part(date(2026, 12, 1), 100)],
        by=people["county"], at=AT,
    )  # fmt: skip
    LedgerEntry.objects.create(project=row, period="2026-09", **home.codes)
    return row


def test_a_transfer_moves_everything_in_one_go(project: Project, people: dict[str, Any]) -> None:
    target = Division.objects.get(pk="230621")
    transfer = ask_transfer(
        project=project, to_division=target, reason="选址调整", by=people["county"], at=AT
    )
    duty = Obligation.objects.get(kind="transfer_decision")
    # ten working days after Friday 2026-10-23: 26–30 October, 2–6 November
    assert (duty.unit_id, duty.due_on) == ("230621", date(2026, 11, 6))
    assert Project.objects.visible_to(people["county"]).exists()
    assert not Project.objects.visible_to(people["neighbour"]).exists(), "not before it is accepted"
    assert Transfer.objects.visible_to(people["neighbour"]).exists()
    with pytest.raises(PermissionDenied):
        decide_transfer(transfer=transfer, accepted=True, by=people["county"], at=AT)
    with pytest.raises(PermissionDenied):
        decide_transfer(transfer=transfer, accepted=True, by=people["city"], at=AT)
    decide_transfer(transfer=transfer, accepted=True, by=people["neighbour"], at=AT)
    row = Project.objects.get()
    assert (row.division_id, row.county_code, row.number) == ("230621", "230621", project.number)
    for one in dependents():
        if one.has_codes:
            codes = set(one.rows(row.pk).values_list(*CODES))
            assert codes <= {("230000", "230600", "230621")}, one.label
    assert transfer.moved["projects.milestone"] == 7 and transfer.moved["reporting.ledgerentry"] == 1
    assert not Project.objects.visible_to(people["county"]).exists(), "the giver loses sight"
    assert not Project.objects.visible_to(people["officer"]).exists()
    assert Project.objects.visible_to(people["investor"]).exists(), "the investor stays with the project"
    assert Assignment.objects.get(role="chief_service_officer").valid_to == TODAY
    open_duties = Obligation.objects.open()
    assert {row.kind for row in open_duties} == {
        "kickoff_meeting",
        "basic_filing",
        "promise",
        "arrears_instalment",
    }
    assert {row.unit_id for row in open_duties} == {"230621"}, "nothing is left without an owner"
    assert Transfer.objects.visible_to(people["county"]).exists(), "where it went is no secret to the giver"


def test_a_refused_or_withdrawn_transfer_moves_nothing(project: Project, people: dict[str, Any]) -> None:
    target = Division.objects.get(pk="230621")
    first = ask_transfer(project=project, to_division=target, reason="选址调整", by=people["county"], at=AT)
    with pytest.raises(DomainError) as told:
        decide_transfer(transfer=first, accepted=False, by=people["neighbour"], at=AT)
    assert told.value.code == "opinion_required"
    decide_transfer(transfer=first, accepted=False, opinion="无用地指标", by=people["neighbour"], at=AT)
    second = ask_transfer(project=project, to_division=target, reason="再议", by=people["county"], at=AT)
    late = Transfer.objects.get(pk=second.pk)
    withdraw_transfer(transfer=second, reason="不再流转", by=people["county"], at=AT)
    with pytest.raises(StaleState):
        decide_transfer(transfer=late, accepted=True, by=people["neighbour"], at=AT)
    project.refresh_from_db()
    assert project.division_id == "230622"
    assert set(Milestone.objects.values_list("county_code", flat=True)) == {"230622"}


def test_a_transfer_waits_for_open_questions(project: Project, people: dict[str, Any]) -> None:
    target = Division.objects.get(pk="230621")
    why = {"cause": "land", "party": "organ", "evidence": "红线调整"}
    change = ask_plan_change(
        project=project, wanted={"company_setup": date(2026, 12, 31)}, **why, by=people["county"], at=AT
    )
    assert change.state == "waiting"
    with pytest.raises(StaleState):
        ask_transfer(project=project, to_division=target, reason="选址调整", by=people["county"], at=AT)
    PlanChange.objects.all().delete()
    ask_transfer(project=project, to_division=target, reason="选址调整", by=people["county"], at=AT)
    with pytest.raises(StaleState):
        ask_plan_change(
            project=project, wanted={"company_setup": date(2026, 11, 2)}, **why, by=people["county"], at=AT
        )


@pytest.mark.parametrize(
    ("code", "why"), [("230622", "same_division"), ("230000", "division_unfit"), ("230623", "nobody_there")]
)
def test_where_a_project_cannot_go(code: str, why: str, project: Project, people: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as told:
        ask_transfer(
            project=project, to_division=Division.objects.get(pk=code), reason="x", by=people["county"], at=AT
        )
    assert told.value.code == why and not Transfer.objects.exists()


@pytest.mark.parametrize("who", ["neighbour", "auditor", "officer", "investor", "promotion"])
def test_strangers_hand_nothing_over(who: str, project: Project, people: dict[str, Any]) -> None:
    before = AuditRecord.objects.count()
    with pytest.raises(PermissionDenied):
        ask_transfer(
            project=project, to_division=Division.objects.get(pk="230621"), reason="x", by=people[who], at=AT
        )
    assert AuditRecord.objects.count() == before


def test_a_merge_loses_nothing(project: Project, people: dict[str, Any]) -> None:
    double = full(people, "艾草生物经济项目")
    set_milestones(
        project=double,
        changes={"company_setup": {"actual_on": TODAY}},
        version=double.version,
        by=people["county"],
        at=AT,
    )
    Project.objects.filter(pk=double.pk).update(content="五万吨", place="城南")
    LedgerEntry.objects.filter(project=double).update(period="2026-08")
    LedgerEntry.objects.create(project=double, period="2026-09", **double.division.codes)
    double.refresh_from_db()
    told = differences(project, double)
    proposed = {one.key for one in told if one.take == "duplicate"}
    assert {"content", "place", "company_setup.actual_on"} <= proposed and "name" not in proposed
    rows = {one.label: one.rows(double.pk).count() for one in dependents()}
    merge = merge_projects(
        survivor=project, duplicate=double, take=proposed, reason="同一份合同",
        versions=(project.version, double.version), by=people["county"], at=AT,
    )  # fmt: skip
    project.refresh_from_db()
    double.refresh_from_db()
    assert (project.content, project.place, project.name) == ("五万吨", "城南", "艾草项目")
    assert Milestone.objects.get(project=project, code="company_setup").actual_on == TODAY
    assert (double.state, double.merged_into_id, double.ended_on) == ("merged", project.pk, TODAY)
    assert Promise.objects.filter(project=project).count() == 2
    periods = LedgerEntry.objects.filter(project=project).values_list("period", flat=True)
    assert sorted(periods) == ["2026-08", "2026-09"] and merge.kept.get("reporting.ledgerentry") == 1
    for label, number in rows.items():
        if label in merge.moved or label in merge.kept:
            assert merge.moved.get(label, 0) + merge.kept.get(label, 0) == number, label
    assert Assignment.objects.filter(project=project).count() == 4
    grants = ProjectUserObjectPermission.objects
    assert grants.filter(content_object=project, user=people["officer"]).count() == 1
    assert not grants.filter(content_object=double).exists()
    assert (
        not Obligation.objects.open().filter(subject_type="projects.project", subject_id=double.pk).exists()
    )
    stored = {one["key"]: one for one in Merge.objects.get().differences}
    assert stored["name"]["duplicate"] == "艾草生物经济项目" and stored["name"]["taken"] == "survivor"
    with pytest.raises(StaleState):
        merge_projects(
            survivor=project, duplicate=double, take=set(), reason="再来", versions=(project.version, double.version),
            by=people["county"], at=AT,
        )  # fmt: skip


def test_a_merge_against_an_old_picture_is_refused(project: Project, people: dict[str, Any]) -> None:
    double = full(people, "艾草生物经济项目")
    seen = (project.version, double.version)
    set_milestones(
        project=double,
        changes={"company_setup": {"actual_on": TODAY}},
        version=double.version,
        by=people["county"],
        at=AT,
    )
    with pytest.raises(StaleState):
        merge_projects(
            survivor=project,
            duplicate=double,
            take=set(),
            reason="重复",
            versions=seen,
            by=people["county"],
            at=AT,
        )
    double.refresh_from_db()
    assert double.state == "active" and not Merge.objects.exists()


@pytest.mark.parametrize("who", ["neighbour", "auditor", "officer"])
def test_strangers_merge_nothing(who: str, project: Project, people: dict[str, Any]) -> None:
    double = full(people, "艾草生物经济项目")
    with pytest.raises(PermissionDenied):
        merge_projects(
            survivor=project,
            duplicate=double,
            take=set(),
            reason="重复",
            versions=(1, 1),
            by=people[who],
            at=AT,
        )
    assert not Merge.objects.exists()
