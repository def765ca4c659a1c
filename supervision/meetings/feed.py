"""What stands in one person's calendar file: their meetings, what they look at again, what they have to do by a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.obligations import kinds
from accounts.permissions import PERMISSIONS
from accounts.scope import current_postings
from approvals.service import queries as service
from approvals.service.models import MeetingState, ProblemMeeting
from supervision.meetings import queries
from supervision.meetings.access import holding_units
from supervision.meetings.duties import due_rows, period_of
from supervision.meetings.ics import Event
from supervision.meetings.models import ITEM_ROADS, AgreedItem, UnitMeeting, UnitMeetingState

BACK, AHEAD = timedelta(days=180), timedelta(days=400)
MOST = 500  # of each kind
DOMAIN = "signed-project-supervision"


def events(user: Any, base: str, at: datetime) -> Iterator[Event]:
    """Everything of the person around `at`; `base` is the address of this site, without a slash at its end."""
    yield from unit_meetings(user, base, at)
    yield from _project_meetings(user, base, at)
    yield from _agreed(user, base, at)
    yield from _duties(user, base, at)


def event_of(meeting: UnitMeeting, base: str) -> Event:
    """One meeting; its UID and SEQUENCE make a moved one replace what a calendar holds."""
    state = meeting.state
    lead = _("called off") + "：" if state == UnitMeetingState.CANCELLED else ""
    told = [
        f"{meeting.unit.name} · {meeting.get_kind_display()}",
        meeting.cancel_reason,
        meeting.agenda[:500],
    ]
    return Event(
        uid=f"unit-meeting-{meeting.pk}@{DOMAIN}", starts=meeting.meets_at, ends=meeting.ends_at,
        summary=lead + meeting.subject, stamp=meeting.changed_at, location=meeting.place,
        description="\n".join(line for line in told if line), sequence=meeting.sequence,
        url=base + reverse("meetings:detail", args=[meeting.pk]), cancelled=state == UnitMeetingState.CANCELLED,
        categories=(str(meeting.get_kind_display()),),
    )  # fmt: skip


def unit_meetings(user: Any, base: str, at: datetime) -> Iterator[Event]:
    rows = UnitMeeting.objects.visible_to(user).filter(
        queries.own_q(user), meets_at__gte=at - BACK, meets_at__lte=at + AHEAD
    )
    for row in rows.select_related("unit").order_by("-meets_at")[:MOST]:
        yield event_of(row, base)


def _project_meetings(user: Any, base: str, at: datetime) -> Iterator[Event]:
    """Meetings about the person's own projects, and the days on which they look at one again."""
    rows = ProblemMeeting.objects.visible_to(user).filter(
        project__in=service.own_projects(user), meets_at__gte=at - BACK, meets_at__lte=at + AHEAD
    )
    for row in rows.select_related("project").order_by("-meets_at")[:MOST]:
        url = base + reverse("service:meeting", args=[row.pk])
        gone = row.state == MeetingState.CANCELLED
        stamp = row.closed_at or row.called_at
        yield Event(
            uid=f"project-meeting-{row.pk}@{DOMAIN}", starts=row.meets_at, summary=row.subject, stamp=stamp,
            location=row.place, description=row.project.name, sequence=1 if row.closed_at else 0, url=url,
            cancelled=gone,
        )  # fmt: skip
        if row.follow_up_on and not row.followed_at and not gone:
            yield Event(
                uid=f"follow-up-{row.pk}@{DOMAIN}", starts=row.follow_up_on, stamp=stamp, url=url, busy=False,
                summary=_("Look at it again: %(what)s") % {"what": row.subject}, description=row.project.name,
            )  # fmt: skip


def my_items(user: Any) -> Any:
    """Open agreed items the person answers for: given to them, to their department, or to the office of their unit."""
    found = Q(matter__person_id=user.pk) | Q(ticket__person_id=user.pk)
    for posting in current_postings(user):
        held = PERMISSIONS[posting.role]
        if "matters.handle" not in held:
            continue
        if posting.department_id:
            found |= Q(matter__department_id=posting.department_id)
            found |= Q(ticket__department_id=posting.department_id)
        if "meetings.hold" in held:  # the competent office answers for the unit as a whole
            found |= Q(matter__unit_id=posting.division_id, matter__department=None)
            found |= Q(meeting__unit_id=posting.division_id, matter__isnull=False)
    rows = AgreedItem.objects.open().filter(found)
    return rows.select_related(*ITEM_ROADS).distinct()


def _agreed(user: Any, base: str, at: datetime) -> Iterator[Event]:
    for item in my_items(user).order_by("pk")[:MOST]:
        if item.counts_on is None:
            continue
        lead = item.matter or item.ticket
        stamp = item.matter.issued_at if item.matter else item.ticket.opened_at
        yield Event(
            uid=f"agreed-item-{item.pk}@{DOMAIN}", starts=item.counts_on, stamp=stamp, busy=False,
            summary=_("Last day: %(what)s") % {"what": item.title},
            description=f"{item.owner_name}\n{item.meeting.number} {item.meeting.subject}",
            sequence=lead.turn if lead else 0, url=base + reverse("meetings:detail", args=[item.meeting_id]),
        )  # fmt: skip


def _duties(user: Any, base: str, at: datetime) -> Iterator[Event]:
    """Last days of the regime's meetings that the person's unit still owes."""
    units = [unit.pk for unit in holding_units(user)]
    rows = due_rows(user, local_date(at), units=units)
    for row in rows.filter(due_on__gte=local_date(at - BACK), due_on__lte=local_date(at + AHEAD))[:MOST]:
        yield Event(
            uid=f"meeting-duty-{row.pk}@{DOMAIN}", starts=row.last_day, stamp=row.made_at, busy=False,
            summary=_("Last day: %(what)s") % {"what": f"{kinds.label_of(row.kind)} {period_of(row).label}"},
            description=row.unit.name, sequence=1 if row.extended_to else 0,
            url=base + reverse("duties:detail", args=[row.pk]),
        )  # fmt: skip
