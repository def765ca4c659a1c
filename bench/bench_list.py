"""The project list of a city at 100,000 projects: its SQL against raw SQL and guardian, its page against the empty page.

    python -m bench list

SQL      the newest 50 with company and division, and how many there are in all
  ours     `Project.objects.visible_to(user)`, ordered by signing as the list does
  peer     guardian's `get_objects_for_user` for a person who holds a permission on each project of that city; in the
           generic table, the quicker of its two
  floor    the same rows and the count by two raw statements on `city_code`
whole    everything the page reads (quick counts, sums, 50 rows in order of their lights, their key points), against raw
         statements for the same
page     the real view through the test client, against a signed-in page with the frame alone
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from types import ModuleType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from bench import _harness, _province
from bench._harness import Line

CITY = "230100"
ROWS = 50

NEWEST = """
SELECT p.*, c.*, d.*, t.* FROM projects_project p
LEFT JOIN projects_company c ON c.id = p.company_id
JOIN accounts_division d ON d.code = p.division_id
LEFT JOIN accounts_division t ON t.code = d.parent_id
WHERE {where} ORDER BY {order} LIMIT 50
"""
BY_SIGNING = "p.signed_on DESC, p.id DESC"
COUNT = "SELECT count(*) FROM projects_project WHERE city_code = %(city)s"
LIT = "state = 'active' AND NOT paused"
RED = f"{LIT} AND (next_due_on < %(red)s OR next_due_on < %(today)s AND second_due_on < %(today)s)"
AMBER = (
    f"{LIT} AND next_due_on < %(today)s AND next_due_on >= %(red)s "
    "AND (second_due_on >= %(today)s OR second_due_on IS NULL)"
)
BLUE = f"{LIT} AND next_due_on >= %(today)s AND next_due_on <= %(blue)s"
SUMS = f"""
SELECT count(*), sum(contract_amount_yuan), sum(invested_total_yuan), count(*) FILTER (WHERE signed_on >= %(year)s),
  count(*) FILTER (WHERE contract_amount_yuan >= 1000000000), count(*) FILTER (WHERE {RED}),
  count(*) FILTER (WHERE {AMBER}), count(*) FILTER (WHERE {BLUE})
FROM projects_project WHERE city_code = %(city)s
"""
BY_LIGHT = (
    f"CASE WHEN {RED} THEN 0 WHEN {AMBER} THEN 1 WHEN {BLUE} THEN 2 WHEN state = 'active' AND paused THEN 3 "
    "WHEN state = 'active' THEN 4 WHEN state = 'done' THEN 5 ELSE 6 END, next_due_on NULLS LAST, p.id DESC"
)
FIRST_LIT = f"SELECT p.id FROM projects_project p WHERE p.city_code = %(city)s ORDER BY {BY_LIGHT} LIMIT 50"
POINTS = """
SELECT project_id, code, position, planned_on, actual_on, responsible FROM projects_milestone
WHERE project_id = ANY(%(ids)s) ORDER BY position
"""


def run(*, quick: bool = False) -> list[Line]:
    _province.fill(_province.QUICK if quick else _province.FULL)
    city, granted = people()
    rounds = 5 if quick else 9
    return [*sql_lines(city, granted, rounds), *page_lines(city, rounds)]


def people() -> tuple[Any, Any]:
    """An officer of the city, and somebody whom guardian gave every project of it one by one."""
    from django.contrib.auth.models import Permission
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    from accounts.models import Posting, User
    from accounts.permissions import Role
    from projects.models import Project

    city, made = User.objects.get_or_create(username="bench-city", defaults={"full_name": "市级监管"})
    if made:
        Posting.objects.create(
            user=city, role=Role.COMPETENT_OFFICE, division_id=CITY, valid_from=date(2020, 1, 1)
        )
    granted, _made = User.objects.get_or_create(username="bench-granted", defaults={"full_name": "逐项授权"})
    kind = ContentType.objects.get_for_model(Project)
    may = Permission.objects.get(codename="view_project", content_type=kind)
    named = {"user": granted.pk, "may": may.pk, "kind": kind.pk, "city": CITY}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO projects_projectuserobjectpermission (user_id, permission_id, content_object_id) "
            "SELECT %(user)s, %(may)s, id FROM projects_project WHERE city_code = %(city)s ON CONFLICT DO NOTHING",
            named,
        )
        cursor.execute(
            "INSERT INTO guardian_userobjectpermission (user_id, permission_id, content_type_id, object_pk) "
            "SELECT %(user)s, %(may)s, %(kind)s, id::text FROM projects_project WHERE city_code = %(city)s "
            "ON CONFLICT DO NOTHING",
            named,
        )
        cursor.execute("VACUUM ANALYZE")
    return city, granted


# --- SQL ----------------------------------------------------------------------------------------------------


def sql_lines(city: Any, granted: Any, rounds: int) -> list[Line]:
    from projects import queries
    from projects.lights import thresholds
    from projects.models import Project

    bounds = thresholds(_province.DAY)

    def listed(rows: Any) -> list[int]:
        parts = rows.select_related("company", "division", "division__parent")
        newest = queries.ordered(parts, "signed", bounds)[:ROWS]
        return [rows.count(), *(project.pk for project in newest)]

    def raw() -> list[int]:
        found = fetch(NEWEST.format(where="p.city_code = %(city)s", order=BY_SIGNING), city=CITY)
        return [fetch(COUNT, city=CITY)[0][0], *(row[0] for row in found)]

    def peer(generic: bool) -> list[int]:
        from guardian.shortcuts import get_objects_for_user

        with generic_table(generic):
            return listed(get_objects_for_user(granted, "projects.view_project", Project))

    def ours() -> list[int]:
        return listed(Project.objects.visible_to(city))

    whole, whole_raw = whole_page(city, bounds)
    if not ours() == raw() == peer(True) == peer(False):
        raise AssertionError("the four do not list the same projects")
    if whole() != whole_raw():
        raise AssertionError("the page's statements and the raw ones do not find the same")
    _harness.tell(f"list: {raw()[0]:,} projects of {CITY}")
    took = _harness.measure(
        {"ours": ours, "floor": raw, "generic": lambda: peer(True), "direct": lambda: peer(False)},
        rounds=rounds,
        warm=2,
    )
    page = _harness.measure({"ours": whole, "floor": whole_raw}, rounds=rounds, warm=2)
    return [
        Line("list, SQL", took["ours"], took["generic"], took["floor"], at_most=2.5, faster=8),
        Line("  guardian's table of its own", took["ours"], took["direct"], took["floor"], faster=8),
        Line("list, all SQL of the page", page["ours"], None, page["floor"], at_most=2.5),
    ]


def whole_page(city: Any, bounds: Any) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """What the view reads in its default order, by its own functions and raw; both give the same value."""
    from projects import queries
    from projects.models import Project

    def ours() -> Any:
        scope = Project.objects.visible_to(city)
        sums, quick = queries.overview(scope, bounds)
        ordered = queries.ordered(scope, "light", bounds)
        page = queries.page_of(ordered, total=sums.count, number="1", per_page=str(ROWS))
        points = [(row.pk, len(row.milestones.all())) for row in page.object_list]
        return (
            sums.count, sums.contract_yuan, sums.invested_yuan, quick["year"], quick["key"], quick["red"],
            quick["amber"], quick["blue"], points,
        )  # fmt: skip

    def raw() -> Any:
        named = {
            "city": CITY,
            "today": bounds.today,
            "red": bounds.red_before,
            "blue": bounds.blue_until,
            "year": date(bounds.today.year, 1, 1),
        }
        (sums,) = fetch(SUMS, **named)
        ids = [row[0] for row in fetch(FIRST_LIT, **named)]
        fetch(NEWEST.format(where="p.id = ANY(%(ids)s)", order=BY_SIGNING), ids=ids)
        held: dict[int, int] = dict.fromkeys(ids, 0)
        for point in fetch(POINTS, ids=ids):
            held[point[0]] += 1
        return (sums[0], int(sums[1]), int(sums[2]), *sums[3:], list(held.items()))

    return ours, raw


def fetch(sql: str, **named: Any) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, named)
        return cursor.fetchall()


@contextmanager
def generic_table(generic: bool) -> Iterator[None]:
    """Let guardian read its generic table although the model has one of its own."""
    from guardian import shortcuts
    from guardian.models import UserObjectPermission

    own = shortcuts.get_user_obj_perms_model
    if generic:
        shortcuts.get_user_obj_perms_model = lambda *args, **kwargs: UserObjectPermission
    try:
        yield
    finally:
        shortcuts.get_user_obj_perms_model = own


# --- page ---------------------------------------------------------------------------------------------------


def empty_page(request: HttpRequest) -> HttpResponse:
    """The frame every signed-in page has, around nothing."""
    from django.shortcuts import render

    return render(request, "base.html")


def addresses() -> ModuleType:
    """The portal's addresses and the empty page's; made here, because they need the apps to be loaded."""
    found = ModuleType("bench_addresses")
    found.urlpatterns = [path("bench-empty/", empty_page), path("", include("config.urls"))]  # type: ignore[attr-defined]
    return found


def page_lines(city: Any, rounds: int) -> list[Line]:
    from django.test import Client, override_settings

    with override_settings(ROOT_URLCONF=addresses(), ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False):
        client = Client()
        client.force_login(city, backend="django.contrib.auth.backends.ModelBackend")

        def page(address: str) -> Callable[[], None]:
            def ask() -> None:
                answer = client.get(address)
                if answer.status_code != 200:
                    raise AssertionError(f"{address}: {answer.status_code}")

            return ask

        listing = page("/projects/")
        took = _harness.measure({"ours": listing, "floor": page("/bench-empty/")}, rounds=rounds, warm=2)
        count = _harness.statements_of(listing)
        frame = _harness.statements_of(page("/bench-empty/"))
    return [
        Line("list, whole page : empty page", took["ours"], None, took["floor"], at_most=8),
        Line(f"  statements (empty page: {frame})", count=count),
    ]


if __name__ == "__main__":
    _harness.begin()
    print(_harness.table(run()))
