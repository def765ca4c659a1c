"""From accepted rows to live projects: what is written, what clashes, what the month's entries say. Pure but for types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from projects.bulk import Live, NewProject, ProjectChange
from reporting.ledgers import rows as cells
from reporting.ledgers.evaluate import Draft
from reporting.ledgers.grounds import contract_kind
from reporting.ledgers.models import RowMatch
from reporting.ledgers.rows import FACTS, FILL_ONLY, MONTHLY, NODES, OWNED, first_day, iso, precision_of

COLUMN = {
    "contract_amount": "contract_amount_yuan",
    "invested_total": "invested_total_yuan",
    "invested_month": "invested_month_yuan",
    "progress": "progress_text",
    "problems": "problem_text",
    "lead_department": "lead_department",
    "industry": "industry_text",
    "place": "place",
    "company": "investor",
}
LONGEST = {
    "progress": 300,
    "problems": 500,
    "lead_department": 80,
    "industry": 60,
    "place": 200,
    "company": 300,
}
_COMPARED = (*OWNED, *FACTS)
_WRITTEN = (*_COMPARED, *FILL_ONLY)
_FIRST = (*MONTHLY, "lead_department", *FACTS, *FILL_ONLY)  # of a new project, nodes apart


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that somebody edited in the system after the hand-in was checked: before, now, and what the ledger says."""

    row_id: int
    name: str
    field: str
    base: Any
    now: Any
    ledger: Any

    @property
    def label(self) -> str:
        return cells.label(self.field)

    @property
    def texts(self) -> tuple[str, str, str]:
        return tuple(cells.show(self.field, [v]) for v in (self.base, self.now, self.ledger))  # type: ignore[return-value]


@dataclass(slots=True)
class Entry:
    """The accepted figures of one project for the month; `codes` its province, city and county."""

    project_id: int
    total: int
    month: int
    progress: str
    problems: str
    nodes: dict[str, str]
    codes: tuple[str, str, str]


@dataclass(slots=True)
class Plan:
    """All that accepting a hand-in will do."""

    changes: list[ProjectChange] = field(default_factory=list)
    created: list[NewProject] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    new_entries: list[tuple[int, Entry]] = field(default_factory=list)  # (key of the new project, entry)
    conflicts: list[Conflict] = field(default_factory=list)


def plan_rows(
    drafts: Sequence[Draft],
    live: Mapping[int, Live],
    divisions: Mapping[str, Any],
    *,
    period: str,
    decisions: Mapping[int, Mapping[str, str]],
) -> Plan:
    """What the rows mean for live data. `decisions`: {row id: {field: "ledger" | "live"}} of the receiver."""
    plan = Plan()
    for draft in drafts:
        row = live.get(draft.project_id or 0)
        if draft.match == RowMatch.MATCHED and row is not None:
            _plan_known(plan, draft, row, period, decisions.get(draft.pk or 0, {}))
        elif draft.match == RowMatch.NEW:
            _plan_new(plan, draft, divisions[draft.unit_code], period)
    return plan


def _plan_known(plan: Plan, draft: Draft, row: Live, period: str, decided: Mapping[str, str]) -> None:
    current = now_of(row)
    found = conflicts_of(draft, current)
    plan.conflicts += [c for c in found if c.field not in decided]
    keep_live = {name for name, word in {**draft.resolutions, **decided}.items() if word == "live"}
    newest = row.values["reported_period"] <= period
    values: dict[str, Any] = {"reported_period": period} if newest else {}
    nodes = {}
    for name in _WRITTEN:
        cell = draft.values.get(name)
        new = cell[0] if cell else None
        if new is None or name in keep_live or (name in MONTHLY and not newest):
            continue
        if name.startswith("node."):
            day = first_day(new)
            if day and not _less_exact(new, current.get(name)):
                nodes[name[5:]] = (day, precision_of(new))
            continue
        if name in FACTS or name in FILL_ONLY:
            empty = current.get(name) in (None, "", 0)
            if not empty and (name in FILL_ONLY or draft.resolutions.get(name) != "ledger"):
                continue
        _put_value(values, name, new)
    if newest and "invested_month_yuan" not in values and "invested_month" not in keep_live:
        values["invested_month_yuan"] = _month_of(draft, current)
    plan.changes.append(ProjectChange(row.id, values, nodes))
    plan.entries.append(_entry_of(draft, row.id, row.codes, current, keep_live))


def _less_exact(new: str, now: Any) -> bool:
    """2026-03 says nothing against 2026-03-05."""
    return bool(now) and len(new) < len(str(now)) and str(now).startswith(new)


def _put_value(values: dict[str, Any], name: str, new: Any) -> None:
    if name == "signed_on":
        values["signed_on"], values["signed_precision"] = first_day(new), precision_of(new)
    else:
        values[COLUMN[name]] = new[: LONGEST[name]] if name in LONGEST else new


def _month_of(draft: Draft, current: Mapping[str, Any]) -> int:
    """The month's figure: as written, else what the cumulative figure rose by since last month."""
    written = cells.value_of(draft.values, "invested_month")
    if written is not None:
        return int(written)
    total = cells.value_of(draft.values, "invested_total")
    before = {**(draft.previous.get("live") or {}), **(draft.previous.get("last") or {})}.get(
        "invested_total"
    )
    return max(int(total) - int(before), 0) if total is not None and before is not None else 0


def _entry_of(
    draft: Draft,
    project_id: int,
    codes: tuple[str, str, str],
    current: Mapping[str, Any],
    keep_live: set[str],
) -> Entry:
    written = draft.values

    def effective(name: str) -> Any:
        cell = written.get(name)
        new = cell[0] if cell else None
        return current.get(name) if new is None or name in keep_live else new

    nodes = {name[5:]: day for name in NODES if (day := effective(name))}
    return Entry(
        project_id, int(effective("invested_total") or 0), _month_of(draft, current),
        str(effective("progress") or "")[:300], str(effective("problems") or "")[:500], nodes, codes,
    )  # fmt: skip


def _plan_new(plan: Plan, draft: Draft, division: Any, period: str) -> None:
    values: dict[str, Any] = {"reported_period": period, "invested_month_yuan": _month_of(draft, {})}
    for name in _FIRST:
        cell = draft.values.get(name)
        if cell and cell[0] is not None:
            _put_value(values, name, cell[0])
    values["contract_kind"] = contract_kind(draft.text("contract_kind"))
    nodes, plans = {}, {}
    for name, cell in draft.values.items():
        day = first_day(cell[0]) if name[:5] in ("node.", "plan.") and cell[0] else None
        if day and name.startswith("node."):
            nodes[name[5:]] = (day, precision_of(cell[0]))
        elif day and len(cell[0]) == 10:
            plans[name[5:]] = day
    key = draft.position
    company = draft.text("company")
    plan.created.append(NewProject(key, division, draft.name, company, "", values, nodes, plans))
    codes = (division.province_code, division.city_code, division.county_code)
    plan.new_entries.append((key, _entry_of(draft, 0, codes, {}, set())))


def now_of(row: Live) -> dict[str, Any]:
    """A locked project by ledger field, as `context` reads it."""
    values = {name: row.values[column] for name, column in COLUMN.items()}
    values["signed_on"] = iso(row.values["signed_on"], row.values["signed_precision"])
    values |= {f"node.{code}": iso(day, precision) for code, (day, precision) in row.nodes.items()}
    return values


def conflicts_of(draft: Draft, current: Mapping[str, Any]) -> list[Conflict]:
    """Cells the ledger would write that changed in the system since the hand-in was checked."""
    base = draft.previous.get("live") or {}
    found = []
    for name in _COMPARED:
        cell, before, now = draft.values.get(name), base.get(name), current.get(name)
        new = cell[0] if cell else None
        if new is None or (before or None) == (now or None) or cells.same(name, now, new):
            continue
        if name in FACTS and draft.resolutions.get(name) != "ledger" and now not in (None, "", 0):
            continue  # the record's fact stays anyway
        found.append(Conflict(draft.pk or 0, draft.name, name, before, now, new))
    return found
