"""Notices and letters: on whose counter they rest, who may what, signed by another, issued with number and clock."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord
from approvals.checklist.building import give_to
from projects.models import NumberSeries
from supervision.letters import grounds, services
from supervision.letters.models import GroundKind, PaperKind, PaperState, SupervisionPaper
from supervision.letters.paper import document_of
from supervision.matters import services as matters
from supervision.matters.models import Matter, MatterState
from tests import checklist_help
from tests.build import at
from tests.letters_help import AUTHORITY, Town

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def town() -> Town:
    return Town()


def words_of(paper: SupervisionPaper) -> dict[str, Any]:
    from supervision.letters.writing import WORDS

    return {name: getattr(paper, name) for name in WORDS}


# -- on whose counter ------------------------------------------------------------------------------------------------


def test_a_delay_of_the_organ_becomes_a_notice_with_counter_and_article(town: Town) -> None:
    paper = town.draft()
    assert (paper.kind, paper.state, paper.party) == (PaperKind.NOTICE, PaperState.DRAFT, "organ")
    assert paper.addressed_name == town.item().department.name
    assert paper.addressee_id == "230622"
    # 1 September accepted; organ: 2 3 4 7 8 | 9 10 11 14 15 16 17 18 20 21 22 23 24 28; due on the 8th
    source = paper.evidence["sources"][0]
    assert (source["organ_days"], source["enterprise_days"], source["late_days"]) == (19, 0, 14)
    assert source["due_on"] == paper.evidence["due_on"] == "2026-09-08"
    assert "《黑龙江省招商引资项目服务保障暂行办法》" in paper.basis
    assert "第二十一条" in paper.basis
    assert "办公室默认" not in paper.basis
    assert paper.rule_id == "HLJ-21-ladder"
    assert "行政机关用时19个工作日，企业用时0个工作日" in paper.problem
    assert "2026年9月25日至2026年9月27日放假不计" in paper.problem
    record = AuditRecord.objects.get(action="paper_drafted")
    assert record.after["party"] == "organ"


@pytest.mark.parametrize("who", ["county", "city"])
def test_a_delay_of_the_enterprise_becomes_no_notice(town: Town, who: str) -> None:
    ground = town.ground("LX14", who=who)
    with pytest.raises(DomainError) as refusal:
        town.draft(who, ground)
    assert refusal.value.code == "not_the_organs_delay"
    # told on the 3rd: 2 is the organ's; 3 4 7 8 9 10 11 14 15 16 17 18 20 21 22 23 24 28 the enterprise's
    assert "行政机关用时1个工作日，企业用时18个工作日" in str(refusal.value)
    assert not SupervisionPaper.objects.exists()
    assert not NumberSeries.objects.filter(prefix__startswith="notice").exists()


def test_the_database_holds_no_notice_on_anybody_elses_delay(town: Town) -> None:
    paper = town.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionPaper.objects.filter(pk=paper.pk).update(party="enterprise")


def test_a_key_point_rests_on_the_item_the_organ_is_late_with(town: Town) -> None:
    point = town.project.milestones.get(code="land_planning_permit")
    ground = grounds.find(town.people["county"], "milestone", point.pk, date(2026, 9, 28))
    assert ground is not None
    assert (ground.kind, ground.verdict.party) == (GroundKind.MILESTONE, "organ")
    assert ground.department == town.item().department
    assert ground.verdict.sources[0].name == "建设用地规划许可证核发"
    paper = town.draft(ground=ground)
    assert paper.milestone_id == point.pk


def test_the_province_writes_a_letter_on_any_delay_but_only_if_appointed(town: Town) -> None:
    with pytest.raises(DomainError) as refusal:
        town.draft("province", town.ground("LX14", who="province"), authority_number="")
    assert (refusal.value.code, refusal.value.field) == ("authority_missing", "authority_number")
    paper = town.draft("province", town.ground("LX14", who="province"))
    assert (paper.kind, paper.party) == (PaperKind.LETTER, "enterprise")
    problem = grounds.find(town.people["province"], "project", town.project.pk, date(2026, 9, 28))
    assert problem is not None
    words = {"problem": "企业反映配套道路一直没有开通。"}
    other = town.draft("province", problem, **words)
    assert (other.ground, other.title) == (
        GroundKind.PROBLEM,
        "关于艾草生物经济项目项目反映的突出问题的督办函",
    )
    assert other.authority == AUTHORITY["authority"]
    assert town.draft("province", problem, **words).pk != other.pk, "a project may raise several"


def test_a_county_presses_no_office_above_it(town: Town) -> None:
    row = town.item()
    upper = town.unit("230600").departments.get(code="natural_resources")
    type(row).objects.filter(pk=row.pk).update(department=upper)
    with pytest.raises(DomainError) as refusal:
        town.draft()
    assert refusal.value.code == "ground_above"
    assert town.draft("city").department == upper


def test_one_paper_at_a_time_on_one_matter(town: Town) -> None:
    first = town.draft()
    with pytest.raises(DomainError) as refusal:
        town.draft(moment="2026-09-29 09:00")
    assert refusal.value.code == "paper_there"
    assert town.draft("city").unit_id == "230600", "the city has its own"
    services.withdraw_paper(paper=first, reason="重复", by=town.people["county"], at=at("2026-09-29 10:00"))
    issued = town.issued()
    with pytest.raises(DomainError):
        town.draft(moment="2026-09-29 11:00")
    assert issued.state == PaperState.ISSUED


# -- words -----------------------------------------------------------------------------------------------------------


def test_words_are_edited_and_the_writer_does_not_sign(town: Town) -> None:
    paper = town.draft("county")
    head = town.people["county_head"]
    edited = services.edit_paper(
        paper=paper, values=words_of(paper) | {"demand": "限期办结并说明理由。"}, row_version=1, by=head,
        at=at("2026-09-28 09:30"),
    )  # fmt: skip
    assert (edited.demand, edited.row_version) == ("限期办结并说明理由。", 2)
    with pytest.raises(DomainError) as refusal:
        services.sign_paper(paper=edited, row_version=2, by=head, at=at("2026-09-28 10:00"))
    assert refusal.value.code == "own_words"
    with pytest.raises(StaleState):
        services.edit_paper(
            paper=paper,
            values=words_of(paper),
            row_version=1,
            by=town.people["county"],
            at=at("2026-09-28 10:00"),
        )
    with pytest.raises(DomainError) as refusal:
        services.edit_paper(
            paper=edited, values=words_of(edited) | {"demand": " \n"}, row_version=2, by=head,
            at=at("2026-09-28 10:00"),
        )  # fmt: skip
    assert refusal.value.field == "demand"


def test_signing_what_was_read_and_no_other_words(town: Town) -> None:
    paper = town.draft()
    services.edit_paper(
        paper=paper, values=words_of(paper) | {"title": "另一标题"}, row_version=1, by=town.people["county"],
        at=at("2026-09-28 09:30"),
    )  # fmt: skip
    with pytest.raises(StaleState):
        services.sign_paper(
            paper=paper, row_version=1, by=town.people["county_head"], at=at("2026-09-28 10:00")
        )


def test_what_is_no_longer_late_is_neither_signed_nor_issued(town: Town) -> None:
    drafted, signed = town.draft("city"), town.signed()
    checklist_help.step(town.project, "LX05", "decide", "2026-09-28", town.people["county"])
    with pytest.raises(DomainError) as refusal:
        services.sign_paper(
            paper=drafted, row_version=1, by=town.people["city_head"], at=at("2026-09-29 10:00")
        )
    assert "2026年9月28日办结" in str(refusal.value)
    with pytest.raises(DomainError):
        services.issue_paper(paper=signed, by=town.people["county"], at=at("2026-09-29 11:00"))
    assert not Matter.objects.exists()
    assert not NumberSeries.objects.filter(prefix__startswith="notice").exists()


def test_given_to_another_office_meanwhile_it_goes_to_that_one(town: Town) -> None:
    paper = town.draft()
    item, office = town.item(), town.unit("230622").departments.get(code="housing")
    give_to(
        item=item, department=office, reason="职责调整", turn=item.turn, by=town.people["county"],
        at=at("2026-09-28 09:10"),
    )  # fmt: skip
    with pytest.raises(DomainError) as refusal:
        services.sign_paper(
            paper=paper, row_version=1, by=town.people["county_head"], at=at("2026-09-28 10:00")
        )
    assert refusal.value.code == "office_changed"
    paper = services.renew_evidence(paper=paper, by=town.people["county"], at=at("2026-09-28 10:10"))
    assert (paper.department, paper.addressees) == (office, office.name)
    services.sign_paper(paper=paper, row_version=2, by=town.people["county_head"], at=at("2026-09-28 11:00"))


def test_nothing_is_pressed_for_a_project_that_ended(town: Town) -> None:
    paper = town.signed()
    type(town.project).objects.filter(pk=town.project.pk).update(
        state="terminated", ended_on=date(2026, 9, 28)
    )
    with pytest.raises(DomainError) as refusal:
        services.issue_paper(paper=paper, by=town.people["county"], at=at("2026-09-29 11:00"))
    assert refusal.value.code == "project_ended"
    assert not Matter.objects.exists()


def test_counters_taken_again_change_the_words_nobody_rewrote(town: Town) -> None:
    paper = town.draft()
    paper = services.renew_evidence(paper=paper, by=town.people["county"], at=at("2026-09-30 09:00"))
    assert paper.evidence["sources"][0]["late_days"] == 16
    assert "行政机关用时21个工作日" in paper.problem
    services.edit_paper(
        paper=paper, values=words_of(paper) | {"problem": "已多次催办。"}, row_version=2, by=town.people["county"],
        at=at("2026-09-30 10:00"),
    )  # fmt: skip
    paper = services.renew_evidence(paper=paper, by=town.people["county"], at=at("2026-10-08 09:00"))
    assert (paper.evidence_on, paper.problem) == (date(2026, 10, 8), "已多次催办。")


# -- rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["neighbour", "other_city", "investor", "officer", "promotion", "auditor", "land"]
)
def test_others_draft_nothing(town: Town, who: str) -> None:
    ground = town.ground()
    with pytest.raises(PermissionDenied):
        services.draft_paper(
            ground=ground, unit=town.unit("230622"), values={}, by=town.people[who], at=at("2026-09-28 09:00")
        )
    assert not SupervisionPaper.objects.exists()


def test_only_the_head_of_the_very_unit_signs(town: Town) -> None:
    paper = town.draft()
    for who in ("city_head", "province_head", "county", "auditor"):
        with pytest.raises(PermissionDenied):
            services.sign_paper(paper=paper, row_version=1, by=town.people[who], at=at("2026-09-28 10:00"))
    paper.refresh_from_db()
    assert paper.state == PaperState.DRAFT


def test_who_sees_what(town: Town) -> None:
    draft, issued = town.draft("city"), town.issued()

    def seen(who: str) -> set[int]:
        return set(SupervisionPaper.objects.visible_to(town.people[who]).values_list("pk", flat=True))

    assert seen("county") == {issued.pk}, "no draft of the office above"
    assert seen("city") == {draft.pk, issued.pk}
    assert seen("province") == seen("auditor") == seen("land") == {issued.pk}
    for who in (
        "neighbour",
        "other_city",
        "investor",
        "officer",
        "promotion",
        "administrator",
        "nobody",
        "leader",
    ):
        assert seen(who) == set(), who


# -- issued ----------------------------------------------------------------------------------------------------------


def test_issued_with_number_and_clock(town: Town) -> None:
    paper = town.issued()
    assert (paper.number, paper.number_year, paper.number_seq) == ("肇源营商督通〔2026〕1号", 2026, 1)
    matter = paper.matter
    assert matter is not None
    assert (matter.source, matter.source_id, matter.state) == ("notice", paper.pk, MatterState.ISSUED)
    assert (matter.issuer_id, matter.unit_id, matter.department) == ("230622", "230622", paper.department)
    # 28 September, fifteen working days: 29 30 | 8 9 10 12 13 14 15 16 | 19 20 21 22 23
    assert matter.due_on == date(2026, 10, 23)
    assert matter.rule_id == "HLJ-21-ladder"
    document = document_of(paper)
    assert (document.kind, document.layout) == ("notice", "document"), "通知: 公文格式; only 函 is a letter"
    assert document.organ == "肇源县营商环境建设监督局文件"
    assert document.number == paper.number
    assert document.date == date(2026, 9, 28)
    assert any("2026年10月23日前" in getattr(block, "text", "") for block in document.blocks)


def test_the_provinces_letter(town: Town) -> None:
    paper = town.issued("province")
    assert paper.number == "黑营商督函〔2026〕1号"
    document = document_of(paper)
    assert (document.kind, document.layout) == ("letter", "letter")
    text = "\n".join(getattr(block, "text", "") for block in document.blocks)
    for words in (
        "《黑龙江省招商引资签约项目督办函》", "《政府督查工作条例》第七条", "黑政办〔2026〕8号", "督办事由",
        "项目基本情况", "存在问题", "办理要求", "办结时限", "反馈方式",
    ):  # fmt: skip
        assert words in text, words
    assert "联系人" in document.note
    assert document.attachments, "the counters as an annex"
    assert (
        document.copies == "大庆市营商环境建设监督局，肇源县营商环境建设监督局"
        or "营商环境" in document.copies
    )


def test_issued_words_do_not_change_whatever_changes_around_them(town: Town) -> None:
    paper = town.issued()
    before = document_of(paper)
    office = town.people["county"]
    with pytest.raises(StaleState):
        services.edit_paper(
            paper=paper,
            values=words_of(paper),
            row_version=paper.row_version,
            by=office,
            at=at("2026-09-29 09:00"),
        )
    with pytest.raises(StaleState):
        services.renew_evidence(paper=paper, by=office, at=at("2026-09-29 09:00"))
    renamed = town.unit("230622").departments.get(code="business_environment")
    renamed.name = "肇源县行政审批局"
    renamed.save()
    again = SupervisionPaper.objects.get(pk=paper.pk)
    assert document_of(again) == before


def test_two_who_issue_at_once_give_one_number(town: Town) -> None:
    paper = town.signed()
    one, two = (SupervisionPaper.objects.get(pk=paper.pk) for _n in range(2))
    services.issue_paper(paper=one, by=town.people["county"], at=at("2026-09-28 11:00"))
    with pytest.raises(StaleState):
        services.issue_paper(paper=two, by=town.people["county_head"], at=at("2026-09-28 11:00"))
    assert NumberSeries.objects.get(prefix="notice-230622-2026").last == 1
    assert Matter.objects.count() == 1


def test_what_dies_in_the_middle_gives_its_number_back(town: Town, monkeypatch: Any) -> None:
    first, second = town.signed(), town.signed("city")
    # the city's paper has a series of its own; the county's dies after the number was taken and the matter made
    monkeypatch.setattr("supervision.letters.issuing.to_json", _die)
    with pytest.raises(SystemExit):
        services.issue_paper(paper=first, by=town.people["county"], at=at("2026-09-28 11:00"))
    monkeypatch.undo()
    assert not Matter.objects.exists()
    first.refresh_from_db()
    assert (first.state, first.number) == (PaperState.SIGNED, "")
    issued = services.issue_paper(paper=first, by=town.people["county"], at=at("2026-09-28 11:05"))
    assert issued.number == "肇源营商督通〔2026〕1号"
    other = services.issue_paper(paper=second, by=town.people["city"], at=at("2026-09-28 11:06"))
    assert other.number == "大庆营商督通〔2026〕1号"


def _die(*_args: Any) -> None:
    raise SystemExit


def test_the_year_of_the_number_is_the_business_years(town: Town) -> None:
    """23:59 in Shanghai on 31 December is still 2026 (15:59 UTC), 00:01 is 2027 (16:01 UTC on the 31st)."""
    old, new = town.signed(), town.signed("county", ground=_point(town))
    old = services.issue_paper(paper=old, by=town.people["county"], at=at("2026-12-31 23:59"))
    new = services.issue_paper(paper=new, by=town.people["county"], at=at("2027-01-01 00:01"))
    assert (old.number, old.issued_on) == ("肇源营商督通〔2026〕1号", date(2026, 12, 31))
    assert (new.number, new.issued_on) == ("肇源营商督通〔2027〕1号", date(2027, 1, 1))


def _point(town: Town) -> Any:
    point = town.project.milestones.get(code="land_planning_permit")
    return grounds.find(town.people["county"], "milestone", point.pk, date(2026, 9, 28))


def test_withdrawn_with_a_reason_by_the_head_and_its_matter_too(town: Town) -> None:
    paper = town.issued()
    with pytest.raises(PermissionDenied):
        services.withdraw_paper(
            paper=paper, reason="错发", by=town.people["county"], at=at("2026-09-29 09:00")
        )
    with pytest.raises(DomainError):
        services.withdraw_paper(
            paper=paper, reason=" ", by=town.people["county_head"], at=at("2026-09-29 09:00")
        )
    gone = services.withdraw_paper(
        paper=paper, reason="对象有误", by=town.people["county_head"], at=at("2026-09-29 09:00")
    )
    assert (gone.state, gone.number) == (PaperState.WITHDRAWN, "肇源营商督通〔2026〕1号")
    assert Matter.objects.get(pk=gone.matter_id).state == MatterState.WITHDRAWN
    again = town.issued(drafted="2026-09-29 10:00", moment="2026-09-29 11:00")
    assert again.number == "肇源营商督通〔2026〕2号", "the number stays used"


def test_a_matter_taken_back_takes_its_paper_back_if_the_head_does_it(town: Town) -> None:
    paper = town.issued()
    assert paper.matter is not None
    with pytest.raises(DomainError) as refusal:
        matters.withdraw_matter(
            matter=paper.matter, reason="错发", by=town.people["county"], at=at("2026-09-29 09:00")
        )
    assert refusal.value.code == "head_withdraws"
    matter = Matter.objects.get(pk=paper.matter_id)
    assert matter.is_open, "rolled back together"
    matters.withdraw_matter(
        matter=matter, reason="错发", by=town.people["county_head"], at=at("2026-09-29 10:00")
    )
    paper.refresh_from_db()
    assert (paper.state, paper.withdraw_reason) == (PaperState.WITHDRAWN, "错发")
