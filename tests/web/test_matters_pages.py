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
