"""Boards: each live figure counts exactly the rows it opens, within the reader's scope, in a fixed number of statements."""

from datetime import date
from typing import Any

import pytest
from django.http import Http404

from accounts.models import Division, Obligation, User
from accounts.obligations.kinds import LEDGER_CITY, LEDGER_COUNTY
from accounts.obligations.services import deadline_rule, owe_for_period
from documents import render
from policy.periods import Period
from policy.services import current_calendar
from projects.lights import thresholds
from projects.models import ContractKind, Project, ProjectState
from reporting.boards import completeness, live, states
from reporting.boards.area import Area, Month, area_for, month_for
from reporting.boards.export import document_of
from reporting.boards.home import panel
from reporting.boards.trend import Month as TrendMonth
from reporting.boards.trend import draw, trend_for
from reporting.boards.waiting import longest_waiting
from reporting.reports import services as reports
from reporting.reports.discipline import by_unit
from reporting.reports.figures import Rate
from tests import build

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
MONTH = Month(Period.parse("2026-10"), TODAY)
# Figures that count projects; the two of milestones and the two of money open the projects they come from.
COUNTS = (
    "signed", "new_signed", "fulfilled", "started", "completed", "produced", "start_planned", "started_of_planned",
    "lost", "red", "amber",
)  # fmt: skip


@pytest.fixture
def projects() -> list[Project]:
    day = date
    return [
        build.project("甲", actual={"company_setup": day(2026, 4, 1)}, invested_total_yuan=10_000_000),
        build.project("乙：该开工未开工", planned={"construction_start": day(2026, 9, 1)}, amount_wan=100),
        build.project(
            "丙",
            "230621",
            planned={"construction_start": day(2026, 9, 1), "production": day(2026, 10, 1)},
            actual={"construction_start": day(2026, 8, 30), "production": day(2026, 10, 30)},
        ),
        build.project("丁：完成后才补记的开工", "230229", actual={"completion_acceptance": day(2026, 7, 1)}),
        build.project("戊：意向", contract_kind=ContractKind.INTENT),
        build.project("己：十一月才签", signed_on=day(2026, 11, 2)),
        build.project("庚：已终止", state=ProjectState.TERMINATED, ended_on=day(2026, 6, 1)),
        build.project(
            "壬：市本级，刚过期",
            "230600",
            signed_on=day(2026, 10, 9),
            planned={"company_setup": day(2026, 11, 3)},
        ),
        build.project("癸：没有金额", amount_wan=None),
        build.project("子：省本级", "230000"),
    ]


@pytest.fixture
def people() -> dict[str, User]:
    return build.cast()


def area(code: str, user: User) -> Area:
    return area_for(user, code, TODAY)


@pytest.mark.parametrize("who", ["province", "city", "county", "neighbour", "other_city"])
def test_every_figure_opens_exactly_the_rows_it_counts(projects: Any, people: Any, who: str) -> None:
    user, bounds = people[who], thresholds(TODAY)
    mine = area("", user)
    figures = live.figures_for(user, mine, MONTH, bounds)
    for key in COUNTS:
        found = live.rows_of(user, mine, MONTH, bounds, key, own=False)
        assert found.count() == getattr(figures.total, key), key
        for line in figures.lines:
            part = Area(line.division, ()) if not line.own else mine
            rows = live.rows_of(user, part, MONTH, bounds, key, own=line.own)
            assert rows.count() == getattr(line.figures, key), (key, line.division.name, line.own)
    total = figures.total
    assert live.rows_of(user, mine, MONTH, bounds, "lit", own=False).count() == total.red + total.amber
    not_started = live.rows_of(user, mine, MONTH, bounds, "not_started", own=False).count()
    assert not_started == total.signed - total.started


def test_lines_add_up_to_the_total_at_every_tier(projects: Any, people: Any) -> None:
    for who in ("province", "city", "county"):
        mine = area("", people[who])
        figures = live.figures_for(people[who], mine, MONTH, thresholds(TODAY))
        assert sum(line.figures.signed for line in figures.lines) == figures.total.signed
    whole = live.figures_for(people["province"], area("", people["province"]), MONTH, thresholds(TODAY))
    assert whole.total.signed == 7
    assert [line.figures.signed for line in whole.lines if line.own] == [1]  # the province's own project
    city = live.figures_for(people["city"], area("", people["city"]), MONTH, thresholds(TODAY))
    assert [(line.own, line.figures.signed) for line in city.lines if line.figures.signed] == [
        (False, 1), (False, 3), (True, 1)
    ]  # fmt: skip
    assert city.total.red + city.total.amber == 2


def test_intents_are_told_but_not_counted(projects: Any, people: Any) -> None:
    mine = area("", people["county"])
    assert live.uncounted(people["county"], mine, MONTH) == 1
    rows = live.rows_of(people["county"], mine, MONTH, thresholds(TODAY), "uncounted", own=False)
    assert [row.name for row in rows] == ["戊：意向"]


def test_a_later_cut_off_counts_more(projects: Any, people: Any) -> None:
    november = Month(Period.parse("2026-11"), TODAY)
    assert november.cut_off == TODAY
    figures = live.figures_for(people["county"], area("", people["county"]), november, thresholds(TODAY))
    assert figures.total.signed == 4 and figures.total.new_signed == 1


def test_an_area_outside_the_scope_does_not_exist(people: Any) -> None:
    for code in ("230621", "230600", "230000", "230200", "nonsense"):
        with pytest.raises(Http404):
            area(code, people["county"])
    assert area("230622", people["city"]).division.name == "肇源县"
    assert len(area("", people["province"]).lines) == 13
    assert area("", people["county"]).shown[0].pk == "230622"


def test_months_that_cannot_be_shown_do_not_exist() -> None:
    assert str(month_for("", TODAY).period) == "2026-10"
    assert str(month_for("", date(2026, 1, 31)).period) == "2025-12"
    for text in ("2026-12", "2026Q3", "2026", "2026-13", "abc", "1999-01"):
        with pytest.raises(Http404):
            month_for(text, TODAY)


# --- ledgers handed in ------------------------------------------------------------------------------------------


def owe(kind: str, codes: list[str], months: list[str]) -> dict[tuple[str, str], Obligation]:
    units = [Division.objects.get(pk=code) for code in codes]
    for text in months:
        month = Period.parse(text)
        rule = deadline_rule(units[0], kind, month.last)
        assert rule is not None
        owe_for_period(
            kind=kind,
            units=units,
            period=month,
            rule=rule,
            calendar=current_calendar(),
            at=build.at("2026-01-01 00:05"),
        )
    return {(o.unit_id, o.period): o for o in Obligation.objects.filter(kind=kind)}


def meet(duty: Obligation, day: date) -> None:
    Obligation.objects.filter(pk=duty.pk).update(met_on=day, met_at=build.at(f"{day} 10:00"))


def test_cells_say_how_each_month_was_handed_in() -> None:
    owed = owe(LEDGER_COUNTY, ["230622", "230621"], ["2026-08", "2026-09", "2026-10", "2026-11"])
    calendar = current_calendar()
    august, september = owed["230622", "2026-08"], owed["230622", "2026-09"]
    meet(august, august.due_on)
    meet(september, calendar.add(september.due_on, 3))
    Obligation.objects.filter(pk=owed["230621", "2026-08"].pk).update(exempt_reason="没有签约项目")
    extended = owed["230621", "2026-09"]
    later = calendar.add(extended.due_on, 5)
    Obligation.objects.filter(pk=extended.pk).update(extended_to=later)
    meet(extended, later)
    units = list(Division.objects.filter(pk__in=["230622", "230621"]).order_by("-pk"))
    found = completeness.grid(units, Period.parse("2026").months, on=TODAY, calendar=calendar)
    county, neighbour = found.rows
    assert [cell.text for cell in county.cells[7:]] == ["按时", "迟 3 日", "缺报", "未到期", "—"]
    assert [cell.text for cell in neighbour.cells[7:]] == ["免报", "按时（延）", "缺报", "未到期", "—"]
    assert (county.rate, neighbour.rate) == (Rate(1, 3), Rate(1, 2))
    assert found.total == Rate(2, 5)
    assert [rate for rate in found.columns if rate.denominator] == [Rate(1, 1), Rate(1, 2), Rate(0, 2)]
    assert found.question is not None
    assert (found.question.unit.pk, str(found.question.month), found.question.cell.text) == (
        "230622",
        "2026-10",
        "缺报",
    )


def test_late_on_the_weekend_after_is_late_by_one() -> None:
    duty = owe(LEDGER_COUNTY, ["230622"], ["2026-06"])["230622", "2026-06"]
    saturday = date(2026, 6, 27)
    Obligation.objects.filter(pk=duty.pk).update(due_on=date(2026, 6, 26))
    meet(duty, saturday)
    row = completeness.grid(
        [duty.unit], [Period.parse("2026-06")], on=TODAY, calendar=current_calendar()
    ).rows[0]
    assert row.cells[0].text == "迟 1 日"


def test_tiles_show_the_worst_state(projects: Any, people: Any) -> None:
    owe(LEDGER_CITY, ["230600", "230200", "230100"], ["2026-09"])
    owe(LEDGER_COUNTY, ["230622", "230229"], ["2026-09"])
    for duty in Obligation.objects.filter(unit_id__in=["230600", "230200"]):
        meet(duty, duty.due_on)
    province = area("", people["province"])
    figures = live.figures_for(people["province"], province, MONTH, thresholds(TODAY))
    handed_in = by_unit("230000", ["2026-09"], on=TODAY)
    tiles = {t.unit.pk: t for t in states.tiles(figures, handed_in, Division.objects.filter(tier=3))}
    assert states.all_placed(tiles.values())
    assert tiles["230100"].css == "is-red" and tiles["230100"].missing
    assert tiles["230600"].css == "is-red" and tiles["230600"].missing_below == 1  # one red of five projects
    assert tiles["230200"].css == "is-amber" and not tiles["230200"].missing  # its county handed in nothing
    assert tiles["232700"].css == ""


# --- trend, not started, home, workbook ---------------------------------------------------------------------------


def test_the_line_comes_from_frozen_reports_and_breaks_where_there_is_none(
    projects: Any, people: Any
) -> None:
    province = Division.objects.get(pk="230000")
    for month, day in (("2026-08", "2026-09-07"), ("2026-10", "2026-11-05")):
        reports.compile_period(
            province=province, period=Period.parse(month), by=None, at=build.at(f"{day} 08:00")
        )
    unit = area("", people["county"]).division
    found = trend_for(people["county"], unit, MONTH.last_twelve)
    assert found is not None and found.solid is not None
    assert len(found.months) == 12 and len(found.solid.pieces) == 2
    assert [m.report_id is not None for m in found.months][-3:] == [True, False, True]
    Project.objects.update(contract_kind=ContractKind.INTENT)
    assert trend_for(people["county"], unit, MONTH.last_twelve) == found  # frozen
    assert trend_for(people["neighbour"], unit, MONTH.last_twelve) is None  # not the neighbour's to see


def test_the_chart_keeps_its_labels_apart_and_inside() -> None:
    months = [
        TrendMonth(period, 1, Rate(700 + n, 1000), Rate(703 + n, 1000))
        for n, period in enumerate(MONTH.last_twelve)
    ]
    chart = draw(months)
    assert chart.solid and chart.dashed
    assert abs(chart.solid.label_y - chart.dashed.label_y) >= 30
    assert chart.grid[0].text == "60" and chart.grid[-1].text == "100"
    full = draw([TrendMonth(Period.parse("2026-10"), 1, Rate(1, 1), Rate(1, 1))])
    assert full.solid and full.dashed and min(full.solid.label_y, full.dashed.label_y) >= 12
    none = draw([TrendMonth(Period.parse("2026-10"), 1, Rate(0, 0), Rate(0, 0))])
    assert none.solid is None and none.dashed is None


def test_the_largest_not_started_come_first(projects: Any, people: Any) -> None:
    found = longest_waiting(people["county"], area("", people["county"]), MONTH, thresholds(TODAY))
    assert [one.project.name[0] for one in found] == ["甲", "乙", "癸"]  # an unknown amount comes last
    assert found[1].days is not None and found[1].days < 0 and found[1].light == "red"


def test_the_home_page_shows_figures_only_to_who_may_see_boards(projects: Any, people: Any) -> None:
    shown = panel(people["county"], TODAY)
    assert shown is not None and shown.title == "肇源县主要数字"
    assert shown.figures[0].value == "4" and "/boards/rows/signed/" in shown.figures[0].url
    assert shown.figures[3].note == "0 / 4"
    for who in ("officer", "investor", "administrator", "nobody"):
        assert panel(people[who], TODAY) is None


def test_the_workbook_holds_the_figures_of_the_page(projects: Any, people: Any) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    user, bounds = people["province"], thresholds(TODAY)
    mine = area("", user)
    figures = live.figures_for(user, mine, MONTH, bounds)
    document = document_of(
        mine,
        MONTH,
        figures=figures,
        grid=completeness.grid(mine.lines, MONTH.months_of_year, on=TODAY, calendar=current_calendar()),
        waiting=longest_waiting(user, mine, MONTH, bounds),
    )
    content = render(document, "xlsx")
    assert isinstance(content, bytes)
    book = load_workbook(BytesIO(content))
    assert len(book.sheetnames) == 4
    words = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"合同投资额", "大庆市", "签约未开工前10位", "甲"} <= words


def test_the_page_asks_as_many_statements_for_ten_projects_as_for_one(
    projects: Any, people: Any, client: Any, time_machine: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    time_machine.move_to(build.at("2026-11-05 09:00"), tick=False)
    client.force_login(people["province"], backend="django.contrib.auth.backends.ModelBackend")
    client.get("/boards/")
    with CaptureQueriesContext(connection) as few:
        client.get("/boards/")
    for n in range(12):
        build.project(f"再加{n}", "230621")
    owe(LEDGER_CITY, ["230600", "230200", "230100"], ["2026-07", "2026-08", "2026-09"])
    with CaptureQueriesContext(connection) as many:
        assert client.get("/boards/").status_code == 200
    assert len(many) == len(few), [q["sql"][:90] for q in many.captured_queries]
