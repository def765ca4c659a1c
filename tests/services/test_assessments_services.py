"""Pre-signing assessments: refusals decide, and where the regime asks for it nothing is registered without one."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.divisions import regime_code_of
from accounts.errors import DomainError, StaleState
from accounts.models import Division
from projects.assessments.services import Finding, make_assessment, void_assessment
from projects.models import Assessment, Project
from projects.services import register_project
from tests import build

pytestmark = pytest.mark.django_db
AT = build.at("2026-10-23 09:00")
FOUR = ("环保不过关", "不符合产业政策", "产能过剩", "搞形象工程")
CANDIDATE = {"name": "艾草项目", "company": "蕲艾公司", "amount_yuan": 80_000_000, "content": "年产五万吨",
             "opinion": "同意签约", "assessed_on": date(2026, 10, 20)}  # fmt: skip


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def county(people: dict[str, Any]) -> Division:
    return Division.objects.get(pk="230622")


@pytest.fixture
def strict(county: Division) -> Division:
    Division.objects.filter(pk=county.pk).update(regime_code="guizhou")
    county.refresh_from_db()
    assert regime_code_of(county) == "guizhou"
    return county


def findings(*applying: str, reason: str = "超标") -> list[Finding]:
    return [Finding(name, name in applying, reason if name in applying else "") for name in FOUR]


def assess(division: Division, by: Any, *applying: str, **more: Any) -> Assessment:
    data: dict[str, Any] = {"findings": findings(*applying)} | CANDIDATE | more
    return make_assessment(division=division, **data, by=by, at=AT)


def register(division: Division, by: Any, **more: Any) -> Project:
    data = {"name": "艾草项目", "division": division, "signed_on": date(2026, 10, 22)} | more
    return register_project(data=data, by=by, at=AT)


def test_one_refusal_refuses(county: Division, people: dict[str, Any]) -> None:
    assert assess(county, people["county"]).state == "passed"
    refused = assess(county, people["county"], "产能过剩")
    assert (refused.state, [one["name"] for one in refused.refusals if one["applies"]]) == (
        "refused",
        ["产能过剩"],
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"findings": findings()[:3]}, "applies_4"),
        ({"findings": findings("环保不过关", reason=" ")}, "reason_1"),
        ({"company": " "}, "company"),
        ({"assessed_on": date(2026, 10, 24)}, "assessed_on"),
    ],
)
def test_what_is_left_open_is_asked_for(
    more: dict[str, Any], field: str, county: Division, people: dict[str, Any]
) -> None:
    with pytest.raises(DomainError) as told:
        assess(county, people["county"], **more)
    assert told.value.field == field and not Assessment.objects.exists()


def test_where_the_regime_asks_nothing_is_registered_without_one(
    strict: Division, people: dict[str, Any]
) -> None:
    with pytest.raises(DomainError) as told:
        register(strict, people["county"])
    assert told.value.code == "assessment_missing" and "贵州" in str(told.value.message)
    assert register(strict, people["county"], name="框架意向", contract_kind="framework").pk, (
        "an intent needs none"
    )
    refused = assess(strict, people["county"], "搞形象工程")
    with pytest.raises(DomainError) as told:
        register(strict, people["county"], assessment=refused)
    assert told.value.code == "assessment_unusable"
    passed = assess(strict, people["county"])
    project = register(strict, people["county"], assessment=passed)
    passed.refresh_from_db()
    assert passed.project == project
    with pytest.raises(DomainError):
        register(strict, people["county"], name="另一个项目", assessment=passed)
    with pytest.raises(StaleState):
        void_assessment(assessment=passed, reason="误填", by=people["county"], at=AT)


def test_elsewhere_it_is_voluntary(county: Division, people: dict[str, Any]) -> None:
    assert register(county, people["county"]).pk
    row = assess(county, people["county"])
    void_assessment(assessment=row, reason="企业撤回", by=people["county"], at=AT)
    assert row.state == "void"


@pytest.mark.parametrize("who", ["neighbour", "auditor", "officer", "investor", "nobody"])
def test_strangers_assess_nothing(who: str, county: Division, people: dict[str, Any]) -> None:
    with pytest.raises(PermissionDenied):
        assess(county, people[who])
    assert not Assessment.objects.exists()
