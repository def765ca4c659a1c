"""Small helpers of the public pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reporting.reports.figures import Rate
from reporting.reports.labels import LABELS

register = template.Library()


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of `key`, or None."""
    return mapping.get(key)


@register.filter
def iso_day(text: str) -> date:
    return date.fromisoformat(text)


@register.simple_tag
def share(part: int, whole: int) -> str:
    """'97.9%', or '—' without a denominator."""
    return Rate(part or 0, whole or 0).text


@register.simple_tag
def rate_name(key: str) -> str:
    return str(LABELS[key])


@register.filter
def chinese(text: object) -> SafeString:
    """Words that are Chinese in every language of the page, marked so that a screen reader says them right."""
    return format_html('<span lang="zh-Hans">{}</span>', text)
