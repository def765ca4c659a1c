"""A key point is reached when the control items of its stage are all decided; it follows them both ways (H14)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.checklist.models import ChecklistItem, ItemState
from projects.services.follow import follow_milestone

Finished = Mapping[str, date | None]


def finished(project_id: int, stages: Iterable[str]) -> dict[str, date | None]:
    """stage → the day its last control item was decided; None while one is open or where there is none."""
    wanted = dict.fromkeys(stages)
    rows = ChecklistItem.objects.filter(project_id=project_id, is_control=True, stage__in=list(wanted))
    days: dict[str, list[date | None]] = {}
    for stage, state, ended_on in rows.exclude(state=ItemState.NOT_NEEDED).values_list(
        "stage", "state", "ended_on"
    ):
        days.setdefault(stage, []).append(ended_on if state == ItemState.DECIDED else None)
    found: dict[str, date | None] = dict(wanted)
    for stage, ends in days.items():
        known = [day for day in ends if day is not None]
        found[stage] = max(known) if len(known) == len(ends) else None
    return found


def follow(project_id: int, before: Finished, *, by: Any, at: datetime) -> None:
    """Move the key points whose items were finished or taken back since `before`. Inside the step's transaction."""
    for stage, day in finished(project_id, before).items():
        if day != before[stage]:
            follow_milestone(
                project_id=project_id, code=stage, was_on=before[stage], finished_on=day,
                reason=_("follows the control items of the approval checklist"), by=by, at=at,
            )  # fmt: skip
