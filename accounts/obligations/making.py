"""The hourly reconciler of duties: makes what is owed ahead of time, whatever was missed since the last run.

Apps add makers for duties about their own subjects (a project's kickoff); a maker looks at the whole state and makes
what is lacking, so a run after days of silence gives what daily runs would have given.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q

from accounts.clock import local_date
from accounts.divisions import DEFAULT_REGIME
from accounts.models import Division, JobRun, JobState, Tier
from accounts.obligations import kinds
from accounts.obligations.services import owe_for_period
from policy.deadlines import compute
from policy.periods import Period, PeriodKind
from policy.regimes import Regime, get_regime
from policy.rules import DeadlineRule
from policy.services import current_calendar

JOB = "obligations"
PERIODIC = (*kinds.LEDGERS, *kinds.REPORTS, *kinds.INSPECTIONS, *kinds.MEETINGS)
TIERS = {"province": Tier.PROVINCE, "city": Tier.CITY, "county": Tier.COUNTY}

Maker = Callable[[datetime], dict[str, int]]
_makers: dict[str, Maker] = {}


def register_maker(name: str, maker: Maker) -> None:
    """Add or replace a maker `(at) → {what: how many were made or settled}`."""
    _makers[name] = maker


def run(job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job `obligations`: periodic duties, then every registered maker."""
    made = make_periodic(at, since=_last_success(job, local_date(at)))
    for maker in _makers.values():
        for name, number in maker(at).items():
            made[name] = made.get(name, 0) + number
    return {name: number for name, number in made.items() if number}


def make_periodic(at: datetime, *, since: date) -> dict[str, int]:
    """Ledgers and reports of every unit: all periods that were current since `since`, and next month's.

    A period whose last day had passed before `since` is not made: nobody could have met it here.
    """
    on, calendar = local_date(at), current_calendar()
    made: dict[str, int] = defaultdict(int)
    for regime, units in units_by_regime(on).items():
        for key in PERIODIC:
            for period, rule in _periods(get_regime(regime), key, since, on):
                if compute(rule, anchor=period, calendar=calendar).due_on < since:
                    continue
                owing = [unit for unit in units if unit.tier in _tiers(rule) and _takes_part(unit, key)]
                made[key] += owe_for_period(
                    kind=key, units=owing, period=period, rule=rule, calendar=calendar, at=at
                )
    return dict(made)


def units_by_regime(on: date) -> dict[str, list[Division]]:
    """Divisions that exist on `on`, down to the counties, by the regime each follows. One query."""
    rows = list(
        Division.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
        .exclude(tier=Tier.TOWNSHIP)
        .order_by("path")
    )
    own = {row.pk: row.regime_code for row in rows if row.regime_code}
    found: dict[str, list[Division]] = defaultdict(list)
    for row in rows:
        chain = [code for code in row.path.split("/") if code]
        found[next((own[code] for code in reversed(chain) if code in own), DEFAULT_REGIME)].append(row)
    return dict(found)


def _periods(regime: Regime, key: str, since: date, on: date) -> Iterator[tuple[Period, DeadlineRule]]:
    versions = [
        rule for rule in regime.rules if rule.key == key and isinstance(rule, DeadlineRule) and rule.per
    ]
    if not versions:
        return
    kind = PeriodKind(versions[0].per or PeriodKind.MONTH)
    last = Period.containing(kind, on)
    if kind is PeriodKind.MONTH:
        last = last.next()
    period = Period.containing(kind, since).previous()
    while period <= last:
        rule = next((rule for rule in versions if rule.in_force(period.last)), None)
        if rule is not None and period.last >= settings.DUTIES_SINCE:
            yield period, rule
        period = period.next()


def _tiers(rule: DeadlineRule) -> set[int]:
    return {TIERS[name] for name in rule.owed_by if name in TIERS}


def _takes_part(unit: Division, key: str) -> bool:
    return unit.reports_ledger or key not in kinds.LEDGERS


def _last_success(job: JobRun, on: date) -> date:
    """Business day of the last run before this one; today when there was none."""
    before = (
        JobRun.objects.filter(kind=job.kind, state=JobState.DONE, period__lt=job.period)
        .order_by("-period")
        .values_list("period", flat=True)
        .first()
    )
    return min(date.fromisoformat(before[:10]), on) if before else on
