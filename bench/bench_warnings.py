"""The day's warning scan over 700,000 milestones against the SQL it rests on, in one run on PostgreSQL.

    python -m bench.bench_warnings

ours     `supervision.warnings.scan.differences` for the rule of key points: the day's bounds from regime and calendar,
         lit milestones compared with open warnings, rows as Python values. This is a whole scan with nothing to write
floor    counting the open milestones by light on the stored date, one raw SQL on the partial index (reliability.md B-4)
raw      the statements of ours sent as they are, without any Python around them

Before measuring, ours is compared with one plain SQL that asks the same question three days later.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

PROJECTS = int(os.environ.get("BENCH_PROJECTS", "100000"))
ROUNDS = 15
DAY = "2026-10-23"
TARGET = 1.1

# Projects spread over counties and three years; a past key point is done in 92 of 100 cases.
FILL_PROJECTS = """
INSERT INTO projects_project (number, investment_code, name, initials, investor, division_id, province_code, city_code,
  county_code, place, contract_kind, contract_amount_yuan, signed_on, signed_precision, industry_section, industry_4567,
  industry_text, content, is_major, major_reason, state, end_reason, filed_on, invested_total_yuan,
  invested_month_yuan, reported_period, progress_text, problem_text, lead_department, paused, version, created_at,
  updated_at)
SELECT 'B-' || lpad(n::text, 8, '0'), '', '压测项目' || n, '', '', d.code, d.province_code, d.city_code, d.county_code,
  '', 'contract', 100000000 + n * 1000, DATE '2023-10-01' + (n * 7919 %% 1100), 'day', 'C', '', '', '', false, '',
  'active', '', NULL, 0, 0, '', '', '', '', false, 1, now(), now()
FROM generate_series(1, %(projects)s) n
JOIN (SELECT *, row_number() OVER (ORDER BY code) - 1 AS place_no, count(*) OVER () AS places
      FROM accounts_division WHERE tier = 3) d ON d.place_no = n %% d.places
"""
FILL_MILESTONES = """
INSERT INTO projects_milestone (project_id, code, position, baseline_on, planned_on, actual_on, {reached}
  actual_precision, responsible, delay_party, delay_reason, is_open, province_code, city_code, county_code)
SELECT x.project_id, x.code, x.position, x.planned, x.planned, CASE WHEN x.done THEN x.planned END,
  {reached_value} 'day', '', '', '', NOT x.done, x.province_code, x.city_code, x.county_code
FROM (SELECT p.id AS project_id, p.province_code, p.city_code, p.county_code, c.code, c.position,
        p.signed_on + (c.position * 110 + (p.id * 31 + c.position * 17) %% 90)::int AS planned,
        p.signed_on + (c.position * 110 + (p.id * 31 + c.position * 17) %% 90)::int < DATE '{day}'
          AND (p.id * 7919 + c.position * 104729) %% 100 < 92 AS done
      FROM projects_project p
      CROSS JOIN (SELECT unnest(%(codes)s::text[]) AS code, generate_series(1, 7) AS position) c
      WHERE p.number LIKE 'B-%%') x
"""
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


def fill() -> int:
    """Make the data once; return the number of milestones."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from projects.models import Milestone, MilestoneCode

    call_command("migrate", verbosity=0)
    call_command("seed_calendar", verbosity=0)
    call_command("load_divisions", verbosity=0)
    if Milestone.objects.count() < PROJECTS * 7:
        columns = {field.column for field in Milestone._meta.concrete_fields}
        reached = "reached_on" in columns
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FILL_PROJECTS, {"projects": PROJECTS})
            sql = FILL_MILESTONES.format(
                day=DAY,
                reached="reached_on," if reached else "",
                reached_value="CASE WHEN x.done THEN x.planned END," if reached else "",
            )
            cursor.execute(sql, {"codes": list(MilestoneCode.values)})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Milestone.objects.count()


def run() -> dict[str, Any]:
    """Fill, light everything once, then measure. Returns medians in milliseconds and their ratios."""
    import django

    django.setup()
    from django.db import connection

    from accounts.clock import BUSINESS_ZONE
    from policy.services import current_calendar
    from supervision.warnings import scan, services
    from supervision.warnings.bounds import MILESTONE, areas, bounds_for, rule_for
    from supervision.warnings.models import Warning
    from supervision.warnings.scan import Difference

    milestones = fill()
    at = datetime.fromisoformat(f"{DAY}T09:00:00").replace(tzinfo=BUSINESS_ZONE)
    on = at.date()
    started = time.perf_counter()
    first = services.scan(at)
    first_seconds = time.perf_counter() - started
    second = services.scan(at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    (area,) = areas()
    rule = rule_for(area.regime, MILESTONE, on)
    if rule is None:
        raise LookupError("the regime has no rule for key points")

    def ours(day: date = on) -> list[Difference]:
        return scan.differences(MILESTONE, bounds_for(rule, day, current_calendar()), area)

    def raw(sql: str, day: date = on) -> list[Any]:
        bounds = bounds_for(rule, day, current_calendar())
        named = {"red": bounds.red_before, "up": bounds.up_tier_before, "unsure": ""}
        with connection.cursor() as cursor:
            cursor.execute(sql, named | scan._values(MILESTONE, bounds))
            return cursor.fetchall()

    compare = scan._compare(MILESTONE, area, {}, unsure="?")
    later = on + timedelta(days=3)
    differ = [(one.subject_id, one.warning_id) for one in ours(later)]
    if sorted(differ) != sorted((row[0], row[4]) for row in raw(CHECK, later)) or not differ:
        raise AssertionError("ours and the plain SQL do not answer the same")
    took = measure(
        {
            "ours": ours,
            "floor": lambda: raw(FLOOR),
            "raw": lambda: (raw(compare), raw(scan.TWO_LATE.format(area=""))),
        }
    )
    return {
        "milestones": milestones,
        "open_warnings": Warning.objects.open().count(),
        "first_scan": first,
        "first_scan_s": round(first_seconds, 2),
        "second_scan": second,
        **{f"{name}_ms": round(value * 1000, 2) for name, value in took.items()},
        "ratio": round(took["ours"] / took["floor"], 3),
        "to_raw": round(took["ours"] / took["raw"], 3),
        "later": len(differ),
        "target": TARGET,
        "held": took["ours"] <= TARGET * took["floor"] and not second,
    }


def measure(candidates: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Median seconds of each, interleaved, after one warm round."""
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for round_number in range(ROUNDS + 1):
        for name, candidate in candidates.items():
            started = time.perf_counter()
            candidate()
            if round_number:
                taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in taken.items()}


def main() -> int:
    found = run()
    print(f"warning scan, {found['milestones']:,} milestones, {found['open_warnings']:,} lit")
    print(f"  first scan {found['first_scan_s']} s wrote {found['first_scan']}")
    print(f"  second scan of the day wrote {found['second_scan'] or 'nothing'}")
    print(
        f"  ours {found['ours_ms']} ms : floor {found['floor_ms']} ms = {found['ratio']} (target {TARGET}); "
        f"its own statements raw {found['raw_ms']} ms, ours {found['to_raw']} of it; "
        f"three days later it finds {found['later']:,} changes"
    )
    return 0 if found["held"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
