"""The tabs over the list pages of supervision."""

from typing import Any

from django import template

from supervision.landing import sections_for

register = template.Library()


@register.inclusion_tag("supervision/_sections.html", takes_context=True)
def supervision_sections(context: template.Context, current: str) -> dict[str, Any]:
    """`{% supervision_sections "letters" %}`: links to the subjects this person may open; nothing when only one."""
    found = sections_for(context["request"].user, current)
    return {"sections": found if len(found) > 1 else []}
