"""What machines ask: alive, ready, figures; and what every answer carries."""

from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client, RequestFactory

from config import errors, health

pytestmark = pytest.mark.sqlite


def test_alive_asks_nothing_of_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_when_all_checks_pass(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok", "queue": "ok"}


@pytest.mark.django_db
def test_not_ready_names_what_fails_and_not_how(client: Client) -> None:
    broken = mock.Mock(side_effect=OSError("secret address"))
    with mock.patch.dict(health.CHECKS, {"queue": broken}):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["queue"] == "failed"
    assert "secret" not in answer.content.decode()


def test_figures_are_for_this_machine_only(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    # nginx on the same machine also comes from the loopback.
    assert client.get("/metrics", headers={"x-real-ip": "192.0.2.7"}).status_code == 404


def test_every_answer_carries_the_policy_and_our_own_request_id(client: Client) -> None:
    answer = client.get("/healthz", headers={"x-request-id": "forged"})
    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part.strip()
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Request-ID"] not in ("", "forged")


@pytest.mark.parametrize(
    ("accept", "cookie", "expected"),
    [("en-US", "", "zh-hans"), ("zh-CN", "en", "en"), ("en-US", "xx", "zh-hans")],
)
def test_chinese_unless_chosen_here(client: Client, accept: str, cookie: str, expected: str) -> None:
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    assert client.get("/healthz", headers={"accept-language": accept})["Content-Language"] == expected


def test_a_database_that_is_away_is_told_as_such(rf: RequestFactory) -> None:
    try:
        raise OperationalError("connection refused by 192.0.2.1")
    except OperationalError:
        answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "192.0.2.1" not in answer.content.decode()


def test_our_own_fault_is_a_500(rf: RequestFactory) -> None:
    try:
        raise ValueError("x")
    except ValueError:
        assert errors.server_error(rf.get("/")).status_code == 500
