"""What the ledger views share: finding a unit or a hand-in inside the user's scope, and telling what went wrong."""

from __future__ import annotations

from functools import wraps
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.errors import DomainError, StaleState
from accounts.models import Division, Tier
from accounts.scope import holds
from policy.periods import Period, PeriodKind
from reporting.ledgers.access import VIEW, may_review, may_submit
from reporting.ledgers.models import Attempt, AttemptState, CityPackage

STATUS = {"file_too_large": 413, "upload_quota": 429}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sees_ledgers(view: Any) -> Any:
    """Only people whose role reads ledgers."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not holds(request.user, VIEW):
            raise PermissionDenied(VIEW)
        return view(request, *args, **kwargs)

    return inner


def unit_or_404(request: HttpRequest, code: str) -> Division:
    units = Division.objects.visible_to(request.user).select_related("parent").filter(tier__lte=Tier.COUNTY)
    return get_object_or_404(units, pk=code)


def period_or_404(text: str) -> Period:
    """The month in an address; a quarter or a year has no ledger."""
    try:
        period = Period.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from None
    if period.kind is not PeriodKind.MONTH:
        raise Http404(text)
    return period


def attempt_or_404(request: HttpRequest, pk: int) -> Attempt:
    rows = Attempt.objects.visible_to(request.user).select_related(
        "ledger__unit__parent", "ledger__obligation", "made_by", "submitted_by", "reviewed_by"
    )
    attempt = get_object_or_404(rows, pk=pk)
    unit = attempt.ledger.unit
    # What is not handed in yet is the unit's own desk; its receiver may look, nobody further up.
    if attempt.state == AttemptState.STAGED and not (
        may_submit(request.user, unit) or may_review(request.user, unit)
    ):
        raise Http404
    return attempt


def package_or_404(request: HttpRequest, pk: int) -> CityPackage:
    rows = CityPackage.objects.visible_to(request.user).select_related(
        "unit__parent", "sent_by", "reviewed_by", "obligation"
    )
    return get_object_or_404(rows, pk=pk)


def status_of(error: DomainError) -> int:
    return STATUS.get(error.code, 409 if isinstance(error, StaleState) else 400)


def tell_error(request: HttpRequest, error: DomainError) -> None:
    messages.error(request, str(error.message))


def download(content: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    """An attachment, whatever is in it: never shown in the browser, never guessed at."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response
