"""The seven key points of one project as the pages show them: light, words, dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.templatetags.portal import light_words
from policy.calendar import WorkCalendar
from policy.lights import Light, LightThresholds
from policy.services import current_calendar
from projects.controls import Controls
from projects.lights import milestone_light
from projects.models import DatePrecision, Milestone, Party, Project, ProjectState


@dataclass(frozen=True, slots=True)
class Node:
    """`days`: working days left, negative overdue, None where nothing runs. `words` replace the light's own."""

    point: Milestone
    light: Light
    days: int | None
    words: str
    is_current: bool

    @property
    def text(self) -> str:
        return self.words or light_words(self.light.value, self.days)

    @property
    def party(self) -> str:
        """Who caused the delay, in words."""
        return str(Party(self.point.delay_party).label) if self.point.delay_party else ""

    @property
    def css(self) -> str:
        return "" if self.light is Light.NONE else f"is-{self.light.value}"

    @property
    def is_lit(self) -> bool:
        return self.light in (Light.RED, Light.AMBER, Light.BLUE)

    @property
    def actual_text(self) -> str:
        return imprecise(self.point.actual_on, self.point.actual_precision)

    @property
    def was_replanned(self) -> bool:
        return self.point.baseline_on is not None and self.point.baseline_on != self.point.planned_on


def imprecise(day: date | None, precision: str) -> str:
    """A date as precisely as it is known: 2026-04, 2026."""
    if day is None:
        return ""
    return {DatePrecision.YEAR: f"{day:%Y}", DatePrecision.MONTH: f"{day:%Y-%m}"}.get(
        DatePrecision(precision), day.isoformat()
    )


def current_point(points: Sequence[Milestone]) -> Milestone | None:
    """The first unfinished key point by position; None when all are finished."""
    return next(
        (point for point in sorted(points, key=lambda p: p.position) if point.actual_on is None), None
    )


def track(project: Project, points: Sequence[Milestone], bounds: LightThresholds) -> list[Node]:
    calendar = current_calendar()
    current = current_point(points) if project.state == ProjectState.ACTIVE else None
    return [
        _node(project, point, bounds, calendar, is_current=current is not None and point.pk == current.pk)
        for point in sorted(points, key=lambda p: p.position)
    ]


def _node(
    project: Project, point: Milestone, bounds: LightThresholds, calendar: WorkCalendar, *, is_current: bool
) -> Node:
    light = milestone_light(point, bounds, paused=project.paused)
    days = None
    words = ""
    if light is Light.DONE:
        words = _finish_words(point, calendar)
    elif light in (Light.RED, Light.AMBER, Light.BLUE) and point.planned_on is not None:
        days = calendar.left(bounds.today, point.planned_on)
    elif point.planned_on is None and light is Light.NONE:
        words = _("no plan yet") if project.state == ProjectState.ACTIVE else _("not reached")
    return Node(point, light, days, words, is_current)


def _finish_words(point: Milestone, calendar: WorkCalendar) -> str:
    if point.planned_on is None or point.actual_on is None:
        return _("finished")
    if point.actual_precision != DatePrecision.DAY:
        return _("finished")
    late = calendar.between(point.planned_on, point.actual_on)
    if late > 0:
        return ngettext("%(n)d working day late", "%(n)d working days late", late) % {"n": late}
    if late < 0:
        return ngettext("%(n)d working day early", "%(n)d working days early", -late) % {"n": -late}
    return _("on time (finished)")


@dataclass(frozen=True, slots=True)
class Span:
    """Working days of one step, counted from the finish (or plan) of the step before, for the wall chart."""

    node: Node
    planned: int | None
    used: int | None
    controls: Controls | None = None


def spans(
    nodes: Sequence[Node], signed_on: date | None, today: date, stages: Mapping[str, Controls] | None = None
) -> list[Span]:
    """`used` of an unfinished step runs until today, and only for the step at hand. `stages`: items by key point."""
    calendar = current_calendar()
    found: list[Span] = []
    begin = signed_on
    for node in nodes:
        point = node.point
        until = point.actual_on or (today if node.is_current else None)
        planned, used = _days(calendar, begin, point.planned_on), _days(calendar, begin, until)
        found.append(Span(node, planned, used, (stages or {}).get(point.code)))
        begin = point.actual_on or point.planned_on
    return found


def _days(calendar: WorkCalendar, first: date | None, last: date | None) -> int | None:
    return calendar.between(first, last) if first and last and first <= last else None


def lit(nodes: Sequence[Node]) -> list[Node]:
    """Nodes that need an eye, the gravest first."""
    return sorted(
        (node for node in nodes if node.is_lit), key=lambda node: (-node.light.weight, node.days or 0)
    )
