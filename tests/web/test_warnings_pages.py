"""The warning centre in the browser: filters that count what they open, the workbook, the digest, lapsed answers."""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from projects.models import MilestoneCode
from supervision.warnings import answers, digest, services
from supervision.warnings.models import Warning, WarningDigest
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PERMIT = MilestoneCode.CONSTRUCTION_PERMIT
LIST = "warnings:list"


@pytest.fixture
def people() -> Iterator[dict[str, Any]]:
    """Tuesday 27 October: one light nobody answered, one answered, one whose promise passed, one due soon."""
    with time_machine.travel(at("2026-10-27 09:30"), tick=False):
        found = build.cast()
        for name, day in (
            ("=HYPERLINK无人回应", 16), ("已回应", 20), ("承诺已过", 21), ("快到期", 29),
        ):  # fmt: skip
            build.project(name, planned={PERMIT: date(2026, 10, day)})
        services.scan(at("2026-10-22 09:00"))
        for name, promised in (("已回应", date(2026, 11, 6)), ("承诺已过", date(2026, 10, 23))):
            answers.acknowledge(
                warning=Warning.objects.get(project__name=name), plan_text=f"{name}：本周约谈",
                promised_on=promised, by=found["county"], at=at("2026-10-22 10:00"),
            )  # fmt: skip
        services.scan(at("2026-10-27 08:00"))
        digest.send_digests(at("2026-10-27 08:10"))
        yield found


def plain(page: str) -> str:
    """Words without the marks around them, spaces made one."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def names(client: Client, **chosen: str) -> set[str]:
    page = client.get(reverse(LIST), chosen)
    assert page.status_code == 200
    return {row.project.name for row in page.context["page"]}


def test_each_figure_opens_its_rows(client: Client, people: dict[str, Any]) -> None:
    client.force_login(people["county"])
    page = client.get(reverse(LIST))
    counts = page.context["counts"]
    for figure, chosen in {
        "mine": {"show": "mine"}, "up": {"show": "up"}, "unanswered": {"answered": "no"},
        "silent": {"answered": "silent"}, "lapsed": {"answered": "lapsed"}, "amber": {"level": "amber"},
        "blue": {"level": "blue"},
    }.items():  # fmt: skip
        assert client.get(reverse(LIST), chosen).context["page"].paginator.count == counts[figure], figure
    assert names(client, answered="silent") == {"=HYPERLINK无人回应"}
    assert names(client, answered="lapsed") == {"承诺已过"}
    assert names(client, answered="yes") == {"已回应"}
    assert names(client, show="up") == {"=HYPERLINK无人回应"}
    text = plain(page.text)
    for words in ("未回应，已提级", "回应失效", "承诺 2026-11-06 完成", "承诺 2026-10-23 完成，未办结"):
        assert words in text, words


def test_mine_is_what_i_answer_for(client: Client, people: dict[str, Any]) -> None:
    client.force_login(people["city"])
    assert names(client, show="mine") == set()
    assert len(names(client)) == 4
    client.force_login(people["county"])
    assert len(names(client, show="mine")) == 4


def test_the_workbook_holds_the_chosen_rows_and_runs_nothing(client: Client, people: dict[str, Any]) -> None:
    client.force_login(people["county"])
    answer = client.get(reverse("warnings:export"), {"answered": "silent"})
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 3  # heading, titles, one row
    assert rows[2][3].startswith("=HYPERLINK无人回应")
    assert book.active.cell(3, 4).data_type == "s"
    assert "未回应，已提级" in rows[2]
    client.force_login(people["neighbour"])
    answer = client.get(reverse("warnings:export"))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert book.active.max_row == 2


def test_too_many_rows_are_refused_with_what_to_do(
    client: Client, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supervision.warnings.export.MOST_ROWS", 2)
    client.force_login(people["county"])
    page = client.get(reverse("warnings:export"), follow=True)
    assert "请先选择单位或灯色" in page.text


def test_the_digest_is_the_persons_own(client: Client, people: dict[str, Any]) -> None:
    own = WarningDigest.objects.get(user=people["county"])
    address = reverse("warnings:digest", args=[own.pk])
    client.force_login(people["county"])
    page = client.get(address).text
    assert "每日预警摘要" in page
    assert "承诺已过" in page
    assert "=HYPERLINK无人回应" not in page  # it went up: told at once
    for who in ("city", "neighbour", "auditor"):
        client.force_login(people[who])
        assert client.get(address).status_code == 404


def test_one_warning_tells_all_about_its_answer(client: Client, people: dict[str, Any]) -> None:
    client.force_login(people["county"])
    row = Warning.objects.get(project__name="承诺已过")
    address = reverse("warnings:detail", args=[row.pk])
    page = plain(client.get(address).text)
    for words in (
        "回应已于 2026-10-26 周一 失效",
        "请重新写明措施和完成日期",
        "周末 2 天不计",
        "起施行。",
        "条款",
    ):
        assert words in page, words
    refused = client.post(address, {"plan_text": "再约谈", "promised_on": "2026-10-26"}).text
    assert "完成日期已过" in refused
    assert "再约谈" in refused
    refused = client.post(address, {"plan_text": "再约谈", "promised_on": "2027-10-26"}).text
    assert "60 个工作日" in refused
    assert client.post(address, {"plan_text": "再约谈", "promised_on": "2026-11-06"}).status_code == 302
    row.refresh_from_db()
    assert (row.lapsed_on, row.promised_on) == (None, date(2026, 11, 6))
    row = Warning.objects.get(project__name__contains="无人回应")
    page = client.get(reverse("warnings:detail", args=[row.pk])).text
    assert "未回应，已提级" in page
    assert "起视为未回应" in page
    client.force_login(people["auditor"])
    assert client.post(address, {"plan_text": "审计", "promised_on": "2026-11-06"}).status_code == 403
