"""The list of warnings, one warning with its reasons, and the answer to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.obligations import kinds
from accounts.scope import acting_posting, holds
from accounts.views.guards import needs, page_of
from policy.services import current_calendar
from supervision.warnings import assist, queries, services
from supervision.warnings.forms import RULES, PlanForm, WarningFilter
from supervision.warnings.models import Warning


@require_safe
@needs("warnings.view")
def warning_list(request: HttpRequest) -> HttpResponse:
    every = queries.listed(request.user)
    form = WarningFilter(request.GET, queries.units_below(request.user))
    page = page_of(request, form.apply(every))
    calendar, today = current_calendar(), clock.today()
    for row in page:
        decorate(row, calendar, today)
    context = {
        "form": form,
        "page": page,
        "counts": queries.counts(every),
        "posting": acting_posting(request.user),
    }
    return render(request, "supervision/warnings/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("warnings.view")
def warning_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows why the light stands; POST answers it."""
    warning = get_object_or_404(queries.detailed(request.user), pk=pk)
    form = PlanForm(request.POST or None, initial={"plan_text": warning.plan_text})
    if request.method == "POST" and form.is_valid():
        try:
            services.acknowledge(
                warning=warning, plan_text=form.cleaned_data["plan_text"], by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            form.add_error(refusal.field or None, str(refusal.message))
        else:
            messages.success(
                request, _("Your answer is kept. The light stays on until the fact is reported.")
            )
            return redirect("warnings:detail", pk=warning.pk)
    return render(request, "supervision/warnings/detail.html", _context(request, warning, form))


def _context(request: HttpRequest, warning: Warning, form: PlanForm) -> dict[str, Any]:
    calendar, today = current_calendar(), clock.today()
    rule = queries.rule_of(warning)
    decorate(warning, calendar, today)
    kind = kinds.find(warning.obligation.kind) if warning.obligation else None
    may_act = kind is not None and warning.cleared_on is None and holds(request.user, kind.permission)
    page, page_words = assist.page_of(warning) if assist.may_open(request.user, warning) else ("", "")
    return {
        "warning": warning,
        "subject_url": page,
        "subject_words": page_words,
        "form": form,
        "rule": rule,
        "why": queries.explain(warning, rule, calendar, today),
        "turns": queries.turns(warning, today),
        "kind": kind,
        "act_url": kind.url(warning.obligation) if kind and warning.obligation and may_act else "",
        "may_answer": warning.cleared_on is None and holds(request.user, "warnings.acknowledge"),
    }


def decorate(row: Any, calendar: Any, today: Any) -> None:
    """Words the templates show beside the light."""
    row.about = RULES.get(row.rule_key, row.rule_key)
    row.days_left = -calendar.between(row.due_on, row.cleared_on or today)
