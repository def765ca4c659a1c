"""The day's scan over 1,000,000 open deadlines of four kinds against the one indexed SQL under it.

    python -m bench deadlines

ours     `supervision.warnings.services.scan`, whole, on a day already scanned: every rule of the regime compared with the
         open warnings, silence and lapsed answers looked for, nothing to write
floor    one raw SQL on the partial indexes: open key points, duties, items and matters counted by light on the stored
         date (as in the bench of key points alone, reliability.md B-4); it compares with no warning
lit      the same statement for what is lit alone, the least that must be read at all
next day the same scan the morning after, read alone: what changed overnight, as Python values
peer     every open deadline as an object, its light found in Python and compared with the warning it has

Before measuring, what ours finds three days later is compared with what the peer finds.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from bench import _deadlines, _harness, _province
from bench._harness import Line
from bench.bench_warnings import light_everything

_LIGHT = (
    "CASE WHEN {0} < %({1}_red)s THEN 'red' WHEN {0} < %(today)s THEN 'amber' "
    "WHEN {0} <= %({1}_until)s THEN 'blue' ELSE 'none' END"
)
_FLOOR = f"""
SELECT kind, light, count(*) FROM (
  SELECT 'milestone' AS kind, {_LIGHT.format("planned_on", "milestone")} AS light FROM projects_milestone
    WHERE is_open AND planned_on IS NOT NULL{{milestone}}
  UNION ALL SELECT 'duty', {_LIGHT.format("COALESCE(extended_to, due_on)", "duty")} FROM accounts_obligation
    WHERE met_on IS NULL AND exempt_reason = '' AND cancelled_on IS NULL{{duty}}
  UNION ALL SELECT 'item', {_LIGHT.format("due_on", "item")} FROM approvals_checklistitem
    WHERE is_running AND NOT is_paused{{item}}
  UNION ALL SELECT 'matter', {_LIGHT.format("due_on", "matter")} FROM supervision_matter
    WHERE state IN ('issued', 'working', 'returned'){{matter}}
) lit GROUP BY 1, 2
"""
_LIT_ONLY = {
    "milestone": " AND planned_on <= %(milestone_until)s",
    "duty": " AND due_on <= %(duty_until)s",
    "item": " AND due_on <= %(item_until)s",
    "matter": " AND due_on <= %(matter_until)s",
}
PLAIN = "SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0"
FLOOR = _FLOOR.format(**dict.fromkeys(_LIT_ONLY, ""))
LIT_ALONE = _FLOOR.format(**_LIT_ONLY)


def run(*, quick: bool = False) -> list[Line]:
    """Fill, light everything once, then measure."""
    from supervision.warnings import services

    open_rows = _deadlines.fill(quick=quick)
    total = sum(open_rows.values())
    _harness.tell("deadlines: " + ", ".join(f"{number:,} {name}" for name, number in open_rows.items()))
    at = datetime.combine(_province.DAY, datetime.min.time(), _zone()).replace(hour=9)
    light_everything(at, total)
    later = at + timedelta(days=3)
    found, plain = changes(later.date()), by_objects(later.date())
    if found != plain or not found:
        missing, more = sorted(plain - found)[:3], sorted(found - plain)[:3]
        raise AssertionError(f"ours and the peer differ: only the peer {missing}, only ours {more}")
    _harness.tell(f"deadlines: three days later the scan finds {len(found):,} changes")
    if services.scan(at):
        raise AssertionError("a scan of a scanned day wrote something")
    took = _harness.measure(
        {
            "ours": lambda: services.scan(at),
            "floor": lambda: raw(FLOOR, at.date()),
            "lit": lambda: raw(LIT_ALONE, at.date()),
            "next": lambda: changes(at.date() + timedelta(days=1)),
            "peer": lambda: by_objects(at.date()),
        },
        rounds=5 if quick else 9,
        seldom={"peer": 1},
    )
    _deadlines.clear()
    return [
        Line(f"day's scan, {total:,} open deadlines", took["ours"], took["peer"], took["floor"], at_most=3),
        Line("  against the lit rows alone", took["ours"], None, took["lit"]),
        Line("  the morning after, changes read", took["next"], None, took["floor"], at_most=3),
    ]


def _zone() -> Any:
    from accounts.clock import BUSINESS_ZONE

    return BUSINESS_ZONE


def raw(sql: str, on: date) -> list[Any]:
    """One raw SQL with the bounds of the rules as plain days (for duties of the rule with the longest notice).

    Without compiling it or calling workers, as the scan does it.
    """
    from django.db import connection, transaction

    from policy.services import current_calendar
    from supervision.warnings.bounds import DUTY_RULES, ITEM, MATTER, MILESTONE, areas, bounds_for, rule_for

    (area,) = areas()
    named: dict[str, Any] = {"today": on}
    for name, keys in {
        "milestone": [MILESTONE],
        "duty": DUTY_RULES,
        "item": [ITEM],
        "matter": [MATTER],
    }.items():
        rules = [rule for key in keys if (rule := rule_for(area.regime, key, on))]
        bounds = [bounds_for(rule, on, current_calendar()) for rule in rules]
        named[f"{name}_until"] = max(one.blue_until for one in bounds)
        named[f"{name}_red"] = max(one.red_before for one in bounds)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLAIN)
        cursor.execute(sql, named)
        return cursor.fetchall()


def changes(on: date) -> set[tuple[str, int, str]]:
    """(subject, id, light) of everything the scan of `on` would open or change. Reads, writes nothing."""
    from django.db import connection, transaction

    from policy.services import current_calendar
    from supervision.warnings.bounds import RULES, areas, bounds_for, rule_for
    from supervision.warnings.lit import LIT
    from supervision.warnings.scan import all_differences

    (area,) = areas()
    rules = {key: rule for key in RULES if (rule := rule_for(area.regime, key, on))}
    bounds = {key: bounds_for(rule, on, current_calendar()) for key, rule in rules.items()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLAIN)
        return {
            (LIT[key].subject, one.subject_id or 0, one.level)
            for key, found in all_differences(bounds, area)
            for one in found
        }


def by_objects(on: date) -> set[tuple[str, int, str]]:
    """The same as one would write it first: objects and a light each."""
    from policy.lights import Light, light_for
    from policy.services import current_calendar
    from supervision.warnings.bounds import areas, bounds_for, rule_for
    from supervision.warnings.models import Warning

    (area,) = areas()
    held = {
        (row.rule_key, row.subject_key): row for row in Warning.objects.filter(cleared_on=None).iterator(5000)
    }
    bounds: dict[str, Any] = {}
    found = set()
    for key, name, pk, due, second, codes in _open_rows():
        if key not in bounds:
            rule = rule_for(area.regime, key, on)
            bounds[key] = bounds_for(rule, on, current_calendar()) if rule else None
        if bounds[key] is None or (light := light_for(due, bounds[key], second_due_on=second)) is Light.NONE:
            continue
        row, up = held.get((key, f"{name}:{pk}")), bounds[key].up_tier_before
        own = 3 if codes[2] else 2 if codes[1] else 1
        tier = max(1, own - 1) if up is not None and due < up else own
        if row is None or (row.level, row.due_on) != (light, due) or row.tier > tier:
            found.add((name, pk, str(light)))
    return found


def _open_rows() -> Iterator[tuple[str, str, int, date | None, date | None, tuple[str, str, str]]]:
    """(rule, subject, id, day, second late day of its project, codes) of all that is open, an object each."""
    from accounts.models import Obligation
    from approvals.models import ChecklistItem
    from projects.models import Milestone
    from supervision.matters.models import RUNNING_STATES, Matter
    from supervision.warnings.bounds import DUTY_RULES, ITEM, MATTER, MILESTONE

    rule_of = {kind: key for key, kinds in DUTY_RULES.items() for kind in kinds}
    points = Milestone.objects.filter(is_open=True, planned_on__isnull=False).select_related("project")
    for point in points.iterator(5000):
        second = point.project.second_due_on
        yield MILESTONE, "milestone", point.pk, point.planned_on, second, _codes(point)
    for duty in Obligation.objects.open().iterator(5000):
        yield rule_of[duty.kind], "obligation", duty.pk, duty.last_day, None, _codes(duty)
    items = ChecklistItem.objects.running().filter(is_paused=False).select_related("project")
    for item in items.iterator(5000):
        yield ITEM, "item", item.pk, item.due_on, None, _codes(item)
    for matter in Matter.objects.filter(state__in=RUNNING_STATES).iterator(5000):
        yield MATTER, "matter", matter.pk, matter.due_on, None, _codes(matter)


def _codes(row: Any) -> tuple[str, str, str]:
    return row.province_code, row.city_code, row.county_code


if __name__ == "__main__":
    _harness.begin()
    print(_harness.table(run()))
