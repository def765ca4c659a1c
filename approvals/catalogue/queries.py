"""Which catalogue is in force where, and reading it."""

from datetime import date
from typing import Any

from accounts.clock import end_of
from accounts.models import Department, Division
from approvals.catalogue.models import Catalogue, CatalogueItem, CatalogueState
from approvals.catalogue.sheet import Departments
from approvals.catalogue.spec import STAGE_ORDER, ItemSpec, spec_of
from projects.models import MilestoneCode


def catalogue_for(division: Division, on: date | None = None) -> Catalogue | None:
    """The version in force on `on` (None: now): the division's own, else its city's, else the province's."""
    codes = [code for code in division.path.split("/") if code]
    rows = Catalogue.objects.filter(division_id__in=codes)
    if on is None:
        rows = rows.filter(state=CatalogueState.PUBLISHED)
    else:
        rows = rows.exclude(state=CatalogueState.DRAFT).filter(published_at__lt=end_of(on))
    found = {
        row.division_id: row for row in rows.order_by("published_at", "number").select_related("division")
    }
    return next((found[code] for code in reversed(codes) if code in found), None)


def departments_of(division: Division) -> Departments:
    """Names of the division's departments; codes are the same in every division."""
    return Departments.of(Department.objects.filter(division=division).order_by("code"))


def specs_of(catalogue: Catalogue) -> list[ItemSpec]:
    return [spec_of(row) for row in catalogue.items.order_by("position", "pk")]


def by_stage(items: Any) -> list[dict[str, Any]]:
    """Rows grouped by stage in order of the course, stages without rows left out."""
    groups: dict[str, list[Any]] = {}
    for row in items:
        groups.setdefault(row.stage, []).append(row)
    labels: dict[str, Any] = dict(MilestoneCode.choices)
    return [
        {"stage": stage, "label": labels[stage], "rows": groups[stage]}
        for stage in sorted(groups, key=lambda code: STAGE_ORDER[code])
    ]


def suggested(items: Any, kind: str) -> list[CatalogueItem]:
    """What a project of `kind` usually needs."""
    return [row for row in items if row.usual and row.fits(kind)]
