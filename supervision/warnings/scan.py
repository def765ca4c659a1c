"""Finding what the day changes: one indexed SQL per kind of row that compares lit rows with the open warnings.

Only differences come back, so a second run of a day writes nothing, and days without a run leave no trace.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from policy.calendar import ONE_DAY
from policy.lights import LightThresholds
from supervision.warnings.bounds import DUTY_RULES, MILESTONE, Area
from supervision.warnings.lit import LIT, STATES, UNDER_WAY_SQL


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
SELECT s.id, s.due, w.id, w.level, w.due_on, w.tier, w.city_code, w.county_code, {held}, {rule}
FROM ({lit}) s
FULL JOIN (SELECT w.id, w.{link} AS link, w.level, w.due_on, w.tier, w.city_code, w.county_code, w.rule_key
           FROM supervision_warning w
           WHERE w.cleared_on IS NULL AND w.{link} IS NOT NULL{of_rule}{warned_area}) w ON w.link = s.id
WHERE s.id IS NULL OR w.id IS NULL OR w.due_on <> s.due
  OR w.level <> CASE WHEN s.due < {red_before} THEN 'red' WHEN s.due >= %(today)s THEN 'blue' ELSE '{unsure}' END
  OR {told_less}
"""
TOLD_LESS = "(s.due < {up_before} AND w.tier > CASE WHEN w.county_code <> '' THEN 2 ELSE 1 END)"
# A ticket belongs to the tier of its holder: taken up to the city, the city's office is told first, then the province's.
HOLDER_TOLD_LESS = "w.tier > s.held - CASE WHEN s.due < %(up_before)s AND s.held > 1 THEN 1 ELSE 0 END"
# Late key points that would be amber, of projects with another late one. They are few: OFFSET keeps the planner from
# reading every late key point instead, MATERIALIZED from calling in workers that take longer to start than it takes.
TWO_LATE = """
WITH unsure AS MATERIALIZED (SELECT m.id, m.project_id FROM projects_milestone m WHERE m.is_open
  AND m.planned_on IS NOT NULL AND m.planned_on >= %(red_before)s AND m.planned_on < %(today)s{area})
SELECT u.id FROM unsure u WHERE EXISTS (SELECT 1 FROM projects_milestone o WHERE o.project_id = u.project_id
  AND o.id <> u.id AND o.is_open AND o.planned_on < %(today)s LIMIT 1 OFFSET 0)
"""


def all_differences(bounds: dict[str, LightThresholds], area: Area) -> Iterator[tuple[str, list[Difference]]]:
    """(rule, what it must open, change or clear) for every rule of `bounds` in one area, duties read together."""
    duties = {key: days for key, days in bounds.items() if key in DUTY_RULES}
    found = duty_differences(duties, area) if duties else {}
    for key, days in bounds.items():
        yield key, found.get(key, []) if key in duties else differences(key, days, area)


def duty_differences(bounds: dict[str, LightThresholds], area: Area) -> dict[str, list[Difference]]:
    """Differences of all rules about duties, by rule. One statement, writes nothing."""
    days = list(bounds.values())
    named = {
        "today": days[0].today,
        "until": max(max(one.blue_until, one.today - ONE_DAY) for one in days),
    }
    rules = [
        f"SELECT {_named_row(key, kind, one, named)}"
        for key, one in bounds.items()
        for kind in DUTY_RULES[key]
    ]
    lit = LIT[next(iter(bounds))]
    warned = _named(area, "w", named)
    sql = COMPARE.format(
        lit=lit.sql.format(rules=" UNION ALL ".join(rules), area=_named(area, lit.alias, named)),
        link="obligation_id",
        of_rule=f" AND w.rule_key IN ({_listed('rule', bounds, named)})",
        warned_area=warned,
        unsure="amber",
        held="NULL",
        rule="COALESCE(s.rule_key, w.rule_key)",
        red_before="s.red_before",
        told_less=TOLD_LESS.format(up_before="s.up_before"),
    )
    found: dict[str, list[Difference]] = {key: [] for key in bounds}
    with connection.cursor() as cursor:
        cursor.execute(sql, named)
        for row in cursor.fetchall():
            key = row[9]
            if one := _difference(row, bounds[key], set()):
                found[key].append(one)
    return {key: _sorted(some) for key, some in found.items()}


def _named_row(key: str, kind: str, bounds: LightThresholds, named: dict[str, Any]) -> str:
    """One kind of duty with its rule and days, as a row of parameters added to `named`."""
    values = {
        "kind": kind,
        "rule_key": key,
        "until": max(bounds.blue_until, bounds.today - ONE_DAY),
        "red_before": bounds.red_before,
        "up_before": bounds.up_tier_before or date.min,
    }
    parts = []
    for name, value in values.items():
        named[f"{name}_{kind}"] = value
        text = "CAST(%({0})s AS {1})" if connection.vendor == "postgresql" else "%({0})s"
        parts.append(
            text.format(f"{name}_{kind}", "date" if isinstance(value, date) else "text") + f" AS {name}"
        )
    return ", ".join(parts)


def _sorted(found: Iterable[Difference]) -> list[Difference]:
    return sorted(found, key=lambda one: (one.subject_id or 0, one.warning_id or 0))


def differences(key: str, bounds: LightThresholds, area: Area) -> list[Difference]:
    """What must be opened, changed or cleared for one rule in one area. One or two statements, writes nothing."""
    if key in DUTY_RULES:
        return duty_differences({key: bounds}, area)[key]
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
    return _sorted(one for row in rows if (one := _difference(row, bounds, reddened)))


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
    subject, due, warning, level, warned_due, tier, city, county, held, _rule = row
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
    lit = LIT[key]
    warned_area = _named(area, "w", named)
    named |= lit.fixed
    lists = {name: _listed(name, values, named) for name, values in lit.lists.items()}
    if lit.under_way:
        lists["under_way"] = UNDER_WAY_SQL.format(alias=lit.alias, states=_listed("state", STATES, named))
    return COMPARE.format(
        lit=lit.sql.format(area=_named(area, lit.alias, named), **lists),
        link=f"{lit.subject}_id",
        of_rule="" if lit.alone else " AND w.rule_key = %(rule_key)s",
        warned_area=warned_area,
        unsure=unsure,
        held="s.held" if lit.held else "NULL",
        rule="NULL",
        red_before="%(red_before)s",
        told_less=HOLDER_TOLD_LESS if lit.held else TOLD_LESS.format(up_before="%(up_before)s"),
    )


def _listed(name: str, values: Iterable[str], named: dict[str, Any]) -> str:
    """Placeholders for an IN list, whose values are added to `named`."""
    added = {f"{name}_{n}": value for n, value in enumerate(values)}
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
