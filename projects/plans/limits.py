"""How far a plan may move without the tier above: the regime's limit, and how a shift is measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from policy.calendar import ONE_DAY, WorkCalendar
from policy.services import current_calendar
from projects.models import ChangeState, Milestone, Party, Pause, PlanShift, Project
from projects.regime import regime_of

RULE = "plan_change_limit"


@dataclass(frozen=True, slots=True)
class Limit:
    """`days`: working days a plan may lie behind the first one, cumulative (inclusive), without the tier above."""

    rule_id: str
    days: int
    basis: str


@dataclass(frozen=True, slots=True)
class Shift:
    """One key point's move. `days`: working days `wanted_on` lies behind `from_on`; negative or 0: not later."""

    point: Milestone
    was_on: date
    wanted_on: date
    from_on: date
    days: int


def limit_for(project: Project, on: date) -> Limit | None:
    """The limit of the project's regime in force on `on`; None where it sets none."""
    regime = regime_of(project.division)
    if not regime.has_rule(RULE, on):
        return None
    rule = regime.rule(RULE, on)
    return Limit(rule.id, int(rule["shift_days"]), rule.basis.text)


def counted_from(points: Iterable[Milestone]) -> dict[int, date]:
    """{milestone id: the day shifts are counted from}: the plan the tier above approved last, else the first plan."""
    rows = list(points)
    found = {row.pk: row.baseline_on or row.planned_on for row in rows}
    approved = PlanShift.objects.filter(
        milestone__in=rows, change__state=ChangeState.APPROVED, change__is_beyond=True
    ).order_by("change__decided_at", "change_id")
    found |= dict(approved.values_list("milestone_id", "wanted_on"))
    return {pk: day for pk, day in found.items() if day is not None}


def shifted_days(
    from_on: date, wanted_on: date, pauses: Iterable[Pause], calendar: WorkCalendar, on: date
) -> int:
    """Working days from `from_on` (not counted) to `wanted_on` (counted), without those of recorded pauses.

    A pause the organ itself caused excuses nothing; an open one counts up to `on`.
    """
    days = calendar.between(from_on, wanted_on)
    if days <= 0:
        return days
    for pause in pauses:
        if pause.party == Party.ORGAN:
            continue
        first = max(from_on, pause.starts_on - ONE_DAY)
        last = min(wanted_on, (pause.resumed_on or on) - ONE_DAY)
        if last > first:
            days -= calendar.between(first, last)
    return days


def shifts_of(
    project: Project, points: Iterable[Milestone], wanted: Mapping[str, date], on: date
) -> list[Shift]:
    """The moves `wanted` ({code: new plan}) means, of key points that have a plan and get another. Two queries."""
    moved = [
        point
        for point in points
        if point.planned_on and point.code in wanted and wanted[point.code] != point.planned_on
    ]
    if not moved:
        return []
    start, pauses, calendar = counted_from(moved), list(project.pauses.all()), current_calendar()
    found = []
    for point in sorted(moved, key=lambda row: row.position):
        was_on, new_on = point.planned_on, wanted[point.code]
        if was_on is None:
            continue
        from_on = start.get(point.pk, was_on)
        found.append(
            Shift(point, was_on, new_on, from_on, shifted_days(from_on, new_on, pauses, calendar, on))
        )
    return found


def beyond(shifts: Iterable[Shift], limit: Limit | None) -> list[Shift]:
    """Moves that only the tier above may allow: later than now, and later than the limit."""
    if limit is None:
        return []
    return [one for one in shifts if one.days > limit.days and one.wanted_on > one.was_on]
