"""Many projects registered at once: what the newly signed rows of an accepted ledger become. Asked by `projects.bulk`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings

from accounts import audit
from accounts.bulk import bulk_insert, is_postgres, reserve_ids, reserve_many
from accounts.clock import local_date
from accounts.models import Division, Obligation
from accounts.obligations.kinds import FILING, KICKOFF
from policy.deadlines import Deadline, compute
from policy.regimes import Regime
from policy.services import current_calendar
from projects.assessments.using import use_in_bulk
from projects.models import Company, ContractKind, DatePrecision, Milestone, Project, ProjectState
from projects.models.milestones import reached
from projects.numbers import allot, number_code
from projects.regime import MajorRule, counted_kinds, major_rule, milestone_template, regimes_of
from projects.text import clean, company_key, initials

LABEL = "projects.project"
Node = tuple[date, str]  # actual date and its precision


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


def create_all(
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
    use_in_bulk(
        (
            (new.division, new.name, new.values.get("contract_kind", ContractKind.CONTRACT),
             new.values.get("signed_on"), found[new.key])
            for new in created
        ),
        {pk: ground.regime for pk, ground in grounds.items()}, on,
    )  # fmt: skip
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
    rows: Any = Company.objects.order_by("pk")
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
    owing = [new for new in created if _owes(new, regimes[new.division.pk])]
    if not owing:
        return
    rows: list[tuple[Any, ...]] = []
    calendar = current_calendar()
    known: dict[Any, Deadline | None] = {}
    for new in owing:
        regime, signed_on = regimes[new.division.pk], new.values["signed_on"]
        for kind in (KICKOFF, FILING):
            key = (regime.code, kind, signed_on)
            if key not in known:
                rule = regime.rule(kind, signed_on) if regime.has_rule(kind, signed_on) else None
                known[key] = compute(rule, anchor=signed_on, calendar=calendar) if rule else None
            if deadline := known[key]:
                rows.append(
                    (kind, new.division.pk, "", LABEL, ids[new.key], new.name[:200], deadline.due_on, deadline.nominal_on,
                     deadline.provisional, deadline.to_json(), deadline.rule_id, at, *new.division.codes.values())
                )  # fmt: skip
    pks = reserve_ids(Obligation, len(rows))
    bulk_insert(Obligation, _DUTY_ROW, [(pk, *row) for pk, row in zip(pks, rows, strict=True)])
    entries += [
        audit.Entry(
            "obligation_made", "accounts.obligation", str(pk), f"{row[0]} {row[1]} {row[5]}"[:200],
            {}, {"due_on": row[6], "kind": row[0]}, rule_id=row[10],
            codes={"province_code": row[12], "city_code": row[13], "county_code": row[14]},
        )
        for pk, row in zip(pks, rows, strict=True)
    ]  # fmt: skip


_DUTY_ROW = (
    "id", "kind", "unit_id", "period", "subject_type", "subject_id", "subject_label", "due_on", "nominal_on",
    "provisional", "deadline", "rule_id", "made_at", "province_code", "city_code", "county_code",
)  # fmt: skip


def _owes(new: NewProject, regime: Regime) -> bool:
    """Signed on a known day since the system is in use, by a contract that counts."""
    signed_on = new.values.get("signed_on")
    day_known = new.values.get("signed_precision", DatePrecision.DAY) == DatePrecision.DAY
    if signed_on is None or not day_known or signed_on < settings.DUTIES_SINCE:
        return False
    return new.values.get("contract_kind", ContractKind.CONTRACT) in counted_kinds(regime, signed_on)
