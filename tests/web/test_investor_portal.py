"""The investor's way: invited by link or code, sees one project, confirms, asks, sends material, leaves no trace for others."""

from datetime import date, datetime, timedelta
from unittest import mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from accounts import clock
from accounts.errors import DomainError
from accounts.mail import services as mailing
from accounts.models import InboxItem, OutgoingMail, OutsideLink, User
from approvals.checklist.models import ChecklistItem, ItemEvent
from approvals.tickets import services as tickets
from approvals.tickets.models import Ticket, TicketState
from projects.models import Project
from projects.services import team
from supervision.investors import services
from supervision.meetings.access import Invited
from supervision.meetings.calling import Plan, call_meeting
from supervision.notices.models import Notice
from supervision.ratings.models import Chance, Rating
from tests import build, checklist_help

# Held here instead of in a table.
ADDRESSES = {
    f"investors:{name}"
    for name in (
        "code", "link", "portal", "password", "project", "help", "answer", "material", "invitations", "take_back",
    )
}  # fmt: skip
NOW = build.at("2026-10-23 09:00")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_and_now():
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


@pytest.fixture
def world():
    cast = build.cast()
    return {**cast, "project": build.project("云鹰马铃薯全产业链项目"), "other": build.project("别家项目")}


def _invite(world, **changes):
    values = {
        "project": world["project"],
        "name": "王镈",
        "phone": "13900000001",
        "expires_on": date(2026, 12, 31),
    }
    return services.invite(**(values | changes), by=world["county"], at=NOW)


def _inside(made):
    client = Client()
    response = client.post(reverse("investors:link", args=[made.text]))
    assert response.status_code == 302, response.content.decode()[:400]
    return client


def test_opening_a_link_uses_nothing_and_only_the_button_signs_in(world):
    made = _invite(world)
    scanner = Client()
    for _n in range(3):
        page = scanner.get(reverse("investors:link", args=[made.text]))
        assert page.status_code == 200
        assert "云鹰" not in page.content.decode()
        assert page["Referrer-Policy"] == "same-origin"
    assert "_auth_user_id" not in scanner.session
    assert OutsideLink.objects.get().first_used_at is None
    client = _inside(made)
    page = client.get(reverse("investors:project", args=[world["project"].pk]))
    text = page.content.decode()
    assert "云鹰马铃薯全产业链项目" in text
    assert "2026-12-31" in text
    assert OutsideLink.objects.get().last_used_at == NOW
    assert client.get("/")["Location"] == reverse("investors:portal")


def test_one_project_alone_is_open(world):
    client = _inside(_invite(world))
    assert client.get(reverse("investors:project", args=[world["other"].pk])).status_code == 404
    assert client.get(reverse("projects:detail", args=[world["other"].pk])).status_code == 404
    assert (
        client.post(reverse("investors:help", args=[world["other"].pk]), {"kind": "land"}).status_code == 404
    )
    assert "别家项目" not in client.get(reverse("projects:list")).content.decode()
    for name in ("warnings:list", "accounts:people", "circulars:list"):
        assert client.get(reverse(name)).status_code == 403


def test_a_code_opens_too_and_guessing_is_slowed(world):
    made, client = _invite(world), Client()
    address = reverse("investors:code")
    for n in range(12):
        assert client.post(address, {"code": f"WRONG{n:07d}"}).status_code == 400
    assert client.post(address, {"code": made.code}).status_code == 429
    cache.clear()
    assert client.post(address, {"code": made.code.lower().replace("-", " ")}).status_code == 302
    for odd in ("", "x" * 50_000, "<script>", "🦆" * 12):
        assert Client().post(address, {"code": odd}).status_code in (200, 400)


def test_taken_back_means_signed_out_at_once(world):
    made = _invite(world)
    client = _inside(made)
    address = reverse("investors:take_back", args=[world["project"].pk, made.link.pk])
    outsider = Client()
    outsider.force_login(world["neighbour"])
    assert outsider.post(address).status_code == 404
    office = Client()
    office.force_login(world["county"])
    assert office.post(address).status_code == 302
    gone = client.get(reverse("investors:project", args=[world["project"].pk]))
    assert gone.status_code == 302
    assert gone["Location"].startswith(reverse("accounts:login"))
    again = Client().get(reverse("investors:link", args=[made.text]))
    assert again.status_code == 410
    assert "收回" in again.content.decode()


def test_two_links_of_one_person_are_one_account_and_the_last_one_closes_it(world):
    first, second = _invite(world), _invite(world, expires_on=date(2027, 3, 31))
    assert first.user == second.user
    client = _inside(second)
    services.take_back(link=first.link, project=world["project"], by=world["county"], at=NOW)
    assert client.get(reverse("investors:project", args=[world["project"].pk])).status_code == 200
    services.take_back(link=second.link, project=world["project"], by=world["county"], at=NOW)
    assert client.get(reverse("investors:project", args=[world["project"].pk])).status_code == 302


def test_loading_the_page_of_a_new_invitation_again_makes_no_other(world):
    office = Client()
    office.force_login(world["county"])
    address = reverse("investors:invitations", args=[world["project"].pk])
    sent = office.post(address, {"name": "李四", "expires_on": "2026-12-31"})
    assert (sent.status_code, sent["Location"]) == (302, address)
    assert "/i/" not in str(dict(office.session))
    shown = office.get(address).content.decode()
    assert "/i/" in shown
    assert "data-copy" in shown
    assert 'id="made"' not in office.get(address).content.decode()
    assert OutsideLink.objects.count() == 1


def test_taking_back_says_what_is_left_and_takes_all_at_once(world):
    first = _invite(world)
    _invite(world, expires_on=date(2027, 3, 31))
    client, office = _inside(first), Client()
    office.force_login(world["county"])
    page = reverse("investors:project", args=[world["project"].pk])
    one = office.post(reverse("investors:take_back", args=[world["project"].pk, first.link.pk]), follow=True)
    assert "还有 1 个有效链接" in one.content.decode()
    assert client.get(page).status_code == 200
    third = _invite(world)
    every = reverse("investors:take_back", args=[world["project"].pk, third.link.pk])
    done = office.post(every, {"whole": "1"}, follow=True).content.decode()
    assert "随即退出" in done
    assert not OutsideLink.objects.filter(revoked_at=None).exists()
    assert client.get(page).status_code == 302


def test_a_password_ends_with_the_last_project_and_not_before(world):
    made = _invite(world)
    client = _inside(made)
    services.set_password(user=made.user, username="wangbo", password="Songhua-1956", at=NOW)
    client = Client()
    assert client.login(username="wangbo", password="Songhua-1956")
    second = services.invite(
        project=world["other"], name="王镈", phone="13900000001", expires_on=date(2026, 12, 31), by=world["county"], at=NOW
    )  # fmt: skip
    assert second.user != made.user  # another project is another invitation
    team.let_in(project=world["other"], user=made.user, by=world["county"], at=NOW)
    done = services.take_back(link=made.link, project=world["project"], by=world["county"], at=NOW)
    assert (done.elsewhere, done.signed_out) == (True, False)
    assert client.get(reverse("investors:project", args=[world["other"].pk])).status_code == 200
    again = _invite(world)
    assert again.user == made.user
    team.let_out(project=world["other"], user=made.user, by=world["county"], at=NOW)
    done = services.take_back(link=again.link, project=world["project"], by=world["county"], at=NOW)
    assert (done.elsewhere, done.signed_out) == (False, True)
    assert client.get(reverse("investors:portal")).status_code == 302
    assert not Client().login(username="wangbo", password="Songhua-1956")
    assert _inside(_invite(world)).get(reverse("investors:portal")).status_code == 302  # back to the project


def test_two_of_one_name_without_a_phone_are_two_people(world):
    first = _invite(world, name="张伟", phone="")
    second = _invite(world, name="张伟", phone="")
    assert first.user != second.user
    third = _invite(world, name="张伟", phone="", address="zw@example.com")
    assert third.user not in (first.user, second.user)
    assert _invite(world, name="张伟", phone="", address="zw@example.com").user == third.user
    assert _invite(world, name="张伟", phone="13900000009", address="zw@example.com").user != third.user


def test_an_ended_link_opens_nothing(world):
    made = _invite(world, expires_on=NOW.date())
    late = datetime(2026, 10, 24, 0, 30, tzinfo=NOW.tzinfo)
    with mock.patch.object(clock, "now", return_value=late):
        assert Client().post(reverse("investors:link", args=[made.text])).status_code == 410


def test_who_may_invite_and_with_what(world):
    address = reverse("investors:invitations", args=[world["project"].pk])
    for who, status in (
        ("county", 200), ("city", 200), ("promotion", 200), ("neighbour", 404), ("auditor", 403), ("investor", 404),
        ("nobody", 404),
    ):  # fmt: skip
        client = Client()
        client.force_login(world[who])
        assert client.get(address).status_code == status, who
    office = Client()
    office.force_login(world["county"])
    wrong = office.post(address, {"name": "", "expires_on": "2020-01-01", "address": "nonsense"})
    assert wrong.status_code == 400
    assert 'value="nonsense"' in wrong.content.decode()
    for values in (
        {"name": "李四", "expires_on": "2026-10-22"},
        {"name": "李四", "expires_on": "2029-01-01"},
    ):
        assert office.post(address, values).status_code == 400
    assert not OutsideLink.objects.exists()
    with override_settings(PORTAL_URL="https://portal.example.com"):
        done = office.post(
            address, {"name": "李四", "expires_on": "2026-12-31", "address": "li@example.com"}, follow=True
        )
    text = done.content.decode()
    assert "https://portal.example.com/i/" in text
    assert "<svg" in text
    assert "https://portal.example.com/i/" not in office.get(address).content.decode()
    assert "对方确认后链接会自动发送" in text
    mailing.run(None, NOW)
    assert [one.subject for one in mail.outbox] == ["请确认您的邮箱"]  # the rest in test_mail_pages
    assert OutgoingMail.objects.get(key__startswith="invitation:").next_try_at is None


def test_asking_for_help_keeps_what_was_typed(world):
    client = _inside(_invite(world))
    address = reverse("investors:help", args=[world["project"].pk])
    values = {"kind": "land", "title": "厂外道路限高杆", "text": "<script>alert(1)</script>🦆镈"}
    bad = client.post(address, {**values, "uploads": SimpleUploadedFile("病毒.exe", b"MZ123")})
    assert bad.status_code == 400
    assert "厂外道路限高杆" in bad.content.decode()
    assert "<script>alert(1)" not in bad.content.decode()
    assert client.post(address, {**values, "text": "长" * 50_000}).status_code == 400
    assert not Ticket.objects.exists()
    photo = SimpleUploadedFile("现场.pdf", b"%PDF-1.7\n1 0 obj")
    assert client.post(address, {**values, "uploads": photo}).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.text) == ("investor", "<script>alert(1)</script>🦆镈")


def test_the_investor_holds_the_pen(world):
    client = _inside(_invite(world))
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
    client = _inside(_invite(world))
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


def test_an_account_of_ones_own(world):
    made = _invite(world)
    client = _inside(made)
    address = reverse("investors:password")
    for values in (
        {"username": "ab", "password": "Songhua-1956", "again": "Songhua-1956"},
        {"username": "t-county", "password": "Songhua-1956", "again": "Songhua-1956"},
        {"username": "wangbo", "password": "12345", "again": "12345"},
        {"username": "wangbo", "password": "Songhua-1956", "again": "other"},
    ):
        assert client.post(address, values).status_code == 200
    assert not User.objects.get(pk=made.user.pk).has_usable_password()
    assert (
        client.post(
            address, {"username": "wangbo", "password": "Songhua-1956", "again": "Songhua-1956"}
        ).status_code
        == 302
    )
    assert client.get(reverse("investors:project", args=[world["project"].pk])).status_code == 200
    assert Client().login(username="wangbo", password="Songhua-1956")
    with pytest.raises(DomainError):
        services.set_password(
            user=User.objects.get(pk=made.user.pk), username="x" * 9, password="y" * 12, at=NOW
        )


def test_the_session_of_a_link_ends_the_same_day(world):
    client = _inside(_invite(world))
    assert client.session.get_expiry_age() <= timedelta(hours=12).total_seconds()


OFFICIALESE = ("作战图", "控制事项", "留痕", "未销号", "已销号", "待我办理", "接口令牌", "碰头会", "台账")


def test_every_page_of_the_company_stands_in_its_own_frame(world):
    checklist_help.catalogue()
    checklist_help.checklist(world["project"], world["county"])
    item = ChecklistItem.objects.filter(project=world["project"]).first()
    client, pk = _inside(_invite(world)), world["project"].pk
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
    client, pk = _inside(_invite(world)), world["project"].pk
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
    client = _inside(_invite(world))
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
    client, pk = _inside(_invite(world)), world["project"].pk
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
    page = _inside(_invite(world)).get(reverse("investors:project", args=[world["project"].pk]))
    assert page.content.decode().count("0459-8221234") == 2  # to press and to read


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
    gone = _inside(_invite(world)).get(reverse("investors:project", args=[world["other"].pk]))
    assert gone.status_code == 404
    assert "首席服务官重新邀请" in gone.content.decode()
    office = Client()
    office.force_login(world["county"])
    assert "任职范围" in office.get(reverse("investors:invitations", args=[0])).content.decode()


def test_the_company_reads_of_a_meeting_it_is_invited_to(world):
    company = build.company("松江食品有限公司")
    Project.objects.filter(pk=world["project"].pk).update(company=company)
    made = _invite(world)
    plan = Plan(
        subject="重点项目企业座谈会", meets_at=build.at("2026-11-12 09:00"), place="县政府二楼",
        invited=Invited(companies=(company.name,)),
    )  # fmt: skip
    with mock.patch("django.db.transaction.on_commit", lambda call, **_more: call()):
        call_meeting(unit=world["project"].division, kind="symposium", plan=plan, by=world["county"], at=NOW)
    page = _inside(made).get(reverse("investors:project", args=[world["project"].pk])).content.decode()
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
    page = _inside(stranger).get(reverse("investors:project", args=[world["other"].pk])).content.decode()
    assert "重点项目企业座谈会" not in page


def test_what_was_rated_is_listed_without_how(world):
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
    page = _inside(_invite(world)).get(reverse("investors:project", args=[project.pk])).content.decode()
    part = page[page.index('id="rated-h"') :]
    assert "厂房租金补贴" in part[:400] and "2026-10-20" in part[:400]
    assert "不满意" not in page


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
    made = _invite(world)
    assert notice.receipts.get().user == made.user
    assert (
        "用电报停办法"
        in _inside(made).get(reverse("investors:project", args=[world["project"].pk])).content.decode()
    )
    _invite(world, expires_on=date(2027, 1, 31))
    assert InboxItem.objects.filter(user=made.user, kind="notice").count() == 1
