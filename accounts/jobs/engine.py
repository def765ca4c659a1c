"""Background work as rows (reliability.md A4): the database is the truth, Celery is the doorbell.

`plan_due` makes the rows whose time has come, `ring_open` rings for rows nobody works on, `execute` claims one by
compare-and-set and does it in one transaction. Twice is harmless, late catches up, an emptied broker loses nothing.

Two clocks: `at` is the business instant the work is done for; `now` is the wall clock of leases.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts import audit, notify, request_id
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.jobs.registry import JobKind, all_kinds, find, register_job
from accounts.models import Division, JobRun, JobState, Posting, Tier, User
from accounts.permissions import Role
from accounts.scope import require

__all__ = [
    "Pass",
    "claim",
    "enqueue",
    "execute",
    "plan_due",
    "register_job",
    "rerun",
    "ring",
    "ring_open",
    "run_inline",
    "set_doorbell",
    "sweep",
]

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 2
# How long a rung row may wait for a worker before it is rung again: an emptied broker is made good within it.
RING_AGAIN = timedelta(seconds=90)
# So many rings per pass: behind a long queue more would only be refused by their claim.
RINGS_PER_PASS = 200

Doorbell = Callable[[int, str], bool]
_doorbell: list[Doorbell] = []


class LostLease(Exception):
    """Another worker took the run over while this one was working; its transaction is rolled back."""


@dataclass
class Pass:
    """What one reconcile pass did."""

    planned: int = 0
    rung: int = 0
    quarantined: int = 0
    done: int = 0
    failed: list[str] = field(default_factory=list)
    made: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(sum(counts.values()) for counts in self.made.values())


def set_doorbell(ring_bell: Doorbell) -> None:
    """Say how a worker is called: `(run id, queue) → whether the message went out`. Set by `accounts.tasks`."""
    _doorbell[:] = [ring_bell]


def plan_due(at: datetime) -> list[JobRun]:
    """Make the rows whose time has come by `at`; return the new ones. One query per kind when nothing is due."""
    return [row for kind in all_kinds() for row in _make_rows(kind.code, _plan(kind, at), at)]


def _plan(kind: JobKind, at: datetime) -> list[tuple[str, str]]:
    try:
        return list(dict.fromkeys(kind.plan(at)))
    except Exception:
        # One broken plan must not stop the others; its job is seen to be overdue on the jobs page.
        log.exception("job_plan_failed", kind=kind.code)
        return []


def _make_rows(kind: str, pairs: list[tuple[str, str]], at: datetime) -> list[JobRun]:
    if not pairs:
        return []
    known = set(
        JobRun.objects.filter(kind=kind, period__in={period for period, _scope in pairs}).values_list(
            "period", "scope"
        )
    )
    fresh = [pair for pair in pairs if pair not in known]
    if not fresh:
        return []
    rows = [JobRun(kind=kind, period=period, scope=scope, made_at=at) for period, scope in fresh]
    JobRun.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    made = JobRun.objects.filter(
        kind=kind, period__in={period for period, _scope in fresh}, state=JobState.WAITING
    )
    return [row for row in made if (row.period, row.scope) in set(fresh)]


def enqueue(*, kind: str, period: str, scope: str = "", at: datetime) -> JobRun:
    """Make (or find) one run and ring for it when the caller's transaction commits."""
    row, _made = JobRun.objects.get_or_create(kind=kind, period=period, scope=scope, defaults={"made_at": at})
    transaction.on_commit(lambda: ring(row))
    return row


def ring(row: JobRun, *, now: datetime | None = None) -> bool:
    """Call a worker. False when the broker could not be reached: the row stays due and is rung again."""
    from django.utils import timezone

    if not _doorbell:
        from accounts import tasks  # noqa: F401 - hangs its bell in; it imports this module

    kind = find(row.kind)
    if kind is None:
        return False
    instant = now or timezone.now()
    # Marked first: a broker that answers late must not be rung for the same row every minute.
    still = JobRun.objects.filter(pk=row.pk, state__in=[JobState.WAITING, JobState.FAILED])
    still.update(lease_until=instant + RING_AGAIN)
    if _doorbell[0](row.pk, kind.queue):
        return True
    still.update(lease_until=None)
    return False


def ring_open(now: datetime, *, limit: int = RINGS_PER_PASS) -> int:
    """Ring for every open row whose time is up: never rung, lost by the broker, failed once, or lease expired."""
    rung = 0
    rows = JobRun.objects.filter(_due_for_a_ring(now)).order_by("made_at", "pk")
    for row in rows[:limit]:
        if find(row.kind) is None:
            continue
        if row.state == JobState.RUNNING:
            # Its worker died: hand it back, or the ring would find nothing to claim before the lease is checked.
            JobRun.objects.filter(pk=row.pk, state=JobState.RUNNING, lease_until=row.lease_until).update(
                state=JobState.FAILED, error="lease expired: the worker did not finish", lease_until=None
            )
        if not ring(row, now=now):
            break  # the broker is away; each further try would cost its time-out
        rung += 1
    return rung


def sweep(now: datetime, at: datetime) -> int:
    """Quarantine runs that failed twice, and tell who must look at them; return how many."""
    rows = JobRun.objects.filter(
        Q(state=JobState.FAILED) | Q(state=JobState.RUNNING, lease_until__lt=now), attempts__gte=MAX_ATTEMPTS
    )
    return sum(_quarantine(row, at) for row in rows)


def claim(run_id: int, now: datetime) -> JobRun | None:
    """Take one run by compare-and-set; None when it is done, taken, or has failed too often."""
    row = JobRun.objects.filter(pk=run_id).first()
    kind = find(row.kind) if row else None
    if row is None or kind is None:
        return None
    free = Q(state__in=[JobState.WAITING, JobState.FAILED]) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = JobRun.objects.filter(free, pk=run_id, attempts__lt=MAX_ATTEMPTS).update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        lease_until=now + kind.lease,
        started_at=now,
        error="",
    )
    if not taken:
        return None
    row.refresh_from_db()
    return row


def execute(run_id: int, *, at: datetime, now: datetime) -> JobRun | None:
    """Claim and do one run; None when there was nothing to claim (a ring too many)."""
    row = claim(run_id, now)
    if row is None:
        log.info("job_not_claimed", run=run_id)
        return None
    request_id.begin()
    kind = find(row.kind)
    if kind is None:
        return None
    try:
        with transaction.atomic():
            result = kind.run(row, at) or {}
            _finish(row, result, now)
    except LostLease:
        log.warning("job_lease_lost", run=run_id, kind=row.kind)
        return None
    except Exception as fault:
        log.exception("job_failed", run=run_id, kind=row.kind, period=row.period, attempt=row.attempts)
        _fail(row, fault, at)
    row.refresh_from_db()
    return row


def run_inline(at: datetime, now: datetime) -> Pass:
    """Plan and do everything due by `at` here and now, standing jobs included although done before.

    Rows of other instants stay untouched, so that a pass for a past day does not do the future's work.
    """
    done = Pass(planned=len(plan_due(at)))
    for kind in all_kinds():
        pairs = _plan(kind, at)
        rows = JobRun.objects.filter(kind=kind.code, period__in={period for period, _scope in pairs})
        for row in sorted(rows, key=lambda row: (row.period, row.scope)):
            if (row.period, row.scope) in pairs:
                _inline(kind, row, at, now, done)
    return done


def _inline(kind: JobKind, row: JobRun, at: datetime, now: datetime, done: Pass) -> None:
    if row.state == JobState.DONE:
        if not kind.standing:
            return
        JobRun.objects.filter(pk=row.pk, state=JobState.DONE).update(state=JobState.WAITING, attempts=0)
    finished = execute(row.pk, at=at, now=now)
    if finished is None:
        return
    if finished.state != JobState.DONE:
        done.failed.append(f"{finished}: {finished.error.strip().splitlines()[-1]}")
        return
    done.done += 1
    counts = done.made.setdefault(kind.code, {})
    for name, number in finished.result.items():
        if isinstance(number, int) and not isinstance(number, bool):
            counts[name] = counts.get(name, 0) + number


def rerun(*, kind: str, by: Any, at: datetime) -> list[JobRun]:
    """Run a kind again by hand: what is due and not done, what was stopped, and a standing job's latest run."""
    require(by, "jobs.run")
    job = find(kind)
    if job is None:
        raise DomainError("unknown_job", _("There is no job of this name any more."))
    _make_rows(kind, _plan(job, at), at)
    rows = JobRun.objects.filter(kind=kind)
    again = Q(state__in=[JobState.WAITING, JobState.FAILED, JobState.QUARANTINED])
    if job.standing:
        latest = rows.order_by("-made_at", "-pk").first()
        again |= Q(pk=latest.pk if latest else None, state=JobState.DONE)
    with transaction.atomic():
        chosen = list(rows.filter(again).select_for_update().order_by("pk")[:RINGS_PER_PASS])
        for row in chosen:
            before = {"state": row.state, "attempts": row.attempts}
            row.state, row.attempts, row.lease_until = JobState.WAITING, 0, None
            row.save(update_fields=["state", "attempts", "lease_until"])
            audit.record(
                "job_rerun", target=row, by=by, at=at, before=before, after={"state": row.state}, codes={}
            )
        transaction.on_commit(lambda: [ring(row) for row in chosen])
    return chosen


def _due_for_a_ring(now: datetime) -> Q:
    waiting = Q(state__in=[JobState.WAITING, JobState.FAILED]) & (
        Q(lease_until=None) | Q(lease_until__lt=now)
    )
    return (waiting | Q(state=JobState.RUNNING, lease_until__lt=now)) & Q(attempts__lt=MAX_ATTEMPTS)


def _finish(row: JobRun, result: dict[str, Any], now: datetime) -> None:
    """Inside the work's transaction: who lost the lease in the meantime must not commit what he made."""
    from django.utils import timezone

    mine = JobRun.objects.filter(
        pk=row.pk, state=JobState.RUNNING, attempts=row.attempts, started_at=row.started_at
    )
    finished_at = max(now, timezone.now())
    if not mine.update(
        state=JobState.DONE, lease_until=None, finished_at=finished_at, result=result, error=""
    ):
        raise LostLease(row.pk)


def _fail(row: JobRun, fault: Exception, at: datetime) -> None:
    text = "".join(traceback.format_exception(fault))[-4000:]
    mine = JobRun.objects.filter(
        pk=row.pk, state=JobState.RUNNING, attempts=row.attempts, started_at=row.started_at
    )
    if not mine.update(state=JobState.FAILED, lease_until=None, error=text):
        return
    if row.attempts >= MAX_ATTEMPTS:
        row.refresh_from_db()
        _quarantine(row, at)


def _quarantine(row: JobRun, at: datetime) -> int:
    from django.urls import NoReverseMatch, reverse

    kind = find(row.kind)
    with transaction.atomic():
        changed = JobRun.objects.filter(pk=row.pk, state=row.state, attempts=row.attempts).update(
            state=JobState.QUARANTINED,
            lease_until=None,
            error=row.error or "lease expired: the worker did not finish",
        )
        if not changed:
            return 0
        try:
            url = reverse("jobs:list")
        except NoReverseMatch:
            url = ""
        notify.tell(
            _keepers(at),
            # A standing job that fails every hour is one piece of news a day.
            key=f"job:{row.kind}:{local_date(at)}"
            if kind and kind.standing
            else f"job:{row.pk}:{at:%Y%m%dT%H%M}",
            kind="job",
            title=_("Background work stopped: %(job)s") % {"job": kind.label if kind else row.kind},
            text=_("It failed %(times)d times (%(period)s). Look at the reason and run it again.")
            % {"times": row.attempts, "period": row.period},
            url=url,
            at=at,
        )
    log.error("job_quarantined", run=row.pk, kind=row.kind, period=row.period, scope=row.scope)
    return 1


def _keepers(at: datetime) -> list[User]:
    """Administrators everywhere and the province's office."""
    on = local_date(at)
    admins = Posting.objects.current(on).filter(role=Role.ADMINISTRATOR).values("user_id")
    people = {user.pk: user for user in User.objects.filter(pk__in=admins, is_active=True)}
    for province in Division.objects.filter(tier=Tier.PROVINCE):
        people |= {user.pk: user for user in notify.staff_of(province, "jobs.run", on=on)}
    return list(people.values())
