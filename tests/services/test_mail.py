"""Mail: written with the business, sent by the job, tried again when refused, never sent twice by a second run."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import notify
from accounts.errors import DomainError
from accounts.mail import addresses, services
from accounts.mail.queue import queue_mail
from accounts.mail.sending import send_waiting
from accounts.models import AuditRecord, InboxItem, MailChoice, OutgoingMail, OutsideLink
from tests import build
from tests.mail_help import SITE, confirmed, link_in

AT = build.at("2026-10-23 09:00")  # a Friday
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings):
    settings.PORTAL_URL = SITE


def _tell(user, key="k", at=AT):
    notify.tell([user], key=key, kind="x", title=f"请确认办结 {key}", text="临时用电", url="/", at=at)


def test_the_inbox_goes_out_once_to_those_who_want_it():
    wants, not_asked = build.user("wants"), build.user("not-asked")
    confirmed(wants, "a@example.com", at=AT)
    for user in (wants, not_asked):
        _tell(user)
        _tell(user, "old", AT - timedelta(days=1))
    for _n in range(3):
        services.run(None, AT)
    assert [m.to for m in mail.outbox] == [["a@example.com"]]
    assert "请确认办结 k" in mail.outbox[0].subject
    assert "old" not in mail.outbox[0].body
    assert OutgoingMail.objects.get(key__startswith="inbox:").body == ""
    assert services.plan(AT) == []
    _tell(wants, "k2")
    assert services.plan(AT) == [("2026-10-23T09:00", "")]


def test_the_daily_letter_comes_once_a_working_day_with_all_of_it():
    user = build.user("daily")
    confirmed(user, "d@example.com", "daily", at=AT - timedelta(days=3))
    _tell(user, "one", build.at("2026-10-23 07:00"))
    assert services.plan(build.at("2026-10-23 07:30")) == []
    services.run(None, build.at("2026-10-23 08:05"))
    _tell(user, "two", build.at("2026-10-23 10:00"))
    services.run(None, build.at("2026-10-23 11:00"))
    assert len(mail.outbox) == 1
    services.run(None, build.at("2026-10-24 11:00"))  # a Saturday
    assert len(mail.outbox) == 1
    services.run(None, build.at("2026-10-26 08:05"))
    assert [("two" in m.body or "two" in m.subject) for m in mail.outbox] == [False, True]


def test_a_refused_mail_is_tried_again_and_given_up_at_last():
    queue_mail(key="x", address="a@example.com", subject="s\nBcc: b@x", body="b", at=AT)
    with mock.patch(
        "django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=ValueError("refused")
    ):
        at = AT
        for _n in range(20):
            send_waiting(at)
            at += timedelta(hours=12)
    row = OutgoingMail.objects.get()
    assert (row.tries, row.sent_at, row.subject) == (8, None, "s Bcc: b@x")
    assert row.given_up_at is not None
    assert (row.body, "refused" in row.error) == ("", True)


def test_choices_are_the_persons_own_and_wrong_ones_are_told():
    user = build.user("me")
    for address in ("", "nonsense", "a@b", "a@example.com\nBcc: x@y.z"):
        with pytest.raises(DomainError):
            addresses.choose(user=user, address=address, wish="each", at=AT)
    client = Client()
    client.force_login(user)
    page = client.post(reverse("accounts:mail_choice"), {"address": "nonsense", "wish": "each"})
    assert "邮箱格式不对" in page.content.decode()
    assert 'value="nonsense"' in page.content.decode()
    client.post(reverse("accounts:mail_choice"), {"address": "me@example.com", "wish": "off"})
    assert MailChoice.objects.get().wish == "off"
    _tell(user)
    services.run(None, AT + timedelta(days=400))
    assert mail.outbox == []


def test_nothing_goes_to_an_address_before_its_owner_confirms_and_nothing_is_lost_by_waiting():
    """H13: the question is all that is sent; what came meanwhile follows in one mail."""
    user = build.user("new")
    addresses.choose(user=user, address="a@example.com", wish="each", at=AT)
    _tell(user, "one")
    for n in range(3):
        services.run(None, AT + timedelta(hours=n))
    assert [m.subject for m in mail.outbox] == ["请确认您的邮箱"]
    assert not [word for word in ("one", user.full_name, user.username) if word in mail.outbox[0].body]
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
    addresses.confirm(text=link_in(mail.outbox[0].body), at=AT + timedelta(days=1))
    services.run(None, AT + timedelta(days=1))
    assert ["one" in m.subject for m in mail.outbox] == [False, True]
    assert mail.outbox[1].extra_headers["List-Unsubscribe"].startswith(f"<{SITE}/mail/end/")
    acts = AuditRecord.objects.filter(action__in=("mail_chosen", "mail_confirmed")).order_by("pk")
    assert [one.action for one in acts] == ["mail_chosen", "mail_confirmed"]
    assert "a@example.com" not in str([(one.before, one.after, one.object_label) for one in acts])


def test_another_address_is_asked_anew_and_the_old_link_confirms_nothing():
    user = build.user("moves")
    addresses.choose(user=user, address="a@example.com", wish="each", at=AT)
    services.run(None, AT)
    old = link_in(mail.outbox[0].body)
    addresses.choose(user=user, address="b@example.com", wish="each", at=AT)
    with pytest.raises(DomainError) as refused:
        addresses.confirm(text=old, at=AT)
    assert refused.value.code == "link_revoked"
    assert MailChoice.objects.get().confirmed_at is None
    services.run(None, AT)
    assert mail.outbox[1].to == ["b@example.com"]
    addresses.confirm(text=link_in(mail.outbox[1].body), at=AT)
    assert MailChoice.objects.get().is_open
    for text in (link_in(mail.outbox[1].body), old, "", "x" * 50_000):
        with pytest.raises(DomainError):
            addresses.confirm(text=text, at=AT)
    addresses.choose(user=user, address="b@example.com", wish="daily", at=AT)
    assert MailChoice.objects.get().is_open
    addresses.choose(user=user, address="c@example.com", wish="each", at=AT)
    assert MailChoice.objects.get().confirmed_at is None


def test_a_link_ends_after_its_last_day():
    user = build.user("late")
    addresses.choose(user=user, address="a@example.com", wish="each", at=AT)
    services.run(None, AT)
    text = link_in(mail.outbox[0].body)
    assert addresses.look(text, AT + timedelta(days=3))[1].address == "a@example.com"
    with pytest.raises(DomainError) as refused:
        addresses.confirm(text=text, at=AT + timedelta(days=4))
    assert refused.value.code == "link_expired"
    assert "重新发送" in str(refused.value.message)


def test_confirmations_are_sent_again_but_not_for_ever():
    user = build.user("again")
    with pytest.raises(DomainError):
        addresses.resend(user=user, at=AT)
    addresses.choose(user=user, address="a@example.com", wish="each", at=AT)
    with pytest.raises(DomainError) as refused:
        addresses.resend(user=user, at=AT + timedelta(seconds=60))
    assert refused.value.code == "too_soon"
    for n in range(1, addresses.MOST_A_DAY):
        addresses.resend(user=user, at=AT + timedelta(minutes=3 * n))
    held = (OutsideLink.objects.count(), OutgoingMail.objects.count(), MailChoice.objects.get().asked_at)
    for act in (
        lambda: addresses.resend(user=user, at=AT + timedelta(hours=1)),
        lambda: addresses.choose(
            user=user, address="victim@example.com", wish="each", at=AT + timedelta(hours=1)
        ),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "too_many"
    now = (OutsideLink.objects.count(), OutgoingMail.objects.count(), MailChoice.objects.get().asked_at)
    assert now == held
    assert MailChoice.objects.get().address == "a@example.com"
    assert OutsideLink.objects.filter(revoked_at=None).count() == 1
    addresses.resend(user=user, at=AT + timedelta(days=2))


def test_a_site_without_an_address_of_its_own_says_so_and_keeps_nothing(settings):
    settings.PORTAL_URL = ""
    user = build.user("no-site")
    with pytest.raises(DomainError) as refused:
        addresses.choose(user=user, address="a@example.com", wish="each", at=AT)
    assert refused.value.code == "no_portal_url"
    assert not MailChoice.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_the_owner_of_a_refused_address_hears_of_it_and_may_try_again():
    user = build.user("refused")
    confirmed(user, "a@example.com", at=AT)
    assert addresses.mark_failing("A@Example.com", "550 5.1.1 no such user", AT) == 1
    assert InboxItem.objects.get(user=user, kind="mail").title.startswith("您的邮箱拒收邮件")
    _tell(user)
    services.run(None, AT)
    assert mail.outbox == []
    later = AT + timedelta(minutes=3)
    addresses.resend(user=user, at=later)
    services.run(None, later)
    addresses.confirm(text=link_in(mail.outbox[0].body), at=later)
    services.run(None, later)
    assert len(mail.outbox) == 2
    assert "k" in mail.outbox[1].body


def test_mails_end_by_the_link_in_them_and_only_for_that_address():
    user = build.user("enough")
    choice = confirmed(user, "a@example.com", at=AT)
    text = addresses.end_url(choice).split("/")[-2]
    for odd in ("", text[:-2], text + "x", "a:b:c", "x" * 50_000):
        with pytest.raises(DomainError):
            addresses.ended_by(odd)
    addresses.end(choice=addresses.ended_by(text), at=AT)
    addresses.end(choice=addresses.ended_by(text), at=AT)
    assert MailChoice.objects.get().wish == "off"
    records = AuditRecord.objects.filter(action="mail_chosen", object_id=str(user.pk))
    assert [one.after["wish"] for one in records.order_by("pk")] == ["each", "off"]
    addresses.choose(user=user, address="b@example.com", wish="each", at=AT)
    with pytest.raises(DomainError):
        addresses.ended_by(text)


def test_what_waits_for_an_address_nobody_confirms_is_given_up_and_loses_its_words():
    choice = addresses.choose(user=build.user("silent"), address="s@example.com", wish="each", at=AT)
    queue_mail(
        key="invitation",
        address="s@example.com",
        subject="邀请",
        body="链接",
        choice=choice,
        hold=True,
        at=AT,
    )
    assert addresses.give_up_held(AT + timedelta(days=30)) == 0
    assert addresses.give_up_held(AT + timedelta(days=30, minutes=1)) == 1
    held = OutgoingMail.objects.get(key="invitation")
    assert (held.body, held.sent_at, held.given_up_at is not None) == ("", None, True)
    assert OutgoingMail.objects.get(key__startswith="confirm:").given_up_at is None
