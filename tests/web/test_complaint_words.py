"""Small things on the pages of a complaint: lists, words, waiting times, what is shown when something is left out."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import Department, Division
from accounts.outside import throttle
from supervision.complaints import choices, handling, outside_views, receiving, words
from supervision.complaints.forms import WordForm
from supervision.complaints.models import Complaint
from supervision.complaints.receiving import Said
from tests import build

NOW = build.at("2026-10-23 09:42")  # a Friday
TEXT = "9 月 14 日在 6 号窗口申请规划核实，两次去问都说领导没签字，没有告知还差什么。"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_and_now() -> Iterator[None]:
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


def _taken() -> receiving.Taken:
    said = Said(
        division=Division.objects.get(pk="230622"), kind="delay", text=TEXT,
        department=Department.objects.get(division_id="230622", code="housing"),
    )  # fmt: skip
    return receiving.receive(said=said, token=f"t{Complaint.objects.count()}", at=NOW)


def _signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_handlers_list_names_the_own_office_once_and_who_had_it_before() -> None:
    city, row = build.user("t-city", division="230600"), _taken().complaint
    handling.accept(complaint=row, by=city, at=NOW)
    rows = choices.handlers(row, NOW.date())
    assert not [one for one in rows if one.division_id == "230600" and "competent" in one.duties]
    own, near, beside = choices.handler_groups(row, rows)
    assert own[0] == ""
    assert (near[0], beside[0]) == ("大庆市", "肇源县（与被投诉单位同级）")
    assert len(near[1]) + len(beside[1]) == len(rows)
    water = Department.objects.get(division_id="230600", code="water")
    handling.assign(complaint=row, summary="反映长期未办结。", handler=water, by=city, at=NOW)
    handling.finish(complaint=row, outcome="true", finding="已办", no_wait="已核实", by=_specialist(), at=NOW)
    handling.reply(complaint=row, text="经核实情况属实，有关手续已于今日补办完毕。", by=city, at=NOW)
    handling.contest(complaint=row, text="到今天还是没办，请再查一次。", at=NOW)
    named = dict(choices.handler_groups(row, choices.handlers(row, NOW.date()))[1][1])
    assert named[str(water.pk)] == f"{water.name}（上次办理）"
    page = _signed_in(city).get(reverse("complaints:detail", args=[row.pk])).content.decode()
    assert "再查一般另选办理单位" in page
    assert 'name="ask_unit"' not in page  # asked once


def _specialist() -> Any:
    return build.user("t-water", "service_specialist", "230600", department="water")


def test_nobody_presses_himself_and_the_list_has_lights() -> None:
    city, row = build.user("t-city", division="230600"), _taken().complaint
    handling.accept(complaint=row, by=city, at=NOW)
    handling.assign(complaint=row, summary="反映长期未办结。", by=city, at=NOW)
    client = _signed_in(city)
    page = client.get(reverse("complaints:detail", args=[row.pk])).content.decode()
    assert reverse("complaints:do", args=[row.pk, "press"]) not in page
    assert client.post(reverse("complaints:do", args=[row.pk, "press"])).status_code == 400
    row.refresh_from_db()
    assert row.pressed == 0
    Complaint.objects.filter(pk=row.pk).update(due_on=build.at("2026-10-20 09:00").date())
    listed = client.get(reverse("complaints:list")).content.decode()
    assert "逾期 3 个工作日" in listed


def test_the_offices_word_is_called_that_in_the_course() -> None:
    city, row = build.user("t-city", division="230600"), _taken().complaint
    words.say(complaint=row, text="请补充日期", by=city, at=NOW)
    words.say(complaint=row, text="是 9 月 14 日", at=NOW)
    assert list(row.events.values_list("action", flat=True)) == [
        "complaint_received", "complaint_word_office", "complaint_word",
    ]  # fmt: skip


def test_one_try_too_many_says_how_long_and_leads_back() -> None:
    client = Client()
    for _n in range(outside_views.WRONG.most + 1):
        answer = client.post(reverse("complaints:lookup"), {"receipt": "TS202610-0001", "code": "AAAA"})
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "15 分钟" in page
    assert f'href="{reverse("complaints:lookup")}"' in page
    taken = _taken()
    inside = Client(REMOTE_ADDR="10.9.9.9")
    inside.post(reverse("complaints:lookup"), {"receipt": taken.complaint.number, "code": taken.code})
    with mock.patch.object(throttle, "spend", return_value=False):
        spent = inside.post(reverse("complaints:status_do", args=["word"]), {"text": "x"}).content.decode()
    assert f'href="{reverse("complaints:status")}"' in spent  # not the address that only takes what is sent


def test_what_is_left_out_is_not_praised_and_nothing_is_ticked_beforehand() -> None:
    client = Client()
    page = client.get(reverse("complaints:write")).content.decode()
    assert 'id="id_honest" checked' not in page
    assert "至少 20 个字" in page
    assert '<option value="" selected>请选择</option>' in page
    wrong = client.post(reverse("complaints:lookup"), {"receipt": ""}).content.decode()
    assert "处要改" in wrong
    assert "才能保存" not in wrong
    taken = _taken()
    client.post(reverse("complaints:lookup"), {"receipt": taken.complaint.number, "code": taken.code})
    status = client.get(reverse("complaints:status")).content.decode()
    label = status[status.index('for="word_text"') : status.index('id="word_text"')]
    assert "可不填" not in label
    of = status.split('name="of" value="')[1].split('"')[0]
    empty = client.post(reverse("complaints:status_do", args=["word"]), {"text": "", "of": of})
    assert empty.status_code == 400
    assert not taken.complaint.words.exists()


def test_an_error_that_says_what_the_hint_says_stands_once():
    field = WordForm({"text": "", "uploads": ""})["text"]
    assert field.errors
    shown = field.as_field_group()
    assert shown.count("请写点内容或选择材料。") == 1
    for one in field.aria_describedby.split() if field.aria_describedby else ():
        assert f'id="{one}"' in shown
    assert WordForm()["text"].as_field_group().count("请写点内容或选择材料。") == 1
