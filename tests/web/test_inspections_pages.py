"""Inspections and visits on the pages: from the plan to the objection, the draw checked, nothing typed lost."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Division
from accounts.obligations.todo import items_for
from accounts.permissions import Role
from supervision.inspections.models import Conclusion, Draw, Finding, Inspection
from supervision.matters.models import Matter
from supervision.visits import naming
from supervision.visits.models import Visit
from tests import build
from tests.build import at

pytestmark = pytest.mark.django_db
NOW = "2026-11-05 10:00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PLAN = {
    "period": "2026-11", "title": "十一月落地检查", "kinds": ["screening", "spot_check"], "purpose": "检查开工和审批",
    "planned_from": "2026-11-05", "planned_to": "2026-11-06", "authority_government": "大庆市人民政府",
    "authority_document": "庆政办函〔2026〕3号",
}  # fmt: skip


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.people["supervisor"] = build.user("t-super", Role.INVITED_SUPERVISOR, "230622", name="周雪松")
        self.people["city_head"] = build.user("t-city-head", Role.OFFICE_HEAD, "230600")
        self.project = build.project("艾草生物经济项目", number="230622-2026-0001")
        for number in range(2, 8):
            build.project(f"项目{number}", number=f"230622-2026-{number:04d}")

    def as_(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client

    def post(self, who: str, name: str, args: list[Any], data: Any = None) -> Any:
        return self.as_(who).post(reverse(f"inspections:{name}", args=args), data or {})

    def planned(self) -> Inspection:
        self.post("city", "new", [], PLAN)
        return Inspection.objects.get()


@pytest.fixture
def scene() -> Any:
    with time_machine.travel(at(NOW), tick=False):
        yield Scene()


def test_from_the_plan_to_the_decision(scene: Scene) -> None:
    row = scene.planned()
    pk = row.pk
    added = scene.post(
        "city", "choose", [pk], {"kind": "screening", "projects": "艾草生物经济项目", "why": "进展缓慢"}
    )
    assert added.status_code == 302
    drawn = scene.post("city", "draw", [pk], {"scope": "under_way", "size": "2", "seed": ""})
    again = scene.as_("auditor").get(drawn["Location"] + "?again=1")
    assert "项目和次序完全一致" in again.text and Draw.objects.get().seed in again.text
    numbers = scene.as_("city").get(reverse("inspections:population", args=[pk, Draw.objects.get().pk]))
    assert numbers.content.decode().splitlines() == Draw.objects.get().population
    started = scene.post(
        "city",
        "move",
        [pk, "start"],
        {"inspectors": "徐建华、李明", "held_from": "2026-11-05", "place": "开发区"},
    )
    assert started.status_code == 302
    item = row.items.get(project=scene.project)
    found = scene.post(
        "city", "find_at", [pk, item.pk],
        {
            "fact": "施工许可超期", "place": "大厅", "unit": "230622", "requirement": "五日内办结",
            "uploads": SimpleUploadedFile("现场.jpg", JPEG),
        },
    )  # fmt: skip
    assert found.status_code == 302, found.text
    finding = Finding.objects.get()
    scene.post(
        "city", "decide", [pk, finding.pk, "press"],
        {"title": "施工许可超期", "requirement": "五日内办结", "due_on": "2026-11-12"},
    )  # fmt: skip
    assert Matter.objects.get().unit_id == "230622"
    for other in row.items.exclude(pk=item.pk):
        scene.post(
            "city", "item", [pk, other.pk], {"result": "clear", "looked_on": "2026-11-05", "text": "正常"}
        )
    page = scene.as_("city").get(reverse("inspections:detail", args=[pk]))
    assert "施工许可超期" in page.text and "text_u230622" in page.text
    done = scene.post(
        "city", "move", [pk, "finish"],
        {"held_to": "2026-11-05", "summary": "发现问题一个", "text_u230622": "请限期整改"},
    )  # fmt: skip
    assert done.status_code == 302, done.text
    _the_county_objects(scene, Conclusion.objects.get(), finding, pk)


def _the_county_objects(scene: Scene, conclusion: Conclusion, finding: Finding, pk: int) -> None:
    assert conclusion.text == "请限期整改"
    assert any("签收督查结论" in one.title for one in items_for(scene.people["county"], date(2026, 11, 5)))
    county = scene.as_("county")
    assert county.get(reverse("inspections:detail", args=[pk])).status_code == 404
    assert (
        county.get(reverse("inspections:finding", args=[pk, finding.pk])).status_code == 200
    )  # by its matter
    assert "现场.jpg" in county.get(reverse("inspections:finding", args=[pk, finding.pk])).text
    scene.post("county", "conclusion_move", [conclusion.pk, "receive"])
    page = county.get(reverse("inspections:conclusion", args=[conclusion.pk]))
    assert "2026-12-07" in page.text  # 5 December is a Saturday
    scene.post("county", "conclusion_move", [conclusion.pk, "object"], {"text": "事实不符"})
    refused = scene.post(
        "city", "conclusion_move", [conclusion.pk, "decide"], {"changed": "no", "text": "维持原结论"}
    )
    assert refused.status_code == 400 and "应当回避" in refused.text and "维持原结论" in refused.text
    scene.post(
        "city_head", "conclusion_move", [conclusion.pk, "decide"], {"changed": "no", "text": "维持原结论"}
    )
    conclusion.refresh_from_db()
    assert conclusion.state == "upheld"


def test_what_was_typed_stays(scene: Scene) -> None:
    wrong = scene.post("city", "new", [], PLAN | {"planned_to": "2026-11-01"})
    assert (
        wrong.status_code == 200 and "十一月落地检查" in wrong.text and "结束日期早于开始日期" in wrong.text
    )
    row = scene.planned()
    unknown = scene.post(
        "city", "choose", [row.pk], {"kind": "screening", "projects": "没有这个项目", "why": "进展缓慢"}
    )
    assert unknown.status_code == 400 and "没有这个项目" in unknown.text
    early = scene.post(
        "city",
        "move",
        [row.pk, "start"],
        {"inspectors": "徐、李", "held_from": "2026-11-05", "place": "开发区"},
    )
    assert early.status_code == 400 and "还没有选定项目" in early.text and "徐、李" in early.text


def test_a_photo_of_the_wrong_kind_is_refused_with_its_name(scene: Scene) -> None:
    row = scene.planned()
    scene.post("city", "choose", [row.pk], {"kind": "screening", "projects": "艾草生物经济项目", "why": "x"})
    scene.post(
        "city", "move", [row.pk, "start"], {"inspectors": "徐、李", "held_from": "2026-11-05", "place": "x"}
    )
    refused = scene.post(
        "city", "find", [row.pk],
        {"fact": "停工三周", "place": "现场", "unit": "230622", "uploads": SimpleUploadedFile("现场.jpg", b"GIF89a")},
    )  # fmt: skip
    assert "现场.jpg" in refused.text and "停工三周" in refused.text
    assert not Finding.objects.exists()


def test_the_record_and_the_letter_are_written(scene: Scene) -> None:
    row = scene.planned()
    scene.post("city", "choose", [row.pk], {"kind": "screening", "projects": "艾草生物经济项目", "why": "x"})
    for format in ("docx", "pdf"):
        answer = scene.as_("city").get(reverse("inspections:record", args=[row.pk, format]))
        assert answer.status_code == 200 and answer.content[:2] in (b"PK", b"%P")
    assert scene.as_("city").get(reverse("inspections:record", args=[row.pk, "xlsx"])).status_code == 404
    listed = scene.as_("city").get(reverse("inspections:list") + "?format=xlsx&kind=screening")
    assert listed.content[:2] == b"PK"
    assert row.title in scene.as_("city").get(reverse("inspections:list") + "?kind=screening").text
    assert row.title not in scene.as_("city").get(reverse("inspections:list") + "?kind=trace_back").text
    odd = scene.as_("city").get(reverse("inspections:list") + "?period=abc")
    assert odd.status_code == 200 and "2026-10" in odd.text


def test_a_supervisor_records_a_visit_and_reads_what_became_of_it(scene: Scene) -> None:
    naming.name_project(
        project=scene.project, supervisor=scene.people["supervisor"], by=scene.people["county"], at=at(NOW)
    )
    supervisor = scene.as_("supervisor")
    assert "记录走访" in supervisor.get(reverse("visits:list")).text
    form = reverse("visits:new", args=[scene.project.pk])
    facts = {"visited_on": "2026-11-04", "place": "现场", "people_met": "梁经理", "seen": "主体在施工"}
    refused = supervisor.post(form, facts | {"suggestion_2": "装路灯"})
    assert refused.status_code == 200 and "装路灯" in refused.text and "主体在施工" in refused.text
    sent = supervisor.post(
        form,
        facts | {"found_1": "用电不够", "found_2": "没有路灯", "uploads": SimpleUploadedFile("图.jpg", JPEG)},
    )
    assert sent.status_code == 302
    visit = Visit.objects.get()
    first, second = visit.findings.all()
    county = scene.as_("county")
    home = items_for(scene.people["county"], date(2026, 11, 5))
    assert sum("处理监督员反映的问题" in one.title for one in home) == 2
    empty = county.post(reverse("visits:triage", args=[visit.pk, second.pk, "decline"]), {"reason": ""})
    assert empty.status_code == 400
    county.post(reverse("visits:triage", args=[visit.pk, second.pk, "decline"]), {"reason": "已列入计划"})
    county.post(
        reverse("visits:triage", args=[visit.pk, first.pk, "press"]),
        {"title": "用电不够", "demand": "十日内增容", "due_on": "2026-11-16"},
    )
    page = supervisor.get(reverse("visits:detail", args=[visit.pk]))
    assert "已列入计划" in page.text and Matter.objects.get().number in page.text
    assert reverse("matters:detail", args=[Matter.objects.get().pk]) not in page.text
    assert scene.as_("investor").get(reverse("visits:detail", args=[visit.pk])).status_code == 403


def test_the_office_names_projects_to_a_supervisor(scene: Scene) -> None:
    county = scene.as_("county")
    page = reverse("visits:supervisors")
    wrong = county.post(page, {"supervisor": scene.people["supervisor"].pk, "projects": "不存在的项目"})
    assert wrong.status_code == 400 and "不存在的项目" in wrong.text
    county.post(
        page, {"supervisor": scene.people["supervisor"].pk, "projects": "艾草生物经济项目\n230622-2026-0002"}
    )
    assert "艾草生物经济项目" in county.get(page).text
    assert scene.as_("supervisor").get(reverse("visits:new", args=[scene.project.pk])).status_code == 200


def test_the_province_inspects_in_quarters(scene: Scene) -> None:
    page = scene.as_("province").get(reverse("inspections:new"))
    assert "2026年第四季度" in page.text and "2026年11月<" not in page.text
    assert Division.objects.get(pk="230000").name in page.text
