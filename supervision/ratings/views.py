"""Ratings in the office: the list without authors, the cases of bad ones, paper and phone."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.outside.addresses import absolute, qr
from accounts.outside.sealed import Unreadable, seal, unseal
from accounts.scope import holds
from accounts.views.guards import Request, page_of
from projects.models import Project
from supervision.ratings import limits, looking, queries, rights, services
from supervision.ratings.forms import (
    ChanceFilter,
    PhoneForm,
    PurposeForm,
    RateForm,
    RatingFilter,
)
from supervision.ratings.models import BadCase, CaseState, Chance, Channel, Rating
from supervision.ratings.outside_views import refused, thank
from supervision.ratings.steps import STEPS, call_first, shown_steps
from supervision.ratings.telling import due_words

PRINTED = "rating_code_printed"  # the newest code of this session, so that it can be printed again


@require_safe
def rating_list(request: Request) -> HttpResponse:
    if not (holds(request.user, "ratings.view") or holds(request.user, "ratings.follow")):
        raise PermissionDenied("ratings.view")
    every, form = queries.listed(request.user), RatingFilter(request.GET)
    rows = queries.filtered(every, form.wanted())
    lines = queries.by_office(every)
    page = page_of(request, rows)
    for row in page:
        row.may_check = rights.may_check_call(request.user, row)
    context = {
        "form": form, "page": page, "lines": lines[:20], "total": queries.totals(lines),
        "may_enter": holds(request.user, "ratings.enter"),
    }  # fmt: skip
    return render(request, "supervision/ratings/list.html", context)


@require_http_methods(["GET", "HEAD"])
def case_page(request: Request, pk: int) -> HttpResponse:
    return _case_page(request, _case(request, pk))


@require_POST
def case_do(request: Request, pk: int, code: str) -> HttpResponse:
    """One step with a case; a refusal comes back on the page with what was typed."""
    case = _case(request, pk)
    if code not in STEPS:
        raise Http404
    step = STEPS[code]
    form = step.form(request.POST)
    if form.is_valid():
        try:
            step.service(case=case, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, step.said)
            return redirect("ratings:case", pk=pk)
    case.refresh_from_db()
    return _case_page(request, case, bound=(code, form), status=400)


@never_cache
@require_POST
def case_author(request: Request, pk: int) -> HttpResponse:
    """The name of a named rater, shown on this answer alone; the look is on record."""
    case, form = _case(request, pk), PurposeForm(request.POST)
    author = None
    if form.is_valid():
        try:
            author = looking.author_of(
                case=case, purpose=form.cleaned_data["purpose"], by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
    return _case_page(
        request, case, bound=("author", form), author=author, status=400 if form.errors else 200
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rating_call(request: Request, pk: int) -> HttpResponse:
    """A rating entered by phone: who entered it and, for a purpose on record, what was noted on the call."""
    rows = Rating.objects.visible_to(request.user).select_related(
        "chance__department", "chance__division", "entered_by"
    )
    rating = get_object_or_404(rows.filter(channel=Channel.PHONE), pk=pk)
    if not rights.may_check_call(request.user, rating):
        raise PermissionDenied("ratings.view")
    form, note = PurposeForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            note = looking.note_on_call(
                rating=rating, purpose=form.cleaned_data["purpose"], by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
    context = {"rating": rating, "form": form, "note": note, "looks": rating.looks.select_related("by")}
    return render(request, "supervision/ratings/call.html", context, status=400 if form.errors else 200)


@require_safe
def chance_list(request: Request) -> HttpResponse:
    """Services of the area that may be rated: to print a code for, or to enter what a caller says."""
    if not holds(request.user, "ratings.enter"):
        raise PermissionDenied("ratings.enter")
    form = ChanceFilter(request.GET)
    page = page_of(request, queries.open_to_enter(request.user, form.wanted(), clock.today()))
    for row in page:
        row.own = rights.is_rated(request.user, row)
    return render(request, "supervision/ratings/chances.html", {"page": page, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chance_print(request: Request, pk: int) -> HttpResponse:
    """POST makes a code; GET shows the page to print it. Loading that page anew makes no second code."""
    chance = get_object_or_404(queries.chances(request.user), pk=pk)
    if request.method == "POST":
        try:
            link, text, code = services.print_link(chance=chance, by=request.user, at=clock.now())
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            return redirect("ratings:chances")
        made = {"chance": str(pk), "text": text, "code": code, "until": str(link.expires_on)}
        request.session[PRINTED] = seal(made).decode("ascii")
        return redirect("ratings:paper", pk=pk)
    made = _printed(request)
    if made.get("chance") != str(pk):
        messages.info(request, _("A code is shown only right after it was made. Make a new one."))
        return redirect("ratings:chances")
    context = {
        "chance": chance,
        "code": made["code"],
        "until": date.fromisoformat(made["until"]),
        "qr": qr(absolute(request, reverse("ratings:rate", args=[made["text"]])), scale=8),
        "site": absolute(request, reverse("ratings:code")),
    }
    return render(request, "supervision/ratings/paper.html", context)


def _printed(request: Request) -> dict[str, str]:
    """The code printed last in this session; it stays there, sealed, so that loading the page anew shows it again."""
    try:
        return unseal(request.session.get(PRINTED, "").encode("ascii"))
    except Unreadable:
        return {}


@require_http_methods(["GET", "HEAD", "POST"])
def chance_phone(request: Request, pk: int) -> HttpResponse:
    chance = get_object_or_404(queries.chances(request.user), pk=pk)
    if not holds(request.user, "ratings.enter") or rights.is_rated(request.user, chance):
        raise PermissionDenied("ratings.enter")
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.enter_for_caller(
                chance=chance,
                said=form.said(),
                note=form.cleaned_data["note"],
                by=request.user,
                at=clock.now(),
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("Taken down. The first rating of a service counts; nobody can change it any more.")
            )
            return redirect("ratings:chances")
    return render(
        request,
        "supervision/ratings/phone.html",
        {"chance": chance, "form": form},
        status=400 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def portal_rate(request: Request, pk: int) -> HttpResponse:
    """The investor rates from the portal. Another's service is not there."""
    mine = Project.objects.visible_to(request.user)
    chance = get_object_or_404(
        Chance.objects.filter(project__in=mine).select_related("project__division", "division", "department"),
        pk=pk,
    )
    if not holds(request.user, "portal.view"):
        raise PermissionDenied("portal.view")
    form = RateForm(request.POST or None)
    try:
        services.refuse_closed(chance, clock.today())
    except DomainError as refusal:
        return refused(request, refusal)
    if request.method == "POST" and form.is_valid():
        try:
            rating = services.rate_in_portal(chance=chance, said=form.said(), by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            if bad := thank(rating):
                return bad
            messages.success(request, _("Thank you. Your rating counts; nobody can change it."))
            return redirect("investors:project", pk=chance.project_id)
    return render(
        request,
        "supervision/ratings/rate.html",
        {"form": form, "chance": chance},
        status=400 if form.errors else 200,
    )


def _case(request: Request, pk: int) -> BadCase:
    rows = BadCase.objects.visible_to(request.user).select_related(
        "rating__chance__department",
        "rating__chance__division",
        "called_by",
        "answered_by",
        "objected_by",
        "reviewed_by",
        "decided_at_unit",
    )
    return get_object_or_404(rows, pk=pk)


def _case_page(
    request: Request, case: BadCase, *, bound: tuple[str, Any] | None = None, author: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    office, tried = rights.handles(request.user, case), bound[0] if bound else ""
    steps = shown_steps(request.user, case, clock.today(), office=office, tried=bound)
    context = {
        "case": case, "rating": case.rating, "chance": case.rating.chance, "steps": steps, "author": author,
        "author_form": bound[1] if bound and tried == "author" else PurposeForm(),
        # closing, or a step that is open no more
        "refused": bound[1] if bound and tried not in ("author", *(step.code for step in steps)) else None,
        "may_close": office and case.state == CaseState.ANSWERED, "office": office, "close": STEPS["close"],
        "call_first": call_first(case), "object_until": limits.object_until(case),
        "due": due_words(case) if case.state != CaseState.CLOSED else "",
        "looks": case.rating.looks.select_related("by") if office else (),
    }  # fmt: skip
    return render(request, "supervision/ratings/case.html", context, status=status)
