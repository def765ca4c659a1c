"""The complainant's pages are for the complainant: staff are refused there, and have pages of their own for a caller."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import Department, Division
from accounts.permissions import Role
from supervision.complaints import handling, mending, receiving
from supervision.complaints.models import Complaint, ComplaintWord
from supervision.complaints.receiving import Said
from tests import build

NOW = build.at("2026-10-23 09:42")
TEXT = "9 月 14 日在 6 号窗口申请规划核实，两次去问都说领导没签字，没有告知还差什么。"
REPLY = "经核实情况属实，已责成有关单位尽快补办有关手续。"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_and_now() -> Iterator[None]:
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


def _client(person: Any = None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def taken() -> receiving.Taken:
    """Entered by the city's office for a caller, answered as true but not mended."""
    city = build.user("t-city", division="230600")
    said = Said(
        division=Division.objects.get(pk="230622"), kind="delay", text=TEXT,
        department=Department.objects.get(division_id="230622", code="housing"),
    )  # fmt: skip
    taken = receiving.enter_for_caller(said=said, token="call", by=city, at=NOW)
    row = taken.complaint
    handling.accept(complaint=row, by=city, at=NOW)
    handling.assign(complaint=row, summary="反映长期未办结。", ask_unit=False, by=city, at=NOW)
    handling.finish(complaint=row, outcome="true_open", finding="属实", by=city, at=NOW)
    handling.reply(complaint=row, text=REPLY, by=city, at=NOW)
    return taken


def test_a_clerk_with_the_codes_is_refused_and_a_caller_is_not(taken: receiving.Taken) -> None:
    row = taken.complaint
    codes = {"receipt": row.number, "code": taken.code}
    caller = _client()
    assert caller.post(reverse("complaints:lookup"), codes).status_code == 302
    status = caller.get(reverse("complaints:status")).content.decode()
    assert "查实，整改中，到 " in status
    of = status.split('name="of" value="')[1].split('"')[0]
    row.rounds.update(read_at=None)
    both = build.user("t-both", Role.INVESTOR)
    build.Posting.objects.create(
        user=both, role=Role.COMPETENT_OFFICE, division_id="230622", valid_from=NOW.date()
    )
    for clerk in (row.entered_by, build.user("t-officer", Role.CHIEF_SERVICE_OFFICER, "230622"), both):
        client = _client(clerk)
        client.cookies["complaint_entry"] = caller.cookies["complaint_entry"].value
        answers = [
            client.get(reverse("complaints:lookup")),
            client.post(reverse("complaints:lookup"), codes),
            client.get(reverse("complaints:status")),
            client.get(reverse("complaints:status_file", args=[1])),
            *(
                client.post(
                    reverse("complaints:status_do", args=[code]),
                    {"of": of, "text": "到今天还是没办，再查一次", "once": "on"},
                )
                for code in ("satisfied", "enough", "contest", "word")
            ),
        ]
        assert answers[0].status_code == 200  # it says why, and has no field for the codes
        assert 'name="code"' not in answers[0].content.decode()
        assert {one.status_code for one in answers[1:]} == {403}
        assert "complaint_entry" not in answers[1].cookies
        assert not any(TEXT in one.content.decode() or REPLY in one.content.decode() for one in answers)
        assert "在自己的设备上" in answers[0].content.decode()
    held = Complaint.objects.get(pk=row.pk)
    assert (held.state, held.round, held.satisfied, held.present.read_at) == ("replied", 1, None, None)
    assert not ComplaintWord.objects.exists()
    said = caller.post(reverse("complaints:status_do", args=["satisfied"]), {"of": of})
    assert said.status_code == 302
    held.refresh_from_db()
    assert (held.state, held.satisfied) == ("closed", True)
    investor = _client(build.user("t-investor", Role.INVESTOR))
    assert investor.post(reverse("complaints:lookup"), codes).status_code == 302


def test_the_office_tells_a_caller_from_its_own_page_and_enters_what_is_added(taken: receiving.Taken) -> None:
    row = taken.complaint
    client = _client(row.entered_by)
    page = client.get(reverse("complaints:detail", args=[row.pk])).content.decode()
    assert "可告知来电人" in page
    assert "已答复" in page
    url = reverse("complaints:do", args=[row.pk, "caller"])
    body = {"text": "证还没拿到", "call_with": "self", "call_on": "2026-10-23"}
    assert client.post(url, body | {"call_on": "2026-10-22"}).status_code == 400
    assert client.post(url, body | {"text": ""}).status_code == 400
    assert not row.words.exists()
    assert client.post(url, body).status_code == 302
    assert row.words.get().by == row.entered_by
    url = reverse("complaints:do", args=[row.pk, "mended"])
    assert client.post(url, {"text": ""}).status_code == 400
    assert client.post(url, {"text": "已补办", "told": "证已办好，请来领取。"}).status_code == 302
    assert mending.until(Complaint.objects.get(pk=row.pk)) is None
    caller = _client()
    caller.post(reverse("complaints:lookup"), {"receipt": row.number, "code": taken.code})
    status = caller.get(reverse("complaints:status")).content.decode()
    assert "证已办好，请来领取。" in status
    assert "整改。" in status
    assert "整改中" not in status


def test_place_and_project_come_along_as_plain_text() -> None:
    client, url = _client(build.user("t-investor", Role.INVESTOR)), reverse("complaints:write")
    brought = {"carried": "1", "place": "230622", "project": '<b>"艾草项目"'}
    page = client.post(url, brought).content.decode()
    assert '<option value="230622" selected>' in page
    assert "&lt;b&gt;&quot;艾草项目&quot;" in page
    assert "以所选地点的规定为准" not in page  # the place's own days stand there
    for wrong in ("999999", "x" * 500, ""):
        page = client.post(url, {"carried": "1", "place": wrong, "project": "甲" * 5000})
        assert page.status_code == 200
        assert "以所选地点的规定为准" in page.content.decode()
    named = client.get(url, {"project": "艾草项目"}).content.decode()
    assert "艾草项目" not in named  # an address stands in logs: nothing is taken from it
    assert not Complaint.objects.exists()
