"""Pages of the catalogue: by role, the workbook there and back, faults by cell."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from approvals.catalogue.models import Catalogue, CatalogueState
from tests import build
from tests import checklist_help as help_

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def cast() -> dict[str, Any]:
    help_.catalogue("230600")
    return build.cast()


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def upload(book: Any) -> SimpleUploadedFile:
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile("目录.xlsx", file.getvalue(), content_type=XLSX)


def draft(client: Client) -> Catalogue:
    assert client.post(reverse("catalogue:draft")).status_code == 302
    return Catalogue.objects.get(state=CatalogueState.DRAFT)


def test_what_is_in_force_by_role(cast: dict[str, Any]) -> None:
    expected = {
        "county": 200,
        "city": 200,
        "officer": 200,
        "auditor": 200,
        "investor": 403,
        "administrator": 403,
        "nobody": 403,
    }
    for who, status in expected.items():
        assert as_(cast[who]).get(reverse("catalogue:home")).status_code == status, who
    html = as_(cast["county"]).get(reverse("catalogue:home")).content.decode()
    assert "建设用地规划许可证核发" in html
    assert "没有自己的目录" in html
    assert "这里还没有现行目录" in as_(cast["other_city"]).get(reverse("catalogue:home")).content.decode()
    held = Catalogue.objects.get()
    assert as_(cast["other_city"]).get(reverse("catalogue:version", args=[held.pk])).status_code == 404
    item = held.items.get(code="SG04")
    page = as_(cast["county"]).get(reverse("catalogue:item", args=[held.pk, item.pk]))
    assert "施工合同" in page.content.decode()
    assert as_(cast["county"]).get(reverse("catalogue:item_edit", args=[held.pk, item.pk])).status_code == 403


def test_workbook_there_and_back(cast: dict[str, Any]) -> None:
    client = as_(cast["city"])
    made = draft(client)
    answer = client.get(reverse("catalogue:export", args=[made.pk]))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    sheet = book.worksheets[0]
    sheet["J6"], sheet["K6"] = 4, "工作日"
    url = reverse("catalogue:import", args=[made.pk])
    assert client.post(url, {"file": upload(book)}).status_code == 302
    assert made.items.get(code="LX05").promised_days == 4
    sheet["J6"] = "四天半"
    bad = client.post(url, {"file": upload(book)})
    assert bad.status_code == 400
    assert "J6" in bad.content.decode()
    assert made.items.get(code="LX05").promised_days == 4
    for file in (SimpleUploadedFile("目录.xlsx", b"PK\x03\x04 broken"), SimpleUploadedFile("目录.xlsx", b"")):
        assert client.post(url, {"file": file}).status_code == 400
    assert (
        as_(cast["county"]).post(url, {"file": upload(book)}).status_code == 404
    )  # a draft of the tier above


def test_item_form_publishing_and_discarding(cast: dict[str, Any]) -> None:
    client = as_(cast["city"])
    made = draft(client)
    url = reverse("catalogue:item_new", args=[made.pk])
    data = {
        "version": made.version, "code": "zz01", "name": "排水许可", "stage": "construction_permit", "kind": "promised",
        "department_code": "housing", "statutory_days": "5", "statutory_unit": "working_days", "promised_days": "9",
        "promised_unit": "working_days", "materials": "申请表\n图纸", "usual": "on",
    }  # fmt: skip
    bad = client.post(url, data)
    assert bad.status_code == 400
    assert "长于法定时限" in bad.content.decode()
    assert "排水许可" in bad.content.decode()
    assert client.post(url, data | {"promised_days": "3"}).status_code == 302
    item = made.items.get(code="ZZ01")
    assert item.materials == ["申请表", "图纸"]
    made.refresh_from_db()
    publish = reverse("catalogue:publish", args=[made.pk])
    assert client.post(publish, {"version": made.version, "note": ""}).status_code == 400
    assert client.post(publish, {"version": made.version, "note": "增加排水许可"}).status_code == 302
    assert Catalogue.objects.get(state=CatalogueState.PUBLISHED, division_id="230600") == made
    again = draft(client)
    assert client.post(reverse("catalogue:discard", args=[again.pk])).status_code == 302
    assert not Catalogue.objects.filter(pk=again.pk).exists()
