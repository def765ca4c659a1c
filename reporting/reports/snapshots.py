"""Freeze the projects of a province at a cut-off date. Every report of the period is drawn from these rows alone,
so counties add up to cities and cities to the province, and each figure opens the rows it counted."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count, F, Max, Min, Q, Sum

from accounts.bulk import bulk_insert
from accounts.models import Division
from policy.lights import Light, LightThresholds, light_for
from policy.periods import Period
from projects.models import MilestoneCode, Project, ProjectState
from reporting.ledgers.models import LedgerEntry
from reporting.reports.figures import Figures
from reporting.reports.live import COUNTED_KINDS, Key
from reporting.reports.models import Snapshot, SnapshotRow

REACHED = {
    "setup_on": MilestoneCode.COMPANY_SETUP,
    "start_on": MilestoneCode.CONSTRUCTION_START,
    "completion_on": MilestoneCode.COMPLETION_ACCEPTANCE,
    "production_on": MilestoneCode.PRODUCTION,
}
FIELDS = (
    "pk",
    "number",
    "name",
    "investor",
    "division_id",
    "province_code",
    "city_code",
    "county_code",
    "contract_kind",
    "state",
    "ended_on",
    "signed_on",
    "contract_amount_yuan",
    "invested_total_yuan",
    "paused",
)


def fill(snapshot: Snapshot, *, first: date, thresholds: LightThresholds) -> int:
    """Write the snapshot's rows; return how many. Lights are those of the day it is compiled (`thresholds.today`)."""
    names = dict(Division.objects.filter(province_code=snapshot.province_code).values_list("code", "name"))
    digest = hashlib.sha256()

    in_place = _in_place_then(snapshot)

    def rows() -> Iterator[tuple[Any, ...]]:
        for facts in _facts(snapshot.province_code, snapshot.cut_off_on, thresholds.today):
            facts["invested_total_yuan"] = in_place.get(facts["pk"], facts["invested_total_yuan"])
            row = _row(snapshot.cut_off_on, facts, names, first=first, thresholds=thresholds)
            values = tuple(row[name] for name in COLUMNS)
            digest.update(json.dumps(values, cls=DjangoJSONEncoder).encode())
            yield values

    count = bulk_insert(SnapshotRow, COLUMNS, rows(), constants={"snapshot_id": snapshot.pk})
    Snapshot.objects.filter(pk=snapshot.pk).update(row_count=count, digest=digest.hexdigest())
    snapshot.row_count, snapshot.digest = count, digest.hexdigest()
    return count


def figures_of(snapshot: Snapshot) -> dict[Key, Figures]:
    """Figures by (city, county) from the frozen rows, in one statement."""
    counted = Q(counted=True)

    rows = (
        SnapshotRow.objects.filter(snapshot=snapshot)
        .order_by()
        .values("city_code", "county_code")
        .annotate(
            signed=Count("pk", filter=counted),
            signed_amount_yuan=Sum("contract_amount_yuan", filter=counted),
            new_signed=Count("pk", filter=counted & Q(signed_in_period=True)),
            new_signed_amount_yuan=Sum("contract_amount_yuan", filter=counted & Q(signed_in_period=True)),
            in_place_yuan=Sum("invested_total_yuan", filter=counted),
            **{f"{name}_count": Count("pk", filter=counted & Q(**{name: True})) for name in FLAGS},
            points_finished=Sum("points_done", filter=counted),
            points_on_time_sum=Sum("points_on_time", filter=counted),
            lost_count=Count("pk", filter=Q(lost=True)),
            red=Count("pk", filter=counted & Q(light=Light.RED)),
            amber=Count("pk", filter=counted & Q(light=Light.AMBER)),
        )
    )
    result: dict[Key, Figures] = {}
    for found in rows:
        row: dict[str, Any] = dict(found)
        key = (row.pop("city_code"), row.pop("county_code"))
        for name in FLAGS:
            row[name] = row.pop(f"{name}_count")
        row["points_on_time"], row["lost"] = row.pop("points_on_time_sum"), row.pop("lost_count")
        result[key] = Figures.from_json(row)
    return result


# annotations may not carry the name of a column of the same table, hence the `_count`
FLAGS = ("fulfilled", "started", "completed", "produced", "start_planned", "started_of_planned")

# figure → condition on the frozen rows it counts or sums: what a click on the figure opens
OPENS: dict[str, Q] = {
    "signed": Q(counted=True),
    "signed_amount_yuan": Q(counted=True),
    "new_signed": Q(counted=True, signed_in_period=True),
    "new_signed_amount_yuan": Q(counted=True, signed_in_period=True),
    "in_place_yuan": Q(counted=True, invested_total_yuan__gt=0),
    "fulfilled": Q(counted=True, fulfilled=True),
    "started": Q(counted=True, started=True),
    "not_started": Q(counted=True, started=False),
    "completed": Q(counted=True, completed=True),
    "produced": Q(counted=True, produced=True),
    "start_planned": Q(counted=True, start_planned=True),
    "started_of_planned": Q(counted=True, started_of_planned=True),
    "behind_plan": Q(counted=True, start_planned=True, started_of_planned=False),
    "points_finished": Q(counted=True, points_done__gt=0),
    "points_on_time": Q(counted=True, points_on_time__gt=0),
    "lost": Q(lost=True),
    "red": Q(counted=True, light=Light.RED),
    "amber": Q(counted=True, light=Light.AMBER),
}

COLUMNS = tuple(f.attname for f in SnapshotRow._meta.fields if f.attname not in ("id", "snapshot_id"))


def _in_place_then(snapshot: Snapshot) -> dict[int, int]:
    """Funds in place of projects that have since reported a later month: a report compiled late shows the sums of its
    own time. Usually empty, so the extra statement costs nothing.
    """
    last_month = str(Period.parse(snapshot.period).months[-1])
    later = Project.objects.filter(province_code=snapshot.province_code, reported_period__gt=last_month)
    found = dict.fromkeys(later.values_list("pk", flat=True), 0)
    if found:
        entries = LedgerEntry.objects.filter(
            province_code=snapshot.province_code,
            period__lte=last_month,
            project__reported_period__gt=last_month,
        )
        for project, total in entries.order_by("period").values_list("project_id", "invested_total_yuan"):
            found[project] = total
    return found


def _facts(province_code: str, cut_off: date, known_on: date) -> Iterator[dict[str, Any]]:
    """`known_on`: the day of compiling; milestones finished by then are no longer open for the lights."""
    unfinished = Q(milestones__actual_on=None) | Q(milestones__actual_on__gt=known_on)
    done = Q(milestones__actual_on__lte=cut_off, milestones__planned_on__isnull=False)
    annotations: dict[str, Any] = {
        name: Max("milestones__reached_on", filter=Q(milestones__code=code)) for name, code in REACHED.items()
    }
    annotations |= {
        "start_planned_on": Max(
            "milestones__planned_on", filter=Q(milestones__code=MilestoneCode.CONSTRUCTION_START)
        ),
        "points_due": Count("milestones", filter=Q(milestones__planned_on__lte=cut_off)),
        "points_done": Count("milestones", filter=done),
        "points_on_time": Count(
            "milestones", filter=done & Q(milestones__actual_on__lte=F("milestones__planned_on"))
        ),
        "due_on": Min("milestones__planned_on", filter=unfinished),
        "late_points": Count("milestones", filter=unfinished & Q(milestones__planned_on__lt=known_on)),
        "last_position": Max("milestones__position", filter=Q(milestones__actual_on__lte=cut_off)),
    }
    rows = Project.objects.filter(province_code=province_code, signed_on__lte=cut_off).order_by("pk")
    return rows.values(*FIELDS).annotate(**annotations).iterator(chunk_size=5000)


def _row(
    cut_off: date, facts: dict[str, Any], names: dict[str, str], *, first: date, thresholds: LightThresholds
) -> dict[str, Any]:
    def by(name: str) -> bool:
        return facts[name] is not None and facts[name] <= cut_off

    state = facts["state"]
    ended = facts["ended_on"] is not None and facts["ended_on"] <= cut_off
    counted = facts["contract_kind"] in COUNTED_KINDS and state != ProjectState.MERGED and not ended
    started, planned = by("start_on"), by("start_planned_on")
    active = state == ProjectState.ACTIVE
    two_late = facts["due_on"] if facts["late_points"] > 1 else None
    light = light_for(facts["due_on"], thresholds, paused=facts["paused"], second_due_on=two_late)
    position = facts["last_position"] or 0
    return {
        "project_id": facts["pk"],
        "number": facts["number"],
        "name": facts["name"],
        "investor": facts["investor"],
        "division_code": facts["division_id"],
        "division_name": names[facts["division_id"]],
        "province_code": facts["province_code"],
        "city_code": facts["city_code"],
        "county_code": facts["county_code"],
        "contract_kind": facts["contract_kind"],
        "signed_on": facts["signed_on"],
        "contract_amount_yuan": facts["contract_amount_yuan"] or 0,
        "invested_total_yuan": facts["invested_total_yuan"],
        "counted": counted,
        "signed_in_period": facts["signed_on"] >= first,
        "fulfilled": by("setup_on") or facts["invested_total_yuan"] > 0,
        "started": started,
        "completed": by("completion_on"),
        "produced": by("production_on"),
        "start_planned": planned,
        "started_of_planned": planned and started,
        "lost": ended and state in (ProjectState.TERMINATED, ProjectState.WITHDRAWN),
        "points_due": facts["points_due"],
        "points_done": facts["points_done"],
        "points_on_time": facts["points_on_time"],
        "current_milestone": "" if position >= len(MilestoneCode.values) else MilestoneCode.values[position],
        "light": light if active else (Light.DONE if state == ProjectState.DONE else Light.NONE),
        "next_due_on": facts["due_on"] if active else None,
    }
