"""The kinds of background work, registered by the apps that own them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import JobRun

Plan = Callable[[datetime], Iterable[tuple[str, str]]]
Run = Callable[[JobRun, datetime], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """`plan(at)` gives the (period, scope) pairs that are due by `at`; `run(job_run, at)` does one of them.

    `run` works in one transaction that the engine opens, is harmless when done twice, and returns what it made as
    counts by name (`words` says how the names read). `standing`: each run looks at the whole state, so running it
    again by hand is meaningful; otherwise a done period stays done. `every` is the longest healthy gap between two
    successes.
    """

    code: str
    label: Any
    plan: Plan
    run: Run
    queue: str = "default"
    standing: bool = False
    every: timedelta | None = None
    lease: timedelta = timedelta(minutes=20)
    words: dict[str, Any] = field(default_factory=dict)


_kinds: dict[str, JobKind] = {}


def register_job(
    kind: str,
    plan: Plan,
    run: Run,
    queue: str = "default",
    *,
    label: Any = "",
    standing: bool = False,
    every: timedelta | None = None,
    lease: timedelta = timedelta(minutes=20),
    words: dict[str, Any] | None = None,
) -> None:
    """Add or replace a kind of job. `lease` outlasts the task time limit, or a slow run is started twice."""
    _kinds[kind] = JobKind(kind, label or kind, plan, run, queue, standing, every, lease, words or {})


def find(kind: str) -> JobKind | None:
    return _kinds.get(kind)


def all_kinds() -> list[JobKind]:
    """In order of registration: lower apps first."""
    return list(_kinds.values())


def hourly(at: datetime) -> list[tuple[str, str]]:
    """One run per hour. A missed hour is not made up: the next run looks at the whole state."""
    from accounts.clock import BUSINESS_ZONE

    return [(f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%dT%H}", "")]


def daily(at: datetime) -> list[tuple[str, str]]:
    """One run per business day."""
    from accounts.clock import local_date

    return [(local_date(at).isoformat(), "")]
