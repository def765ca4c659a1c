"""Reads behind the pages of inspections."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast

from accounts.models import Division, Obligation
from accounts.models.divisions import Tier
from accounts.scope import current_postings, posted_at
from approvals.tickets.routing import departments_of
from policy.periods import Period
from projects.models import Project
from supervision.inspections.models import MAKE, Inspection, InspectionState
from supervision.inspections.periods import duty_of, period_kind
from supervision.inspections.planning import area_of


def listed(user: Any) -> QuerySet[Inspection]:
    """Inspections the person may see, with the figures of a table row."""
    return (
        Inspection.objects.visible_to(user)
        .select_related("unit")
        .annotate(
            projects=Count("items", distinct=True),
            found=Count("findings", distinct=True),
            pressed=Count("findings", filter=Q(findings__action="matter"), distinct=True),
        )
        .order_by("-planned_at", "-pk")
    )


def filtered(rows: QuerySet[Inspection], wanted: dict[str, Any]) -> QuerySet[Inspection]:
    if q := (wanted.get("q") or "").strip():
        by_project = Inspection.objects.filter(
            Q(items__project__name__icontains=q) | Q(items__project__number=q)
        )
        rows = rows.filter(Q(number__icontains=q) | Q(title__icontains=q) | Q(pk__in=by_project.values("pk")))
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    if wanted.get("period"):
        rows = rows.filter(period=wanted["period"])
    if wanted.get("unit"):
        rows = rows.filter(unit=wanted["unit"])
    if wanted.get("kind"):
        # A list of plain codes, looked for in its JSON text: this works on both databases.
        rows = rows.annotate(kinds_text=Cast("kinds", TextField())).filter(
            kinds_text__contains=f'"{wanted["kind"]}"'
        )
    return rows


def units_with(user: Any) -> QuerySet[Division]:
    """Units whose inspections the person can see."""
    seen = Inspection.objects.visible_to(user).values("unit_id")
    return Division.objects.filter(pk__in=seen).order_by("path")


@dataclass(frozen=True, slots=True)
class Owed:
    """What a unit owes now: the period, whether it was met, the open inspection that would meet it."""

    unit: Division
    period: Period
    due_on: date | None
    met: bool
    inspection: Inspection | None


def making_unit(user: Any) -> Division | None:
    """The unit in whose name the person plans inspections."""
    for posting in current_postings(user):
        if posted_at(user, posting.division_id, MAKE):
            return posting.division
    return None


def owed_now(unit: Division, on: date) -> Owed | None:
    """The duty of the running period; None where the regime gives this unit none."""
    found = duty_of(unit, on)
    if found is None:
        return None
    period = Period.containing(period_kind(unit, on), on)
    duty = Obligation.objects.filter(kind=found[0], unit=unit, period=str(period), subject_type="").first()
    rows = Inspection.objects.filter(unit=unit, period=str(period))
    done = rows.filter(state=InspectionState.FINISHED).exists()
    return Owed(
        unit, period, duty.due_on if duty else None, done or bool(duty and duty.met_on), rows.open().first()
    )


def responsible_units(inspection: Inspection) -> list[Division]:
    """The inspecting unit and those inspected with it; for a city or province, also its cities and counties."""
    own = inspection.unit
    rows = Division.objects.within(own).filter(tier__lte=Tier.COUNTY)
    if own.tier == Tier.PROVINCE:
        inspected = inspection.items.values("unit_id")
        rows = rows.filter(Q(tier__lte=Tier.CITY) | Q(pk__in=inspected))
    return list(rows.order_by("path"))


def responsible_departments(units: Iterable[Division], on: date) -> list[Any]:
    return [row for unit in units for row in departments_of(unit, on)]


def projects_named(unit: Division, lines: Iterable[str]) -> tuple[list[Project], list[str]]:
    """Projects of the area by number or full name, and the lines that name none or several."""
    wanted = [line.strip() for line in lines if line.strip()]
    rows = area_of(unit).select_related("division__parent")
    by_number = {row.number: row for row in rows.filter(number__in=wanted)}
    by_name: dict[str, list[Project]] = {}
    for row in rows.filter(name__in=[line for line in wanted if line not in by_number]):
        by_name.setdefault(row.name, []).append(row)
    found, unknown = [], []
    for line in wanted:
        if line in by_number:
            found.append(by_number[line])
        elif len(by_name.get(line, [])) == 1:
            found += by_name[line]
        else:
            unknown.append(line)
    return found, unknown
