"""Two records of one project made one: what differs is chosen, everything else goes to the one that stays (H17)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.obligations import services as obligations
from accounts.scope import require
from projects.due import refresh_due
from projects.grants import VIEW, beside_team
from projects.models import (
    Assignment,
    Merge,
    Milestone,
    Pause,
    PlanShift,
    Project,
    ProjectState,
    ProjectUserObjectPermission,
    TransferState,
)
from projects.models.team import SINGLE_ROLES
from projects.plans.services import drop_waiting
from projects.services.dependents import CODES, dependents, hand_over_duties, parents_first
from projects.services.registry import FIELDS, locked, value_of
from projects.services.versions import save_version
from projects.text import clean, initials, plain
from projects.units import host_unit

PERMISSION = "projects.merge"
POINT_FIELDS = (
    "baseline_on",
    "planned_on",
    "forecast_on",
    "actual_on",
    "responsible",
    "delay_party",
    "delay_reason",
)
MORE_FIELDS = (
    "invested_total_yuan", "invested_month_yuan", "reported_period", "progress_text", "problem_text", "filed_on",
)  # fmt: skip
# Rows that are the register's own: settled field by field, not carried over.
SETTLED = {"projects.milestone", "projects.projectuserobjectpermission"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field the two records tell differently. `take` is what is proposed: "survivor", or what only one knows."""

    key: str
    survivor: Any
    duplicate: Any
    take: str


def differences(survivor: Project, duplicate: Project) -> list[Difference]:
    """Fields and dates of key points that differ, in the order of the form. Two queries."""
    pairs: list[tuple[str, Any, Any]] = [
        (name, value_of(survivor, name), value_of(duplicate, name))
        for name in (*FIELDS, *MORE_FIELDS)
        if name not in ("is_major", "major_reason")
    ]
    theirs = {point.code: point for point in duplicate.milestones.all()}
    for point in survivor.milestones.order_by("position"):
        other = theirs.get(point.code)
        if other is not None:
            pairs += [
                (f"{point.code}.{name}", getattr(point, name), getattr(other, name)) for name in POINT_FIELDS
            ]
    return [
        Difference(key, mine, other, "duplicate" if _empty(mine) else "survivor")
        for key, mine, other in pairs
        if mine != other and not (_empty(mine) and _empty(other))
    ]


def merge_projects(
    *,
    survivor: Project,
    duplicate: Project,
    take: set[str],
    reason: str,
    versions: tuple[int, int],
    by: Any,
    at: datetime,
) -> Merge:
    """Make `duplicate` part of `survivor`. `take`: keys of `differences` whose value of the duplicate is right.

    `versions` are those of (survivor, duplicate) the person compared. Rows that cannot go along because the one that
    stays has its own (two kickoff meetings) remain with the duplicate, which stays readable; both are counted.
    """
    require(by, PERMISSION, survivor)
    require(by, PERMISSION, duplicate)
    reason, on = clean(reason), local_date(at)
    if survivor.pk == duplicate.pk:
        raise DomainError("same_project", _("This is the same record. Choose the other one."), field="other")
    if not reason:
        raise DomainError("reason_missing", _("Say how you know that both are one project."), field="reason")
    with transaction.atomic():
        first, second = sorted((survivor, duplicate), key=lambda one: one.pk)
        rows = {
            one.pk: locked(one) for one in (first, second)
        }  # always in this order: no two merges wait in a ring
        stays, goes = rows[survivor.pk], rows[duplicate.pk]
        _refuse_unless_open(stays, goes, versions)
        told = differences(stays, goes)
        before = {"state": goes.state, "version": goes.version}
        drop_waiting(goes, reason=_("merged into %(name)s") % {"name": stays.name}, by=by, at=at)
        changed = _take_values(stays, goes, told, take)
        _end_doubles(stays, goes, on)
        moved, kept = _carry(stays, goes)
        hand_over_duties(stays.pk, host_unit(goes), host_unit(stays))
        _carry_grants(stays, goes)
        obligations.cancel_for_subject(subject=goes, reason=reason, at=at, by=by)
        Project.objects.filter(merged_into=goes).update(merged_into=stays)
        save_version(
            goes, at=at, state=ProjectState.MERGED, ended_on=on, end_reason=reason, merged_into_id=stays.pk
        )
        save_version(stays, at=at, **changed)
        refresh_due([stays.pk, goes.pk])
        merge = Merge.objects.create(
            survivor=stays, duplicate=goes, reason=reason, merged_by=by, merged_at=at, moved=moved, kept=kept,
            differences=[_stored(one, take) for one in told], **{name: getattr(stays, name) for name in CODES},
        )  # fmt: skip
        _record(stays, goes, merge, told, take, before, by, at)
    return merge


def _refuse_unless_open(stays: Project, goes: Project, versions: tuple[int, int]) -> None:
    for row in (stays, goes):
        if row.state == ProjectState.MERGED:
            raise StaleState("merged_already", _("“%(name)s” was merged already.") % {"name": row.name})
        if row.transfers.filter(state=TransferState.ASKED).exists():
            raise StaleState(
                "transfer_waits",
                _("“%(name)s” is being handed to another division. Wait for the receiver first.")
                % {"name": row.name},
            )
    if (stays.version, goes.version) != versions:
        raise StaleState(
            "changed_meanwhile",
            _("Somebody changed one of the two records meanwhile. Compare them again; your reason is kept."),
        )


def _take_values(stays: Project, goes: Project, told: list[Difference], take: set[str]) -> dict[str, Any]:
    """Put the duplicate's values where they were chosen; returns the columns of the project to save."""
    changed: dict[str, Any] = {}
    points = {point.code: point for point in stays.milestones.select_for_update()}
    touched: set[str] = set()
    for one in told:
        if one.key not in take:
            continue
        code, dot, name = one.key.partition(".")
        if dot:
            setattr(points[code], name, one.duplicate)
            touched.add(code)
        elif one.key == "company":
            stays.company, changed["company_id"] = goes.company, goes.company_id
        else:
            setattr(stays, one.key, one.duplicate)
            changed[one.key] = one.duplicate
    for code in touched:
        points[code].is_open = points[code].is_open and points[code].actual_on is None
    Milestone.objects.bulk_update([points[code] for code in touched], [*POINT_FIELDS, "is_open"])
    if "name" in changed:
        changed["initials"] = initials(changed["name"])
    if "production.actual_on" in take and points["production"].actual_on:
        changed["state"] = ProjectState.DONE
    return changed


def _end_doubles(stays: Project, goes: Project, on: date) -> None:
    """What there can only be one of: an open pause, the holder of a single role. The duplicate's ends today."""
    if stays.pauses.filter(resumed_on=None).exists():
        for pause in goes.pauses.filter(resumed_on=None):
            Pause.objects.filter(pk=pause.pk).update(resumed_on=max(pause.starts_on, on))
    held = set(stays.team.filter(valid_to=None, role__in=SINGLE_ROLES).values_list("role", flat=True))
    for one in goes.team.filter(valid_to=None, role__in=held):
        Assignment.objects.filter(pk=one.pk).update(valid_to=max(one.valid_from, on))


def _carry(stays: Project, goes: Project) -> tuple[dict[str, int], dict[str, int]]:
    """Every row with a key to the duplicate gets the survivor's; what a rule of the database forbids stays behind."""
    codes = {name: getattr(stays, name) for name in CODES}
    moved: dict[str, int] = {}
    kept: dict[str, int] = {}
    points = {point.code: point.pk for point in stays.milestones.all()}
    theirs = {point.pk: points.get(point.code) for point in goes.milestones.all()}
    behind: dict[str, set[Any]] = {}  # ids that stayed, by model: what belongs to such a row stays with it
    for one in parents_first():
        if one.label in SETTLED or one.label == Merge._meta.label_lower:
            continue
        for path in one.direct:
            for row in one.model._base_manager.filter(**{path: goes.pk}).order_by("pk"):
                values: dict[str, Any] = {path: stays.pk} | (codes if one.has_codes else {})
                done = (
                    not _lights_a_point(one.model, row)
                    and not _belongs_to(row, behind)
                    and _update(one.model, row.pk, values)
                )
                if not done:
                    behind.setdefault(one.label, set()).add(row.pk)
                (moved if done else kept)[one.label] = (moved if done else kept).get(one.label, 0) + 1
    for old, new in theirs.items():
        if new is not None:
            PlanShift.objects.filter(milestone_id=old).update(milestone_id=new)
    for one in dependents():  # rows below those that moved, such as instalments, follow them
        if one.has_codes and not one.direct and one.label not in SETTLED:
            one.rows(stays.pk).exclude(**codes).update(**codes)
    Merge.objects.filter(survivor=goes).update(survivor=stays, **codes)
    return moved, kept


def _lights_a_point(model: type[models.Model], row: Any) -> bool:
    """Whether the row is about one key point of the duplicate: such a warning goes out with that key point."""
    return any(
        isinstance(field, models.ForeignKey)
        and field.related_model is Milestone
        and getattr(row, field.attname) is not None
        for field in model._meta.concrete_fields
    )


def _belongs_to(row: models.Model, behind: dict[str, set[Any]]) -> bool:
    """Whether the row is part of one that stayed with the duplicate, like an item of its checklist."""
    return any(
        getattr(row, field.attname) in behind.get(field.related_model._meta.label_lower, ())
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type)
    )


def _update(model: type[models.Model], pk: Any, values: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=pk).update(**values)
    except IntegrityError:
        return False
    return True


def _carry_grants(stays: Project, goes: Project) -> None:
    """Who could open the duplicate alone and still serves it opens the one that stays."""
    serving = set(stays.team.filter(valid_to=None, user__isnull=False).values_list("user_id", flat=True))
    serving |= beside_team(stays.pk)  # what opened the duplicate beside its team has been carried over by now
    theirs = ProjectUserObjectPermission.objects.filter(content_object=goes, permission__codename=VIEW)
    for grant in theirs:
        if grant.user_id in serving:
            ProjectUserObjectPermission.objects.get_or_create(
                content_object=stays, user_id=grant.user_id, permission_id=grant.permission_id
            )
    theirs.delete()


def _record(
    stays: Project, goes: Project, merge: Merge, told: list[Difference], take: set[str],
    before: dict[str, Any], by: Any, at: datetime,
) -> None:  # fmt: skip
    chosen = [one for one in told if one.key in take]
    audit.record(
        "project_merged", target=goes, by=by, at=at, before=before,
        after={"state": goes.state, "version": goes.version, "merged_into": f"{stays.number} {stays.name}"},
        reason=merge.reason,
    )  # fmt: skip
    audit.record(
        "project_absorbed", target=stays, by=by, at=at,
        before={one.key: one.survivor for one in chosen} | {"version": stays.version - 1},
        after={one.key: one.duplicate for one in chosen}
        | {"version": stays.version, "duplicate": f"{goes.number} {goes.name}"}
        | {"moved_rows": sum(merge.moved.values())},
        reason=merge.reason,
    )  # fmt: skip


def _stored(one: Difference, take: set[str]) -> dict[str, Any]:
    taken = "duplicate" if one.key in take else "survivor"
    return {
        "key": one.key,
        "survivor": plain(one.survivor),
        "duplicate": plain(one.duplicate),
        "taken": taken,
    }


def _empty(value: Any) -> bool:
    return value in (None, "", 0)
