"""The deadline rules that the demo province counts by."""

from datetime import date

from accounts.models import Division
from accounts.obligations.services import deadline_rule
from policy.deadlines import DeadlineRule


def rule_of(unit: Division, key: str, on: date) -> DeadlineRule:
    """The rule `key` in force for `unit` on `on`. LookupError: the demo's regime must have it."""
    rule = deadline_rule(unit, key, on)
    if rule is None:
        raise LookupError(f"the regime of {unit.name} has no rule {key} on {on}")
    return rule
