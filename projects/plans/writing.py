"""The rows of a change of plan: making one, and putting its dates in force. Called inside a transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import StaleState
from accounts.models import Division
from projects.models import ChangeState, Milestone, PlanChange, PlanShift, Project
from projects.plans.limits import Limit, Shift


def write_change(
    project: Project,
    shifts: Sequence[Shift],
    *,
    cause: str,
    party: str,
    evidence: str,
    approver: Division,
    limit: Limit | None,
    is_beyond: bool,
    state: str,
    file: dict[str, str] | None = None,
    by: Any,
    at: datetime,
) -> PlanChange:
    """One request with its key points; an approved one is decided by `by` at the same moment."""
    decided = state == ChangeState.APPROVED
    change = PlanChange.objects.create(
        project=project,
        reason=cause,
        party=party,
        evidence=evidence,
        approver=approver,
        shift_days=max((one.days for one in shifts), default=0),
        is_beyond=is_beyond,
        rule_id=limit.rule_id if limit else "",
        state=state,
        asked_by=by,
        asked_at=at,
        decided_by=by if decided else None,
        decided_at=at if decided else None,
        province_code=project.province_code,
        city_code=project.city_code,
        county_code=project.county_code,
        **(file or {}),
    )
    PlanShift.objects.bulk_create(
        PlanShift(
            change=change,
            milestone=one.point,
            was_on=one.was_on,
            wanted_on=one.wanted_on,
            from_on=one.from_on,
            shift_days=one.days,
        )
        for one in shifts
    )
    return change


def put_in_force(change: PlanChange) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the wanted dates; the first plan stays. Returns before and after for the record.

    Refused when a key point was finished or re-planned since the request was written.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for shift in change.shifts.select_related("milestone").order_by("milestone__position"):
        name = {"name": shift.milestone.get_code_display()}
        done = Milestone.objects.filter(
            pk=shift.milestone_id, actual_on=None, planned_on=shift.was_on
        ).update(planned_on=shift.wanted_on)
        if not done:
            raise StaleState(
                "plan_moved_meanwhile",
                _(
                    "“%(name)s” was finished or re-planned since this was asked. Reject the request; "
                    "it can be asked anew from the dates of today."
                )
                % name,
            )
        key = f"{shift.milestone.code}.planned_on"
        before[key], after[key] = shift.was_on, shift.wanted_on
    return before, after
