"""Celery tasks: ids in, one service call. The reconciler rings each minute; the truth is in `JobRun`."""

from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone

from accounts import clock
from accounts.jobs import engine

log = structlog.get_logger(__name__)


@shared_task(name="accounts.tasks.reconcile")
def reconcile() -> dict[str, Any]:
    """Make the rows that are due, stop what failed twice, ring for the rest."""
    now, at = timezone.now(), clock.now()
    stopped = engine.sweep(now, at)
    planned = len(engine.plan_due(at))
    rung = engine.ring_open(now)
    return {"planned": planned, "rung": rung, "quarantined": stopped}


@shared_task(name="accounts.tasks.run_job")
def run_job(run_id: int) -> str:
    """Do one run; a ring too many finds nothing to claim."""
    row = engine.execute(run_id, at=clock.now(), now=timezone.now())
    return row.state if row else "not claimed"


def ring_bell(run_id: int, queue: str) -> bool:
    """Put the doorbell message on the queue. A dead or frozen broker costs seconds, never an error."""
    try:
        run_job.apply_async(args=(run_id,), queue=queue, ignore_result=True)
    except Exception as fault:
        # Whatever the transport raises: the row is still due and the next reconcile rings again.
        log.warning("broker_unreachable", run=run_id, queue=queue, fault=str(fault)[:200])
        return False
    return True


engine.set_doorbell(ring_bell)
