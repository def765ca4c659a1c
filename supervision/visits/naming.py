"""Which projects an invited supervisor goes into: named by the competent office, ended by it, both on record."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from guardian.shortcuts import assign_perm

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division, Posting, User
from accounts.notify import STORED_LANGUAGE
from accounts.permissions import Role
from accounts.scope import division_q, require
from projects.grants import VIEW
from projects.models import Project, ProjectState
from projects.services.team import settle_grants
from supervision.visits.models import Naming

NAME = "team.appoint"


def supervisors_for(user: Any, on: Any) -> QuerySet[User]:
    """Invited supervisors posted in the person's area, or above it (a province's goes into every county)."""
    postings = Posting.objects.current(on).filter(role=Role.INVITED_SUPERVISOR)
    paths = [p.division.path for p in user.postings.current(on).select_related("division")]
    above = Q(division_id__in={code for path in paths for code in path.strip("/").split("/")})
    postings = postings.filter(above | Q(division__in=Division.objects.filter(division_q(user))))
    return User.objects.filter(pk__in=postings.values("user_id"), is_active=True).order_by("full_name", "pk")


def name_project(*, project: Project, supervisor: User, by: Any, at: datetime) -> Naming:
    """Name the project to the supervisor, who sees it from now on; naming it twice returns the one in force."""
    require(by, NAME, project)
    on = local_date(at)
    if not supervisor.postings.current(on).filter(role=Role.INVITED_SUPERVISOR).exists():
        raise DomainError(
            "no_supervisor",
            _("This person is no invited supervisor. Choose another one."),
            field="supervisor",
        )
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise DomainError("project_ended", _("This project has ended; choose another one."), field="project")
    held = Naming.objects.in_force().filter(project=project, supervisor=supervisor)
    if (found := held.first()) is not None:
        return found
    try:
        with transaction.atomic():
            row = Naming.objects.create(
                project=project, supervisor=supervisor, named_by=by, named_at=at, province_code=project.province_code,
                city_code=project.city_code, county_code=project.county_code,
            )  # fmt: skip
            assign_perm(VIEW, supervisor, project)
            audit.record(
                "visit_project_named",
                target=project,
                by=by,
                at=at,
                after={"person": supervisor.get_full_name()},
            )
            transaction.on_commit(lambda: _tell(row, at))
    except IntegrityError:  # somebody else named it at the same moment
        return held.get()
    return row


def end_naming(*, naming: Naming, by: Any, at: datetime) -> Naming:
    """The supervisor no longer goes into this project; the visits made stay."""
    require(by, NAME, naming.project)
    with transaction.atomic():
        if not Naming.objects.in_force().filter(pk=naming.pk).update(ended_on=local_date(at)):
            raise StaleState("naming_ended", _("This has been ended already. Reload the page."))
        naming.refresh_from_db()
        settle_grants(naming.project, [naming.supervisor])
        audit.record(
            "visit_project_taken_back", target=naming.project, by=by, at=at,
            before={"person": naming.supervisor.get_full_name()},
        )  # fmt: skip
    return naming


def _tell(row: Naming, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("A project is named to you: %(project)s") % {"project": row.project.name}
        text = _("You see it from now on. After a visit, write down what you saw.")
    notify.tell(
        [row.supervisor], key=f"naming:{row.pk}", kind="visit", title=title, text=text,
        url=reverse("visits:new", args=[row.project_id]), at=at,
    )  # fmt: skip
