"""Problem meetings (碰头会): called by leader or officer, recorded with what was agreed, looked at again (H8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, notify
from accounts.clock import BUSINESS_ZONE, local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department
from accounts.notify import STORED_LANGUAGE
from approvals.service.models import MeetingState, ProblemMeeting
from approvals.tickets.access import investors_of
from approvals.tickets.models import Ticket, TicketSource
from approvals.tickets.moving import clean_text, reason_of
from approvals.tickets.opening import open_ticket
from projects.abilities import abilities
from projects.models import Assignment, Project, ProjectState
from projects.text import clean

# Where a refusal about a ticket is shown on the form of a meeting.
FIELD_OF_LINE = {"title": "matter", "kind": "kind", "department": "office", "due_on": "due"}


@dataclass(frozen=True, slots=True)
class Agreed:
    """One matter agreed at a meeting; it becomes a ticket. `agreed_there`: the company sat there and agreed.

    `line`: which line of the form it stood on, so that a refusal is shown there.
    """

    title: str
    kind: str
    department: Department | None = None
    due_on: date | None = None
    agreed_there: bool = True
    line: int = 0


def open_agreed(
    project: Project, agreed: Iterable[Agreed], *, note: str, text: str, by: Any, at: datetime
) -> list[Ticket]:
    """Open the tickets a meeting agreed on, inside the caller's transaction."""
    opened = []
    for one in agreed:
        try:
            ticket = open_ticket(
                project=project, kind=one.kind, title=one.title, text=text, source=TicketSource.MEETING,
                source_note=note, due_on=one.due_on, department=one.department, agreed_there=one.agreed_there, by=by,
                at=at,
            )  # fmt: skip
        except DomainError as refusal:
            if one.line and refusal.field in FIELD_OF_LINE:
                refusal.field = f"{FIELD_OF_LINE[refusal.field]}_{one.line}"
            elif refusal.field == "text":
                refusal.field = "minutes"  # they are the text of every ticket
            raise
        opened.append(ticket)
    return opened


def call_meeting(
    *,
    project: Project,
    subject: str,
    meets_at: datetime,
    place: str,
    invited: str = "",
    by: Any,
    at: datetime,
) -> ProblemMeeting:
    """Call a meeting; everybody of the team who has an account hears of it, the investor too."""
    _require(by, project)
    subject, place, invited = clean(subject), clean(place), clean(invited)
    if not subject:
        raise DomainError("subject_missing", _("Say what the meeting is about."), field="subject")
    if not place:
        raise DomainError("place_missing", _("Say where the meeting is."), field="place")
    if meets_at <= at:
        raise DomainError("meets_in_past", _("This moment has passed. Choose a later one."), field="meets_at")
    if (meets_at - at).days > 366:
        raise DomainError(
            "meets_too_late", _("This is more than a year ahead. Check the date."), field="meets_at"
        )
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise StaleState("project_ended", _("This project has ended; no meeting is called for it."))
    with transaction.atomic():
        meeting = ProblemMeeting.objects.create(
            project=project, subject=subject[:120], meets_at=meets_at, place=place[:120], invited=invited[:300],
            called_by=by, called_at=at, province_code=project.province_code, city_code=project.city_code,
            county_code=project.county_code,
        )  # fmt: skip
        audit.record(
            "meeting_called", target=meeting, by=by, at=at,
            after={"subject": subject, "meets_at": meets_at.isoformat(), "place": place},
        )  # fmt: skip
        transaction.on_commit(lambda: _tell(meeting, by, at))
    return meeting


def record_meeting(
    *,
    meeting: ProblemMeeting,
    minutes: str,
    agreed: Iterable[Agreed] = (),
    follow_up_on: date | None = None,
    by: Any,
    at: datetime,
) -> ProblemMeeting:
    """What was decided: the minutes, the tickets it opened and the day to look at it again, together or not at all."""
    _require(by, meeting.project)
    minutes = clean_text(minutes)
    if not minutes:
        raise DomainError("minutes_missing", _("Write down what was decided."), field="minutes")
    if meeting.meets_at > at:
        raise DomainError(
            "not_held_yet", _("The meeting has not been held yet. Record it afterwards, or call it off.")
        )
    if follow_up_on is not None and follow_up_on <= local_date(at):
        raise DomainError("follow_up_in_past", _("Choose a day after today."), field="follow_up_on")
    note = _("meeting of %(day)s") % {"day": f"{meeting.meets_at.astimezone(BUSINESS_ZONE):%Y-%m-%d}"}
    with transaction.atomic():
        _move(meeting, MeetingState.HELD, by, at, minutes=minutes, follow_up_on=follow_up_on)
        opened = open_agreed(meeting.project, agreed, note=note, text=minutes, by=by, at=at)
        audit.record(
            "meeting_recorded", target=meeting, by=by, at=at,
            after={"minutes": minutes[:300], "follow_up_on": follow_up_on, "tickets": [row.number for row in opened]},
        )  # fmt: skip
    return meeting


def cancel_meeting(*, meeting: ProblemMeeting, reason: str, by: Any, at: datetime) -> ProblemMeeting:
    _require(by, meeting.project)
    reason = reason_of(reason)
    with transaction.atomic():
        _move(meeting, MeetingState.CANCELLED, by, at, minutes=reason)
        audit.record("meeting_cancelled", target=meeting, by=by, at=at, reason=reason)
        transaction.on_commit(lambda: _tell(meeting, by, at))
    return meeting


def follow_up(*, meeting: ProblemMeeting, note: str, by: Any, at: datetime) -> ProblemMeeting:
    """Looked at again: what became of it."""
    _require(by, meeting.project)
    note = clean_text(note)
    if not note:
        raise DomainError("note_missing", _("Write what became of it."), field="note")
    with transaction.atomic():
        rows = ProblemMeeting.objects.filter(
            pk=meeting.pk, state=MeetingState.HELD, follow_up_on__isnull=False, followed_at=None
        )
        if not rows.update(followed_at=at, follow_note=note):
            raise StaleState("followed_already", _("This was looked at already. Reload the page."))
        meeting.refresh_from_db()
        audit.record("meeting_followed", target=meeting, by=by, at=at, after={"note": note[:300]})
    return meeting


def may_meet(user: Any, project: Project) -> bool:
    return "service.meet" in abilities(user, project)


def _require(by: Any, project: Project) -> None:
    if not may_meet(by, project):
        raise PermissionDenied("service.meet")


def _move(meeting: ProblemMeeting, state: str, by: Any, at: datetime, **changes: Any) -> None:
    rows = ProblemMeeting.objects.filter(pk=meeting.pk, state=MeetingState.CALLED)
    if not rows.update(state=state, closed_by=by, closed_at=at, **changes):
        raise StaleState("meeting_closed", _("This meeting has been recorded or called off already."))
    meeting.refresh_from_db()


def _tell(meeting: ProblemMeeting, by: Any, at: datetime) -> None:
    on = local_date(at)
    team = Assignment.objects.current(on).filter(project_id=meeting.project_id, user__is_active=True)
    people = {row.user_id: row.user for row in team.select_related("user") if row.user is not None}
    people |= {user.pk: user for user in investors_of(meeting.project, on)}
    people.pop(by.pk, None)
    when = f"{meeting.meets_at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"
    with override(STORED_LANGUAGE):
        if meeting.state == MeetingState.CANCELLED:
            title = _("Meeting called off: %(what)s") % {"what": meeting.subject}
            text = meeting.minutes
        else:
            title = _("Meeting: %(what)s") % {"what": meeting.subject}
            text = _("%(when)s, %(place)s. %(project)s") % {
                "when": when, "place": meeting.place, "project": meeting.project.name,
            }  # fmt: skip
    notify.tell(
        people.values(), key=f"meeting:{meeting.pk}:{meeting.state}", kind="meeting", title=title, text=text[:300],
        url=reverse("projects:tab", args=[meeting.project_id, "service"]), at=at,
    )  # fmt: skip
