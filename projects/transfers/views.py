"""Transfers between divisions: the list of both sides, offering a project, answering, taking back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Division, Posting
from accounts.models.divisions import Tier
from accounts.obligations import kinds
from accounts.permissions import roles_with
from accounts.scope import acting_posting, current_postings, holds, posted_at
from accounts.views.guards import needs, page_of
from policy.services import current_calendar
from projects.files import download
from projects.models import Arrears, Project, Transfer, TransferState
from projects.plans.forms import OpinionForm, WithdrawForm
from projects.services.dependents import open_duties
from projects.transfers import services
from projects.transfers.forms import TransferFilter, TransferForm
from projects.units import host_unit
from projects.views.common import open_project


def listed(user: Any) -> Any:
    return Transfer.objects.visible_to(user).select_related(
        "project", "from_division", "to_division", "asked_by", "decided_by", "obligation"
    )


@require_safe
@needs(services.PERMISSION)
def transfer_list(request: HttpRequest) -> HttpResponse:
    every = listed(request.user)
    seats = [posting.division_id for posting in current_postings(request.user)]
    mine = every.filter(state=TransferState.ASKED, to_division_id__in=seats)
    own = request.GET.get("show") == "mine"
    form = TransferFilter(request.GET)
    page = page_of(request, form.apply(mine if own else every))
    decorate(page)
    context = {
        "form": form, "page": page, "own": own, "mine": mine.count(), "all": every.count(),
        "posting": acting_posting(request.user),
    }  # fmt: skip
    return render(request, "projects/transfers/list.html", context)


def receivers(project: Project) -> Any:
    """Counties and cities where somebody can receive a project today, without the one it lies in."""
    staffed = Posting.objects.current(clock.today()).filter(role__in=roles_with(services.PERMISSION))
    rows = Division.objects.current(clock.today()).filter(
        tier__in=[Tier.CITY, Tier.COUNTY], pk__in=staffed.values("division_id")
    )
    return rows.exclude(pk=host_unit(project).pk).order_by("code")


@require_http_methods(["GET", "HEAD", "POST"])
def transfer_ask(request: HttpRequest, pk: int) -> HttpResponse:
    project = open_project(request, pk, services.PERMISSION).project
    posted = request.method == "POST"
    form = TransferForm(
        request.POST if posted else None, request.FILES if posted else None, divisions=receivers(project)
    )
    if posted and form.is_valid():
        try:
            transfer = services.ask_transfer(
                project=project, to_division=form.division(), reason=form.cleaned_data["reason"],
                upload=form.cleaned_data["file"], by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            told = {"unit": transfer.to_division.name}
            messages.success(request, _("Offered to %(unit)s. It stays yours until they accept.") % told)
            return redirect("projects:transfer", pk=transfer.pk)
    return render(request, "projects/transfers/ask.html", {"form": form, "project": project})


@require_http_methods(["GET", "HEAD", "POST"])
def transfer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One transfer. POST answers for the receiver: `decision` is accept or refuse."""
    transfer = _one(request, pk)
    form = OpinionForm(request.POST or None)
    receives = posted_at(request.user, transfer.to_division_id, services.PERMISSION)
    if request.method == "POST":
        if not receives:
            raise PermissionDenied(services.PERMISSION)
        accepted = request.POST.get("decision") == "accept"
        if form.is_valid():
            try:
                services.decide_transfer(
                    transfer=transfer, accepted=accepted, opinion=form.cleaned_data["opinion"], by=request.user,
                    at=clock.now(),
                )  # fmt: skip
            except DomainError as error:
                add_refusal(form, error)
                transfer.refresh_from_db()
            else:
                done = _("Accepted: the project is yours. Appoint who serves it.")
                messages.success(request, done if accepted else _("Not accepted; it stays where it is."))
                return redirect("projects:transfer", pk=pk)
    return render(request, "projects/transfers/detail.html", _context(request, transfer, form, receives))


def _context(request: HttpRequest, transfer: Transfer, form: OpinionForm, receives: bool) -> dict[str, Any]:
    waiting = transfer.state == TransferState.ASKED
    decorate([transfer])
    project = transfer.project
    gives = posted_at(request.user, transfer.from_division_id, services.PERMISSION)
    return {
        "transfer": transfer,
        "project": project,
        "sees_project": Project.objects.visible_to(request.user).filter(pk=project.pk).exists(),
        "facts": _facts(project) if waiting else [],
        "duties": _duties(project) if waiting else [],
        "debts": Arrears.objects.filter(project=project).count() if waiting else 0,
        "form": form if waiting and receives else None,
        "withdraw": WithdrawForm() if waiting and gives else None,
    }


def _duties(project: Project) -> list[Any]:
    rows: list[Any] = list(open_duties(project.pk).select_related("unit").order_by("due_on"))
    for row in rows:
        row.label = kinds.label_of(row.kind)
    return rows


def _facts(project: Project) -> list[tuple[Any, Any]]:
    """What a receiver must know before they answer, though the project is not theirs to open yet."""
    points = list(project.milestones.order_by("position"))
    current = next((point for point in points if point.actual_on is None), None)
    return [
        (_("Company"), project.company.name if project.company else project.investor),
        (_("Signed on"), project.signed_on),
        (_("State"), project.get_state_display()),
        (_("Current key point"), current.get_code_display() if current else _("finished")),
        (_("Planned"), current.planned_on if current else None),
        (_("Key points finished"), f"{sum(1 for point in points if point.actual_on)}/{len(points)}"),
    ]


@require_POST
def transfer_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    transfer = _one(request, pk)
    form = WithdrawForm(request.POST)
    form.is_valid()
    try:
        services.withdraw_transfer(
            transfer=transfer, reason=form.cleaned_data.get("reason", ""), by=request.user, at=clock.now()
        )
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Taken back; the project stays."))
    return redirect("projects:transfer", pk=pk)


@require_safe
def transfer_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    return download(_one(request, pk))


def decorate(rows: Any) -> None:
    calendar, today = current_calendar(), clock.today()
    for row in rows:
        row.days_left = None
        if row.state == TransferState.ASKED and row.obligation is not None:
            row.days_left = calendar.left(today, row.obligation.last_day)
        row.light = "done" if row.state == TransferState.ACCEPTED else "none"
        if row.days_left is not None:
            row.light = "red" if row.days_left < -5 else "amber" if row.days_left < 0 else "blue"


def _one(request: HttpRequest, pk: int) -> Transfer:
    transfer = get_object_or_404(listed(request.user), pk=pk)
    if not holds(request.user, services.PERMISSION):
        raise PermissionDenied(services.PERMISSION)
    return transfer
