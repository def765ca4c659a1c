"""Making a project's checklist from the catalogue, adding to it, its flags, items to another department."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division
from accounts.scope import require
from approvals.catalogue.models import Catalogue, CatalogueItem, ProjectKind
from approvals.catalogue.queries import catalogue_for
from approvals.catalogue.spec import terms_of
from approvals.checklist.due import Ground, clock_fields, regime_for
from approvals.checklist.models import UNDER_WAY, Checklist, ChecklistItem, EventKind, ItemEvent, ItemState
from approvals.checklist.moves import EDIT
from approvals.checklist.rights import require_item
from approvals.checklist.steps import refuse_if_moved
from policy.regimes import Regime
from policy.rules import Rule
from policy.services import current_calendar
from projects.models import Project
from projects.text import clean
from projects.units import host_unit

GREEN = "green_channel"


def green_rule(project: Project, regime: Regime, on: Any) -> Rule | None:
    """The regime's rule that opens the green channel to a project of this size; None without one or below it."""
    if not regime.has_rule(GREEN, on) or project.contract_amount_yuan is None:
        return None
    rule: Rule = regime.rule(GREEN, on)
    most, amount = rule.get("yuan", 0), project.contract_amount_yuan
    return rule if amount > most or (rule.get("inclusive") and amount == most) else None


def make_checklist(
    *,
    project: Project,
    kind: str,
    codes: Collection[str],
    dedicated_window: bool = False,
    green_channel: bool = False,
    green_reason: str = "",
    by: Any,
    at: datetime,
) -> Checklist:
    """The list of `project` with the catalogue's items `codes`, each with its own copy of the terms."""
    require(by, EDIT, project)
    catalogue = _catalogue(project, at)
    if kind not in ProjectKind.values:
        raise DomainError("kind_missing", _("Choose the kind of project."), field="kind")
    rows = _chosen(catalogue, codes, kind)
    green_reason = _green_reason(project, green_channel, green_reason, at)
    try:
        with transaction.atomic():
            made = Checklist.objects.create(
                project=project, catalogue=catalogue, project_kind=kind, dedicated_window=dedicated_window,
                green_channel=green_channel, green_reason=green_reason, made_by=by, made_at=at, **audit.codes_of(project),
            )  # fmt: skip
            _write_items(made, rows, by=by, at=at)
            audit.record(
                "checklist_made", target=made, by=by, at=at,
                after={"kind": kind, "catalogue": str(catalogue), "items": [row.code for row in rows],
                       "dedicated_window": dedicated_window, "green_channel": green_channel},
                reason=green_reason,
            )  # fmt: skip
    except IntegrityError as fault:
        if Checklist.objects.filter(project=project).exists():
            raise StaleState("made_already", _("This project has its checklist already.")) from fault
        raise
    return made


def add_items(*, checklist: Checklist, codes: Collection[str], by: Any, at: datetime) -> int:
    """Put further items of the catalogue in force on the list. Returns how many."""
    project = checklist.project
    require(by, EDIT, project)
    catalogue = _catalogue(project, at)
    with transaction.atomic():
        held = set(checklist.items.select_for_update().values_list("code", flat=True))
        rows = [row for row in _chosen(catalogue, codes, "") if row.code not in held]
        _write_items(checklist, rows, by=by, at=at)
        if rows:
            audit.record(
                "checklist_extended", target=checklist, by=by, at=at,
                after={"catalogue": str(catalogue), "items": [row.code for row in rows]},
            )  # fmt: skip
    return len(rows)


def _catalogue(project: Project, at: datetime) -> Catalogue:
    if project.state not in UNDER_WAY:
        raise StaleState("project_ended", _("This project has ended; its checklist no longer changes."))
    catalogue = catalogue_for(host_unit(project), local_date(at))
    if catalogue is None:
        raise DomainError(
            "no_catalogue",
            _("No approval catalogue is in force here. Publish one first, or load the starting catalogue."),
        )
    return catalogue


def _chosen(catalogue: Catalogue, codes: Collection[str], kind: str) -> list[CatalogueItem]:
    rows = [row for row in catalogue.items.order_by("position", "pk") if row.code in codes]
    strangers = sorted(set(codes) - {row.code for row in rows})
    if strangers:
        raise DomainError(
            "item_unknown", _("“%(code)s” is not in the catalogue.") % {"code": strangers[0]}, field="codes"
        )
    if not rows:
        raise DomainError("nothing_chosen", _("Choose at least one item."), field="codes")
    wrong = next((row for row in rows if kind and not row.fits(kind)), None)
    if wrong is not None:
        raise DomainError(
            "item_does_not_fit", _("“%(name)s” is not for this kind of project. Take it out, or choose another kind.")
            % {"name": wrong.name}, field="codes",
        )  # fmt: skip
    return rows


def _green_reason(project: Project, green: bool, reason: str, at: datetime) -> str:
    if not green:
        return ""
    rule = green_rule(project, regime_for(project), local_date(at))
    reason = clean(reason) or (rule.basis.text if rule else "")
    if not reason:
        raise DomainError(
            "green_reason_missing", _("Say on what ground the green channel is opened."), field="green_reason"
        )
    return reason[:200]


def departments_for(unit: Division, codes: Iterable[str]) -> dict[str, Department]:
    """The division's departments by code; where it lacks one, that of the nearest tier above."""
    places = [code for code in unit.path.split("/") if code]
    rows = Department.objects.filter(division_id__in=places, code__in=set(codes), valid_to=None)
    found: dict[str, Department] = {}
    for row in sorted(rows, key=lambda each: places.index(each.division_id)):
        found[row.code] = row
    return found


def _write_items(checklist: Checklist, rows: Sequence[CatalogueItem], *, by: Any, at: datetime) -> None:
    project = checklist.project
    offices = departments_for(host_unit(project), (row.department_code for row in rows))
    made = ChecklistItem.objects.bulk_create(
        ChecklistItem(
            checklist=checklist, project=project, department=offices.get(row.department_code), **terms_of(row),
            **audit.codes_of(project),
        )
        for row in rows
    )  # fmt: skip
    ItemEvent.objects.bulk_create(
        ItemEvent(
            item=row,
            project=project,
            kind=EventKind.ADDED,
            on=local_date(at),
            by=by,
            at=at,
            **audit.codes_of(project),
        )
        for row in made
    )


def set_flags(
    *,
    checklist: Checklist,
    dedicated_window: bool,
    green_channel: bool,
    green_reason: str,
    version: int,
    by: Any,
    at: datetime,
) -> Checklist:
    """Window and green channel: for applications accepted from now on; the day to accept by moves at once."""
    require(by, EDIT, checklist.project)
    reason = _green_reason(checklist.project, green_channel, green_reason, at)
    with transaction.atomic():
        row = (
            Checklist.objects.select_for_update(of=("self",))
            .select_related("project__division")
            .get(pk=checklist.pk)
        )
        if row.version != version:
            raise StaleState(
                "changed_meanwhile", _("Somebody changed these flags meanwhile. Look at them again.")
            )
        before = {"dedicated_window": row.dedicated_window, "green_channel": row.green_channel}
        after = {"dedicated_window": dedicated_window, "green_channel": green_channel}
        if before == after and row.green_reason == reason:
            return row
        row.dedicated_window, row.green_channel, row.green_reason = dedicated_window, green_channel, reason
        row.version += 1
        row.save(update_fields=["dedicated_window", "green_channel", "green_reason", "version"])
        _recount(row)
        audit.record("checklist_flagged", target=row, by=by, at=at, before=before, after=after, reason=reason)
    return row


def _recount(checklist: Checklist) -> None:
    ground = Ground(regime_for(checklist.project), current_calendar(), checklist.dedicated_window)
    waiting = checklist.items.filter(state__in=[ItemState.SUBMITTED, ItemState.SUPPLEMENT], accepted_on=None)
    for item in waiting.select_for_update().prefetch_related("events"):
        fields = clock_fields(item, list(item.events.all()), ground)
        ChecklistItem.objects.filter(pk=item.pk).update(**fields)


def give_to(
    *, item: ChecklistItem, department: Department, reason: str, turn: int, by: Any, at: datetime
) -> ChecklistItem:
    """Another department decides from now on; its clock is the item's own and goes on."""
    require_item(by, EDIT, item)
    reason = clean(reason)
    if not reason:
        raise DomainError("reason_missing", _("Say why; it stays on record."), field="reason")
    with transaction.atomic():
        row = (
            ChecklistItem.objects.select_for_update(of=("self",))
            .select_related("project", "department")
            .get(pk=item.pk)
        )
        refuse_if_moved(row, turn)
        if not row.is_open:
            raise StaleState("item_closed", _("This item has ended; it no longer changes hands."))
        if department.pk == row.department_id or department.valid_to is not None:
            raise DomainError(
                "department_same", _("Choose another department that still works."), field="department"
            )
        before = str(row.department or "")
        row.department, row.turn = department, row.turn + 1
        row.save(update_fields=["department", "turn"])
        audit.record(
            "item_given",
            target=row,
            by=by,
            at=at,
            before={"department": before},
            after={"department": str(department)},
            reason=reason,
        )
    return row
