"""Requests for new planned dates: the list, asking, one request with its decision, its file."""

from datetime import date
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
from accounts.scope import acting_posting, posted_at
from accounts.views.guards import needs, page_of
from policy.services import current_calendar
from projects.files import download
from projects.models import ChangeReason, ChangeState, Party, PlanChange, Project
from projects.plans import services
from projects.plans.forms import AskForm, ChangeFilter, OpinionForm, WithdrawForm
from projects.plans.limits import counted_from, limit_for
from projects.units import host_unit, unit_above
from projects.views.common import Open, head_of, open_project


def listed(user: Any) -> Any:
    return PlanChange.objects.visible_to(user).select_related(
        "project__division", "approver", "asked_by", "decided_by", "obligation"
    )


@require_safe
@needs("plans.view")
def change_list(request: HttpRequest) -> HttpResponse:
    every = listed(request.user)
    form = ChangeFilter(request.GET)
    mine = _waiting_for(request.user, every)
    own = request.GET.get("show") == "mine"
    page = page_of(request, form.apply(mine if own else every).prefetch_related("shifts__milestone"))
    decorate(page)
    context = {
        "form": form, "page": page, "own": own, "mine": mine.count(), "all": every.count(),
        "waiting": every.filter(state=ChangeState.WAITING).count(), "posting": acting_posting(request.user),
    }  # fmt: skip
    return render(request, "projects/plans/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_ask(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "projects.edit")
    project, today = opened.project, clock.today()
    points = list(project.milestones.order_by("position"))
    initial: dict[str, Any] = {point.code: _day(request.GET.get(point.code)) for point in points}
    initial |= {name: request.GET.get(name, "") for name in ("cause", "party", "evidence")}
    posted = request.method == "POST"
    form = AskForm(
        request.POST if posted else None, request.FILES if posted else None, points=points, initial=initial
    )
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            change = services.ask_plan_change(
                project=project, wanted=form.wanted(), cause=data["cause"], party=data["party"],
                evidence=data["evidence"], upload=data["file"], by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as error:
            for key, text in (error.details.get("fields") or {error.field: str(error.message)}).items():
                form.add_error(key if key in form.fields else None, text)
        else:
            if change.state == ChangeState.APPROVED:
                messages.success(
                    request, _("Saved: the new plan is in force, the first one stays on record.")
                )
            else:
                told = {"unit": change.approver.name}
                messages.success(
                    request, _("Sent to %(unit)s. Until it decides the present plan counts.") % told
                )
            return redirect("projects:plan_change", pk=change.pk)
    return render(request, "projects/plans/ask.html", _ask_context(request, opened, form, points, today))


def _ask_context(
    request: HttpRequest, opened: Open, form: AskForm, points: Any, today: date
) -> dict[str, Any]:
    project = opened.project
    start, unit = counted_from(points), host_unit(project)
    waiting = project.plan_changes.filter(state=ChangeState.WAITING).first()
    return {
        "form": form,
        "head": head_of(request, opened, "plans"),
        "project": project,
        "rows": [row | {"from_on": start.get(row["point"].pk)} for row in form.rows],
        "limit": limit_for(project, today),
        "unit": unit,
        "above": unit_above(unit),
        "waiting": waiting,
        "may_plan": opened.may("projects.plan"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def change_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request. POST decides: `decision` is approve or reject."""
    change = _one(request, pk)
    form = OpinionForm(request.POST or None)
    decides = posted_at(request.user, change.approver_id, services.DECIDE)
    if request.method == "POST":
        if not decides:
            raise PermissionDenied(services.DECIDE)
        approved = request.POST.get("decision") == "approve"
        if form.is_valid():
            try:
                services.decide_plan_change(
                    change=change, approved=approved, opinion=form.cleaned_data["opinion"], by=request.user,
                    at=clock.now(),
                )  # fmt: skip
            except DomainError as error:
                add_refusal(form, error)
                change.refresh_from_db()
            else:
                done = (
                    _("Approved; the new plan is in force.") if approved else _("Rejected; the plan stays.")
                )
                messages.success(request, done)
                return redirect("projects:plan_change", pk=pk)
    return render(request, "projects/plans/detail.html", _detail_context(request, change, form, decides))


def _detail_context(
    request: HttpRequest, change: PlanChange, form: OpinionForm, decides: bool
) -> dict[str, Any]:
    waiting = change.state == ChangeState.WAITING
    decorate([change])
    limit = limit_for(change.project, clock.local_date(change.asked_at))
    takes_back = change.asked_by_id == request.user.pk or (
        posted_at(request.user, host_unit(change.project), "projects.plan")
    )
    return {
        "change": change,
        "project": change.project,
        "limit": limit,
        "form": form if waiting and decides else None,
        "withdraw": WithdrawForm() if waiting and takes_back else None,
    }


@require_POST
def change_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    change = _one(request, pk)
    form = WithdrawForm(request.POST)
    form.is_valid()
    try:
        services.withdraw_plan_change(
            change=change, reason=form.cleaned_data.get("reason", ""), by=request.user, at=clock.now()
        )
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Taken back; the plan stays as it is."))
    return redirect("projects:plan_change", pk=pk)


@require_safe
def change_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    return download(_one(request, pk))


def tab(project: Project, user: Any, on: date) -> dict[str, Any]:
    """The plan beside the first one, and every request with its outcome."""
    rows = list(listed(user).filter(project=project).prefetch_related("shifts__milestone"))
    decorate(rows)
    points = list(project.milestones.order_by("position"))
    calendar = current_calendar()
    return {
        "changes": rows,
        "limit": limit_for(project, on),
        "points": [
            {
                "point": point,
                "days": calendar.between(point.baseline_on, point.planned_on)
                if point.baseline_on and point.planned_on and point.baseline_on != point.planned_on
                else None,
            }
            for point in points
        ],
    }


def decorate(rows: Any) -> None:
    """Words the templates show: cause and party by name, working days left of the approver's clock."""
    calendar, today = current_calendar(), clock.today()
    for row in rows:
        row.cause = ChangeReason(row.reason).label
        row.party_name = Party(row.party).label
        row.days_left = None
        if row.state == ChangeState.WAITING and row.obligation is not None:
            row.days_left = calendar.left(today, row.obligation.last_day)
        row.light = _light(row)


def _light(row: Any) -> str:
    if row.state == ChangeState.APPROVED:
        return "done"
    if row.state != ChangeState.WAITING or row.days_left is None:
        return "none"
    return "red" if row.days_left < -5 else "amber" if row.days_left < 0 else "blue"


def _waiting_for(user: Any, rows: Any) -> Any:
    """Requests that wait for exactly the offices the user decides in."""
    from accounts.permissions import PERMISSIONS
    from accounts.scope import current_postings

    codes = [p.division_id for p in current_postings(user) if services.DECIDE in PERMISSIONS[p.role]]
    return rows.filter(state=ChangeState.WAITING, approver_id__in=codes)


def _one(request: HttpRequest, pk: int) -> PlanChange:
    change = get_object_or_404(listed(request.user), pk=pk)
    open_project(request, change.project_id, "plans.view")
    return change


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
