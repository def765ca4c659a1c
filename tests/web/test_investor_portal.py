"""The investor's way: invited by link or code, sees one project, confirms, asks, sends material, leaves no trace for others."""

from datetime import date, timedelta
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import InboxItem, OutgoingMail
from accounts.permissions import Role
from approvals.checklist.models import ChecklistItem, ItemEvent
from approvals.service import logging, meetings
from approvals.tickets import services as tickets
from approvals.tickets.models import Ticket, TicketState
from projects.models import Project
from projects.promises.services import record_promise
from projects.services import team
from supervision.investors import services
from supervision.meetings.access import Invited
from supervision.meetings.calling import Plan, call_meeting
from supervision.notices.models import Notice
from supervision.ratings.models import Chance, Rating
from tests import build, checklist_help
from tests.investors_help import NOW, cast, held_clock, invite_one, signed_in

# Held here instead of in a table.
ADDRESSES = {
    f"investors:{name}"
    for name in (
        "code", "link", "portal", "password", "project", "help", "answer", "material", "invitations", "take_back",
    )
}  # fmt: skip
OFFICIALESE = ("作战图", "控制事项", "留痕", "未销号", "已销号", "待我办理", "接口令牌", "碰头会", "台账")
pytestmark = pytest.mark.django_db
clean_and_now = pytest.fixture(autouse=True)(held_clock)
world = pytest.fixture(cast)


def test_one_project_alone_is_open(world):
    client = signed_in(invite_one(world))
    assert client.get(reverse("investors:project", args=[world["other"].pk])).status_code == 404
    assert client.get(reverse("projects:detail", args=[world["other"].pk])).status_code == 404
    assert (
        client.post(reverse("investors:help", args=[world["other"].pk]), {"kind": "land"}).status_code == 404
    )
    assert "别家项目" not in client.get(reverse("projects:list")).content.decode()
    for name in ("warnings:list", "accounts:people", "circulars:list"):
        assert client.get(reverse(name)).status_code == 403


def test_asking_for_help_keeps_what_was_typed(world):
    client = signed_in(invite_one(world))
    address = reverse("investors:help", args=[world["project"].pk])
    values = {"kind": "land", "title": "厂外道路限高杆", "text": "<script>alert(1)</script>🦆镈"}
    bad = client.post(address, {**values, "uploads": SimpleUploadedFile("病毒.exe", b"MZ123")})
    assert bad.status_code == 400
    assert "厂外道路限高杆" in bad.content.decode()
    assert "<script>alert(1)" not in bad.content.decode()
    assert client.post(address, {**values, "text": "长" * 50_000}).status_code == 400
    assert not Ticket.objects.exists()
    photo = SimpleUploadedFile("现场.pdf", b"%PDF-1.7\n1 0 obj")
    sent = client.post(address, {**values, "uploads": photo})
    # A place of its own: the browser would keep that of the form, far below what is said.
    project_page = reverse("investors:project", args=[world["project"].pk])
    assert (sent.status_code, sent["Location"]) == (302, f"{project_page}#main")
    shown = client.get(project_page).content.decode()
    assert shown.index('id="main"') < shown.index("已提交") < shown.index("<h1")
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.text) == ("investor", "<script>alert(1)</script>🦆镈")


def test_the_investor_holds_the_pen(world):
    client = signed_in(invite_one(world))
    client.post(
        reverse("investors:help", args=[world["project"].pk]),
        {"kind": "electricity", "title": "临时用电", "text": "接入"},
    )
    ticket = Ticket.objects.get()
    ticket = tickets.accept(ticket=ticket, due_on=date(2026, 11, 6), by=world["county"], at=NOW)
    tickets.ask_close(ticket=ticket, result="已送电，容量 400 kVA", by=world["county"], at=NOW)
    page = client.get(reverse("investors:project", args=[world["project"].pk])).content.decode()
    assert "已送电，容量 400 kVA" in page
    ticket.refresh_from_db()
    address = reverse("investors:answer", args=[ticket.pk])
    kept = client.post(address, {"say": "no", "why": "  ", "turn": ticket.turn})
    assert kept.status_code == 400
    box = kept.content.decode().split(f'id="why-{ticket.pk}"')
    assert box[0].rindex("<details open>") > box[0].rindex("<form")
    assert f'id="why-{ticket.pk}_error"' in box[1]
    client.post(address, {"say": "no", "why": "电压不稳", "turn": ticket.turn})
    ticket.refresh_from_db()
    assert ticket.state == TicketState.WORKING
    tickets.ask_close(ticket=ticket, result="换了变压器", by=world["county"], at=NOW)
    ticket.refresh_from_db()
    stale = client.post(address, {"say": "yes", "turn": ticket.turn - 1})
    assert stale.status_code == 400
    client.post(address, {"say": "yes", "turn": ticket.turn})
    ticket.refresh_from_db()
    assert ticket.state == TicketState.CLOSED


def test_material_goes_to_the_item_and_moves_no_clock(world):
    checklist_help.catalogue()
    checklist_help.checklist(world["project"], world["county"])
    item = ChecklistItem.objects.filter(project=world["project"]).first()
    before = (item.state, item.turn, item.due_on)
    client = signed_in(invite_one(world))
    address = reverse("investors:material", args=[item.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"note": "x"}).status_code == 400
    assert (
        client.post(
            address, {"uploads": SimpleUploadedFile("合同.pdf", b"%PDF-1.7 x"), "note": "盖章"}
        ).status_code
        == 302
    )
    item.refresh_from_db()
    assert (item.state, item.turn, item.due_on) == before
    assert item.files.get().name == "合同.pdf"
    assert ItemEvent.objects.filter(item=item, kind="prepared").count() == 1
    stranger = Client()
    stranger.force_login(world["investor"])
    assert stranger.get(address).status_code == 404


def test_every_page_of_the_company_stands_in_its_own_frame(world):
    checklist_help.catalogue()
    checklist_help.checklist(world["project"], world["county"])
    item = ChecklistItem.objects.filter(project=world["project"]).first()
    client, pk = signed_in(invite_one(world)), world["project"].pk
    client.post(reverse("investors:help", args=[pk]), {"kind": "water", "title": "接水", "text": "厂区东侧"})
    ticket = Ticket.objects.get()
    shared = [
        reverse("tickets:list"), reverse("tickets:detail", args=[ticket.pk]), reverse("checklist:list"),
        reverse("checklist:item", args=[item.pk]), reverse("checklist:flow", args=[pk]), reverse("accounts:inbox"),
        reverse("accounts:mail_choice"), reverse("mandates:list"), reverse("mandates:give", args=[pk]),
        reverse("notices:list"), *(reverse("projects:tab", args=[pk, one]) for one in ("service", "mandates", "checklist")),
    ]  # fmt: skip
    for address in shared:
        page = client.get(address)
        text = page.content.decode()
        assert page.status_code == 200, address
        assert "签约项目服务" in text, address
        assert "返回我的项目" in text, address
        assert not [word for word in OFFICIALESE if word in text], address
    office = Client()
    office.force_login(world["county"])
    assert "返回我的项目" not in office.get(reverse("tickets:list")).content.decode()


def test_one_page_of_the_project_one_form_one_way_to_a_password(world):
    client, pk = signed_in(invite_one(world)), world["project"].pk
    own = reverse("investors:project", args=[pk])
    for name, place in (("detail", ""), ("milestones", "#nodes"), ("team", "#people"), ("flow", "#nodes")):
        assert client.get(reverse(f"projects:{name}", args=[pk]))["Location"] == own + place
    assert client.get(reverse("projects:list"))["Location"] == reverse("investors:portal")
    ask = client.get(reverse("tickets:open", args=[pk]) + "?kind=water")
    assert ask["Location"] == f"{own}?kind=water#help"
    assert 'value="water" selected' in client.get(f"{own}?kind=water").content.decode()
    assert client.get(reverse("accounts:password_change"))["Location"] == reverse("investors:password")
    assert client.get(reverse("tickets:open", args=[world["other"].pk])).status_code == 404


def test_material_sent_is_seen_to_be_sent(world):
    checklist_help.catalogue()
    checklist_help.checklist(world["project"], world["county"])
    item = ChecklistItem.objects.filter(project=world["project"]).first()
    ChecklistItem.objects.filter(pk=item.pk).update(
        state="supplement", submitted_on=date(2026, 10, 1), accepted_on=None, missing=["总平面图"], is_running=True,
        supplement_on=date(2026, 10, 5),
    )  # fmt: skip
    common = {"project": world["project"], "on": date(2026, 10, 5), "province_code": "230000"}
    ItemEvent.objects.create(item=item, kind="supplement_asked", at=build.at("2026-10-05 09:00"), **common)
    client = signed_in(invite_one(world))
    page = reverse("investors:project", args=[world["project"].pk])
    asked = client.get(page).content.decode()
    assert "请您补材料" in asked and "等办理部门核对" not in asked
    form = client.get(reverse("investors:material", args=[item.pk])).content.decode()
    assert form.count("可不填") == 1  # the note alone
    client.post(
        reverse("investors:material", args=[item.pk]),
        {"uploads": SimpleUploadedFile("图.pdf", b"%PDF-1.7 x")},
    )
    sent = client.get(page).content.decode()
    assert "请您补材料" not in sent and "等办理部门核对" in sent
    assert "等办理部门核对" in client.get(reverse("checklist:item", args=[item.pk])).content.decode()
    office = Client()
    office.force_login(world["county"])
    seen = office.get(reverse("checklist:item", args=[item.pk])).content.decode()
    assert "请核对后登记补正" in seen and "等办理部门核对" not in seen
    item.refresh_from_db()
    assert item.state == "supplement"
    ItemEvent.objects.create(item=item, kind="supplement_asked", at=NOW + timedelta(hours=1), **common)
    assert "请您补材料" in client.get(page).content.decode()  # asked once more


def test_what_is_late_stands_at_the_top_with_its_days(world):
    checklist_help.catalogue()
    checklist_help.checklist(world["project"], world["county"])
    item = ChecklistItem.objects.filter(project=world["project"]).first()
    ChecklistItem.objects.filter(pk=item.pk).update(
        state="accepted", submitted_on=date(2026, 9, 1), accepted_on=date(2026, 9, 2), due_on=date(2026, 10, 16),
        is_running=True,
    )  # fmt: skip
    client, pk = signed_in(invite_one(world)), world["project"].pk
    client.post(
        reverse("investors:help", args=[pk]), {"kind": "water", "title": "接水点", "text": "厂区东侧"}
    )
    Ticket.objects.update(next_due_on=date(2026, 10, 20))
    page = client.get(reverse("investors:project", args=[pk])).content.decode()
    top = page[page.index("jo-now") : page.index('id="todo"')]
    assert item.name in top and "逾期 5 个工作日" in top
    assert "接水点" in top and "逾期 3 个工作日" in top
    assert "逾期 3 个工作日" in page[page.index("tickets-h") :]


def test_telephone_numbers_are_written_out(world):
    person = world["officer"]
    team.appoint(
        project=world["project"], role="chief_service_officer", user=person, phone="0459-8221234",
        valid_from=NOW.date(), by=world["county"], at=NOW,
    )  # fmt: skip
    page = signed_in(invite_one(world)).get(reverse("investors:project", args=[world["project"].pk]))
    assert page.content.decode().count("0459-8221234") == 2  # to press and to read


def test_the_head_of_the_task_force_stands_among_whom_to_call(world):
    """H9: a major project is led by its task force."""
    checklist_help.catalogue()
    checklist_help.checklist(world["project"], world["county"])
    head = build.user(
        "t-task", Role.LEAD_DEPARTMENT, "230622", department="industry_information", name="周正"
    )
    team.appoint(
        project=world["project"], role="task_force_head", user=head, phone="0459-8225678", valid_from=NOW.date(),
        by=world["county"], at=NOW,
    )  # fmt: skip
    client = signed_in(invite_one(world))
    page = client.get(reverse("investors:project", args=[world["project"].pk])).content.decode()
    part = page[page.index('id="people-h"') :]
    assert "周正" in part[:700] and "0459-8225678" in part[:700]
    item = ChecklistItem.objects.filter(project=world["project"]).first()
    card = client.get(reverse("checklist:item", args=[item.pk])).content.decode()
    assert "周正" in card and "0459-8225678" in card


def test_from_its_page_the_company_reaches_all_of_log_meetings_and_promises(world):
    project, office = world["project"], world["county"]
    record_promise(
        project=project, text="厂房租金补贴", basis="投资协议", due_on=date(2027, 3, 1), by=office, at=NOW
    )
    for n in range(12):
        logging.write_entry(
            project=project, duty="feedback", done_on=NOW.date(), text=f"第{n}次反馈。", by=office, at=NOW
        )
    held = meetings.call_meeting(
        project=project, subject="用电碰头", meets_at=NOW, place="三楼", by=office, at=NOW - timedelta(days=1)
    )
    meetings.record_meeting(meeting=held, minutes="本月完成线路改造。", by=office, at=NOW)
    client = signed_in(invite_one(world))
    page = client.get(reverse("investors:project", args=[project.pk])).content.decode()
    service, promises = (reverse("projects:tab", args=[project.pk, one]) for one in ("service", "promises"))
    for address in (service, f"{service}#meet-t", promises):
        assert f'href="{address}"' in page
    assert "已召开 1 次" in page and "第0次反馈。" not in page
    whole = client.get(service).content.decode()
    assert "第0次反馈。" in whole and "用电碰头" in whole and "返回我的项目" in whole
    minutes = client.get(reverse("service:meeting", args=[held.pk])).content.decode()
    assert "本月完成线路改造。" in minutes and "返回我的项目" in minutes
    kept = client.get(promises).content.decode()
    assert "投资协议" in kept and "返回我的项目" in kept


def test_everybody_finds_the_way_in(world):
    login = Client().get(reverse("accounts:login")).content.decode()
    for name in ("investors:code", "public:home", "complaints:write"):
        assert f'href="{reverse(name)}"' in login
    for name in ("investors:code", "ratings:code"):
        page = Client().get(reverse(name)).content.decode()
        assert 'class="jg-brand" href="/i/"' in page
    rating = Client().get(reverse("ratings:code")).content.decode()
    assert "评价码" in rating and "邀请码" not in rating
    wrong = Client().post(reverse("ratings:code"), {"code": "AAAABBBBCCCC"}).content.decode()
    assert "才能保存" not in wrong and "没有这个链接或代码" in wrong


def test_a_page_that_is_not_there_speaks_to_whoever_asks(world):
    assert "任职" not in Client().get("/public/nothing/").content.decode()
    assert reverse("public:home") in Client().get("/public/nothing/").content.decode()
    gone = signed_in(invite_one(world)).get(reverse("investors:project", args=[world["other"].pk]))
    assert gone.status_code == 404
    assert "首席服务官重新邀请" in gone.content.decode()
    office = Client()
    office.force_login(world["county"])
    assert "任职范围" in office.get(reverse("investors:invitations", args=[0])).content.decode()


def test_the_company_reads_of_a_meeting_it_is_invited_to(world):
    company = build.company("松江食品有限公司")
    Project.objects.filter(pk=world["project"].pk).update(company=company)
    made = invite_one(world)
    plan = Plan(
        subject="重点项目企业座谈会", meets_at=build.at("2026-11-12 09:00"), place="县政府二楼",
        invited=Invited(companies=(company.name,)),
    )  # fmt: skip
    with mock.patch("django.db.transaction.on_commit", lambda call, **_more: call()):
        call_meeting(unit=world["project"].division, kind="symposium", plan=plan, by=world["county"], at=NOW)
    page = signed_in(made).get(reverse("investors:project", args=[world["project"].pk])).content.decode()
    assert "重点项目企业座谈会" in page and "肇源县邀请贵公司参加" in page
    told = InboxItem.objects.get(user=made.user)
    assert told.url == reverse("investors:portal")
    stranger = services.invite(
        project=world["other"],
        name="外人",
        phone="1",
        expires_on=date(2026, 12, 1),
        by=world["county"],
        at=NOW,
    )
    page = signed_in(stranger).get(reverse("investors:project", args=[world["other"].pk])).content.decode()
    assert "重点项目企业座谈会" not in page


def test_what_was_rated_is_counted_and_neither_named_nor_dated(world):
    project = world["project"]
    chance = Chance.objects.create(
        service="ticket", subject_id=1, project=project, division=project.division, label="厂房租金补贴", office="县局",
        done_on=date(2026, 10, 1), made_at=NOW, expires_on=date(2026, 12, 1), province_code="230000",
    )  # fmt: skip
    Rating.objects.create(
        chance=chance,
        level=5,
        anonymous=True,
        channel="portal",
        rated_on=date(2026, 10, 20),
        province_code="230000",
    )
    page = signed_in(invite_one(world)).get(reverse("investors:project", args=[project.pk])).content.decode()
    assert "已评价 1 项，谢谢" in page
    for hidden in ("厂房租金补贴", "县局", "10月20日", "10-20", "不满意"):
        assert hidden not in page, hidden


def test_the_mail_that_cannot_be_sent_is_said(world):
    office = Client()
    office.force_login(world["county"])
    values = {"name": "李四", "expires_on": "2026-12-31", "address": "li@example.com"}
    address = reverse("investors:invitations", args=[world["project"].pk])
    with override_settings(PORTAL_URL=""):
        assert "没有向 li@example.com 发送邮件" in office.post(address, values, follow=True).content.decode()
    assert not OutgoingMail.objects.exists()


def test_newcomers_read_the_standing_notices_at_once(world):
    company = build.company("松江食品有限公司")
    Project.objects.filter(pk=world["project"].pk).update(company=company)
    notice = Notice.objects.create(
        unit=world["project"].division, title="用电报停办法", text="冬季停工可以报停", audience="companies",
        state="published", published_at=NOW - timedelta(days=3), published_by=world["county"], written_by=world["county"],
        written_at=NOW - timedelta(days=4), slug="n-1", **world["project"].division.codes,
    )  # fmt: skip
    made = invite_one(world)
    assert notice.receipts.get().user == made.user
    assert (
        "用电报停办法"
        in signed_in(made).get(reverse("investors:project", args=[world["project"].pk])).content.decode()
    )
    invite_one(world, expires_on=date(2027, 1, 31))
    assert InboxItem.objects.filter(user=made.user, kind="notice").count() == 1
