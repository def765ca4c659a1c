"""Two scans at once on PostgreSQL, and people who answer while a scan runs: everything once, nobody is overwritten."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, connections

from accounts.models import AuditRecord, InboxItem
from projects.models import MilestoneCode
from supervision.warnings import answers, digest, services
from supervision.warnings.models import Warning, WarningDigest
from tests import build
from tests.build import at

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time"),
]
PERMIT = MilestoneCode.CONSTRUCTION_PERMIT
COUNT = 30


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each gave, or the exception it raised; all begin together."""
    gate, found = threading.Barrier(len(calls)), [None] * len(calls)

    def do(number: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            found[number] = call()
        except Exception as fault:
            found[number] = fault  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def people() -> dict[str, Any]:
    found = build.cast()
    for n in range(COUNT):
        build.project(f"项目{n}", planned={PERMIT: date(2026, 10, 16)})
    return found


def test_scans_race_and_open_everything_once(people: dict[str, Any]) -> None:
    moment = at("2026-11-20 09:00")
    made = at_once(*[lambda: services.scan(moment)] * 4)
    assert sorted(made, key=len) == [{}, {}, {}, {"opened": COUNT, "gone_up": COUNT}]
    assert Warning.objects.count() == COUNT
    assert AuditRecord.objects.filter(action="warning_opened").count() == COUNT
    assert InboxItem.objects.filter(user=people["province"], kind="warning").count() == 1  # many as one


def test_digests_race_and_everybody_has_one(people: dict[str, Any]) -> None:
    services.scan(at("2026-10-19 09:00"))
    moment = at("2026-10-20 08:10")
    assert sorted(at_once(*[lambda: digest.send_digests(moment)] * 3))[:2] == [0, 0]
    assert WarningDigest.objects.filter(user=people["county"]).count() == 1
    assert InboxItem.objects.filter(user=people["county"], kind="digest").count() == 1


def test_an_answer_given_while_the_scan_goes_up_is_kept(people: dict[str, Any]) -> None:
    services.scan(at("2026-10-19 09:00"))
    row = Warning.objects.earliest("pk")
    at_once(
        lambda: services.scan(at("2026-10-26 09:00")),
        lambda: answers.acknowledge(
            warning=row, plan_text="本周约谈", promised_on=date(2026, 11, 6), by=people["county"],
            at=at("2026-10-26 09:00"),
        ),
    )  # fmt: skip
    row.refresh_from_db()
    assert row.plan_text == "本周约谈"
    assert row.is_answered
    assert (row.unanswered_on, row.next_up_on) == (None, date(2026, 11, 9))
