"""Dates of the key points: first plan, plan in force, forecast, actual, each kept (H14, design.md §4)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.scope import require
from policy.periods import last_day_of_month
from projects.due import refresh_due
from projects.models import (
    ChangeReason,
    ChangeState,
    DatePrecision,
    Milestone,
    MilestoneCode,
    Party,
    Project,
    ProjectState,
)
from projects.plans.limits import Shift, beyond, limit_for, shifts_of
from projects.plans.writing import write_change
from projects.services.registry import locked
from projects.services.versions import refuse_if_clash, save_version
from projects.text import clean, plain
from projects.units import host_unit, unit_above

FIELDS = (
    "planned_on",
    "forecast_on",
    "actual_on",
    "actual_precision",
    "responsible",
    "delay_party",
    "delay_reason",
)
EARLIEST = date(1990, 1, 1)
Faults = dict[str, str]


def set_milestones(
    *,
    project: Project,
    changes: dict[str, dict[str, Any]],
    version: int,
    reason: str = "",
    cause: str = "",
    party: str = "",
    by: Any,
    at: datetime,
) -> Project:
    """Set dates of key points. `changes`: {milestone code: {field: value}} with any of FIELDS; what is equal is left.

    A finish lies not in the future; one before its predecessor's, a changed plan and a corrected finish need `reason`.
    The first plan is kept. Changing a plan needs projects.plan, everything else projects.edit. A plan moves here only
    within the regime's limit, with `cause` (ChangeReason) and `party` as a change of plan on record; further, the tier
    above is asked (projects.plans.services). All faults come at once: DomainError "milestones_wrong" with details
    {"fields": {"code.field": message}, "beyond": [codes that only the tier above may move]}.
    """
    require(by, "projects.edit", project)
    on, reason = local_date(at), clean(reason)
    with transaction.atomic():
        row = locked(project)
        if row.state not in (ProjectState.ACTIVE, ProjectState.DONE):
            raise DomainError("project_ended", _("This project has ended; its key points no longer change."))
        points = {point.code: point for point in row.milestones.select_for_update()}
        yours = _flat_values(changes, points)
        theirs = {key: plain(getattr(points[key.partition(".")[0]], key.partition(".")[2])) for key in yours}
        refuse_if_clash(row, version, theirs, yours)
        moved = [key for key in yours if yours[key] != theirs[key]]
        if not moved:
            return row
        if any(key.endswith(".planned_on") for key in moved):
            require(by, "projects.plan", project)
        shifts = _shifts(row, points, changes, moved, on)
        _apply(points, changes, moved)
        _refuse_faults(row, points, moved, theirs, reason, on, shifts)
        changed = [
            point for point in points.values() if any(key.startswith(f"{point.code}.") for key in moved)
        ]
        Milestone.objects.bulk_update(changed, [*FIELDS, "baseline_on", "is_open"])
        before = {key: theirs[key] for key in moved} | {"version": row.version}
        after = {key: yours[key] for key in moved}
        state = _state_after(points)
        if state != row.state:
            before["state"], after["state"] = row.state, state
        save_version(row, at=at, state=state)
        refresh_due([row.pk])
        after["version"] = row.version
        if shifts and cause in ChangeReason.values and party in Party.values:
            _record_change(row, shifts, cause, party, reason, by, at)
            after |= {"plan_cause": cause, "plan_party": party}
        audit.record("milestones_set", target=row, by=by, at=at, before=before, after=after, reason=reason)
    row.refresh_from_db()
    return row


def _flat_values(changes: dict[str, dict[str, Any]], points: dict[str, Milestone]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for code, fields in changes.items():
        if code not in points:
            raise DomainError(
                "milestone_unknown", _("This project has no key point “%(code)s”.") % {"code": code}
            )
        for name, value in fields.items():
            if name not in FIELDS:
                raise LookupError(f"not a field of a milestone: {name!r}")
            flat[f"{code}.{name}"] = clean(value) if isinstance(value, str) else plain(value)
    return flat


def _apply(points: dict[str, Milestone], changes: dict[str, dict[str, Any]], moved: list[str]) -> None:
    for key in moved:
        code, _dot, name = key.partition(".")
        value = changes[code][name]
        setattr(points[code], name, clean(value) if isinstance(value, str) else value)
    for point in points.values():
        if point.baseline_on is None:
            point.baseline_on = point.planned_on  # the first plan stays for ever
        if point.actual_on is not None:
            point.is_open = False
        else:
            point.actual_precision = DatePrecision.DAY


def _refuse_faults(
    project: Project,
    points: dict[str, Milestone],
    moved: list[str],
    theirs: dict[str, Any],
    reason: str,
    on: date,
    shifts: list[Shift],
) -> None:
    faults: Faults = {}
    for key in moved:
        code, _dot, name = key.partition(".")
        if fault := _own_fault(points[code], name, on):
            faults[key] = fault
        elif name == "planned_on" and points[code].planned_on is None and theirs[key] is not None:
            faults[key] = _("A plan in force is not taken back, it is moved. It was %(day)s.") % {
                "day": theirs[key]
            }
    if not reason:
        faults |= {key: fault for key, fault in _wanting_reason(moved, theirs).items() if key not in faults}
        faults |= {key: fault for key, fault in _order_faults(points, moved).items() if key not in faults}
    limit = limit_for(project, on)
    over = beyond(shifts, limit)
    for shift in over:
        assert limit is not None  # noqa: S101 - nothing is beyond no limit
        faults.setdefault(
            f"{shift.point.code}.planned_on",
            _(
                "%(n)d working days behind the plan of %(day)s; from %(most)d on %(office)s decides. "
                "Ask for it as a change of plan."
            )
            % {
                "n": shift.days,
                "day": shift.from_on.isoformat(),
                "most": limit.days + 1,
                "office": unit_above(host_unit(project)).name,
            },
        )
    if faults:
        first = next(iter(faults))
        details = {"fields": faults, "beyond": [shift.point.code for shift in over]}
        raise DomainError("milestones_wrong", faults[first], field=first, details=details)


def _shifts(
    project: Project,
    points: dict[str, Milestone],
    changes: dict[str, dict[str, Any]],
    moved: list[str],
    on: date,
) -> list[Shift]:
    """Moves of plans already in force, asked before the new dates are put on the rows."""
    wanted = {
        code: changes[code]["planned_on"]
        for code, _dot, name in (key.partition(".") for key in moved)
        if name == "planned_on" and changes[code]["planned_on"] is not None
    }
    return shifts_of(project, points.values(), wanted, on)


def _record_change(
    row: Project, shifts: list[Shift], cause: str, party: str, reason: str, by: Any, at: datetime
) -> None:
    """A small change keeps its cause and whose it was, like one the tier above decided."""
    write_change(
        row, shifts, cause=cause, party=party, evidence=reason, approver=host_unit(row),
        limit=limit_for(row, local_date(at)), is_beyond=False, state=ChangeState.APPROVED, by=by, at=at,
    )  # fmt: skip


def _own_fault(point: Milestone, name: str, on: date) -> str:
    value = getattr(point, name)
    if name == "actual_on" and value is not None and value > on:
        return _("This day has not come yet. Write a day not after today, or put it down as the forecast.")
    if (
        name.endswith("_on")
        and value is not None
        and not EARLIEST <= value <= on.replace(year=on.year + 30, day=1)
    ):
        return _("The year %(year)d cannot be right. Please check it.") % {"year": value.year}
    if name == "forecast_on" and value is not None and point.actual_on is None and value < on:
        return _("A forecast lies ahead. Write a day not before today, or the day it was finished.")
    if name == "delay_party" and value and value not in Party.values:
        return _("Choose who caused the delay.")
    if name == "actual_precision" and value not in DatePrecision.values:
        return _("Choose day, month or year.")
    return ""


def _wanting_reason(moved: list[str], theirs: dict[str, Any]) -> Faults:
    faults: Faults = {}
    for key in moved:
        if theirs[key] is None:
            continue
        if key.endswith(".planned_on"):
            faults[key] = _("The plan was %(day)s. Say why it changes; the first plan stays on record.") % {
                "day": theirs[key]
            }
        elif key.endswith(".actual_on"):
            faults[key] = _("The finish was recorded as %(day)s. Say why it is corrected.") % {
                "day": theirs[key]
            }
    return faults


def _order_faults(points: dict[str, Milestone], moved: list[str]) -> Faults:
    """A finish or plan before that of an earlier key point; only where one of the two was touched now."""
    faults: Faults = {}
    rows = sorted(points.values(), key=lambda point: point.position)
    for before, after in ((a, b) for i, b in enumerate(rows) for a in rows[:i]):
        names = {"name": before.get_code_display()}
        actual_key = f"{after.code}.actual_on"
        touched = actual_key in moved or f"{before.code}.actual_on" in moved
        if touched and after.actual_on is not None:
            if before.actual_on is None and actual_key in moved:
                faults[actual_key] = (
                    _("“%(name)s” comes before and is not finished. Record it first, or say why.") % names
                )
            elif before.actual_on is not None and _last_day(after) < before.actual_on:
                key = actual_key if actual_key in moved else f"{before.code}.actual_on"
                faults[key] = _("This finish lies before that of “%(name)s”. Correct it, or say why.") % names
        planned_key = f"{after.code}.planned_on"
        if (
            planned_key in moved
            and after.planned_on
            and before.planned_on
            and after.planned_on < before.planned_on
        ):
            faults[planned_key] = (
                _("This plan lies before that of “%(name)s”. Correct it, or say why.") % names
            )
    return faults


def _last_day(point: Milestone) -> date:
    """The last day an imprecise finish may mean: of a month or a year."""
    day = point.actual_on
    assert day is not None  # noqa: S101 - asked by the caller
    if point.actual_precision == DatePrecision.YEAR:
        return day.replace(month=12, day=31)
    if point.actual_precision == DatePrecision.MONTH:
        return last_day_of_month(day.year, day.month)
    return day


def _state_after(points: dict[str, Milestone]) -> str:
    production = points.get(MilestoneCode.PRODUCTION)
    return ProjectState.DONE if production is not None and production.actual_on else ProjectState.ACTIVE
