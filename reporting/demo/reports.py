"""Reports and circulars of the demo year, drafted, approved and issued by its own people through the services."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.clock import at_hour
from accounts.models import Division, Obligation
from accounts.obligations.services import owe_for_period
from policy.calendar import WorkCalendar
from policy.periods import Period, PeriodKind
from reporting.circulars.services import approve_circular, draft_circular, issue_circular
from reporting.demo.ledgers import months_before
from reporting.demo.rules import rule_of
from reporting.reports.jobs import due_on
from reporting.reports.models import Report
from reporting.reports.services import RULE_KEY, compile_period
from supervision.matters.ladder import climb


def write_reports(*, today: date, calendar: WorkCalendar, office: Any, head: Any) -> int:
    """Monthly reports of the year, its quarters and last year; all but the newest month's circular are issued."""
    province = Division.objects.get(pk="230000")
    months = months_before(today, 12)
    periods = list(months)
    for month in months:
        quarter = Period.containing(PeriodKind.QUARTER, month.first)
        if quarter not in periods and quarter.first >= months[0].first:
            periods.append(quarter)
    periods.append(Period.containing(PeriodKind.YEAR, months[0].first))
    count = 0
    units = list(Division.objects.filter(province_code="230000", tier__lte=2))
    for period in sorted(periods, key=lambda p: (due_on(p, province, today), str(p))):
        due = due_on(period, province, today)
        if due > today:
            continue
        kind = RULE_KEY[period.kind]
        owe_for_period(
            kind=kind, units=units, period=period, rule=rule_of(province, kind, due), calendar=calendar,
            at=_at(period.first, 0),
        )  # fmt: skip
        climb(_at(due, 6))  # the rungs of the ladder up to that morning, each with its own day
        snapshot = compile_period(province=province, period=period, by=None, at=_at(due, 7))
        report = Report.objects.get(snapshot=snapshot, unit=province)
        circular = draft_circular(report=report, by=None, at=_at(due, 7))
        settled = Obligation.objects.filter(kind=kind, period=str(period))
        count += 1
        if period == months[-1]:
            continue
        settled.update(met_on=due, met_at=_at(due, 10))
        Report.objects.filter(snapshot=snapshot).update(
            state="final", settled_by=office, settled_at=_at(due, 10)
        )
        approve_circular(circular=circular, by=head, at=_at(due + timedelta(days=1), 9))
        issue_circular(circular=circular, by=head, at=_at(due + timedelta(days=2), 9))
    return count


def _at(day: date, hour: int) -> datetime:
    return at_hour(day, hour)
