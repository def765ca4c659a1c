"""How each kind of background work is doing: for the jobs page and the administrator's home."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max

from accounts.jobs.registry import JobKind, all_kinds
from accounts.models import JobRun, JobState
from accounts.obligations import kinds


@dataclass(slots=True)
class Status:
    """`made`: (words, number) of the last success. `overdue`: no success for longer than is healthy."""

    kind: JobKind
    last: JobRun | None = None
    waiting: int = 0
    running: int = 0
    failed: int = 0
    stopped: int = 0
    overdue: bool = False
    faults: list[JobRun] = field(default_factory=list)

    @property
    def made(self) -> list[tuple[str, int]]:
        if self.last is None:
            return []
        counts = [(name, n) for name, n in self.last.result.items() if type(n) is int and n]
        return [(self._word(name), n) for name, n in counts]

    def _word(self, name: str) -> str:
        return str(self.kind.words.get(name) or kinds.label_of(name))

    @property
    def light(self) -> str:
        """red: stopped after failures; amber: failed once or overdue; done: healthy; none: never had to run."""
        if self.stopped:
            return "red"
        if self.failed or self.overdue:
            return "amber"
        return "done" if self.last else "none"


def all_statuses(now: datetime) -> list[Status]:
    """Every registered kind, in the order of the apps. A handful of statements."""
    found = {kind.code: Status(kind) for kind in all_kinds()}
    counted = (
        JobRun.objects.filter(kind__in=found).values_list("kind", "state").annotate(n=Count("pk")).order_by()
    )
    names = {
        JobState.WAITING: "waiting",
        JobState.RUNNING: "running",
        JobState.FAILED: "failed",
        JobState.QUARANTINED: "stopped",
    }
    for code, state, number in counted:
        if state in names:
            setattr(found[code], names[JobState(state)], number)
    for row in _latest(found):
        found[row.kind].last = row
    for row in JobRun.objects.filter(kind__in=found, state__in=[JobState.FAILED, JobState.QUARANTINED])[:50]:
        found[row.kind].faults.append(row)
    for status in found.values():
        if status.kind.every and status.last and status.last.finished_at:
            status.overdue = now - status.last.finished_at > status.kind.every
    return list(found.values())


def _latest(found: dict[str, Any]) -> list[JobRun]:
    done = JobRun.objects.filter(kind__in=found, state=JobState.DONE)
    newest = dict(done.values_list("kind").annotate(at=Max("finished_at")).order_by())
    rows = done.filter(finished_at__in=newest.values())
    return [row for row in rows if row.finished_at == newest.get(row.kind)]


def last_line(row: JobRun) -> str:
    """The fault in one line: the last of its traceback."""
    lines = row.error.strip().splitlines()
    return lines[-1][:300] if lines else ""
