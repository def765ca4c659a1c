"""Twelve months of ledgers: on time, late, missing, exempt and returned ones, with rows, entries and city packages."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from accounts.bulk import bulk_insert, reserve_ids
from accounts.clock import at_hour
from accounts.models import Division, Obligation, Posting, Tier
from accounts.obligations.services import owe_for_period
from accounts.permissions import Role
from policy.calendar import WorkCalendar
from policy.periods import Period, PeriodKind
from projects.models import MilestoneCode, Project
from reporting.demo.projects import ZHAOYUAN, DemoProject
from reporting.demo.rules import rule_of
from reporting.ledgers.models import Attempt, AttemptState, CityPackage, Ledger, LedgerEntry, StagedRow
from reporting.ledgers.packages import totals_of

CODES = list(MilestoneCode.values)
OPEN_FROM = "2026-10"  # 肇源县 has handed in nothing since: the newcomer's workbook fits


@dataclass(slots=True)
class Handed:
    """What one unit did for one month. `receipt` None: missing or exempt."""

    unit: Division
    period: Period
    receipt: datetime | None
    exempt: str = ""
    returned: bool = False


class Desks:
    """Who hands in and who decides: the unit's own office where the demo has an account for it, else the one above."""

    def __init__(self, *, clerk: Any, reviewer: Any) -> None:
        self.reviewer = reviewer
        self.users = {clerk.postings.get().division_id: clerk}
        for posting in Posting.objects.filter(role=Role.COMPETENT_OFFICE).select_related("user"):
            self.users.setdefault(posting.division_id, posting.user)

    def of(self, unit: Division) -> Any:
        return self.users.get(unit.pk) or self.above(unit)

    def above(self, unit: Division) -> Any:
        city = self.users.get(unit.city_code) if unit.tier == Tier.COUNTY else None
        return city or self.reviewer


def months_before(today: date, count: int) -> list[Period]:
    """The last `count` whole months, oldest first."""
    months, month = [], Period.containing(PeriodKind.MONTH, today).previous()
    for _n in range(count):
        months.append(month)
        month = month.previous()
    return months[::-1]


def write_ledgers(
    rows: dict[int, DemoProject],
    *,
    today: date,
    calendar: WorkCalendar,
    at: datetime,
    clerk: Any,
    reviewer: Any,
) -> int:
    """Everything for the twelve months before `today`; return the number of hand-ins."""
    random = Random(18)
    by_unit: dict[str, list[int]] = defaultdict(list)
    for pk, project in rows.items():
        by_unit[project.division].append(pk)
    units = list(Division.objects.filter(tier=Tier.COUNTY, province_code="230000", reports_ledger=True))
    cities = list(Division.objects.filter(tier=Tier.CITY, province_code="230000"))
    desks = Desks(clerk=clerk, reviewer=reviewer)
    count = 0
    with transaction.atomic():
        for month in months_before(today, 12):
            made_at = at_hour(month.first, 0, 5)
            for kind, owing in (("ledger_county", units), ("ledger_city", cities)):
                rule = rule_of(owing[0], kind, month.first)
                owe_for_period(kind=kind, units=owing, period=month, rule=rule, calendar=calendar, at=made_at)
            due = _due_dates(month)
            handed = [_county(u, month, due["ledger_county", u.pk], random, calendar) for u in units]
            handed += [_county(c, month, due["ledger_city", c.pk], random, calendar) for c in cities]
            count += _month(handed, month, by_unit, rows, desks=desks)
            _packages(cities, handed, month, desks=desks)
        _last_reported(rows)
    return count


def _due_dates(month: Period) -> dict[tuple[str, str], Obligation]:
    found = Obligation.objects.filter(period=str(month), kind__in=["ledger_county", "ledger_city"])
    return {(o.kind, o.unit_id): o for o in found}


def _county(
    unit: Division, month: Period, owed: Obligation, random: Random, calendar: WorkCalendar
) -> Handed:
    if unit.pk == ZHAOYUAN:
        if str(month) >= OPEN_FROM:
            return Handed(unit, month, None)
        return Handed(unit, month, _moment(owed.due_on - timedelta(days=1), random))
    dice = random.random()
    if dice < 0.02:
        return Handed(unit, month, None)
    if dice < 0.03:
        return Handed(unit, month, None, exempt="本月没有签约项目，市局同意免报")
    late = dice < 0.08
    day = (
        calendar.add(owed.due_on, random.randint(1, 4))
        if late
        else owed.due_on - timedelta(days=random.randint(0, 4))
    )
    return Handed(unit, month, _moment(day, random), returned=random.random() < 0.08)


def _moment(day: date, random: Random) -> datetime:
    return at_hour(day, random.randint(8, 16), random.randint(0, 59))


def _month(
    handed: list[Handed],
    month: Period,
    by_unit: dict[str, list[int]],
    rows: dict[int, DemoProject],
    *,
    desks: "Desks",
) -> int:
    owed = {o.unit_id: o for o in _due_dates(month).values()}
    ledgers = {
        h.unit.pk: Ledger(unit=h.unit, period=str(month), obligation=owed[h.unit.pk], **h.unit.codes)
        for h in handed
    }
    Ledger.objects.bulk_create(ledgers.values())
    attempts, given = [], []
    for item in handed:
        obligation = owed[item.unit.pk]
        if item.exempt:
            obligation.exempt_reason = item.exempt
        if item.receipt is None:
            continue
        obligation.met_at, obligation.met_on = item.receipt, item.receipt.date()
        ids = [pk for pk in by_unit[item.unit.pk] if rows[pk].signed_on <= month.last]
        number = 1
        if item.returned and ids:
            attempts.append(
                _attempt(ledgers[item.unit.pk], item, number, len(ids), AttemptState.RETURNED, desks)
            )
            number = 2
        accepted = _attempt(ledgers[item.unit.pk], item, number, len(ids), AttemptState.ACCEPTED, desks)
        accepted.amount_yuan = sum(rows[pk].amount_yuan or 0 for pk in ids)
        attempts.append(accepted)
        given.append((accepted, ids))
    Obligation.objects.bulk_update(owed.values(), ["met_at", "met_on", "exempt_reason"], batch_size=300)
    for pk, attempt in zip(reserve_ids(Attempt, len(attempts)), attempts, strict=True):
        attempt.pk = pk
    Attempt.objects.bulk_create(attempts, batch_size=300)
    _staged_rows(given, month, rows)
    _entries(given, month, rows)
    return len(attempts)


def _attempt(ledger: Ledger, item: Handed, number: int, count: int, state: str, desks: "Desks") -> Attempt:
    receipt = item.receipt
    if receipt is None:
        raise ValueError("only what was handed in has a receipt")
    first_returned = state == AttemptState.RETURNED
    handed_in = receipt if number == 1 else receipt + timedelta(days=2)
    return Attempt(
        ledger=ledger,
        number=number,
        source="online" if count else "nil",
        state=state,
        row_count=count,
        made_by=desks.of(item.unit),
        made_at=handed_in - timedelta(minutes=20),
        submitted_by=desks.of(item.unit),
        submitted_at=handed_in,
        receipt_at=receipt,
        reviewed_by=desks.above(item.unit),
        reviewed_at=handed_in + timedelta(hours=5),
        review_note="累计完成投资小于上月，请核对后重报" if first_returned else "",
        correct_by_on=(receipt + timedelta(days=5)).date() if first_returned else None,
        **item.unit.codes,
    )


def share_then(project: DemoProject, month: Period, today_month: int) -> tuple[int, int]:
    """Cumulative and monthly 元 as they stood at the month's end: a straight ramp from signing to now."""
    span = max(1, today_month - (project.signed_on.year * 12 + project.signed_on.month))
    passed = month.last.year * 12 + month.last.month - (project.signed_on.year * 12 + project.signed_on.month)
    total = project.invested_yuan * min(passed, span) // span // 1000 * 1000
    before = project.invested_yuan * max(0, min(passed - 1, span)) // span // 1000 * 1000
    if passed >= span:
        return project.invested_yuan, project.month_yuan
    return total, max(0, total - before)


def _now(rows: dict[int, DemoProject]) -> int:
    last = months_before(max(p.signed_on for p in rows.values()) + timedelta(days=6), 1)[0]
    return last.last.year * 12 + last.last.month


def _figures(
    pk: int, month: Period, rows: dict[int, DemoProject], now: int
) -> tuple[int, int, dict[str, str]]:
    project = rows[pk]
    total, monthly = share_then(project, month, now)
    nodes = {
        code: day.isoformat()
        for code, day in zip(CODES, project.actual, strict=True)
        if day and day <= month.last
    }
    return total, monthly, nodes


def _before(pk: int, month: Period, rows: dict[int, DemoProject], now: int) -> dict[str, int]:
    """What the month before said; nothing for a project that was signed this month."""
    last = month.previous()
    if rows[pk].signed_on > last.last:
        return {}
    total, monthly, _nodes = _figures(pk, last, rows, now)
    return {"invested_month": monthly, "invested_total": total}


def _staged_rows(given: list[tuple[Attempt, list[int]]], month: Period, rows: dict[int, DemoProject]) -> None:
    columns = (
        "attempt_id",
        "position",
        "line",
        "name",
        "match",
        "project_id",
        "unit_code",
        "values",
        "changed",
        "previous",
    )
    now = _now(rows)

    def values() -> Iterator[tuple[Any, ...]]:
        for attempt, ids in given:
            for position, pk in enumerate(ids, 1):
                project = rows[pk]
                total, monthly, nodes = _figures(pk, month, rows, now)
                cells: dict[str, list[Any]] = {
                    "name": [project.name],
                    "company": [project.investor],
                    "industry": [project.industry_text],
                    "signed_on": [project.signed_on.isoformat()],
                    "invested_month": [monthly],
                    "invested_total": [total],
                    "progress": [project.progress],
                    "problems": [project.problem or "无"],
                    "lead_department": [project.lead],
                }
                if project.amount_yuan is not None:
                    cells["contract_amount"] = [project.amount_yuan]
                cells |= {f"node.{code}": [day] for code, day in nodes.items()}
                before = _before(pk, month, rows, now)
                changed = [
                    key for key in ("invested_month", "invested_total") if cells[key][0] != before.get(key, 0)
                ]
                yield (
                    attempt.pk,
                    position,
                    0,
                    project.name,
                    "matched",
                    pk,
                    project.division,
                    cells,
                    changed,
                    {"live": before} if before else {},
                )

    bulk_insert(StagedRow, columns, values())


def _entries(given: list[tuple[Attempt, list[int]]], month: Period, rows: dict[int, DemoProject]) -> None:
    columns = (
        "project_id", "period", "attempt_id", "invested_total_yuan", "invested_month_yuan", "progress_text",
        "problem_text", "nodes", "province_code", "city_code", "county_code",
    )  # fmt: skip
    now = _now(rows)

    def values() -> Iterator[tuple[Any, ...]]:
        for attempt, ids in given:
            for pk in ids:
                project = rows[pk]
                total, monthly, nodes = _figures(pk, month, rows, now)
                yield (
                    pk, str(month), attempt.pk, total, monthly, project.progress, project.problem, nodes,
                    attempt.province_code, attempt.city_code, attempt.county_code,
                )  # fmt: skip

    bulk_insert(LedgerEntry, columns, values())


def _packages(cities: list[Division], handed: list[Handed], month: Period, *, desks: "Desks") -> None:
    done = {h.unit.pk: h for h in handed}
    owed = {o.unit_id: o for o in _due_dates(month).values()}
    accepted = dict(
        Attempt.objects.filter(ledger__period=str(month), state=AttemptState.ACCEPTED).values_list(
            "ledger__unit_id", "pk"
        )
    )
    packages = []
    for city in cities:
        receipt = done[city.pk].receipt
        if receipt is None:
            continue
        below = [h for h in handed if h.unit.city_code == city.pk]
        packages.append(
            CityPackage(
                unit=city,
                period=str(month),
                version=1,
                state="accepted",
                obligation=owed[city.pk],
                attempts={h.unit.pk: accepted[h.unit.pk] for h in below if h.unit.pk in accepted},
                missing=[h.unit.pk for h in below if h.receipt is None and not h.exempt],
                totals=totals_of(city, month),
                sent_by=desks.of(city),
                sent_at=receipt,
                **city.codes,
            )
        )
    CityPackage.objects.bulk_create(packages)


def _last_reported(rows: dict[int, DemoProject]) -> None:
    """Put the last accepted month on each project, so that the live row and its newest entry agree."""
    latest: dict[int, tuple[str, int, int]] = {}
    for pk, period, total, monthly in (
        LedgerEntry.objects.filter(project_id__in=list(rows))
        .order_by("period")
        .values_list("project_id", "period", "invested_total_yuan", "invested_month_yuan")
    ):
        latest[pk] = (period, total, monthly)
    projects = Project.objects.filter(pk__in=list(latest))
    changed = []
    for project in projects.only("pk"):
        project.reported_period, project.invested_total_yuan, project.invested_month_yuan = latest[project.pk]
        changed.append(project)
    Project.objects.bulk_update(
        changed, ["reported_period", "invested_total_yuan", "invested_month_yuan"], batch_size=400
    )
