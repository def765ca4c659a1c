"""The tab on a project's page: the inspections that looked at it, and the visits of invited supervisors."""

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scope import holds
from projects.models import Project
from projects.tabs import Tab, register_tab
from supervision.inspections.models import VIEW as INSPECTIONS
from supervision.inspections.models import Inspection, InspectionItem
from supervision.visits import queries
from supervision.visits.models import VIEW, Visit

SHOWN = 50


def register() -> None:
    register_tab(
        Tab(
            code="inspections", label=_("Inspections and visits"), template="supervision/visits/_tab.html",
            permission=VIEW, context=_context, rows=_rows, order=21,
        )
    )  # fmt: skip


def _items(project: Project, user: Any) -> QuerySet[InspectionItem]:
    return InspectionItem.objects.filter(project=project, inspection__in=Inspection.objects.visible_to(user))


def _rows(project: Project, user: Any) -> tuple[QuerySet[Any], ...]:
    return _items(project, user), Visit.objects.visible_to(user).filter(project=project)


def _context(project: Project, user: Any, on: date) -> dict[str, Any]:
    items = _items(project, user).select_related("inspection__unit").annotate(found=Count("findings"))
    return {
        "looked": items.order_by("-inspection__planned_at", "-pk")[:SHOWN],
        "visits": queries.listed(user).filter(project=project)[:SHOWN],
        "sees_inspections": holds(user, INSPECTIONS),
    }
