from django import template

from accounts.audit_words import action_label

register = template.Library()


@register.filter
def action_words(code: str) -> str:
    """The words of the log for a step of the course."""
    return action_label(code)
