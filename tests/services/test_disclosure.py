"""Publishing: from issued circulars alone, through the allow-list, without personal data; withdrawn with a note."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from accounts.errors import DomainError
from accounts.models import AuditRecord, Division
from policy.periods import Period
from reporting.circulars.models import Circular, CircularState
from reporting.circulars.services import approve_circular, draft_circular, issue_circular
from reporting.disclosure import allowlist, dictionary, extras, present
from reporting.disclosure.models import Publication
from reporting.disclosure.public_views import preview_of
from reporting.disclosure.services import open_sections, publish_circular, withdraw_publication
from reporting.reports.content import OfficeLine, Unit
from reporting.reports.figures import RATES, Discipline, Figures, OfficeFigures
from reporting.reports.models import Report, SnapshotRow
from reporting.reports.services import compile_period
from tests import build
from tests.disclosure_help import AT, month_of, published, reported


def test_only_named_fields_are_public():
    """A new figure, column or text of a report is not public until the list names it: this test must then change."""
    payload = published()
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
    complaints = month_of(("230600", 5, 4)) | {"period": "2026-10-01/2026-10-31", "counted_by": "event"}
    full = allowlist.payload_of(
        reported(offices=offices, counties=(county,), rules={"start_rate": rule}, previous=Figures(signed=9)),
        title="通报", number="14号", issued_on=date(2026, 11, 6), sections=[{"heading": "一", "paragraphs": ["好。"]}],
        extras={
            "ratings": {"rated": 9, "good": 6, "bad": 3, "followed_up": 3, "not_adopted": 0, "period": "x"},
            "complaints": complaints,
        },
    )  # fmt: skip
    empty = published()
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
        return None if first.month == 8 else month_of(("230600", first.month, 6))

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
    shown = present.head_rates(published(reported(total=total, previous=previous)))
    assert next(one.change for one in shown if one.key == "start_rate") == words
