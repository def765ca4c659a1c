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
from accounts.models import OutgoingMail, OutsideLink, User
from approvals.checklist.models import ChecklistItem, ItemEvent
from approvals.tickets import services as tickets
from approvals.tickets.models import Ticket, TicketState
from supervision.investors import services
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
        done = office.post(address, {"name": "李四", "expires_on": "2026-12-31", "address": "li@example.com"})
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
