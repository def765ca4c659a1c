"""`organ_fault_only` of the regime: Heilongjiang presses by notice only what the organ caused (article 21), Guizhou
whatever is late (part four). The day is Monday 28 September 2026 of `Town`."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import DomainError
from accounts.models import AuditRecord, Division
from projects import services as projects
from projects.models import TeamRole
from supervision.letters import evidence, grounds, services
from supervision.letters.drafting import starting_words
from supervision.letters.models import PaperKind, PaperState, SupervisionPaper
from supervision.letters.organs import organs_fault_only
from supervision.letters.pages import notice_rule
from supervision.letters.paper import document_of
from tests import checklist_help
from tests.build import at
from tests.letters_help import Town

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ON = date(2026, 9, 28)


@pytest.fixture
def town() -> Town:
    return Town()


def guizhou() -> None:
    Division.objects.filter(pk="230622").update(regime_code="guizhou")


def late_enterprise(town: Town) -> grounds.Ground:
    """The key point of 11 September, whose delay was declared the enterprise's when the plan was changed: here its
    approval waits for papers of the enterprise since the 3rd."""
    item = town.item("LX14")
    type(item).objects.filter(pk=item.pk).update(due_on=date(2026, 9, 11))
    return town.ground("LX14")


def test_the_regimes_say_which(town: Town) -> None:
    assert organs_fault_only(town.unit("230622"), ON)
    assert "第二十一条" in notice_rule(town.unit("230622"), ON).basis
    guizhou()
    assert not organs_fault_only(town.unit("230622"), ON)
    rule = notice_rule(town.unit("230622"), ON)
    assert (rule.organ_only, "《贵州省产业招商项目落地服务工作制度》第四部分" in rule.basis) == (False, True)
    Division.objects.filter(pk="230622").update(regime_code="banner")
    assert organs_fault_only(town.unit("230622"), ON), "what a regime does not say is the common rule"


def test_where_only_the_organs_delay_is_pressed_the_enterprises_is_not(town: Town) -> None:
    with pytest.raises(DomainError) as refusal:
        town.draft(ground=late_enterprise(town))
    assert refusal.value.code == "not_the_organs_delay"
    assert not SupervisionPaper.objects.exists()


def test_where_any_delay_is_pressed_the_enterprises_goes_to_who_has_the_project(town: Town) -> None:
    guizhou()
    ground = late_enterprise(town)
    paper = town.draft(ground=ground)
    assert (paper.kind, paper.party, paper.organ_fault_only) == (PaperKind.NOTICE, "enterprise", False)
    assert (paper.addressee_id, paper.department) == ("230622", town.item("LX14").department)
    assert paper.rule_id == "GZ-4-ladder"
    assert paper.basis.startswith("《贵州省产业招商项目落地服务工作制度》第四部分 1")
    assert "办公室默认" not in paper.basis
    assert AuditRecord.objects.get(action="paper_drafted").after["organ_fault_only"] is False
    head = town.people["county_head"]
    paper = services.sign_paper(paper=paper, row_version=1, by=head, at=at("2026-09-28 10:00"))
    paper = services.issue_paper(paper=paper, by=town.people["county"], at=at("2026-09-28 11:00"))
    text = "\n".join(getattr(block, "text", "") for block in document_of(paper).blocks)
    assert "经计时记录认定，延误系企业原因" in text
    assert paper.matter is not None
    assert (paper.matter.unit_id, paper.matter.department) == ("230622", town.item("LX14").department)


def test_the_city_writes_to_the_county_and_the_county_to_its_lead_department(town: Town) -> None:
    guizhou()
    ground = late_enterprise(town)
    city = grounds.to_be_pressed(ground, town.unit("230600"), organ_only=False)
    assert (city.unit.pk, city.department) == ("230622", None), "no office is late with it"
    words = starting_words(city, town.unit("230600"), ON, town.people["city"])
    assert words["addressees"] == "肇源县人民政府"
    assert words["demand"].startswith("（一）会同企业查明")
    own = grounds.to_be_pressed(ground, town.unit("230622"), organ_only=False)
    assert own.department == town.item("LX14").department, "who handles it, while no department leads"
    lead = town.unit("230622").departments.get(code="housing")
    projects.appoint(
        project=town.project, role=TeamRole.LEAD_DEPARTMENT, department=lead, name="高峰", phone="0459-8222222",
        valid_from=date(2026, 9, 1), by=town.people["county"], at=at("2026-09-01 09:00"),
    )  # fmt: skip
    own = grounds.to_be_pressed(ground, town.unit("230622"), organ_only=False)
    assert (own.unit.pk, own.department) == ("230622", lead)
    late = grounds.to_be_pressed(town.ground("LX05"), town.unit("230622"), organ_only=False)
    assert late.department == town.item().department, (
        "the organ's own delay still goes to the office that has it"
    )


def test_what_is_not_late_is_pressed_nowhere(town: Town) -> None:
    guizhou()
    with pytest.raises(DomainError) as refusal:
        town.draft(ground=town.ground("LX14"))
    assert refusal.value.code == "nothing_late"
    assert "尚未逾期" in str(refusal.value)
    problem = grounds.find(town.people["county"], "project", town.project.pk, ON)
    assert problem is not None
    with pytest.raises(DomainError) as refusal:
        town.draft(ground=problem, problem="道路没有开通。")
    assert "没有办理期限" in str(refusal.value)
    assert not SupervisionPaper.objects.exists()


def test_what_was_done_meanwhile_is_neither_signed_nor_issued(town: Town) -> None:
    guizhou()
    paper = town.draft(ground=late_enterprise(town))
    checklist_help.step(town.project, "LX14", "resubmit", "2026-09-28", town.people["county"])
    checklist_help.step(town.project, "LX14", "decide", "2026-09-28", town.people["county"])
    with pytest.raises(DomainError) as refusal:
        services.sign_paper(
            paper=paper, row_version=1, by=town.people["county_head"], at=at("2026-09-29 10:00")
        )
    assert refusal.value.code == "nothing_late"
    paper.refresh_from_db()
    assert paper.state == PaperState.DRAFT


def test_a_draft_keeps_the_rule_it_was_drafted_under(town: Town) -> None:
    """The county's regime changes afterwards: the paper does not."""
    guizhou()
    paper = town.draft(ground=late_enterprise(town))
    Division.objects.filter(pk="230622").update(regime_code="")
    head = town.people["county_head"]
    signed = services.sign_paper(paper=paper, row_version=1, by=head, at=at("2026-09-28 10:00"))
    assert signed.state == PaperState.SIGNED


def test_the_database_knows_the_rule(town: Town) -> None:
    paper = town.draft()
    rows = SupervisionPaper.objects.filter(pk=paper.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(party="enterprise")
    rows.update(party="enterprise", organ_fault_only=False)


def test_refusals_word_by_word(town: Town) -> None:
    verdict = late_enterprise(town).verdict
    assert evidence.refusal(verdict, organ_only=False) == ""
    assert "是企业原因" in evidence.refusal(verdict)
    done = replace(verdict, ended_on=date(2026, 9, 25))
    assert "2026年9月25日办结" in evidence.refusal(done, organ_only=False)
