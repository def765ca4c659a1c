"""Mail: written with the business, sent by the job, tried again when refused, never sent twice by a second run."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import notify
from accounts.errors import DomainError
from accounts.mail import services
from accounts.models import MailChoice, OutgoingMail
from tests import build

AT = build.at("2026-10-23 09:00")  # a Friday
pytestmark = pytest.mark.django_db


def _tell(user, key="k", at=AT):
    notify.tell([user], key=key, kind="x", title=f"请确认办结 {key}", text="临时用电", url="/", at=at)


def test_the_inbox_goes_out_once_to_those_who_want_it():
    wants, not_asked = build.user("wants"), build.user("not-asked")
    services.choose(user=wants, address="a@example.com", wish="each", at=AT)
    for user in (wants, not_asked):
        _tell(user)
        _tell(user, "old", AT - timedelta(days=1))
    for _n in range(3):
        services.run(None, AT)
    assert [m.to for m in mail.outbox] == [["a@example.com"]]
    assert "请确认办结 k" in mail.outbox[0].subject
    assert "old" not in mail.outbox[0].body
    assert OutgoingMail.objects.get().body == ""
    assert services.plan(AT) == []
    _tell(wants, "k2")
    assert services.plan(AT) == [("2026-10-23T09:00", "")]


def test_the_daily_letter_comes_once_a_working_day_with_all_of_it():
    user = build.user("daily")
    services.choose(user=user, address="d@example.com", wish="daily", at=AT - timedelta(days=3))
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
    services.queue_mail(key="x", address="a@example.com", subject="s\nBcc: b@x", body="b", at=AT)
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError("refused")):
        at = AT
        for _n in range(20):
            services.send_waiting(at)
            at += timedelta(hours=12)
    row = OutgoingMail.objects.get()
    assert (row.tries, row.sent_at, row.subject) == (8, None, "s Bcc: b@x")
    assert row.given_up_at is not None
    assert "refused" in row.error


def test_choices_are_the_persons_own_and_wrong_ones_are_told():
    user = build.user("me")
    for address in ("", "nonsense", "a@b", "a@example.com\nBcc: x@y.z"):
        with pytest.raises(DomainError):
            services.choose(user=user, address=address, wish="each", at=AT)
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
