"""Reports on screen. Every figure opens the frozen rows it counted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.downloads import document_download
from accounts.errors import DomainError, StaleState
from accounts.models import Division
from accounts.scope import acting_posting, holds, posted_at, require, require_own
from documents import Format
from policy.periods import Period, PeriodKind
from projects.models import MilestoneCode
from reporting.circulars.services import draft_circular
from reporting.reports import services
from reporting.reports.document import document_of, title_of
from reporting.reports.figures import RATES
from reporting.reports.forms import CompileForm, ReasonForm, SectionsForm
from reporting.reports.labels import LABELS, rate_lines
from reporting.reports.models import Edition, Report, ReportState
from reporting.reports.snapshots import OPENS
from reporting.reports.tables import step_name
from supervision.matters.models import Matter

FORMATS: tuple[Format, ...] = ("docx", "xlsx", "pdf")
KINDS = {
    "month": Q(period__contains="-"),
    "quarter": Q(period__contains="Q"),
    "year": Q(period__regex=r"^\d{4}$"),
}


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "reports.view")
    posting = acting_posting(request.user)
    reports = Report.objects.visible_to(request.user).select_related("unit", "snapshot", "obligation")
    kind = request.GET.get("kind", "")
    if kind in KINDS:
        reports = reports.filter(KINDS[kind])
    mine = request.GET.get("units", "mine") != "all"
    if mine and posting is not None:
        reports = reports.filter(unit_id=posting.division_id)
    page = Paginator(reports.order_by("-snapshot__cut_off_on", "-compiled_at", "unit_id"), 30).get_page(
        request.GET.get("page")
    )
    today = clock.today()
    suggested = Period.containing(PeriodKind.MONTH, today).previous()
    return render(
        request,
        "reporting/reports/list.html",
        {
            "page_obj": page,
            "kind": kind,
            "mine": mine,
            "division": posting.division if posting else None,
            "compile_form": CompileForm(initial={"period": str(suggested)})
            if _may_compile(request.user)
            else None,
            "titles": {r.pk: title_of(r) for r in page},
        },
    )


@require_POST
def compile_now(request: HttpRequest) -> HttpResponse:
    """Freeze a period by hand, before or after its due date. Province only: one snapshot serves all units."""
    province = _province(request.user)
    require(request.user, "reports.compile", division=province)
    form = CompileForm(request.POST)
    try:
        if not form.is_valid():
            raise DomainError("bad_period", _("Give a period such as 2026-10, 2026Q3 or 2026."))
        try:
            period = Period.parse(form.cleaned_data["period"])
        except ValueError as error:
            raise DomainError("bad_period", _("Give a period such as 2026-10, 2026Q3 or 2026.")) from error
        edition = Edition.FINAL if form.cleaned_data["final"] else Edition.FIRST
        snapshot = services.compile_period(
            province=province, period=period, edition=edition, by=request.user, at=clock.now()
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("reports:list")
    report = Report.objects.visible_to(request.user).get(snapshot=snapshot, unit=province)
    return redirect("reports:detail", pk=report.pk)


@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    content = services.content_of(report)
    order = request.GET.get("order", "planned_start_rate")
    return render(
        request,
        "reporting/reports/detail.html",
        {
            "report": report,
            "title": title_of(report),
            "period": Period.parse(report.period),
            "content": content,
            "rates": rate_lines(content.total, content.previous, content.rules),
            "labels": LABELS,
            "units": _ranked(content.units, order),
            "order": order,
            "may_edit": posted_at(request.user, report.unit_id, "reports.compile")
            and report.state == ReportState.DRAFT,
            "may_draft": posted_at(request.user, report.unit_id, "circulars.draft"),
            "is_province": content.tier == 1,
            "circulars": report.circulars.all(),
            "sub_reports": _sub_reports(request, report),
        },
    )


@require_safe
def report_rows(request: HttpRequest, pk: int, figure: str) -> HttpResponse:
    """The projects behind one figure as they stood when it was frozen; `unit` narrows to one line of the table."""
    report = _report(request, pk)
    if figure not in OPENS:
        raise Http404(figure)
    rows = report.snapshot.rows.filter(OPENS[figure]).filter(**_own_codes(report))
    unit = None
    if code := request.GET.get("unit", ""):
        unit = get_object_or_404(Division.objects.visible_to(request.user), pk=code)
        own = request.GET.get("own") == "1"
        rows = rows.filter(**({"city_code": code, "county_code": ""} if own else _unit_codes(unit)))
    totals = _totals(rows)
    page = Paginator(rows.order_by("city_code", "county_code", "-contract_amount_yuan", "pk"), 50)
    return render(
        request,
        "reporting/reports/rows.html",
        {
            "report": report,
            "title": title_of(report),
            "figure": figure,
            "label": LABELS[figure],
            "unit": unit,
            "page_obj": page.get_page(request.GET.get("page")),
            "totals": totals,
            "milestones": dict(MilestoneCode.choices),
        },
    )


@require_safe
def report_pressed(request: HttpRequest, pk: int) -> HttpResponse:
    """The matters pressed and not done as they were frozen; one the person may open leads to its page of today."""
    report = _report(request, pk)
    content = services.content_of(report)
    rows = content.pressed
    if step := request.GET.get("step", ""):
        rows = tuple(one for one in rows if (one.is_listed if step == "listed" else one.step == step))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    ids = [one.matter_id for one in page]
    seen = set(Matter.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    context = {
        "report": report, "title": title_of(report), "page_obj": page, "step": step, "content": content,
        "lines": [(one, step_name(one), one.matter_id in seen) for one in page],
    }  # fmt: skip
    return render(request, "reporting/reports/pressed.html", context)


@require_safe
def report_of_unit(request: HttpRequest, unit: str, period: str) -> HttpResponse:
    """The newest report of a unit for a period; before it is drafted, the list with a word on when it will be."""
    require(request.user, "reports.view")
    division = get_object_or_404(Division.objects.visible_to(request.user), pk=unit)
    rows = Report.objects.visible_to(request.user).filter(unit=division, period=period)
    report = rows.order_by("-compiled_at").first()
    if report is not None:
        return redirect("reports:detail", pk=report.pk)
    messages.info(request, _("This report is not drafted yet; it is drafted by itself on its due date."))
    return redirect("reports:list")


@require_http_methods(["GET", "HEAD", "POST"])
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    require_own(request.user, "reports.compile", report.unit)
    form = SectionsForm(request.POST or None, sections=report.narrative, initial={"version": report.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_narrative(
                report=report,
                narrative=form.sections(),
                version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
            )
        except StaleState as error:
            report.refresh_from_db()
            form.renew(report.version, str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The words of the report are saved."))
            return redirect("reports:detail", pk=report.pk)
    return render(
        request, "reporting/reports/edit.html", {"report": report, "title": title_of(report), "form": form}
    )


@require_POST
def report_settle(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    return _do(
        request,
        lambda: services.settle(report=report, by=request.user, at=clock.now()),
        _("The report is settled."),
        reverse("reports:detail", args=[pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report_anew(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the period's drafts away and freeze again; asks for the reason first."""
    report = _report(request, pk)
    province = _province(request.user)
    require(request.user, "reports.compile", division=province)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            snapshot = services.compile_anew(
                snapshot=report.snapshot, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The figures are taken anew."))
            fresh = Report.objects.visible_to(request.user).get(snapshot=snapshot, unit_id=report.unit_id)
            return redirect("reports:detail", pk=fresh.pk)
    return render(
        request, "reporting/reports/anew.html", {"report": report, "title": title_of(report), "form": form}
    )


@require_POST
def report_circular(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    try:
        circular = draft_circular(report=report, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("reports:detail", pk=pk)
    return redirect("circulars:detail", pk=circular.pk)


@require_safe
def report_export(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    report = _report(request, pk)
    return document_download(document_of(report), format, FORMATS)


def _report(request: HttpRequest, pk: int) -> Report:
    require(request.user, "reports.view")
    rows = Report.objects.visible_to(request.user).select_related("unit", "snapshot", "settled_by")
    return get_object_or_404(rows, pk=pk)


def _do(request: HttpRequest, call: Any, done: str, back: str) -> HttpResponse:
    try:
        call()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(back)


def _may_compile(user: Any) -> bool:
    posting = acting_posting(user)
    return bool(posting and posting.division.tier == 1 and holds(user, "reports.compile"))


def _province(user: Any) -> Division:
    posting = acting_posting(user)
    if posting is None:
        raise PermissionDenied("reports.compile")
    return get_object_or_404(Division, pk=posting.division.province_code)


def _own_codes(report: Report) -> dict[str, str]:
    return _unit_codes(report.unit)


def _unit_codes(unit: Division) -> dict[str, str]:
    field = {1: "province_code", 2: "city_code"}.get(unit.tier, "county_code")
    return {field: unit.pk}


def _totals(rows: Any) -> dict[str, int]:
    found = rows.order_by().aggregate(
        count=Count("pk"), amount=Sum("contract_amount_yuan"), in_place=Sum("invested_total_yuan")
    )
    return {key: value or 0 for key, value in found.items()}


def _ranked(units: Any, order: str) -> list[dict[str, Any]]:
    """Lines with their rank by one rate; no denominator, no rank. Equal rates share a rank."""
    key = order if order in RATES else "planned_start_rate"
    lines = sorted(units, key=lambda u: (-(u.figures.rate(key).value or -1), u.code))
    ranked, rank, last = [], 0, None
    for number, unit in enumerate(lines, 1):
        value = unit.figures.rate(key).value
        if value is not None and not unit.own and value != last:
            rank, last = number, value
        ranked.append(
            {
                "unit": unit,
                "rank": rank if value is not None and not unit.own else None,
                "rates": {k: unit.figures.rate(k) for k in RATES},
            }
        )
    return ranked


def _sub_reports(request: HttpRequest, report: Report) -> dict[str, int]:
    """Unit code → its own report of the same snapshot, to open one tier below."""
    below = Report.objects.visible_to(request.user).filter(
        snapshot=report.snapshot, unit__parent_id=report.unit_id
    )
    return dict(below.values_list("unit_id", "pk"))
