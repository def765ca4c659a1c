"""The warnings tab on a project's page: lights that are on, and those put out (see projects.tabs)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from policy.services import current_calendar
from projects.models import Project
from projects.tabs import Tab, register_tab
from supervision.warnings.models import Warning

MOST_CLEARED = 30


def register() -> None:
    register_tab(
        Tab(
            code="warnings",
            label=_("Warnings"),
            template="projects/_tab_warnings.html",
            permission="warnings.view",
            context=_context,
            rows=lambda project, user: _warnings(project, user).open(),
            order=20,
        )
    )


def _warnings(project: Project, user: Any) -> Any:
    return Warning.objects.visible_to(user).filter(project=project)


def _context(project: Project, user: Any, on: date) -> dict[str, Any]:
    rows = _warnings(project, user).select_related("acknowledged_by")
    lit, calendar = list(rows.open().order_by("due_on", "pk")), current_calendar()
    for row in lit:
        row.days_left = calendar.left(on, row.due_on)
    cleared = list(rows.exclude(cleared_on=None).order_by("-cleared_on", "-pk")[:MOST_CLEARED])
    return {"lit": lit, "cleared": cleared}
