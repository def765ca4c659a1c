"""Who handed in what and when: units × months, and one cell with its reasons."""

from typing import Any

from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Division, Obligation, Tier
from accounts.obligations import kinds
from accounts.obligations.kinds import LEDGERS
from accounts.obligations.matrix import cell_of
from policy.periods import Period, PeriodKind
from policy.services import current_calendar
from reporting.boards import completeness as units_by_months
from reporting.boards.course import course_of
from reporting.boards.views.board import ledger_units
from reporting.boards.views.common import Asked, ask, board_page


@board_page
def completeness(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The year of the chosen month; a province may look at all its counties at once."""
    counties = asked.area.is_province and request.GET.get("level") == "county"
    units = _counties(request.user, asked) if counties else ledger_units(asked)
    grid = units_by_months.grid(
        units, asked.month.months_of_year, on=asked.month.today, calendar=current_calendar()
    )
    context = asked.context("completeness") | {
        "grid": grid,
        "counties": counties,
        "levels": [(False, asked.link("completeness")), (True, asked.link("completeness", level="county"))],
        "years": _years(request, asked, counties),
    }
    return render(request, "reporting/boards/completeness.html", context)


@require_safe
def cell(request: HttpRequest, unit: str, period: str) -> HttpResponse:
    """Why a unit's ledger of a month counts as it does, with what was handed in."""
    asked = ask(request, unit=unit)
    try:
        month = Period.parse(period)
    except ValueError as error:
        raise Http404(str(error)) from error
    rows = Obligation.objects.visible_to(request.user).live().select_related("unit")
    duty = rows.filter(kind__in=LEDGERS, unit=asked.area.division, period=str(month)).first()
    if duty is None:
        raise Http404(period)
    kind, calendar = kinds.find(duty.kind), current_calendar()
    today = asked.month.today
    shown = cell_of(duty, today)
    context = asked.context("completeness") | {
        "duty": duty,
        "cell": shown,
        "period": month,
        "words": units_by_months.words(shown, calendar),
        "css": units_by_months.CSS[shown.state],
        "days_late": units_by_months.days_late(shown, calendar),
        "days_left": calendar.left(today, duty.last_day),
        "course": course_of(request.user, duty),
        "ledger_url": kind.url(duty) if kind else "",
    }
    return render(request, "reporting/boards/cell.html", context)


def _counties(user: Any, asked: Asked) -> list[Division]:
    rows = Division.objects.visible_to(user).filter(asked.area.q, tier=Tier.COUNTY, reports_ledger=True)
    return list(rows.current(asked.month.cut_off).select_related("parent").order_by("city_code", "pk"))


def _years(request: HttpRequest, asked: Asked, counties: bool) -> list[tuple[int, str]]:
    """Years with duties in the area, the newest first, each with the address of its last month."""
    duties = Obligation.objects.visible_to(request.user).filter(asked.area.q, kind__in=LEDGERS)
    first = duties.aggregate(first=Min("period"))["first"]
    oldest = int(first[:4]) if first else asked.month.today.year
    level: dict[str, str] = {"level": "county"} if counties else {}
    found = []
    for year in range(asked.month.today.year, min(oldest, asked.month.today.year) - 1, -1):
        last = min(Period.month(year, 12), Period.containing(PeriodKind.MONTH, asked.month.today))
        found.append((year, asked.link("completeness", **(level | {"month": str(last)}))))
    return found
