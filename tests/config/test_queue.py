"""The queue is a doorbell: what is lost or frozen there must not hold or harm a web request."""

import socket
import time
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

from config.settings import env

CELERY = {
    name.removeprefix("CELERY_"): getattr(settings, name)
    for name in dir(settings)
    if name.startswith("CELERY_")
}


def queue_at(url: str) -> Celery:
    """The system's own queue settings, with another broker."""
    app = Celery("probe", set_as_current=False)
    app.conf.update({name.lower(): value for name, value in CELERY.items()})
    options = env.broker_options(url, visibility_timeout=20 * 60)
    app.conf.update(
        broker_url=url, broker_transport_options=options, task_always_eager=False, beat_schedule={}
    )
    return app


def test_a_task_outlives_neither_its_limit_nor_the_redelivery() -> None:
    options = env.broker_options("redis://x/0", visibility_timeout=20 * 60)
    assert CELERY["TASK_SOFT_TIME_LIMIT"] < CELERY["TASK_TIME_LIMIT"] < options["visibility_timeout"]
    assert CELERY["TASK_ACKS_LATE"]
    assert CELERY["TASK_REJECT_ON_WORKER_LOST"]
    assert CELERY["WORKER_PREFETCH_MULTIPLIER"] == 1
    assert CELERY["ACCEPT_CONTENT"] == ["json"]


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("reporting.ledgers.tasks.import_ledger", "import"),
        ("reporting.reports.tasks.report_draft", "report"),
        ("supervision.warnings.tasks.warn_due", "warn"),
        ("accounts.tasks.mail_digest", "mail"),
        ("accounts.tasks.reconcile", "default"),
    ],
)
def test_a_task_goes_to_the_queue_of_its_first_word(task: str, queue: str) -> None:
    app = queue_at("memory://")
    assert app.amqp.router.route({}, task).get("queue", app.conf.task_default_queue).name == queue


def test_a_broker_that_is_gone_is_given_up_at_once(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(OperationalError):
        queue_at(f"redis+socket://{tmp_path}/nobody.sock?virtual_host=0").send_task(
            "accounts.tasks.reconcile"
        )
    assert time.monotonic() - started < 3


def test_a_frozen_broker_is_given_up_within_seconds() -> None:
    """It takes connections and never answers, as a stopped process does."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        with pytest.raises((OperationalError, TimeoutError)):
            queue_at(url).send_task("accounts.tasks.reconcile")
        assert time.monotonic() - started < 8
