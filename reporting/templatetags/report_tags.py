"""Figures of a frozen report as links to the rows they counted."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.templatetags.portal import yi
from reporting.reports.document import title_of
from reporting.reports.figures import RATES, Figures
from reporting.reports.labels import LABELS, MONEY

register = template.Library()


@register.filter
def lookup(mapping: dict[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.simple_tag
def report_title(report: Any) -> str:
    return title_of(report)


@register.simple_tag
def report_head(report: Any) -> dict[str, Any]:
    """What a list shows of a report: its number of projects and its start rate."""
    total = Figures.from_json(report.figures["total"])
    return {"signed": total.signed, "start_rate": total.rate("start_rate")}


@register.simple_tag
def figure_cell(report: Any, figures: Figures, key: str) -> SafeString:
    value = getattr(figures, key)
    shown, unit = (
        (yi(value), _("100 million yuan")) if key in MONEY else (f"{value:,}", pgettext("unit", "projects"))
    )
    return format_html(
        '<div><dt>{}</dt><dd><a class="jg-fig" href="{}">{}</a><span class="jg-unit">{}</span></dd></div>',
        LABELS[key],
        rows_url(report, key),
        shown,
        unit,
    )


@register.simple_tag
def rows_link(report: Any, unit: Any, key: str) -> SafeString:
    """One count of one line of the table; 0 is told, not linked."""
    value = getattr(unit.figures, key)
    if not value:
        return format_html("{}", 0)
    query = f"?unit={unit.code}" + ("&own=1" if unit.own else "")
    return format_html('<a href="{}">{}</a>', rows_url(report, key) + query, f"{value:,}")


@register.simple_tag
def rows_link_total(report: Any, key: str, value: int) -> SafeString:
    return format_html('<a href="{}">{}</a>', rows_url(report, key), f"{value:,}")


@register.simple_tag
def rate_link(report: Any, unit: Any, key: str) -> SafeString:
    """A rate with its numerator / denominator under it, each opening its rows."""
    rate = unit.figures.rate(key)
    if not rate.denominator:
        return mark_safe("—")
    numerator, denominator = RATES[key]
    return format_html(
        '{}<span class="jg-nd">{} / {}</span>',
        rate.text,
        rows_link(report, unit, numerator),
        rows_link(report, unit, denominator),
    )


@register.simple_tag
def unit_rate(unit: Any, key: str) -> str:
    return unit.figures.rate(key).text


@register.simple_tag
def total_rate(content: Any, key: str) -> SafeString:
    rate = content.total.rate(key)
    if not rate.denominator or RATES[key][0] in MONEY:
        return format_html("{}", rate.text)
    parts = f"{rate.numerator:,} / {rate.denominator:,}"
    return format_html('{}<span class="jg-nd">{}</span>', rate.text, parts)


def rows_url(report: Any, key: str) -> str:
    return reverse("reports:rows", args=[report.pk, key])
