"""How departments did, in public: from the published payload alone, field by field, few cases withheld (H20)."""

import csv
import io
import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from accounts.clock import BUSINESS_ZONE
from accounts.models import Division
from policy.periods import Period
from reporting.circulars.services import approve_circular, draft_circular, issue_circular
from reporting.disclosure import allowlist, fast, offices, opendata
from reporting.disclosure.document import tables_of
from reporting.disclosure.models import Publication
from reporting.disclosure.services import publish_circular
from reporting.disclosure.withholding import kept
from reporting.reports.content import OfficeLine, ReportContent, Unit
from reporting.reports.figures import Discipline, Figures, OfficeFigures
from reporting.reports.models import Report
from reporting.reports.services import compile_period
from tests import build

AT = datetime(2026, 11, 20, 9, 0, tzinfo=BUSINESS_ZONE)
BIG = OfficeFigures(
    due=14, on_time=10, late=4, letters=4, letters_answered=3, letters_late=1, rated=9, good=6
)
FEW = OfficeFigures(due=2, on_time=1, late=1, letters=1, letters_late=1, rated=2, good=1)
LINES = (
    OfficeLine("230000", "省自然资源厅", OfficeFigures(due=3, on_time=3)),
    OfficeLine("230600", "大庆市住房和城乡建设局", BIG),
    OfficeLine("230622", "肇源县住房和城乡建设局", FEW),
    OfficeLine("230622", "", OfficeFigures(due=5, on_time=1, late=4)),
    OfficeLine("230100", "哈尔滨市生态环境局", OfficeFigures(due=4, on_time=4)),
)


def _content(lines: tuple[OfficeLine, ...] | None = LINES) -> ReportContent:
    def unit(code: str, name: str, tier: int, parent: str) -> Unit:
        return Unit(code, name, tier, parent, Figures(signed=5), Discipline())

    return ReportContent(
        unit_code="230000", unit_name="黑龙江省", tier=1, period="2026-10", cut_off_on=date(2026, 10, 31),
        total=Figures(signed=10), discipline=Discipline(),
        units=(unit("230100", "哈尔滨市", 2, "230000"), unit("230600", "大庆市", 2, "230000")),
        counties=(unit("230622", "肇源县", 3, "230600"),), offices=lines,
        rules={"approval_rate": {"id": "HLJ-20-rate-approvals", "definition": "按时办结数除以应办结数"}},
    )  # fmt: skip


def _payload(content: ReportContent | None = None) -> dict[str, Any]:
    made = allowlist.payload_of(
        content or _content(),
        title="通报",
        number="黑营商通〔2026〕14号",
        issued_on=date(2026, 11, 6),
        sections=[],
    )
    return json.loads(json.dumps(made))


def test_only_named_fields_of_departments_are_public() -> None:
    """A new figure of departments is not public until the list names it: this test must then change."""
    payload = _payload()
    assert set(payload["offices"]) == {"total", "places", "departments"}
    assert set(payload["offices"]["places"][0]) == {"code", "name", "tier", "own", "figures"}
    assert set(payload["offices"]["departments"][0]) == {
        "place_code",
        "parent_code",
        "place",
        "name",
        "figures",
    }
    named = {name for group in allowlist.OFFICE_FIGURES for name in group}
    assert named == {one.name for one in fields(OfficeFigures)}
    assert payload["offices"]["total"] == (sum((one.figures for one in LINES), OfficeFigures())).to_json()
    assert payload["rules"]["approval_rate"] == {"definition": "按时办结数除以应办结数"}


def test_fewer_than_three_cases_show_their_number_alone() -> None:
    departments = {one["name"]: one["figures"] for one in _payload()["offices"]["departments"]}
    assert departments["肇源县住房和城乡建设局"] == {"due": 2, "letters": 1, "rated": 2}
    assert departments["省自然资源厅"] == {
        "due": 3, "on_time": 3, "late": 0, "letters": 0, "letters_answered": 0, "letters_late": 0, "rated": 0,
        "good": 0,
    }  # fmt: skip
    figures = OfficeFigures(due=9, on_time=8, late=1, rated=1, good=1)
    mixed = kept(figures.to_json(), allowlist.OFFICE_FIGURES)
    assert (mixed["late"], mixed["rated"], "good" in mixed) == (1, 1, False)


def test_places_are_ranked_and_add_up() -> None:
    rows = offices.places_of(_payload())
    assert [(row.name, row.due, row.approvals.text) for row in rows] == [
        ("省本级", 3, "100.0%"), ("哈尔滨市", 4, "100.0%"), ("大庆市", 21, "57.1%"),
    ]  # fmt: skip
    assert sum(row.due for row in rows) == offices.total_of(_payload()).due == 28
    places = offices.departments_of(_payload(), "230600")
    assert places is not None
    assert [(place.name, [row.name for row in place.rows]) for place in places] == [
        ("大庆市", ["大庆市住房和城乡建设局"]), ("大庆市肇源县", ["未明确承办部门", "肇源县住房和城乡建设局"]),
    ]  # fmt: skip
    assert (
        places[1].rows[1].withheld
        and places[1].rows[1].letters_withheld
        and places[1].rows[1].ratings_withheld
    )
    own = offices.departments_of(_payload(), "230000")
    assert own is not None and [row.name for place in own for row in place.rows] == ["省自然资源厅"]
    assert offices.departments_of(_payload(), "230622") is None  # a county is shown within its city


def test_open_data_says_the_same_and_marks_what_was_not_counted() -> None:
    old = _payload(_content(None))
    assert old["offices"] is None and not offices.is_counted(old)
    before = {
        name: value for name, value in old.items() if name != "offices"
    }  # published before the field existed
    lines = list(offices.data_rows([before, _payload()]))
    names = [one["name"] for one in opendata.office_fields()]
    assert all(set(line) == set(names) for line in lines)
    assert (lines[0]["counted"], lines[0]["due"], lines[0]["unit_code"]) == (0, None, "230000")
    small = next(line for line in lines if line["department"] == "肇源县住房和城乡建设局")
    assert (small["due"], small["on_time"], small["good"], small["counted"]) == (2, None, None, 1)
    text = opendata.as_csv(lines, opendata.office_fields()).decode("utf-8-sig").split("\r\n")
    assert text[1].startswith("2026-10,")
    assert text[0].startswith("期间,截至日期,行政区划代码,单位名称,通报文号,部门,应办结审批事项")
    captions = [[table.caption for table in tables_of(one)] for one in (before, _payload())]
    assert "2026年10月部门审批办理情况" not in captions[0]
    assert "2026年10月部门审批办理情况" in captions[1]


@pytest.fixture
def published(db: Any) -> Publication:
    cast = build.cast()
    snapshot = compile_period(
        province=Division.objects.get(pk="230000"), period=Period.parse("2026-10"), by=None, at=AT
    )
    Report.objects.filter(snapshot=snapshot, unit_id="230000").update(figures=_content().to_json())
    circular = draft_circular(report=Report.objects.get(snapshot=snapshot, unit_id="230000"), by=None, at=AT)
    approve_circular(circular=circular, by=cast["province_head"], at=AT)
    issue_circular(circular=circular, by=cast["province_head"], at=AT)
    with mock.patch.object(fast, "FRESH", -1.0):
        yield publish_circular(circular=circular, sections=[], by=cast["province_head"], at=AT)


def _get(name: str, *args: str, status: int = 200) -> str:
    response = Client().get(reverse(f"public:{name}", args=args))
    assert response.status_code == status, (name, args)
    return response.content.decode("utf-8-sig")


def test_the_month_names_places_and_opens_their_departments(published: Publication) -> None:
    page = _get("month", published.slug)
    address = reverse("public:departments", args=[published.slug, "230600"])
    assert address in page and "57.1%" in page and "部门审批办理情况" in page
    assert "按时办结数除以应办结数" in page
    text = Client().get(address).content.decode()
    assert "大庆市住房和城乡建设局" in text and "71.4%" in text
    assert "应办结 2 项，比率不公开" in text
    assert "哈尔滨市生态环境局" not in text
    for unknown in ("230622", "999999"):
        _get("departments", published.slug, unknown, status=404)
    _get("departments", "230000-2026-09", "230600", status=404)
    rows = list(
        csv.DictReader(io.StringIO(_get("data_file", "230000", "departments", "csv").removeprefix("\ufeff")))
    )
    assert [row["应办结审批事项"] for row in rows] == ["3", "14", "2", "5", "4"]
    data = json.loads(_get("data_file", "230000", "departments", "json"))
    assert {one["name"] for one in data["fields"]} == set(data["rows"][0])
    assert "各部门审批办理情况，最近 12 个月" in _get("data")


def test_a_month_published_before_says_not_counted(published: Publication) -> None:
    payload = {name: value for name, value in published.payload.items() if name != "offices"}
    Publication.objects.filter(pk=published.pk).update(payload=payload)
    page = _get("month", published.slug)
    assert "本期未统计。" in page
    assert "57.1%" not in page
    _get("departments", published.slug, "230600", status=404)
    assert "黑营商通" in _get("circulars") + _get("log")
    assert _get("data_file", "230000", "departments", "csv").count("\r\n") == 2  # headings and the one line


def test_a_withdrawn_month_shows_no_departments(published: Publication) -> None:
    other = Publication.objects.get(pk=published.pk)
    Publication.objects.filter(pk=other.pk).update(
        withdrawn_at=AT, withdrawn_by=other.published_by, withdrawal_note="数据有误"
    )
    gone = _get("departments", published.slug, "230600", status=410)
    assert "数据有误" in gone
    assert "<table" not in gone
    assert "数据有误" in _get("log")


def test_the_log_names_what_corrected_a_month(published: Publication) -> None:
    again = Publication.objects.get(pk=published.pk)
    again.pk, again.slug, again.withdrawn_at = None, f"{published.slug}-2", AT
    again.withdrawn_by, again.withdrawal_note = published.published_by, "又有误"
    again.payload = published.payload | {"number": "黑营商通〔2026〕99号"}
    again.save()
    Publication.objects.filter(pk=published.pk).update(replaced_by=again)
    page = _get("log")
    assert page.count("〔2026〕99号") == 2  # its own line, and the line of the month it corrects
    assert "又有误" in page
