"""The home page of each role: the first thing to do comes first, with its days and its button."""

import re
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.jobs import engine
from accounts.models import Extension, Obligation
from accounts.obligations.kinds import KICKOFF, LEDGER_COUNTY
from projects.models import Assignment, MilestoneCode, TeamRole
from supervision.warnings.models import Warning
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db]
PROMISED = "2026-10-30"


@pytest.fixture
def today():
    """Friday 2026-10-23: the ledger of October falls due on Monday."""
    with time_machine.travel(at("2026-10-23 09:14"), tick=False):
        yield date(2026, 10, 23)


@pytest.fixture
def made(today):
    """A signed project whose kickoff is overdue, a late key point, and the duties of the month."""
    row = build.project(
        "肇源县艾草生物经济项目",
        signed_on=date(2026, 9, 24),
        planned={MilestoneCode.CONSTRUCTION_PERMIT: date(2026, 10, 16)},
    )
    done = engine.run_inline(at("2026-10-23 09:00"), at("2026-10-23 09:00"))
    assert done.failed == []
    return row


def sign_in(client: Client, person) -> str:
    client.force_login(person)
    return client.get(reverse("home")).text


def todo_titles(page: str) -> list[str]:
    found = re.search(r'<ol class="jg-todo">(.*?)</ol>\s*(?:<div|</section)', page, re.DOTALL)
    return re.findall(r"<h3><a href=\"[^\"]*\">([^<]*)</a></h3>", found[1] if found else page)


def test_on_the_23rd_the_ledger_comes_first(client, made):
    people = build.cast()
    page = sign_in(client, people["county"])
    assert todo_titles(page)[0] == "报送2026年10月签约项目台账" or "2026年10月" in todo_titles(page)[0]
    first = page[page.index('class="is-first"') :]
    first = first[: first.index('class="jg-days', first.index('class="jg-days') + 1)]
    assert "还有 <b>1</b> 个工作日" in first
    assert "btn-primary" in first
    assert "为什么是这一天" in first
    assert any("召开专题推进会议" in title for title in todo_titles(page))
    assert "逾期 <b>1</b> 个工作日" in page  # the kickoff, due on the 22nd


def test_lit_projects_with_their_point(client, made):
    people = build.cast()
    page = sign_in(client, people["county"])
    assert "亮灯项目" in page
    assert "逾期 5 个工作日" in page
    assert "施工许可" in page


def test_nothing_of_another_area(client, made):
    people = build.cast()
    for name in ("neighbour", "other_city"):
        assert "艾草" not in sign_in(client, people[name])


def test_every_role_has_a_home(client, made):
    people = build.cast()
    for name, person in people.items():
        client.force_login(person)
        answer = client.get(reverse("home"))
        if name == "investor":
            assert answer["Location"] == reverse("investors:portal")
            continue
        assert answer.status_code == 200, name
    assert "你今天没有有效的任职" in sign_in(client, people["nobody"])
    admin = sign_in(client, people["administrator"])
    assert "后台任务" in admin
    assert "人员" in admin
    assert "艾草" not in admin


def test_officer_sees_his_own_projects(client, made):
    people = build.cast()
    assert "还没有由你服务的项目" in sign_in(client, people["officer"])
    from projects.services.team import appoint

    appoint(
        project=made,
        role=TeamRole.CHIEF_SERVICE_OFFICER,
        user=people["officer"],
        valid_from=date(2026, 10, 20),
        by=people["county"],
        at=at("2026-10-20 09:00"),
    )
    assert Assignment.objects.count() == 1
    page = sign_in(client, people["officer"])
    assert "我的项目" in page
    assert "艾草" in page


def test_home_costs_the_same_however_many_duties(client, made, django_assert_max_num_queries):
    people = build.cast()
    sign_in(client, people["county"])
    for n in range(12):
        build.project(f"项目{n}", planned={MilestoneCode.CONSTRUCTION_PERMIT: date(2026, 10, 16)})
    with django_assert_max_num_queries(39):  # 37 and the savepoint around the session
        client.get(reverse("home"))


def test_more_time_is_asked_and_decided_on_the_pages(client, made):
    people = build.cast()
    duty = Obligation.objects.get(kind=LEDGER_COUNTY, unit_id="230622", period="2026-10")
    client.force_login(people["county"])
    page = client.get(reverse("duties:detail", args=[duty.pk])).text
    assert "申请延期" in page
    early = {"wanted_on": "2026-10-24", "reason": "统计人员住院"}
    answer = client.post(reverse("duties:ask", args=[duty.pk]), early)
    assert answer.status_code == 200
    assert "2026-10-26" in answer.text
    assert "统计人员住院" in answer.text  # nothing typed is lost
    client.post(reverse("duties:ask", args=[duty.pk]), early | {"wanted_on": "2026-10-30"})
    extension = Extension.objects.get()
    client.force_login(people["neighbour"])
    decide = reverse("duties:decide", args=[extension.pk])
    assert client.post(decide, {"decision": "grant"}).status_code == 404
    client.force_login(people["county"])
    assert client.post(decide, {"decision": "grant"}).status_code == 403
    assert any("延期" in title for title in todo_titles(sign_in(client, people["city"])))
    client.force_login(people["city"])
    assert "请说明驳回申请的理由" in client.post(decide, {"decision": "reject", "opinion": ""}).text
    client.post(decide, {"decision": "grant"})
    duty.refresh_from_db()
    assert duty.last_day == date(2026, 10, 30)


def test_a_duty_is_waived_by_the_tier_above_only(client, made):
    people = build.cast()
    duty = Obligation.objects.get(kind=LEDGER_COUNTY, unit_id="230622", period="2026-10")
    address = reverse("duties:exempt", args=[duty.pk])
    client.force_login(people["county"])
    assert client.post(address, {"reason": "没有签约项目"}).status_code == 403
    client.force_login(people["city"])
    assert "请说明免报的理由" in client.post(address, {"reason": " "}).text
    client.post(address, {"reason": "洪涝灾害"})
    duty.refresh_from_db()
    assert duty.exempt_reason == "洪涝灾害"


def test_warnings_are_listed_explained_and_answered(client, made):
    people = build.cast()
    client.force_login(people["county"])
    page = client.get(reverse("warnings:list")).text
    assert "肇源县艾草生物经济项目：施工许可" in page
    assert client.get(reverse("warnings:list"), {"level": "red"}).text.count("<tr>") <= page.count("<tr>")
    warning = Warning.objects.get(rule_key="milestone_light")
    address = reverse("warnings:detail", args=[warning.pk])
    detail = client.get(address).text
    for words in ("为什么亮这个灯", "第十四条", "HLJ-14-milestone", "该谁办", "逾期 5 个工作日"):
        assert words in detail
    assert "请写明做什么" in client.post(address, {"plan_text": "", "promised_on": PROMISED}).text
    refused = client.post(address, {"plan_text": "住建局核发", "promised_on": "月底"}).text
    assert "日期格式不对" in refused
    assert "住建局核发" in refused  # nothing typed is lost
    assert (
        client.post(address, {"plan_text": "住建局本月底前核发", "promised_on": PROMISED}).status_code == 302
    )
    page = client.get(address).text
    assert "住建局本月底前核发" in page
    assert "完成" in page
    for name in ("neighbour", "other_city"):
        client.force_login(people[name])
        assert client.get(address).status_code == 404
    client.force_login(people["auditor"])
    assert client.get(address).status_code == 200
    assert client.post(address, {"plan_text": "审计"}).status_code == 403


def test_list_filters_survive_nonsense(client, made):
    people = build.cast()
    client.force_login(people["county"])
    bad = {
        "level": "purple",
        "unit": "999999",
        "rule": "x",
        "state": "?",
        "page": "-3",
        "per_page": "x",
        "q": "' OR 1=1",
    }
    assert client.get(reverse("warnings:list"), bad).status_code == 200
    assert client.get(reverse("kickoffs:list"), {"show": "x", "page": "99999", "q": "%"}).status_code == 200


def test_jobs_page_and_its_button(client, made):
    people = build.cast()
    client.force_login(people["administrator"])
    page = client.get(reverse("jobs:list")).text
    for words in ("生成报送和会议事项", "预警亮灯", "到期提醒", "新增的预警"):
        assert words in page
    assert client.post(reverse("jobs:rerun", args=["warnings"])).status_code == 302
    assert client.get(reverse("jobs:rerun", args=["warnings"])).status_code == 405
    assert client.post(reverse("jobs:rerun", args=["nonsense"])).status_code == 302
    client.force_login(people["investor"])
    assert client.get(reverse("jobs:list")).status_code == 403
    assert client.post(reverse("jobs:rerun", args=["warnings"])).status_code == 403


def test_kickoff_duty_exists(made):
    assert Obligation.objects.filter(kind=KICKOFF, subject_id=made.pk).exists()
