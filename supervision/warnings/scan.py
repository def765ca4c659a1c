"""Finding what the day changes: one indexed SQL per rule that compares lit rows with the open warnings.

Only differences come back, so a second run of a day writes nothing, and days without a run leave no trace.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from approvals.checklist.models import UNDER_WAY
from approvals.tickets.models import OPEN_STATES, Side, TicketState
from policy.calendar import ONE_DAY
from policy.lights import LightThresholds
from supervision.warnings.bounds import DUTY_RULES, ITEM, MILESTONE, TICKET, Area


@dataclass(frozen=True, slots=True)
class Difference:
    """A lit row and its open warning, where they differ.

    `subject_id` None: the warning's ground fell away, clear it. `warning_id` None: open one. Else: change it.
    """

    subject_id: int | None
    due_on: date | None
    level: str
    warning_id: int | None


# Rows that may be amber come back in any case: whether the project has a second late key point decides about them, and
# asking that inside this statement makes the planner price it so high that compiling it takes longer than running it.
COMPARE = """
SELECT s.id, s.due, w.id, w.level, w.due_on, w.tier, w.city_code, w.county_code, {held}
FROM ({lit}) s
FULL JOIN (SELECT w.id, w.{link} AS link, w.level, w.due_on, w.tier, w.city_code, w.county_code
           FROM supervision_warning w
           WHERE w.cleared_on IS NULL AND w.{link} IS NOT NULL{of_rule}{warned_area}) w ON w.link = s.id
WHERE s.id IS NULL OR w.id IS NULL OR w.due_on <> s.due
  OR w.level <> CASE WHEN s.due < %(red_before)s THEN 'red' WHEN s.due >= %(today)s THEN 'blue' ELSE '{unsure}' END
  OR {told_less}
"""
TOLD_LESS = "(s.due < %(up_before)s AND w.tier > CASE WHEN w.county_code <> '' THEN 2 ELSE 1 END)"
# A ticket belongs to the tier of its holder: taken up to the city, the city's office is told first, then the province's.
HOLDER_TOLD_LESS = "w.tier > s.held - CASE WHEN s.due < %(up_before)s AND s.held > 1 THEN 1 ELSE 0 END"
LIT_MILESTONES = """SELECT m.id, m.planned_on AS due FROM projects_milestone m
    WHERE m.is_open AND m.planned_on IS NOT NULL AND m.planned_on <= %(until)s{area}"""
# due_on is never later than the day that counts, so the index on due_on narrows first.
LIT_DUTIES = """SELECT o.id, COALESCE(o.extended_to, o.due_on) AS due
    FROM accounts_obligation o WHERE o.met_on IS NULL AND o.exempt_reason = '' AND o.cancelled_on IS NULL
    AND o.due_on <= %(until)s AND COALESCE(o.extended_to, o.due_on) <= %(until)s AND o.kind IN ({kinds}){area}"""
# A stopped clock shows no light. The partial index on running items narrows by due_on.
LIT_ITEMS = """SELECT i.id, i.due_on AS due FROM approvals_checklistitem i
    JOIN projects_project p ON p.id = i.project_id AND p.state IN ({under_way})
    WHERE i.is_running AND NOT i.is_paused AND i.due_on <= %(until)s{area}"""
# While the investor is the one to answer, the office's light rests.
LIT_TICKETS = """SELECT t.id, t.next_due_on AS due, d.tier AS held FROM approvals_ticket t
    JOIN accounts_division d ON d.code = t.division_id
    WHERE t.next_due_on IS NOT NULL AND t.next_due_on <= %(until)s AND t.state IN ({open_states})
    AND NOT (t.state = %(proposed)s AND t.opened_side = %(office)s){area}"""
# Late key points that would be amber, of projects with another late one. They are few: OFFSET keeps the planner from
# reading every late key point instead, MATERIALIZED from calling in workers that take longer to start than it takes.
TWO_LATE = """
WITH unsure AS MATERIALIZED (SELECT m.id, m.project_id FROM projects_milestone m WHERE m.is_open
  AND m.planned_on IS NOT NULL AND m.planned_on >= %(red_before)s AND m.planned_on < %(today)s{area})
SELECT u.id FROM unsure u WHERE EXISTS (SELECT 1 FROM projects_milestone o WHERE o.project_id = u.project_id
  AND o.id <> u.id AND o.is_open AND o.planned_on < %(today)s LIMIT 1 OFFSET 0)
"""


def differences(key: str, bounds: LightThresholds, area: Area) -> list[Difference]:
    """What must be opened, changed or cleared for one rule in one area. One or two statements, writes nothing."""
    two_late = key == MILESTONE and bool(bounds.red_late_nodes)
    named = _values(key, bounds)
    sql = _compare(key, area, named, unsure="?" if two_late else "amber")
    with connection.cursor() as cursor:
        cursor.execute(sql, named)
        rows = cursor.fetchall()
        reddened: set[int] = set()
        if two_late:
            cursor.execute(TWO_LATE.format(area=_named(area, "m", named)), named)
            reddened = {row[0] for row in cursor.fetchall()}
    found = [one for row in rows if (one := _difference(row, bounds, reddened))]
    return sorted(found, key=lambda one: (one.subject_id or 0, one.warning_id or 0))


def expected_tier(
    due_on: date, bounds: LightThresholds, city_code: str, county_code: str, held: int | None = None
) -> int:
    """The tier that must have been told: the row's own, or the one above it once so long overdue.

    `held`: the tier of the division that has it, where that may differ from the place of the row (tickets).
    """
    own = held or (3 if county_code else 2 if city_code else 1)
    told_above = bounds.up_tier_before is not None and due_on < bounds.up_tier_before
    return max(1, own - 1) if told_above else own


def _difference(row: tuple[Any, ...], bounds: LightThresholds, reddened: set[int]) -> Difference | None:
    subject, due, warning, level, warned_due, tier, city, county, held = row
    due = _day(due)
    if subject is None or due is None:
        return Difference(None, None, "", warning)
    if due < bounds.red_before or subject in reddened:
        wanted = "red"
    else:
        wanted = "amber" if due < bounds.today else "blue"
    if warning is None or (level, _day(warned_due)) != (wanted, due):
        return Difference(subject, due, wanted, warning)
    tier_told = tier <= expected_tier(due, bounds, city, county, held)
    return None if tier_told else Difference(subject, due, wanted, warning)


def _values(key: str, bounds: LightThresholds) -> dict[str, Any]:
    return {
        "today": bounds.today,
        "until": max(bounds.blue_until, bounds.today - ONE_DAY),
        "red_before": bounds.red_before,
        "up_before": bounds.up_tier_before or date.min,
        "rule_key": key,
    }


def _compare(key: str, area: Area, named: dict[str, Any], *, unsure: str) -> str:
    warned_area, held, told_less = _named(area, "w", named), "NULL", TOLD_LESS
    # Key points, items and tickets have one rule only each, so its name need not be compared row by row.
    of_rule = ""
    if key == MILESTONE:
        lit, link = LIT_MILESTONES.format(area=_named(area, "m", named)), "milestone_id"
    elif key == ITEM:
        under_way = _listed("state", UNDER_WAY, named)
        lit, link = LIT_ITEMS.format(area=_named(area, "i", named), under_way=under_way), "item_id"
    elif key == TICKET:
        named |= {"proposed": TicketState.PROPOSED.value, "office": Side.OFFICE.value}
        states = _listed("state", OPEN_STATES, named)
        lit, link = LIT_TICKETS.format(area=_named(area, "t", named), open_states=states), "ticket_id"
        held, told_less = "s.held", HOLDER_TOLD_LESS
    else:
        kinds = _listed("kind", DUTY_RULES[key], named)
        lit, link = LIT_DUTIES.format(area=_named(area, "o", named), kinds=kinds), "obligation_id"
        of_rule = " AND w.rule_key = %(rule_key)s"
    return COMPARE.format(
        lit=lit,
        link=link,
        of_rule=of_rule,
        warned_area=warned_area,
        unsure=unsure,
        held=held,
        told_less=told_less,
    )


def _listed(name: str, values: Iterable[str], named: dict[str, Any]) -> str:
    """Placeholders for an IN list, whose values are added to `named`."""
    added = {f"{name}_{n}": str(value) for n, value in enumerate(values)}
    named |= added
    return ", ".join(f"%({one})s" for one in added)


def _named(area: Area, alias: str, named: dict[str, Any]) -> str:
    """The area's condition with named parameters, which are added to `named`."""
    text, values = area.sql(alias)
    for value in values:
        name = f"{alias}{len(named)}"
        named[name] = value
        text = text.replace("%s", f"%({name})s", 1)
    return text


def _day(value: Any) -> date | None:
    """SQLite gives dates of raw SQL as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
