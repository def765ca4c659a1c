"""Background work as rows: made once, claimed once, finished once, whatever the queue does."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.jobs import engine, registry, status
from accounts.models import AuditRecord, InboxItem, JobRun, JobState
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOW = at("2026-10-23 09:00")


class Bell:
    """A doorbell that notes who was rung for; `broken` like a dead broker."""

    def __init__(self) -> None:
        self.rung: list[tuple[int, str]] = []
        self.broken = False

    def __call__(self, run_id: int, queue: str) -> bool:
        if not self.broken:
            self.rung.append((run_id, queue))
        return not self.broken


@pytest.fixture
def bell(monkeypatch):
    found = Bell()
    monkeypatch.setattr(engine, "_doorbell", [found])
    return found


@pytest.fixture
def only(monkeypatch):
    """Only the kinds a test registers."""
    monkeypatch.setattr(registry, "_kinds", {})

    def register(run, *, pairs=(("2026-10", "230000"),), **options):
        registry.register_job("sample", lambda _at: pairs, run, queue="report", **options)

    return register


def count(_row, _at):
    count.runs += 1
    return {"made": 1}


@pytest.fixture(autouse=True)
def _fresh_count():
    count.runs = 0


def test_planned_once_and_run_once(only, bell):
    only(count)
    (row,) = engine.plan_due(NOW)
    assert engine.plan_due(NOW) == []
    assert engine.ring_open(NOW) == 1
    assert bell.rung == [(row.pk, "report")]
    for _time in range(5):  # rung five times
        engine.execute(row.pk, at=NOW, now=NOW)
    row.refresh_from_db()
    assert (count.runs, row.state, row.result, row.attempts) == (1, JobState.DONE, {"made": 1}, 1)


def test_a_rung_row_is_not_rung_every_minute_but_again_when_nobody_came(only, bell):
    only(count)
    engine.plan_due(NOW)
    assert engine.ring_open(NOW) == 1
    assert engine.ring_open(NOW + timedelta(seconds=60)) == 0
    assert engine.ring_open(NOW + timedelta(seconds=120)) == 1  # the broker was emptied


def test_a_dead_broker_loses_nothing(only, bell):
    only(count, pairs=[("2026-10", f"{n}") for n in range(5)])
    bell.broken = True
    engine.plan_due(NOW)
    assert engine.ring_open(NOW) == 0
    assert set(JobRun.objects.values_list("state", "lease_until")) == {(JobState.WAITING, None)}
    bell.broken = False
    assert engine.ring_open(NOW + timedelta(seconds=60)) == 5


def test_a_dead_worker_is_replaced_when_its_lease_ends(only, bell):
    only(count)
    (row,) = engine.plan_due(NOW)
    assert engine.claim(row.pk, NOW) is not None  # … and killed
    assert engine.claim(row.pk, NOW + timedelta(minutes=5)) is None
    assert engine.ring_open(NOW + timedelta(minutes=5)) == 0
    later = NOW + timedelta(minutes=21)
    assert engine.ring_open(later) == 1
    done = engine.execute(row.pk, at=later, now=later)
    assert done is not None
    assert (done.state, done.attempts) == (JobState.DONE, 2)


def test_who_lost_the_lease_commits_nothing(only, bell):
    def slow(row, _at):
        if row.attempts == 1:
            later = NOW + timedelta(minutes=30)
            engine.execute(row.pk, at=later, now=later)
        InboxItem.objects.create(user=person, key=f"by-{row.attempts}", kind="test", title="x", at=NOW)
        return {"made": 1}

    person = build.user("someone")
    only(slow)
    (row,) = engine.plan_due(NOW)
    assert engine.execute(row.pk, at=NOW, now=NOW) is None
    assert not InboxItem.objects.filter(key="by-1").exists()


def test_two_failures_quarantine_and_tell(only, bell):
    def broken(_row, _at):
        raise RuntimeError("the figures do not add up")

    people = build.cast()
    only(broken)
    (row,) = engine.plan_due(NOW)
    first = engine.execute(row.pk, at=NOW, now=NOW)
    assert first is not None
    assert (first.state, InboxItem.objects.count()) == (JobState.FAILED, 0)
    assert engine.ring_open(NOW) == 1
    second = engine.execute(row.pk, at=NOW, now=NOW)
    assert second is not None
    assert second.state == JobState.QUARANTINED
    told = set(InboxItem.objects.values_list("user__username", flat=True))
    assert told == {"t-admin", "t-province", "t-province-head"}
    assert engine.execute(row.pk, at=NOW, now=NOW) is None
    assert engine.ring_open(NOW + timedelta(hours=1)) == 0
    (shown,) = status.all_statuses(NOW)
    assert shown.light == "red"
    assert "do not add up" in status.last_line(shown.faults[0])
    assert people


def test_killed_twice_is_quarantined_by_the_sweep(only, bell):
    only(count)
    build.cast()
    (row,) = engine.plan_due(NOW)
    engine.claim(row.pk, NOW)
    engine.ring_open(NOW + timedelta(minutes=21))
    engine.claim(row.pk, NOW + timedelta(minutes=21))
    dead = NOW + timedelta(minutes=50)
    assert engine.ring_open(dead) == 0
    assert engine.sweep(dead, dead) == 1
    assert engine.sweep(dead, dead) == 0
    row.refresh_from_db()
    assert row.state == JobState.QUARANTINED


def test_a_failed_run_leaves_no_trace(only, bell):
    def half(_row, _at):
        InboxItem.objects.create(user=person, key="half", kind="test", title="x", at=NOW)
        raise RuntimeError

    person = build.user("someone")
    only(half)
    (row,) = engine.plan_due(NOW)
    engine.execute(row.pk, at=NOW, now=NOW)
    assert not InboxItem.objects.filter(key="half").exists()


def test_a_broken_plan_does_not_stop_the_others(monkeypatch, bell):
    monkeypatch.setattr(registry, "_kinds", {})

    def broken_plan(_at: datetime):
        raise RuntimeError

    registry.register_job("broken", broken_plan, count)
    registry.register_job("sample", lambda _at: [("2026-10", "")], count)
    assert [row.kind for row in engine.plan_due(NOW)] == ["sample"]


def test_inline_runs_standing_work_again_and_done_periods_not(only, bell):
    only(count)
    assert engine.run_inline(NOW, NOW).total == 1
    assert engine.run_inline(NOW, NOW).total == 0
    only(count, standing=True)
    assert engine.run_inline(NOW, NOW).total == 1


def test_run_again_by_hand(only, bell, django_capture_on_commit_callbacks):
    people = build.cast()
    only(count, standing=True)
    with pytest.raises(PermissionDenied):
        engine.rerun(kind="sample", by=people["investor"], at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        (row,) = engine.rerun(kind="sample", by=people["administrator"], at=NOW)
    assert bell.rung == [(row.pk, "report")]
    assert AuditRecord.objects.get(action="job_rerun").actor_name == "t-admin"
    engine.execute(row.pk, at=NOW, now=NOW)
    (again,) = engine.rerun(kind="sample", by=people["administrator"], at=NOW)
    assert again.pk == row.pk


def test_two_reconcilers_plan_the_same_rows(only, bell):
    only(count, pairs=[("2026-10", f"{n}") for n in range(3)])
    engine.plan_due(NOW)
    engine.plan_due(NOW)
    assert JobRun.objects.count() == 3
