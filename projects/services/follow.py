"""Key points that follow the facts below them: the upper app that owns the facts calls this inside its transaction."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from accounts import audit
from projects.due import refresh_due
from projects.models import DatePrecision, Milestone, MilestoneCode, Project, ProjectState
from projects.services.versions import save_version


def follow_milestone(
    *,
    project_id: int,
    code: str,
    was_on: date | None,
    finished_on: date | None,
    reason: str,
    by: Any,
    at: datetime,
) -> bool:
    """Set the actual date of a key point to `finished_on`, the day its control items were all done.

    `finished_on` None takes the date back, but only the one these items gave (`was_on`): what was recorded by hand or
    by a ledger stays. Return whether anything changed. The permission is that of the step which made the fact.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a key point follows inside the transaction of its fact")
    row = Project.objects.select_for_update(of=("self",)).get(pk=project_id)
    if row.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        return False
    point = Milestone.objects.select_for_update(of=("self",)).filter(project=row, code=code).first()
    if point is None or point.actual_on == finished_on:
        return False
    if finished_on is None and point.actual_on != was_on:
        return False
    before: dict[str, Any] = {f"{code}.actual_on": point.actual_on, "version": row.version}
    after: dict[str, Any] = {f"{code}.actual_on": finished_on}
    Milestone.objects.filter(pk=point.pk).update(
        actual_on=finished_on,
        actual_precision=DatePrecision.DAY,
        is_open=finished_on is None and point.is_open,
    )
    changes = {}
    if code == MilestoneCode.PRODUCTION:
        state = ProjectState.DONE if finished_on else ProjectState.ACTIVE
        if state != row.state:
            before["state"], after["state"] = row.state, state
            changes["state"] = state
    save_version(row, at=at, **changes)
    refresh_due([row.pk])
    after["version"] = row.version
    audit.record("milestone_followed", target=row, by=by, at=at, before=before, after=after, reason=reason)
    return True
