"""Promises kept on the boards: each figure counts exactly the rows it opens, and a past month reads as it stood."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from policy.periods import Period
from projects.models import Project
from projects.promises.services import (
    Part,
    keep_promise,
    pay_instalment,
    record_arrears,
    record_promise,
    void_promise,
)
from reporting.boards.area import Month, area_for
from reporting.boards.promises import lines_for
from tests import build

pytestmark = pytest.mark.django_db
AT = build.at("2026-11-05 09:00")
TODAY = date(2026, 11, 5)
OCTOBER = Month(Period.parse("2026-10"), TODAY)
NOVEMBER = Month(Period.parse("2026-11"), TODAY)


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def rows(people: dict[str, Any]) -> Project:
    """肇源县: three due in October of which one kept in October, one in November; 肇州县 one kept; 大庆市 itself one."""

    def promise(project: Project, due_on: date, kept_on: date | None = None) -> Any:
        row = record_promise(
            project=project, text="通水", basis="协议", due_on=due_on, by=people["province"], at=AT
        )
        return (
            keep_promise(promise=row, kept_on=kept_on, evidence="单", by=people["province"], at=AT)
            if kept_on
            else row
        )

    home = build.project("甲")
    promise(home, date(2026, 10, 10), date(2026, 10, 9))
    promise(home, date(2026, 10, 20), date(2026, 11, 3))
    promise(home, date(2026, 10, 31))
    promise(home, date(2026, 11, 20), date(2026, 10, 1))  # kept before it is due: not due yet
    void_promise(promise=promise(home, date(2026, 10, 5)), reason="重复", by=people["province"], at=AT)
    promise(build.project("乙", "230621"), date(2026, 9, 1), date(2026, 10, 30))
    promise(build.project("丙", "230600"), date(2026, 10, 1))
    promise(build.project("丁", "230200"), date(2026, 10, 1))
    debt = record_arrears(
        project=home, creditor="建材厂", subject="代建款", amount_yuan=30_000,
        parts=[Part(date(2026, 10, 30), 10_000), Part(date(2026, 12, 30), 20_000)], by=people["county"], at=AT,
    )  # fmt: skip
    part = debt.instalments.get(position=1)
    pay_instalment(instalment=part, paid_on=date(2026, 11, 2), evidence="支付令", by=people["county"], at=AT)
    return home


def test_a_city_with_its_own_and_its_counties(rows: Project, people: dict[str, Any]) -> None:
    lines, total = lines_for(people["city"], area_for(people["city"], "", TODAY), OCTOBER)
    found = {(line.division.pk, line.own): line.tally for line in lines}
    mine = found["230622", False]
    assert (mine.due, mine.kept, mine.in_time, mine.parts_due, mine.owed_yuan, mine.paid_yuan) == (
        3, 1, 1, 1, 10_000, 0,
    )  # fmt: skip
    assert (found["230621", False].due, found["230621", False].kept, found["230621", False].in_time) == (
        1,
        1,
        0,
    )
    assert (found["230600", True].due, found["230600", True].kept) == (1, 0)
    assert (total.tally.due, total.tally.kept, total.tally.owed_yuan) == (5, 2, 10_000)
    later, _total = lines_for(people["city"], area_for(people["city"], "", TODAY), NOVEMBER)
    mine = next(line.tally for line in later if line.division.pk == "230622")
    assert (mine.due, mine.kept, mine.in_time, mine.paid_yuan) == (3, 2, 1, 10_000)


def test_each_figure_opens_its_rows(rows: Project, people: dict[str, Any]) -> None:
    for who in ("province", "city", "county"):
        user, page = people[who], Client()
        page.force_login(user)
        lines, total = lines_for(user, area_for(user, "", TODAY), OCTOBER)
        for line in (*lines, total):
            for url, number in ((line.due_url, line.tally.due), (line.kept_url, line.tally.kept)):
                assert page.get(url).context["page"].paginator.count == number, (who, url)
            assert page.get(line.parts_url).context["page"].paginator.count == line.tally.parts_due
        answer = page.get(reverse("boards:promises") + "?month=2026-10")
        assert answer.status_code == 200 and "承诺兑现" in answer.content.decode()


def test_nobody_reads_beyond_their_area(rows: Project, people: dict[str, Any]) -> None:
    _lines, total = lines_for(people["neighbour"], area_for(people["neighbour"], "", TODAY), OCTOBER)
    assert (total.tally.due, total.tally.owed_yuan) == (1, 0)
