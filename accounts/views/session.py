"""Sign in and out, choose the posting to act in, change the password."""

from typing import Any

from axes.decorators import axes_dispatch
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts import clock, people
from accounts.errors import DomainError
from accounts.forms import OwnPasswordForm, SignInForm, add_refusal
from accounts.middleware import SESSION_KEY
from accounts.models import Posting
from accounts.views.guards import Request, is_local, safe_next


@login_not_required
@never_cache
@csrf_protect
@sensitive_post_parameters("password")
@axes_dispatch
def sign_in(request: Request) -> HttpResponse:
    """Name and password. Wrong ones and locked ones look alike to a stranger; the lock has its own page."""
    if request.htmx and request.method == "GET":
        return HttpResponseClientRedirect(_sign_in_again(request))
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        login(request, user)
        return redirect(_after_sign_in(request, user))
    wanted = safe_next(request, "")
    context = {"form": form, "next": wanted, "came_from_page": bool(wanted) and wanted != "/"}
    return render(request, "accounts/login.html", context)


@require_POST
def sign_out(request: Request) -> HttpResponse:
    logout(request)
    messages.success(request, _("You have signed out."))
    return redirect("accounts:login")


def choose_posting(request: Request) -> HttpResponse:
    """Which of several postings in force to act in. The session keeps the choice."""
    postings = list(
        Posting.objects.current(clock.today())
        .filter(user=request.user)
        .select_related("division", "department")
        .order_by("pk")
    )
    if request.method == "POST":
        chosen = next((p for p in postings if str(p.pk) == request.POST.get("posting")), None)
        if chosen is not None:
            request.session[SESSION_KEY] = chosen.pk
            return redirect(safe_next(request))
        messages.error(request, _("This posting is no longer in force. Choose another one."))
    context = {
        "postings": postings,
        "acting": request.session.get(SESSION_KEY),
        "next": safe_next(request, ""),
    }
    return render(request, "accounts/choose_posting.html", context)


@never_cache
@sensitive_post_parameters()
def change_password(request: Request) -> HttpResponse:
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.change_password(
                user=request.user,
                old=form.cleaned_data["old_password"],
                new=form.cleaned_data["new_password"],
                at=clock.now(),
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("The password has been changed. Other sign-ins of yours have ended."))
            return redirect("/")
    context = {"form": form, "forced": request.user.must_change_password}
    return render(request, "accounts/password_change.html", context)


def _after_sign_in(request: Request, user: Any) -> str:
    wanted = safe_next(request)
    if user.must_change_password:
        return reverse("accounts:password_change")
    if user.postings.current(clock.today()).count() > 1:
        query = f"?{urlencode({'next': wanted})}" if wanted != "/" else ""
        return reverse("accounts:choose_posting") + query
    return wanted


def _sign_in_again(request: Request) -> str:
    """Where a fragment request of an ended session sends the whole page: sign-in, then back to that page."""
    here = request.htmx.current_url_abs_path or ""
    query = urlencode({"next": here}) if is_local(request, here) else ""
    return reverse("accounts:login") + (f"?{query}" if query else "")
