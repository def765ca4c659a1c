"""Rating by a one-time link, a QR code on paper or the code under it: GET shows the form, only POST counts."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import OutsideLink
from accounts.outside import throttle
from accounts.outside.addresses import absolute
from accounts.outside.links import find_link, find_used, grouped
from supervision.investors.forms import CodeForm
from supervision.ratings import answers, services
from supervision.ratings.forms import RateForm
from supervision.ratings.models import Chance, Rating

WRONG = throttle.Limit("rating", 12, 15 * 60)


@login_not_required
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, text: str) -> HttpResponse:
    """The form, or what became of a bad rating given with a name. A link that was used, or whose service was rated
    otherwise, shows the form as any other: the office, which prints them, must not learn what was rated."""
    form = RateForm(request.POST or None)
    try:
        services.refuse_staff(request.user)
        if known := answers.by_used_link(text):
            return _answered(request, known)
        link = _held(text)
        chance = Chance.objects.filter(pk=link.subject_id).first()
        if chance is not None:  # told at once, not after somebody has written
            services.refuse_late(chance, clock.today())
        if request.method == "POST" and form.is_valid():
            rating = services.rate_by_link(link=link, said=form.said(), by=request.user, at=clock.now())
            return (rating and thank(rating)) or redirect("ratings:thanks")
    except DomainError as refusal:
        if refusal.code == "staff_rates":
            return refused(request, refusal, status=403)
        # A right link is never refused: its 32 bytes are not found by trying, and a page full of broken links
        # must not keep out who holds one.
        if refusal.code.startswith("link_") or refusal.code == "too_late":
            if refusal.code == "link_unknown" and not throttle.spend(WRONG, throttle.client_address(request)):
                return throttle.too_many(request, WRONG)
            return refused(request, refusal)
        add_refusal(form, refusal)
        chance = Chance.objects.filter(pk=link.subject_id).first()
    return render(
        request,
        "supervision/ratings/rate.html",
        {"form": form, "chance": chance},
        status=400 if form.errors else 200,
    )


def _held(typed: str) -> OutsideLink:
    """The link, used or not. Raises DomainError like `find_link` where it is unknown, taken back or expired."""
    try:
        return find_link(services.KIND, typed, clock.now())
    except DomainError as refusal:
        used = find_used(services.KIND, typed) if refusal.code == "link_used" else None
        if used is None:
            raise
        return used


@login_not_required
@never_cache
@require_safe
def answer(request: HttpRequest, text: str) -> HttpResponse:
    """What became of a bad rating, at the address its giver was shown."""
    try:
        services.refuse_staff(request.user)
    except DomainError as refusal:
        return refused(request, refusal, status=403)
    known = answers.by_receipt(text)
    if known is None:
        if not throttle.spend(WRONG, throttle.client_address(request)):
            return throttle.too_many(request, WRONG)
        why = _("This address is not known. Check that it is complete.")
        return refused(request, DomainError("link_unknown", why))
    return _answered(request, known, address=absolute(request, reverse("ratings:answer", args=[text])))


def thank(rating: Rating) -> HttpResponse | None:
    """After a bad rating: the page that will show the answer. None for a good one, which waits for none."""
    return redirect("ratings:answer", text=answers.receipt(rating)) if rating.is_bad else None


def _answered(request: HttpRequest, rating: Rating, *, address: str = "") -> HttpResponse:
    """`address`: that of this very page, where it is the one to keep."""
    context = {"case": rating.case, "chance": rating.chance, "rating": rating, "address": address}
    return render(request, "supervision/ratings/answer.html", context)


def refused(request: HttpRequest, refusal: DomainError, *, status: int = 410) -> HttpResponse:
    """Why this service cannot be rated; what was written meanwhile is shown, so that it can be copied."""
    context = {"why": refusal.message, "written": request.POST.get("text", "").strip()[: services.MOST_TEXT]}
    return render(request, "supervision/ratings/refused.html", context, status=status)


@login_not_required
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    """The code under the QR code, typed by hand."""
    try:
        services.refuse_staff(request.user)
    except DomainError as refusal:
        return refused(request, refusal, status=403)
    who = throttle.client_address(request)
    if throttle.spent(WRONG, who):
        return throttle.too_many(request, WRONG)
    form = CodeForm(request.POST or None, paper=True)
    if request.method == "POST" and form.is_valid():
        try:
            _held(form.cleaned_data["code"])
        except DomainError as refusal:
            throttle.spend(WRONG, who)
            form.add_error("code", str(refusal.message))
        else:
            return redirect("ratings:rate", text=grouped(form.cleaned_data["code"]))
    return render(
        request, "supervision/ratings/code.html", {"form": form}, status=400 if form.errors else 200
    )


@login_not_required
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "supervision/ratings/thanks.html")
