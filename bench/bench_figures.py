"""The month's figures of the province at 100,000 projects × 7 key points, against two raw GROUP BYs.

    python -m bench figures

live     `reporting.reports.live.collect_for` for the province: 15 figures by county from the live rows, cities and the
         province added up in Python
floor    two raw statements with the same conditions, grouped by county, without anything around them
frozen   `reporting.reports.snapshots.figures_of`: the same figures once a report froze its rows, which is what every
         published figure is read from; against one raw GROUP BY of those rows
peer     the usual way: objects with `prefetch_related`, counted in Python (one of the figures, one round, with --quick only)
"""

from datetime import date
from typing import Any

from bench import _harness, _province
from bench._harness import Line

FIRST, CUT_OFF = date(2026, 10, 1), date(2026, 10, 23)
PROVINCE = "230000"

COUNTED = (
    "{p}signed_on <= %(cut)s AND {p}contract_kind IN ('contract', 'agreement') AND {p}state <> 'merged' "
    "AND ({p}ended_on IS NULL OR {p}ended_on > %(cut)s)"
)
BASE = COUNTED.format(p="")
LATE = "state = 'active' AND NOT paused AND next_due_on"
PROJECTS = f"""
SELECT city_code, county_code, count(*) FILTER (WHERE {BASE}), sum(contract_amount_yuan) FILTER (WHERE {BASE}),
  count(*) FILTER (WHERE {BASE} AND signed_on >= %(first)s),
  sum(contract_amount_yuan) FILTER (WHERE {BASE} AND signed_on >= %(first)s),
  sum(invested_total_yuan) FILTER (WHERE {BASE}),
  count(*) FILTER (WHERE state IN ('terminated', 'withdrawn') AND ended_on <= %(cut)s),
  count(*) FILTER (WHERE {BASE} AND {LATE} < %(today)s AND (next_due_on < %(red)s OR second_due_on < %(today)s)),
  count(*) FILTER (WHERE {BASE} AND {LATE} < %(today)s AND next_due_on >= %(red)s
    AND (second_due_on >= %(today)s OR second_due_on IS NULL))
FROM projects_project WHERE province_code = %(province)s GROUP BY city_code, county_code
"""
POINTS = f"""
SELECT m.city_code, m.county_code,
  count(*) FILTER (WHERE m.code = 'company_setup' AND (m.reached_on <= %(cut)s OR p.invested_total_yuan > 0)),
  count(*) FILTER (WHERE m.code = 'construction_start' AND m.reached_on <= %(cut)s),
  count(*) FILTER (WHERE m.code = 'completion_acceptance' AND m.reached_on <= %(cut)s),
  count(*) FILTER (WHERE m.code = 'production' AND m.reached_on <= %(cut)s),
  count(*) FILTER (WHERE m.code = 'construction_start' AND m.planned_on <= %(cut)s),
  count(*) FILTER (WHERE m.code = 'construction_start' AND m.planned_on <= %(cut)s AND m.reached_on <= %(cut)s),
  count(*) FILTER (WHERE m.actual_on <= %(cut)s AND m.planned_on IS NOT NULL),
  count(*) FILTER (WHERE m.actual_on <= %(cut)s AND m.actual_on <= m.planned_on)
FROM projects_milestone m JOIN projects_project p ON p.id = m.project_id
WHERE m.province_code = %(province)s AND {COUNTED.format(p="p.")} GROUP BY m.city_code, m.county_code
"""
FROZEN = """
SELECT city_code, county_code, count(*) FILTER (WHERE counted), sum(contract_amount_yuan) FILTER (WHERE counted),
  count(*) FILTER (WHERE counted AND signed_in_period),
  sum(contract_amount_yuan) FILTER (WHERE counted AND signed_in_period),
  sum(invested_total_yuan) FILTER (WHERE counted),
  count(*) FILTER (WHERE counted AND fulfilled), count(*) FILTER (WHERE counted AND started),
  count(*) FILTER (WHERE counted AND completed), count(*) FILTER (WHERE counted AND produced),
  count(*) FILTER (WHERE counted AND start_planned), count(*) FILTER (WHERE counted AND started_of_planned),
  sum(points_done) FILTER (WHERE counted), sum(points_on_time) FILTER (WHERE counted),
  count(*) FILTER (WHERE lost), count(*) FILTER (WHERE counted AND light = 'red'),
  count(*) FILTER (WHERE counted AND light = 'amber')
FROM reporting_snapshotrow WHERE snapshot_id = %(snapshot)s GROUP BY city_code, county_code
"""
# Figures in the order of the columns above.
OF_PROJECTS = ("signed", "signed_amount_yuan", "new_signed", "new_signed_amount_yuan", "in_place_yuan", "lost", "red",
               "amber")  # fmt: skip
OF_POINTS = ("fulfilled", "started", "completed", "produced", "start_planned", "started_of_planned", "points_finished",
             "points_on_time")  # fmt: skip


def run(*, quick: bool = False) -> list[Line]:
    from accounts.models import Posting, User
    from accounts.permissions import Role
    from projects.lights import thresholds
    from reporting.reports import live, snapshots
    from reporting.reports.figures import Figures

    _province.fill(_province.QUICK if quick else _province.FULL)
    user, made = User.objects.get_or_create(username="bench-province", defaults={"full_name": "省级监管"})
    if made:
        Posting.objects.create(
            user=user, role=Role.COMPETENT_OFFICE, division_id=PROVINCE, valid_from=date(2020, 1, 1)
        )
    bounds = thresholds(_province.DAY)
    named = {
        "cut": CUT_OFF,
        "first": FIRST,
        "today": bounds.today,
        "red": bounds.red_before,
        "province": PROVINCE,
    }

    def ours() -> Figures:
        found = live.collect_for(user, first=FIRST, cut_off=CUT_OFF, thresholds=bounds)
        return Figures.total(live.by_city(found).values())

    def raw() -> tuple[list[Any], list[Any]]:
        return fetch(PROJECTS, named), fetch(POINTS, named)

    total, (projects, points) = ours(), raw()
    plain = added(OF_PROJECTS, projects) | added(OF_POINTS, points)
    if {name: getattr(total, name) for name in plain} != plain or not total.started:
        raise AssertionError("ours and the raw statements do not count the same")
    count = _harness.statements_of(ours)
    _harness.tell(
        f"figures: {total.signed:,} projects counted, {total.points_finished:,} key points finished"
    )
    rounds = 5 if quick else 9
    candidates = {"ours": ours, "floor": raw}
    if quick:  # at full size it takes minutes, and nothing is promised about it
        candidates["peer"] = lambda: by_objects(user)
    took = _harness.measure(candidates, rounds=rounds, seldom={"peer": 1})
    snapshot = freeze(bounds)
    held = {"snapshot": snapshot.pk}
    frozen = _harness.measure(
        {"ours": lambda: snapshots.figures_of(snapshot), "floor": lambda: fetch(FROZEN, held)}, rounds=rounds
    )
    return [
        Line("month's figures, live", took["ours"], took.get("peer"), took["floor"], at_most=1.2),
        Line("  statements", count=count, most=6),
        Line("month's figures, frozen rows", frozen["ours"], None, frozen["floor"], at_most=1.2),
    ]


def by_objects(user: Any) -> int:
    """One figure of the fifteen in the way of objects: started projects among the signed ones."""
    from projects.models import Project

    started = 0
    for project in Project.objects.visible_to(user).prefetch_related("milestones").iterator(2000):
        started += any(point.reached_on is not None for point in project.milestones.all())
    return started


def freeze(bounds: Any) -> Any:
    """A snapshot of the province as a report of the month makes it."""
    from django.db import connection

    from accounts import clock
    from reporting.reports import snapshots
    from reporting.reports.models import Snapshot

    Snapshot.objects.filter(province_code=PROVINCE).delete()
    snapshot = Snapshot.objects.create(
        province_code=PROVINCE, period="2026-10", cut_off_on=CUT_OFF, compiled_at=clock.now()
    )
    snapshots.fill(snapshot, first=FIRST, thresholds=bounds)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reporting_snapshotrow")
    return snapshot


def added(names: tuple[str, ...], rows: list[Any]) -> dict[str, int]:
    return {name: sum(int(row[n] or 0) for row in rows) for n, name in enumerate(names, start=2)}


def fetch(sql: str, named: dict[str, Any]) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, named)
        return cursor.fetchall()


if __name__ == "__main__":
    _harness.begin()
    print(_harness.table(run()))
