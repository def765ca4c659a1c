"""What matters hang into the lower apps when the process starts."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import audit_words, leaving, sections
from accounts.jobs.registry import hourly, register_job
from accounts.obligations import todo
from approvals.service import owned as work
from policy.services import on_calendar_changed
from projects.models import Project, ProjectState
from projects.services.dependents import register_ended, register_moved
from projects.tabs import Action, Tab, register_action, register_tab
from supervision.matters import following, ladder, owned, queries, recompute
from supervision.matters import todo as matter_todo
from supervision.matters.models import OPEN_STATES, Matter, MatterSource
from supervision.matters.sources import Source, register_source
from supervision.matters.states import LABELS

JOB = "ladder"
CLOSED_SHOWN = 50


def register() -> None:
    sections.register(
        "supervision", "matters", gettext_lazy("Supervised matters"), "matters:list", "matters.view", 10
    )
    register_source(Source(MatterSource.OFFICE, MatterSource.OFFICE.label, url=lambda matter: ""))
    todo.register("matters", matter_todo.items)
    work.register_source(owned.SOURCE)
    leaving.register("matters", posting=lambda posting, last_day: [], department=owned.open_at_department)
    register_moved("matters", following.follow_move)
    register_ended("matters", following.follow_end)
    on_calendar_changed.register("matters", preview=recompute.preview, apply=recompute.apply)
    _register_job()
    _register_on_project()
    _register_words()


def _register_job() -> None:
    register_job(
        JOB,
        hourly,
        ladder.run,
        queue="warn",
        label=gettext_lazy("Press what is overdue"),
        standing=True,
        every=timedelta(hours=2),
        words={
            "press": gettext_lazy("matters pressed"),
            "supervise": gettext_lazy("matters taken under supervision"),
            "circulate": gettext_lazy("matters for the circular"),
            "put": gettext_lazy("matters put on the ladder"),
            "moved": gettext_lazy("matters gone to a successor"),
        },
    )


def _register_on_project() -> None:
    register_tab(
        Tab(
            code="matters",
            label=gettext_lazy("Supervision"),
            template="supervision/matters/_tab.html",
            permission="matters.view",
            context=_tab,
            rows=lambda project, user: Matter.objects.visible_to(user).open().filter(project=project),
            order=18,
        )
    )
    register_action(
        Action(
            code="matter-issue",
            label=gettext_lazy("Assign a matter"),
            permission="matters.issue",
            url=lambda project, user: (
                f"{reverse('matters:new')}?project={project.pk}" if _runs(project) else ""
            ),
            icon="send",
            order=60,
            aside=True,
        )
    )


def _runs(project: Project) -> bool:
    return project.state in (ProjectState.ACTIVE, ProjectState.DONE)


def _tab(project: Project, user: Any, on: date) -> dict[str, Any]:
    rows = Matter.objects.visible_to(user).filter(project=project).select_related(*queries.CARRY)
    opened = rows.filter(state__in=OPEN_STATES).order_by("due_on", "pk")
    closed = rows.exclude(state__in=OPEN_STATES).order_by("-closed_at", "-pk")[:CLOSED_SHOWN]
    return {"open_rows": queries.rows_of(opened, on), "closed_rows": queries.rows_of(closed, on)}


def _register_words() -> None:
    audit_words.register(
        {f"matter_{code}": label for code, label in LABELS.items()},
        {
            "step": gettext_lazy("step of the ladder"),
            "holder": gettext_lazy("in charge"),
            "due_on": gettext_lazy("limit"),
            "listed_on": gettext_lazy("on public listing since"),
            "issuer": gettext_lazy("issued by"),
        },
    )
