"""What happens to visits and namings when their project goes to another division."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, notify
from accounts.clock import local_date
from accounts.models import Division, Posting
from accounts.notify import STORED_LANGUAGE
from accounts.permissions import Role
from approvals.tickets.routing import place_above
from projects.models import Project
from projects.services.team import settle_grants
from supervision.visits.models import Naming, Outcome, Visit
from supervision.visits.services import tell_office


def named_to(project_id: int) -> Any:
    """Ids of the supervisors who go into the project now."""
    return Naming.objects.in_force().filter(project_id=project_id).values_list("supervisor_id", flat=True)


def follow_move(project: Project, *, old: Division, new: Division, by: Any, at: datetime) -> None:
    """Findings that wait are decided on where the project lies now; a supervisor of the old place goes into it no more."""
    place = place_above(new)
    rows = Visit.objects.filter(project=project, findings__outcome=Outcome.NEW).exclude(unit=place)
    for visit in rows.select_related("unit", "project").distinct():
        _hand_visit(visit, place, by, at)
    namings = Naming.objects.in_force().filter(project=project).select_related("supervisor", "project")
    leaving = [one for one in namings if not _seated(one, new, at)]
    for one in leaving:
        _end(one, new, by, at)
    settle_grants(project, [one.supervisor for one in leaving])


def _hand_visit(visit: Visit, place: Division, by: Any, at: datetime) -> None:
    before = visit.unit.name
    Visit.objects.filter(pk=visit.pk).update(unit=place)
    visit.unit = place
    audit.record(
        "visit_moved", target=visit, by=by, at=at, before={"unit": before}, after={"unit": place.name}
    )
    waiting = visit.findings.filter(outcome=Outcome.NEW).count()
    transaction.on_commit(lambda: tell_office(visit, waiting, at))


def _seated(naming: Naming, new: Division, at: datetime) -> bool:
    """Whether the supervisor is one of the new place or of a tier above it."""
    above = [code for code in new.path.split("/") if code]
    rows = Posting.objects.current(local_date(at)).filter(user=naming.supervisor, division_id__in=above)
    return rows.filter(role=Role.INVITED_SUPERVISOR).exists()


def _end(naming: Naming, new: Division, by: Any, at: datetime) -> None:
    Naming.objects.in_force().filter(pk=naming.pk).update(ended_on=local_date(at))
    with override(STORED_LANGUAGE):
        title = _("No longer named to you: %(project)s") % {"project": naming.project.name}
        text = _("The project now lies in %(unit)s. Your visits stay on record.") % {"unit": new.name}
    audit.record(
        "visit_project_taken_back", target=naming.project, by=by, at=at,
        before={"person": naming.supervisor.get_full_name()}, reason=text,
    )  # fmt: skip
    transaction.on_commit(
        lambda: notify.tell(
            [naming.supervisor], key=f"naming_ended:{naming.pk}", kind="visit", title=title[:200], text=text,
            url=reverse("visits:list"), at=at,
        )
    )  # fmt: skip
