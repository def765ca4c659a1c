"""Many projects changed or registered at once, in one transaction and set-based: what an accepted ledger does.

The caller asks for permission, locks with `lock_live`, settles every conflict with what it read there, and applies: an
edit made in between is never overwritten unseen. One audit record per project, with its version step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from accounts import audit
from accounts.bulk import bulk_update, is_postgres
from projects.bulk_new import LABEL, NewProject, Node, create_all
from projects.due import refresh_due
from projects.models import Milestone, Project, ProjectState

__all__ = ["COLUMNS", "Applied", "Live", "NewProject", "ProjectChange", "apply_changes", "lock_live"]

# Columns an accepted ledger may write on a project.
COLUMNS = (
    "contract_amount_yuan", "signed_on", "signed_precision", "invested_total_yuan", "invested_month_yuan",
    "reported_period", "progress_text", "problem_text", "lead_department", "industry_text", "place", "investor",
)  # fmt: skip


@dataclass(slots=True)
class ProjectChange:
    """New values of one known project, columns of COLUMNS, and actual dates of its milestones."""

    project_id: int
    values: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)


@dataclass(slots=True)
class Live:
    """A project as it stands under the lock. `values` by COLUMNS; `nodes`: code → (actual date, precision), dated ones only."""

    id: int
    name: str
    version: int
    state: str
    codes: tuple[str, str, str]
    values: dict[str, Any]
    nodes: dict[str, Node] = field(default_factory=dict)


@dataclass(slots=True)
class Applied:
    """`changed`: ids written; `created`: caller's key → new id."""

    changed: list[int] = field(default_factory=list)
    created: dict[int, int] = field(default_factory=dict)


def lock_live(ids: Iterable[int]) -> dict[int, Live]:
    """Lock these projects in key order and read what a ledger may write. Two statements. Call inside `atomic`."""
    wanted = sorted(set(ids))
    columns = ("pk", "name", "version", "state", "province_code", "city_code", "county_code", *COLUMNS)
    rows = _in(Project.objects.select_for_update().order_by("pk"), "pk", wanted).values_list(*columns)
    found = {
        row[0]: Live(row[0], row[1], row[2], row[3], row[4:7], dict(zip(COLUMNS, row[7:], strict=True)))
        for row in rows
    }
    points = _in(Milestone.objects.order_by().filter(actual_on__isnull=False), "project_id", wanted)
    for project_id, code, *node in points.values_list("project_id", "code", "actual_on", "actual_precision"):
        if project_id in found:
            found[project_id].nodes[code] = (node[0], node[1])
    return found


def apply_changes(
    changes: Sequence[ProjectChange],
    created: Sequence[NewProject],
    *,
    live: Mapping[int, Live],
    by: Any,
    at: datetime,
    reason: str,
    closing: Callable[[Applied], audit.Entry] | None = None,
) -> Applied:
    """Write all of it. `live` comes from `lock_live` in the same transaction, so nobody can have changed it since.

    `closing`: one more audit record behind those of the projects.
    """
    result = Applied()
    entries: list[audit.Entry] = []
    if changes:
        result.changed = _update(
            sorted(changes, key=lambda c: c.project_id), live, entries, at=at, reason=reason
        )
    if created:
        result.created = create_all(created, entries, at=at, by=by, reason=reason)
    if closing is not None:
        entries.append(closing(result))
    audit.record_many(entries, by=by, at=at)
    return result


# --- known projects ---------------------------------------------------------------------------------------


def _update(
    changes: list[ProjectChange],
    live: Mapping[int, Live],
    entries: list[audit.Entry],
    *,
    at: datetime,
    reason: str,
) -> list[int]:
    rows, dots, moved = [], [], []
    points = _points_moved(changes, live)
    for change in changes:
        row = live[change.project_id]
        now = row.values
        before = {k: now[k] for k, v in change.values.items() if now[k] != v}
        after = {k: change.values[k] for k in before}
        for code, (day, precision) in sorted(change.nodes.items()):
            held, point = row.nodes.get(code), points.get((row.id, code))
            if point is None or held == (day, precision):
                continue
            dots.append((point, day, precision, False))
            before[f"{code}.actual_on"], after[f"{code}.actual_on"] = held[0] if held else None, day
            moved.append(row.id)
        if not after:
            continue
        state = (
            ProjectState.DONE
            if "production" in change.nodes and row.state == ProjectState.ACTIVE
            else row.state
        )
        if state != row.state:
            before["state"], after["state"] = row.state, str(state)
        before["version"], after["version"] = row.version, row.version + 1
        values = {**now, **change.values}
        rows.append((row.id, *(values[name] for name in COLUMNS), str(state), row.version + 1, at))
        entries.append(_entry("ledger_applied", row.id, row.name, row.codes, before, after, reason))
    bulk_update(Project, ("id", *COLUMNS, "state", "version", "updated_at"), rows)
    bulk_update(Milestone, ("id", "actual_on", "actual_precision", "is_open"), sorted(dots))
    refresh_due(moved)
    return [row[0] for row in rows]


def _points_moved(changes: Iterable[ProjectChange], live: Mapping[int, Live]) -> dict[tuple[int, str], int]:
    """Ids by project and code of the milestones of projects where a date changes: few in most months."""
    wanted = [
        change.project_id
        for change in changes
        if any(live[change.project_id].nodes.get(code) != node for code, node in change.nodes.items())
    ]
    if not wanted:
        return {}
    points = _in(Milestone.objects.order_by(), "project_id", wanted)
    return {(project_id, code): pk for pk, project_id, code in points.values_list("pk", "project_id", "code")}


def _entry(
    action: str,
    pk: int,
    name: str,
    codes: Sequence[str],
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str,
) -> audit.Entry:
    return audit.Entry(
        action, LABEL, str(pk), name[:200], before, after, reason,
        codes={"province_code": codes[0], "city_code": codes[1], "county_code": codes[2]},
    )  # fmt: skip


def _in(rows: Any, column: str, keys: Iterable[int]) -> Any:
    """`column IN keys` as one array parameter: thousands of ids without thousands of placeholders."""
    ids = sorted(set(keys))
    if is_postgres() and len(ids) > 100:
        table = connection.ops.quote_name(rows.model._meta.db_table)
        name = connection.ops.quote_name(rows.model._meta.pk.column if column == "pk" else column)
        return rows.extra(  # noqa: S610 - names are quoted, numbers are a parameter
            where=[f"{table}.{name} = ANY(%s::bigint[])"], params=["{" + ",".join(map(str, ids)) + "}"]
        )
    return rows.filter(**{f"{column}__in": ids}) if len(ids) < 30_000 else rows
