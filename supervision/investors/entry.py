"""The way in for invited people: the link or the code shows who invites; only the button opens the project."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.errors import DomainError
from accounts.models import OutsideLink
from accounts.outside import throttle
from accounts.outside.links import find_link
from projects.models import Project
from supervision.investors import services
from supervision.investors.forms import CodeForm

# Right links are not counted: a family of offices behind one address may use as many as it likes.
WRONG = throttle.Limit("invitation", 12, 15 * 60)
SESSION_HOURS = 12
SESSION_LINK = "outside_link"
TAKEN_BACK = "taken_back"  # in the query of the page of codes: whence the browser was led here
BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, text: str) -> HttpResponse:
    """GET says what the link opens and uses nothing, so a mail scanner may open it; POST signs in."""
    return _private(_enter(request, text))


@login_not_required
@never_cache
@csrf_protect
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if throttle.spent(WRONG, throttle.client_address(request)):
            return throttle.too_many(request, WRONG)
        try:
            link = find_link(services.KIND, form.cleaned_data["code"], clock.now())
            return _private(_sign_in(request, link))
        except DomainError as refusal:
            throttle.spend(WRONG, throttle.client_address(request))
            form.add_error("code", str(refusal.message))
    context = {"form": form, "taken_back": TAKEN_BACK in request.GET}
    return _private(
        render(request, "supervision/investors/code.html", context, status=400 if form.errors else 200)
    )


def _enter(request: HttpRequest, text: str) -> HttpResponse:
    try:
        link = find_link(services.KIND, text, clock.now())
        if request.method == "POST":
            return _sign_in(request, link)
    except DomainError as refusal:
        # Counted only where nothing was found: a page of broken links must not keep out who holds a right one.
        if refusal.code == "link_unknown" and not throttle.spend(WRONG, throttle.client_address(request)):
            return throttle.too_many(request, WRONG)
        context = {"why": refusal.message, "help_phone": settings.PORTAL_HELP_PHONE}
        return render(request, "supervision/investors/refused.html", context, status=410)
    place = Project.objects.filter(pk=link.subject_id).select_related("division").first()
    return render(
        request,
        "supervision/investors/welcome.html",
        {"link": link, "place": place.division if place else None},
    )


def _sign_in(request: HttpRequest, link: OutsideLink) -> HttpResponse:
    user = services.enter(link=link, at=clock.now())
    login(request, user, backend=BACKEND)
    request.session[SESSION_LINK] = link.pk
    request.session.set_expiry(SESSION_HOURS * 3600)
    return redirect("investors:project", pk=link.subject_id)


def _private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: it goes into no cache and no other site's log.

    Not "no-referrer": browsers then send "Origin: null" with the form, which the CSRF check refuses.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
