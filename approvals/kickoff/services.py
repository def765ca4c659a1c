"""Recording a kickoff meeting: the minutes, the appointments it made, and the duty it meets, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, User
from accounts.obligations.kinds import KICKOFF
from accounts.obligations.services import meet_for_subject
from accounts.scope import require
from approvals.kickoff.models import Kickoff
from approvals.service.meetings import Agreed, open_agreed
from projects.models import Project, ProjectState
from projects.services.team import appoint

EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment made at the meeting: `user` where the person has an account, else `name` and `phone`."""

    role: str
    user: User | None = None
    name: str = ""
    phone: str = ""
    office: str = ""
    department: Department | None = None


def record_kickoff(
    *,
    project: Project,
    held_on: date,
    place: str,
    chair: str,
    attendees: str,
    minutes: str,
    appointments: Iterable[Appointment] = (),
    agreed: Iterable[Agreed] = (),
    by: Any,
    at: datetime,
) -> Kickoff:
    """Keep the meeting held on `held_on`; who was named there is appointed from that day on, and each matter agreed on
    becomes a ticket."""
    require(by, "kickoffs.record", project)
    _check(project, held_on, chair, minutes, local_date(at))
    try:
        with transaction.atomic():
            kickoff = Kickoff.objects.create(
                project=project,
                held_on=held_on,
                place=place.strip(),
                chair=chair.strip(),
                attendees=attendees.strip(),
                minutes=minutes.strip(),
                recorded_by=by,
                recorded_at=at,
                province_code=project.province_code,
                city_code=project.city_code,
                county_code=project.county_code,
            )
            for one in appointments:
                appoint(
                    project=project, role=one.role, user=one.user, name=one.name, phone=one.phone,
                    department=one.department, office=one.office, valid_from=held_on, by=by, at=at,
                )  # fmt: skip
            note = _("kickoff meeting of %(day)s") % {"day": held_on.isoformat()}
            opened = open_agreed(project, agreed, note=note, text=minutes, by=by, at=at)
            audit.record(
                "kickoff_recorded",
                target=kickoff,
                by=by,
                at=at,
                after={"held_on": held_on, "place": place, "chair": chair, "minutes": minutes}
                | ({"tickets": [row.number for row in opened]} if opened else {}),
            )
            meet_for_subject(kind=KICKOFF, subject=project, met_on=held_on, at=at, by=by)
    except IntegrityError as fault:
        if Kickoff.objects.filter(project=project).exists():
            raise _recorded_already() from fault
        raise
    return kickoff


def _check(project: Project, held_on: date, chair: str, minutes: str, on: date) -> None:
    if Kickoff.objects.filter(project=project).exists():
        raise _recorded_already()
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise StaleState(
            "project_ended", _("This project has ended; no kickoff meeting is recorded any more.")
        )
    if held_on > on:
        raise DomainError(
            "held_in_future",
            _("This day has not come yet. Record the meeting after it was held."),
            field="held_on",
        )
    if held_on < EARLIEST:
        raise DomainError("day_unlikely", _("This year cannot be right. Please check it."), field="held_on")
    if project.signed_on is not None and held_on < project.signed_on:
        raise DomainError(
            "held_before_signing",
            _("The project was signed on %(day)s; the meeting cannot lie before.")
            % {"day": project.signed_on},
            field="held_on",
        )
    if not chair.strip():
        raise DomainError("chair_missing", _("Say who chaired the meeting."), field="chair")
    if not minutes.strip():
        raise DomainError("minutes_missing", _("Write down what was decided."), field="minutes")


def _recorded_already() -> StaleState:
    return StaleState("recorded_already", _("The kickoff meeting of this project has been recorded already."))
