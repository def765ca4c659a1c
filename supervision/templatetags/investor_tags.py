"""Small helpers of the investor's pages."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def kept_for(kept: Mapping[int, str], pk: int) -> str:
    """What was typed for this ticket and could not be taken, or nothing."""
    return kept.get(pk, "")
