"""Meetings the regimes ask for once in a period: which kind meets which duty, what is due, what a held one counts for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.clock import BUSINESS_ZONE, end_of, local_date, start_of
from accounts.models import Obligation, ObligationState
from accounts.obligations import kinds
from accounts.obligations.services import deadline_rule, last_day_f, meet_for_period
from policy.calendar import WorkCalendar
from policy.periods import Period
from supervision.meetings.models import HOLD, MeetingKind, UnitMeeting, UnitMeetingState

# duty → the kind of meeting that meets it; the tier that owes it stands in the regime's rule
MEETS: dict[str, str] = {
    kinds.SYMPOSIUM: MeetingKind.SYMPOSIUM,
    kinds.JOINT_MEETING: MeetingKind.JOINT,
    kinds.TALK_CITY: MeetingKind.TALK,
    kinds.TALK_COUNTY: MeetingKind.TALK,
    kinds.STUDY_CITY: MeetingKind.STUDY,
    kinds.STUDY_COUNTY: MeetingKind.STUDY,
    kinds.LAND_MEETING: MeetingKind.LAND,
    kinds.FINANCE_MEETING: MeetingKind.FINANCE,
}
LABELS: dict[str, Any] = {
    kinds.SYMPOSIUM: gettext_lazy("Symposium"),
    kinds.JOINT_MEETING: gettext_lazy("Provincial joint meeting"),
    kinds.TALK_CITY: gettext_lazy("Government–company talk of the city"),
    kinds.TALK_COUNTY: gettext_lazy("Government–company talk of the county"),
    kinds.STUDY_CITY: gettext_lazy("City's study of how projects land"),
    kinds.STUDY_COUNTY: gettext_lazy("County's study of how projects land"),
    kinds.LAND_MEETING: gettext_lazy("Meeting on land"),
    kinds.FINANCE_MEETING: gettext_lazy("Meeting on finance"),
}


def register_duties() -> None:
    for code, label in LABELS.items():
        kinds.register(
            kinds.DutyKind(
                code=code,
                label=label,
                title=_title,
                button=gettext_lazy("Call the meeting"),
                url=lambda row: f"{reverse('meetings:new')}?duty={row.pk}",
                permission=HOLD,
                standing=_standing,
            )
        )


def codes_of(kind: str) -> list[str]:
    return [code for code, meets in MEETS.items() if meets == kind]


def period_of(row: Obligation) -> Period:
    return Period.parse(row.period)


def _title(row: Obligation) -> str:
    return _("Hold the meeting: %(what)s, %(period)s") % {
        "what": kinds.label_of(row.kind),
        "period": period_of(row).label,
    }


def _standing(row: Obligation) -> kinds.Standing:
    """A meeting called inside the period is said under the heading; only a recorded one takes the duty away."""
    meeting = called_for(row)
    if meeting is None:
        return kinds.Standing("")
    day = meeting.meets_at.astimezone(BUSINESS_ZONE)
    return kinds.Standing(_("called for %(day)s; it counts once recorded") % {"day": f"{day:%Y-%m-%d %H:%M}"})


def called_for(row: Obligation) -> UnitMeeting | None:
    """The next meeting of the unit that would meet this duty."""
    period = period_of(row)
    meetings = UnitMeeting.objects.filter(
        unit_id=row.unit_id, kind=MEETS[row.kind], state=UnitMeetingState.CALLED,
        meets_at__gte=start_of(period.first), meets_at__lt=end_of(period.last),
    )  # fmt: skip
    return meetings.order_by("meets_at").first()


def count_meeting(meeting: UnitMeeting, *, by: Any, at: datetime) -> list[dict[str, str]]:
    """Meet the duties this held meeting meets: of its kind, its unit and the period it lay in. Call inside `atomic`.

    The day it was held counts, as for the kickoff; when it was recorded is kept beside it. Returns what it counted for,
    also where an earlier meeting of the period has met the duty already.
    """
    on, counted = local_date(meeting.meets_at), []
    for code in codes_of(meeting.kind):
        rule = deadline_rule(meeting.unit, code, on)
        if rule is None or rule.per is None:
            continue
        period = Period.containing(rule.per, on)
        owed = Obligation.objects.live().filter(kind=code, unit=meeting.unit, period=str(period))
        if not owed.exists():
            continue
        meet_for_period(kind=code, unit=meeting.unit, period=period, met_at=meeting.meets_at, at=at, by=by)
        counted.append({"kind": code, "period": str(period)})
    return counted


def counted_words(meeting: UnitMeeting) -> list[str]:
    return [
        _("%(period)s: %(what)s") % {
            "period": Period.parse(one["period"]).label,
            "what": kinds.label_of(one["kind"]),
        }
        for one in meeting.counted
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """A duty to hold a meeting, as pages show it. `days_left` in working days, negative when overdue, None when met."""

    row: Obligation
    label: str
    period: str
    state: ObligationState
    days_left: int | None
    called: UnitMeeting | None

    @property
    def light(self) -> str:
        if self.days_left is None:
            return "done"
        if self.state == ObligationState.MISSING:
            return "red"
        return "blue" if self.days_left <= 10 else "none"


def due_rows(user: Any, on: date, *, units: list[str] | None = None) -> Any:
    """Open duties to hold meetings the user sees, nearest first; `units`: only of these."""
    rows = Obligation.objects.visible_to(user).open().filter(kind__in=kinds.MEETINGS).select_related("unit")
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    return rows.annotate(counts_on=last_day_f()).order_by(F("counts_on"), "unit_id", "pk")


def as_dues(rows: Iterable[Obligation], on: date, calendar: WorkCalendar) -> list[Due]:
    """All rows, each with the meeting already called for it. One query beside the rows."""
    rows = list(rows)
    found: dict[tuple[str, str], list[UnitMeeting]] = defaultdict(list)
    called = UnitMeeting.objects.filter(
        unit_id__in={row.unit_id for row in rows}, kind__in={MEETS[row.kind] for row in rows},
        state=UnitMeetingState.CALLED,
    )  # fmt: skip
    for meeting in called.order_by("meets_at"):
        found[meeting.unit_id, meeting.kind].append(meeting)
    dues = []
    for row in rows:
        period = period_of(row)
        inside = (one for one in found[row.unit_id, MEETS[row.kind]] if local_date(one.meets_at) in period)
        dues.append(as_due(row, on, calendar, called=next(inside, None)))
    return dues


def as_due(row: Obligation, on: date, calendar: WorkCalendar, *, called: UnitMeeting | None = None) -> Due:
    met = row.met_on is not None or bool(row.exempt_reason)
    return Due(
        row=row,
        label=kinds.label_of(row.kind),
        period=period_of(row).label,
        state=row.state(on),
        days_left=None if met else calendar.between(on, row.last_day),
        called=None if met else called,
    )
