"""A unit's months, and the three ways to hand in: a workbook, the rows in the browser, a nil report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.models import Division, Tier
from accounts.scope import acting_posting
from policy.periods import Period
from reporting.ledgers import prefill, submitting
from reporting.ledgers.access import VIEW, may_submit, receiver_of, require_submit
from reporting.ledgers.board import month_of, months_of
from reporting.ledgers.models import AttemptState
from reporting.ledgers.staging import stage_upload
from reporting.ledgers.todo import month_meant
from reporting.ledgers.uploads import file_limit
from reporting.ledgers.views.common import (
    download,
    period_or_404,
    sees_ledgers,
    status_of,
    tell_error,
    unit_or_404,
)


@require_safe
@sees_ledgers
def home(request: HttpRequest) -> HttpResponse:
    """Where the person's own unit has its ledger work."""
    posting = acting_posting(request.user)
    if posting is None:
        raise PermissionDenied(VIEW)
    unit = posting.division
    if unit.tier == Tier.PROVINCE:
        return redirect("ledgers:province", unit.pk, str(month_meant(request.user, unit, clock.now())))
    if unit.tier == Tier.CITY:
        return redirect("ledgers:city", unit.pk, str(month_meant(request.user, unit, clock.now())))
    return redirect("ledgers:unit", unit.pk)


@require_safe
@sees_ledgers
def unit_page(request: HttpRequest, code: str) -> HttpResponse:
    unit = unit_or_404(request, code)
    months = months_of(unit, clock.today(), user=request.user)
    return render(
        request, "reporting/ledgers/unit.html",
        {"unit": unit, "months": months, "may_submit": may_submit(request.user, unit), "running": months[0]},
    )  # fmt: skip


@require_safe
@sees_ledgers
def month_page(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, month = unit_or_404(request, code), period_or_404(period)
    return render(request, "reporting/ledgers/month.html", month_context(request, unit, month))


def month_context(request: HttpRequest, unit: Division, period: Period, **extra: Any) -> dict[str, Any]:
    line, attempts = month_of(unit, period, clock.today(), user=request.user)
    waiting = next((a for a in attempts if a.state == AttemptState.SUBMITTED), None)
    return {
        "unit": unit,
        "period": period,
        "line": line,
        "attempts": attempts,
        "waiting": waiting,
        "may_submit": may_submit(request.user, unit) and clock.today() >= period.first,
        "receiver": Division.objects.filter(pk=receiver_of(unit)).first(),
        "limit_mb": file_limit() // 1024 // 1024,
        "open_projects": submitting.open_projects(unit),
        **extra,
    }


@require_POST
@sees_ledgers
def upload(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, month = unit_or_404(request, code), period_or_404(period)
    require_submit(request.user, unit)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise DomainError("file_missing", _("Choose the workbook first, then upload it."), field="file")
        attempt = stage_upload(
            unit=unit, period=month, upload=file, file_name=file.name or "", by=request.user, at=clock.now()
        )
    except DomainError as error:
        if error.code == "same_file":
            messages.info(request, str(error.message))
            return redirect("ledgers:attempt", error.details["attempt"])
        context = month_context(
            request, unit, month, refused=error, told=error.details.get("messages", [])[:50]
        )
        return render(request, "reporting/ledgers/month.html", context, status=status_of(error))
    return redirect("ledgers:attempt", attempt.pk)


@require_POST
@sees_ledgers
def start_online(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, month = unit_or_404(request, code), period_or_404(period)
    try:
        attempt = prefill.start_online(unit=unit, period=month, by=request.user, at=clock.now())
    except DomainError as error:
        tell_error(request, error)
        return redirect("ledgers:month", code, period)
    return redirect("ledgers:grid", attempt.pk)


@require_safe
@sees_ledgers
def prefilled(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, month = unit_or_404(request, code), period_or_404(period)
    return download(prefill.workbook(unit, month, clock.today()), prefill.file_name(unit, month))


@require_http_methods(["GET", "HEAD", "POST"])
@sees_ledgers
def nil_report(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, month = unit_or_404(request, code), period_or_404(period)
    require_submit(request.user, unit)
    explanation, fault = request.POST.get("explanation", ""), None
    if request.method == "POST":
        try:
            attempt = submitting.submit_nil(
                unit=unit, period=month, explanation=explanation, by=request.user, at=clock.now()
            )
            messages.success(
                request, _("The nil report of %(period)s is handed in.") % {"period": month.label}
            )
            return redirect("ledgers:attempt", attempt.pk)
        except DomainError as error:
            fault = error
    context = month_context(
        request,
        unit,
        month,
        against=submitting.nil_contradictions(unit, month),
        explanation=explanation,
        fault=fault,
    )
    return render(request, "reporting/ledgers/nil.html", context, status=status_of(fault) if fault else 200)
