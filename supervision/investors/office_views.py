"""Invitations from the office's side: who of the company may look in, since when, until when; take one back."""

import io

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from projects.abilities import abilities
from projects.models import Project
from supervision.investors import services
from supervision.investors.forms import InviteForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest, pk: int) -> HttpResponse:
    """The invitations of a project; a new one's link and code are shown on the answer alone, never again."""
    project = _project(request, pk)
    form, made = InviteForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.invite(project=project, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            form = InviteForm()
    url = absolute(request, reverse("investors:link", args=[made.text])) if made else ""
    context = {
        "project": project, "form": form, "made": made, "url": url, "qr": qr(url) if url else "",
        "rows": services.links_of(project), "today": clock.today(),
        "mailed": services.mailed(made.link) if made else "",
    }  # fmt: skip
    return render(
        request, "supervision/investors/invitations.html", context, status=400 if form.errors else 200
    )


@require_POST
def take_back(request: HttpRequest, pk: int, link_id: int) -> HttpResponse:
    project = _project(request, pk)
    link = get_object_or_404(services.links_of(project), pk=link_id)
    try:
        services.take_back(link=link, project=project, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Taken back. Whoever was signed in by it is signed out."))
    return redirect("investors:invitations", pk=pk)


def qr(text: str) -> str:
    """An inline SVG of the QR code; black on white, no style attribute."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", scale=4, border=2, xmldecl=False, svgclass="jo-qr", lineclass=None
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - made here from our own address


def absolute(request: HttpRequest, path: str) -> str:
    """The whole address as people outside reach it."""
    return f"{settings.PORTAL_URL}{path}" if settings.PORTAL_URL else request.build_absolute_uri(path)


def _project(request: HttpRequest, pk: int) -> Project:
    rows = Project.objects.visible_to(request.user).select_related("division")
    project = get_object_or_404(rows, pk=pk)
    if services.PERMISSION not in abilities(request.user, project):
        raise PermissionDenied(services.PERMISSION)
    return project
