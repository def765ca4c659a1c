"""Pages of a department's hand-over: offering all it has open, looking at an offer, deciding on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import acting_posting, holds, require
from accounts.views.guards import needs
from approvals.service import office_handing, offices
from approvals.service.forms import OfficeGiverForm, OfficeHandOverForm, ReasonForm
from approvals.service.models import HandOverState
from approvals.service.office_models import OfficeHandOver

SHOWN = 30  # matters of each kind that are listed by name


@require_http_methods(["GET", "HEAD", "POST"])
@needs("handovers.propose")
def office_new(request: HttpRequest) -> HttpResponse:
    """First which department, then what of its work to which other one."""
    on = clock.today()
    departments = offices.givers_for(request.user, on)
    pick = OfficeGiverForm(request.GET if request.GET.get("giver") else None, departments)
    giver = pick.cleaned_data["giver"] if pick.is_bound and pick.is_valid() else None
    form, counts, waiting = None, {}, None
    if giver is not None:
        require(request.user, office_handing.PROPOSE, division=giver.division)
        counts = offices.counts_of(giver)
        waiting = OfficeHandOver.objects.visible_to(request.user).waiting().filter(giver=giver).first()
        posted = request.method == "POST"
        form = OfficeHandOverForm(
            request.POST if posted else None, receivers=offices.receivers_for(giver, on), counts=counts
        )
        if posted and form.is_valid():
            try:
                row = office_handing.offer(giver=giver, **form.cleaned_data, by=request.user, at=clock.now())
            except DomainError as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("Offered. Nothing moves until the receiver takes it over."))
                return redirect("service:office", pk=row.pk)
    context = {
        "pick": pick, "giver": giver, "form": form, "waiting": waiting, "total": sum(counts.values()),
        "posting": acting_posting(request.user), "any": departments.exists(),
    }  # fmt: skip
    return render(request, "approvals/service/office_new.html", context)


@require_safe
def office_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _find(request, pk), ReasonForm())


@require_POST
def office_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """`do`: accept, decline or withdraw."""
    row, did, at = _find(request, pk), request.POST.get("do", ""), clock.now()
    form = ReasonForm(request.POST if did in ("decline", "withdraw") else None)
    try:
        if did == "accept":
            office_handing.accept(hand_over=row, by=request.user, at=at)
        elif did in ("decline", "withdraw"):
            act = office_handing.decline if did == "decline" else office_handing.withdraw
            act(hand_over=row, reason=request.POST.get("reason", ""), by=request.user, at=at)
        else:
            return redirect("service:office", pk=pk)
    except DomainError as refusal:
        if not form.is_bound:
            form = ReasonForm({"reason": ""})
        form.is_valid()
        form.errors.clear()
        add_refusal(form, refusal)
        return _show(request, _find(request, pk), form, status=400)
    messages.success(request, _("Kept."))
    return redirect("service:office", pk=pk)


def _find(request: HttpRequest, pk: int) -> OfficeHandOver:
    rows = OfficeHandOver.objects.visible_to(request.user).select_related(
        "giver__division", "receiver", "proposed_by", "decided_by"
    )
    row = get_object_or_404(rows, pk=pk)
    if not holds(request.user, "handovers.receive"):
        raise PermissionDenied("handovers.receive")
    return row


def _show(request: HttpRequest, row: OfficeHandOver, form: ReasonForm, status: int = 200) -> HttpResponse:
    waits = row.state == HandOverState.PROPOSED
    counts: dict[str, int] = row.moved
    if waits:
        counts = {code: n for code, n in offices.counts_of(row.giver).items() if code in row.kinds}
    parts: list[dict[str, Any]] = [
        {
            "label": work.label,
            "count": counts.get(work.code, 0),
            "things": work.things(row.giver, SHOWN) if waits else [],
            "more": max(0, counts.get(work.code, 0) - SHOWN) if waits else 0,
        }
        for work in offices.WORKS
        if work.code in row.kinds
    ]
    context = {
        "row": row, "form": form, "waits": waits, "parts": parts, "total": sum(counts.values()),
        "receives": waits and office_handing.may_receive(request.user, row),
        "may_withdraw": waits and office_handing.may_propose(request.user, row.giver),
        "accepted": row.state == HandOverState.ACCEPTED,
    }  # fmt: skip
    return render(request, "approvals/service/office.html", context, status=status)
