"""Open mandates follow their project: to an agent of its new division, and to their end when it ends.

Papers do not move by themselves: what is held stays on the register until it is handed in or given back.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from accounts import audit
from accounts.clock import local_date
from accounts.models import Division, User
from accounts.scope import posted_at
from approvals.mandates import telling
from approvals.mandates.models import OPEN_STATES, Mandate, MandateState
from approvals.mandates.services import ACCEPTANCE, agents_for
from approvals.tickets.access import officers_of
from approvals.tickets.clocks import deadline_from
from approvals.tickets.routing import place_above
from projects.models import Project


def follow_move(project: Project, *, old: Division, new: Division, by: Any, at: datetime) -> None:
    """The new division names nobody the company chose: its chief service officer, else its competent office, gets the
    mandate and has the regime's day to accept it. The company is told and may revoke it as ever."""
    was, place, on = place_above(old), place_above(new), local_date(at)
    if was.pk == place.pk:
        return
    agent = _successor(project, place, at)
    deadline = deadline_from(ACCEPTANCE, place, on)
    for mandate in _open(project):
        before = {"agent": f"{was.name} {mandate.agent}"}
        mandate.agent = agent or mandate.agent
        Mandate.objects.filter(pk=mandate.pk).update(
            agent=mandate.agent, state=MandateState.GIVEN, accepted_at=None, accept_by_on=deadline.due_on,
            acceptance=deadline.to_json(), turn=F("turn") + 1,
        )  # fmt: skip
        after = {"agent": f"{place.name} {agent}" if agent else place.name}
        _say(mandate, "mandate_moved", by, at, before=before, after=after)


def follow_end(project: Project, *, reason: str, by: Any, at: datetime) -> None:
    """The project ended: nothing is entrusted for it any more. Papers still held stay on the agent's list."""
    for mandate in _open(project):
        Mandate.objects.filter(pk=mandate.pk).update(
            state=MandateState.ENDED, ended_at=at, end_reason=reason, turn=F("turn") + 1
        )
        before, after = {"state": mandate.state}, {"state": MandateState.ENDED.value}
        _say(mandate, "mandate_ended", by, at, before=before, after=after, reason=reason[:500])


def _successor(project: Project, place: Division, at: datetime) -> User | None:
    """None where nobody of the new division may act as agent: its competent office finds the mandate without one."""
    fit = agents_for(project, local_date(at))
    officers = {user.pk for user in officers_of(project, local_date(at))}
    chosen = [user for user in fit if user.pk in officers]
    chosen += [user for user in fit if posted_at(user, place, "tickets.close_silent")]
    return next(iter(chosen or fit), None)


def _say(mandate: Mandate, action: str, by: Any, at: datetime, **told: Any) -> None:
    mandate.refresh_from_db()
    audit.record(action, target=mandate, by=by, at=at, **told)
    transaction.on_commit(lambda: telling.tell(mandate, action, by, at))


def _open(project: Project) -> QuerySet[Mandate]:
    rows = Mandate.objects.filter(project=project, state__in=OPEN_STATES).select_for_update(of=("self",))
    return rows.select_related("agent", "project").order_by("pk")
