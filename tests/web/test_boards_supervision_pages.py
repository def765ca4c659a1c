"""The supervision board on screen: each figure's link opens as many rows; the same figures as a workbook and as CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Division
from supervision.matters.models import MatterSource
from supervision.matters.services import issue_matter
from tests import build
from tests.build import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Iterator[dict[str, Any]]:
    with time_machine.travel(at("2026-11-20 09:00"), tick=False):
        found: dict[str, Any] = build.cast()
        for code, source in (
            ("230622", MatterSource.OFFICE),
            ("230621", MatterSource.WORK_ORDER),
            ("230600", "office"),
        ):
            issue_matter(
                source=source, title=f"限期办结{code}", demand="按期办结", issuer=Division.objects.get(pk="230600"),
                unit=Division.objects.get(pk=code), due_on=date(2026, 11, 18), by=found["city"],
                at=at("2026-11-02 09:00"),
            )  # fmt: skip
        yield found


def browse(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_each_link_opens_as_many_rows_as_its_figure(people: dict[str, Any]) -> None:
    client = browse(people["city"])
    page = client.get(reverse("boards:supervision"))
    opened = 0
    for table in page.context["tables"]:
        for cells in [*(cells for _line, cells in table.lines), table.total]:
            for value, url in cells:
                if url:
                    rows = client.get(url)
                    assert rows.status_code == 200, url
                    assert rows.context["page"].paginator.count == value, url
                    opened += 1
    assert opened > 10
    assert client.get(reverse("boards:supervision_rows", args=["matters", "nothing"])).status_code == 404
    assert browse(people["neighbour"]).get(f"{reverse('boards:supervision')}?unit=230622").status_code == 404
    assert browse(people["promotion"]).get(
        reverse("boards:supervision_rows", args=["papers", "issued"])
    ).status_code == 403  # fmt: skip


def test_the_workbook_and_the_plain_table_hold_the_same_figures(people: dict[str, Any]) -> None:
    client = browse(people["city"])
    plain = client.get(reverse("boards:supervision_export", args=["csv"]))
    lines = list(csv.reader(io.StringIO(plain.content.decode("utf-8-sig"))))
    assert len({len(line) for line in lines}) == 1
    at_open, at_sent = lines[0].index("未办结督办事项：未办结"), lines[0].index("项目落地服务工作单：派发")
    by_unit = {line[0]: line for line in lines[1:]}
    assert [by_unit[name][at_open] for name in ("肇源县", "肇州县", "本级", "合计")] == ["1", "1", "1", "3"]
    assert by_unit["合计"][at_sent] == "1"
    book = load_workbook(io.BytesIO(client.get(reverse("boards:supervision_export", args=["xlsx"])).content))
    assert len(book.sheetnames) == 3
    assert client.get(reverse("boards:supervision_export", args=["pdf"])).status_code == 404
