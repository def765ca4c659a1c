"""Two publishers of one place: what the one withholds does not follow from what the other shows."""

import json

import pytest
from django.urls import reverse

from accounts.models import Division
from accounts.permissions import Role
from policy.periods import Period
from reporting.circulars.services import approve_circular, draft_circular, issue_circular
from reporting.disclosure import allowlist
from reporting.disclosure.beside import ALONE, Beside
from reporting.disclosure.models import Publication
from reporting.disclosure.services import publish_circular, withdraw_publication
from reporting.reports.content import OfficeLine, Unit
from reporting.reports.figures import Discipline, Figures, OfficeFigures
from reporting.reports.models import Report
from reporting.reports.services import compile_period
from tests import build
from tests.disclosure_help import AT, month_of, published, reported

QIQIHAR, DAQING, HARBIN, ZHAOYUAN = "230200", "230600", "230100", "230622"
ONE = Figures(signed=1, started=1)


def _unit(code, signed, tier=2, parent="230000"):
    return Unit(code, code, tier, parent, Figures(signed=signed, started=1), Discipline())


def _city(**changes):
    """齐齐哈尔市's own report: four projects, all in one of two counties."""
    units = (_unit("230221", 4, 3, QIQIHAR), _unit("230223", 0, 3, QIQIHAR))
    values = {"unit_code": QIQIHAR, "tier": 2, "units": units, "total": Figures(signed=4, started=2)}
    return reported(**(values | changes))


def _payload(content, **beside):
    made = allowlist.payload_of(
        content, title="通报", number="14号", issued_on=content.cut_off_on, sections=[], **beside
    )
    return json.loads(json.dumps(made))


def _beside(code, *payloads):
    return Beside.of(payloads, code, allowlist.GROUPS)


def _started(payload):
    return {one["code"] for one in payload["units"] if "started" in one["figures"]}


def test_a_city_withholds_of_itself_what_the_province_withholds_of_it():
    above = published()
    assert _beside(QIQIHAR, above).withheld == {"projects": {"signed"}}
    assert _beside(DAQING, above).withheld == {}
    alone = _payload(_city())
    assert alone["total"]["started"] == 2
    made = _payload(_city(), beside=_beside(QIQIHAR, above))
    assert made["total"] == {"signed": 4, "withheld": True}
    assert _started(alone) - _started(made) == {"230221"}  # nor what its counties add up to
    assert _payload(_city(), beside=_beside(DAQING, above)) == alone


def test_a_total_withheld_is_not_told_as_that_of_the_period_before():
    content = _city(previous=Figures(signed=4, started=1), previous_period="2026-09")
    assert _payload(content)["previous"]["started"] == 1
    made = _payload(content, others={"2026-09": _beside(QIQIHAR, published())})
    assert made["previous"] == {"signed": 4, "withheld": True}
    assert made["total"]["started"] == 2


def test_the_province_keeps_a_small_place_company_by_those_that_publish_nothing_themselves():
    assert _started(published()) == {DAQING}
    shows = _beside("230000", _payload(_city()))
    assert shows.shown["projects"]["signed"] >= {QIQIHAR, "230221"}
    assert _started(_payload(reported(), beside=shows)) == {QIQIHAR}
    # there is nobody else: better too much withheld than the small one told
    everybody = Beside(shown={"projects": {"signed": {QIQIHAR, DAQING}}})
    assert _started(_payload(reported(), beside=everybody)) == {DAQING}


def _offices(field, *counts):
    """One department per place, everything in time and everybody content."""
    alike = {"due": "on_time", "rated": "good"}
    return tuple(OfficeLine(c, "住建局", OfficeFigures(**{field: n, alike[field]: n})) for c, n in counts)


def test_departments_and_complaints_of_a_whole_follow_the_publication_above():
    whole = reported(offices=_offices("due", (HARBIN, 1), (QIQIHAR, 4), (DAQING, 9)))
    said = {"complaints": month_of((HARBIN, 1, 0), (QIQIHAR, 4, 4), (DAQING, 9, 9))}
    above = _payload(whole, extras=said)
    beside = _beside(QIQIHAR, above)
    assert beside.withheld["offices"] == {"due"}
    assert beside.withheld["complaints"] == {"=finished", "finished"}
    own = {"complaints": month_of(("230221", 3, 3), ("230223", 1, 1))}
    city = _city(offices=_offices("due", ("230221", 4)))
    alone = _payload(city, extras=own)
    assert (alone["offices"]["total"]["on_time"], alone["extras"]["complaints"]["finished_on_time"]) == (4, 4)
    made = _payload(city, extras=own, beside=beside)
    shown = (made["offices"]["total"], *(one["figures"] for one in made["offices"]["places"]))
    assert all("on_time" not in one for one in shown if one["due"])
    shown = (
        made["extras"]["complaints"],
        *(one["figures"] for one in made["extras"]["complaints"]["places"]),
    )
    assert not any(one.get("finished") for one in shown)
    shows = _beside("230000", alone)
    assert QIQIHAR in shows.shown["offices"]["due"]
    assert QIQIHAR in shows.shown["complaints"]["finished"]
    again = _payload(whole, extras=said, beside=shows)
    kept = {one["code"] for one in again["offices"]["places"] if one["figures"].get("on_time")}
    told = {one["code"] for one in again["extras"]["complaints"]["places"] if one["figures"].get("finished")}
    assert (kept, told) == ({QIQIHAR}, {QIQIHAR})


def test_a_city_does_not_tell_how_it_was_rated_where_the_province_does_not():
    above = _payload(reported(offices=_offices("rated", (HARBIN, 1), (QIQIHAR, 4), (DAQING, 9))))
    said = {"ratings": {"rated": 4, "good": 4, "bad": 0, "followed_up": 0, "not_adopted": 0}}
    assert _payload(_city(), extras=said)["extras"]["ratings"]["good"] == 4
    made = _payload(_city(), extras=said, beside=_beside(QIQIHAR, above))
    assert made["extras"]["ratings"] == {"rated": 4}


def test_a_quarter_does_not_tell_the_month_that_was_withheld_for_the_one_above():
    month = month_of(("230221", 4, 3), ("230223", 5, 5))
    listed = [(QIQIHAR, "市本级"), ("230221", "龙江县"), ("230223", "依安县")]
    gone = Beside(withheld={"complaints": {"=finished", "finished"}})
    open_ = allowlist.statistic("complaints", {"months": [month] * 3}, listed)
    assert (open_["finished"], open_["finished_on_time"]) == (27, 24)
    once = allowlist.statistic("complaints", {"months": [month] * 3}, listed, months=[gone, ALONE, ALONE])
    assert "finished" not in once
    whole = allowlist.statistic("complaints", {"months": [month] * 3}, listed, gone)
    assert "finished" not in whole
    shown = [one["code"] for one in whole["places"] if one["figures"].get("finished")]
    assert shown == ["230223"]  # the smaller one keeps the whole company


@pytest.fixture
def issued(db):
    """The issued circulars of the province and of 大庆市 for October: 4 projects there, 2 in 哈尔滨市, 5 in 齐齐哈尔市."""
    for code, count in ((ZHAOYUAN, 4), (HARBIN, 2), (QIQIHAR, 5)):
        for n in range(count):
            build.project(f"项目{code}{n}", code)
    heads = {code: build.user(f"t-head-{code}", Role.OFFICE_HEAD, code) for code in ("230000", DAQING)}
    period = Period.parse("2026-10")
    compile_period(province=Division.objects.get(pk="230000"), period=period, by=None, at=AT)
    made = {}
    for code, head in heads.items():
        report = Report.objects.get(unit_id=code, period="2026-10")
        circular = draft_circular(report=report, by=None, at=AT)
        approve_circular(circular=circular, by=head, at=AT)
        issue_circular(circular=circular, by=head, at=AT)
        made[code] = (circular, head)
    return made


def _publish(issued, code):
    circular, head = issued[code]
    return publish_circular(circular=circular, sections=[], by=head, at=AT)


def test_the_city_publishes_after_the_province(issued):
    above = _publish(issued, "230000")
    assert _started(above.payload) == {one["code"] for one in above.payload["units"]} - {HARBIN, DAQING}
    below = _publish(issued, DAQING)
    assert below.payload["total"] == {"signed": 4, "withheld": True}
    assert all("started" not in one["figures"] for one in below.payload["units"] if one["figures"]["signed"])
    withdraw_publication(publication=above, note="数据有误", by=issued["230000"][1], at=AT)
    withdraw_publication(publication=below, note="数据有误", by=issued[DAQING][1], at=AT)
    assert _publish(issued, DAQING).payload["total"]["started"] == 0  # nothing stands beside it now


def test_the_publisher_is_warned_of_words_that_state_what_the_tables_withhold(issued, client):
    circular, head = issued[DAQING]
    client.force_login(head)
    address = reverse("disclosure:publish", args=[circular.pk])
    warning = "合计的比率不公开"
    page = client.get(address).content.decode()
    assert 'id="id_sections_0" checked' in page and warning not in page
    _publish(issued, "230000")
    page = client.get(address).content.decode()
    assert 'id="id_sections_0"' in page and 'id="id_sections_0" checked' not in page and warning in page


def test_the_province_publishes_after_the_city(issued):
    below = _publish(issued, DAQING)
    assert below.payload["total"]["started"] == 0
    above = _publish(issued, "230000")
    assert _started(above.payload) == {one["code"] for one in above.payload["units"]} - {HARBIN, QIQIHAR}
    assert (
        next(one for one in above.payload["counties"] if one["code"] == ZHAOYUAN)["figures"]["started"] == 0
    )
    assert Publication.objects.public().count() == 2
