"""What the ledger pages of a unit, a city and the province show: months with their states. Reads only, scoped by the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.clock import local_date
from accounts.models import Division, Obligation
from policy.periods import Period, PeriodKind
from policy.services import current_calendar
from reporting.ledgers.models import Attempt, AttemptState, CityPackage, Ledger
from reporting.ledgers.staging import obligation_kind

MONTHS = 12


@dataclass(slots=True)
class MonthLine:
    """One month of one unit. `state`: derived state of its duty; "" where nothing was owed."""

    period: Period
    obligation: Obligation | None
    state: str
    staged: Attempt | None = None
    latest: Attempt | None = None
    accepted: Attempt | None = None
    days_left: int | None = None

    @property
    def text(self) -> str:
        return str(self.period)


def months_of(unit: Division, on: date, *, user: Any) -> list[MonthLine]:
    """The running month and the eleven before, the newest first; four statements."""
    period = Period.containing(PeriodKind.MONTH, on)
    periods = []
    for _each in range(MONTHS):
        periods.append(period)
        period = period.previous()
    texts = [str(p) for p in periods]
    duties = {
        o.period: o
        for o in Obligation.objects.visible_to(user)
        .live()
        .filter(kind=obligation_kind(unit), unit=unit, period__in=texts)
    }
    attempts: dict[str, list[Attempt]] = {}
    for attempt in (
        Attempt.objects.visible_to(user)
        .filter(ledger__unit=unit, ledger__period__in=texts)
        .exclude(state=AttemptState.DISCARDED)
        .select_related("ledger", "submitted_by", "reviewed_by")
        .order_by("number")
    ):
        attempts.setdefault(attempt.ledger.period, []).append(attempt)
    return [month_line(p, duties.get(str(p)), attempts.get(str(p), []), on) for p in periods]


def month_line(period: Period, duty: Obligation | None, attempts: list[Attempt], on: date) -> MonthLine:
    line = MonthLine(period, duty, str(duty.state(on)) if duty else "")
    for attempt in attempts:
        if attempt.state == AttemptState.STAGED:
            line.staged = attempt
            continue
        line.latest = attempt
        if attempt.state == AttemptState.ACCEPTED:
            line.accepted = attempt
    handed_in = line.latest is not None and line.latest.state == AttemptState.SUBMITTED
    if duty and duty.met_on is None and not handed_in:  # no day is counted while the receiver decides
        line.days_left = current_calendar().left(on, duty.last_day)
    return line


def month_of(unit: Division, period: Period, on: date, *, user: Any) -> tuple[MonthLine, list[Attempt]]:
    """One month with all its hand-ins, the newest first."""
    duty = (
        Obligation.objects.visible_to(user)
        .live()
        .filter(kind=obligation_kind(unit), unit=unit, period=str(period))
        .first()
    )
    attempts = list(
        Attempt.objects.visible_to(user)
        .filter(ledger__unit=unit, ledger__period=str(period))
        .select_related("ledger", "made_by", "submitted_by", "reviewed_by")
        .order_by("number")
    )
    shown = [a for a in attempts if a.state != AttemptState.DISCARDED]
    return month_line(period, duty, shown, on), attempts[::-1]


def last_return(ledger: Ledger, before: int) -> Attempt | None:
    """The return a hand-in answers to: the newest returned one before it, unless something was accepted since."""
    earlier = (
        ledger.attempts.filter(number__lt=before)
        .exclude(state=AttemptState.DISCARDED)
        .order_by("-number")
        .first()
    )
    return earlier if earlier and earlier.state == AttemptState.RETURNED else None


def packages_of(city: Division, period: Period, *, user: Any) -> list[CityPackage]:
    return list(
        CityPackage.objects.visible_to(user)
        .filter(unit=city, period=str(period))
        .select_related("unit", "sent_by", "reviewed_by", "obligation")
    )


def default_period(at: datetime) -> Period:
    """The month a person means who opens the page: the running one; before the 10th the one that just ended."""
    on = local_date(at)
    period = Period.containing(PeriodKind.MONTH, on)
    return period.previous() if on.day < 10 else period
