"""The duty log: what the chief service officer and the others did for a project, day by day (H10)."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.notify import STORED_LANGUAGE
from accounts.scope import acting_posting
from approvals.service.models import Duty, ServiceEntry
from approvals.tickets.access import investors_of
from approvals.tickets.moving import clean_text
from projects.abilities import abilities
from projects.models import Project, ProjectState


def write_entry(
    *,
    project: Project,
    duty: str,
    done_on: date,
    text: str,
    shared: bool = False,
    at_company: bool = False,
    by: Any,
    at: datetime,
) -> ServiceEntry:
    """One line of the log. Reports to the investor are always shared; what is shared goes to their inbox.

    `at_company`: done on a visit to the company.
    """
    if "service.log" not in abilities(by, project):
        raise PermissionDenied("service.log")
    text, on = clean_text(text), local_date(at)
    if duty not in Duty.values:
        raise DomainError("duty_unknown", _("Choose which of the four duties this was."), field="duty")
    if not text:
        raise DomainError("text_missing", _("Write what was done."), field="text")
    if done_on > on:
        raise DomainError("done_in_future", _("This day has not come yet."), field="done_on")
    if project.signed_on is not None and done_on < project.signed_on:
        raise DomainError(
            "done_before_signing",
            _("The project was signed on %(day)s; service cannot lie before.")
            % {"day": project.signed_on.isoformat()},
            field="done_on",
        )
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise StaleState("project_ended", _("This project has ended; its log is closed."))
    posting = acting_posting(by)
    with transaction.atomic():
        entry = ServiceEntry.objects.create(
            project=project, duty=duty, done_on=done_on, text=text, shared=shared or duty == Duty.FEEDBACK,
            at_company=at_company, by=by, by_name=by.get_full_name()[:60],
            office=(posting.unit_name if posting else "")[:120], unit=posting.division if posting else None,
            department=posting.department if posting else None, at=at,
            province_code=project.province_code, city_code=project.city_code, county_code=project.county_code,
        )  # fmt: skip
        audit.record(
            "service_logged", target=entry, by=by, at=at,
            after={
                "duty": duty, "done_on": done_on, "shared": entry.shared, "at_company": at_company, "text": text[:200],
            },
        )  # fmt: skip
        if entry.shared:
            transaction.on_commit(lambda: _tell(entry, at))
    return entry


def _tell(entry: ServiceEntry, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("%(who)s reports: %(project)s") % {"who": entry.by_name, "project": entry.project.name}
    notify.tell(
        investors_of(entry.project, local_date(at)),
        key=f"service:{entry.pk}",
        kind="service",
        title=title,
        text=entry.text[:300],
        url=reverse("projects:tab", args=[entry.project_id, "service"]),
        at=at,
    )
