"""Finding what the day changes: one indexed SQL per rule that compares lit rows with the open warnings.

Only differences come back, so a second run of a day writes nothing, and days without a run leave no trace.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from policy.lights import LightThresholds
from supervision.warnings.bounds import DUTY_RULES, MILESTONE, Area


@dataclass(frozen=True, slots=True)
class Difference:
    """A lit row and its open warning, where they differ.

    `subject_id` None: the warning's ground fell away, clear it. `warning_id` None: open one. Else: change it.
    """

    subject_id: int | None
    due_on: date | None
    level: str
    tier: int
    warning_id: int | None


# Two late key points of one project turn its late ones red; asked only for rows that would be amber.
SECOND_LATE = """ WHEN EXISTS (SELECT 1 FROM projects_milestone o WHERE o.project_id = s.project_id AND o.id <> s.id
    AND o.is_open AND o.planned_on < %(today)s) THEN 'red'"""

COMPARE = """
SELECT d.id, d.due, d.level, d.tier, d.wid FROM (
  SELECT s.id, s.due, w.id AS wid, w.level AS wlevel, w.due_on AS wdue, w.tier AS wtier,
    CASE WHEN s.due < %(red_before)s THEN 'red' WHEN s.due >= %(today)s THEN 'blue'{second} ELSE 'amber' END AS level,
    CASE WHEN s.county_code <> '' THEN 3 WHEN s.city_code <> '' THEN 2 ELSE 1 END
      - CASE WHEN s.due < %(up_before)s AND s.city_code <> '' THEN 1 ELSE 0 END AS tier
  FROM ({lit}) s
  FULL JOIN (SELECT w.id, w.{link} AS link, w.level, w.due_on, w.tier FROM supervision_warning w
             WHERE w.cleared_on IS NULL AND w.rule_key = %(rule_key)s{warned_area}) w ON w.link = s.id
) d
WHERE d.id IS NULL OR d.wid IS NULL OR d.wdue <> d.due OR d.wlevel <> d.level OR d.wtier > d.tier
ORDER BY d.id, d.wid
"""
LIT_MILESTONES = """SELECT m.id, m.planned_on AS due, m.project_id, m.city_code, m.county_code
    FROM projects_milestone m WHERE m.is_open AND m.planned_on IS NOT NULL AND m.planned_on <= %(until)s{area}"""
# due_on is never later than the day that counts, so the index on due_on narrows first.
LIT_DUTIES = """SELECT o.id, COALESCE(o.extended_to, o.due_on) AS due, o.city_code, o.county_code
    FROM accounts_obligation o WHERE o.met_on IS NULL AND o.exempt_reason = '' AND o.cancelled_on IS NULL
    AND o.due_on <= %(until)s AND COALESCE(o.extended_to, o.due_on) <= %(until)s AND o.kind IN ({kinds}){area}"""


def statement(key: str, bounds: LightThresholds, area: Area) -> tuple[str, dict[str, Any]]:
    """The SQL that compares the rule's lit rows with its open warnings, and its parameters."""
    named: dict[str, Any] = {
        "today": bounds.today,
        "until": max(bounds.blue_until, bounds.today.fromordinal(bounds.today.toordinal() - 1)),
        "red_before": bounds.red_before,
        "up_before": bounds.up_tier_before or date.min,
        "rule_key": key,
    }
    lit_area, warned_area = _named(area, "m" if key == MILESTONE else "o", named), _named(area, "w", named)
    if key == MILESTONE:
        lit, link = LIT_MILESTONES.format(area=lit_area), "milestone_id"
    else:
        kinds = DUTY_RULES[key]
        named |= {f"kind{n}": kind for n, kind in enumerate(kinds)}
        lit = LIT_DUTIES.format(area=lit_area, kinds=", ".join(f"%(kind{n})s" for n in range(len(kinds))))
        link = "obligation_id"
    second = SECOND_LATE if key == MILESTONE and bounds.red_late_nodes else ""
    return COMPARE.format(second=second, lit=lit, link=link, warned_area=warned_area), named


def _named(area: Area, alias: str, named: dict[str, Any]) -> str:
    text, values = area.sql(alias)
    for value in values:
        name = f"{alias}{len(named)}"
        named[name] = value
        text = text.replace("%s", f"%({name})s", 1)
    return text


def differences(key: str, bounds: LightThresholds, area: Area) -> list[Difference]:
    """What must be opened, changed or cleared for one rule in one area. One statement, writes nothing."""
    sql, named = statement(key, bounds, area)
    with connection.cursor() as cursor:
        cursor.execute(sql, named)
        rows = cursor.fetchall()
    return [Difference(row[0], _day(row[1]), row[2], row[3], row[4]) for row in rows]


def _day(value: Any) -> date | None:
    """SQLite gives dates of raw SQL as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
