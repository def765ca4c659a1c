"""The tabs over the list pages of a menu entry."""

from typing import Any

from django import template

from accounts import navigation
from accounts.sections import open_to

register = template.Library()


@register.inclusion_tag("_parts/_sections.html", takes_context=True)
def sections(context: template.Context, group: str, current: str) -> dict[str, Any]:
    """`{% sections "approvals" "tickets" %}`: links to the subjects this person may open; nothing when it is only one."""
    found = open_to(context["request"].user, group, current)
    return {"sections": found if len(found) > 1 else [], "label": navigation.label_of(group)}
