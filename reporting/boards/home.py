"""Key figures of the person's own area on the home page."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.scope import holds
from accounts.templatetags.portal import yi
from policy.periods import Period, PeriodKind
from projects.lights import thresholds
from reporting.boards.area import PERMISSION, Month, area_for, name_of
from reporting.boards.live import figures_for
from reporting.reports.figures import Figures
from reporting.reports.labels import LABELS
from supervision.home.figures import Figure, FigurePanel


def panel(user: Any, on: date) -> FigurePanel | None:
    """Six figures up to today, each opening its rows; None without the right to boards or without an area."""
    if not holds(user, PERMISSION):
        return None
    area = area_for(user, "", on)
    month = Month(Period.containing(PeriodKind.MONTH, on), on)
    total = figures_for(user, area, month, thresholds(on)).total
    return FigurePanel(
        title=_("Figures of %(unit)s") % {"unit": name_of(area.division)},
        note=_("up to %(day)s") % {"day": on.isoformat()},
        figures=(
            _count(total, "signed", month),
            Figure(
                str(LABELS["signed_amount_yuan"]),
                yi(total.signed_amount_yuan),
                _("100 million yuan"),
                _("in place %(sum)s, %(rate)s")
                % {"sum": yi(total.in_place_yuan), "rate": total.rate("funds_in_place_rate").text},
                _rows("signed_amount_yuan", month),
            ),
            _count(total, "new_signed", month, _("this month")),
            _rate(total, "start_rate", "started", month),
            _rate(total, "planned_start_rate", "started_of_planned", month),
            _rate(total, "completion_rate", "completed", month),
        ),
    )


def _count(total: Figures, key: str, month: Month, note: str = "") -> Figure:
    return Figure(
        str(LABELS[key]), f"{getattr(total, key):,}", pgettext("unit", "projects"), note, _rows(key, month)
    )


def _rate(total: Figures, key: str, numerator: str, month: Month) -> Figure:
    rate = total.rate(key)
    note = f"{rate.numerator:,} / {rate.denominator:,}" if rate.denominator else _("nothing to count yet")
    return Figure(
        str(LABELS[key]), rate.text, note=note, url=_rows(numerator, month) if rate.denominator else ""
    )


def _rows(figure: str, month: Month) -> str:
    return f"{reverse('boards:rows', args=[figure])}?month={month.period}"
