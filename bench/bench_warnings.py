"""The day's warning scan over 700,000 milestones against the SQL it rests on.

    python -m bench warnings

ours     `supervision.warnings.scan.differences` for the rule of key points: the day's bounds from regime and calendar,
         lit milestones compared with open warnings, rows as Python values. This is a whole scan with nothing to write
floor    counting the open milestones by light on the stored date, one raw SQL on the partial index (reliability.md B-4)
own SQL  the statements of ours sent as they are, without any Python around them
peer     the open key points as objects, each one's light found in Python

Before measuring, ours is compared with one plain SQL that asks the same question three days later.
"""

from datetime import date, datetime, timedelta
from typing import Any

from bench import _harness, _province
from bench._harness import Line

# The question of the scan in one statement, for comparing answers: slower, because it asks per row.
CHECK = """
SELECT m.id, m.planned_on, m.want, m.tier, w.id
FROM (
  SELECT m.id, m.planned_on,
    CASE WHEN m.planned_on < %(red)s THEN 'red' WHEN m.planned_on >= %(today)s THEN 'blue'
      WHEN EXISTS (SELECT 1 FROM projects_milestone o WHERE o.project_id = m.project_id AND o.id <> m.id
                   AND o.is_open AND o.planned_on < %(today)s) THEN 'red' ELSE 'amber' END AS want,
    CASE WHEN m.planned_on < %(up)s THEN 2 ELSE 3 END AS tier
  FROM projects_milestone m
  WHERE m.is_open AND m.planned_on IS NOT NULL AND m.planned_on <= %(until)s
) m
FULL JOIN (SELECT id, milestone_id, level, due_on, tier FROM supervision_warning
           WHERE cleared_on IS NULL AND rule_key = 'milestone_light') w ON w.milestone_id = m.id
WHERE m.id IS NULL OR w.id IS NULL OR w.level <> m.want OR w.due_on <> m.planned_on OR w.tier > m.tier
"""
FLOOR = """
SELECT CASE WHEN planned_on < %(red)s THEN 'red' WHEN planned_on < %(today)s THEN 'amber'
            WHEN planned_on <= %(until)s THEN 'blue' ELSE 'none' END, count(*)
FROM projects_milestone WHERE is_open AND planned_on IS NOT NULL GROUP BY 1
"""


def run(*, quick: bool = False) -> list[Line]:
    """Fill, light everything once, then measure."""
    from accounts.clock import BUSINESS_ZONE
    from policy.services import current_calendar
    from supervision.warnings import scan
    from supervision.warnings.bounds import MILESTONE, areas, bounds_for, rule_for
    from supervision.warnings.scan import Difference

    milestones = _province.fill(_province.QUICK if quick else _province.FULL)
    at = datetime.combine(_province.DAY, datetime.min.time(), BUSINESS_ZONE).replace(hour=9)
    on = at.date()
    light_everything(at, milestones)
    (area,) = areas()
    rule = rule_for(area.regime, MILESTONE, on)
    if rule is None:
        raise LookupError("the regime has no rule for key points")

    def ours(day: date = on) -> list[Difference]:
        return scan.differences(MILESTONE, bounds_for(rule, day, current_calendar()), area)

    def raw(sql: str, day: date = on) -> list[Any]:
        from django.db import connection

        bounds = bounds_for(rule, day, current_calendar())
        named = {"red": bounds.red_before, "up": bounds.up_tier_before, "unsure": ""}
        with connection.cursor() as cursor:
            cursor.execute(sql, named | scan._values(MILESTONE, bounds))
            return cursor.fetchall()

    compare = scan._compare(MILESTONE, area, {}, unsure="?")
    two_late = scan.TWO_LATE.format(area="")
    later = on + timedelta(days=3)
    differ = [(one.subject_id, one.warning_id) for one in ours(later)]
    if sorted(differ) != sorted((row[0], row[4]) for row in raw(CHECK, later)) or not differ:
        raise AssertionError("ours and the plain SQL do not answer the same")
    _harness.tell(f"warnings: three days later the scan finds {len(differ):,} changes")
    rounds = 7 if quick else 15
    took = _harness.measure(
        {
            "ours": ours,
            "floor": lambda: raw(FLOOR),
            "own": lambda: (raw(compare), raw(two_late)),
            "peer": lambda: by_objects(bounds_for(rule, on, current_calendar())),
        },
        rounds=rounds,
        seldom={"peer": 1},
    )
    return [
        Line(
            f"day's warning scan, {milestones:,} key points",
            took["ours"],
            took["peer"],
            took["floor"],
            at_most=1.1,
        ),
        Line("  against its own SQL", took["ours"], None, took["own"]),
    ]


def light_everything(at: datetime, milestones: int) -> None:
    """The first scan opens the warnings, the second must find nothing to write."""
    from django.db import connection

    from supervision.warnings import services
    from supervision.warnings.models import Warning

    first, second = services.scan(at), services.scan(at)
    if second:
        raise AssertionError(f"the second scan of the day wrote {second}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    lit = Warning.objects.open().count()
    _harness.tell(f"warnings: {milestones:,} key points, {lit:,} lit; first scan wrote {first}")


def by_objects(bounds: Any) -> dict[str, int]:
    """Objects and a light each, as one would write it first; the rule of two late key points left out."""
    from policy.lights import light_for
    from projects.models import Milestone

    found: dict[str, int] = {}
    for point in Milestone.objects.filter(is_open=True).iterator(5000):
        light = light_for(point.planned_on, bounds)
        found[light] = found.get(light, 0) + 1
    return found


if __name__ == "__main__":
    _harness.begin()
    print(_harness.table(run()))
