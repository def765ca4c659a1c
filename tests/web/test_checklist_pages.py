"""Pages of the checklist: who may do what, refusals that lose nothing, one number of queries for any length."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditRecord
from accounts.obligations import todo
from accounts.permissions import Role
from approvals.checklist.models import Checklist, ChecklistItem, ItemState
from projects.models import Project, TeamRole
from projects.services import appoint
from tests import build
from tests import checklist_help as help_

pytestmark = pytest.mark.django_db
NAME = "镈" * 30 + "<b>项目</b>" + "长" * 20


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(build.at("2026-04-20 09:00"), tick=False):
        yield


@pytest.fixture
def cast() -> dict[str, Any]:
    people = build.cast()
    people["land"] = build.user(
        "t-land", Role.SERVICE_SPECIALIST, "230622", department="natural_resources", name="高峰"
    )
    return people


@pytest.fixture
def own(cast: dict[str, Any]) -> Project:
    help_.catalogue()
    project = build.project(NAME, company=build.company())
    help_.checklist(project, cast["county"])
    help_.decide(project, "QY01", "2026-04-01", cast["county"])
    help_.decide(project, "LX01", "2026-04-02", cast["county"])
    help_.step(project, "LX05", "submit", "2026-04-09", cast["county"])
    for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
        appoint(
            project=project, role=role, user=cast[who], name="", phone="0459-8222222", department=None, office="",
            valid_from=date(2026, 4, 10), by=cast["county"], at=build.at("2026-04-10 09:00"),
        )  # fmt: skip
    return project


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_list_and_item_by_role(own: Project, cast: dict[str, Any]) -> None:
    item = help_.item(own, "LX05")
    page = reverse("checklist:item", args=[item.pk])
    expected = {
        "county": 200, "city": 200, "province": 200, "auditor": 200, "officer": 200, "investor": 200, "land": 200,
        "promotion": 200, "neighbour": 404, "other_city": 404, "administrator": 403, "nobody": 403,
    }  # fmt: skip
    for who, status in expected.items():
        assert as_(cast[who]).get(page).status_code == status, who
    html = as_(cast["land"]).get(reverse("checklist:list")).content.decode()
    assert "建设用地规划许可证核发" in html
    assert "<b>项目</b>" not in html
    assert (
        "建设用地规划许可证核发" not in as_(cast["neighbour"]).get(reverse("checklist:list")).content.decode()
    )


def test_the_department_accepts_and_decides_on_the_page(own: Project, cast: dict[str, Any]) -> None:
    item = help_.item(own, "LX05")
    client = as_(cast["land"])
    address = reverse("checklist:item", args=[item.pk])
    assert "受理申请" in client.get(address).content.decode()
    url = reverse("checklist:step", args=[item.pk, "accept"])
    assert client.post(url, {"turn": item.turn, "on": "2026-04-10"}).status_code == 302
    item.refresh_from_db()
    assert (item.state, item.due_on) == (ItemState.ACCEPTED, date(2026, 4, 17))
    # the second officer had the page of before: told who was faster, and what was typed stays
    stale = client.post(
        reverse("checklist:step", args=[item.pk, "refuse"]),
        {"turn": item.turn - 1, "on": "2026-04-20", "note": "与规划不符"},
    )
    html = stale.content.decode()
    assert stale.status_code == 400
    assert "高峰" in html
    assert "与规划不符" in html
    files = SimpleUploadedFile("许可证.pdf", b"%PDF-1.4\n%%EOF\n")
    data = {"turn": item.turn, "on": "2026-04-20", "result_number": "地字第001号", "files": files}
    assert client.post(reverse("checklist:step", args=[item.pk, "decide"]), data).status_code == 302
    html = client.get(address).content.decode()
    assert "地字第001号" in html
    kept = item.files.get()
    assert as_(cast["investor"]).get(reverse("checklist:file", args=[item.pk, kept.pk])).status_code == 200
    assert as_(cast["neighbour"]).get(reverse("checklist:file", args=[item.pk, kept.pk])).status_code == 404


def test_steps_of_others_are_403_and_write_nothing(own: Project, cast: dict[str, Any]) -> None:
    item = help_.item(own, "LX05")
    before = AuditRecord.objects.count()
    data = {"turn": item.turn, "on": "2026-04-20"}
    url = reverse("checklist:step", args=[item.pk, "accept"])
    for who, status in {
        "officer": 403,
        "investor": 403,
        "auditor": 403,
        "neighbour": 404,
        "promotion": 403,
    }.items():
        assert as_(cast[who]).post(url, data).status_code == status, who
    assert AuditRecord.objects.count() == before
    assert (
        as_(cast["county"]).post(reverse("checklist:step", args=[item.pk, "nonsense"]), data).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"on": ""}, "发生日期"),
        ({"on": "2026-04-21"}, "还没有到"),
        ({"on": "2026-04-08"}, "不能更早"),
        ({"on": "2026-13-40"}, "发生日期"),
    ],
)
def test_bad_days_are_told_on_the_page(
    own: Project, cast: dict[str, Any], data: dict[str, str], words: str
) -> None:
    item = help_.item(own, "LX05")
    url = reverse("checklist:step", args=[item.pk, "accept"])
    answer = as_(cast["county"]).post(url, {"turn": item.turn, "note": "留着的备注", **data})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert "留着的备注" in answer.content.decode()


def test_tab_of_the_project_for_officials_and_investor(own: Project, cast: dict[str, Any]) -> None:
    tab = reverse("projects:tab", args=[own.pk, "checklist"])
    for who in ("county", "officer", "investor"):
        html = as_(cast[who]).get(tab).content.decode()
        assert "建设用地规划许可证核发" in html
        assert "t-officer" in html  # whom to call
    assert reverse("checklist:flags", args=[own.pk]) not in as_(cast["investor"]).get(tab).content.decode()
    flow = as_(cast["investor"]).get(reverse("checklist:flow", args=[own.pk])).content.decode()
    assert "<svg" in flow
    assert "卡在：" in flow
    assert "LX05" in flow.split("卡在：")[1][:400]


def test_making_a_list_with_what_is_usual(cast: dict[str, Any]) -> None:
    help_.catalogue()
    project = build.project()
    client = as_(cast["county"])
    url = reverse("checklist:make", args=[project.pk])
    assert as_(cast["promotion"]).get(url).status_code == 403
    assert as_(cast["neighbour"]).get(url).status_code == 404
    assert client.get(url + "?kind=filed").content.decode().count(" checked") >= 5
    bad = client.post(url, {"kind": "", "codes": ["QY01"]})
    assert bad.status_code == 400
    assert 'value="QY01" checked' in bad.content.decode()
    green = client.post(url, {"kind": "filed", "codes": ["QY01"], "green_channel": "on"})
    assert green.status_code == 400
    assert client.post(url, {"kind": "filed", "codes": ["QY01", "LX01"]}).status_code == 302
    assert Checklist.objects.get(project=project).items.count() == 2
    assert client.post(reverse("checklist:add", args=[project.pk]), {"codes": ["LX05"]}).status_code == 302
    assert ChecklistItem.objects.filter(project=project).count() == 3
    flags = reverse("checklist:flags", args=[project.pk])
    assert client.post(flags, {"version": 1, "dedicated_window": "on"}).status_code == 302
    assert client.post(flags, {"version": 1}).status_code == 400


def test_city_wide_acceptance(own: Project, cast: dict[str, Any]) -> None:
    """The neighbour's window takes in with number, name and code; the owner decides."""
    client = as_(cast["neighbour"])
    url = reverse("checklist:window")
    item = help_.item(own, "LX14")
    data = {"number": own.number, "name": own.name, "code": "lx14", "on": "2026-04-20"}
    wrong = client.post(url, data | {"name": "别的项目"})
    assert wrong.status_code == 400
    assert ChecklistItem.objects.get(pk=item.pk).state == ItemState.NOT_STARTED
    assert as_(cast["other_city"]).post(url, data).status_code == 400
    assert as_(cast["investor"]).get(url).status_code == 403
    assert client.post(url, data).status_code == 302
    item.refresh_from_db()
    assert (item.state, item.window_id) == (ItemState.ACCEPTED, "230621")
    page = client.get(reverse("checklist:item", args=[item.pk]))
    assert page.status_code == 200
    refused = client.post(
        reverse("checklist:step", args=[item.pk, "decide"]), {"turn": item.turn, "on": "2026-04-20"}
    )
    assert refused.status_code == 403
    assert client.get(reverse("projects:detail", args=[own.pk])).status_code == 404
    assert client.post(url, data).status_code == 400  # taken in already
    assert "LX14" in client.get(reverse("checklist:list") + "?show=window").content.decode()


def test_todo_of_department_office_and_officer(own: Project, cast: dict[str, Any]) -> None:
    on = date(2026, 4, 20)
    mine = [one.key for one in todo.items_for(cast["land"], on)]
    assert f"item:{help_.item(own, 'LX05').pk}" in mine  # submitted 9 April, to be accepted by 16 April
    assert "items:late" in [one.key for one in todo.items_for(cast["county"], on)]
    assert not [one for one in todo.items_for(cast["neighbour"], on) if one.key.startswith("item")]
    help_.step(own, "LX05", "ask_supplement", "2026-04-10", cast["land"], missing=["红线图"])
    assert any("补齐" in one.title for one in todo.items_for(cast["officer"], on))


def test_item_given_to_another_department(own: Project, cast: dict[str, Any]) -> None:
    item = help_.item(own, "LX05")
    from accounts.models import Department

    other = Department.objects.get(division_id="230622", code="housing")
    url = reverse("checklist:give", args=[item.pk])
    assert (
        as_(cast["land"])
        .post(url, {"turn": item.turn, "department": other.pk, "reason": "机构调整"})
        .status_code
        == 403
    )
    assert (
        as_(cast["county"]).post(url, {"turn": item.turn, "department": other.pk, "reason": ""}).status_code
        == 400
    )
    assert (
        as_(cast["county"])
        .post(url, {"turn": item.turn, "department": other.pk, "reason": "机构调整"})
        .status_code
        == 302
    )
    item.refresh_from_db()
    assert item.department == other


def test_the_number_of_queries_does_not_grow(
    cast: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    help_.catalogue()
    client, url = as_(cast["county"]), reverse("checklist:list")

    def fill(count: int) -> None:
        for number in range(count):
            project = build.project(f"项目{number}")
            help_.checklist(project, cast["county"])
            help_.step(project, "LX05", "submit", "2026-04-09", cast["county"])

    fill(2)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    fill(8)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
    assert len(many) <= 22
    project = Project.objects.filter(name="项目0").first()
    assert project is not None
    with django_assert_max_num_queries(45):
        client.get(reverse("projects:tab", args=[project.pk, "checklist"]))


def test_the_war_chart_shows_control_items_and_where_it_is_stuck(
    own: Project, cast: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    address = reverse("projects:flow", args=[own.pk])
    client = as_(cast["county"])
    client.get(address)
    with django_assert_max_num_queries(26):
        page = client.get(address).text
    item = help_.item(own, "LX05")
    assert reverse("checklist:item", args=[item.pk]) in page
    for words in ("审批 3 项", "已办结 1", "还有 1 项在等它办结", "自然资源局", "卡点"):
        assert words in page, words
