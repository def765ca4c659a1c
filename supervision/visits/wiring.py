"""What visits hang into the lower apps when the process starts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, sections
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from projects.grants import register_beside_team
from projects.services.dependents import register_moved
from projects.tabs import Action, register_action
from supervision.matters.models import Matter, MatterSource
from supervision.matters.sources import Source, register_source
from supervision.visits import following, project_page, queries, services
from supervision.visits.models import RECORD, VIEW, VisitFinding

LIMIT = 100


def register() -> None:
    sections.register("supervision", "visits", gettext_lazy("Invited supervisors"), "visits:list", VIEW, 50)
    register_source(
        Source(
            MatterSource.VISIT, gettext_lazy("Found by an invited supervisor"), url=_url,
            closed=services.matter_moved,
        )
    )  # fmt: skip
    todo.register("visit_findings", todo_items)
    register_moved("visits", following.follow_move)
    register_beside_team("namings", following.named_to)
    register_action(
        Action(
            code="visit", label=gettext_lazy("Record a visit"), permission=RECORD, icon="edit", order=10,
            url=lambda project, _user: reverse("visits:new", args=[project.pk]),
        )
    )  # fmt: skip
    project_page.register()
    audit_words.register(
        {
            "visit_moved": gettext_lazy("visit handed to the unit its project moved to"),
            "visit_recorded": gettext_lazy("visit of an invited supervisor recorded"),
            "visit_finding_pressed": gettext_lazy("finding of a visit pressed as a matter"),
            "visit_project_named": gettext_lazy("project named to an invited supervisor (log)"),
            "visit_project_taken_back": gettext_lazy("project taken back from an invited supervisor"),
            "visit_finding_declined": gettext_lazy("finding of a visit not taken up"),
        },
        {"problem": gettext_lazy("problem"), "visited_on": gettext_lazy("visited on")},
    )


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """Findings of visits the competent office has to decide on; no day is set for that, so they stand without one."""
    for row in queries.to_triage(user)[:LIMIT]:
        yield TodoItem(
            key=f"visit_finding:{row.pk}", days_left=None, due_on=None,
            title=_("Decide on the supervisor's finding: %(text)s") % {"text": row.text[:60]},
            detail=_("%(who)s, %(project)s, %(day)s") % {
                "who": row.visit.by_name, "project": row.visit.project.name, "day": row.visit.visited_on.isoformat(),
            },
            url=reverse("visits:detail", args=[row.visit_id]), button=_("Press it or say why not"), order=36,
        )  # fmt: skip


def _url(matter: Matter) -> str:
    pair = VisitFinding.objects.filter(pk=matter.source_id).values_list("visit_id", "pk").first()
    return reverse("visits:finding", args=pair) if pair else ""
