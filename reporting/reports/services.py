"""Compile, edit and settle reports. A period's snapshot is made once; drafts may be made anew, settled ones never."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.divisions import regime_code_of
from accounts.errors import DomainError, StaleState
from accounts.models import Division, Tier
from accounts.obligations.services import meet_for_period
from accounts.scope import require, require_own
from policy.periods import Period, PeriodKind
from policy.regimes import get_regime
from policy.services import current_calendar
from projects.lights import thresholds as light_thresholds
from projects.models import MilestoneCode
from reporting.reports import snapshots
from reporting.reports.content import LateProject, Place, ReportContent, build
from reporting.reports.discipline import by_unit
from reporting.reports.figures import Figures
from reporting.reports.models import Edition, Report, ReportState, Snapshot, SnapshotRow
from reporting.reports.narrative import draft
from reporting.reports.offices import counted
from reporting.reports.pressing import pressed_in, pressed_of

RULE_KEY = {
    PeriodKind.MONTH: "report_month",
    PeriodKind.QUARTER: "report_quarter",
    PeriodKind.YEAR: "report_year",
}
# figure → the regime's rule that defines it
RATE_RULES = {
    "fulfilment_rate": "rate_fulfilment",
    "start_rate": "rate_start",
    "completion_rate": "rate_completion",
    "production_rate": "rate_production",
    "funds_in_place_rate": "rate_funds",
    "planned_start_rate": "rate_planned_start",
    "on_time_rate": "rate_on_time",
    "approval_rate": "rate_approvals",
}
LATE_NAMED = 20


def cut_off_for(period: Period, compiled_on: date) -> date:
    """Last whole day the report covers, inclusive: the period's end, or yesterday while the period still runs."""
    return min(period.last, compiled_on - timedelta(days=1))


def compile_period(
    *, province: Division, period: Period, edition: str = Edition.FIRST, by: Any, at: datetime
) -> Snapshot:
    """Freeze the province and draft the report of every unit in it: the province, its cities, its counties.

    `by` None: the scheduled job. Twice is harmless: an existing snapshot is returned as it is. Raises DomainError
    when the period has not begun, or a final edition is asked for before the period has ended.
    """
    if by is not None:
        require(by, "reports.compile", division=province)
    today = local_date(at)
    cut_off = cut_off_for(period, today)
    if cut_off < period.first:
        raise DomainError("period_not_begun", _("This period has not begun; there is nothing to report yet."))
    if edition == Edition.FINAL and today <= period.last:
        raise DomainError("period_not_over", _("A final edition is made after the period has ended."))
    existing = Snapshot.objects.filter(province_code=province.pk, period=str(period), edition=edition).first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            snapshot = _freeze(province, period, edition, cut_off, at=at)
            reports = _draft_reports(snapshot, province, period, today=today, at=at)
            audit.record(
                "report_compiled",
                target=snapshot,
                by=by,
                at=at,
                after={"cut_off_on": cut_off, "rows": snapshot.row_count, "reports": reports},
                codes=province.codes,
            )
    except IntegrityError:  # another run was faster: its snapshot is the one
        return Snapshot.objects.get(province_code=province.pk, period=str(period), edition=edition)
    return snapshot


def compile_anew(*, snapshot: Snapshot, reason: str, by: Any, at: datetime) -> Snapshot:
    """Throw the drafts of a period away and freeze again. Refused once a report is settled or a circular exists."""
    province = Division.objects.get(pk=snapshot.province_code)
    require(by, "reports.compile", division=province)
    if not reason.strip():
        raise DomainError("reason_required", _("Say why the figures are taken anew."), field="reason")
    with transaction.atomic():
        Snapshot.objects.select_for_update().get(pk=snapshot.pk)
        if snapshot.reports.exclude(state=ReportState.DRAFT).exists():
            raise DomainError(
                "report_settled", _("A report of this period is settled; its figures stay as they are.")
            )
        if snapshot.reports.filter(circulars__isnull=False).exists():
            raise DomainError(
                "circular_exists", _("A circular was drafted from these figures; discard it first.")
            )
        audit.record(
            "report_discarded",
            target=snapshot,
            by=by,
            at=at,
            before={"digest": snapshot.digest, "rows": snapshot.row_count},
            reason=reason,
            codes=province.codes,
        )
        period, edition = Period.parse(snapshot.period), snapshot.edition
        snapshot.reports.all().delete()
        snapshot.delete()
        return compile_period(province=province, period=period, edition=edition, by=by, at=at)


def edit_narrative(
    *, report: Report, narrative: Sequence[dict[str, Any]], version: int, by: Any, at: datetime
) -> Report:
    """Replace the words of a draft. The figures are never edited. Raises StaleState when someone else saved first."""
    require_own(by, "reports.compile", report.unit)
    if report.state != ReportState.DRAFT:
        raise DomainError("report_settled", _("This report is settled and can no longer be edited."))
    cleaned = _clean_sections(narrative)
    with transaction.atomic():
        moved = Report.objects.filter(pk=report.pk, version=version, state=ReportState.DRAFT).update(
            narrative=cleaned, version=version + 1
        )
        if not moved:
            raise StaleState("stale", _("Someone else saved this report while you were writing."))
        audit.record(
            "report_edited",
            target=report,
            by=by,
            at=at,
            before={"narrative": report.narrative},
            after={"narrative": cleaned},
        )
    report.refresh_from_db()
    return report


def settle(*, report: Report, by: Any, at: datetime) -> Report:
    """Settle a draft: its words stay as they are, and the duty to report is met by today's receipt."""
    require_own(by, "reports.compile", report.unit)
    period = Period.parse(report.period)
    with transaction.atomic():
        moved = Report.objects.filter(pk=report.pk, state=ReportState.DRAFT).update(
            state=ReportState.FINAL, settled_by=by, settled_at=at
        )
        if not moved:
            raise StaleState("stale", _("This report has already been settled."))
        audit.record("report_settled", target=report, by=by, at=at, after={"state": ReportState.FINAL})
        meet_for_period(kind=RULE_KEY[period.kind], unit=report.unit, period=period, met_at=at, at=at)
    report.refresh_from_db()
    return report


def content_of(report: Report) -> ReportContent:
    return ReportContent.from_json(report.figures)


def _freeze(province: Division, period: Period, edition: str, cut_off: date, *, at: datetime) -> Snapshot:
    on = local_date(at)
    regime = get_regime(regime_code_of(province))
    rules = {}
    for key, rule_key in RATE_RULES.items():
        rule = regime.rule(rule_key, cut_off)
        rules[key] = {
            "id": rule.id,
            "numerator": rule.numerator,
            "denominator": rule.denominator,
            "definition": rule.definition,
        }
    snapshot = Snapshot.objects.create(
        period=str(period),
        edition=edition,
        cut_off_on=cut_off,
        province_code=province.pk,
        compiled_at=at,
        rules=rules,
    )
    snapshots.fill(snapshot, first=period.first, thresholds=light_thresholds(on))
    return snapshot


def _draft_reports(
    snapshot: Snapshot, province: Division, period: Period, *, today: date, at: datetime
) -> int:
    divisions = list(
        Division.objects.within(province).filter(tier__lte=Tier.COUNTY).current(snapshot.cut_off_on)
    )
    places = [Place(d.code, d.name, d.tier, d.parent_id or "") for d in divisions]
    figures = snapshots.figures_of(snapshot)
    months = [str(month) for month in period.months] if period.kind is not PeriodKind.MONTH else [str(period)]
    discipline = by_unit(province.pk, months, on=today)
    late = _late_projects(snapshot, province, today)
    pressed = pressed_in(province, snapshot.cut_off_on)
    offices = counted(province, first=period.first, cut_off=snapshot.cut_off_on)
    cities = {d.code: d.name for d in divisions if d.tier == Tier.CITY}
    before = _previous(province, period)
    reports = []
    for division in divisions:
        content = build(
            unit=Place(division.code, division.name, division.tier, division.parent_id or ""),
            period=str(period),
            cut_off_on=snapshot.cut_off_on,
            places=places,
            figures=figures,
            discipline=discipline,
            late=_late_in(division, late, cities),
            pressed=pressed_of(division, pressed, cities),
            previous_period=str(period.previous()) if division.code in before else "",
            previous=before.get(division.code),
            rules=snapshot.rules,
            offices=offices,
        )
        reports.append(
            Report(
                unit=division,
                period=str(period),
                edition=snapshot.edition,
                snapshot=snapshot,
                figures=content.to_json(),
                narrative=draft(content),
                compiled_at=at,
                **division.codes,
            )
        )
    return len(Report.objects.bulk_create(reports, batch_size=200))


def _previous(province: Division, period: Period) -> dict[str, Figures]:
    """Totals of the units' reports for the period before, the final edition where there is one."""
    rows = Report.objects.filter(province_code=province.pk, period=str(period.previous())).order_by("edition")
    found: dict[str, Figures] = {}
    for code, edition, figures in rows.values_list("unit_id", "edition", "figures"):
        if edition == Edition.FINAL or code not in found:
            found[code] = Figures.from_json(figures["total"])
    return found


def _late_in(
    division: Division, late: list[tuple[tuple[str, str, str], LateProject]], cities: dict[str, str]
) -> list[LateProject]:
    """The unit's red projects; in the province's papers the city stands before the county: two have a 向阳区."""
    found = [(codes, p) for codes, p in late if division.code in codes][:LATE_NAMED]
    if division.tier != Tier.PROVINCE:
        return [p for _codes, p in found]
    return [replace(p, place=cities.get(codes[1], "") + p.place) if codes[2] else p for codes, p in found]


def _late_projects(
    snapshot: Snapshot, province: Division, today: date
) -> list[tuple[tuple[str, str, str], LateProject]]:
    """Red projects, longest overdue first, each with its province, city and county ("" for a city's own)."""
    calendar = current_calendar()
    official = {m.code: m.name for m in get_regime(regime_code_of(province)).milestones}
    rows = SnapshotRow.objects.filter(snapshots.OPENS["red"], snapshot=snapshot, next_due_on__isnull=False)
    found = []
    for row in rows.order_by("next_due_on", "-contract_amount_yuan")[:2000]:
        if row.next_due_on is None:
            continue
        code = row.current_milestone or MilestoneCode.PRODUCTION
        found.append(
            (
                (row.province_code, row.city_code, row.county_code),
                LateProject(
                    project_id=row.project_id,
                    name=row.name,
                    place=row.division_name,
                    milestone=official[code],
                    due_on=row.next_due_on,
                    days_late=calendar.between(row.next_due_on, today),
                ),
            )
        )
    return found


def _clean_sections(narrative: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    sections = []
    for section in narrative:
        heading = str(section.get("heading", "")).strip()[:60]
        paragraphs = [str(p).strip() for p in section.get("paragraphs", []) if str(p).strip()]
        if heading or paragraphs:
            sections.append({"heading": heading, "paragraphs": paragraphs})
    if not sections:
        raise DomainError(
            "empty_report", _("A report needs at least one section with text."), field="narrative"
        )
    return sections
