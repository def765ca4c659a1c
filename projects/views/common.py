"""What every page of one project shares: finding it, the rights over it, its head, and putting refusals on the form."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.divisions import regime_code_of
from policy.lights import Light, LightThresholds
from policy.regimes import Regime, get_regime
from projects import queries
from projects.abilities import abilities
from projects.industries import industry_label
from projects.lights import project_light, thresholds
from projects.models import Assignment, Milestone, Pause, Project, ProjectState
from projects.tabs import actions_for, counts, tabs_for
from projects.track import Node, lit, track


@dataclass(slots=True)
class Open:
    """One project as the person at hand may see it."""

    project: Project
    held: frozenset[str]

    def may(self, permission: str) -> bool:
        return permission in self.held


def open_project(request: HttpRequest, pk: int, permission: str = "projects.view") -> Open:
    """404 outside the person's area, 403 inside without the right."""
    project = queries.one(request.user, pk).first()
    if project is None:
        raise Http404
    held = abilities(request.user, project)
    if permission not in held:
        raise PermissionDenied(permission)
    return Open(project, held)


@dataclass(slots=True)
class Head:
    """Head of a project's pages: lights, key points, tabs, buttons."""

    project: Project
    held: frozenset[str]
    regime: Regime
    bounds: LightThresholds
    nodes: list[Node]
    team: list[Assignment]
    pauses: list[Pause]
    light: Light
    tabs: list[dict[str, Any]] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)

    @property
    def main_actions(self) -> list[Any]:
        return [pair for pair in self.actions if not pair[0].aside]

    @property
    def aside_actions(self) -> list[Any]:
        return [pair for pair in self.actions if pair[0].aside]

    @property
    def points(self) -> list[Milestone]:
        return [node.point for node in self.nodes]

    @property
    def lit(self) -> list[Node]:
        return lit(self.nodes)[:3]

    @property
    def current(self) -> Node | None:
        return next((node for node in self.nodes if node.is_current), None)

    @property
    def pause(self) -> Pause | None:
        return next((pause for pause in self.pauses if pause.resumed_on is None), None)

    @property
    def is_running(self) -> bool:
        return self.project.state == ProjectState.ACTIVE

    @property
    def has_ended(self) -> bool:
        return self.project.state not in (ProjectState.ACTIVE, ProjectState.DONE)

    @property
    def industry(self) -> str:
        project = self.project
        return industry_label(project.industry_section, project.industry_4567, project.industry_text)

    @property
    def place(self) -> str:
        """What the place says beyond the division's own name: a ledger often repeats 市 and 县 there."""
        home = self.project.division
        own = {home.name, f"{home.parent.name if home.parent else ''}{home.name}"}
        return "" if self.project.place.replace(" ", "") in own else self.project.place

    @property
    def may_edit(self) -> bool:
        return "projects.edit" in self.held

    @property
    def may_plan(self) -> bool:
        return "projects.plan" in self.held

    @property
    def may_appoint(self) -> bool:
        return "team.appoint" in self.held

    @property
    def may_see_problems(self) -> bool:
        return "warnings.view" in self.held


def head_of(request: HttpRequest, opened: Open, current: str) -> Head:
    """`current`: the code of the tab the page belongs to."""
    project = opened.project
    regime = get_regime(regime_code_of(project.division))
    bounds = thresholds(clock.today(), regime)
    points = list(project.milestones.all())
    team = list(project.team.select_related("user", "department"))
    pauses = list(project.pauses.order_by("starts_on"))
    head = Head(
        project=project,
        held=opened.held,
        regime=regime,
        bounds=bounds,
        nodes=track(project, points, bounds),
        team=team,
        pauses=pauses,
        light=project_light(project, bounds),
    )
    head.tabs = _tabs(request, head, current)
    head.actions = actions_for(project, request.user, opened.held)
    return head


def _tabs(request: HttpRequest, head: Head, current: str) -> list[dict[str, Any]]:
    pk = head.project.pk
    on = head.bounds.today
    serving = sum(1 for row in head.team if row.valid_to is None or row.valid_to >= on)
    done = sum(1 for node in head.nodes if node.point.actual_on)
    rows: list[dict[str, Any]] = [
        {"code": "overview", "label": _("Overview"), "url": reverse("projects:detail", args=[pk])},
        {
            "code": "milestones",
            "label": _("Key points"),
            "url": reverse("projects:milestones", args=[pk]),
            "count": f"{done}/{len(head.nodes)}",
        },
        {"code": "team", "label": _("People"), "url": reverse("projects:team", args=[pk]), "count": serving},
    ]
    shown = tabs_for(head.held)
    counted = counts(shown, head.project, request.user)
    for tab in shown:
        url = reverse("projects:tab", args=[pk, tab.code])
        rows.append({"code": tab.code, "label": tab.label, "url": url, "count": counted.get(tab.code)})
    if "audit.view" in head.held:
        rows.append({"code": "history", "label": _("History"), "url": reverse("projects:history", args=[pk])})
    for row in rows:
        row["current"] = row["code"] == current
    return rows
