"""What the checks of one unit's ledger need to know, read in four statements whatever the number of rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.models import Division, Tier
from policy.periods import Period
from projects.models import Milestone, Pause, PauseReason, Project, ProjectState
from reporting.ledgers.grounds import Grounds
from reporting.ledgers.matching import LiveProject, ProjectIndex
from reporting.ledgers.models import LedgerEntry
from reporting.ledgers.places import Place, PlaceIndex
from reporting.ledgers.rows import iso
from reporting.ledgers.truth import Month

PAST_MONTHS = 3
AREA_FIELD = {Tier.PROVINCE: "province_code", Tier.CITY: "city_code", Tier.COUNTY: "county_code"}


@dataclass(slots=True)
class Area:
    """A unit, its projects and their accepted past. `entries`: last month's accepted values by project id."""

    unit: Division
    period: Period
    on: date
    places: PlaceIndex
    projects: ProjectIndex
    past: dict[int, list[Month]] = field(default_factory=dict)
    entries: dict[int, dict[str, Any]] = field(default_factory=dict)
    last_period: str = field(init=False)
    grounds: Grounds = field(init=False)

    def __post_init__(self) -> None:
        self.last_period = str(self.period.previous())
        self.grounds = Grounds(self.unit, self.on)


def load_places() -> PlaceIndex:
    """Divisions with their other names, in one statement."""
    rows = list(
        Division.objects.filter(tier__lte=Tier.COUNTY)
        .order_by("code", "aliases__pk")
        .values_list("code", "name", "short_name", "tier", "path", "city_code", "aliases__name")
    )
    places = {row[0]: Place(*row[:6]) for row in rows}
    return PlaceIndex(places.values(), ((row[6], row[0]) for row in rows if row[6]))


def area_filter(unit: Division, prefix: str = "") -> dict[str, str]:
    """Rows of the unit's area as an equality on a stored code."""
    return {prefix + AREA_FIELD[Tier(unit.tier)]: unit.pk}


def load_area(unit: Division, period: Period, on: date, places: PlaceIndex | None = None) -> Area:
    """The unit's projects as they stand, with the accepted figures of the months before `period`."""
    projects = {project.id: project for project in _projects(unit)}
    if projects:
        _add_nodes(projects, unit)
    area = Area(unit, period, on, places or load_places(), ProjectIndex(projects.values()))
    _add_past(area, projects)
    return area


def _projects(unit: Division) -> Any:
    rows = (
        Project.objects.filter(**area_filter(unit))
        .exclude(state=ProjectState.MERGED)
        .order_by("pk")
        .annotate(
            winter=Exists(
                Pause.objects.filter(project_id=OuterRef("pk"), resumed_on=None, reason=PauseReason.WINTER_STOP)
            )
        )
        .values_list(
            "pk", "number", "investment_code", "name", "company__name", "investor", "division_id", "state", "version",
            "paused", "reported_period", "contract_amount_yuan", "signed_on", "signed_precision", "invested_total_yuan",
            "invested_month_yuan", "progress_text", "problem_text", "lead_department", "winter", "industry_text", "place",
        )
    )  # fmt: skip
    for row in rows:
        yield LiveProject(
            id=row[0], number=row[1], investment_code=row[2], name=row[3], company=row[4] or row[5],
            division_code=row[6], state=row[7], version=row[8], paused=row[9], reported_period=row[10],
            winter_stop=row[19],
            values={
                "contract_amount": row[11], "signed_on": iso(row[12], row[13]),
                "invested_total": row[14], "invested_month": row[15], "progress": row[16], "problems": row[17],
                "lead_department": row[18], "company": row[5], "industry": row[20], "place": row[21],
            },
        )  # fmt: skip


def _add_nodes(projects: dict[int, LiveProject], unit: Division) -> None:
    rows = Milestone.objects.filter(**area_filter(unit), actual_on__isnull=False).values_list(
        "project_id", "code", "actual_on", "actual_precision"
    )
    for project_id, code, actual_on, precision in rows:
        if project_id in projects:
            projects[project_id].values[f"node.{code}"] = iso(actual_on, precision)


def _add_past(area: Area, projects: dict[int, LiveProject]) -> None:
    """The accepted months of the quarter before; a longer silence leaves only the live values to compare with."""
    periods, period = [], area.period
    for _each in range(PAST_MONTHS):
        period = period.previous()
        periods.append(str(period))
    if not projects:
        return
    rows = LedgerEntry.objects.filter(**area_filter(area.unit), period__in=periods).values_list(
        "project_id",
        "period",
        "invested_total_yuan",
        "invested_month_yuan",
        "progress_text",
        "problem_text",
        "nodes",
    )
    past: dict[int, list[Month]] = defaultdict(list)
    latest: dict[int, str] = {}
    for project_id, text, total, month, progress, problems, nodes in rows:
        past[project_id].append(Month(text, total, month, progress))
        if text > latest.get(project_id, ""):
            latest[project_id] = text
            area.entries[project_id] = {
                "invested_total": total, "invested_month": month, "progress": progress, "problems": problems,
                **{f"node.{code}": day for code, day in nodes.items()},
            }  # fmt: skip
    for months in past.values():
        months.sort(key=lambda m: m.period, reverse=True)
    area.past = dict(past)
