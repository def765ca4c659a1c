"""A ledger registers no newly signed project past the pre-signing assessment where the regime asks for one."""

from typing import Any

import pytest

from accounts.errors import DomainError
from accounts.models import Division, User
from projects.assessments.services import Finding, make_assessment, void_assessment
from projects.models import Assessment, Project
from reporting.ledgers import reviewing, submitting
from reporting.ledgers.models import Attempt
from tests.ledger_help import DAQING, ZHAOYUAN, answer_all, book, moment, office, row, stage

pytestmark = pytest.mark.django_db
FOUR = ("环保不过关", "不符合产业政策", "产能过剩", "搞形象工程")


@pytest.fixture
def county() -> User:
    Division.objects.filter(pk=ZHAOYUAN).update(regime_code="guizhou")
    return office(ZHAOYUAN)


@pytest.fixture
def city() -> User:
    return office(DAQING)


def assess(by: User, name: str, *applies: str) -> Assessment:
    return make_assessment(
        division=Division.objects.get(pk=ZHAOYUAN), name=name, company="某某有限公司", amount_yuan=None,
        content="年产五万吨", findings=[Finding(one, one in applies, "超标") for one in FOUR], opinion="同意签约",
        assessed_on=moment().date(), by=by, at=moment("2026-10-23 09:00"),
    )  # fmt: skip


def staged(by: User, *rows: list[Any]) -> Attempt:
    return stage(book(list(rows)), by)


def told(attempt: Attempt) -> list[tuple[str, str]]:
    return [
        (one.name, message["cell"])
        for one in attempt.rows.order_by("position")
        for message in one.messages
        if message["code"] == "assessment_missing"
    ]


def test_a_new_row_without_an_assessment_is_told_at_its_cell(county: User) -> None:
    assess(county, "艾草项目")
    assess(county, "铸铁项目", "产能过剩")
    attempt = staged(
        county,
        row(1, "艾草项目", signed="2026-10-22"),
        row(2, "铸铁项目", signed="2026-10-22"),  # assessed and refused
        row(3, "饲料项目", signed="2026-10-22"),
        row(4, "老项目", signed="2025-03-05"),  # signed before the system was in use
    )
    assert [name for name, _cell in told(attempt)] == ["铸铁项目", "饲料项目"]
    assert told(attempt)[1][1] == "B6"
    with pytest.raises(DomainError) as refused:
        submitting.submit_attempt(attempt=answer_all(attempt, county), by=county, at=moment())
    assert refused.value.code == "not_ready"
    assert not Project.objects.exists()


def test_where_the_regime_does_not_ask_nothing_is_said() -> None:
    assert not told(staged(office(ZHAOYUAN), row(1, "饲料项目", signed="2026-10-22")))


def test_accepting_ties_the_project_to_its_assessment(county: User, city: User) -> None:
    ground = assess(county, "艾草项目")
    attempt = answer_all(staged(county, row(1, "艾草项目", signed="2026-10-22")), county)
    submitting.submit_attempt(attempt=attempt, by=county, at=moment())
    reviewing.accept_attempt(attempt=attempt, by=city, at=moment("2026-10-24 10:00"))
    ground.refresh_from_db()
    assert ground.project == Project.objects.get(name="艾草项目")


def test_an_assessment_taken_back_meanwhile_stops_the_acceptance(county: User, city: User) -> None:
    ground = assess(county, "艾草项目")
    attempt = answer_all(staged(county, row(1, "艾草项目", signed="2026-10-22")), county)
    submitting.submit_attempt(attempt=attempt, by=county, at=moment())
    void_assessment(assessment=ground, reason="材料有误", by=county, at=moment("2026-10-23 10:00"))
    with pytest.raises(DomainError) as refused:
        reviewing.accept_attempt(attempt=attempt, by=city, at=moment("2026-10-24 10:00"))
    assert refused.value.code == "assessment_missing"
    assert "《艾草项目》" in str(refused.value.message)
    assert not Project.objects.exists()
