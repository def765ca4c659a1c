"""A new plan for a debt: asking, the page of one request, deciding, taking back."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import posted_at
from policy.services import current_calendar
from projects.files import download
from projects.models import ChangeState, Replan
from projects.plans.forms import OpinionForm, WithdrawForm
from projects.plans.limits import limit_for
from projects.promises import queries, replanning, services
from projects.promises.forms import ReplanForm
from projects.units import host_unit, unit_above
from projects.views.common import open_project

ADDED = 3  # rows for instalments the plan had not


@require_http_methods(["GET", "HEAD", "POST"])
def replan_ask(request: HttpRequest, pk: int) -> HttpResponse:
    debt = get_object_or_404(queries.arrears(request.user), pk=pk)
    project = open_project(request, debt.project_id, services.RECORD).project
    parts = list(debt.instalments.filter(paid_on=None).order_by("position"))
    posted = request.method == "POST"
    form = ReplanForm(
        request.POST if posted else None, request.FILES if posted else None, parts=parts, added=ADDED
    )
    if posted and form.is_valid():
        try:
            row = replanning.ask_replan(
                arrears=debt, parts=form.parts(), reason=form.cleaned_data["reason"],
                upload=form.cleaned_data["file"], by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            done = _("Saved: the new plan is in force, the first one stays on record.")
            sent = _("Sent to %(unit)s. Until it decides the present plan counts.") % {
                "unit": row.approver.name
            }
            messages.success(request, done if row.state == ChangeState.APPROVED else sent)
            return redirect("projects:replan", pk=row.pk)
    unit = host_unit(project)
    context = {
        "form": form, "debt": debt, "project": project, "limit": limit_for(project, clock.today()), "unit": unit,
        "above": unit_above(unit), "waiting": debt.replans.filter(state=ChangeState.WAITING).first(), "parts": parts,
        "open_yuan": sum(part.amount_yuan for part in parts),
    }  # fmt: skip
    return render(request, "projects/promises/replan_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def replan_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request. POST `do`: approve, reject or withdraw."""
    row, did = _one(request, pk), request.POST.get("do", "")
    decides = posted_at(request.user, row.approver_id, replanning.DECIDE)
    gives = posted_at(request.user, host_unit(row.arrears.project), services.RECORD)
    opinion = OpinionForm(request.POST if did in ("approve", "reject") else None)
    back = WithdrawForm(request.POST if did == "withdraw" else None)
    opinion.auto_id, back.auto_id = "id_opinion_%s", "id_back_%s"
    if request.method == "POST":
        if not (gives if did == "withdraw" else decides):
            raise PermissionDenied(replanning.DECIDE)
        form: Any = back if did == "withdraw" else opinion
        if form.is_bound and form.is_valid():
            try:
                _decide(row, did, form.cleaned_data, request.user)
            except DomainError as error:
                add_refusal(form, error)
                row.refresh_from_db()
            else:
                messages.success(request, _("Kept."))
                return redirect("projects:replan", pk=pk)
    waiting = row.state == ChangeState.WAITING
    context = {
        "row": row, "debt": row.arrears, "project": row.arrears.project, "lines": _lines(row),
        "limit": limit_for(row.arrears.project, clock.local_date(row.asked_at)),
        "opinion": opinion if waiting and decides else None, "back": back if waiting and gives else None,
        "tried": back if did == "withdraw" else opinion, "days_left": _days_left(row),
    }  # fmt: skip
    return render(request, "projects/promises/replan.html", context)


def _decide(row: Replan, did: str, data: dict[str, Any], by: Any) -> None:
    if did == "withdraw":
        replanning.withdraw_replan(replan=row, reason=data["reason"], by=by, at=clock.now())
    else:
        replanning.decide_replan(
            replan=row, approved=did == "approve", opinion=data["opinion"], by=by, at=clock.now()
        )


@require_safe
def replan_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    return download(_one(request, pk))


def _one(request: HttpRequest, pk: int) -> Replan:
    rows = Replan.objects.visible_to(request.user).select_related(
        "arrears__project__division", "approver", "obligation", "asked_by", "decided_by"
    )
    row = get_object_or_404(rows, pk=pk)
    open_project(request, row.arrears.project_id, "plans.view")
    return row


def _lines(row: Replan) -> list[dict[str, Any]]:
    """Each instalment beside what it was: {position, was, now, paid, changed}."""
    was = {one["position"]: _dated(one) for one in row.before}
    found = []
    for one in row.after:
        old, new = was.get(one["position"]), _dated(one)
        found.append(
            {"position": one["position"], "was": old, "now": new, "paid": one["paid"], "changed": old != new}
        )
    return found


def _dated(one: dict[str, Any]) -> dict[str, Any]:
    return {"due_on": date.fromisoformat(one["due_on"]), "amount_yuan": one["amount_yuan"]}


def _days_left(row: Replan) -> int | None:
    if row.state != ChangeState.WAITING or row.obligation is None:
        return None
    return current_calendar().left(clock.today(), row.obligation.last_day)
