"""Invitations from the office's side: who of the company may look in, since when, until when; take one back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.outside.addresses import absolute, qr
from accounts.outside.sealed import Unreadable, seal, unseal
from projects.abilities import abilities
from projects.models import Project
from supervision.investors import queries, services
from supervision.investors.forms import InviteForm

SESSION_MADE = "invitation_made"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest, pk: int) -> HttpResponse:
    """The invitations of a project. A new one is shown on the page that follows its making, once: loading that page
    anew neither shows it again nor makes another one."""
    project = _project(request, pk)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.invite(project=project, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            _put_aside(request, made, mail=form.cleaned_data["address"])
            return redirect("investors:invitations", pk=pk)
    context = {
        "project": project, "form": form, "rows": queries.with_count(queries.links_of(project), clock.today()),
        "today": clock.today(), **_just_made(request, project),
    }  # fmt: skip
    return render(
        request, "supervision/investors/invitations.html", context, status=400 if form.errors else 200
    )


@require_POST
def take_back(request: HttpRequest, pk: int, link_id: int) -> HttpResponse:
    """Take one invitation back, with `whole` all of the same person; say what came of it."""
    project = _project(request, pk)
    link = get_object_or_404(queries.links_of(project), pk=link_id)
    try:
        done = services.take_back(
            link=link, project=project, whole=bool(request.POST.get("whole")), by=request.user, at=clock.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        say = messages.warning if done.left else messages.success
        say(request, _told(done) % {"who": link.label, "n": done.left})
    return redirect("investors:invitations", pk=pk)


def _told(done: services.TakenBack) -> str:
    if done.left:
        return _(
            "Taken back. %(who)s still has %(n)d valid links and stays signed in; "
            "take these back too to close the project to them."
        )
    if done.elsewhere and not done.signed_out:
        return _(
            "Taken back. The project is closed to %(who)s, who stays signed in for their other projects."
        )
    return _("Taken back. The project is closed to %(who)s; whoever was signed in is signed out.")


def _put_aside(request: HttpRequest, made: services.Invited, *, mail: str) -> None:
    """Keep link and code, sealed, for the one page that follows."""
    values = {"link": str(made.link.pk), "text": made.text, "code": made.code, "mail": mail}
    request.session[SESSION_MADE] = seal(values).decode("ascii")


def _just_made(request: HttpRequest, project: Project) -> dict[str, Any]:
    """What was put aside for this project, taken out of the session."""
    held = request.session.pop(SESSION_MADE, "") if request.method == "GET" else ""
    if not held:
        return {}
    try:
        values = unseal(held.encode("ascii"))
    except Unreadable:
        return {}
    link = queries.links_of(project).filter(pk=values["link"]).first()
    if link is None:
        return {}
    url = absolute(request, reverse("investors:link", args=[values["text"]]))
    return {
        "made": link, "code": values["code"], "url": url, "qr": qr(url), "address": values["mail"],
        "code_url": absolute(request, reverse("investors:code")), "mailed": queries.mailed(link),
    }  # fmt: skip


def _project(request: HttpRequest, pk: int) -> Project:
    rows = Project.objects.visible_to(request.user).select_related("division")
    project = get_object_or_404(rows, pk=pk)
    if services.PERMISSION not in abilities(request.user, project):
        raise PermissionDenied(services.PERMISSION)
    return project
