"""Matters on PostgreSQL: two offices at once, the job started twice, a doubled dispatch: one wins, nothing twice."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from accounts.models import User
from projects.models import NumberSeries
from supervision.matters import ladder, services
from supervision.matters.models import Matter, MatterEntry, MatterState
from supervision.workorders import services as orders
from supervision.workorders.choosing import Rule
from supervision.workorders.models import WorkOrder
from tests import build
from tests.build import at
from tests.services.test_matters_flow import Scene

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time"),
]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Each call in a thread with a connection of its own, all let go at once; what each gave or raised."""
    gate, came_to = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int) -> None:
        try:
            gate.wait(20)
            came_to[index] = calls[index]()
        except Exception as refusal:
            came_to[index] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came_to


def test_two_who_judge_at_once() -> None:
    scene = Scene()
    matter = scene.answered()

    def judge(who: User, good: bool) -> Callable[[], Any]:
        row = Matter.objects.select_related("issuer", "unit", "department", "person").get(pk=matter.pk)
        facts: dict[str, Any] = {"check_note": "好"} if good else {"text": "不好"}
        return lambda: services.judge_matter(
            matter=row,
            good=good,
            turn=row.turn,
            by=User.objects.get(pk=who.pk),
            at=at("2026-09-22 09:00"),
            **facts,
        )

    came_to = at_once(judge(scene.city, True), judge(scene.city_head, False))
    assert sorted(type(one).__name__ for one in came_to) == ["Matter", "StaleState"]
    matter.refresh_from_db()
    assert matter.state in (MatterState.CLOSED, MatterState.RETURNED)
    assert MatterEntry.objects.filter(matter=matter, kind__in=("close", "return")).count() == 1


def test_the_job_started_twice_gives_every_rung_once() -> None:
    scene = Scene()
    for _n in range(12):
        scene.working()
    made = at_once(*[lambda: ladder.climb(at("2026-11-05 08:00"))] * 3)
    assert [sum(one[rung] for one in made) for rung in ("press", "supervise", "circulate")] == [12, 12, 12]
    assert MatterEntry.objects.filter(kind__in=("press", "supervise", "circulate")).count() == 36


def test_a_doubled_dispatch_is_one() -> None:
    scene = Scene()
    other = build.project("粮油加工", "230621")
    batch = uuid4()

    def dispatch() -> list[WorkOrder]:
        return orders.dispatch(
            batch=batch, issuer=type(scene.project.division).objects.get(pk="230600"), rule=Rule(), title="工作单",
            project_ids=[scene.project.pk, other.pk], demand="反馈", by=User.objects.get(pk=scene.city.pk),
            at=at("2026-09-22 09:00"),
        )  # fmt: skip

    came_to = at_once(dispatch, dispatch, dispatch)
    assert [[row.number_seq for row in one] for one in came_to] == [[1, 2]] * 3
    assert (WorkOrder.objects.count(), Matter.objects.count()) == (2, 2)
    assert NumberSeries.objects.get(prefix="工单-230600-2026").last == 2


def test_two_colleagues_do_not_give_out_the_same_project_twice() -> None:
    scene = Scene()

    def dispatch(who: User) -> list[WorkOrder]:
        return orders.dispatch(
            batch=uuid4(), issuer=type(scene.project.division).objects.get(pk="230600"), rule=Rule(), title="工作单",
            project_ids=[scene.project.pk], demand="反馈", by=User.objects.get(pk=who.pk), at=at("2026-09-22 09:00"),
        )  # fmt: skip

    came_to = at_once(lambda: dispatch(scene.city), lambda: dispatch(scene.city_head))
    assert sorted(type(one).__name__ for one in came_to) == ["DomainError", "list"]
    assert (WorkOrder.objects.count(), Matter.objects.count()) == (1, 1)


def test_numbers_of_matters_issued_at_once_have_no_gap() -> None:
    scene = Scene()
    came_to = at_once(*[lambda: scene.issued(by=User.objects.get(pk=scene.city.pk)).number] * 5)
    assert sorted(came_to) == [f"DB-230600-2026-{n:04d}" for n in range(1, 6)]
