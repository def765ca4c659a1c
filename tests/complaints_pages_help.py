"""The complainant's pages for the tests: the form as a person sends it, both codes, the way in."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts import clock
from accounts.models import Department, Division
from supervision.complaints import receiving
from supervision.complaints.models import Complaint
from supervision.complaints.receiving import Said
from tests import build

NOW = build.at("2026-10-23 09:42")
TEXT = "9 月 14 日在政务大厅 6 号窗口申请规划核实，两次去问都说领导没签字，没有告知还差什么材料。"
WRITE, LOOKUP, STATUS = "/complaint/", "/complaint/lookup/", "/complaint/status/"


def held_clock() -> Iterator[None]:
    """Fixture: counters of the limits at zero, the clock at `NOW`."""
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


def sum_of(page: str) -> str:
    question = re.search(r'for="id_answer">([^<]+)<', page)[1]
    return str(
        sum("零一二三四五六七八九".index(c) for c in question.split("等于")[0] if c in "零一二三四五六七八九")
    )


def form_body(client: Client, **changes: Any) -> dict[str, Any]:
    """What a person sends who opened the form a minute ago."""
    with mock.patch.object(clock, "now", return_value=NOW - timedelta(minutes=1)):
        page = client.get(WRITE).content.decode()
    body = {
        "sign": "anon", "division": "230622", "department": "housing", "kind": "delay", "text": TEXT, "honest": "on",
        "challenge": re.search(r'name="challenge" value="([^"]+)"', page)[1], "answer": sum_of(page),
    }  # fmt: skip
    return body | changes


def photo_file(name: str = "现场.jpg") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "#246").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")


def codes_in(page: str) -> tuple[str, str]:
    found = re.findall(r"<dd>([A-Z0-9-]{13,16})</dd>", page)
    return found[0], found[1]


def send(client: Client, **changes: Any) -> tuple[str, str]:
    page = client.post(WRITE, form_body(client, **changes), follow=True)
    assert page.redirect_chain == [("/complaint/done/", 302)], page.content.decode()[:3000]
    return codes_in(page.content.decode())


def look_in(client: Client, number: str, code: str) -> Client:
    assert client.post(LOOKUP, {"receipt": number, "code": code}).status_code == 302
    return client


def page_mark(client: Client) -> str:
    """What the forms of the open status page carry: whose page it is."""
    return re.search(r'name="of" value="(\w+)"', client.get(STATUS).content.decode())[1]


def take_one(**changes: Any) -> receiving.Taken:
    said = {
        "division": Division.objects.get(pk="230622"),
        "department": Department.objects.get(division_id="230622", code="housing"),
        "kind": "delay",
        "text": TEXT,
    }
    return receiving.receive(said=Said(**(said | changes)), token=f"t{Complaint.objects.count()}", at=NOW)
