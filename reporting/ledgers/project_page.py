"""The ledger tab on a project's page: accepted figures month by month (see projects.tabs)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from projects.charts import funds_line
from projects.models import MilestoneCode, Project
from projects.tabs import Tab, register_tab
from reporting.ledgers.models import LedgerEntry

MOST_MONTHS = 60


def register() -> None:
    register_tab(
        Tab(
            code="ledger",
            label=_("Ledger"),
            template="projects/_tab_ledger.html",
            permission="ledgers.view",
            context=_context,
            rows=lambda project, user: _entries(project, user),
            order=10,
        )
    )


def _entries(project: Project, user: Any) -> Any:
    return LedgerEntry.objects.visible_to(user).filter(project=project)


def _context(project: Project, user: Any, on: date) -> dict[str, Any]:
    entries = list(_entries(project, user).order_by("-period")[:MOST_MONTHS])
    names = dict(MilestoneCode.choices)
    for entry in entries:
        entry.node_texts = [f"{names.get(code, code)} {day}" for code, day in entry.nodes.items()]
    rows = [(entry.period, entry.invested_total_yuan) for entry in reversed(entries)]
    return {"entries": entries, "funds": funds_line(rows)}
