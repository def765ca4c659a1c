"""Promises kept by unit: numerator, denominator and the rows behind both."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reporting.boards.promises import lines_for
from reporting.boards.views.common import Asked, board_page


@board_page
def promises(request: HttpRequest, asked: Asked) -> HttpResponse:
    lines, total = lines_for(request.user, asked.area, asked.month)
    context = asked.context("promises") | {"lines": lines, "total": total}
    return render(request, "reporting/boards/promises.html", context)
