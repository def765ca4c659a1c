"""Complaints in the office. Which page somebody gets follows from the seat: office, handler, discipline inspection, unit.

What a seat may not read is not handed to its template at all: handler and unit get a `Sheet`, never the complaint.
"""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import clock, files
from accounts.downloads import TABLE, document_download
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.notify import STORED_LANGUAGE
from accounts.scope import holds, posted_at
from accounts.views.guards import Request, page_of
from supervision.complaints import (
    export,
    holding,
    identity,
    limits,
    mending,
    queries,
    receiving,
    rights,
)
from supervision.complaints.forms import NAMED, ComplainForm
from supervision.complaints.models import Complaint, Side
from supervision.complaints.office_forms import ComplaintFilter, PurposeForm
from supervision.complaints.reading import original_of
from supervision.complaints.sheets import sheet_of
from supervision.complaints.states import State
from supervision.complaints.step_forms import STEPS, possible

PHONE_SALT = "supervision.complaints.phone"
SEATS = ("complaints.view", "complaints.handle", "complaints.escalated")


@require_safe
def complaint_list(request: Request) -> HttpResponse:
    if not any(holds(request.user, one) for one in SEATS):
        raise PermissionDenied("complaints")
    form = ComplaintFilter(request.GET)
    rows = queries.filtered(queries.listed(request.user), form.wanted(), clock.today())
    context = {
        "form": form, "page": queries.lit(page_of(request, rows), clock.today()), "asked": queries.asked(request.user),
        "may_enter": holds(request.user, "complaints.enter"), "today": clock.today(),
        "may_export": holds(request.user, export.PERMISSION), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "supervision/complaints/list.html", context)


@never_cache
@require_GET
def complaint_export(request: Request) -> HttpResponse:
    """The list as it is filtered, as a workbook; taking it out is on record. No HEAD: nothing is recorded for nothing."""
    if not holds(request.user, export.PERMISSION):
        raise PermissionDenied(export.PERMISSION)
    wanted = ComplaintFilter(request.GET).wanted()
    rows = queries.filtered(queries.listed(request.user), wanted, clock.today())
    if rows.count() > export.MOST:
        messages.error(
            request, _("More than %(n)d rows. Narrow the filter, then export.") % {"n": export.MOST}
        )
        return redirect(f"{reverse('complaints:list')}?{request.GET.urlencode()}")
    with override(STORED_LANGUAGE):
        document = export.export_list(rows=rows, wanted=wanted, by=request.user, at=clock.now())
        return document_download(document, "xlsx", TABLE)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: Request) -> HttpResponse:
    """Staff write down what a caller says and read both codes out to him."""
    if not holds(request.user, "complaints.enter"):
        raise PermissionDenied("complaints.enter")
    form = ComplainForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            taken = receiving.enter_for_caller(
                said=form.said(), uploads=form.cleaned_data["uploads"], token=_checked_token(request),
                by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            holding.forget(form.held)
            return render(request, "supervision/complaints/phone_done.html", {"taken": taken})
    if form.errors:
        form.hold_files(f"user:{request.user.pk}")
    token = signing.dumps({"n": secrets.token_urlsafe(16), "u": request.user.pk}, salt=PHONE_SALT)
    context = {
        "form": form, "token": token, "named": form["sign"].value() == NAMED,
        "had_files": bool(request.FILES) and (form.lost or "uploads" in form.errors),
    }  # fmt: skip
    return render(request, "supervision/complaints/phone.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    return _page(request, pk)


@never_cache
@require_POST
def do(request: Request, pk: int, code: str) -> HttpResponse:
    """One step; a refusal comes back on the page with what was typed."""
    complaint, seat = _complaint(request, pk)
    if code not in STEPS:
        raise Http404
    step = STEPS[code]
    if seat not in step.seats:
        raise PermissionDenied("complaints")
    form = step.make(request, complaint)
    if form.is_valid():
        try:
            step.service(complaint=complaint, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, step.done)
            still = _seat(request.user, pk)
            return redirect("complaints:detail", pk=pk) if still else redirect("complaints:list")
    return _page(request, pk, bound=(code, form), status=400)


@sensitive_post_parameters()
@never_cache
@require_POST
def identity_page(request: Request, pk: int) -> HttpResponse:
    """Who complained, on this answer alone; the look is on record with its purpose."""
    complaint, seat = _complaint(request, pk)
    if seat != "office":
        raise PermissionDenied("complaints.identity")
    form, who = PurposeForm(request.POST), None
    if form.is_valid():
        try:
            who = identity.look(
                complaint=complaint, purpose=form.cleaned_data["purpose"], by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
    return _page(request, pk, bound=("identity", form), who=who, status=400 if form.errors else 200)


@never_cache
@require_safe
def file(request: Request, pk: int, position: int) -> HttpResponseBase:
    """Files of complainant and office: for the office alone. Those of the unit's statement: for all who read that."""
    complaint, seat = _complaint(request, pk)
    rows = complaint.files.all() if seat == "office" else complaint.files.filter(side=Side.UNIT)
    held = get_object_or_404(rows, position=position)
    # The number is not for the unit.
    name = f"{position}{held.suffix}" if seat == "unit" else held.shown_name
    return files.attachment(held.path, name, held.content_type)


def _seat(user: Any, pk: int) -> str:
    """The seat of the person at this complaint, or nothing. The unit's comes first: it shuts the other ones.

    An office above the one that sorts it reads along (`above`), without the complainant's words.
    """
    rows = Complaint.objects
    if rows.asked_of(user).filter(pk=pk).exists():
        return "unit"
    row = rows.of_office(user).filter(pk=pk).first()
    if row is not None and posted_at(user, row.office_id, "complaints.view"):
        return "office"
    if rows.escalated_to(user).filter(pk=pk).exists():
        return "office" if rows.get(pk=pk).office_is_unit else "discipline"
    if rows.of_handler(user).filter(pk=pk).exists():
        return "handler"
    return "above" if row is not None else ""


def _complaint(request: Request, pk: int) -> tuple[Complaint, str]:
    seat = _seat(request.user, pk)
    if not seat:
        raise Http404
    rows = Complaint.objects.select_related(
        "division", "department", "office", "handler", "entered_by", "stated_by", "like"
    )
    return get_object_or_404(rows, pk=pk), seat


def _page(
    request: Request, pk: int, *, bound: tuple[str, Any] | None = None, who: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    complaint, seat = _complaint(request, pk)
    steps = possible(request.user, complaint, seat, clock.today())
    if bound and bound[0] in steps:
        steps[bound[0]] = bound[1]
    for name, form in steps.items():
        form.auto_id = f"{name}_%s"  # several forms with the same fields on one page
    context: dict[str, Any] = {
        "steps": [(code, STEPS[code], form) for code, form in steps.items()],
        "opened": bound[0] if bound else "", "bound": bound, "seat": seat, "today": clock.today(),
        "lost": bound[1] if bound and bound[0] not in steps and bound[0] != "identity" else None,
    }  # fmt: skip
    if seat != "office":
        context["sheet"] = sheet_of(complaint, seat)
        return render(request, "supervision/complaints/sheet.html", context, status=status)
    may_see = rights.may_see_identity(request.user, complaint)
    said = original_of(complaint, whole=who is not None)
    to_look = may_see and (said.hidden or who is not None or not complaint.anonymous)
    context |= {
        "complaint": complaint, "limits": complaint.limits.all(), "who": who,
        "rounds": complaint.rounds.select_related("handler", "call_by"), "until": _open_until(complaint),
        "files": complaint.files.filter(word=None, side=Side.COMPLAINANT),
        "said": said, "words": said.words, "looked": who is not None,
        "events": complaint.events.select_related("by"), "may_see": to_look,
        "may_sort": rights.may_sort(request.user, complaint), "purpose": _purpose(bound),
        "unit_files": complaint.files.filter(side=Side.UNIT),
        "mend_until": mending.until(complaint), "course": limits.course(complaint),
        "looks": complaint.looks.select_related("by") if may_see else [],
    }  # fmt: skip
    return render(request, "supervision/complaints/detail.html", context, status=status)


def _open_until(complaint: Complaint) -> Any:
    """The day until which the complainant may object to what was answered, while that is open; else None."""
    return limits.contest_until(complaint) if complaint.state in (State.REPLIED, State.REFUSED) else None


def _purpose(bound: tuple[str, Any] | None) -> forms.Form:
    return bound[1] if bound and bound[0] == "identity" else PurposeForm()


def _checked_token(request: Request) -> str:
    token = request.POST.get("token", "")[:600]
    try:
        held = signing.loads(token, salt=PHONE_SALT, max_age=12 * 60 * 60)
    except signing.BadSignature:
        held = {}
    if held.get("u") != request.user.pk:
        raise DomainError("form_old", _("This form is too old. Send it once more; everything is kept."))
    return token
