"""The list of warnings and its export, one warning with its reasons and the answer to it, a person's digest."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Division
from accounts.obligations import kinds
from accounts.scope import acting_posting, holds, require
from accounts.views.guards import needs, page_of
from policy.services import current_calendar
from supervision.warnings import answers, export, queries, subjects, why
from supervision.warnings.forms import RULES, PlanForm, WarningFilter
from supervision.warnings.models import Warning, WarningDigest


@require_safe
@needs("warnings.view")
def warning_list(request: HttpRequest) -> HttpResponse:
    every = queries.listed(request.user)
    form = WarningFilter(request.GET, queries.units_below(request.user), request.user)
    page = page_of(request, form.apply(every))
    calendar, today = current_calendar(), clock.today()
    for row in page:
        decorate(row, calendar, today)
    context = {
        "form": form,
        "page": page,
        "counts": queries.counts(every, request.user),
        "posting": acting_posting(request.user),
        "export_query": urlencode({key: str(value) for key, value in request.GET.items() if key != "page"}),
    }
    return render(request, "supervision/warnings/list.html", context)


@require_safe
@needs("warnings.view")
def warning_export(request: HttpRequest) -> Any:
    """The chosen rows as a workbook; too many are refused with how to narrow them down."""
    form = WarningFilter(request.GET, queries.units_below(request.user), request.user)
    rows = form.apply(queries.listed(request.user))
    total = rows.count()
    if total > export.MOST_ROWS:
        messages.error(
            request,
            _(
                "%(n)d warnings are more than the %(most)d a workbook may hold. Choose a unit or a light first."
            )
            % {"n": total, "most": export.MOST_ROWS},
        )
        return redirect(f"{request.path.removesuffix('export/')}?{request.GET.urlencode()}")
    today = clock.today()
    names = dict(Division.objects.filter(tier__lte=3).values_list("code", "short_name"))
    posting = acting_posting(request.user)
    heading = _("Warnings, %(unit)s, %(day)s") % {
        "unit": posting.unit_name if posting else "",
        "day": today.isoformat(),
    }
    file = export.write_xlsx(
        queries.in_export_order(rows).iterator(2000), names, current_calendar(), today, heading=heading
    )
    return FileResponse(file, as_attachment=True, filename=f"{_('Warnings')}-{today.isoformat()}.xlsx")


@require_safe
@needs("warnings.view")
def warning_digest(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person was told that morning, as it was told; nobody else's."""
    digest = get_object_or_404(WarningDigest.objects.filter(user_id=request.user.pk or 0), pk=pk)
    titles = {
        "fresh": pgettext("warning digest", "New"),
        "changed": pgettext("warning digest", "Changed"),
        "still_red": pgettext("warning digest", "Still red"),
        "cleared": pgettext("warning digest", "Put out by the fact"),
    }
    groups = [
        {
            "title": title,
            "number": getattr(digest, code),
            "lines": [line for line in digest.lines if line["group"] == code],
        }
        for code, title in titles.items()
    ]
    context = {"digest": digest, "groups": [group for group in groups if group["number"]]}
    return render(request, "supervision/warnings/digest.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("warnings.view")
def warning_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows why the light stands; POST answers it."""
    warning = get_object_or_404(queries.detailed(request.user), pk=pk)
    form = PlanForm(request.POST or None, initial=_kept(warning))
    if request.method == "POST":
        require(request.user, queries.ANSWER, warning)
    if request.method == "POST" and form.is_valid():
        try:
            answers.acknowledge(warning=warning, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("Your answer is kept. The light stays on until the fact is reported.")
            )
            return redirect("warnings:detail", pk=warning.pk)
    return render(request, "supervision/warnings/detail.html", _context(request, warning, form))


def _kept(warning: Warning) -> dict[str, Any]:
    """What was answered before, to be worked on; a day that passed is not offered again."""
    return {
        "plan_text": warning.plan_text,
        "promised_on": warning.promised_on if warning.is_answered else None,
    }


def _context(request: HttpRequest, warning: Warning, form: PlanForm) -> dict[str, Any]:
    calendar, today, places = current_calendar(), clock.today(), answers.Places()
    rule, terms = queries.rule_of(warning, places), places.terms(warning, today)
    decorate(warning, calendar, today)
    kind = kinds.find(warning.obligation.kind) if warning.obligation else None
    may_act = kind is not None and warning.cleared_on is None and holds(request.user, kind.permission)
    page, page_words = subjects.page_of(warning) if subjects.may_open(request.user, warning) else ("", "")
    return {
        "warning": warning,
        "subject_url": page,
        "subject_words": page_words,
        "form": form,
        "rule": rule,
        "terms": terms,
        "why": why.explain(warning, rule, terms, calendar, today),
        "turns": why.turns(warning, today),
        "kind": kind,
        "act_url": kind.url(warning.obligation) if kind and warning.obligation and may_act else "",
        "may_answer": warning.cleared_on is None and holds(request.user, "warnings.acknowledge"),
    }


def decorate(row: Any, calendar: Any, today: Any) -> None:
    """Words the templates show beside the light."""
    row.about = RULES.get(row.rule_key, row.rule_key)
    row.days_left = -calendar.between(row.due_on, row.cleared_on or today)
