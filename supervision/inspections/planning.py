"""Planning an inspection: unit, period, kinds, authority, and which projects are looked at and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Division
from policy.periods import Period
from projects.models import Project
from projects.numbers import take
from projects.text import clean
from supervision.inspections.models import (
    Inspection,
    InspectionItem,
    InspectionKind,
    InspectionState,
    ItemResult,
)
from supervision.inspections.moving import compare_and_set, note, place_of, require_maker, required
from supervision.inspections.periods import periods_to_plan

MOST_PROJECTS = 300  # one inspection; what is more is planned as a second one
CHOSEN = "chosen"
SAME_CLICK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pick:
    """A project to look at: `source` is the code of the trigger that named it, "draw" or "chosen"."""

    project: Project
    kind: str
    why: str
    source: str = CHOSEN


def plan_inspection(
    *,
    unit: Division,
    period: str,
    kinds: Sequence[str],
    title: str,
    purpose: str,
    planned_from: date,
    planned_to: date,
    authority_government: str = "",
    authority_document: str = "",
    by: Any,
    at: datetime,
) -> Inspection:
    """Plan an inspection of `unit` for one of the periods that can still be planned.

    The same form sent twice (a doubled click, a phone that tries again) is one plan: the first is returned.
    """
    require_maker(by, unit)
    known = [str(one) for one in periods_to_plan(unit, local_date(at))]
    if period not in known:
        raise DomainError(
            "period_wrong",
            _("An inspection can be planned for %(periods)s. Choose one of them.")
            % {"periods": ", ".join(known)},
            field="period",
        )
    facts = _facts(
        kinds, title, purpose, planned_from, planned_to, authority_government, authority_document,
        Period.parse(period),
    )  # fmt: skip
    with transaction.atomic():
        Division.objects.select_for_update(no_key=True).get(pk=unit.pk)  # two clicks come one after the other
        same = Inspection.objects.open().filter(unit=unit, period=period, planned_by=by, **facts)
        if (found := same.filter(planned_at__gt=at - SAME_CLICK).first()) is not None:
            return found
        prefix = f"DC-{unit.pk}-{local_date(at).year}"
        inspection = Inspection.objects.create(
            number=f"{prefix}-{take(prefix):04d}", unit=unit, period=period, planned_by=by, planned_at=at,
            **facts, **unit.codes,
        )  # fmt: skip
        note("planned", inspection, by, at, period=period, kinds=list(kinds), title=facts["title"])
    return inspection


def change_plan(
    *,
    inspection: Inspection,
    kinds: Sequence[str],
    title: str,
    purpose: str,
    planned_from: date,
    planned_to: date,
    authority_government: str = "",
    authority_document: str = "",
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Inspection:
    """Change the plan while the inspection is not finished. Unit, period and number stay."""
    require_maker(by, inspection.unit_id)
    facts = _facts(
        kinds, title, purpose, planned_from, planned_to, authority_government, authority_document,
        Period.parse(inspection.period),
    )  # fmt: skip
    missing = set(inspection.items.values_list("kind", flat=True)) - set(kinds)
    if missing:
        labels = [str(InspectionKind(code).label) for code in InspectionKind.values if code in missing]
        raise DomainError(
            "kind_in_use",
            _(
                "Projects of this inspection were chosen for: %(kinds)s. Take them off first, or keep the kind."
            )
            % {"kinds": ", ".join(labels)},
            field="kinds",
        )
    with transaction.atomic():
        compare_and_set(inspection, turn=turn, **facts)
        note("plan_changed", inspection, by, at, kinds=list(kinds), title=facts["title"])
    return inspection


def add_projects(*, inspection: Inspection, picks: Iterable[Pick], by: Any, at: datetime) -> int:
    """Put projects of the unit's area on the list; those already there are left as they are. Return how many are new."""
    require_maker(by, inspection.unit_id)
    wanted = {pick.project.pk: pick for pick in picks}
    if not wanted:
        raise DomainError("nothing_chosen", _("Choose at least one project."), field="projects")
    for pick in wanted.values():
        if pick.kind not in inspection.kinds:
            raise DomainError(
                "kind_not_planned",
                _("“%(kind)s” is not among the kinds of this inspection. Add it to the plan first.")
                % {"kind": dict(InspectionKind.choices).get(pick.kind, pick.kind)},
                field="kind",
            )
    outside = Project.objects.filter(pk__in=wanted).exclude(pk__in=area_of(inspection.unit).values("pk"))
    if foreign := outside.first():
        raise DomainError(
            "project_outside",
            _("%(name)s does not lie in the area of %(unit)s.")
            % {"name": foreign.name, "unit": inspection.unit.name},
            field="projects",
        )
    with transaction.atomic():
        compare_and_set(inspection)
        there = set(inspection.items.filter(project_id__in=wanted).values_list("project_id", flat=True))
        rows = [_item(inspection, pick) for pk, pick in wanted.items() if pk not in there]
        if inspection.items.count() + len(rows) > MOST_PROJECTS:
            raise DomainError(
                "too_many_projects",
                _("One inspection holds at most %(n)d projects. Plan a second one for the others.")
                % {"n": MOST_PROJECTS},
                field="projects",
            )
        InspectionItem.objects.bulk_create(rows)
        if rows:
            note("projects_added", inspection, by, at, projects=[row.project.number for row in rows])
    return len(rows)


def remove_project(
    *, inspection: Inspection, item: InspectionItem, reason: str, by: Any, at: datetime
) -> None:
    """Take a project off the list with a reason. One that was drawn, looked at or has a finding stays."""
    require_maker(by, inspection.unit_id)
    reason = required(reason, "reason_missing", _("Say why it is taken off the list."), "reason", most=300)
    if item.source == "draw":
        raise DomainError(
            "item_drawn",
            _("This project was drawn. It can only be taken off by drawing again, with a reason."),
        )
    with transaction.atomic():
        compare_and_set(inspection)
        item.refresh_from_db()  # nobody records a result or a finding meanwhile: the inspection's row is held
        if item.findings.exists():
            raise DomainError(
                "item_has_finding", _("Something was found at this project already; it stays on the list.")
            )
        if item.result != ItemResult.PENDING:
            raise DomainError(
                "item_looked_at",
                _(
                    "What was seen at this project is on record; it stays on the list. Correct the result instead."
                ),
            )
        note("project_removed", inspection, by, at, reason, project=item.project.number)
        item.delete()


def cancel_inspection(
    *, inspection: Inspection, reason: str, turn: int | None = None, by: Any, at: datetime
) -> Inspection:
    """Call the inspection off, with the reason on record. The duty of the period stays open."""
    require_maker(by, inspection.unit_id)
    reason = required(reason, "reason_missing", _("Say why the inspection is called off."), "reason")
    if inspection.findings.exclude(action="pending").exists():
        raise DomainError(
            "findings_decided",
            _(
                "Findings of this inspection have been decided on already. Finish it instead of calling it off."
            ),
        )
    with transaction.atomic():
        compare_and_set(
            inspection,
            turn=turn,
            state=InspectionState.CANCELLED,
            cancel_reason=reason,
            closed_by=by,
            closed_at=at,
        )
        note("cancelled", inspection, by, at, reason)
    return inspection


def area_of(unit: Division) -> Any:
    """Projects of the unit and of all below it."""
    field = {1: "province_code", 2: "city_code"}.get(unit.tier, "county_code")
    return Project.objects.filter(**{field: unit.pk})


def _item(inspection: Inspection, pick: Pick) -> InspectionItem:
    return InspectionItem(
        inspection=inspection, project=pick.project, unit=place_of(pick.project), kind=pick.kind,
        source=pick.source[:20], why=clean(pick.why)[:200],
    )  # fmt: skip


def _facts(
    kinds: Sequence[str], title: str, purpose: str, first: date, last: date, government: str, document: str,
    period: Period,
) -> dict[str, Any]:  # fmt: skip
    """The checked words of a plan."""
    chosen = [code for code in InspectionKind.values if code in set(kinds)]
    if not chosen:
        raise DomainError("kinds_missing", _("Choose at least one of the five kinds."), field="kinds")
    title = required(title, "title_missing", _("Give the inspection a short title."), "title", most=120)
    purpose = required(purpose, "purpose_missing", _("Say what is looked at and why."), "purpose")
    if last < first:
        raise DomainError("days_reversed", _("The last day lies before the first."), field="planned_to")
    if first < period.first:
        raise DomainError(
            "before_period",
            _("%(period)s begins on %(day)s. Plan the inspection from that day on.")
            % {"period": period.label, "day": period.first.isoformat()},
            field="planned_from",
        )
    if (last - period.last).days > 366:
        raise DomainError(
            "far_away", _("This is more than a year ahead. Check the date."), field="planned_to"
        )
    government, document = clean(government)[:80], clean(document)[:120]
    if bool(government) != bool(document):
        raise DomainError(
            "authority_half",
            _("Name both: the government that appointed your office and the document."),
            field="authority_document" if government else "authority_government",
        )
    return {
        "kinds": chosen, "title": title, "purpose": purpose, "planned_from": first, "planned_to": last,
        "authority_government": government, "authority_document": document,
    }  # fmt: skip
