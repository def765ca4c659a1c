"""Small figures are withheld, and whatever would tell them: beside, above, below, and from period to period."""

import pytest

from reporting.disclosure import allowlist, opendata, present
from reporting.disclosure.document import tables_of
from reporting.disclosure.withholding import withheld
from reporting.reports.content import OfficeLine, Unit
from reporting.reports.figures import Discipline, Figures, OfficeFigures
from tests.disclosure_help import month_of, published, reported


def test_fewer_than_three_projects_show_their_number_alone():
    units = {unit["code"]: unit for unit in published()["units"]}
    assert units["230100"]["figures"] == {"signed": 2, "withheld": True}
    assert units["230200"]["figures"] == {"signed": 4, "withheld": True}  # else the total would tell 230100's
    assert units["230600"]["figures"]["rates"]["start_rate"] == [7, 10]
    assert allowlist.figures_of(Figures())["signed"] == 0
    assert allowlist.statistic("ratings", {"rated": 2, "good": 1, "bad": 1, "name": "王"}) == {"rated": 2}
    assert allowlist.statistic("ratings", {"rated": 9, "good": 6, "who": "王"}) == {"rated": 9, "good": 6}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": 9, "b": 8}, set()),
        ({"a": 9, "b": 2, "c": 5}, {"b", "c"}),  # b alone would be the whole less a and c
        ({"a": 9, "b": 1, "c": 1, "d": 7}, {"b", "c", "d"}),  # two cases together are still too few
        ({"a": 9, "b": 2, "c": 1}, {"b", "c"}),
        ({"a": 0, "b": 2}, {"b"}),  # the whole is withheld as well
    ],
)
def test_one_part_alone_is_never_lacking(counts, expected):
    assert withheld(counts) == expected


def test_complaints_by_place_cannot_be_worked_out_from_the_whole():
    one = {"received": 1, "accepted": 1, "finished": 1, "finished_on_time": 0, "asked": 1, "satisfied": 0}
    six = {"received": 6, "accepted": 6, "finished": 4, "finished_on_time": 4, "asked": 2, "satisfied": 1}
    ten = dict.fromkeys(one, 10) | {"satisfied": 7}
    places = {"230600": ten, "230100": one, "230200": six}
    whole = {name: sum(place[name] for place in places.values()) for name in one}
    listed = [("230000", "省本级"), ("230600", "大庆市"), ("230100", "哈尔滨市"), ("230200", "齐齐哈尔市")]
    known = allowlist.statistic("complaints", {**whole, "places": places, "who": "王"}, listed)
    assert {name: known[name] for name in whole} == whole
    shown = {place["code"]: place["figures"] for place in known["places"]}
    assert (shown["230100"], shown["230200"]) == ({"received": 1}, {"received": 6})
    assert shown["230600"] == ten
    few = allowlist.statistic("complaints", {**six, "finished": 1, "finished_on_time": 1})
    assert few == {"received": 6, "accepted": 6}
    known["counted_by"] = "event"
    lines = list(opendata.feedback_rows([{**published(), "extras": {"complaints": known}}]))
    assert [
        (line["unit_code"], line["received"], line["finished"], line["rated"], line["counted_by"])
        for line in lines
    ] == [("230600", 10, 10, 0, "event"), ("230100", 1, None, 0, "event"), ("230200", 6, None, 0, "event")]


LISTED = [("230100", "哈尔滨市"), ("230200", "齐齐哈尔市"), ("230600", "大庆市")]


def _finished(*months):
    """(finished, in time) of the whole and of each place over the months, None where withheld."""
    known = allowlist.statistic("complaints", {"months": months}, LISTED)
    rows = (known, *(one["figures"] for one in known["places"]))
    return [(row.get("finished"), row.get("finished_on_time")) for row in rows]


def test_a_quarter_shows_what_its_months_withheld_only_together():
    """230100 had one case in each of two months: their sum with the 2 of another is no case of anybody."""
    full = month_of(("230100", 5, 4), ("230200", 6, 6), ("230600", 7, 7))
    assert _finished(full, full, full) == [(54, 51), (15, 12), (18, 18), (21, 21)]
    once = month_of(("230100", 1, 0), ("230200", 6, 6), ("230600", 7, 7))
    assert _finished(once)[1:] == [(None, None), (None, None), (7, 7)]
    # the quarter less the two months shown would be the one case: withheld, and its companion's too
    assert _finished(once, full, full) == [(50, 47), (None, None), (None, None), (21, 21)]
    two = month_of(("230100", 2, 1), ("230200", 6, 6), ("230600", 7, 7))
    assert _finished(once, two, full) == [(47, 44), (8, 5), (18, 18), (21, 21)]
    assert _finished(once, once, full)[1] == (None, None)  # two cases in all
    quiet = month_of()
    assert _finished(quiet, full, quiet) == _finished(full)


def test_a_year_tells_no_quarter_and_no_month():
    full = month_of(("230100", 5, 4), ("230200", 6, 6), ("230600", 7, 7))
    once = month_of(("230100", 1, 0), ("230200", 6, 6), ("230600", 7, 7))
    rest = [full] * 3
    assert _finished(*rest * 4) == [(216, 204), (60, 48), (72, 72), (84, 84)]
    # one month lacking in one quarter: the year less all others is that month
    assert _finished(once, *rest, *rest, *rest, full, full)[1] == (None, None)
    # three single cases in three quarters: none of them alone follows
    spread = [once, full, full] * 3 + rest
    assert _finished(*spread)[1] == (60 - 12, 48 - 12)
    # a quarter that shows its three lacking months covers them: what is left is one month of another
    covered = [once, once, once, once, full, full] + rest * 2
    assert _finished(*covered[:3])[1] == (3, 0)
    assert _finished(*covered)[1] == (None, None)


def test_a_whole_with_one_case_in_a_month_is_not_told_by_its_quarter():
    one, many = month_of(("230100", 1, 1)), month_of(("230100", 5, 4), ("230200", 6, 6))
    assert _finished(one)[0] == (None, None)
    assert _finished(one, many, many)[0] == (None, None)
    assert _finished(one, many, many)[2] == (12, 12)


def _unit(code, signed, tier=2, parent="230000", own=False):
    return Unit(code, code, tier, parent, Figures(signed=signed, started=1), Discipline(), own)


def _shown(units, counties=(), total=None):
    whole = sum(one.figures.signed for one in units) if total is None else total
    payload = published(reported(units=tuple(units), counties=tuple(counties), total=Figures(signed=whole)))
    lines = (*payload["units"], *payload["counties"])
    assert all(
        set(one["figures"]) == {"signed", "withheld"} for one in lines if "started" not in one["figures"]
    )
    return {one["code"] for one in lines if "started" in one["figures"]}


def test_figures_of_one_place_do_not_follow_from_the_total():
    assert _shown([_unit("a", 9), _unit("b", 8), _unit("c", 0)]) == {"a", "b", "c"}
    assert _shown([_unit("a", 9), _unit("b", 2), _unit("c", 5)]) == {"a"}
    assert _shown([_unit("a", 9), _unit("b", 1), _unit("c", 1), _unit("d", 4)]) == {"a"}
    # what no line shows keeps company, unless it is a small one itself
    assert _shown([_unit("a", 9), _unit("b", 2)], total=15) == {"a"}
    assert _shown([_unit("a", 9), _unit("b", 8)], total=19) == {"a"}
    assert _shown([_unit("a", 9), _unit("b", 8), _unit("230000", 1, own=True)]) == {"a"}


def test_figures_of_a_county_do_not_follow_from_its_city():
    cities = [_unit("a", 12), _unit("b", 9)]
    county = [_unit("a1", 2, 3, "a"), _unit("a2", 4, 3, "a"), _unit("a3", 6, 3, "a"), _unit("b1", 9, 3, "b")]
    assert _shown(cities, county) == {"a", "b", "a3", "b1"}
    # a city withheld as companion of another is not the sum of its counties either
    cities = [_unit("a", 12), _unit("b", 9), _unit("c", 2)]
    county = [_unit("b1", 1, 3, "b"), _unit("b2", 3, 3, "b"), _unit("b3", 5, 3, "b"), _unit("c1", 2, 3, "c")]
    assert _shown(cities, county) == {"a", "b3"}
    assert _shown(cities, [_unit("b1", 4, 3, "b"), _unit("b2", 5, 3, "b")]) == {"a", "b2"}


@pytest.mark.parametrize(("good", "kept"), [(0, True), (1, False), (2, False), (3, True), (6, True), (7, False),
                                             (8, False), (9, True)])  # fmt: skip
def test_one_or_two_alone_with_their_word_are_not_told(good, kept):
    said = {"rated": 9, "good": good, "bad": 9 - good, "followed_up": 0, "not_adopted": 0}
    assert allowlist.statistic("ratings", said) == (said if kept else {"rated": 9})
    heard = {
        "received": 9,
        "accepted": 9,
        "finished": 9,
        "finished_on_time": 8,
        "asked": 9,
        "satisfied": good,
    }
    told = allowlist.statistic("complaints", heard)
    assert told.get("satisfied") == (good if kept else None)
    assert told["finished_on_time"] == 8  # what the office did is no word of anybody


def test_one_discontented_of_a_place_is_not_worked_out_from_the_whole():
    def counts(asked, satisfied):
        done = {"received": asked, "accepted": asked, "finished": asked, "finished_on_time": asked}
        return {**done, "asked": asked, "satisfied": satisfied}

    listed = [("230100", "哈尔滨市"), ("230200", "齐齐哈尔市"), ("230600", "大庆市")]
    places = {"230100": counts(9, 8), "230200": counts(5, 5), "230600": counts(20, 10)}
    whole = {name: sum(one[name] for one in places.values()) for name in counts(0, 0)}
    known = allowlist.statistic("complaints", {**whole, "places": places}, listed)
    shown = {one["code"]: one["figures"].get("satisfied") for one in known["places"]}
    assert known["satisfied"] == 23
    assert shown == {"230100": None, "230200": None, "230600": 10}
    assert [one["figures"]["asked"] for one in known["places"]] == [9, 5, 20]


def test_departments_do_not_tell_what_their_place_withholds_and_quarters_no_ratings():
    def line(place, name, rated):
        return OfficeLine(place, name, OfficeFigures(rated=rated, good=rated))

    units = tuple(
        Unit(code, name, 2, "230000", Figures(), Discipline())
        for code, name in (("230600", "大庆市"), ("230100", "哈尔滨市"), ("230200", "齐齐哈尔市"))
    )
    offices = (
        line("230600", "住建局", 1), line("230100", "住建局", 4), line("230100", "规划局", 5), line("230200", "住建局", 30),
    )  # fmt: skip
    found = published(reported(units=units, offices=offices))["offices"]
    good = {one["code"]: one["figures"].get("good") for one in found["places"]}
    assert good == {"230000": 0, "230600": None, "230100": None, "230200": 30}
    assert [one["figures"].get("good") for one in found["departments"]] == [None, None, 5, 30]
    quarter = published(reported(units=units, offices=offices, period="2026Q3"))["offices"]
    assert all("good" not in one["figures"] for one in (*quarter["places"], *quarter["departments"]))
    assert "good" not in quarter["total"]


def test_ranks_skip_what_is_withheld_and_equal_rates_share_one():
    payload = published()
    lines = present.lines_of(payload["units"])
    assert [(line.name, line.rank, line.withheld) for line in lines] == [
        ("大庆市", 1, False),
        ("哈尔滨市", None, True),
        ("齐齐哈尔市", None, True),
    ]
    assert lines[0].in_time.text == "66.7%"
    daqing = payload["units"][1]
    twins = present.lines_of([daqing, {**daqing, "code": "230700"}])
    assert [line.rank for line in twins] == [1, 1]


def test_a_ledger_whose_day_has_not_come_is_no_late_one():
    """大兴安岭地区 in September: 8 due, 7 on time, 1 whose day had not come: 7 / 7, not 7 / 8."""
    unit = Unit(
        "232700", "大兴安岭地区", 2, "230000", Figures(signed=9), Discipline(expected=8, on_time=7, open=1)
    )
    payload = published(reported(units=(unit,), discipline=unit.discipline))
    assert present.lines_of(payload["units"])[0].in_time.text == "100.0%"
    old = {name: n for name, n in payload["units"][0]["discipline"].items() if name != "open"}
    assert present.handed_in(old) == unit.discipline  # published before `open` was named: the rest of the sum
    handed = next(table for table in tables_of(payload) if "报送" in table.caption)
    assert (handed.rows[0]["open"], handed.rows[0]["in_time"]) == (1, 1)


def test_open_data_says_nothing_the_page_withholds():
    lines = list(opendata.rows([published()], "units"))
    small = next(line for line in lines if line["unit_code"] == "230100")
    assert (small["signed"], small["started"], small["withheld"]) == (2, None, 1)
    text = opendata.as_csv([{**lines[0], "unit_name": "=HYPERLINK(1)"}]).decode("utf-8-sig")
    rows = text.split("\r\n")
    assert rows[0].split(",") == [one["heading"] for one in opendata.fields()]
    assert ",'=HYPERLINK(1)," in rows[1]
