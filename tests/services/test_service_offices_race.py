"""Two people of one department answer the same hand-over at the same moment: one wins, nothing moves twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from accounts.errors import StaleState
from accounts.models import AuditRecord, User
from accounts.permissions import Role
from approvals.service import office_handing, offices
from approvals.service.office_models import OfficeHandOver
from tests import build
from tests.services.test_service_offices import NOW, Scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_one_of_two_answers_counts() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs a database with row locks")
    scene = Scene()
    second = build.user("t-housing-2", Role.SERVICE_SPECIALIST, "230622", department="housing", name="周二")
    row, start = scene.offered(), Barrier(2)

    def answer(who: User) -> str:
        mine = OfficeHandOver.objects.get(pk=row.pk)
        start.wait(timeout=20)
        try:
            office_handing.accept(hand_over=mine, by=who, at=NOW)
        except StaleState:
            return "late"
        finally:
            connections.close_all()
        return "first"

    with ThreadPoolExecutor(2) as pool:
        told: Any = Counter(pool.map(answer, (scene.specialist, second)))
    assert told == {"first": 1, "late": 1}
    assert AuditRecord.objects.filter(action="office_matter_moved").count() == 4
    assert offices.counts_of(scene.giver) == {}
