"""Reading meetings: lists, what the calendar shows on each day, attendance over a year."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import end_of, local_date, start_of
from accounts.models import Obligation
from accounts.obligations import kinds
from accounts.obligations.services import last_day_f
from accounts.permissions import PERMISSIONS, ROW_SCOPE, RowScope
from accounts.scope import current_postings, holds, own_rows_q
from approvals.kickoff.models import Kickoff
from approvals.service.models import ProblemMeeting
from policy.periods import Period
from projects.models import Project
from supervision.meetings.duties import period_of
from supervision.meetings.models import (
    VIEW,
    Attendance,
    InviteeKind,
    MeetingInvitee,
    UnitMeeting,
    UnitMeetingState,
    invited_ids,
)

MOST_IN_A_MONTH = 600


def area_units(user: Any) -> list[str]:
    """Codes of the units whose office the user sits in, as far as they may see meetings."""
    return [
        one.division_id
        for one in current_postings(user)
        if VIEW in PERMISSIONS[one.role] and ROW_SCOPE[one.role] is RowScope.AREA
    ]


def own_q(user: Any) -> Q:
    """Meetings of the user's own units and those they are invited to; for people without an area, all they see."""
    units = area_units(user)
    return Q(unit_id__in=units) | Q(pk__in=invited_ids(user)) if units else Q()


def listed(user: Any, *, own: bool = False) -> QuerySet[UnitMeeting]:
    rows = UnitMeeting.objects.visible_to(user).select_related("unit", "called_by")
    if own:
        rows = rows.filter(own_q(user))
    return rows.annotate(
        item_count=Count("items", distinct=True),
        invited_count=Count("invitees", distinct=True),
        missed_count=Count("invitees", filter=Q(invitees__attendance=Attendance.ABSENT), distinct=True),
        late_count=Count("invitees", filter=Q(invitees__attendance=Attendance.LATE), distinct=True),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line in a day of the calendar. `state`: called, held, cancelled, due, missing or done. `at` None: all day."""

    day: date
    at: datetime | None
    label: str
    title: str
    url: str
    state: str
    place: str = ""
    unit: str = ""


@dataclass(slots=True)
class Day:
    """One cell of the month; `kind` is a DayKind, `inside` whether it belongs to the month."""

    day: date
    kind: str
    inside: bool
    entries: list[Entry] = field(default_factory=list)


def entries(user: Any, first: date, last: date, *, own: bool, kind: str = "") -> dict[date, list[Entry]]:
    """What the user sees on each day of first … last, both inclusive: unit meetings, meetings about one project,
    kickoffs held, and the last days of duties to hold one. `kind`: a MeetingKind, then only such meetings."""
    found: dict[date, list[Entry]] = defaultdict(list)
    roads: list[Iterable[Entry]] = [_unit_meetings(user, first, last, own, kind)]
    if not kind:
        roads += [
            _problem_meetings(user, first, last, own),
            _kickoffs(user, first, last, own),
            _duties(user, first, last, own),
        ]
    for road in roads:
        for entry in road:
            found[entry.day].append(entry)
    for rows in found.values():
        rows.sort(key=lambda one: (one.at is None, one.at or start_of(one.day), one.title))
    return found


def _unit_meetings(user: Any, first: date, last: date, own: bool, kind: str) -> Iterator[Entry]:
    rows = UnitMeeting.objects.visible_to(user).filter(
        meets_at__gte=start_of(first), meets_at__lt=end_of(last)
    )
    if own:
        rows = rows.filter(own_q(user))
    if kind:
        rows = rows.filter(kind=kind)
    for row in rows.select_related("unit").order_by("meets_at")[:MOST_IN_A_MONTH]:
        yield Entry(
            day=local_date(row.meets_at), at=row.meets_at, label=row.get_kind_display(), title=row.subject,
            url=reverse("meetings:detail", args=[row.pk]), state=row.state, place=row.place, unit=row.unit.short_name,
        )  # fmt: skip


def of_projects(user: Any, rows: Any, own: bool) -> Any:
    """Meetings about single projects; `own`: of the user's own units' projects, where they have units."""
    rows = rows.visible_to(user)
    return rows.filter(own_rows_q(user, VIEW)) if own and area_units(user) else rows


def _problem_meetings(user: Any, first: date, last: date, own: bool) -> Iterator[Entry]:
    """Called by leader or officer of a project; their pages are those of the service log."""
    if not holds(user, "service.view"):
        return
    rows = of_projects(user, ProblemMeeting.objects, own).filter(
        meets_at__gte=start_of(first), meets_at__lt=end_of(last)
    )
    for row in rows.select_related("project").order_by("meets_at")[:MOST_IN_A_MONTH]:
        yield Entry(
            day=local_date(row.meets_at), at=row.meets_at, label=_("meeting about a project"), title=row.subject,
            url=reverse("service:meeting", args=[row.pk]), state=row.state, place=row.place, unit=row.project.name,
        )  # fmt: skip


def _kickoffs(user: Any, first: date, last: date, own: bool) -> Iterator[Entry]:
    rows = of_projects(user, Kickoff.objects, own).filter(held_on__gte=first, held_on__lte=last)
    for row in rows.select_related("project").order_by("held_on")[:MOST_IN_A_MONTH]:
        yield Entry(
            day=row.held_on, at=None, label=_("kickoff meeting"), title=row.project.name,
            url=reverse("kickoffs:record", args=[row.project_id]),
            state=UnitMeetingState.HELD, place=row.place,
        )  # fmt: skip


def _duties(user: Any, first: date, last: date, own: bool) -> Iterator[Entry]:
    """One line for each duty of the own units; over an area one line for all units that owe the same."""
    rows = (
        Obligation.objects.visible_to(user)
        .live()
        .filter(kind__in=kinds.MEETINGS)
        .annotate(counts_on=last_day_f())
        .filter(counts_on__gte=first, counts_on__lte=last)
    )
    if own:
        rows = rows.filter(unit_id__in=area_units(user))
        for row in rows.select_related("unit").order_by("kind", "unit_id"):
            met = row.met_on is not None or row.exempt_reason
            yield Entry(
                day=row.last_day, at=None, label=_("last day"),
                title=f"{kinds.label_of(row.kind)} {period_of(row).label}",
                url=reverse("duties:detail", args=[row.pk]), state="done" if met else "due", unit=row.unit.short_name,
            )  # fmt: skip
        return
    grouped = rows.values("kind", "period", "counts_on").annotate(
        all=Count("pk"), open=Count("pk", filter=Q(met_on=None, exempt_reason=""))
    )
    for one in grouped.order_by("kind", "period"):
        words = {"what": kinds.label_of(one["kind"]), "period": Period.parse(one["period"]).label}
        words |= {"all": one["all"], "open": one["open"]}
        yield Entry(
            day=one["counts_on"], at=None, label=_("last day"),
            title=_("%(what)s %(period)s: %(all)d units, %(open)d to be held") % words,
            url=f"{reverse('meetings:due')}?kind={one['kind']}&period={one['period']}&state=all",
            state="due" if one["open"] else "done",
        )  # fmt: skip


def attendance(user: Any, year: int, *, kind: str = "", who: str = "") -> Any:
    """Who was asked to come how often and came, over the meetings held in a year that the user sees; worst first."""
    rows: Any = MeetingInvitee.objects.filter(
        meeting__in=UnitMeeting.objects.visible_to(user).filter(
            own_q(user), state=UnitMeetingState.HELD, meets_at__gte=start_of(date(year, 1, 1)),
            meets_at__lt=start_of(date(year + 1, 1, 1)),
        )
    )  # fmt: skip
    if kind:
        rows = rows.filter(meeting__kind=kind)
    if who:
        rows = rows.filter(kind=who)
    counts: Any = {code: Count("pk", filter=Q(attendance=code)) for code in Attendance.values}
    return (
        rows.order_by()
        .values("kind", "name")
        .annotate(asked=Count("pk"), **counts)
        .order_by("-absent", "-late", "-asked", "kind", "name")
    )


def coming_for(project: Project, at: datetime) -> list[UnitMeeting]:
    """Meetings still to come to which the project's company is invited, the next one first; for the company's own page,
    which has asked whether the project is open to the person."""
    if project.company is None:
        return []
    invited = MeetingInvitee.objects.filter(kind=InviteeKind.COMPANY, name=project.company.name)
    rows = UnitMeeting.objects.filter(
        pk__in=invited.values("meeting_id"), state=UnitMeetingState.CALLED, meets_at__gte=at
    )
    found = rows.select_related("unit").order_by("meets_at")
    return [one for one in found[:20] if project.division.path.startswith(one.unit.path)]
