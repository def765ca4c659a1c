"""The pages of supervision papers: from a warning to an issued notice; refusals with both counters; words kept."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Division
from supervision.letters.models import PaperState, SupervisionPaper
from supervision.matters.models import Matter
from supervision.warnings.models import Warning
from tests.build import at
from tests.letters_help import AUTHORITY, Town

pytestmark = [pytest.mark.django_db]
NOW = "2026-09-28 11:30"


@pytest.fixture
def town() -> Any:
    with time_machine.travel(at(NOW), tick=False):
        yield Town()


def as_(town: Town, who: str) -> Client:
    client = Client()
    client.force_login(town.people[who])
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"letters:{name}", args=args)


def typed(page: Any, **more: Any) -> dict[str, Any]:
    """What the form of a page holds, as a browser would send it."""
    form = page.context["form"]
    found = {}
    for bound in form:
        value = bound.value()
        value = getattr(value, "pk", value)
        found[bound.html_name] = "" if value is None else value
    return found | more


def lit(town: Town) -> Warning:
    item = town.item()
    return Warning.objects.create(
        rule_id="HLJ-13-item", rule_key="approval_warning", subject_key=f"item:{item.pk}", item=item,
        project=town.project, label=f"{town.project.name}：{item.name}", level="red", due_on=date(2026, 9, 8),
        opened_on=date(2026, 9, 1), level_since=date(2026, 9, 23), tier=3, **town.unit("230622").codes,
    )  # fmt: skip


def test_from_a_light_to_an_issued_notice(town: Town) -> None:
    warning = lit(town)
    office, head = as_(town, "county"), as_(town, "county_head")
    page = office.get(reverse("warnings:detail", args=[warning.pk]))
    link = f"{url('new')}?warning={warning.pk}"
    assert link in page.content.decode()
    assert "起草督办通知书" in page.content.decode()
    page = office.get(link)
    body = page.content.decode()
    assert page.status_code == 200
    assert "延误责任方：行政机关" in body
    assert "逾期 14 个工作日" in body
    response = office.post(page.context["action"], typed(page, contact_phone="0459-8222222"))
    paper = SupervisionPaper.objects.get()
    assert response.url == url("detail", paper.pk)
    assert (paper.item_id, paper.warning_id) == (town.item().pk, warning.pk)
    shown = office.get(response.url).content.decode()
    assert "草稿" in shown
    assert url("sign", paper.pk) not in shown, "not one's own words"
    shown = head.get(response.url).content.decode()
    assert url("sign", paper.pk) in shown
    head.post(url("sign", paper.pk), {"version": paper.row_version})
    office.post(url("issue", paper.pk))
    paper.refresh_from_db()
    assert (paper.state, paper.number) == (PaperState.ISSUED, "肇源营商督通〔2026〕1号")
    shown = office.get(url("detail", paper.pk)).content.decode()
    assert paper.number in shown
    assert reverse("matters:detail", args=[paper.matter_id]) in shown
    assert url("edit", paper.pk) not in shown


def test_the_enterprises_delay_is_refused_with_both_counters(town: Town) -> None:
    office = as_(town, "county")
    address = f"{url('new')}?item={town.item('LX14').pk}"
    body = office.get(address).content.decode()
    assert "行政机关用时1个工作日，企业用时18个工作日" in body
    assert "不能起草督办通知书" in body
    assert '<form method="post" action="/letters/' not in body
    response = office.post(address, {"title": "硬发"})
    assert response.status_code == 400
    assert not SupervisionPaper.objects.exists()


def test_the_item_page_leads_there(town: Town) -> None:
    page = reverse("checklist:item", args=[town.item().pk])
    assert f"{url('new')}?item={town.item().pk}" in as_(town, "county").get(page).content.decode()
    assert "起草督办函" in as_(town, "province").get(page).content.decode()
    for who in ("officer", "auditor"):
        response = as_(town, who).get(page)
        if response.status_code == 200:
            assert "起草督办" not in response.content.decode()


def test_what_is_late_in_a_project_to_choose_from(town: Town) -> None:
    body = as_(town, "county").get(url("choose", town.project.pk)).content.decode()
    point = town.project.milestones.get(code="land_planning_permit")
    assert f"?item={town.item().pk}" in body
    assert f"?milestone={point.pk}" in body
    assert f"?project={town.project.pk}" not in body, "a notice needs a counter"
    assert (
        f"?project={town.project.pk}"
        in as_(town, "province").get(url("choose", town.project.pk)).content.decode()
    )
    assert as_(town, "neighbour").get(url("choose", town.project.pk)).status_code == 404


def test_a_letter_without_authority_keeps_what_was_typed(town: Town) -> None:
    office = as_(town, "province")
    address = f"{url('new')}?project={town.project.pk}"
    page = office.get(address)
    data = typed(page, problem="道路没有开通", contact_phone="0451-1", authority_number="", authority_on="")
    response = office.post(address, data)
    body = response.content.decode()
    assert response.status_code == 400
    assert "道路没有开通" in body
    response = office.post(
        address, data | {"authority_number": AUTHORITY["authority_number"], "authority_on": "2026-01-12"}
    )
    assert response.status_code == 302
    assert SupervisionPaper.objects.get().kind == "letter"


def test_the_second_writer_loses_nothing(town: Town) -> None:
    paper = town.draft()
    office = as_(town, "county")
    page = office.get(url("edit", paper.pk))
    first, second = typed(page, demand="甲的要求"), typed(page, demand="乙的要求")
    assert office.post(url("edit", paper.pk), first).status_code == 302
    response = as_(town, "county_head").post(url("edit", paper.pk), second)
    assert response.status_code == 400
    assert "乙的要求" in response.content.decode()
    again = {name: value for name, value in second.items() if name != "version"}
    again["version"] = response.context["form"]["version"].value()
    assert as_(town, "county_head").post(url("edit", paper.pk), again).status_code == 302
    paper.refresh_from_db()
    assert paper.demand == "乙的要求"


def test_downloads_and_ledger(town: Town) -> None:
    paper = town.issued()
    office = as_(town, "county")
    assert office.get(url("export", paper.pk, "docx")).content[:2] == b"PK"
    assert office.get(url("export", paper.pk, "pdf")).content[:5] == b"%PDF-"
    assert office.get(url("export", paper.pk, "exe")).status_code == 404
    town.draft("city")
    body = as_(town, "city").get(url("list")).content.decode()
    assert paper.number in body
    assert "未编号" in body
    for show in ("mine", "draft", "signed", "open", "late", "answered", "listed", "closed", "withdrawn"):
        assert as_(town, "city").get(url("list"), {"show": show}).status_code == 200
    assert paper.number not in as_(town, "city").get(url("list"), {"show": "late"}).content.decode()
    assert as_(town, "city").get(url("list"), {"q": "x", "year": "99999", "unit": "z"}).status_code == 200
    book = load_workbook(BytesIO(as_(town, "city").get(url("ledger", "xlsx"), {"show": "open"}).content))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert paper.number in cells
    assert "肇源县自然资源局" in cells
    assert any("共 1 件" in cell for cell in cells)


def test_reasons_and_rights(town: Town) -> None:
    paper = town.issued()
    assert as_(town, "county").get(url("withdraw", paper.pk)).status_code == 403
    head = as_(town, "county_head")
    assert head.post(url("withdraw", paper.pk), {"reason": ""}).status_code == 400
    assert head.post(url("withdraw", paper.pk), {"reason": "对象有误"}).status_code == 302
    assert "对象有误" in head.get(url("detail", paper.pk)).content.decode()
    assert not Matter.objects.open().exists()
    assert as_(town, "neighbour").get(url("detail", paper.pk)).status_code == 404
    assert as_(town, "investor").get(url("detail", paper.pk)).status_code == 403
    assert as_(town, "land").get(url("detail", paper.pk)).status_code == 200
    assert as_(town, "land").post(url("withdraw", paper.pk), {"reason": "不服"}).status_code == 403


def test_an_address_that_names_nothing(town: Town) -> None:
    office = as_(town, "county")
    for query in ("", "?item=0", "?item=x", "?item=99999999999999999999", "?warning=5", "?project=-1"):
        assert office.get(url("new") + query).status_code == 404, query


def test_the_head_finds_it_on_the_home_page(town: Town) -> None:
    paper = town.draft()
    assert f"待签发：{paper.title}" in as_(town, "county_head").get("/").content.decode()
    assert f"待签发：{paper.title}" not in as_(town, "county").get("/").content.decode()


def test_the_page_says_what_a_notice_rests_on_here(town: Town) -> None:
    """`organ_fault_only`: Heilongjiang's article 21, then Guizhou's part four, for the same late item."""
    item = town.item("LX14")
    type(item).objects.filter(pk=item.pk).update(due_on=date(2026, 9, 11))
    office, link = as_(town, "county"), f"{url('new')}?item={item.pk}"
    body = office.get(link).content.decode()
    assert "督办通知书只用于行政机关原因造成的延误" in body
    assert "第二十一条" in body
    assert "是企业原因，不能下发" in body
    Division.objects.filter(pk="230622").update(regime_code="guizhou")
    page = office.get(link)
    body = page.content.decode()
    assert "凡逾期未完成的均可下发督办通知书" in body
    assert "第四部分" in body
    assert "延误责任方：企业" in body
    words = typed(page, contact_phone="0459-8222222")
    assert words["addressees"] == item.department.name
    page = office.post(link, words)
    paper = SupervisionPaper.objects.get()
    assert page.status_code == 302
    assert (paper.party, paper.organ_fault_only, paper.department) == ("enterprise", False, item.department)
    assert "凡逾期未完成的均可下发督办通知书" in office.get(url("detail", paper.pk)).content.decode()
