"""Many projects changed or registered at once, in one transaction and set-based: what an accepted ledger does.

The caller asks for permission, locks with `lock_live`, settles every conflict with what it read there, and applies: an
edit made in between is never overwritten unseen. One audit record per project, with its version step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from accounts import audit
from accounts.bulk import bulk_insert, bulk_update, is_postgres, reserve_ids, reserve_many
from accounts.clock import local_date
from accounts.models import Division, Obligation
from accounts.obligations.kinds import FILING, KICKOFF
from policy.deadlines import compute
from policy.regimes import Regime
from policy.services import current_calendar
from projects.due import refresh_due
from projects.models import Company, ContractKind, DatePrecision, Milestone, Project, ProjectState
from projects.models.milestones import reached
from projects.numbers import allot, number_code
from projects.regime import MajorRule, counted_kinds, major_rule, milestone_template, regimes_of
from projects.text import clean, company_key, initials

LABEL = "projects.project"
# Columns an accepted ledger may write on a project.
COLUMNS = (
    "contract_amount_yuan", "signed_on", "signed_precision", "invested_total_yuan", "invested_month_yuan",
    "reported_period", "progress_text", "problem_text", "lead_department", "industry_text", "place", "investor",
)  # fmt: skip
Node = tuple[date, str]  # actual date and its precision


@dataclass(slots=True)
class ProjectChange:
    """New values of one known project, columns of COLUMNS, and actual dates of its milestones."""

    project_id: int
    values: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)


@dataclass(slots=True)
class NewProject:
    """A project to register. `key` is the caller's own, to find the new id by. `plans`: milestone code → planned date."""

    key: int
    division: Division
    name: str
    company: str = ""
    credit_code: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    plans: dict[str, date] = field(default_factory=dict)


@dataclass(slots=True)
class Live:
    """A project as it stands under the lock. `values` by COLUMNS; `nodes`: code → (milestone id, actual date, precision)."""

    id: int
    name: str
    version: int
    state: str
    codes: tuple[str, str, str]
    values: dict[str, Any]
    nodes: dict[str, tuple[int, date | None, str]] = field(default_factory=dict)


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
    points = _in(Milestone.objects.order_by(), "project_id", wanted)
    for pk, project_id, code, day, precision in points.values_list(
        "pk", "project_id", "code", "actual_on", "actual_precision"
    ):
        if project_id in found:
            found[project_id].nodes[code] = (pk, day, precision)
    return found


def apply_changes(
    changes: Sequence[ProjectChange],
    created: Sequence[NewProject],
    *,
    live: Mapping[int, Live],
    by: Any,
    at: datetime,
    reason: str,
) -> Applied:
    """Write all of it. `live` comes from `lock_live` in the same transaction, so nobody can have changed it since."""
    result = Applied()
    entries: list[audit.Entry] = []
    if changes:
        result.changed = _update(
            sorted(changes, key=lambda c: c.project_id), live, entries, at=at, reason=reason
        )
    if created:
        result.created = _create(created, entries, at=at, by=by, reason=reason)
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
    for change in changes:
        row = live[change.project_id]
        now = row.values
        before = {k: now[k] for k, v in change.values.items() if now[k] != v}
        after = {k: change.values[k] for k in before}
        for code, (day, precision) in sorted(change.nodes.items()):
            point = row.nodes.get(code)
            if point is None or point[1:] == (day, precision):
                continue
            dots.append((point[0], day, precision, False))
            before[f"{code}.actual_on"], after[f"{code}.actual_on"] = point[1], day
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


# --- new projects -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the new projects of one division share."""

    regime: Regime
    codes: tuple[str, str, str]
    template: list[tuple[str, int]]
    majors: dict[Any, MajorRule | None] = field(default_factory=dict)

    def major(self, division: Any, on: date) -> MajorRule | None:
        if on not in self.majors:
            self.majors[on] = major_rule(self.regime, division, on)
        return self.majors[on]


def _create(
    created: Sequence[NewProject], entries: list[audit.Entry], *, by: Any, at: datetime, reason: str
) -> dict[int, int]:
    on = local_date(at)
    divisions = {new.division.pk: new.division for new in created}
    grounds = {
        pk: _Ground(
            regime, tuple(divisions[pk].codes.values()),  # type: ignore[arg-type]
            sorted(milestone_template(regime), key=lambda item: item[1]),
        )
        for pk, regime in regimes_of(divisions.values()).items()
    }  # fmt: skip
    keys = [company_key(new.company) for new in created]
    companies, ids = _companies(created, keys, entries)
    numbers = allot([number_code(new.division) for new in created], on.year)
    rows, points = [], []
    for pk, number, key, new in zip(ids, numbers, keys, created, strict=True):
        ground = grounds[new.division.pk]
        rule = ground.major(new.division, new.values.get("signed_on") or on)
        values = _EMPTY | {name: value for name, value in new.values.items() if name in _EMPTY}
        rows.append(_project_row(pk, number, new, companies.get(key) if key else None, ground, values, rule))
        points += _points(pk, new, ground)
        entries.append(_registered(pk, number, new, values, rule, reason))
    bulk_insert(
        Project, _PROJECT_ROW, rows,
        constants={"created_by_id": by.pk if by else None, "created_at": at, "updated_at": at, "version": 1},
    )  # fmt: skip
    bulk_insert(Milestone, _POINT_ROW, points)
    found = {new.key: pk for pk, new in zip(ids, created, strict=True)}
    _owe_duties(created, found, {pk: ground.regime for pk, ground in grounds.items()}, entries, at=at)
    return found


_EMPTY: dict[str, Any] = {
    "contract_amount_yuan": None, "signed_on": None, "signed_precision": str(DatePrecision.DAY), "invested_total_yuan": 0,
    "invested_month_yuan": 0, "reported_period": "", "progress_text": "", "problem_text": "", "lead_department": "",
    "industry_text": "", "place": "", "investor": "",
}  # fmt: skip
_PROJECT_ROW = (
    "id", "number", "name", "initials", "company_id", "division_id", "province_code", "city_code", "county_code",
    *_EMPTY, "state", "contract_kind", "is_major", "next_due_on", "second_due_on",
)  # fmt: skip
_POINT_ROW = (
    "project_id", "code", "position", "baseline_on", "planned_on", "actual_on", "actual_precision", "reached_on",
    "is_open", "province_code", "city_code", "county_code",
)  # fmt: skip
_DAY = str(DatePrecision.DAY)
_ACTIVE, _DONE = str(ProjectState.ACTIVE), str(ProjectState.DONE)


def _project_row(
    pk: int,
    number: str,
    new: NewProject,
    company_id: int | None,
    ground: _Ground,
    values: dict[str, Any],
    rule: MajorRule | None,
) -> tuple[Any, ...]:
    """The project as columns of _PROJECT_ROW."""
    done = "production" in new.nodes
    due = [] if done else sorted(day for code, day in new.plans.items() if code not in new.nodes)
    major = bool(rule and rule.holds_for(values["contract_amount_yuan"]))
    return (
        pk, number, new.name, initials(new.name), company_id, new.division.pk, *ground.codes, *values.values(),
        _DONE if done else _ACTIVE, str(new.values.get("contract_kind", ContractKind.CONTRACT)), major,
        due[0] if due else None, due[1] if len(due) > 1 else None,
    )  # fmt: skip


def _points(pk: int, new: NewProject, ground: _Ground) -> list[tuple[Any, ...]]:
    """Its milestones as columns of _POINT_ROW."""
    nodes, plans, codes = new.nodes, new.plans, ground.codes
    running = "production" not in nodes
    firsts = reached([nodes[code][0] if code in nodes else None for code, _position in ground.template])
    found = []
    for (code, position), first in zip(ground.template, firsts, strict=True):
        day, precision = nodes.get(code, (None, _DAY))
        plan = plans.get(code)
        found.append((pk, code, position, plan, plan, day, precision, first, day is None and running, *codes))
    return found


def _registered(
    pk: int, number: str, new: NewProject, values: dict[str, Any], rule: MajorRule | None, reason: str
) -> audit.Entry:
    after = {name: value for name, value in values.items() if value not in (None, "", 0)}
    after |= {f"{code}.actual_on": node[0] for code, node in new.nodes.items()}
    after |= {"number": number, "company": new.company, "division": new.division.name, "version": 1}
    return audit.Entry(
        "project_registered", LABEL, str(pk), new.name[:200], {}, after, reason,
        rule_id=rule.rule_id if rule else "", codes=new.division.codes,
    )  # fmt: skip


def _companies(
    created: Sequence[NewProject], keys: Sequence[str], entries: list[audit.Entry]
) -> tuple[dict[str, int], list[int]]:
    """Company ids by company_key, and fresh ids for the projects (one statement for both kinds of id).

    Known companies by name, the rest entered once. A name that several hold stays text only.
    """
    wanted, first = {}, {}
    for key, new in zip(keys, created, strict=True):
        if new.company.strip() and key:
            wanted[key] = clean(new.company)[:200]
            first[key] = new.division.codes
    found: dict[str, list[int]] = {}
    for pk, name in _named(wanted.values()):
        key = company_key(name)
        if key in wanted:
            found.setdefault(key, []).append(pk)
    fresh = sorted(key for key in wanted if key not in found)
    ids, project_ids = reserve_many((Company, len(fresh)), (Project, len(created)))
    bulk_insert(
        Company, ("id", "name", "initials"),
        [(pk, wanted[key], initials(wanted[key])) for pk, key in zip(ids, fresh, strict=True)],
    )  # fmt: skip
    entries += [
        audit.Entry(
            "company_added", "projects.company", str(pk), wanted[key], {}, {"name": wanted[key]}, codes=first[key]
        )
        for pk, key in zip(ids, fresh, strict=True)
    ]  # fmt: skip
    settled = {key: pks[0] for key, pks in found.items() if len(pks) == 1}
    return settled | dict(zip(fresh, ids, strict=True)), project_ids


def _named(names: Iterable[str]) -> list[tuple[int, str]]:
    """(id, name) of the companies so called, also where only the brackets are of the other width."""
    spelt = {
        form
        for name in names
        for form in (
            name,
            name.replace("（", "(").replace("）", ")"),
            name.replace("(", "（").replace(")", "）"),
        )
    }
    if not spelt:
        return []
    rows = Company.objects.order_by("pk")
    if is_postgres():
        rows = rows.extra(where=["name = ANY(%s::text[])"], params=[sorted(spelt)])
    elif len(spelt) < 30_000:
        rows = rows.filter(name__in=spelt)
    return list(rows.values_list("pk", "name"))


def _owe_duties(
    created: Sequence[NewProject],
    ids: Mapping[int, int],
    regimes: Mapping[str, Regime],
    entries: list[audit.Entry],
    *,
    at: datetime,
) -> None:
    """Kickoff meeting and filing of each newly signed project, as `services.duties` makes them for one (H7, H17)."""
    rows, calendar = [], current_calendar()
    known: dict[Any, Any] = {}
    for new in created:
        regime, signed_on = regimes[new.division.pk], new.values.get("signed_on")
        day_known = new.values.get("signed_precision", DatePrecision.DAY) == DatePrecision.DAY
        if signed_on is None or not day_known or signed_on < settings.DUTIES_SINCE:
            continue
        if new.values.get("contract_kind", ContractKind.CONTRACT) not in counted_kinds(regime, signed_on):
            continue
        for kind in (KICKOFF, FILING):
            key = (regime.code, kind, signed_on)
            if key not in known:
                rule = regime.rule(kind, signed_on) if regime.has_rule(kind, signed_on) else None
                known[key] = compute(rule, anchor=signed_on, calendar=calendar) if rule else None
            deadline = known[key]
            if deadline is None:
                continue
            codes = new.division.codes
            rows.append(
                (kind, new.division.pk, "", LABEL, ids[new.key], new.name[:200], deadline.due_on, deadline.nominal_on,
                 deadline.provisional, deadline.to_json(), deadline.rule_id, at, *codes.values())
            )  # fmt: skip
    if not rows:
        return
    pks = reserve_ids(Obligation, len(rows))
    bulk_insert(
        Obligation,
        ("id", "kind", "unit_id", "period", "subject_type", "subject_id", "subject_label", "due_on", "nominal_on",
         "provisional", "deadline", "rule_id", "made_at", "province_code", "city_code", "county_code"),
        [(pk, *row) for pk, row in zip(pks, rows, strict=True)],
    )  # fmt: skip
    entries += [
        audit.Entry(
            "obligation_made", "accounts.obligation", str(pk), f"{row[0]} {row[1]} {row[5]}"[:200],
            {}, {"due_on": row[6], "kind": row[0]}, rule_id=row[10],
            codes={"province_code": row[12], "city_code": row[13], "county_code": row[14]},
        )
        for pk, row in zip(pks, rows, strict=True)
    ]  # fmt: skip
