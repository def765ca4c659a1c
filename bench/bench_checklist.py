"""The work lists of approvals and assistance at 20,000 projects with 600,000 approval items and 60,000 tickets.

    python -m bench checklist

list     the running items somebody may see: how many, and the 20 that are due first, with project and office
  ours     `approvals.checklist.queries`: the scope, the saved view, the order of the list
  floor    the same rows and the count by two raw statements
figures  how many of each saved view, against one raw statement
page     the real list of items and of tickets through the test client, against a signed-in page with the frame alone
scan     the hourly look for items whose light changed, with nothing to write, against counting the running items by light

Before measuring, ours and the raw SQL are compared.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from unittest import mock

from bench import _assist, _harness, _province
from bench._harness import Line
from bench.bench_list import addresses, fetch

ROWS = 20
# tier → (division, column of its code)
TIERS = {
    "province": ("230000", "province_code"),
    "city": ("230100", "city_code"),
    "county": ("230102", "county_code"),
}
RUNNING = """
FROM approvals_checklistitem i JOIN projects_project p ON p.id = i.project_id
WHERE i.is_running AND p.state IN ('active', 'done') AND (i.{code} = %(code)s OR i.window_id = %(code)s)
"""
COUNT = f"SELECT count(*) {RUNNING}"
FIRST = f"""
SELECT f.id, p.*, d.* FROM (SELECT i.id, i.project_id, i.department_id, i.due_on {RUNNING}
  ORDER BY i.due_on, i.id LIMIT {ROWS}) f
JOIN projects_project p ON p.id = f.project_id LEFT JOIN accounts_department d ON d.id = f.department_id
ORDER BY f.due_on, f.id
"""
FIGURES = f"""
SELECT count(*), count(*) FILTER (WHERE i.state = 'submitted'), count(*) FILTER (WHERE i.is_paused),
  count(*) FILTER (WHERE NOT i.is_paused AND i.due_on < %(red)s) {RUNNING}
"""
FLOOR = """
SELECT CASE WHEN due_on < %(red)s THEN 'red' WHEN due_on < %(today)s THEN 'amber' WHEN due_on <= %(until)s THEN 'blue'
  ELSE 'none' END, count(*) FROM approvals_checklistitem WHERE is_running AND NOT is_paused GROUP BY 1
"""


def run(*, quick: bool = False) -> list[Line]:
    items, tickets = _assist.fill(_assist.QUICK if quick else _assist.FULL)
    _harness.tell(f"checklist: {items:,} items, {tickets:,} tickets")
    people, rounds = {tier: officer(tier, code) for tier, (code, _f) in TIERS.items()}, 5 if quick else 11
    lines = [line for tier, user in people.items() for line in list_lines(tier, user, rounds)]
    return [*lines, *page_lines(people["city"], rounds), *scan_lines(items, rounds)]


def officer(tier: str, code: str) -> Any:
    from accounts.models import Posting, User
    from accounts.permissions import Role

    user, made = User.objects.get_or_create(
        username=f"bench-items-{tier}", defaults={"full_name": "监管人员"}
    )
    if made:
        Posting.objects.create(
            user=user, role=Role.COMPETENT_OFFICE, division_id=code, valid_from=date(2020, 1, 1)
        )
    return user


def list_lines(tier: str, user: Any, rounds: int) -> list[Line]:
    from approvals.checklist import queries
    from approvals.checklist.lights import thresholds

    code, column = TIERS[tier]
    red = thresholds(_province.DAY).red_before

    def listed() -> list[int]:
        rows = queries.listed(user).filter(queries.shown_q("", user, _province.DAY))
        return [rows.count(), *(row.pk for row in queries.in_order(rows, "", "")[:ROWS])]

    def raw() -> list[int]:
        ((count,),) = fetch(COUNT.format(code=column), code=code)
        return [count, *(row[0] for row in fetch(FIRST.format(code=column), code=code))]

    def figures() -> tuple[int, ...]:
        found = queries.figures(user, _province.DAY)
        return tuple(found[name] for name in ("running", "new", "paused", "red"))

    def raw_figures() -> tuple[int, ...]:
        return tuple(fetch(FIGURES.format(code=column), code=code, red=red)[0])

    if listed() != raw() or figures() != raw_figures():
        raise AssertionError(f"{tier}: ours and the raw SQL do not answer the same")
    took = _harness.measure({"ours": listed, "floor": raw}, rounds=rounds)
    counted = _harness.measure({"ours": figures, "floor": raw_figures}, rounds=rounds)
    return [
        Line(f"running items of a {tier}, list", took["ours"], None, took["floor"]),
        Line("  figures over the list", counted["ours"], None, counted["floor"]),
    ]


def page_lines(city: Any, rounds: int) -> list[Line]:
    from django.test import Client, override_settings

    from accounts import clock

    with (
        override_settings(ROOT_URLCONF=addresses(), ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False),
        mock.patch.object(clock, "today", return_value=_province.DAY),
    ):
        client = Client()
        client.force_login(city, backend="django.contrib.auth.backends.ModelBackend")

        def page(address: str) -> Callable[[], None]:
            def ask() -> None:
                answer = client.get(address)
                if answer.status_code != 200:
                    raise AssertionError(f"{address}: {answer.status_code}")

            return ask

        asked = {"ours": page("/checklist/"), "tickets": page("/tickets/"), "floor": page("/bench-empty/")}
        took = _harness.measure(asked, rounds=rounds, warm=2)
        counts = {name: _harness.statements_of(ask) for name, ask in asked.items()}
    return [
        Line("items of a city, whole page : empty page", took["ours"], None, took["floor"]),
        Line(f"  statements (empty page: {counts['floor']})", count=counts["ours"]),
        Line("tickets of a city, whole page : empty page", took["tickets"], None, took["floor"]),
        Line("  statements", count=counts["tickets"]),
    ]


def scan_lines(items: int, rounds: int) -> list[Line]:
    from accounts.clock import BUSINESS_ZONE
    from policy.services import current_calendar
    from supervision.warnings import scan, services
    from supervision.warnings.bounds import ITEM, areas, bounds_for, rule_for

    at = datetime.combine(_province.DAY, datetime.min.time(), BUSINESS_ZONE).replace(hour=9)
    first, second = services.scan(at), services.scan(at)
    if second:
        raise AssertionError(f"the second scan of the day wrote {second}")
    _harness.tell(f"checklist: the first scan wrote {first}")
    fetch_nothing("VACUUM ANALYZE")
    (area,) = areas()
    rule = rule_for(area.regime, ITEM, _province.DAY)
    if rule is None:
        raise LookupError("the regime has no rule for approval items")

    def ours() -> list[Any]:
        return scan.differences(ITEM, bounds_for(rule, _province.DAY, current_calendar()), area)

    bounds = bounds_for(rule, _province.DAY, current_calendar())
    named = {"red": bounds.red_before, "today": bounds.today, "until": bounds.blue_until}
    took = _harness.measure({"ours": ours, "floor": lambda: fetch(FLOOR, **named)}, rounds=rounds)
    return [Line(f"day's warning scan, {items:,} approval items", took["ours"], None, took["floor"])]


def fetch_nothing(sql: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)


if __name__ == "__main__":
    _harness.begin()
    print(_harness.table(run()))
