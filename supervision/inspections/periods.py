"""Which inspections a unit owes: monthly for city and county, quarterly for the province, by its regime (H21)."""

from datetime import date

from accounts.models import Division
from accounts.obligations import kinds
from accounts.obligations.making import TIERS
from accounts.obligations.services import deadline_rule
from policy.periods import Period, PeriodKind
from policy.rules import DeadlineRule


def duty_of(unit: Division, on: date) -> tuple[str, DeadlineRule] | None:
    """The unit's duty to inspect and its rule in force on `on`; None where its regime knows none for its tier."""
    for code in kinds.INSPECTIONS:
        rule = deadline_rule(unit, code, on)
        if (
            rule is not None
            and rule.per
            and unit.tier in {TIERS[name] for name in rule.owed_by if name in TIERS}
        ):
            return code, rule
    return None


def period_kind(unit: Division, on: date) -> PeriodKind:
    """By the unit's duty; a month where there is none."""
    found = duty_of(unit, on)
    return PeriodKind(found[1].per) if found and found[1].per else PeriodKind.MONTH


def periods_to_plan(unit: Division, on: date) -> list[Period]:
    """The period before, the present one and the next: late ones may still be made up for."""
    now = Period.containing(period_kind(unit, on), on)
    return [now.previous(), now, now.next()]
