"""Live figures of a board as links to the rows they count."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.templatetags.portal import yi
from reporting.boards.area import name_of
from reporting.boards.live import Line
from reporting.boards.views.common import Asked
from reporting.reports.figures import RATES, Figures
from reporting.reports.labels import LABELS, MONEY

register = template.Library()


@register.simple_tag
def live_url(asked: Asked, figure: str, line: Line | None = None) -> str:
    """Address of the rows behind a figure, of the whole area or of one line of it."""
    if line is None:
        return asked.link("rows", figure)
    return asked.link("rows", figure, unit=line.division.pk, own="1" if line.own else "")


@register.simple_tag
def live_count(
    asked: Asked, figure: str, line: Line | None = None, total: Figures | None = None
) -> SafeString:
    """A count as a link; 0 is told, not linked. Give the line, or the total of the area."""
    value = getattr(line.figures if line else total or Figures(), figure)
    if not value:
        return format_html("{}", 0)
    return format_html('<a href="{}">{}</a>', live_url(asked, figure, line), f"{value:,}")


@register.simple_tag
def live_rate(asked: Asked, key: str, line: Line | None = None, total: Figures | None = None) -> SafeString:
    """A rate with numerator / denominator under it; counts open their rows, money is shown in 亿元."""
    figures = line.figures if line else total or Figures()
    rate, (numerator, denominator) = figures.rate(key), RATES[key]
    if not rate.denominator:
        return mark_safe("—")
    if numerator in MONEY:
        parts = format_html("{} / {}", yi(rate.numerator), yi(rate.denominator))
    else:
        parts = format_html(
            "{} / {}", live_count(asked, numerator, line, total), live_count(asked, denominator, line, total)
        )
    return format_html('{}<span class="jg-nd">{}</span>', rate.text, parts)


@register.simple_tag
def live_strip_rate(asked: Asked, key: str, total: Figures, note: str = "") -> SafeString:
    """A key rate of the strip: the percentage opens the numerator's rows, the parts stand under it."""
    rate = total.rate(key)
    if not rate.denominator:
        return format_html(
            '<div><dt>{}</dt><dd><span class="jg-fig">—</span></dd><dd class="jg-note">{}</dd></div>',
            LABELS[key],
            _("nothing to count yet"),
        )
    numerator, denominator = RATES[key]
    return format_html(
        '<div><dt>{}</dt><dd><a class="jg-fig" href="{}">{}</a><span class="jg-unit">%</span></dd>'
        '<dd class="jg-note"><a href="{}">{}</a> / <a href="{}">{}</a>{}</dd></div>',
        LABELS[key],
        live_url(asked, numerator),
        rate.text.removesuffix("%"),
        live_url(asked, numerator),
        f"{rate.numerator:,}",
        live_url(asked, denominator),
        f"{rate.denominator:,}",
        f" {note}" if note else "",
    )


@register.simple_tag
def board_url(asked: Asked, unit: Any, name: str = "board") -> str:
    """A page of the boards for another unit of the area, same month."""
    return asked.link(name, unit="" if unit.pk == asked.home.pk else unit.pk)


@register.simple_tag
def rate_label(key: str) -> Any:
    return LABELS[key]


@register.simple_tag
def rate_order_url(asked: Asked, key: str) -> str:
    return asked.link("rates", order=key)


@register.simple_tag
def report_url(report_id: int | None) -> str:
    return reverse("reports:detail", args=[report_id]) if report_id else ""


@register.simple_tag
def board_title(division: Any) -> str:
    """全省看板, 大庆市看板."""
    return _("Board of %(name)s") % {"name": name_of(division)}
