"""All rates of the area's units side by side, with numerator, denominator and what each means."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.divisions import regime_code_of
from accounts.models import Division
from policy.regimes import NoRuleInForce, get_regime
from reporting.boards import live
from reporting.boards.views.common import Asked, board_page
from reporting.reports.figures import RATES
from reporting.reports.labels import LABELS
from reporting.reports.services import RATE_RULES


@board_page
def rates(request: HttpRequest, asked: Asked) -> HttpResponse:
    figures = live.figures_for(request.user, asked.area, asked.month, asked.bounds)
    order = request.GET.get("order", "")
    lines = list(figures.lines)
    if order in RATES:
        lines.sort(key=lambda line: (line.own, -(line.figures.rate(order).value or -1), line.division.pk))
    context = asked.context("rates") | {
        "figures": figures,
        "lines": lines,
        "order": order if order in RATES else "",
        "rate_keys": list(RATES),
        "columns": [(key, LABELS[key]) for key in RATES],
        "definitions": definitions(asked.area.division, asked.month.cut_off),
    }
    return render(request, "reporting/boards/rates.html", context)


def definitions(unit: Division, on: Any) -> list[tuple[Any, Any]]:
    """(name, rule) of each rate as the regime of the unit defines it on the day."""
    regime = get_regime(regime_code_of(unit))
    found = []
    for key, rule_key in RATE_RULES.items():
        try:
            found.append((LABELS[key], regime.rule(rule_key, on)))
        except NoRuleInForce:
            continue
    return found
