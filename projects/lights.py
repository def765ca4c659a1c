"""Lights of projects and milestones, from stored dates only: the same bounds in Python and in SQL (policy.lights).

A project shows the light of its earliest open milestone; with the regime's rule of two late key points it turns red.
A project that ended before production shows none.
"""

from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from policy.lights import Light, LightThresholds, light_for
from policy.regimes import Regime
from policy.services import light_bounds
from projects.models import Milestone, Project, ProjectState

__all__ = [
    "Light", "LightThresholds", "annotate_light", "light_q", "milestone_light", "project_light",
    "thresholds",
]  # fmt: skip

LIT = (Light.RED, Light.AMBER, Light.BLUE, Light.GREY)


def thresholds(on: date, regime: Regime | None = None) -> LightThresholds:
    """The bounds of the day; made once per day, rule and calendar."""
    return light_bounds("milestone_light", on, regime)


def project_light(project: Any, bounds: LightThresholds) -> Light:
    """`project`: anything with state, paused, next_due_on and second_due_on."""
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        return Light.NONE
    return light_for(
        project.next_due_on,
        bounds,
        done=project.state == ProjectState.DONE,
        paused=project.paused,
        second_due_on=project.second_due_on,
    )


def milestone_light(milestone: Milestone, bounds: LightThresholds, *, paused: bool = False) -> Light:
    """`paused`: whether the project stands still; a milestone that is not open for another reason has no light."""
    if milestone.actual_on is not None:
        return Light.DONE
    if not milestone.is_open:
        return Light.GREY if paused else Light.NONE
    return light_for(milestone.planned_on, bounds)


def light_q(light: Light | str, bounds: LightThresholds, prefix: str = "") -> Q:
    """Projects showing `light`; the lights part all projects that have not ended before production."""
    light = Light(light)
    state, due, second = f"{prefix}state", f"{prefix}next_due_on", f"{prefix}second_due_on"
    if light is Light.DONE:
        return Q(**{state: ProjectState.DONE})
    running = Q(**{state: ProjectState.ACTIVE})
    if light is Light.GREY:
        return running & Q(**{f"{prefix}paused": True})
    running &= Q(**{f"{prefix}paused": False})
    long_late = Q(**{f"{due}__lt": bounds.red_before})
    late = Q(**{f"{due}__lt": bounds.today})
    red = long_late | (late & Q(**{f"{second}__lt": bounds.today})) if bounds.red_late_nodes else long_late
    if light is Light.RED:
        return running & red
    if light is Light.AMBER:
        amber = late & Q(**{f"{due}__gte": bounds.red_before})
        if bounds.red_late_nodes:
            amber &= Q(**{f"{second}__gte": bounds.today}) | Q(**{second: None})
        return running & amber
    if light is Light.BLUE:
        return running & Q(**{f"{due}__gte": bounds.today, f"{due}__lte": bounds.blue_until})
    return running & (
        Q(**{due: None}) | Q(**{f"{due}__gt": max(bounds.blue_until, bounds.today)}) | _gap(due, bounds)
    )


def _gap(due: str, bounds: LightThresholds) -> Q:
    """Due today under a rule without blue: not yet due, and not overdue either."""
    return Q(**{due: bounds.today}) if bounds.blue_until < bounds.today else Q(pk__in=[])


def annotate_light(rows: QuerySet[Project], bounds: LightThresholds) -> QuerySet[Project]:
    """Add `light_rank` for sorting, the gravest first (0 red … 5 done, 6 ended)."""
    order = (Light.RED, Light.AMBER, Light.BLUE, Light.GREY, Light.NONE, Light.DONE)
    whens = [When(light_q(light, bounds), then=Value(rank)) for rank, light in enumerate(order)]
    return rows.annotate(light_rank=Case(*whens, default=Value(len(order)), output_field=IntegerField()))
