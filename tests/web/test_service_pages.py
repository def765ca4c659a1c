"""Workbench, log, meetings, empty seats and hand-over on the pages, per role."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role
from approvals.service.models import HandOver, ProblemMeeting, ServiceEntry
from approvals.tickets.models import Ticket
from projects import services as projects
from projects.models import TeamRole
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db]


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.people["leader"] = build.user("t-leader", Role.PACKAGE_LEADER, "230622", name="陈国梁")
        self.people["colleague"] = build.user(
            "t-colleague",
            Role.CHIEF_SERVICE_OFFICER,
            "230622",
            department="industry_information",
            name="钱进",
        )
        self.project = build.project(f"{'镈' * 60}项目", planned={"construction_permit": date(2026, 10, 16)})
        team = (
            (TeamRole.CHIEF_SERVICE_OFFICER, "officer"),
            (TeamRole.INVESTOR, "investor"),
            (TeamRole.PACKAGE_LEADER, "leader"),
        )
        for role, who in team:
            projects.appoint(
                project=self.project, role=role, user=self.people[who], valid_from=date(2026, 4, 1),
                by=self.people["county"], at=at("2026-10-20 08:00"),
            )  # fmt: skip

    def as_(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client


@pytest.fixture
def scene() -> Any:
    with time_machine.travel(at("2026-10-20 09:00"), tick=False):
        yield Scene()


def test_the_log_is_written_and_the_investor_reads_their_part(scene: Scene) -> None:
    address = reverse("service:log", args=[scene.project.pk])
    officer = scene.as_("officer")
    entry = {"duty": "guide", "done_on": "2026-10-19", "text": "内部协调用地"}
    assert officer.post(address, entry).status_code == 302
    assert officer.post(address, entry | {"duty": "feedback", "text": "用地已批"}).status_code == 302
    answer = officer.post(address, entry | {"done_on": "2026-10-21", "text": "明天的事"})
    assert answer.status_code == 200 and "这一天还没有到" in answer.text and "明天的事" in answer.text
    tab = reverse("projects:tab", args=[scene.project.pk, "service"])
    assert "内部协调用地" in scene.as_("county").get(tab).text
    seen = scene.as_("investor").get(tab).text
    assert "用地已批" in seen and "内部协调用地" not in seen
    assert ServiceEntry.objects.count() == 2
    expected = {
        "investor": 403,
        "auditor": 403,
        "promotion": 403,
        "neighbour": 404,
        "administrator": 404,
        "leader": 200,
    }
    for who, status in expected.items():
        assert scene.as_(who).get(address).status_code == status, who


def test_a_problem_found_on_a_return_visit_becomes_a_ticket(scene: Scene) -> None:
    """X五(二)三: a return visit has its way and its result; what was found goes on with one click, once."""
    officer, pk = scene.as_("officer"), scene.project.pk
    log, tab = reverse("service:log", args=[pk]), reverse("projects:tab", args=[pk, "service"])
    entry = {"duty": "feedback", "done_on": "2026-10-19", "text": "水压不足\n每天下午停水", "way": "phone"}
    lacking = officer.post(log, entry)
    assert lacking.status_code == 200 and "请选择回访结果" in lacking.text and "每天下午停水" in lacking.text
    wayless = officer.post(log, entry | {"way": "", "result": "none"})
    assert wayless.status_code == 200 and "请选择回访方式" in wayless.text
    assert not ServiceEntry.objects.exists()
    officer.post(log, entry | {"result": "problem"})
    officer.post(log, entry | {"way": "symposium", "result": "suggestion"})
    row = ServiceEntry.objects.get(way="phone")
    address = reverse("service:take_up", args=[row.pk])
    seen = officer.get(tab).text
    assert "回访 2 次：电话联系 1、座谈会 1；发现问题 1、有意见建议 1" in " ".join(seen.split())
    assert f'href="{address}"' in seen
    for who in ("investor", "auditor"):
        assert f'href="{address}"' not in scene.as_(who).get(tab).text
    told = scene.as_("investor").get(reverse("investors:project", args=[pk])).text
    assert "电话联系" in told
    form = officer.get(address).text
    assert 'value="水压不足"' in form and "每天下午停水" in form and "2026-10-19 回访（电话联系）" in form
    bad = officer.post(address, {"kind": "water", "title": "", "text": "x", "source": "officer"})
    assert bad.status_code == 200
    assert not Ticket.objects.exists()
    sent = {"kind": "water", "title": "水压不足", "text": "每天下午停水", "source": "officer"}
    for who, status in {"investor": 403, "auditor": 403, "neighbour": 404}.items():
        assert scene.as_(who).post(address, sent).status_code == status
    assert not Ticket.objects.exists()
    ticket_page = officer.post(address, sent)["Location"]
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket_page) == ("water", reverse("tickets:detail", args=[ticket.pk]))
    row.refresh_from_db()
    assert row.ticket == ticket
    assert officer.post(address, sent)["Location"] == ticket_page
    assert Ticket.objects.count() == 1
    after = officer.get(tab).text
    assert "已转为帮办事项" in after and f'href="{address}"' not in after
    other = reverse("service:take_up", args=[ServiceEntry.objects.get(way="symposium").pk])
    assert officer.get(other)["Location"] == tab
    assert officer.post(other, sent)["Location"] == tab
    assert Ticket.objects.count() == 1


def test_the_leader_calls_a_meeting_and_records_it(scene: Scene) -> None:
    leader = scene.as_("leader")
    address = reverse("service:call", args=[scene.project.pk])
    data = {"subject": "用电", "day": "2026-10-21", "hour": "14:00", "place": "三楼", "invited": ""}
    past = leader.post(address, data | {"day": "2026-10-19"})
    assert past.status_code == 200 and "这个时间已经过去" in past.text
    assert leader.post(address, data).status_code == 302
    meeting = ProblemMeeting.objects.get()
    page = reverse("service:meeting", args=[meeting.pk])
    assert scene.as_("investor").get(page).status_code == 200
    assert scene.as_("neighbour").get(page).status_code == 404
    assert scene.as_("investor").post(page, {"do": "record", "minutes": "x"}).status_code == 403
    with time_machine.travel(at("2026-10-21 17:00"), tick=False):
        leader = scene.as_("leader")
        assert "会议：用电" in leader.get("/").text
        bad = leader.post(page, {"do": "record", "minutes": "", "matter_1": "通电"})
        assert bad.status_code == 400 and "通电" in bad.text
        loose = leader.post(page, {"do": "record", "minutes": "定了", "due_1": "2026-10-30"})
        assert loose.status_code == 400 and "请填写这个日期对应的问题" in loose.text
        done = {"do": "record", "minutes": "一周通电", "matter_1": "通电", "kind_1": "electricity",
                "company_agreed": "on", "follow_up_on": "2026-10-28"}  # fmt: skip
        assert leader.post(page, done).status_code == 302
    assert Ticket.objects.get().title == "通电"
    with time_machine.travel(at("2026-10-28 09:00"), tick=False):
        leader = scene.as_("leader")
        assert "回看落实情况：用电" in leader.get("/").text
        assert leader.post(page, {"do": "follow", "note": "已通电"}).status_code == 302


def test_the_workbench_of_each(scene: Scene) -> None:
    for who in ("leader", "officer"):
        page = scene.as_(who).get(reverse("service:bench"))
        assert page.status_code == 200 and scene.project.name in page.text
    assert scene.project.name not in scene.as_("colleague").get(reverse("service:bench")).text
    for who in ("county", "investor", "auditor", "administrator", "nobody"):
        assert scene.as_(who).get(reverse("service:bench")).status_code == 403, who


def test_hand_over_on_the_pages(scene: Scene) -> None:
    county, new = scene.as_("county"), reverse("service:handover_new")
    officer = scene.people["officer"]
    page = county.get(f"{new}?giver={officer.pk}").text
    assert "移交事项" in page and scene.project.name in page
    empty = county.post(
        f"{new}?giver={officer.pk}", {"reason": "调离", "receiver": scene.people["colleague"].pk}
    )
    assert empty.status_code == 200 and "请选择移交的事项" in empty.text
    seat = scene.project.team.get(user=officer)
    data = {"reason": "调离", "receiver": scene.people["colleague"].pk, "keys": [f"team:{seat.pk}"]}
    assert county.post(f"{new}?giver={officer.pk}", data).status_code == 302
    row = HandOver.objects.get()
    show, decide = (
        reverse("service:handover", args=[row.pk]),
        reverse("service:handover_decide", args=[row.pk]),
    )
    expected = {
        "county": 200,
        "city": 200,
        "officer": 200,
        "colleague": 200,
        "leader": 404,
        "neighbour": 404,
        "nobody": 404,
    }
    for who, status in expected.items():
        assert scene.as_(who).get(show).status_code == status, who
    for who in ("county", "officer", "city"):
        assert scene.as_(who).post(decide, {"do": "accept"}).status_code == 403, who
    assert "接收 t-officer 移交的工作" in scene.as_("colleague").get("/").text
    assert scene.as_("colleague").post(decide, {"do": "decline", "reason": ""}).status_code == 400
    assert scene.as_("colleague").post(decide, {"do": "accept"}).status_code == 302
    assert scene.as_("colleague").get(reverse("projects:detail", args=[scene.project.pk])).status_code == 200
    assert scene.as_("officer").get(reverse("projects:detail", args=[scene.project.pk])).status_code == 404
    assert scene.as_("colleague").post(decide, {"do": "decline", "reason": "晚了"}).status_code == 400


def test_another_offices_people_are_not_offered(scene: Scene) -> None:
    page = scene.as_("neighbour").get(reverse("service:handover_new"))
    assert page.status_code == 200 and "t-officer" not in page.text
    officer = scene.people["officer"]
    answer = scene.as_("neighbour").get(f"{reverse('service:handover_new')}?giver={officer.pk}")
    assert scene.project.name not in answer.text


def test_empty_seats(scene: Scene) -> None:
    client = scene.as_("county")
    form = {"held_on": "2026-10-19", "chair": "陈国梁", "minutes": "定了", "matter_1": "落实用地", "kind_1": "land",
            "company_agreed": "on"}  # fmt: skip
    other = build.project("粮食仓储项目", signed_on=date(2026, 10, 9))
    assert client.post(reverse("kickoffs:record", args=[other.pk]), form).status_code == 302
    assert Ticket.objects.get().title == "落实用地"
    shown = client.get(reverse("kickoffs:record", args=[other.pk])).text
    assert "岗位空缺" in shown and "落实用地" in shown
    page = client.get(reverse("service:vacancies")).text
    assert "粮食仓储项目" in page and "首席服务官" in page
    assert "粮食仓储项目" in client.get(reverse("service:vacancies") + "?seat=package_leader").text
    assert "个项目空缺" in client.get("/?todo=all").text
    assert "粮食仓储项目" not in scene.as_("neighbour").get(reverse("service:vacancies")).text
    for who in ("officer", "investor", "auditor", "nobody"):
        assert scene.as_(who).get(reverse("service:vacancies")).status_code == 403, who
