"""What changes of plan hang into the apps below and into the project's pages."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.obligations import kinds, todo
from accounts.obligations.todo import TodoItem
from accounts.scope import holds, own_rows_q
from policy.services import current_calendar
from projects.models import ChangeState, Pause, Project, ProjectState, Replan
from projects.plans import services, views
from projects.services.dependents import register_ended
from projects.tabs import Action, Tab, register_action, register_tab

PAUSE_LEAD_DAYS = 5


def register() -> None:
    kinds.register(
        kinds.DutyKind(
            code=kinds.PLAN_DECISION,
            label=gettext_lazy("Decision on new planned dates"),
            title=lambda row: _("Decide on new planned dates: %(project)s") % {"project": row.subject_label},
            button=gettext_lazy("Look at the request"),
            url=_decision_url,
            permission=services.DECIDE,
        )
    )
    todo.register("pauses", pauses_to_review)
    register_tab(
        Tab(
            code="plans",
            label=gettext_lazy("Changes of plan"),
            template="projects/plans/_tab.html",
            permission="plans.view",
            context=views.tab,
            rows=lambda project, _user: project.plan_changes.all(),
            order=20,
        )
    )
    register_action(
        Action(
            code="plan_change",
            label=gettext_lazy("Change the plan"),
            permission="projects.edit",
            url=_ask_url,
            icon="calendar-time",
            order=20,
            aside=True,
        )
    )
    register_ended("plans", services.drop_waiting)


def _decision_url(row: Any) -> str:
    """A plan of key points, or the plan of a debt."""
    name = "replan" if row.subject_type == Replan._meta.label_lower else "plan_change"
    return reverse(f"projects:{name}", args=[row.subject_id])


def _ask_url(project: Project, user: Any) -> str:
    if project.state != ProjectState.ACTIVE or not project.next_due_on:
        return ""
    waiting = project.plan_changes.filter(state=ChangeState.WAITING).first()
    if waiting is not None:
        return reverse("projects:plan_change", args=[waiting.pk])
    return reverse("projects:plan_change_ask", args=[project.pk])


def pauses_to_review(user: Any, on: date) -> list[TodoItem]:
    """A pause never runs on unseen: its day of review comes up with the office that planned it."""
    if not holds(user, "projects.plan"):
        return []
    calendar = current_calendar()
    rows = (
        Pause.objects.visible_to(user)
        .filter(
            own_rows_q(user, "projects.plan"),
            resumed_on=None,
            review_on__lte=calendar.add(on, PAUSE_LEAD_DAYS),
        )
        .select_related("project")
        .order_by("review_on", "pk")[:200]
    )
    return [
        TodoItem(
            key=f"pause:{row.pk}",
            days_left=calendar.left(on, row.review_on),
            due_on=row.review_on,
            title=_("Look at the pause again: %(project)s") % {"project": row.project.name},
            detail=_("%(reason)s since %(day)s") % {
                "reason": row.get_reason_display(), "day": row.starts_on.isoformat()
            },
            url=reverse("projects:detail", args=[row.project_id]) + "#more",
            button=_("Resume or prolong"),
        )
        for row in rows
    ]  # fmt: skip
