"""The supervision board: every figure equals the rows it opens, totals add up, few statements whatever the size."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Division, User
from accounts.permissions import Role
from policy.periods import Period
from reporting.boards import supervision
from reporting.boards.area import Area, Month, area_for
from reporting.boards.supervision import KINDS, MATTERS, ORDERS, PAPERS, Board
from supervision.matters.models import Matter, MatterSource, MatterState, Step
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
TODAY = date(2026, 11, 21)
MONTH = Month(Period.parse("2026-11"), TODAY)
NUMBER = iter(range(1, 100_000))


def matter(unit: str, issued: str, due: date, **fields: Any) -> Matter:
    """A row written directly: the board only reads."""
    home = Division.objects.get(pk=unit)
    facts: dict[str, Any] = {
        "number": f"DB-T-2026-{next(NUMBER):04d}", "source": MatterSource.OFFICE, "title": "限期办结", "demand": "办结",
        "issuer": home, "unit": home, "issued_at": at(issued), "due_on": due, "first_due_on": due, "step_since": due,
        "state": MatterState.WORKING, **home.codes,
    }  # fmt: skip
    return Matter.objects.create(**(facts | fields))


@pytest.fixture
def people() -> dict[str, User]:
    found = build.cast()
    found["head"] = build.user("t-head", Role.OFFICE_HEAD, "230622")
    return found


@pytest.fixture
def rows(people: dict[str, User]) -> None:
    closed: dict[str, Any] = {"state": MatterState.CLOSED, "closed_at": at("2026-11-10 09:00")}
    matter("230622", "2026-11-16 09:00", date(2026, 12, 30))
    matter(
        "230622", "2026-10-30 09:00", date(2026, 11, 20), step=Step.PRESS
    )  # 22 days old, late by no working day
    matter("230622", "2026-09-01 09:00", date(2026, 9, 20), step=Step.CIRCULATE, listed_on=date(2026, 10, 1))
    matter("230621", "2026-10-01 09:00", date(2026, 11, 2), step=Step.SUPERVISE)
    matter(
        "230621", "2026-11-06 00:00", date(2026, 11, 23), state=MatterState.ANSWERED
    )  # 15 days old: the last of them
    matter("230600", "2026-11-01 09:00", date(2026, 11, 24))  # the city's own
    matter("230000", "2026-11-01 09:00", date(2026, 12, 24))  # the province's own
    matter("230229", "2026-11-01 09:00", date(2026, 12, 24))
    matter("230622", "2026-10-01 09:00", date(2026, 10, 20), **closed)
    order: dict[str, Any] = {"source": MatterSource.WORK_ORDER}
    late: datetime = at("2026-11-11 00:00")
    matter(
        "230622",
        "2026-10-08 09:00",
        date(2026, 11, 10),
        answered_at=at("2026-11-10 23:59"),
        **order,
        **closed,
    )
    matter(
        "230622",
        "2026-10-08 09:00",
        date(2026, 11, 10),
        answered_at=late,
        state=MatterState.ANSWERED,
        **order,
    )
    matter("230621", "2026-10-08 09:00", date(2026, 11, 20), **order)
    matter("230600", "2026-10-08 09:00", TODAY, **order)
    matter("230621", "2025-12-31 23:59", date(2026, 1, 20), **order, **closed)  # last year's
    taken = {"state": MatterState.WITHDRAWN, "closed_at": at("2026-11-10 09:00")}
    matter("230622", "2026-10-08 09:00", date(2026, 11, 10), **order, **taken)


def of(user: User, code: str) -> tuple[Area, Board]:
    area = area_for(user, code, TODAY)
    return area, supervision.board_for(user, area, MONTH)


@pytest.mark.parametrize(("who", "code"), [("province", "230000"), ("city", "230600"), ("county", "230622")])
def test_each_figure_is_the_number_of_rows_it_opens(people: Any, rows: None, who: str, code: str) -> None:
    user = people[who]
    area, board = of(user, code)
    for kind, names in KINDS.items():
        for name in names:
            opened = supervision.rows_of(user, area, MONTH, kind, name, own=False)
            assert board.total.of(kind)[name] == opened.count(), (kind, name)
            for line in board.lines:
                place = area_for(user, line.division.pk, TODAY)
                opened = supervision.rows_of(user, place, MONTH, kind, name, own=line.own)
                assert line.of(kind)[name] == opened.count(), (kind, name, line)


@pytest.mark.parametrize(("who", "code"), [("province", "230000"), ("city", "230600"), ("county", "230622")])
def test_what_belongs_together_adds_up(people: Any, rows: None, who: str, code: str) -> None:
    _area, board = of(people[who], code)
    for line in (*board.lines, board.total):
        one = line.of(MATTERS)
        for parts in (
            ("red", "amber", "blue", "calm"),
            ("age_15", "age_30", "age_60", "age_more"),
            ("assigned", "press", "supervise", "circulate"),
        ):
            assert sum(one[name] for name in parts) == one["open"], parts
        for kind in (PAPERS, ORDERS):
            term = line.of(kind)
            assert sum(term[name] for name in ("in_time", "late", "waiting", "overdue")) == term["issued"]
    for kind, names in KINDS.items():
        for name in names:
            assert sum(line.of(kind)[name] for line in board.lines) == board.total.of(kind)[name]


def test_the_figures_of_a_city_by_hand(people: Any, rows: None) -> None:
    _area, board = of(people["city"], "230600")
    lines = {("own" if line.own else line.division.pk): line for line in board.lines}
    county = lines["230622"].of(MATTERS)
    assert (county["open"], county["press"], county["circulate"], county["listed"], county["answered"]) == (
        4,
        1,
        1,
        1,
        1,
    )
    assert (county["age_15"], county["age_30"], county["age_60"], county["age_more"]) == (1, 1, 1, 1)
    assert lines["230621"].of(MATTERS)["age_15"] == 1
    assert lines["own"].of(MATTERS)["open"] == 2
    orders = board.total.of(ORDERS)
    assert orders == {"issued": 4, "in_time": 1, "late": 1, "waiting": 1, "overdue": 1}


def test_another_citys_rows_are_not_counted(people: Any, rows: None) -> None:
    _area, board = of(people["other_city"], "230200")
    assert board.total.of(MATTERS)["open"] == 1


def test_as_many_statements_for_many_units_as_for_few(people: Any, rows: None) -> None:
    asked = []
    of(people["province"], "230000")  # what is remembered from page to page
    for _times in range(2):
        for code in ("230623", "230624", "230602", "230603"):
            matter(code, "2026-10-08 09:00", TODAY - timedelta(days=9))
        with CaptureQueriesContext(connection) as seen:
            of(people["province"], "230000")
        asked.append(len(seen))
    assert asked[0] == asked[1]
    assert asked[0] <= 8


def test_without_the_right_to_papers_there_is_no_figure_of_them(people: Any, rows: None) -> None:
    _area, board = of(people["promotion"], "230622")
    assert PAPERS not in board.kinds
