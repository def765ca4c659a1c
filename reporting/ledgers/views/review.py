"""The receiving side: a city's hand-ins, accepting and returning; the package; the province's list of cities."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.models import Division, Obligation, Tier
from accounts.typed import whole_number
from policy.periods import Period
from projects.models import Project
from reporting.ledgers import packages, reviewing
from reporting.ledgers.access import may_review, may_submit
from reporting.ledgers.board import packages_of
from reporting.ledgers.mending import load_drafts
from reporting.ledgers.models import Attempt, AttemptState, CityPackage, PackageState, RowMatch
from reporting.ledgers.rows import label
from reporting.ledgers.views.common import (
    attempt_or_404,
    package_or_404,
    period_or_404,
    sees_ledgers,
    tell_error,
    unit_or_404,
)


def review_context(request: HttpRequest, attempt: Attempt) -> dict[str, Any]:
    """What the receiver needs beside the rows: clashes with live data, the same company elsewhere, when to correct by."""
    deciding = attempt.state == AttemptState.SUBMITTED and may_review(request.user, attempt.ledger.unit)
    drafts = load_drafts(attempt) if deciding else []
    return {
        "deciding": deciding,
        "own_hand_in": may_submit(request.user, attempt.ledger.unit),
        "conflicts": reviewing.open_conflicts(attempt, drafts) if deciding else [],
        "elsewhere": companies_elsewhere(request.user, drafts) if deciding else [],
        "correct_by_on": reviewing.correction_due(clock.today()) if deciding else attempt.correct_by_on,
        "reasons": {r.pk: r.return_reason for r in attempt.rows.exclude(return_reason="")},
        "read_only": True,
    }


def companies_elsewhere(user: Any, drafts: list[Any]) -> list[dict[str, Any]]:
    """Newly signed rows whose company already has a project in the receiver's area."""
    names = {d.text("company"): d.name for d in drafts if d.match == RowMatch.NEW and d.text("company")}
    if not names:
        return []
    rows = (
        Project.objects.visible_to(user)
        .filter(company__name__in=names)
        .select_related("company", "division")
        .order_by("pk")
    )
    return [
        {"row": names[p.company.name], "company": p.company.name, "project": p}
        for p in rows[:50]
        if p.company
    ]


@require_POST
@sees_ledgers
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    attempt = attempt_or_404(request, pk)
    decisions: dict[int, dict[str, str]] = defaultdict(dict)
    for name, value in request.POST.items():
        kind, _colon, rest = name.partition(":")
        row, _colon, field = rest.partition(":")
        row_id = whole_number(row)
        if kind == "decide" and row_id is not None and value in ("ledger", "live"):
            decisions[row_id][field] = str(value)
    try:
        reviewing.accept_attempt(attempt=attempt, decisions=decisions, by=request.user, at=clock.now())
        text = _("The ledger of %(unit)s is accepted and the projects are brought up to date.")
        messages.success(request, text % {"unit": attempt.ledger.unit.name})
    except DomainError as error:
        tell_error(request, error)
        return redirect("ledgers:attempt", pk)
    return redirect("ledgers:city", attempt.city_code, attempt.ledger.period)


@require_POST
@sees_ledgers
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    attempt = attempt_or_404(request, pk)
    reasons = {
        row_id: str(value)
        for name, value in request.POST.items()
        if name.startswith("reason:") and (row_id := whole_number(name[7:])) is not None
    }
    try:
        row = reviewing.return_attempt(
            attempt=attempt,
            note=request.POST.get("note", ""),
            row_reasons=reasons,
            by=request.user,
            at=clock.now(),
        )
        text = _("Returned to %(unit)s, to be corrected by %(day)s. The time of receipt stays.")
        messages.success(request, text % {"unit": attempt.ledger.unit.name, "day": row.correct_by_on})
    except DomainError as error:
        tell_error(request, error)
        return redirect("ledgers:attempt", pk)
    return redirect("ledgers:city", attempt.city_code, attempt.ledger.period)


@require_safe
@sees_ledgers
def city_page(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, month = unit_or_404(request, code), period_or_404(period)
    if unit.tier != Tier.CITY:
        raise Http404
    found = packages.gather(unit, month)
    on = clock.today()
    lines = [(line, line.state(on)) for line in found.lines]
    versions = packages_of(unit, month, user=request.user)
    latest = versions[0] if versions else None
    unsent = latest is None or latest.state == PackageState.RETURNED or latest.attempts != found.attempts
    duty = (
        Obligation.objects.visible_to(request.user)
        .live()
        .filter(kind="ledger_city", unit=unit, period=str(month))
        .first()
    )
    return render(
        request, "reporting/ledgers/city.html",
        {"unit": unit, "period": month, "lines": lines, "found": found, "versions": versions, "latest": latest,
         "duty": duty, "may_send": may_submit(request.user, unit) and bool(found.attempts) and unsent,
         "unsent": unsent, "own": may_submit(request.user, unit),
         "waiting": sum(1 for line in found.lines if line.latest and line.latest.state == AttemptState.SUBMITTED)},
    )  # fmt: skip


@require_POST
@sees_ledgers
def send(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, month = unit_or_404(request, code), period_or_404(period)
    try:
        package = packages.send_package(unit=unit, period=month, by=request.user, at=clock.now())
        text = _("Version %(version)d of %(period)s is sent to the province.")
        messages.success(request, text % {"version": package.version, "period": month.label})
    except DomainError as error:
        tell_error(request, error)
    return redirect("ledgers:city", code, period)


@require_safe
@sees_ledgers
def province_page(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, month = unit_or_404(request, code), period_or_404(period)
    if unit.tier != Tier.PROVINCE:
        raise Http404
    cities = Division.objects.visible_to(request.user).filter(tier=Tier.CITY, province_code=unit.pk)
    duties = {
        o.unit_id: o
        for o in Obligation.objects.visible_to(request.user)
        .live()
        .filter(kind="ledger_city", period=str(month))
    }
    latest: dict[str, CityPackage] = {}
    for package in CityPackage.objects.visible_to(request.user).filter(period=str(month)).order_by("version"):
        latest[package.unit_id] = package
    on = clock.today()
    rows = [
        (c, duties.get(c.pk), str(duties[c.pk].state(on)) if c.pk in duties else "", latest.get(c.pk))
        for c in cities
    ]
    return render(
        request, "reporting/ledgers/province.html",
        {"unit": unit, "period": month, "rows": rows, "sent": len(latest)},
    )  # fmt: skip


@require_safe
@sees_ledgers
def package_page(request: HttpRequest, pk: int) -> HttpResponse:
    package = package_or_404(request, pk)
    names = dict(Division.objects.filter(city_code=package.unit_id).values_list("pk", "name"))
    attempts = (
        Attempt.objects.visible_to(request.user)
        .filter(pk__in=package.attempts.values())
        .select_related("ledger__unit")
    )
    newest = (
        CityPackage.objects.visible_to(request.user).filter(unit=package.unit, period=package.period).first()
    )
    return render(
        request, "reporting/ledgers/package.html",
        {"package": package, "unit": package.unit, "period": Period.parse(package.period), "attempts": attempts,
         "missing": [names.get(code, code) for code in package.missing],
         "differences": [{**d, "label": label(d["field"]) if d.get("field") else ""} for d in package.differences],
         "newest": newest,
         "deciding": package.state == PackageState.SENT and newest == package
         and packages.may_review_package(request.user, package)},
    )  # fmt: skip


@require_POST
@sees_ledgers
def accept_package(request: HttpRequest, pk: int) -> HttpResponse:
    package = package_or_404(request, pk)
    try:
        packages.accept_package(package=package, by=request.user, at=clock.now())
        messages.success(request, _("The ledgers of %(unit)s are accepted.") % {"unit": package.unit.name})
    except DomainError as error:
        tell_error(request, error)
    return redirect("ledgers:package", pk)


@require_POST
@sees_ledgers
def return_package(request: HttpRequest, pk: int) -> HttpResponse:
    package = package_or_404(request, pk)
    try:
        packages.return_package(
            package=package, note=request.POST.get("note", ""), by=request.user, at=clock.now()
        )
        messages.success(request, _("Returned to %(unit)s.") % {"unit": package.unit.name})
    except DomainError as error:
        tell_error(request, error)
    return redirect("ledgers:package", pk)
