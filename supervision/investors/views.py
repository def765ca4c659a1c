"""The investor's own page: what is asked of them, how far it is, whom to call, where to ask for help."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import OutsideLink
from accounts.scope import only_investor, require
from accounts.views.guards import Request
from approvals.checklist.giving import give_material
from approvals.checklist.models import ChecklistItem
from approvals.tickets import services as tickets
from approvals.tickets.forms import OpenForm
from approvals.tickets.models import Side, Ticket, TicketKind, TicketState
from policy.services import one_calendar
from projects.models import Project
from supervision.investors import queries, services
from supervision.investors.entry import SESSION_LINK
from supervision.investors.forms import AnswerForm, MaterialForm, OwnPasswordForm


@require_safe
def portal(request: Request) -> HttpResponse:
    """One project: straight to it; several: the list; none: what to do."""
    require(request.user, "portal.view")
    projects = queries.own_projects(request.user)
    if len(projects) == 1:
        return redirect("investors:project", pk=projects[0].pk)
    return render(request, "supervision/investors/list.html", {"projects": projects})


@require_safe
@one_calendar()
def project(request: Request, pk: int) -> HttpResponse:
    return _page(request, _project(request, pk))


@require_POST
@one_calendar()
def ask_help(request: Request, pk: int) -> HttpResponse:
    row = _project(request, pk)
    form = _help_form(request, request.POST, request.FILES)
    if form.is_valid():
        try:
            tickets.open_ticket(project=row, **form.values(), by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Sent. Within one working day you will hear who works on it."))
            # The form's address has a fragment, which a browser keeps unless told another one.
            return redirect(reverse("investors:project", args=[pk]) + "#main")
    return _page(request, row, help_form=form, status=400)


@require_POST
@one_calendar()
def answer(request: Request, pk: int) -> HttpResponse:
    """Yes or no to a ticket that waits for the company: confirm or refuse its close, agree to it or not."""
    require(request.user, "portal.view")
    rows = Ticket.objects.visible_to(request.user).select_related(
        "project__division", "division", "department", "person"
    )
    ticket = get_object_or_404(rows, pk=pk)
    form = AnswerForm(request.POST)
    said = ""
    if form.is_valid():
        try:
            said = _answer(ticket, form.cleaned_data, request)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            return _page(
                request,
                _project(request, ticket.project_id),
                kept={ticket.pk: form.cleaned_data["why"]} if form.cleaned_data["say"] == "no" else None,
                status=400,
            )
        messages.success(request, said)
    else:
        messages.error(request, _("Choose yes or no; a reason has 2,000 characters at most."))
    return redirect("investors:project", pk=ticket.project_id)


@require_http_methods(["GET", "HEAD", "POST"])
def material(request: Request, pk: int) -> HttpResponse:
    """Send material for one item."""
    require(request.user, "portal.view")
    rows = ChecklistItem.objects.visible_to(request.user).select_related("project__division", "department")
    item = get_object_or_404(rows, pk=pk)
    form = MaterialForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            give_material(
                item=item, uploads=form.cleaned_data["uploads"], note=form.cleaned_data["note"], by=request.user,
                at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Sent. The office checks it and records what it received."))
            return redirect("investors:project", pk=item.project_id)
    context = {"item": item, "form": form, "files": item.files.visible_to(request.user)}
    return render(request, "supervision/investors/material.html", context, status=400 if form.errors else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own_password(request: Request) -> HttpResponse:
    """Make the account one's own, so that the link is no longer needed."""
    require(request.user, "portal.view")
    if request.user.has_usable_password():
        return redirect("accounts:password_change")
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = services.set_password(
                user=request.user, username=data["username"], password=data["password"], at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("From now on you can also sign in with your user name and password."))
            return redirect("investors:portal")
    return render(request, "supervision/investors/password.html", {"form": form})


def _help_form(request: Request, sent: Any = None, files: Any = None) -> OpenForm:
    """The form of a new ticket, as people of the company fill it in; `?kind=` chooses what it is about."""
    kind = request.GET.get("kind", "")
    initial = {"kind": kind if kind in TicketKind.values else TicketKind.OTHER}
    return OpenForm(sent, files, side=Side.INVESTOR, departments=[], initial=initial)


def _answer(ticket: Ticket, data: dict[str, Any], request: Request) -> str:
    common = {"ticket": ticket, "turn": data["turn"], "by": request.user, "at": clock.now()}
    why, closing = data["why"].strip(), ticket.state == TicketState.CLOSING
    if data["say"] == "yes":
        if closing:
            tickets.confirm_close(text=why, **common)
            return _("Confirmed. The matter is closed out.")
        tickets.agree(text=why, **common)
        return _("Agreed; the office starts.")
    if closing:
        tickets.refuse_close(reason=why, **common)
        return _("Back to work; the office has been told what is missing.")
    tickets.decline(reason=why, **common)
    return _("Not agreed; the office has been told.")


def _project(request: Request, pk: int) -> Project:
    require(request.user, "portal.view")
    rows = Project.objects.visible_to(request.user).select_related("division__parent", "company")
    row = get_object_or_404(rows, pk=pk)
    if not only_investor(request.user):
        raise PermissionDenied("portal.view")
    return row


def _page(
    request: Request, row: Project, *, help_form: OpenForm | None = None, kept: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    link = OutsideLink.objects.filter(pk=request.session.get(SESSION_LINK, 0), user=request.user).first()
    context = {
        "view": queries.view_of(row, request.user, clock.today(), clock.now()),
        "project": row,
        "help_form": help_form or _help_form(request),
        "kept": kept or {},
        "link": link,
        "several": len(queries.own_projects(request.user)) > 1,
    }
    return render(request, "supervision/investors/project.html", context, status=status)
