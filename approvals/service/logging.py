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
from approvals.service.models import Duty, Result, ServiceEntry, Way
from approvals.tickets.access import investors_of
from approvals.tickets.models import Ticket
from approvals.tickets.moving import clean_text
from approvals.tickets.opening import open_ticket
from projects.abilities import abilities
from projects.models import Project, ProjectState


def write_entry(
    *,
    project: Project,
    duty: str,
    done_on: date,
    text: str,
    shared: bool = False,
    way: str = "",
    result: str = "",
    by: Any,
    at: datetime,
) -> ServiceEntry:
    """One line of the log. Reports to the investor are always shared; what is shared goes to their inbox.

    `way` and `result` belong together: how the company was met on a return visit, and what came of it.
    """
    if "service.log" not in abilities(by, project):
        raise PermissionDenied("service.log")
    text = clean_text(text)
    if duty not in Duty.values:
        raise DomainError("duty_unknown", _("Choose which of the four duties this was."), field="duty")
    _check_visit(way, result)
    if not text:
        raise DomainError("text_missing", _("Write what was done."), field="text")
    _check_day(project, done_on, local_date(at))
    posting = acting_posting(by)
    with transaction.atomic():
        entry = ServiceEntry.objects.create(
            project=project, duty=duty, done_on=done_on, text=text, shared=shared or duty == Duty.FEEDBACK,
            way=way, result=result, by=by, by_name=by.get_full_name()[:60],
            office=(posting.unit_name if posting else "")[:120], unit=posting.division if posting else None,
            department=posting.department if posting else None, at=at,
            province_code=project.province_code, city_code=project.city_code, county_code=project.county_code,
        )  # fmt: skip
        audit.record(
            "service_logged", target=entry, by=by, at=at,
            after={
                "duty": duty, "done_on": done_on, "shared": entry.shared, "way": way, "result": result,
                "text": text[:200],
            },
        )  # fmt: skip
        if entry.shared:
            transaction.on_commit(lambda: _tell(entry, at))
    return entry


def _check_day(project: Project, done_on: date, on: date) -> None:
    """Refuse a day to come or before the signing, and a project whose log is closed."""
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


def _check_visit(way: str, result: str) -> None:
    if way and way not in Way.values:
        raise DomainError("way_unknown", _("Choose how the company was met."), field="way")
    if result and result not in Result.values:
        raise DomainError("result_unknown", _("Choose what the visit brought to light."), field="result")
    if way and not result:
        raise DomainError("result_missing", _("Choose what the visit brought to light."), field="result")
    if result and not way:
        raise DomainError(
            "way_missing", _("Choose how the company was met, or leave the result empty."), field="way"
        )


def may_take_up(user: Any, entry: ServiceEntry) -> bool:
    """Whoever writes the log of the project and opens its tickets."""
    return {"service.log", "tickets.open"} <= abilities(user, entry.project)


def take_up(*, entry: ServiceEntry, by: Any, at: datetime, **ticket: Any) -> Ticket:
    """Open the ticket of a problem found on a return visit; `ticket` as `open_ticket` takes it. Once per line."""
    if not may_take_up(by, entry):
        raise PermissionDenied("service.log")
    if entry.result != Result.PROBLEM:
        raise DomainError("no_problem", _("Only a problem taken up on a visit becomes a ticket."))
    with transaction.atomic():
        # held before the ticket is opened, so that the second of two leaves no files behind
        if ServiceEntry.objects.select_for_update().filter(pk=entry.pk, ticket=None).first() is None:
            raise StaleState("taken_up", _("This problem has its ticket already."))
        opened = open_ticket(project=entry.project, **ticket, by=by, at=at)
        ServiceEntry.objects.filter(pk=entry.pk).update(ticket=opened)
        audit.record(
            "service_taken_up", target=entry, by=by, at=at, after={"ticket": opened.number},
        )  # fmt: skip
    entry.refresh_from_db()
    return opened


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
