"""Which rule watches what, and the day's bounds for each. Levels follow from stored dates, never from counting runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.divisions import DEFAULT_REGIME
from accounts.models import Division, Tier
from accounts.obligations import kinds
from accounts.scope import CODE_FIELD
from policy.calendar import ONE_DAY, WorkCalendar
from policy.lights import LightThresholds
from policy.regimes import get_regime
from policy.rules import WarningRule
from supervision.warnings.models import WarningLevel

MILESTONE = "milestone_light"
ITEM = "approval_warning"
TICKET = "ticket_warning"
CHECK = "commitment_warning"
HOLD = "hold_warning"
PAUSE = "pause_warning"
MANDATE = "mandate_warning"
MATTER = "matter_warning"
OBJECTION = "objection_warning"
# Rule key → the kinds of duty it watches.
DUTY_RULES: dict[str, tuple[str, ...]] = {
    "kickoff_warning": (kinds.KICKOFF,),
    "filing_warning": (kinds.FILING,),
    "ledger_warning": kinds.LEDGERS,
    "report_warning": kinds.REPORTS,
    "decision_warning": (kinds.PLAN_DECISION, kinds.TRANSFER_DECISION),
    "promise_warning": (kinds.PROMISE, kinds.INSTALMENT),
    "inspection_warning": kinds.INSPECTIONS,
    "meeting_warning": kinds.MEETINGS,
}
# All rules of the scan, in the order they are run and offered in.
RULES = (MILESTONE, *DUTY_RULES, ITEM, CHECK, HOLD, PAUSE, TICKET, MANDATE, MATTER, OBJECTION)


@dataclass(frozen=True, slots=True)
class Area:
    """Rows a regime governs: `field = code`, without those of `without` that follow a regime of their own.

    Empty field: all rows (only one regime is in use).
    """

    regime: str
    field: str = ""
    code: str = ""
    without: tuple[tuple[str, str], ...] = ()

    def sql(self, alias: str) -> tuple[str, list[Any]]:
        """Condition on a row that carries the three codes, and its parameters."""
        if not self.field:
            return "", []
        parts, values = [f"{alias}.{self.field} = %s"], [self.code]
        for field, code in self.without:
            parts.append(f"{alias}.{field} <> %s")
            values.append(code)
        return " AND " + " AND ".join(parts), values


def areas() -> list[Area]:
    """One area per division that names a regime of its own. One query."""
    rows = list(Division.objects.exclude(regime_code="").exclude(tier=Tier.TOWNSHIP).order_by("path"))
    if len(rows) <= 1:
        return [Area(rows[0].regime_code if rows else DEFAULT_REGIME)]
    return [
        Area(
            regime=row.regime_code,
            field=CODE_FIELD[Tier(row.tier)],
            code=row.pk,
            without=tuple(
                (CODE_FIELD[Tier(other.tier)], other.pk)
                for other in rows
                if other.pk != row.pk and other.path.startswith(row.path)
            ),
        )
        for row in rows
    ]


def regime_of() -> Callable[[Any], str]:
    """Regime code of a row that carries the three codes: of the lowest of its divisions that names one. One query."""
    named = dict(
        Division.objects.exclude(regime_code="").exclude(tier=Tier.TOWNSHIP).values_list("pk", "regime_code")
    )

    only = next(iter(named.values())) if len(named) == 1 else DEFAULT_REGIME

    def code_for(row: Any) -> str:
        codes = (row.county_code, row.city_code, row.province_code)
        return next((named[code] for code in codes if code in named), only)

    return code_for


def rule_for(regime: str, key: str, on: date) -> WarningRule | None:
    """The warning rule in force, or None where the regime has none."""
    book = get_regime(regime)
    if not book.has_rule(key, on):
        return None
    rule = book.rule(key, on)
    return rule if isinstance(rule, WarningRule) else None


def bounds_for(rule: WarningRule, on: date, calendar: WorkCalendar) -> LightThresholds:
    return LightThresholds.on(on, rule, calendar)


def level_began(
    level: str, due_on: date, rule: WarningRule, calendar: WorkCalendar, second_due_on: date | None = None
) -> date:
    """First day on which `due_on` showed `level`: what daily runs would have found, whenever this run comes.

    `second_due_on`: the second earliest late date of the same project, where it can turn the light red.
    """
    late = due_on + ONE_DAY
    if level == WarningLevel.BLUE:
        return calendar.add(late, -((rule.lead_days or 0) + 1))
    if level == WarningLevel.AMBER:
        return late
    by_days = calendar.add(due_on, rule.amber_days + 1)
    if rule.red_late_nodes and second_due_on is not None:
        return min(by_days, max(late, second_due_on + ONE_DAY))
    return by_days


def went_up_on(due_on: date, rule: WarningRule, calendar: WorkCalendar) -> date:
    """First day on which `due_on` was so long overdue that the tier above is told."""
    return calendar.add(due_on, (rule.up_tier_days or 0) + 1)


def opened_on(due_on: date, rule: WarningRule, calendar: WorkCalendar) -> date:
    """First day on which the warning stood at all."""
    first = WarningLevel.BLUE if rule.lead_days is not None else WarningLevel.AMBER
    return level_began(first, due_on, rule, calendar)
