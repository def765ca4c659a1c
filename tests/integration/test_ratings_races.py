"""Bad ratings on PostgreSQL: two runs of the hourly job beside each other press one case once."""

import threading
from collections.abc import Collection
from datetime import datetime

import pytest
from django.db import connection, transaction

from supervision.matters.models import Matter, MatterSource
from supervision.ratings import pressing
from tests import build
from tests.integration.test_matters_races import at_once
from tests.services.test_ratings_visits import Scene

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time"),
]


def test_two_runs_after_an_outage_press_one_case_once(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Scene().rated(name="王镈", phone="13900000001")
    both, read, here = threading.Barrier(2), pressing._pressed_at, threading.local()

    def read_together(cases: Collection[int]) -> dict[int, datetime]:
        found = read(cases)
        if not hasattr(here, "looked"):
            here.looked = True
            both.wait(20)  # neither has pressed when both have looked
        return found

    monkeypatch.setattr(pressing, "_pressed_at", read_together)

    def run() -> int:
        with transaction.atomic():  # as the engine runs a job
            return pressing.press_overdue(build.at("2026-11-19 07:00"))

    assert sorted(at_once(run, run)) == [0, 1]
    assert Matter.objects.get(source=MatterSource.RATING).source_id == case.pk
