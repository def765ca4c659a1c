"""Matters and work orders on the pages: the whole course, filters, what was typed kept, files, exports."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Department, Division
from supervision.matters import ladder, services
from supervision.matters.models import Matter, MatterFile, MatterState
from supervision.workorders.models import WorkOrder
from tests import build
from tests.build import at
from tests.services.test_matters_flow import Scene

pytestmark = [pytest.mark.django_db]
NOW = "2026-09-21 10:00"


class Pages(Scene):
    def as_(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client

    def move(self, who: str, matter: Matter, code: str, **data: Any) -> Any:
        return self.as_(who).post(reverse("matters:move", args=[matter.pk, code]), data)


@pytest.fixture
def scene() -> Any:
    with time_machine.travel(at(NOW), tick=False):
        yield Pages()


def test_from_assigning_to_closed(scene: Pages) -> None:
    city, county = scene.as_("city"), scene.as_("county")
    address = f"{reverse('matters:new')}?project={scene.project.pk}"
    assert "以大庆市名义交办" in city.get(address).text
    data = {
        "unit": "230622", "title": "施工许可证办理", "urgency": "urgent", "demand": "限期办结",
        "uploads": SimpleUploadedFile("函.pdf", b"%PDF-1.4"),
    }  # fmt: skip
    assert city.post(address, data).status_code == 302
    matter = Matter.objects.get()
    # Urgent: five working days after Monday 21 September; the 25th is Mid-Autumn.
    assert (matter.project, matter.due_on) == (scene.project, date(2026, 9, 29))
    file = county.get(reverse("matters:file", args=[matter.pk, MatterFile.objects.get().pk]))
    assert file.status_code == 200 and "attachment" in file["Content-Disposition"]
    assert "签收：施工许可证办理" in county.get("/").text
    page = county.get(reverse("matters:detail", args=[matter.pk])).text
    assert "为什么是这一天" in page and "放假" in page and "催办" in page
    assert scene.move("county", matter, "receive", turn=1).status_code == 302
    assert scene.move("county", matter, "answer", turn=2, text="已发证").status_code == 302
    assert "核查答复：施工许可证办理" in city.get("/").text
    page = scene.move("city", matter, "close", turn=3, checked_on="2026-09-21")
    assert page.status_code == 400 and "未经核查不得办结" in page.text
    assert scene.move("city", matter, "close", turn=3, check_note="核实").status_code == 302
    matter.refresh_from_db()
    assert matter.state == MatterState.CLOSED
    tab = city.get(reverse("projects:tab", args=[scene.project.pk, "matters"])).text
    assert matter.number in tab


def test_a_refusal_keeps_what_was_typed_and_tells_who_was_faster(scene: Pages) -> None:
    matter = scene.answered()
    stale = matter.turn
    services.judge_matter(
        matter=matter, good=True, check_note="好", by=scene.city_head, at=at("2026-09-21 09:30")
    )
    page = scene.move("city", matter, "return", turn=stale, text="缺材料，请补齐清单")
    assert page.status_code == 400
    assert (
        "缺材料，请补齐清单" in page.text
        and "已先行操作" in page.text
        and scene.city_head.full_name in page.text
    )
    matter.refresh_from_db()
    assert matter.state == MatterState.CLOSED


def test_a_bad_day_is_named_at_its_field(scene: Pages) -> None:
    matter = scene.working()
    page = scene.move("county", matter, "ask_time", turn=matter.turn, wanted_on="2026-09-20", reason="图审")
    assert page.status_code == 400 and "请填写更晚的日期" in page.text and "图审" in page.text
    page = scene.move("county", matter, "ask_time", turn=matter.turn, wanted_on="明年", reason="图审")
    assert page.status_code == 400 and "图审" in page.text


def test_filters_and_the_workbook(scene: Pages) -> None:
    late = scene.working(title="逾期事项", due_on=date(2026, 9, 10), at=at("2026-09-01 09:00"))
    scene.issued(title="新事项")
    ladder.climb(at(NOW))
    city = scene.as_("city")

    def found(query: str) -> set[str]:
        page = city.get(f"{reverse('matters:list')}?{query}").text
        return {title for title in ("逾期事项", "新事项") if f">{title}</a>" in page}

    assert found("") == {"逾期事项", "新事项"}
    assert found("show=late") == {"逾期事项"}
    assert found("show=hard") == {"逾期事项"}
    assert found("state=issued") == {"新事项"}
    assert found("step=supervise") == {"逾期事项"}
    assert found("unit=230621") == set()
    assert found("due_from=2026-09-20") == {"新事项"}
    assert found("source=letter") == set()
    assert found("q=逾期") == {"逾期事项"}
    assert found("unit=999999&due_from=明天&step=nonsense") == {"逾期事项", "新事项"}
    book = load_workbook(BytesIO(city.get(f"{reverse('matters:export')}?show=late").getvalue()))
    cells = {cell.value for row in book.active.iter_rows() for cell in row}
    assert late.number in cells and "新事项" not in cells


def test_work_orders_from_the_rule_to_the_paper(scene: Pages) -> None:
    food = build.project("食品园", industry_4567="food", amount_wan=30_000)
    other = build.project("粮油加工", "230621", industry_4567="food", amount_wan=30_000)
    city, county = scene.as_("city"), scene.as_("county")
    address = f"{reverse('workorders:new')}?industries=food&to=host"
    page = city.get(address)
    assert page.text.count('name="projects"') == 2
    batch = page.context["form"].initial["batch"]
    data = {"batch": str(batch), "projects": [food.pk, other.pk], "title": "食品产业", "demand": ""}
    refused = city.post(address, data)
    assert refused.status_code == 400 and "请填写办理和反馈要求" in refused.text
    assert str(batch) in refused.text
    assert city.post(address, data | {"demand": "反馈"}).status_code == 302
    assert city.post(address, data | {"demand": "反馈"}).status_code == 302  # the doubled click
    assert WorkOrder.objects.count() == 2
    order = WorkOrder.objects.get(unit_id="230622")
    detail = county.get(reverse("workorders:detail", args=[order.pk])).text
    assert "食品园" in detail and "粮油加工" not in detail and "全部签收" in detail
    assert county.post(reverse("workorders:receive", args=[order.pk])).status_code == 302
    for format in ("docx", "pdf"):
        paper = county.get(reverse("workorders:document", args=[order.pk, format]))
        assert paper.status_code == 200 and len(paper.content) > 5_000
    assert county.get(reverse("workorders:document", args=[order.pk, "exe"])).status_code == 404
    assert county.get(reverse("workorders:list") + "?show=open").text.count(order.number) == 1
    assert "已有未办结工作单" in city.get(address).text


def test_the_menu_leads_to_the_first_section_and_is_not_shown_to_the_investor(scene: Pages) -> None:
    home = scene.as_("county").get("/").text
    assert "督办督查" in home
    assert scene.as_("county").get(reverse("supervision:home"))["Location"] == reverse("matters:list")
    assert "督办督查" not in scene.as_("investor").get("/").text


def test_given_to_a_department_of_another_unit(scene: Pages) -> None:
    matter = scene.working()
    where = {"turn": 2, "unit": "230621", "due_on": "2026-10-16", "reason": "属肇州职责"}
    wrong = scene.move("city", matter, "redirect", **where, department="no_such")
    assert wrong.status_code == 400 and "属肇州职责" in wrong.text
    Department.objects.filter(division_id="230621", code="housing").update(valid_to=date(2026, 6, 30))
    gone = scene.move("city", matter, "redirect", **where, department="housing")
    assert gone.status_code == 400 and "肇州县没有这个部门" in gone.text and "属肇州职责" in gone.text
    matter.refresh_from_db()
    assert (matter.unit_id, matter.turn) == ("230622", 2), "nothing has moved"
    assert scene.move("city", matter, "redirect", **where, department="natural_resources").status_code == 302
    matter.refresh_from_db()
    assert matter.department == Department.objects.get(division_id="230621", code="natural_resources")
    assert (matter.unit_id, matter.state) == ("230621", MatterState.ISSUED)


def test_given_to_another_department_of_the_same_unit(scene: Pages) -> None:
    matter = scene.working()
    given = {"turn": 2, "unit": "230622", "department": "housing", "reason": "由住建局承办"}
    assert scene.move("city", matter, "redirect", **given).status_code == 302
    matter.refresh_from_db()
    assert (matter.department, matter.state) == (scene.bureau, MatterState.ISSUED)
    again = scene.move("city", matter, "redirect", **(given | {"turn": 3}))
    assert again.status_code == 400 and "由住建局承办" in again.text


def test_a_head_refers_what_is_overdue(scene: Pages) -> None:
    matter = scene.working()
    address, link = (
        reverse("matters:detail", args=[matter.pk]),
        f"{reverse('referrals:new')}?matter={matter.pk}",
    )
    assert link not in scene.as_("city_head").get(address).text, "it is not overdue yet"
    Matter.objects.update(due_on=date(2026, 9, 18))
    for who, offered in (("city_head", True), ("county_head", True), ("city", False), ("county", False)):
        assert (link in scene.as_(who).get(address).text) == offered, who
    assert scene.as_("city_head").get(link).status_code == 200


def test_the_board_leads_to_exactly_what_it_counts(scene: Pages) -> None:
    for unit in ("230600", "230622", "230622"):
        scene.issued(unit=Division.objects.get(pk=unit))
    page = scene.as_("city").get(reverse("matters:list"))
    assert [(one.unit_id, one.total) for one in page.context["by_unit"]] == [("230622", 2), ("230600", 1)]
    for one in page.context["by_unit"]:
        address = f"?unit={one.unit_id}&own=1"
        assert address.replace("&", "&amp;") in page.text
        found = scene.as_("city").get(reverse("matters:list") + address)
        assert found.context["page"].paginator.count == one.total
