"""Call a meeting, change it, call it off."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division
from approvals.tickets.moving import clean_text
from projects.models import Project
from projects.text import clean
from supervision.meetings import telling
from supervision.meetings.access import Invited, people_told, require_hold
from supervision.meetings.models import (
    MeetingChange,
    MeetingInvitee,
    MeetingKind,
    UnitMeeting,
    UnitMeetingState,
)

AHEAD_DAYS = 366
BEHIND_DAYS = 92  # a meeting held before anybody called it here may still be entered: a quarter back
LONGEST_HOURS = 72
MOST_INVITED = 200
SAME_CLICK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is told about a meeting before it is held. `ends_at` None: an hour is assumed where an end is needed."""

    subject: str
    meets_at: datetime
    place: str
    ends_at: datetime | None = None
    agenda: str = ""
    projects: tuple[Project, ...] = ()
    invited: Invited = field(default_factory=Invited)


def call_meeting(*, unit: Division, kind: str, plan: Plan, by: Any, at: datetime) -> UnitMeeting:
    """Call a meeting of `unit`; whoever is invited hears of it. One that has been held already may be entered up to a
    quarter back, so that its minutes can be recorded; then nobody is invited any more."""
    require_hold(by, unit)
    if kind not in MeetingKind.values:
        raise DomainError("kind_unknown", _("Choose what kind of meeting it is."), field="kind")
    fields = _checked(plan, at)
    if plan.meets_at < at - timedelta(days=BEHIND_DAYS):
        raise DomainError(
            "meets_too_early",
            _("This is more than %(n)d days back. Check the date.") % {"n": BEHIND_DAYS},
            field="day",
        )
    with transaction.atomic():
        Division.objects.select_for_update(no_key=True).get(pk=unit.pk)  # two clicks come one after the other
        if (sent := _sent_already(unit, kind, fields, plan, by, at)) is not None:
            return sent
        meeting = UnitMeeting.objects.create(
            unit=unit, kind=kind, called_by=by, called_at=at, changed_at=at, **fields, **unit.codes
        )
        meeting.projects.set(plan.projects)
        _invite(meeting, plan.invited)
        audit.record(
            "unit_meeting_called", target=meeting, by=by, at=at,
            after={"kind": kind, **_facts(meeting), "invited": _names(plan.invited)},
        )  # fmt: skip
        if plan.meets_at > at:
            transaction.on_commit(lambda: telling.tell_called(meeting, by, at))
    return meeting


def _sent_already(
    unit: Division, kind: str, fields: dict[str, Any], plan: Plan, by: Any, at: datetime
) -> UnitMeeting | None:
    """The meeting this very form has called a moment ago (a doubled click): nobody is invited twice."""
    rows = UnitMeeting.objects.filter(
        unit=unit,
        kind=kind,
        called_by=by,
        state=UnitMeetingState.CALLED,
        called_at__gt=at - SAME_CLICK,
        **fields,
    )
    wanted, projects = sorted(_names(plan.invited)), {project.pk for project in plan.projects}
    for one in rows:
        same = sorted(invitee.name for invitee in one.invitees.all()) == wanted
        if same and set(one.projects.values_list("pk", flat=True)) == projects:
            return one
    return None


def change_meeting(
    *, meeting: UnitMeeting, turn: int | None, plan: Plan, reason: str, by: Any, at: datetime
) -> UnitMeeting:
    """Another time, place, agenda or other people, with the reason; everybody concerned hears of it."""
    require_hold(by, meeting.unit_id)
    reason = reason_of(reason)
    fields = _checked(plan, at)
    if plan.meets_at < at and plan.meets_at != meeting.meets_at:
        raise DomainError("meets_in_past", _("This moment has passed. Choose a later one."), field="day")
    told = {one.pk: one for one in people_told(meeting, local_date(at))}
    before = _facts(meeting) | {"invited": [one.name for one in meeting.invitees.all()]}
    with transaction.atomic():
        move(meeting, turn, UnitMeetingState.CALLED, at, sequence=F("sequence") + 1, **fields)
        meeting.projects.set(plan.projects)
        _invite(meeting, plan.invited)
        MeetingChange.objects.create(
            meeting=meeting, reason=reason, was_at=before["meets_at"], now_at=meeting.meets_at,
            was_place=before["place"], now_place=meeting.place, by=by, by_name=str(by)[:60], at=at,
        )  # fmt: skip
        audit.record(
            "unit_meeting_changed", target=meeting, by=by, at=at, reason=reason, before=before,
            after=_facts(meeting) | {"invited": _names(plan.invited)},
        )  # fmt: skip
        still = {one.pk for one in people_told(meeting, local_date(at))}
        dropped = [person for pk, person in told.items() if pk not in still and pk != by.pk]
        transaction.on_commit(lambda: telling.tell_changed(meeting, reason, dropped, by, at))
    return meeting


def cancel_meeting(
    *, meeting: UnitMeeting, turn: int | None, reason: str, by: Any, at: datetime
) -> UnitMeeting:
    """Call it off; it stays in the calendar, struck out, and in people's feeds as cancelled."""
    require_hold(by, meeting.unit_id)
    reason = reason_of(reason)
    with transaction.atomic():
        move(
            meeting, turn, UnitMeetingState.CANCELLED, at, sequence=F("sequence") + 1, cancel_reason=reason,
            closed_by=by, closed_at=at,
        )  # fmt: skip
        audit.record(
            "unit_meeting_cancelled", target=meeting, by=by, at=at, reason=reason,
            before={"state": UnitMeetingState.CALLED}, after={"state": meeting.state},
        )  # fmt: skip
        transaction.on_commit(lambda: telling.tell_ended(meeting, by, at))
    return meeting


def move(meeting: UnitMeeting, turn: int | None, state: str, at: datetime, **changes: Any) -> None:
    """Compare-and-set on a called meeting as the person saw it. Call inside `atomic`."""
    rows = UnitMeeting.objects.filter(pk=meeting.pk, state=UnitMeetingState.CALLED)
    if turn is not None:
        rows = rows.filter(turn=turn)
    if not rows.update(state=state, turn=F("turn") + 1, changed_at=at, **changes):
        meeting.refresh_from_db()
        if meeting.state != UnitMeetingState.CALLED:
            raise StaleState(
                "meeting_closed",
                _("This meeting is %(state)s by now; see below what happened.")
                % {"state": meeting.get_state_display()},
            )
        raise StaleState(
            "meeting_changed",
            _("Somebody changed this meeting meanwhile. Look at it as it stands now and save again."),
        )
    meeting.refresh_from_db()


def reason_of(text: str) -> str:
    text = clean(text)[:300]
    if not text:
        raise DomainError("reason_missing", _("Say why; everybody invited reads it."), field="reason")
    return text


def _checked(plan: Plan, at: datetime) -> dict[str, Any]:
    subject, place = clean(plan.subject), clean(plan.place)
    if not subject:
        raise DomainError("subject_missing", _("Say what the meeting is about."), field="subject")
    if not place:
        raise DomainError("place_missing", _("Say where the meeting is."), field="place")
    if (plan.meets_at - at).days > AHEAD_DAYS:
        raise DomainError("meets_too_late", _("This is more than a year ahead. Check the date."), field="day")
    if plan.ends_at is not None and not (
        timedelta(0) < plan.ends_at - plan.meets_at <= timedelta(hours=LONGEST_HOURS)
    ):
        raise DomainError("ends_wrong", _("The end must come after the beginning."), field="until")
    if len(plan.invited.rows()) > MOST_INVITED:
        raise DomainError(
            "too_many_invited",
            _("At most %(n)d can be invited; invite units instead of people.") % {"n": MOST_INVITED},
            field="companies",
        )
    return {
        "subject": subject[:120], "place": place[:120], "meets_at": plan.meets_at, "ends_at": plan.ends_at,
        "agenda": clean_text(plan.agenda),
    }  # fmt: skip


def _invite(meeting: UnitMeeting, invited: Invited) -> None:
    """Make the list of invitees what `invited` says; those who stay keep their row."""
    wanted = invited.rows()
    held = {(one.kind, one.name): one for one in meeting.invitees.all()}
    gone = [row.pk for key, row in held.items() if key not in wanted]
    MeetingInvitee.objects.filter(pk__in=gone).delete()
    MeetingInvitee.objects.bulk_create(
        MeetingInvitee(meeting=meeting, kind=kind, name=name[:120], **fields)
        for (kind, name), fields in wanted.items()
        if (kind, name) not in held
    )


def _names(invited: Invited) -> list[str]:
    return [name for _kind, name in invited.rows()]


def _facts(meeting: UnitMeeting) -> dict[str, Any]:
    return {
        "subject": meeting.subject,
        "meets_at": meeting.meets_at,
        "ends_at": meeting.ends_at,
        "place": meeting.place,
        "agenda": meeting.agenda[:300],
    }


def companies_of(lines: Iterable[str]) -> tuple[str, ...]:
    """Names one per line, without blanks and doubles, in their order."""
    return tuple(dict.fromkeys(clean(line)[:120] for line in lines if clean(line)))
