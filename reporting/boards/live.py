"""Figures of the live data for one area, and the rows each of them counted. Two statements, whatever the size."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Division
from policy.lights import Light, LightThresholds
from projects.lights import light_q
from projects.models import Milestone, MilestoneCode, Project, ProjectState
from reporting.boards.area import Area, Month
from reporting.reports.figures import Figures
from reporting.reports.live import COUNTED_KINDS, Key, collect, counted_q


@dataclass(frozen=True, slots=True)
class Line:
    """Figures of one unit of the board. `own`: a city's projects that belong to none of its counties."""

    division: Division
    figures: Figures
    own: bool = False

    @property
    def lit(self) -> int:
        return self.figures.red + self.figures.amber


@dataclass(frozen=True, slots=True)
class AreaFigures:
    total: Figures
    lines: tuple[Line, ...]

    def of(self, code: str) -> Figures:
        return next(
            (line.figures for line in self.lines if line.division.pk == code and not line.own), Figures()
        )


def figures_for(user: Any, area: Area, month: Month, bounds: LightThresholds) -> AreaFigures:
    """Live figures of the area and its units, over what the user may see. Lights and funds are those of today."""
    found = collect(
        Project.objects.visible_to(user).filter(area.q),
        Milestone.objects.visible_to(user).filter(area.q),
        first=month.period.first,
        cut_off=month.cut_off,
        thresholds=bounds,
    )
    return AreaFigures(Figures.total(found.values()), tuple(_lines(area, found)))


def _lines(area: Area, found: Mapping[Key, Figures]) -> list[Line]:
    place = 0 if area.is_province else 1  # a city's code leads the key, a county's ends it
    by_unit: dict[str, Figures] = {}
    for key, part in found.items():
        by_unit[key[place]] = by_unit.get(key[place], Figures()) + part
    own = by_unit.get("")
    lines = [Line(unit, by_unit.get(unit.pk, Figures())) for unit in area.shown]
    if own and own != Figures() and area.lines:
        lines.append(Line(area.division, own, own=True))
    return lines


def uncounted(user: Any, area: Area, month: Month) -> int:
    """Signed intents and frameworks, which no rate counts."""
    return Project.objects.visible_to(user).filter(area.q, _uncounted_q(month.cut_off)).count()


def rows_of(
    user: Any, area: Area, month: Month, bounds: LightThresholds, figure: str, *, own: bool
) -> QuerySet[Project]:
    """The projects behind `figure`: the same conditions as the figure, so that counts are equal. KeyError: unknown."""
    rows = Project.objects.visible_to(user).filter(area.q, opens(month, bounds)[figure])
    if own:
        rows = rows.filter(**{"city_code" if area.is_province else "county_code": ""})
    return rows


def opens(month: Month, bounds: LightThresholds) -> dict[str, Q]:
    """Figure → condition on projects. Mirrors `reports.live.collect`; a test holds them equal."""
    day = month.cut_off
    counted = counted_q(day)
    red, amber = counted & light_q(Light.RED, bounds), counted & light_q(Light.AMBER, bounds)
    start = MilestoneCode.CONSTRUCTION_START
    started, planned = _has(code=start, reached_on__lte=day), _has(code=start, planned_on__lte=day)
    both = _has(code=start, planned_on__lte=day, reached_on__lte=day)
    setup = _has(code=MilestoneCode.COMPANY_SETUP, reached_on__lte=day)
    finished = Q(actual_on__lte=day, planned_on__isnull=False)
    new = counted & Q(signed_on__gte=month.period.first)
    return {
        "signed": counted,
        "signed_amount_yuan": counted,
        "new_signed": new,
        "new_signed_amount_yuan": new,
        "in_place_yuan": counted & Q(invested_total_yuan__gt=0),
        "fulfilled": counted & (setup | Q(invested_total_yuan__gt=0)),
        "started": counted & started,
        "not_started": counted & ~started,
        "completed": counted & _has(code=MilestoneCode.COMPLETION_ACCEPTANCE, reached_on__lte=day),
        "produced": counted & _has(code=MilestoneCode.PRODUCTION, reached_on__lte=day),
        "start_planned": counted & planned,
        "started_of_planned": counted & both,
        "behind_plan": counted & planned & ~both,
        "points_finished": counted & _has(finished),
        "points_on_time": counted & _has(finished, actual_on__lte=F("planned_on")),
        "lost": Q(state__in=[ProjectState.TERMINATED, ProjectState.WITHDRAWN], ended_on__lte=day),
        "red": red,
        "amber": amber,
        "lit": red | amber,
        "uncounted": _uncounted_q(day),
    }


def _uncounted_q(day: date) -> Q:
    kept = Q(ended_on=None) | Q(ended_on__gt=day)
    return Q(signed_on__lte=day) & ~Q(contract_kind__in=COUNTED_KINDS) & ~Q(state=ProjectState.MERGED) & kept


def _has(*parts: Q, **conditions: Any) -> Q:
    return Q(Exists(Milestone.objects.filter(*parts, project_id=OuterRef("pk"), **conditions)))
