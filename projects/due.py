"""What lists and rates filter by, kept beside the project: next due dates, paused, which milestones may be lit, and by
when each point had been reached."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import itemgetter

from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.bulk import bulk_update
from projects.models import Milestone, MilestoneQuerySet, Pause, Project, ProjectState
from projects.models.milestones import reached

CHUNK = 2_000


def refresh_due(project_ids: Iterable[int]) -> int:
    """Bring the stored dates of these projects in line with their milestones and pauses; return how many there were.

    At most five statements per 2,000 projects. Call it in the transaction of the write that moved a date or a state.
    """
    ids = sorted(set(project_ids))
    for start in range(0, len(ids), CHUNK):
        _refresh(ids[start : start + CHUNK])
    return len(ids)


def _refresh(ids: list[int]) -> None:
    due = (
        Milestone.objects.filter(
            project_id=OuterRef("pk"),
            project__state=ProjectState.ACTIVE,
            actual_on=None,
            planned_on__isnull=False,
        )
        .order_by("planned_on", "position")
        .values("planned_on")
    )
    Project.objects.filter(pk__in=ids).update(
        next_due_on=Subquery(due[:1]),
        second_due_on=Subquery(due[1:2]),
        paused=Exists(Pause.objects.filter(project_id=OuterRef("pk"), resumed_on=None)),
    )
    # Only rows that change are written: seven milestones per project would otherwise all be rewritten.
    lit = Q(project__state=ProjectState.ACTIVE, project__paused=False)
    rows = Milestone.objects.filter(project_id__in=ids)
    rows.filter(lit, is_open=False, actual_on=None).update(is_open=True)
    rows.filter(~lit | Q(actual_on__isnull=False), is_open=True).update(is_open=False)
    _refresh_reached(rows)


def _refresh_reached(rows: MilestoneQuerySet) -> None:
    """A finish moved, so did the day by which the points before it had been reached; changed rows only."""
    points = rows.order_by("project_id", "position").values_list(
        "project_id", "pk", "actual_on", "reached_on"
    )
    changed: list[tuple[int, date | None]] = []
    for _project, group in groupby(points, key=itemgetter(0)):
        held = list(group)
        days = reached([actual for _project_id, _pk, actual, _was in held])
        changed += [(row[1], day) for row, day in zip(held, days, strict=True) if day != row[3]]
    bulk_update(Milestone, ("id", "reached_on"), changed)
