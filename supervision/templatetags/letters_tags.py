"""The button that begins a supervision paper, on the pages of other subjects."""

from typing import Any

from django import template
from django.urls import reverse

from accounts import audit_words
from accounts.scope import holds
from projects.models import Party
from supervision.letters.models import DRAFT
from supervision.letters.pages import draft_words

register = template.Library()


@register.inclusion_tag("supervision/letters/_button.html", takes_context=True)
def paper_button(context: template.Context, warning: Any) -> dict[str, Any]:
    """`{% paper_button warning %}`: draft the unit's paper on what the warning is about; nothing for whoever may not."""
    user = context["request"].user
    about = warning.item_id or warning.milestone_id or warning.ticket_id or warning.obligation_id
    if warning.cleared_on or not about or not holds(user, DRAFT):
        return {"label": ""}
    return {"label": draft_words(user), "url": f"{reverse('letters:new')}?warning={warning.pk}"}


@register.filter
def party_words(code: str) -> str:
    """Whose delay, in words; a dash where no counter shows it."""
    return str(Party(code).label) if code in Party.values else "—"


@register.filter
def action_words(code: str) -> str:
    """How the log reads."""
    return audit_words.action_label(code)
