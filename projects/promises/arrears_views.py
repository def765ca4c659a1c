"""Arrears to companies: the list of instalments, entering a debt with its plan, recording a payment."""

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import acting_posting
from accounts.views.guards import needs, page_of
from projects.amounts import wan
from projects.files import download
from projects.models import Instalment
from projects.promises import queries, services
from projects.promises.forms import ArrearsFilter, ArrearsForm, PayForm
from projects.promises.views import decorate_parts
from projects.views.common import open_project
from projects.views.course import small_form


@require_safe
@needs("promises.view")
def arrears_list(request: HttpRequest) -> HttpResponse:
    user, today = request.user, clock.today()
    every = queries.instalments(user)
    form = ArrearsFilter(request.GET, queries.units_of(user))
    form.is_valid()
    page = page_of(
        request, queries.filter_instalments(every, form.cleaned_data, today).order_by("due_on", "pk")
    )
    decorate_parts(page, today)
    open_rows = every.filter(paid_on=None)
    late = every.overdue(today)
    context = {
        "form": form, "page": page, "today": today,
        "open_yuan": open_rows.aggregate(n=Sum("amount_yuan"))["n"] or 0,
        "late_yuan": late.aggregate(n=Sum("amount_yuan"))["n"] or 0, "late": late.count(),
        "shares": queries.shares(user, today), "posting": acting_posting(user), "any": every.exists(),
    }  # fmt: skip
    return render(request, "projects/promises/arrears.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def arrears_new(request: HttpRequest, pk: int) -> HttpResponse:
    project = open_project(request, pk, services.RECORD).project
    posted = request.method == "POST"
    form = ArrearsForm(request.POST if posted else None, request.FILES if posted else None, project=project)
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            services.record_arrears(
                project=project, creditor=data["creditor"], subject=data["subject"], amount_yuan=data["amount_yuan"],
                parts=form.parts(), department=data["department"], responsible=data["responsible"],
                for_investor=data["for_investor"], upload=data["file"], by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error, {"parts": "due_1"})
        else:
            messages.success(request, _("Recorded. Each instalment has its own last day."))
            return redirect("projects:tab", pk=pk, code="promises")
    return render(request, "projects/promises/arrears_form.html", {"form": form, "project": project})


@require_http_methods(["GET", "HEAD", "POST"])
def instalment_pay(request: HttpRequest, pk: int) -> HttpResponse:
    part = _part(request, pk, services.FULFIL)
    posted = request.method == "POST"
    form = PayForm(request.POST if posted else None, request.FILES if posted else None)

    def act(data: dict[str, Any]) -> Any:
        return services.pay_instalment(
            instalment=part, paid_on=data["paid_on"], evidence=data["evidence"], upload=data["file"],
            by=request.user, at=clock.now(),
        )  # fmt: skip

    facts = [
        (_("Creditor company"), part.arrears.creditor),
        (_("What the money is owed for"), part.arrears.subject),
        (_("Instalment"), f"{part.position} · {wan(part.amount_yuan)}"),
        (_("To be paid by (inclusive)"), part.due_on),
    ]
    return small_form(
        request, form, act, project=part.arrears.project, tab="promises", title=_("Instalment paid"),
        button=_("Record it as paid"), done=_("Recorded as paid."), facts=facts,
        note=_("An instalment is paid in full; its receipt proves it."),
    )  # fmt: skip


@require_safe
def instalment_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    return download(_part(request, pk, "promises.view"))


@require_safe
def arrears_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    debt = get_object_or_404(queries.arrears(request.user), pk=pk)
    open_project(request, debt.project_id, "promises.view")
    return download(debt)


def _part(request: HttpRequest, pk: int, permission: str) -> Instalment:
    part = get_object_or_404(queries.instalments(request.user), pk=pk)
    open_project(request, part.arrears.project_id, permission)
    return part
