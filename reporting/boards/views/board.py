"""The board of a province, city or county, and the same page as a workbook."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.downloads import TABLE, document_download
from accounts.models import Division, Tier
from accounts.obligations.kinds import LEDGER_CITY, LEDGER_COUNTY
from accounts.obligations.services import deadline_rule
from policy.deadlines import compute
from policy.services import current_calendar
from reporting.boards import completeness, live, states
from reporting.boards.export import document_of
from reporting.boards.trend import trend_for
from reporting.boards.views.common import Asked, board_page
from reporting.boards.waiting import longest_waiting
from reporting.circulars.models import Circular
from reporting.reports.discipline import by_unit
from reporting.reports.models import Report

# Columns of the table of rates on the board; its own page shows them all.
SHORT_RATES = (
    "funds_in_place_rate",
    "start_rate",
    "completion_rate",
    "production_rate",
    "planned_start_rate",
)


@board_page
def board(request: HttpRequest, asked: Asked) -> HttpResponse:
    area, month = asked.area, asked.month
    context = _shared(request, asked)
    handed_in = by_unit(area.division.province_code, [str(month.period)], on=month.today)
    below = _owing(request.user, asked)
    tiles = states.tiles(
        context["figures"], handed_in, [unit for unit in below if unit.parent_id != area.division.pk]
    )
    reports = Report.objects.visible_to(request.user).filter(unit=area.division, period=str(month.period))
    circulars = Circular.objects.visible_to(request.user).filter(unit=area.division, period=str(month.period))
    total = context["figures"].total
    context |= asked.context("board") | {
        "funds_rate": total.rate("funds_in_place_rate").text,
        "lit": total.red + total.amber,
        "waiting_count": total.signed - total.started,
        "first_month": month.last_twelve[0],
        "export_url": asked.link("export"),
        "uncounted": live.uncounted(request.user, area, month),
        "tiles": tiles if area.lines else [],
        "placed": area.is_province and states.all_placed(tiles),
        "tile_percent": states.PERCENT,
        "trend": trend_for(request.user, area.division, month.last_twelve),
        "deadline": _deadline(asked),
        "units_count": len(below),
        "rate_keys": SHORT_RATES,
        "report": reports.order_by("edition").only("pk").first(),
        "circular": circulars.order_by("-version").only("pk").first(),
    }
    return render(request, "reporting/boards/board.html", context)


@board_page
def export(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The board as a workbook: figures, ledgers handed in, rates, projects not started."""
    document = document_of(asked.area, asked.month, **_shared(request, asked))
    return document_download(document, "xlsx", TABLE)


def _shared(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What the page and the workbook show alike."""
    area, month = asked.area, asked.month
    return {
        "figures": live.figures_for(request.user, area, month, asked.bounds),
        "grid": completeness.grid(
            ledger_units(asked), month.months_of_year, on=month.today, calendar=current_calendar()
        ),
        "waiting": longest_waiting(request.user, area, month, asked.bounds),
    }


def ledger_units(asked: Asked) -> list[Division]:
    """Rows of the matrix: the units below that hand in, a city's own package to the province before its counties'."""
    lines = [unit for unit in asked.area.lines if unit.reports_ledger]
    return lines if asked.area.is_province else [asked.area.division, *lines]


def _owing(user: Any, asked: Asked) -> list[Division]:
    """Every unit of the area that hands in a ledger."""
    rows = Division.objects.visible_to(user).filter(asked.area.q, reports_ledger=True, tier__lte=Tier.COUNTY)
    return list(rows.current(asked.month.cut_off).only("code", "parent_id", "tier"))


def _deadline(asked: Asked) -> Any:
    """By when the month's ledger of the shown units was due, with its steps; None without such a rule."""
    key = LEDGER_CITY if asked.area.is_province else LEDGER_COUNTY
    rule = deadline_rule(asked.area.division, key, asked.month.period.last)
    return compute(rule, anchor=asked.month.period, calendar=current_calendar()) if rule else None
