"""Notices by mail on its pages: the state of the address, the links in mails that look on GET and act on POST alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import clock, notify
from accounts.errors import DomainError
from accounts.mail import addresses, services
from accounts.models import AuditRecord, MailChoice, OutgoingMail, OutsideLink, User
from supervision.investors import services as investors
from tests import build
from tests.mail_help import SITE, confirmed, link_in

# For people without an account; held here instead of in a table.
ADDRESSES = {"accounts:mail_confirm", "accounts:mail_end"}
NOW = build.at("2026-10-23 09:00")
CHOICE, AGAIN = "/inbox/mail/", "/inbox/mail/again/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_and_now(settings: Any) -> Iterator[None]:
    cache.clear()
    settings.PORTAL_URL = SITE
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


def _client(user: User) -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _mails(at: Any = NOW) -> list[Any]:
    services.run(None, at)  # type: ignore[arg-type]
    return mail.outbox


def test_the_way_of_an_address_from_the_page_to_the_first_notice() -> None:
    """H13: the person's own page says at each step where the address stands; a scanner's GET changes nothing."""
    user = build.user("me", name="孙立德")
    client = _client(user)
    page = client.post(CHOICE, {"address": "me@example.com", "wish": "each"}, follow=True).content.decode()
    assert "确认邮件已发往 me@example.com" in page
    assert "待确认" in page
    assert "重新发送确认邮件" in page
    url = reverse("accounts:mail_confirm", args=[link_in(_mails()[0].body)])
    scanner = Client()
    for _n in range(5):
        answer = scanner.get(url)
        assert (answer.status_code, answer["Referrer-Policy"]) == (200, "same-origin")
        assert "no-store" in answer["Cache-Control"]
        assert user.full_name not in answer.content.decode()
    assert scanner.head(url).status_code == 200
    assert MailChoice.objects.get().confirmed_at is None
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403
    assert MailChoice.objects.get().confirmed_at is None
    done = Client().post(url)
    assert "邮箱已确认" in done.content.decode()
    assert MailChoice.objects.get().confirmed_at == NOW
    again = Client().post(url)
    assert (again.status_code, "已经用过" in again.content.decode()) == (410, True)
    page = client.get(CHOICE).content.decode()
    assert "me@example.com 已于" in page
    assert "待确认" not in page


def test_sending_again_is_slowed_and_needs_the_person(client: Client) -> None:
    assert client.post(AGAIN).status_code == 302
    assert client.post(AGAIN)["Location"].startswith(reverse("accounts:login"))
    user = build.user("me")
    mine = _client(user)
    assert mine.get(AGAIN).status_code == 405
    assert "请先填写邮箱" in mine.post(AGAIN, follow=True).content.decode()
    mine.post(CHOICE, {"address": "me@example.com", "wish": "each"})
    assert "两分钟后" in mine.post(AGAIN, follow=True).content.decode()
    assert OutsideLink.objects.count() == 1
    with mock.patch.object(clock, "now", return_value=NOW + timedelta(minutes=3)):
        assert "已重新发送" in mine.post(AGAIN, follow=True).content.decode()
    assert OutsideLink.objects.filter(revoked_at=None).count() == 1
    assert OutgoingMail.objects.count() == 2


def test_switched_off_nothing_is_asked() -> None:
    user = build.user("me")
    client = _client(user)
    client.post(CHOICE, {"address": "me@example.com", "wish": "off"})
    assert not OutgoingMail.objects.exists()
    assert "待确认" not in client.get(CHOICE).content.decode()
    client.post(CHOICE, {"address": "me@example.com", "wish": "each"})
    assert OutgoingMail.objects.count() == 1


def test_forged_and_wrong_links_are_told_and_slowed() -> None:
    before = AuditRecord.objects.count()
    visitor = Client()
    for n in range(20):
        for name in ("mail_confirm", "mail_end") if n < 10 else ():
            url = reverse(f"accounts:{name}", args=[f"odd-{n}<script>🦆"])
            answer = visitor.post(url) if n % 2 else visitor.get(url)
            assert answer.status_code == 410, n
            assert "<script>🦆" not in answer.content.decode()
    assert visitor.get(reverse("accounts:mail_confirm", args=["odd"])).status_code == 429
    assert AuditRecord.objects.count() == before


def test_ending_looks_on_get_acts_on_post_also_from_a_mail_program() -> None:
    user = build.user("me")
    url = addresses.end_url(confirmed(user, "me@example.com", at=NOW)).removeprefix(SITE)
    assert "确定不再向 me@example.com 发送通知吗" in Client().get(url).content.decode()
    assert MailChoice.objects.get().wish == "each"
    program = Client(enforce_csrf_checks=True)
    answer = program.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert "已停止发送" in answer.content.decode()
    assert MailChoice.objects.get().wish == "off"
    assert program.post(url).status_code == 200
    notify.tell([user], key="k", kind="x", title="消息", url="/", at=NOW)
    assert _mails() == []


@pytest.fixture
def world() -> dict[str, Any]:
    return {**build.cast(), "project": build.project("云鹰马铃薯全产业链项目")}


def _invite(world: dict[str, Any], address: str, **changes: Any) -> investors.Invited:
    return investors.invite(
        project=world["project"], name="王镈", phone="13900000001", address=address, expires_on=date(2026, 12, 31),
        by=world["county"], at=changes.get("at", NOW),
    )  # fmt: skip


def test_an_officers_word_for_an_address_is_asked_too_and_the_invitation_waits(world: dict[str, Any]) -> None:
    made = _invite(world, "li@example.com")
    asked = _mails()
    assert [one.subject for one in asked] == ["请确认您的邮箱"]
    told = asked[0].subject + asked[0].body
    assert not [word for word in ("云鹰", "王镈", made.text, made.code) if word in told]
    page = _client(world["county"]).get(reverse("investors:invitations", args=[world["project"].pk]))
    assert "邮箱待确认" in page.content.decode()
    Client().post(reverse("accounts:mail_confirm", args=[link_in(asked[0].body)]))
    sent = _mails(NOW + timedelta(minutes=5))
    assert len(sent) == 2
    assert f"{SITE}/i/{made.text}/" in sent[1].body
    assert not OutgoingMail.objects.exclude(body="").exists()


def test_an_address_corrected_by_the_officer_leaves_nothing_for_the_wrong_one(world: dict[str, Any]) -> None:
    first = _invite(world, "wrong@example.com")
    _mails()
    second = _invite(world, "right@example.com")
    with pytest.raises(DomainError):
        addresses.confirm(text=link_in(mail.outbox[0].body), at=NOW)
    addresses.confirm(text=link_in(_mails()[1].body), at=NOW)
    sent = _mails(NOW + timedelta(minutes=5))[2:]
    assert [(one.to, second.text in one.body) for one in sent] == [(["right@example.com"], True)]
    assert first.text not in str([one.body for one in mail.outbox])
    assert not OutgoingMail.objects.exclude(body="").exists()


def test_a_confirmed_address_is_the_persons_own_to_change(world: dict[str, Any]) -> None:
    made = _invite(world, "li@example.com")
    addresses.confirm(text=link_in(_mails()[0].body), at=NOW)
    before = (OutsideLink.objects.count(), OutgoingMail.objects.count())
    with pytest.raises(DomainError) as refused:
        _invite(world, "thief@example.com")
    assert (refused.value.code, refused.value.field) == ("address_held", "address")
    assert (OutsideLink.objects.count(), OutgoingMail.objects.count()) == before
    assert MailChoice.objects.get(user=made.user).address == "li@example.com"
    MailChoice.objects.filter(user=made.user).update(wish="off")
    again = _invite(world, "li@example.com")
    assert MailChoice.objects.get(user=made.user).wish == "off"
    assert again.text in _mails(NOW + timedelta(minutes=5))[-1].body


def test_an_investor_who_came_by_a_link_sets_an_address_too(world: dict[str, Any]) -> None:
    """H13: without an account of their own, on the same page."""
    made = _invite(world, "")
    client = Client()
    client.post(reverse("investors:link", args=[made.text]))
    page = client.post(CHOICE, {"address": "li@example.com", "wish": "daily"}, follow=True).content.decode()
    assert "li@example.com 待确认" in page
    addresses.confirm(text=link_in(_mails()[0].body), at=NOW)
    assert "li@example.com 已于" in client.get(CHOICE).content.decode()
