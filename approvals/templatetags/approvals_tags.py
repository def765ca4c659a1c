"""The tabs over the list pages of approvals and assistance."""

from typing import Any

from django import template

from approvals.landing import sections_for

register = template.Library()


@register.inclusion_tag("approvals/_sections.html", takes_context=True)
def sections(context: template.Context, current: str) -> dict[str, Any]:
    """`{% sections "tickets" %}`: links to the subjects this person may open; nothing when it is only one."""
    found = sections_for(context["request"].user, current)
    return {"sections": found if len(found) > 1 else []}
