"""Drafts of the monthly, quarterly and annual reports on their own due dates (H17, H19), made by the reconciler."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.clock import local_date
from accounts.divisions import regime_code_of
from accounts.jobs.engine import register_job
from accounts.models import Division, JobRun, Tier
from accounts.notify import staff_of, tell
from policy.deadlines import compute
from policy.periods import Period, PeriodKind
from policy.regimes import get_regime
from policy.services import current_calendar
from reporting.circulars.services import draft_circular
from reporting.reports.models import Report
from reporting.reports.services import RULE_KEY, compile_period

KIND = "report_draft"
LOOK_BACK = {PeriodKind.MONTH: 2, PeriodKind.QUARTER: 2, PeriodKind.YEAR: 1}


def due_on(period: Period, province: Division, on: date) -> date:
    """Day the period's report is due, rolled as the regime says."""
    rule = get_regime(regime_code_of(province)).rule(RULE_KEY[period.kind], on)
    return compute(rule, anchor=period, calendar=current_calendar()).due_on


def plan(at: datetime) -> Iterator[tuple[str, str]]:
    """Periods whose report is due today or was due lately and never made: a missed run is caught up."""
    on = local_date(at)
    for province in Division.objects.at_tier(Tier.PROVINCE).current(on):
        for kind, back in LOOK_BACK.items():
            period = Period.containing(kind, on)
            for _n in range(back + 1):
                if due_on(period, province, on) <= on and period.first <= on - timedelta(days=1):
                    yield str(period), province.pk
                period = period.previous()


def run(job: JobRun, at: datetime) -> dict[str, Any]:
    """Compile the period and lay the province's circular ready; tell the province office."""
    province = Division.objects.get(pk=job.scope)
    snapshot = compile_period(province=province, period=Period.parse(job.period), by=None, at=at)
    report = Report.objects.get(snapshot=snapshot, unit=province)
    draft_circular(report=report, by=None, at=at)
    tell(
        staff_of(province, "reports.compile", on=local_date(at)),
        key=f"report:{report.pk}",
        kind="report",
        title=_("The report for %(period)s is drafted") % {"period": Period.parse(job.period).label},
        text=_("%(count)d projects; the circular is laid ready.") % {"count": snapshot.row_count},
        url=reverse("reports:detail", args=[report.pk]),
        at=at,
    )
    return {"reports": snapshot.reports.count(), "rows": snapshot.row_count, "circulars": 1}


def register() -> None:
    register_job(
        KIND,
        plan,
        run,
        queue="report",
        label=gettext_lazy("Draft the reports"),
        words={
            "reports": gettext_lazy("reports drafted"),
            "rows": gettext_lazy("projects frozen"),
            "circulars": gettext_lazy("circulars laid ready"),
        },
    )
