"""H20: figures add up, rates keep their parts, the words say what the tables hold."""

from datetime import date

import pytest

from reporting.reports.content import LateProject, Place, ReportContent, build
from reporting.reports.figures import Discipline, Figures, Rate
from reporting.reports.narrative import draft, yi
from reporting.reports.tables import DISCIPLINE_COLUMNS, all_tables

PLACES = [
    Place("230000", "黑龙江省", 1, ""),
    Place("230600", "大庆市", 2, "230000"),
    Place("230622", "肇源县", 3, "230600"),
    Place("230621", "肇州县", 3, "230600"),
    Place("230200", "齐齐哈尔市", 2, "230000"),
    Place("230229", "克山县", 3, "230200"),
]
COUNTS = {
    ("230600", "230622"): Figures(
        signed=4, signed_amount_yuan=400, in_place_yuan=100, started=2, start_planned=2, started_of_planned=1
    ),
    ("230600", "230621"): Figures(
        signed=1, signed_amount_yuan=100, started=1, start_planned=1, started_of_planned=1
    ),
    ("230600", ""): Figures(signed=2, signed_amount_yuan=50, in_place_yuan=50),
    ("230200", "230229"): Figures(signed=3, signed_amount_yuan=30, in_place_yuan=3, red=1),
}
HANDED_IN = {
    "230622": Discipline(expected=1, on_time=1),
    "230621": Discipline(expected=1, missing=1),
    "230600": Discipline(expected=1, late=1),
    "230229": Discipline(expected=1, exempt=1),
    "230200": Discipline(expected=1, open=1),
}


def report_of(code: str) -> ReportContent:
    return build(
        unit=next(p for p in PLACES if p.code == code),
        period="2026-10",
        cut_off_on=date(2026, 10, 31),
        places=PLACES,
        figures=COUNTS,
        discipline=HANDED_IN,
        late=[LateProject(1, "某项目", "克山县", "施工许可", date(2026, 9, 30), 13)],
    )


def test_counties_add_up_to_cities_and_cities_to_the_province() -> None:
    province, city, county = report_of("230000"), report_of("230600"), report_of("230622")
    assert province.total.signed == 10
    assert {u.code: u.figures.signed for u in province.units} == {"230600": 7, "230200": 3}
    assert city.total == next(u.figures for u in province.units if u.code == "230600")
    assert Figures.total(u.figures for u in city.units) == city.total
    assert county.total.signed == 4
    assert county.units == ()


def test_a_citys_own_projects_are_a_line_of_their_own() -> None:
    own = [u for u in report_of("230600").units if u.own]
    assert [(u.name, u.figures.signed) for u in own] == [("市本级", 2)]


def test_percentages_are_never_averaged() -> None:
    # 2/4 and 1/1 and 0/2 average to 50 %; together they are 3/7
    rate = report_of("230600").total.rate("start_rate")
    assert (rate.numerator, rate.denominator, rate.text) == (3, 7, "42.9%")


def test_without_a_denominator_there_is_no_rate() -> None:
    assert Figures().rate("start_rate").text == "—"
    assert Figures().rate("start_rate").value is None


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [(1, 3, "33.3%"), (2, 3, "66.7%"), (1, 8, "12.5%"), (1, 16, "6.3%"), (1, 1, "100.0%"), (0, 5, "0.0%")],
)
def test_a_rate_rounds_half_up(numerator: int, denominator: int, text: str) -> None:
    assert Rate(numerator, denominator).text == text


def test_discipline_counts_every_unit_below_and_sums_to_expected() -> None:
    d = report_of("230000").discipline
    assert d.expected == 5
    assert d.on_time + d.extended + d.late + d.missing + d.exempt + d.open == d.expected
    assert (d.rate.numerator, d.rate.denominator) == (1, 3)


def test_a_report_survives_json_unchanged() -> None:
    content = report_of("230000")
    assert ReportContent.from_json(content.to_json()) == content


def test_the_words_hold_the_figures() -> None:
    text = "\n".join(p for s in draft(report_of("230000")) for p in s["paragraphs"])
    assert "截至2026年10月31日，全省已签订合同或协议的招商引资签约项目10个" in text
    assert "缺报单位：大庆市肇州县。" in text
    assert "某项目（克山县，施工许可应于2026年9月30日完成，逾期13个工作日）" in text


def test_an_area_without_projects_says_so() -> None:
    empty = build(
        unit=PLACES[4],
        period="2026",
        cut_off_on=date(2026, 12, 9),
        places=PLACES,
        figures={},
        discipline={},
        late=[],
    )
    text = "\n".join(p for s in draft(empty) for p in s["paragraphs"])
    assert "全市没有计入统计的签约项目" in text
    assert "没有应报台账" in text


@pytest.mark.parametrize(
    ("yuan", "text"), [(0, "0.00亿元"), (500_000, "0.01亿元"), (627_688_000_000, "6,276.88亿元")]
)
def test_money_in_words_rounds_half_up(yuan: int, text: str) -> None:
    assert yi(yuan) == text


def test_two_counties_of_one_name_are_told_apart_in_the_provinces_papers() -> None:
    places = [
        PLACES[0],
        Place("230400", "鹤岗市", 2, "230000"),
        Place("230402", "向阳区", 3, "230400"),
        Place("230800", "佳木斯市", 2, "230000"),
        Place("230803", "向阳区", 3, "230800"),
    ]
    missing = {"230402": Discipline(expected=1, missing=1), "230803": Discipline(expected=1, missing=1)}
    figures = {("230400", "230402"): Figures(signed=1), ("230800", "230803"): Figures(signed=1)}
    province, city = (
        build(unit=unit, period="2026-10", cut_off_on=date(2026, 10, 31), places=places, figures=figures,
              discipline=missing, late=[])
        for unit in (places[0], places[1])
    )  # fmt: skip
    assert "缺报单位：鹤岗市向阳区、佳木斯市向阳区。" in _words(province)
    annex = all_tables(province)[2]
    assert [row["name"] for row in annex.rows] == ["鹤岗市向阳区", "佳木斯市向阳区"]
    assert "缺报单位：向阳区。" in _words(city)


def test_a_line_of_the_ledger_table_adds_up_to_what_was_owed() -> None:
    parts = [c.key for c in DISCIPLINE_COLUMNS if c.key not in ("name", "expected", "rate")]
    for row in (*all_tables(report_of("230000"))[1].rows, all_tables(report_of("230000"))[1].total):
        assert row is not None and sum(row[key] for key in parts) == row["expected"]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("started", "text"),
    [
        (
            [4, 4, 4, 4, 3, 2, 1, 0],
            "较高的是1市、2市、3市、4市（均为100.0%）；较低的是8市（0.0%）、7市（25.0%）、6市（50.0%）。",
        ),
        ([4] * 9 + [2, 1, 0], "5市、6市、7市、8市等9个市（地）（均为100.0%）；较低的是"),
        ([4, 2, 2, 2], "较高的是1市（100.0%）；较低的是4市、3市、2市（均为50.0%）。"),
        ([2, 2, 2, 2], "有计划开工项目的4个市（地）按计划开工率均为50.0%。"),
    ],
)  # fmt: skip
def test_units_of_one_rate_are_named_together(started: list[int], text: str) -> None:
    cities = [Place(f"23{n:02}00", f"{n}市", 2, "230000") for n in range(1, len(started) + 1)]
    figures = {
        (place.code, ""): Figures(signed=4, start_planned=4, started_of_planned=n)
        for place, n in zip(cities, started, strict=True)
    }
    content = build(
        unit=PLACES[0], period="2026-10", cut_off_on=date(2026, 10, 31), places=[PLACES[0], *cities],
        figures=figures, discipline={}, late=[],
    )  # fmt: skip
    assert text in _words(content)


def _words(content: ReportContent) -> str:
    return "\n".join(p for s in draft(content) for p in s["paragraphs"])


def test_a_citys_own_ledger_is_named_beside_those_of_its_counties() -> None:
    """As many units are named as the figure says: 大庆市's own ledger was late."""
    assert "迟报单位：大庆市本级。" in _words(report_of("230000"))
    assert "迟报单位：大庆市本级。" in _words(report_of("230600"))
