"""What every page of the boards shares: area and month of the address, links that keep them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Division
from policy.lights import LightThresholds
from projects.lights import thresholds
from reporting.boards.area import Area, Month, area_for, month_for, months_offered, name_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A board page as it was asked for. `home`: the person's own division, where the breadcrumb begins."""

    area: Area
    month: Month
    bounds: LightThresholds
    home: Division

    @property
    def unit_query(self) -> str:
        """The unit as a part of an address; the own division needs none."""
        return "" if self.area.division.pk == self.home.pk else self.area.division.pk

    def link(self, name: str, *args: Any, unit: str | None = None, **query: Any) -> str:
        """Address of a page of the boards for the same month; `unit` None keeps the unit."""
        parts = {"month": str(self.month.period), "unit": self.unit_query if unit is None else unit, **query}
        kept = {key: value for key, value in parts.items() if value}
        return f"{reverse(f'boards:{name}', args=args)}?{urlencode(kept)}"

    def context(self, page: str) -> dict[str, Any]:
        return {
            "asked": self,
            "area": self.area,
            "division": self.area.division,
            "area_name": name_of(self.area.division),
            "month": self.month,
            "months": months_offered(self.month.today, self.month.period),
            "page_code": page,
            "tabs": [
                (code, self.link(code))
                for code in ("board", "rates", "promises", "completeness", "supervision")
            ],
            "above": self._above(),
        }

    def _above(self) -> Division | None:
        """One tier up, where the person may look too."""
        unit = self.area.division
        return unit.parent if unit.parent_id and unit.pk != self.home.pk else None


View = Callable[..., HttpResponse]


def board_page(view: View) -> View:
    """Give the view an `Asked` from the address: `unit`, `month`. 404 outside the scope, 403 without the right."""

    @require_safe
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, ask(request), *args, **kwargs)

    return asked


def ask(request: HttpRequest, *, unit: str | None = None) -> Asked:
    today = clock.today()
    code = request.GET.get("unit", "") if unit is None else unit
    home = area_for(request.user, "", today)
    area = area_for(request.user, code, today) if code and code != home.division.pk else home
    return Asked(area, month_for(request.GET.get("month", ""), today), thresholds(today), home.division)
