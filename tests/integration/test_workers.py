"""Real worker, real queue, real PostgreSQL: what is rung too often, killed midway or lost is done exactly once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import redis as redis_client
from celery import Celery
from django.db import connection
from django.utils import timezone

from accounts.models import InboxItem, JobRun, JobState, User
from config.settings import env
from tests.paths import ROOT

REDIS = os.environ.get("TEST_REDIS_URL", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not REDIS, reason="TEST_REDIS_URL names no queue server"),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="workers and tests share a PostgreSQL database"
    ),
]
# Away from the databases other tests may use, and one per process of a spread run.
NUMBER = 6 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0) % 4 * 2


def redis_url() -> str:
    parts = urlsplit(REDIS)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={NUMBER}"
    return parts._replace(path=f"/{NUMBER}").geturl()


def database_url() -> str:
    """The database of this test, for another process."""
    known = connection.settings_dict
    host = known["HOST"]
    folder = f"&host={host}" if host.startswith("/") else ""
    address = "" if folder else f"{host}:{known['PORT']}" if known["PORT"] else host
    who = known["USER"] + (f":{known['PASSWORD']}" if known["PASSWORD"] else "")
    return f"postgresql://{who}@{address}/{known['NAME']}?pool_max=0{folder}"


@pytest.fixture
def queue() -> Iterator[Celery]:
    broker, _cache = env.redis_urls(redis_url())
    app = Celery("probe", set_as_current=False)
    options = env.broker_options(broker, visibility_timeout=20 * 60)
    app.conf.update(broker_url=broker, broker_transport_options=options, task_ignore_result=True)
    server = redis_client.Redis.from_url(redis_url())
    server.flushdb()
    yield app
    server.flushdb()


@pytest.fixture
def start_worker(tmp_path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        log = (tmp_path / f"worker-{len(started)}.log").open("wb")
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "config",
                "worker",
                "-Q",
                "default,report",
                "-c",
                "1",
                "-l",
                "INFO",
            ],
            cwd=ROOT,
            env={
                **{name: value for name, value in os.environ.items() if name != "BROKER_URL"},
                "DJANGO_SETTINGS_MODULE": "tests.integration.worker_settings",
                "DATABASE_URL": database_url(),
                "REDIS_URL": redis_url(),
                "VAR_DIR": str(tmp_path / "var"),
                "SECRET_KEY": "only-for-the-test-run",
                "HTTPS": "0",
                "PYTHONPATH": str(ROOT),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its children die with it
        )
        log.close()
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def until(row: JobRun, state: str, seconds: float = 60) -> JobRun:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        row.refresh_from_db()
        if row.state == state:
            return row
        time.sleep(0.1)
    raise AssertionError(f"still {row.state} after {seconds} s, wanted {state}: {row.error}")


def job(period: str, seconds: str = "") -> JobRun:
    User.objects.get_or_create(username="watcher")
    return JobRun.objects.create(kind="watched", period=period, scope=seconds, made_at=timezone.now())


def ring(queue: Celery, row: JobRun) -> None:
    queue.send_task("accounts.tasks.run_job", args=[row.pk], queue="report")


def reconcile(queue: Celery) -> None:
    queue.send_task("accounts.tasks.reconcile", queue="default")


def test_rung_five_times_runs_once(queue, start_worker):
    row, last = job("five-times"), job("after-them")
    for _time in range(5):
        ring(queue, row)
    ring(queue, last)
    start_worker()
    until(last, JobState.DONE)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.result) == (JobState.DONE, 1, {"made": 1})
    assert InboxItem.objects.filter(key__startswith="five-times").count() == 1


def test_killed_midway_is_finished_once(queue, start_worker):
    row = job("killed", seconds="120")
    ring(queue, row)
    first = start_worker()
    until(row, JobState.RUNNING)
    time.sleep(0.5)  # it has written, and sleeps before its commit
    kill(first)
    assert not InboxItem.objects.exists()  # nothing half done is left
    start_worker()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and row.state != JobState.DONE:
        reconcile(queue)  # beat's tick
        time.sleep(1)
        row.refresh_from_db()
    assert (row.state, row.attempts) == (JobState.DONE, 2)
    assert list(InboxItem.objects.values_list("key", flat=True)) == ["killed:2"]


def test_an_emptied_broker_loses_nothing(queue, start_worker):
    rows = [job(f"lost-{n}") for n in range(3)]
    for row in rows:
        ring(queue, row)
    JobRun.objects.update(lease_until=timezone.now() + timedelta(seconds=90))
    redis_client.Redis.from_url(redis_url()).flushdb()
    start_worker()
    reconcile(queue)
    time.sleep(3)
    assert set(JobRun.objects.values_list("state", flat=True)) == {JobState.WAITING}  # rung a moment ago
    JobRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))  # a minute and a half later
    reconcile(queue)
    for row in rows:
        until(row, JobState.DONE)
    assert InboxItem.objects.count() == 3
