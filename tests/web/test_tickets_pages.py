"""Tickets on the pages: opened, accepted, taken up, confirmed; refusals keep what was typed; strangers get 404."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditRecord, User
from accounts.permissions import Role
from approvals.tickets import services
from approvals.tickets.models import Ticket, TicketFile
from projects import services as projects
from projects.models import TeamRole
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db]
NOW = "2026-10-12 10:00"
LONG = "镈" * 60


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.project = build.project(f"{LONG}项目", company=build.company())
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            projects.appoint(
                project=self.project, role=role, user=self.people[who], valid_from=date(2026, 4, 1),
                by=self.people["county"], at=at("2026-10-12 08:00"),
            )  # fmt: skip
        self.people["power"] = build.user(
            "t-power", Role.SERVICE_SPECIALIST, "230622", department="power_supply", name="高峰"
        )

    def as_(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client

    def asked(self, text: str = "630 kVA<script>") -> Ticket:
        return services.open_ticket(
            project=self.project, kind="electricity", title=f"用电{LONG}", text=text,
            by=self.people["investor"], at=at("2026-10-12 09:00"),
        )  # fmt: skip

    def move(self, who: str, ticket: Ticket, code: str, **data: Any) -> Any:
        return self.as_(who).post(reverse("tickets:move", args=[ticket.pk, code]), data)


@pytest.fixture
def scene() -> Any:
    with time_machine.travel(at(NOW), tick=False):
        yield Scene()


def test_from_asking_to_closed_out(scene: Scene) -> None:
    investor = scene.as_("investor")
    address = reverse("tickets:open", args=[scene.project.pk])
    page = investor.get(address, follow=True).text
    assert "提出帮办需求" in page and "承办部门" not in page
    upload = SimpleUploadedFile("申请.pdf", b"%PDF-1.4")
    data = {"kind": "electricity", "title": "临时用电", "text": "630 kVA", "uploads": upload}
    assert investor.post(address, data).status_code == 302
    ticket = Ticket.objects.get()
    kept = TicketFile.objects.get()
    file = investor.get(reverse("tickets:file", args=[ticket.pk, kept.pk]))
    assert file.status_code == 200 and "attachment" in file["Content-Disposition"]
    assert scene.as_("neighbour").get(reverse("tickets:file", args=[ticket.pk, kept.pk])).status_code == 404
    assert "受理：临时用电" in scene.as_("power").get("/").text
    assert scene.move("power", ticket, "accept", turn=1, materials="营业执照").status_code == 302
    ticket.refresh_from_db()
    assert ticket.materials == "营业执照"
    assert scene.move("power", ticket, "ask_close", turn=ticket.turn, result="已通电").status_code == 302
    assert "请您确认是否办结" in investor.get("/", follow=True).text
    page = investor.get(reverse("tickets:detail", args=[ticket.pk])).text
    assert "确认已解决" in page and "未解决，退回" in page and "已通电" in page
    assert scene.move("investor", ticket, "confirm", turn=ticket.turn + 1).status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    assert "重新办理" in investor.get(reverse("tickets:detail", args=[ticket.pk])).text


def test_who_gets_what(scene: Scene) -> None:
    ticket = scene.asked()
    page = reverse("tickets:detail", args=[ticket.pk])
    expected = {
        "investor": 200, "officer": 200, "county": 200, "city": 200, "province": 200, "auditor": 200, "promotion": 200,
        "power": 200, "neighbour": 404, "other_city": 404, "administrator": 404, "nobody": 404,
    }  # fmt: skip
    for who, status in expected.items():
        assert scene.as_(who).get(page).status_code == status, who
    for who in ("administrator", "nobody"):
        assert scene.as_(who).get(reverse("tickets:list")).status_code == 403
    text = scene.as_("county").get(page).text
    assert (
        "<script>" not in text.replace("<script src", "").replace('<script type="', "")
        or "630 kVA&lt;script&gt;" in text
    )


def test_another_units_ticket_is_not_closed(scene: Scene) -> None:
    ticket = scene.asked()
    ticket = services.accept(ticket=ticket, by=scene.people["power"], at=at("2026-10-12 09:10"))
    ticket = services.ask_close(
        ticket=ticket, result="好", by=scene.people["power"], at=at("2026-10-12 09:20")
    )
    with time_machine.travel(at("2026-11-05 10:00"), tick=False):
        before = (ticket.turn, AuditRecord.objects.count())
        for who, status in {
            "city": 403,
            "province": 403,
            "officer": 403,
            "auditor": 403,
            "neighbour": 404,
        }.items():
            assert scene.move(who, ticket, "close_silent", reason="无答复").status_code == status, who
        ticket.refresh_from_db()
        assert (ticket.turn, AuditRecord.objects.count()) == before
        assert "企业未答复" in scene.as_("county").get("/").text
        assert scene.move("county", ticket, "close_silent", reason="三次电话无答复").status_code == 302


def test_who_took_it_up_reads_on_and_moves_it_no_more(scene: Scene) -> None:
    ticket = scene.asked()
    assert scene.move("power", ticket, "accept", turn=1).status_code == 302
    assert scene.move("power", ticket, "escalate", reason="需市里批复").status_code == 302
    page = scene.as_("power").get(reverse("tickets:detail", args=[ticket.pk]))
    assert page.status_code == 200 and "需市里批复" in page.text and "/hand_back/" not in page.text
    assert scene.move("power", ticket, "hand_back", text="同意").status_code == 403


def test_the_second_of_two_sees_what_the_first_did_and_loses_nothing(scene: Scene) -> None:
    ticket = scene.asked()
    assert scene.move("power", ticket, "accept", turn=1).status_code == 302
    answer = scene.move("county", ticket, "reject", turn=1, reason="这件事不归我们管，请找市里")
    assert answer.status_code == 400
    assert "高峰 已先一步办理" in answer.text
    assert "这件事不归我们管，请找市里" in answer.text
    ticket.refresh_from_db()
    assert ticket.state == "working"


def test_bad_input_keeps_the_form(scene: Scene) -> None:
    address = reverse("tickets:open", args=[scene.project.pk])
    data = {
        "kind": "electricity",
        "title": "",
        "text": "现有 250 kVA",
        "uploads": SimpleUploadedFile("a.exe", b"MZ"),
    }
    answer = scene.as_("investor").post(address, data)
    assert answer.status_code == 200
    assert "请用几个字写明需要什么帮助" in answer.text and "现有 250 kVA" in answer.text
    answer = scene.as_("investor").post(
        address, data | {"title": "用电", "uploads": SimpleUploadedFile("a.exe", b"MZ")}
    )
    assert "不是 PDF" in answer.text and "a.exe" in answer.text
    assert not Ticket.objects.exists()
    office = {"kind": "land", "title": "用地", "text": "选址", "source": "officer", "agreed_there": "on"}
    answer = scene.as_("county").post(address, office)
    assert "请在来源中选择" in answer.text
    answer = scene.as_("county").post(address, office | {"agreed_there": "", "due_on": "2026-10-01"})
    assert "这一天已经过去" in answer.text
    assert not Ticket.objects.exists()


def test_an_extension_refused_on_the_page(scene: Scene) -> None:
    ticket = services.accept(ticket=scene.asked(), by=scene.people["power"], at=at("2026-10-12 09:10"))
    due = ticket.due_on
    answer = scene.move(
        "power", ticket, "ask_time", turn=ticket.turn, wanted_on="2026-11-20", reason="缺变压器"
    )
    assert answer.status_code == 302
    page = scene.as_("investor").get(reverse("tickets:detail", args=[ticket.pk])).text
    assert "承办单位申请延期" in page and "不同意延期" in page
    assert "答复延期申请" in scene.as_("investor").get("/", follow=True).text
    assert (
        scene.move("investor", ticket, "refuse_time", turn=ticket.turn + 1, reason="等不起").status_code
        == 302
    )
    ticket.refresh_from_db()
    assert ticket.due_on == due
    assert "2026-11-20" in scene.as_("power").get(reverse("tickets:detail", args=[ticket.pk])).text


def test_the_list_filters_and_is_cheap(scene: Scene, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        scene.asked(f"第 {number} 台变压器")
    client = scene.as_("county")
    client.get(reverse("tickets:list"))
    with django_assert_max_num_queries(25):
        page = client.get(reverse("tickets:list"))
    assert "未销号 12" in page.text
    for query in ("show=mine", "show=red", "show=late", "show=upper", "show=investor", "show=closed", "show=all",
                  "kind=land", "q=BB-230622", "kind=moon&show=sun&page=x"):  # fmt: skip
        assert client.get(reverse("tickets:list") + "?" + query).status_code == 200, query


def test_the_projects_tab(scene: Scene) -> None:
    ticket = scene.asked()
    for who in ("investor", "officer", "county"):
        page = (
            scene.as_(who).get(reverse("projects:tab", args=[scene.project.pk, "tickets"]), follow=True).text
        )
        assert ticket.number in page
    assert User.objects.filter(username="t-power").exists()


def test_a_form_sent_twice_opens_one_ticket_and_says_so(scene: Scene) -> None:
    form = {"kind": "water", "title": "施工用水", "text": "厂区东侧"}
    address = reverse("tickets:open", args=[scene.project.pk])
    client = scene.as_("investor")
    assert client.post(address, form).status_code == 302
    again = client.post(address, form)
    number = Ticket.objects.get().number
    assert number in again.text and "刚刚已经提交" in again.text
    assert "厂区东侧" in again.text  # what was typed stays


def test_the_office_may_draft_a_supervision_paper_on_it(scene: Scene) -> None:
    ticket = scene.asked()
    page, link = reverse("tickets:detail", args=[ticket.pk]), f"{reverse('letters:new')}?ticket={ticket.pk}"
    assert (
        link in scene.as_("county").get(page).text and "起草督办通知书" in scene.as_("county").get(page).text
    )
    assert "起草督办函" in scene.as_("province").get(page).text
    for who in ("power", "officer", "investor", "promotion", "auditor"):
        assert link not in scene.as_(who).get(page).text, who
    told = scene.as_("county").get(link)
    assert told.status_code == 200 and "尚未逾期，不能下发督办通知书" in told.text
    services.withdraw(ticket=ticket, reason="已解决", by=scene.people["investor"], at=at("2026-10-12 09:30"))
    assert link not in scene.as_("county").get(page).text, "it is closed"
