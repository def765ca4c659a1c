"""The end of a project before or after production: contract terminated, investment withdrawn."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.scope import require
from projects.due import refresh_due
from projects.models import Pause, Project, ProjectState
from projects.services.dependents import tell_ended
from projects.services.duties import cancel_duties
from projects.services.registry import locked
from projects.services.versions import save_version
from projects.text import clean


@dataclass(frozen=True, slots=True)
class Transition:
    sources: tuple[str, ...]
    target: str
    permission: str


# Done comes and goes with the production date (set_milestones); merged belongs to the merging of registers.
ENDINGS = {
    state: Transition((ProjectState.ACTIVE, ProjectState.DONE), state, "projects.plan")
    for state in (ProjectState.TERMINATED, ProjectState.WITHDRAWN)
}


def end_project(
    *, project: Project, state: str, ended_on: date, reason: str, version: int, by: Any, at: datetime
) -> Project:
    """End a project as terminated or withdrawn. It stays in the record and leaves the rates from `ended_on` on."""
    way = ENDINGS.get(state)  # type: ignore[call-overload]
    if way is None:
        raise DomainError("ending_unknown", _("Choose terminated or withdrawn."), field="state")
    require(by, way.permission, project)
    on, reason = local_date(at), clean(reason)
    if not reason:
        raise DomainError(
            "reason_missing",
            _("Say why the project ends; it is asked for in the trace-back check."),
            field="reason",
        )
    if ended_on > on:
        raise DomainError("ended_in_future", _("This day has not come yet."), field="ended_on")
    with transaction.atomic():
        row = locked(project)
        if row.signed_on and ended_on < row.signed_on:
            raise DomainError(
                "ended_before_signing",
                _("The project was signed on %(day)s; it cannot end before.")
                % {"day": row.signed_on.isoformat()},
                field="ended_on",
            )
        if row.state not in way.sources:
            raise StaleState("project_ended_already", _("This project has ended already."))
        if row.version != version:
            raise StaleState(
                "changed_meanwhile",
                _("Somebody changed this project meanwhile. Look at it again before ending it."),
            )
        before = {"state": row.state, "version": row.version}
        Pause.objects.filter(project=row, resumed_on=None, starts_on__lte=ended_on).update(
            resumed_on=ended_on
        )
        save_version(row, at=at, state=way.target, ended_on=ended_on, end_reason=reason)
        refresh_due([row.pk])
        after = {"state": row.state, "ended_on": ended_on, "version": row.version}
        audit.record("project_ended", target=row, by=by, at=at, before=before, after=after, reason=reason)
        cancel_duties(row, reason=reason, by=by, at=at)
        tell_ended(row, reason=reason, by=by, at=at)
    row.refresh_from_db()
    return row
