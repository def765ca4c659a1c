"""Figures of the live data by county, in two grouped queries: a join of both would count money ×7."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum

from policy.lights import Light, LightThresholds
from projects.lights import light_q
from projects.models import ContractKind, Milestone, MilestoneCode, Project, ProjectState
from reporting.reports.figures import Figures

COUNTED_KINDS = (ContractKind.CONTRACT, ContractKind.AGREEMENT)
Key = tuple[str, str]  # (city code, county code); county "" = the city's own rows


def counted_q(cut_off: date, prefix: str = "") -> Q:
    """Base B of the rates as one condition; `prefix` leads from the row to its project."""
    p = prefix
    return (
        Q(**{f"{p}signed_on__lte": cut_off, f"{p}contract_kind__in": COUNTED_KINDS})
        & ~Q(**{f"{p}state": ProjectState.MERGED})
        & (Q(**{f"{p}ended_on": None}) | Q(**{f"{p}ended_on__gt": cut_off}))
    )


def collect(
    projects: Any, milestones: Any, *, first: date, cut_off: date, thresholds: LightThresholds
) -> dict[Key, Figures]:
    """Figures by (city, county) of two querysets the caller has scoped; `first` begins the period of new signings.

    Two statements, whatever the number of divisions.
    """
    found: dict[Key, dict[str, int]] = {}
    for row in _project_rows(projects, first=first, cut_off=cut_off, thresholds=thresholds):
        found.setdefault((row.pop("city_code"), row.pop("county_code")), {}).update(row)
    for row in _milestone_rows(milestones, cut_off=cut_off):
        found.setdefault((row.pop("city_code"), row.pop("county_code")), {}).update(row)
    return {key: Figures.from_json(values) for key, values in found.items()}


def collect_for(user: Any, *, first: date, cut_off: date, thresholds: LightThresholds) -> dict[Key, Figures]:
    """The same over what `user` may see."""
    return collect(
        Project.objects.visible_to(user),
        Milestone.objects.visible_to(user),
        first=first,
        cut_off=cut_off,
        thresholds=thresholds,
    )


def by_city(figures: Mapping[Key, Figures]) -> dict[str, Figures]:
    """Cities as the sum of their counties and their own rows."""
    result: dict[str, Figures] = {}
    for (city, _county), part in figures.items():
        result[city] = result.get(city, Figures()) + part
    return result


def _project_rows(projects: Any, *, first: date, cut_off: date, thresholds: LightThresholds) -> Any:
    counted = counted_q(cut_off)
    new = counted & Q(signed_on__gte=first)
    return (
        projects.order_by()
        .values("city_code", "county_code")
        .annotate(
            signed=Count("pk", filter=counted),
            signed_amount_yuan=Sum("contract_amount_yuan", filter=counted),
            new_signed=Count("pk", filter=new),
            new_signed_amount_yuan=Sum("contract_amount_yuan", filter=new),
            in_place_yuan=Sum("invested_total_yuan", filter=counted),
            lost=Count(
                "pk",
                filter=Q(state__in=[ProjectState.TERMINATED, ProjectState.WITHDRAWN], ended_on__lte=cut_off),
            ),
            red=Count("pk", filter=counted & light_q(Light.RED, thresholds)),
            amber=Count("pk", filter=counted & light_q(Light.AMBER, thresholds)),
        )
    )


def _milestone_rows(milestones: Any, *, cut_off: date) -> Any:
    reached = Q(reached_on__lte=cut_off)
    start = Q(code=MilestoneCode.CONSTRUCTION_START)
    planned = start & Q(planned_on__lte=cut_off)
    finished = Q(actual_on__lte=cut_off, planned_on__isnull=False)
    return (
        milestones.filter(counted_q(cut_off, "project__"))
        .order_by()
        .values("city_code", "county_code")
        .annotate(
            fulfilled=Count(
                "pk",
                filter=Q(code=MilestoneCode.COMPANY_SETUP)
                & (reached | Q(project__invested_total_yuan__gt=0)),
            ),
            started=Count("pk", filter=start & reached),
            completed=Count("pk", filter=Q(code=MilestoneCode.COMPLETION_ACCEPTANCE) & reached),
            produced=Count("pk", filter=Q(code=MilestoneCode.PRODUCTION) & reached),
            start_planned=Count("pk", filter=planned),
            started_of_planned=Count("pk", filter=planned & reached),
            points_finished=Count("pk", filter=finished),
            points_on_time=Count("pk", filter=finished & Q(actual_on__lte=F("planned_on"))),
        )
    )
