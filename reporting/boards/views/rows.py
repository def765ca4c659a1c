"""The projects behind a live figure: the same conditions, so the count is the figure."""

from django.db.models import Count, F, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.views.guards import page_of
from policy.services import current_calendar
from projects.queries import with_row_parts
from reporting.boards.live import opens, rows_of
from reporting.boards.views.common import Asked, board_page
from reporting.boards.waiting import standing
from reporting.reports.labels import LABELS

OWN_LABELS = {"lit": _("Red or amber projects"), "uncounted": _("Intents and frameworks, not counted")}


@board_page
def rows(request: HttpRequest, asked: Asked, figure: str) -> HttpResponse:
    """`unit` narrows to one line, `own=1` to a city's projects that belong to none of its counties."""
    if figure not in opens(asked.month, asked.bounds):
        raise Http404(figure)
    own = request.GET.get("own") == "1"
    found = rows_of(request.user, asked.area, asked.month, asked.bounds, figure, own=own)
    sums = found.aggregate(
        count=Count("pk"), amount=Sum("contract_amount_yuan"), in_place=Sum("invested_total_yuan")
    )
    ordered = found.order_by(F("contract_amount_yuan").desc(nulls_last=True), "pk")
    page = page_of(request, with_row_parts(ordered))
    calendar = current_calendar()
    page.object_list = [standing(project, asked.bounds, calendar) for project in page.object_list]
    context = asked.context("rows") | {
        "label": OWN_LABELS.get(figure) or LABELS[figure],
        "figure": figure,
        "own": own,
        "page": page,
        "sums": {key: value or 0 for key, value in sums.items()},
    }
    return render(request, "reporting/boards/rows.html", context)
