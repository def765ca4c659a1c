"""Signed but not started, the largest first, each with the key point it stands at and its light."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from accounts.models import Tier
from policy.calendar import WorkCalendar
from policy.lights import Light, LightThresholds
from policy.services import current_calendar, working_days_left
from projects.lights import project_light
from projects.models import Milestone, Project
from projects.queries import current_point_of, with_row_parts
from reporting.boards.area import Area, Month
from reporting.boards.live import rows_of

TOP = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """A project as a board shows it. `days`: working days left of a running light, negative when overdue."""

    project: Project
    point: Milestone | None
    light: Light
    days: int | None

    @property
    def place(self) -> str:
        """市 and 县 of the host, as officials write it."""
        home = self.project.division
        above = home.parent
        return f"{above.name} {home.name}" if above and above.tier > Tier.PROVINCE else home.name


def longest_waiting(user: Any, area: Area, month: Month, bounds: LightThresholds) -> list[Standing]:
    """Two statements: the ten largest with their places, and their key points."""
    rows = rows_of(user, area, month, bounds, "not_started", own=False)
    ordered = rows.order_by(F("contract_amount_yuan").desc(nulls_last=True), "pk")
    calendar = current_calendar()
    return [standing(project, bounds, calendar) for project in with_row_parts(ordered)[:TOP]]


def standing(project: Project, bounds: LightThresholds, calendar: WorkCalendar) -> Standing:
    light = project_light(project, bounds)
    runs = light in (Light.RED, Light.AMBER, Light.BLUE)
    days = working_days_left(project.next_due_on, bounds.today, calendar) if runs else None
    if days == 0 and project.next_due_on and project.next_due_on < bounds.today:
        days = -1  # due on Friday, looked at on Saturday: overdue, not due today
    return Standing(project, current_point_of(project.milestones.all()), light, days)
