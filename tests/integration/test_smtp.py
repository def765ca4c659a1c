"""Mail through a real SMTP server on the loopback, by the worker's own task: what arrives, is refused, comes again."""

import smtplib
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache

from accounts import clock, notify
from accounts.jobs import engine
from accounts.mail import addresses, services
from accounts.models import InboxItem, JobRun, MailChoice, OutgoingMail
from accounts.tasks import run_job
from tests import build
from tests.mail_help import SITE, confirmed, link_in

AT = build.at("2026-10-23 09:00")  # a Friday
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Postman:
    """Takes mails, or answers as `replies` says: (command, address) → the answers to come, then it takes."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], EmailMessage]] = []
        self.replies: dict[tuple[str, str], list[str]] = {}
        self.asked = 0

    def _next(self, command: str, address: str) -> str | None:
        held = self.replies.get((command, address), [])
        return held.pop(0) if held else None

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.asked += 1
        if answer := self._next("RCPT", address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if answer := self._next("DATA", envelope.rcpt_tos[0]):
            return answer
        content = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), content))  # type: ignore[arg-type]
        return "250 taken"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def post(settings: Any) -> Iterator[Postman]:
    cache.clear()
    postman = Postman()
    server = Controller(postman, hostname="127.0.0.1", port=_free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.DEFAULT_FROM_EMAIL = "签约项目监管系统 <notice@portal.example.com>"
    settings.PORTAL_URL = SITE
    yield postman
    server.stop()


def _work(monkeypatch: Any, at: datetime) -> JobRun | None:
    """What beat and worker do at this moment: the due row is made and the task does it. None: nothing was due."""
    monkeypatch.setattr(clock, "now", lambda: at)
    made = [row for row in engine.plan_due(at) if row.kind == services.JOB]
    if not made:
        return None
    assert run_job.apply(args=(made[0].pk,)).get() == "done"
    made[0].refresh_from_db()
    return made[0]


def _tell(user: Any, title: str, at: datetime = AT) -> None:
    notify.tell([user], key=title, kind="x", title=title, text="请在 10 月 30 日前办结", url="/", at=at)


def test_a_mail_arrives_with_its_names_and_words_in_chinese_and_a_way_out(
    post: Postman, monkeypatch: Any
) -> None:
    user = build.user("reads")
    choice = confirmed(user, "qiye@example.com", at=AT)
    _tell(user, "临时用电申请已受理")
    row = _work(monkeypatch, AT)
    assert row is not None
    assert row.result == {"written": 1, "sent": 1, "refused": 0, "postponed": 0}
    [(sender, to, message)] = post.taken
    assert (sender, to) == ("notice@portal.example.com", ["qiye@example.com"])
    assert message["From"] == "签约项目监管系统 <notice@portal.example.com>"
    assert (message["To"], message["Subject"]) == ("qiye@example.com", "临时用电申请已受理")
    assert message.get_content_type() == "text/plain"
    body = message.get_content()
    assert "请在 10 月 30 日前办结" in body
    assert f"{SITE}/inbox/mail/" in body
    end = addresses.end_url(choice)
    assert end in body
    assert message["List-Unsubscribe"].strip() == f"<{end}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@portal.example.com>")
    assert _work(monkeypatch, AT + timedelta(minutes=5)) is None
    assert len(post.taken) == 1


def test_the_question_whether_it_is_theirs_comes_by_the_same_way(post: Postman, monkeypatch: Any) -> None:
    addresses.choose(user=build.user("asked"), address="qiye@example.com", wish="each", at=AT)
    _work(monkeypatch, AT)
    [(_sender, _to, message)] = post.taken
    assert message["Subject"] == "请确认您的邮箱"
    assert "List-Unsubscribe" not in message
    addresses.confirm(text=link_in(message.get_content()), at=AT)
    assert MailChoice.objects.get().is_open


def test_a_refusal_for_now_is_tried_again_and_arrives_once(post: Postman, monkeypatch: Any) -> None:
    busy, other = build.user("busy"), build.user("other")
    for user, address in ((busy, "busy@example.com"), (other, "other@example.com")):
        confirmed(user, address, at=AT)
        _tell(user, f"消息 {address}")
    post.replies["RCPT", "busy@example.com"] = ["451 4.2.0 try later"]
    post.replies["DATA", "busy@example.com"] = ["452 4.3.1 no room now"]
    row = _work(monkeypatch, AT)
    assert row is not None
    assert (row.result["sent"], row.result["refused"]) == (1, 1)
    waits = OutgoingMail.objects.get(address="busy@example.com")
    assert (waits.tries, waits.error, waits.next_try_at) == (
        1,
        "451 4.2.0 try later",
        AT + timedelta(minutes=5),
    )
    assert (waits.given_up_at, "消息" in waits.body) == (None, True)
    for minutes in (5, 10, 15, 20, 60):
        _work(monkeypatch, AT + timedelta(minutes=minutes))
    assert [to for _from, to, _message in post.taken] == [["other@example.com"], ["busy@example.com"]]
    waits.refresh_from_db()
    assert (waits.tries, waits.body, waits.sent_at) == (3, "", AT + timedelta(minutes=15))
    assert MailChoice.objects.get(user=busy).is_open


def test_a_server_that_is_away_costs_no_mail_a_try(post: Postman, monkeypatch: Any, settings: Any) -> None:
    right = settings.EMAIL_PORT
    settings.EMAIL_PORT = _free_port()
    people = [build.user(f"many-{n}") for n in range(3)]
    for n, user in enumerate(people):
        confirmed(user, f"a{n}@example.com", at=AT)
        _tell(user, f"消息 {n}")
    for n in range(30):  # longer than the tries of one mail would last
        row = _work(monkeypatch, AT + timedelta(minutes=5 * n))
        assert row is not None
        assert (row.result["sent"], row.result["postponed"]) == (0, 3)
    assert {(one.tries, one.given_up_at) for one in OutgoingMail.objects.all()} == {(0, None)}
    settings.EMAIL_PORT = right
    _work(monkeypatch, AT + timedelta(days=1))
    _work(monkeypatch, AT + timedelta(days=1, minutes=5))
    assert sorted(to[0] for _from, to, _message in post.taken) == [f"a{n}@example.com" for n in range(3)]


def test_a_server_that_hangs_up_midway_leaves_the_others_unharmed(post: Postman, monkeypatch: Any) -> None:
    for n in range(3):
        user = build.user(f"three-{n}")
        confirmed(user, f"a{n}@example.com", at=AT)
        _tell(user, f"消息 {n}")
    post.replies["RCPT", "a0@example.com"] = ["421 4.3.2 shutting down"]
    _work(monkeypatch, AT)
    assert [to for _from, to, _message in post.taken] == [["a1@example.com"], ["a2@example.com"]]
    _work(monkeypatch, AT + timedelta(minutes=5))
    assert [to for _from, to, _message in post.taken][2:] == [["a0@example.com"]]


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_an_address_refused_for_good_is_not_asked_again_and_its_owner_told(
    post: Postman, monkeypatch: Any, command: str, client: Any
) -> None:
    user = build.user("gone")
    confirmed(user, "gone@example.com", at=AT)
    _tell(user, "消息一")
    post.replies[command, "gone@example.com"] = ["550 5.1.1 mailbox unavailable"] * 9
    _work(monkeypatch, AT)
    row = OutgoingMail.objects.get()
    assert (row.tries, row.given_up_at, row.body) == (1, AT, "")
    choice = MailChoice.objects.get()
    assert (choice.failing_at, choice.failing_why) == (AT, "550 5.1.1 mailbox unavailable")
    assert InboxItem.objects.filter(user=user, kind="mail").count() == 1
    asked = post.asked
    _tell(user, "消息二", AT + timedelta(minutes=1))
    for minutes in (5, 10, 1440):
        _work(monkeypatch, AT + timedelta(minutes=minutes))
    assert (post.asked, post.taken) == (asked, [])
    client.force_login(user)
    page = client.get("/inbox/mail/").content.decode()
    assert "gone@example.com 拒收邮件" in page
    assert "550 5.1.1 mailbox unavailable" in page
    assert "重新发送确认邮件" in page


def test_a_mail_refused_for_its_words_blames_no_address(post: Postman, monkeypatch: Any) -> None:
    user = build.user("spam")
    confirmed(user, "a@example.com", at=AT)
    _tell(user, "消息一")
    post.replies["DATA", "a@example.com"] = ["554 5.7.1 looks like spam"]
    _work(monkeypatch, AT)
    assert OutgoingMail.objects.get().given_up_at == AT
    assert MailChoice.objects.get().is_open
    _tell(user, "消息二", AT + timedelta(minutes=1))
    _work(monkeypatch, AT + timedelta(minutes=5))
    assert [message["Subject"] for _from, _to, message in post.taken] == ["消息二"]


def test_the_same_mail_sent_twice_is_known_by_its_number(post: Postman, monkeypatch: Any) -> None:
    """A worker that dies before it notes what it sent sends again; programs then see the same Message-ID."""
    user = build.user("twice")
    confirmed(user, "a@example.com", at=AT)
    _tell(user, "消息一")
    _work(monkeypatch, AT)
    words = post.taken[0][2].get_content()
    OutgoingMail.objects.update(sent_at=None, body=words, tries=0)
    _work(monkeypatch, AT + timedelta(minutes=5))
    assert len({message["Message-ID"] for _from, _to, message in post.taken}) == 1
    assert len(post.taken) == 2


def test_the_probe_itself_refuses_as_it_is_told(post: Postman, settings: Any) -> None:
    """The server of these tests speaks the protocol: otherwise nothing above means anything."""
    post.replies["RCPT", "x@example.com"] = ["550 no"]
    with smtplib.SMTP("127.0.0.1", settings.EMAIL_PORT, timeout=5) as client:
        client.ehlo()
        client.mail("a@example.com")
        assert client.rcpt("x@example.com")[0] == 550
