"""Publishing: from issued circulars alone, through the allow-list, without personal data; withdrawn with a note."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from accounts.clock import BUSINESS_ZONE
from accounts.errors import DomainError
from accounts.models import AuditRecord, Division
from policy.periods import Period
from reporting.circulars.models import Circular, CircularState
from reporting.circulars.services import approve_circular, draft_circular, issue_circular
from reporting.disclosure import allowlist, dictionary, extras, opendata, present
from reporting.disclosure.document import tables_of
from reporting.disclosure.models import Publication
from reporting.disclosure.public_views import preview_of
from reporting.disclosure.services import open_sections, publish_circular, withdraw_publication
from reporting.disclosure.withholding import withheld
from reporting.reports.content import OfficeLine, ReportContent, Unit
from reporting.reports.figures import RATES, Discipline, Figures, OfficeFigures
from reporting.reports.models import Report, SnapshotRow
from reporting.reports.services import compile_period
from tests import build

AT = datetime(2026, 11, 20, 9, 0, tzinfo=BUSINESS_ZONE)


def _content(**changes):
    big = Figures(
        signed=10, started=7, start_planned=8, started_of_planned=6, points_finished=4, points_on_time=3
    )
    small = Figures(signed=2, started=1)
    middle = Figures(signed=4, started=1)
    units = (
        Unit("230200", "齐齐哈尔市", 2, "230000", middle, Discipline(expected=1, on_time=1)),
        Unit("230600", "大庆市", 2, "230000", big, Discipline(expected=3, on_time=2, late=1)),
        Unit("230100", "哈尔滨市", 2, "230000", small, Discipline(expected=2, on_time=2)),
    )
    values = {
        "unit_code": "230000",
        "unit_name": "黑龙江省",
        "tier": 1,
        "period": "2026-10",
        "cut_off_on": date(2026, 10, 31),
        "total": big + small + middle,
        "discipline": Discipline(expected=6, on_time=5, late=1),
        "units": units,
        "rules": {"start_rate": {"id": "HLJ-20", "definition": "开工数除以基数", "secret": "x"}, "other": {}},
    }
    return ReportContent(**(values | changes))


def _payload(content=None):
    return allowlist.payload_of(
        content or _content(),
        title="通报",
        number="黑营商通〔2026〕14号",
        issued_on=date(2026, 11, 6),
        sections=[],
    )


def test_only_named_fields_are_public():
    """A new figure, column or text of a report is not public until the list names it: this test must then change."""
    payload = _payload()
    assert set(payload) == {
        "title", "number", "issued_on", "unit", "period", "cut_off_on", "total", "previous", "previous_period",
        "discipline", "units", "counties", "rules", "sections", "extras", "offices",
    }  # fmt: skip
    assert set(payload["total"]) == {*allowlist.FIGURES, "rates"}
    assert set(payload["units"][1]) == {"code", "name", "tier", "parent_code", "figures", "discipline"}
    assert set(payload["discipline"]) == set(allowlist.DISCIPLINE)
    assert payload["rules"] == {"start_rate": {"definition": "开工数除以基数"}}
    hidden = {f for f in Figures.__dataclass_fields__ if f not in allowlist.FIGURES}
    assert hidden == {"signed_amount_yuan", "new_signed_amount_yuan", "in_place_yuan", "red", "amber"}
    assert set(RATES) - set(allowlist.PUBLIC_RATES) == {"funds_in_place_rate"}


def test_fewer_than_three_projects_show_their_number_alone():
    units = {unit["code"]: unit for unit in _payload()["units"]}
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
    lines = list(opendata.feedback_rows([{**_payload(), "extras": {"complaints": known}}]))
    assert [
        (line["unit_code"], line["received"], line["finished"], line["rated"], line["counted_by"])
        for line in lines
    ] == [("230600", 10, 10, 0, "event"), ("230100", 1, None, 0, "event"), ("230200", 6, None, 0, "event")]


def _month(*places):
    """Counts of a month: (code, finished, of these in time)."""
    fields = dict.fromkeys(("received", "accepted", "asked", "satisfied"), 0)
    by_code = {code: {**fields, "finished": n, "finished_on_time": m} for code, n, m in places}
    return {name: sum(one[name] for one in by_code.values()) for name in
            (*fields, "finished", "finished_on_time")} | {"places": by_code}  # fmt: skip


LISTED = [("230100", "哈尔滨市"), ("230200", "齐齐哈尔市"), ("230600", "大庆市")]


def _finished(*months):
    """(finished, in time) of the whole and of each place over the months, None where withheld."""
    known = allowlist.statistic("complaints", {"months": months}, LISTED)
    rows = (known, *(one["figures"] for one in known["places"]))
    return [(row.get("finished"), row.get("finished_on_time")) for row in rows]


def test_a_quarter_shows_what_its_months_withheld_only_together():
    """230100 had one case in each of two months: their sum with the 2 of another is no case of anybody."""
    full = _month(("230100", 5, 4), ("230200", 6, 6), ("230600", 7, 7))
    assert _finished(full, full, full) == [(54, 51), (15, 12), (18, 18), (21, 21)]
    once = _month(("230100", 1, 0), ("230200", 6, 6), ("230600", 7, 7))
    assert _finished(once)[1:] == [(None, None), (None, None), (7, 7)]
    # the quarter less the two months shown would be the one case: withheld, and its companion's too
    assert _finished(once, full, full) == [(50, 47), (None, None), (None, None), (21, 21)]
    two = _month(("230100", 2, 1), ("230200", 6, 6), ("230600", 7, 7))
    assert _finished(once, two, full) == [(47, 44), (8, 5), (18, 18), (21, 21)]
    assert _finished(once, once, full)[1] == (None, None)  # two cases in all
    quiet = _month()
    assert _finished(quiet, full, quiet) == _finished(full)


def test_a_year_tells_no_quarter_and_no_month():
    full = _month(("230100", 5, 4), ("230200", 6, 6), ("230600", 7, 7))
    once = _month(("230100", 1, 0), ("230200", 6, 6), ("230600", 7, 7))
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
    one, many = _month(("230100", 1, 1)), _month(("230100", 5, 4), ("230200", 6, 6))
    assert _finished(one)[0] == (None, None)
    assert _finished(one, many, many)[0] == (None, None)
    assert _finished(one, many, many)[2] == (12, 12)


def _unit(code, signed, tier=2, parent="230000", own=False):
    return Unit(code, code, tier, parent, Figures(signed=signed, started=1), Discipline(), own)


def _shown(units, counties=(), total=None):
    whole = sum(one.figures.signed for one in units) if total is None else total
    payload = _payload(_content(units=tuple(units), counties=tuple(counties), total=Figures(signed=whole)))
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


def _paths(value, at=""):
    """Addresses of the values of a payload, as its dictionary writes them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            shown = "*" if at == "rules" else name
            yield from _paths(inner, f"{at}.{shown}" if at else shown)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _paths(inner, f"{at}[]")
    elif value != []:
        yield at


def test_the_dictionary_explains_every_field_of_a_publication_and_no_other():
    rule = dict.fromkeys(allowlist.RULE, "x")
    offices = (OfficeLine("230600", "住建局", OfficeFigures(due=9, on_time=9)),)
    county = Unit("230622", "肇源县", 3, "230600", Figures(signed=5), Discipline())
    complaints = _month(("230600", 5, 4)) | {"period": "2026-10-01/2026-10-31", "counted_by": "event"}
    full = allowlist.payload_of(
        _content(offices=offices, counties=(county,), rules={"start_rate": rule}, previous=Figures(signed=9)),
        title="通报", number="14号", issued_on=date(2026, 11, 6), sections=[{"heading": "一", "paragraphs": ["好。"]}],
        extras={
            "ratings": {"rated": 9, "good": 6, "bad": 3, "followed_up": 3, "not_adopted": 0, "period": "x"},
            "complaints": complaints,
        },
    )  # fmt: skip
    empty = _payload()
    found = {*_paths(full), *_paths(empty)}
    explained = {
        f"{place}.{field.name}" if place else field.name
        for block in dictionary.BLOCKS
        for place in block.places
        for field in block.fields
    }
    assert found - explained == set()
    assert explained - found == {f"{place}.withheld" for place in ("total", "previous", "counties[].figures")}


def test_a_publication_from_before_is_shown_as_it_was(issued):
    _cast, head, circular = issued
    row = publish_circular(circular=circular, sections=[], by=head, at=AT)
    old = {"received": 6, "accepted": 6, "finished": 1, "asked": 2, "period": "2026-10-01/2026-10-31"}
    few = {"received": 2, "period": "2026-10-01/2026-10-31"}
    for kept, words in ((old, "办结 1 件，数量过少，不公布比率"), (few, "不足 3 件，只公布件数")):
        payload = row.payload | {"extras": {"complaints": kept}}
        page = preview_of(RequestFactory().get("/"), payload)
        assert words in page
        assert "按发生的日期" not in page
    now = preview_of(
        RequestFactory().get("/"), row.payload | {"extras": {"complaints": few | {"counted_by": "event"}}}
    )
    assert "按发生的日期" in now


def test_a_quarter_carries_the_complaints_of_its_months_once_it_is_over(db):
    unit, quarter = Division.objects.get(pk="230000"), Period.parse("2026Q3")
    asked = []

    def count(_unit, first, last):
        asked.append((first, last))
        return None if first.month == 8 else _month(("230600", first.month, 6))

    kept = dict(extras._counts), set(extras._by_event)
    extras._counts.clear()
    try:
        extras.register_count("ratings", count)
        extras.register_count("complaints", count, by_event=True)
        assert extras.counted(unit, quarter, date(2026, 9, 28), on=date(2026, 9, 30)) == {}
        assert asked == []
        found = extras.counted(unit, quarter, date(2026, 9, 28), on=date(2026, 10, 1))
        month = extras.counted(unit, Period.parse("2026-09"), date(2026, 9, 30), on=date(2026, 10, 1))
    finally:
        extras._counts.clear()
        extras._counts.update(kept[0])
        extras._by_event.clear()
        extras._by_event.update(kept[1])
    assert asked[:3] == [
        (date(2026, 7, 1), date(2026, 7, 31)), (date(2026, 8, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 9, 30)),
    ]  # fmt: skip
    known = allowlist.statistic("complaints", found["complaints"], [("230600", "大庆市")])
    assert (known["finished"], known["finished_on_time"], known["period"]) == (
        16,
        12,
        "2026-07-01/2026-09-30",
    )
    assert (known["counted_by"], set(found), set(month)) == (
        "event",
        {"complaints"},
        {"ratings", "complaints"},
    )


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
    found = _payload(_content(units=units, offices=offices))["offices"]
    good = {one["code"]: one["figures"].get("good") for one in found["places"]}
    assert good == {"230000": 0, "230600": None, "230100": None, "230200": 30}
    assert [one["figures"].get("good") for one in found["departments"]] == [None, None, 5, 30]
    quarter = _payload(_content(units=units, offices=offices, period="2026Q3"))["offices"]
    assert all("good" not in one["figures"] for one in (*quarter["places"], *quarter["departments"]))
    assert "good" not in quarter["total"]


def test_ranks_skip_what_is_withheld_and_equal_rates_share_one():
    payload = _payload()
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
    payload = _payload(_content(units=(unit,), discipline=unit.discipline))
    assert present.lines_of(payload["units"])[0].in_time.text == "100.0%"
    old = {name: n for name, n in payload["units"][0]["discipline"].items() if name != "open"}
    assert present.handed_in(old) == unit.discipline  # published before `open` was named: the rest of the sum
    handed = next(table for table in tables_of(payload) if "报送" in table.caption)
    assert (handed.rows[0]["open"], handed.rows[0]["in_time"]) == (1, 1)


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("联系电话13912345678。", "13912345678"),
        ("电话 0459-8123456", "0459-8123456"),
        ("身份证230622199001011234号", "230622199001011234"),
        ("邮箱 wang@example.com", "wang@example.com"),
        ("合同额12345678901234元", ""),
        ("黑营商通〔2026〕14号，开工率67.9%", ""),
    ],
)
def test_personal_data_is_found(text, hit):
    found = allowlist.findings([{"heading": "一", "paragraphs": ["前言", text]}])
    assert [one.text for one in found] == ([hit] if hit else [])
    if found:
        assert (found[0].section, found[0].paragraph) == (1, 2)


NAMES = ["肇源县鲁花花生油项目", "湖北蕲艾科技集团有限公司", "蕲艾科技集团"]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("逾期时间较长的是肇源县鲁花花生油项目（逾期3个工作日）。", ["肇源县鲁花花生油项目"]),
        ("湖北蕲艾 科技集团有限公司未开工。", ["湖北蕲艾科技集团有限公司"]),
        ("湖北蕲艾科技集团有限公司和蕲艾科技集团。", ["湖北蕲艾科技集团有限公司", "蕲艾科技集团"]),
        ("红灯项目3个，花生油项目1个。", []),
    ],
)
def test_names_of_projects_and_companies_are_found_in_heading_and_words(text, hits):
    found = allowlist.findings([{"heading": text, "paragraphs": ["无", text]}], NAMES, title=text)
    assert [(one.section, one.paragraph, one.text) for one in found] == [
        (n, m, hit) for n, m in ((0, 0), (1, 0), (1, 2)) for hit in hits
    ]
    assert all(one.is_name for one in found)


def test_open_data_says_nothing_the_page_withholds():
    lines = list(opendata.rows([_payload()], "units"))
    small = next(line for line in lines if line["unit_code"] == "230100")
    assert (small["signed"], small["started"], small["withheld"]) == (2, None, 1)
    text = opendata.as_csv([{**lines[0], "unit_name": "=HYPERLINK(1)"}]).decode("utf-8-sig")
    rows = text.split("\r\n")
    assert rows[0].split(",") == [one["heading"] for one in opendata.fields()]
    assert ",'=HYPERLINK(1)," in rows[1]


@pytest.fixture
def issued(db):
    cast = build.cast()
    head = cast["province_head"]
    circular = draft_circular(report=_report(), by=cast["province"], at=AT)
    approve_circular(circular=circular, by=head, at=AT)
    issue_circular(circular=circular, by=head, at=AT)
    return cast, head, circular


def _report():
    compile_period(province=Division.objects.get(pk="230000"), period=Period.parse("2026-10"), by=None, at=AT)
    return Report.objects.get(unit_id="230000", period="2026-10")


def _frozen(snapshot, n, name, investor):
    """A project as frozen with the report."""
    SnapshotRow.objects.create(
        snapshot_id=snapshot, project_id=n, number=f"T{n}", name=name, investor=investor,
        division_code="230622", division_name="肇源县", province_code="230000", contract_kind="contract",
        counted=True, signed_in_period=False, fulfilled=False, started=False, completed=False, produced=False,
        start_planned=False, started_of_planned=False, lost=False, points_due=0, points_done=0, points_on_time=0,
    )  # fmt: skip


def test_an_issued_circular_is_published_once_and_withdrawn_with_a_note(issued):
    cast, head, circular = issued
    row = publish_circular(circular=circular, sections=[0], by=head, at=AT)
    assert (row.slug, len(row.payload["sections"])) == ("230000-2026-10", 1)
    with pytest.raises(DomainError) as twice:
        publish_circular(circular=circular, sections=[0], by=head, at=AT)
    assert twice.value.code == "already_published"
    for refused in (cast["city"], cast["county"]):
        with pytest.raises(PermissionDenied):
            withdraw_publication(publication=row, note="x", by=refused, at=AT)
    with pytest.raises(DomainError):
        withdraw_publication(publication=row, note="  ", by=head, at=AT)
    snapshot = row.circular.report.snapshot_id
    SnapshotRow.objects.filter(snapshot_id=snapshot).delete()
    _frozen(snapshot, 1, "艾草生物经济项目", "")
    for note, code in (
        ("请致电 138 1234 5678", "personal_data"),
        ("见230622 19900101 1234", "personal_data"),
        ("艾草生物经济 项目数据有误", "named"),
    ):
        with pytest.raises(DomainError) as personal:
            withdraw_publication(publication=row, note=note, by=head, at=AT)
        assert (personal.value.code, personal.value.field) == (code, "note")
    row.refresh_from_db()
    assert (row.withdrawn_at, row.withdrawal_note) == (None, "")
    withdraw_publication(publication=row, note="数据有误", by=head, at=AT)
    assert list(Publication.objects.public()) == []
    again = publish_circular(circular=circular, sections=[], by=head, at=AT)
    assert (again.slug, again.payload["sections"]) == ("230000-2026-10-2", [])
    actions = list(
        AuditRecord.objects.filter(object_type="reporting.publication").values_list("action", flat=True)
    )
    assert sorted(actions) == ["circular_published", "circular_published", "publication_withdrawn"]


def test_words_that_name_a_project_of_the_frozen_province_are_refused(issued):
    _cast, head, circular = issued
    rows = circular.report.snapshot.rows
    rows.all().delete()
    for n, (name, investor) in enumerate(
        (("艾草生物经济项目", "甲乙丙丁公司、湖北蕲艾科技集团"), ("小项目", ""))
    ):
        _frozen(circular.report.snapshot_id, n, name, investor)
    body = [
        {"heading": "总体", "paragraphs": ["小项目2个。"]},
        {"heading": "问题", "paragraphs": ["无", "湖北蕲艾科技集团尚未开工。"]},
        {"heading": "要求", "paragraphs": ["艾草生物经济项目要抓紧。"]},
    ]
    Circular.objects.filter(pk=circular.pk).update(body=body)
    circular.refresh_from_db()
    assert open_sections(circular) == [0]
    for sections, text in (([0, 1], "湖北蕲艾科技集团”（第 2 部分第 2 段）"), ([2], "艾草生物经济项目")):
        with pytest.raises(DomainError) as refusal:
            publish_circular(circular=circular, sections=sections, by=head, at=AT)
        assert refusal.value.code == "named"
        assert text in str(refusal.value.message)
    Circular.objects.filter(pk=circular.pk).update(title="关于艾草生物经济项目的通报")
    circular.refresh_from_db()
    with pytest.raises(DomainError):
        publish_circular(circular=circular, sections=[0], by=head, at=AT)
    assert not Publication.objects.exists()


def test_drafts_and_words_with_a_phone_number_stay_inside(issued):
    _cast, head, circular = issued
    Circular.objects.filter(pk=circular.pk).update(
        body=[
            {"heading": "总体", "paragraphs": ["请联系13912345678"]},
            {"heading": "其他", "paragraphs": ["无"]},
        ]
    )
    circular.refresh_from_db()
    with pytest.raises(DomainError) as refusal:
        publish_circular(circular=circular, sections=[0, 1], by=head, at=AT)
    assert refusal.value.code == "personal_data"
    assert not Publication.objects.exists()
    assert (
        publish_circular(circular=circular, sections=[1], by=head, at=AT).payload["sections"][0]["heading"]
        == "其他"
    )
    Circular.objects.filter(pk=circular.pk).update(state=CircularState.DRAFT)
    circular.refresh_from_db()
    with pytest.raises(DomainError) as draft:
        publish_circular(circular=circular, sections=[1], by=head, at=AT)
    assert draft.value.code == "not_issued"


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [(7000, 7001, "0"), (7001, 7000, "0"), (7000, 7100, "+1.0"), (7100, 7000, "-1.0")],
)
def test_no_change_has_no_sign(before, now, words):
    total, previous = (Figures(signed=10_000, started=n) for n in (now, before))
    shown = present.head_rates(_payload(_content(total=total, previous=previous)))
    assert next(one.change for one in shown if one.key == "start_rate") == words
