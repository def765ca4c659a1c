"""Asking for new planned dates, deciding on them, taking a request back (design.md §4)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.obligations import services as obligations
from accounts.obligations.kinds import PLAN_DECISION
from accounts.scope import holds, posted_at, require
from projects.due import refresh_due
from projects.files import Kept
from projects.models import (
    ChangeReason,
    ChangeState,
    Milestone,
    Party,
    PlanChange,
    Project,
    ProjectState,
    TransferState,
)
from projects.plans.limits import Shift, beyond, limit_for, shifts_of
from projects.plans.writing import put_in_force, write_change
from projects.services.registry import locked
from projects.services.versions import save_version
from projects.text import clean
from projects.units import host_unit, unit_above

DECIDE = "plans.decide"


def ask_plan_change(
    *,
    project: Project,
    wanted: Mapping[str, date],
    cause: str,
    party: str,
    evidence: str,
    upload: Any = None,
    by: Any,
    at: datetime,
) -> PlanChange:
    """Ask for new planned dates `{milestone code: day}`; the first plan stays on record whatever is decided.

    Within the regime's limit who may plan here puts them in force at once, and the host's own office decides for
    everybody else; beyond it the tier above decides, on a clock of its own. All faults come at once: DomainError
    "plan_change_wrong" with details {"fields": {code or field: message}}.
    """
    require(by, "projects.edit", project)
    on, evidence = local_date(at), clean(evidence)
    with transaction.atomic(), Kept(upload, "plans") as file:
        row = locked(project)
        _refuse_unless_open(row)
        points = list(row.milestones.select_for_update().order_by("position"))
        shifts = shifts_of(row, points, wanted, on)
        _refuse_faults(points, wanted, shifts, cause, party, evidence, on)
        limit = limit_for(row, on)
        over = beyond(shifts, limit)
        unit = host_unit(row)
        approver = unit_above(unit) if over else unit
        direct = posted_at(by, approver, DECIDE) if over else _may_plan(by, row)
        change = _write(
            row, shifts, cause=cause, party=party, evidence=evidence, approver=approver, limit=limit,
            is_beyond=bool(over), state=ChangeState.APPROVED if direct else ChangeState.WAITING,
            file=file.values, by=by, at=at,
        )  # fmt: skip
        if direct:
            _enforce(change, row, action="plan_changed", opinion="", by=by, at=at)
        else:
            _wait(change, row, on, by=by, at=at)
    return change


def decide_plan_change(
    *, change: PlanChange, approved: bool, opinion: str = "", by: Any, at: datetime
) -> PlanChange:
    """Approve or reject. A rejection needs its reason and moves nothing: what is overdue stays overdue."""
    require(by, DECIDE, change)
    if not posted_at(by, change.approver, DECIDE):
        raise PermissionDenied(DECIDE)
    opinion = clean(opinion)
    if not approved and not opinion:
        raise DomainError("opinion_required", _("Say why the request is rejected."), field="opinion")
    state = ChangeState.APPROVED if approved else ChangeState.REJECTED
    with transaction.atomic():
        row = locked(change.project)
        _settle(change, state, opinion, by, at)
        if approved:
            _enforce(change, row, action="plan_change_approved", opinion=opinion, by=by, at=at)
        else:
            audit.record(
                "plan_change_rejected", target=row, by=by, at=at, before=_dates(change, "was_on"),
                after=_dates(change, "was_on"), reason=opinion, rule_id=change.rule_id,
            )  # fmt: skip
        obligations.meet_for_subject(kind=PLAN_DECISION, subject=change, met_on=local_date(at), at=at, by=by)
        _tell_asker(change, row, approved, opinion, at)
    return change


def withdraw_plan_change(*, change: PlanChange, reason: str, by: Any, at: datetime) -> PlanChange:
    """Take a waiting request back: who asked, or the office that plans for the project."""
    require(by, "projects.edit", change.project)
    if change.asked_by_id != by.pk and not _may_plan(by, change.project):
        raise PermissionDenied("projects.plan")
    if not clean(reason):
        raise DomainError("reason_required", _("Say why the request is taken back."), field="reason")
    with transaction.atomic():
        drop_waiting(change.project, reason=clean(reason), by=by, at=at, only=change)
    return change


def drop_waiting(
    project: Project, *, reason: str, by: Any, at: datetime, only: PlanChange | None = None
) -> None:
    """Take back what waits for a project (it ended, or was merged). Inside the caller's transaction."""
    rows = [only] if only else list(project.plan_changes.filter(state=ChangeState.WAITING))
    for change in rows:
        _settle(change, ChangeState.WITHDRAWN, reason, by, at)
        obligations.cancel_for_subject(subject=change, reason=reason, at=at, by=by)
        audit.record("plan_change_withdrawn", target=project, by=by, at=at, reason=reason)


def _settle(change: PlanChange, state: str, opinion: str, by: Any, at: datetime) -> None:
    """Compare-and-set from waiting: of two people at once one decides, the other is told who."""
    done = PlanChange.objects.filter(pk=change.pk, state=ChangeState.WAITING).update(
        state=state, decided_by=by, decided_at=at, opinion=opinion
    )
    change.refresh_from_db()
    if not done:
        raise StaleState(
            "already_decided",
            _("%(who)s was faster: this request is %(state)s. Nothing was changed by you.")
            % {"who": change.decided_by or _("Somebody else"), "state": change.get_state_display()},
        )


def _enforce(change: PlanChange, row: Project, *, action: str, opinion: str, by: Any, at: datetime) -> None:
    if row.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise StaleState("project_ended", _("This project has ended; its key points no longer change."))
    before, after = put_in_force(change)
    before["version"] = row.version
    save_version(row, at=at)
    refresh_due([row.pk])
    after |= {"version": row.version, "plan_cause": change.reason, "plan_party": change.party}
    audit.record(
        action, target=row, by=by, at=at, before=before, after=after, reason=opinion or change.evidence,
        rule_id=change.rule_id,
    )  # fmt: skip


def _write(row: Project, shifts: Sequence[Shift], **values: Any) -> PlanChange:
    try:
        with transaction.atomic():
            return write_change(row, shifts, **values)
    except IntegrityError:
        raise StaleState(
            "already_asked", _("A request for this project is still waiting. Wait for it, or take it back.")
        ) from None


def _wait(change: PlanChange, row: Project, on: date, *, by: Any, at: datetime) -> None:
    duty = obligations.owe_for_subject(
        kind=PLAN_DECISION, unit=change.approver, subject=change, label=row.name, anchor=on, at=at, by=by
    )
    if duty is not None:
        PlanChange.objects.filter(pk=change.pk).update(obligation=duty)
        change.obligation = duty
    audit.record(
        "plan_change_asked", target=row, by=by, at=at, before=_dates(change, "was_on"),
        after={f"{key}": day for key, day in _dates(change, "wanted_on").items()}
        | {"plan_cause": change.reason, "plan_party": change.party},
        reason=change.evidence, rule_id=change.rule_id,
    )  # fmt: skip
    notify.tell(
        notify.staff_of(change.approver, DECIDE, on=on),
        key=f"plan_change:{change.pk}",
        kind="plan_change",
        title=_("New dates are asked for: %(project)s") % {"project": row.name},
        text=change.evidence,
        url=reverse("projects:plan_change", args=[change.pk]),
        at=at,
    )


def _tell_asker(change: PlanChange, row: Project, approved: bool, opinion: str, at: datetime) -> None:
    title = _("New dates approved: %(project)s") if approved else _("New dates not approved: %(project)s")
    notify.tell(
        [change.asked_by],
        key=f"plan_change_decided:{change.pk}",
        kind="plan_change",
        title=title % {"project": row.name},
        text=opinion,
        url=reverse("projects:plan_change", args=[change.pk]),
        at=at,
    )


def _dates(change: PlanChange, name: str) -> dict[str, date]:
    return {
        f"{shift.milestone.code}.planned_on": getattr(shift, name)
        for shift in change.shifts.select_related("milestone")
    }


def _may_plan(by: Any, project: Project) -> bool:
    if not holds(by, "projects.plan"):
        return False
    try:
        require(by, "projects.plan", project)
    except PermissionDenied:
        return False
    return True


def _refuse_unless_open(row: Project) -> None:
    if row.state != ProjectState.ACTIVE:
        raise DomainError("project_ended", _("Only a project under way gets a new plan."))
    if row.plan_changes.filter(state=ChangeState.WAITING).exists():
        raise StaleState(
            "already_asked", _("A request for this project is still waiting. Wait for it, or take it back.")
        )
    if row.transfers.filter(state=TransferState.ASKED).exists():
        raise StaleState(
            "transfer_waits",
            _(
                "The project is about to be handed over. Its plan changes again when the receiver has decided."
            ),
        )


def _refuse_faults(
    points: Sequence[Milestone],
    wanted: Mapping[str, date],
    shifts: Sequence[Shift],
    cause: str,
    party: str,
    evidence: str,
    on: date,
) -> None:
    faults: dict[str, str] = {}
    for shift in shifts:
        if fault := _fault_of(shift, points, wanted, on):
            faults[shift.point.code] = fault
    if cause not in ChangeReason.values:
        faults["cause"] = _("Choose the cause.")
    if party not in Party.values:
        faults["party"] = _("Choose the responsible party.")
    if not evidence:
        faults["evidence"] = _("Explain the change and what proves it.")
    if not shifts and not faults:
        raise DomainError("nothing_moves", _("No date differs from the plan in force. Change at least one."))
    if faults:
        first = next(iter(faults))
        raise DomainError("plan_change_wrong", faults[first], field=first, details={"fields": faults})


def _fault_of(shift: Shift, points: Sequence[Milestone], wanted: Mapping[str, date], on: date) -> str:
    point, day = shift.point, shift.wanted_on
    if point.actual_on is not None:
        return _("This key point is finished; its plan stays.")
    if day < on:
        return _("A new plan lies ahead. Write a day not before today.")
    if day.year > on.year + 30:
        return _("The year %(year)d cannot be right. Please check it.") % {"year": day.year}
    for other in points:
        plan = wanted.get(other.code, other.planned_on)
        if other.actual_on is not None or plan is None:
            continue
        told = {"name": other.get_code_display(), "day": plan.isoformat()}
        if other.position < point.position and day < plan:
            return (
                _(
                    "This plan lies before that of “%(name)s”, %(day)s. "
                    "A step cannot come before its predecessor."
                )
                % told
            )
        if other.position > point.position and plan < day:
            return _("“%(name)s” comes after and is planned for %(day)s. Move its date too.") % told
    return ""
