"""What each seat's page holds: the office above, discipline inspection, the unit with its day and its papers."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts import clock
from accounts.models import Department, Division, InboxItem, User
from accounts.obligations import todo
from accounts.permissions import Role
from supervision.complaints import handling, receiving, words
from supervision.complaints.models import Complaint, Side, Step
from supervision.complaints.receiving import Said
from tests import build

NOW = build.at("2026-10-23 09:42")  # a Friday
NAME, PHONE, PROJECT, MARK = "欧阳暮雪", "13904521987", "艾草生物经济项目", "机密原文"
TEXT = f"{MARK}：9 月 14 日为{PROJECT}申请规划核实，我叫{NAME}，电话{PHONE}，两次去问都说领导没签字。"
SUMMARY = "反映规划核实长期未办结。"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


@pytest.fixture
def people() -> dict[str, User]:
    return {
        "city": build.user("t-city", division="230600"),
        "province": build.user("t-province", Role.OFFICE_HEAD, "230000"),
        "discipline": build.user("t-discipline", Role.DISCIPLINE_OFFICE, "230600"),
        "unit": build.user("t-unit", Role.SERVICE_SPECIALIST, "230622", department="housing"),
        "handler": build.user("t-handler", Role.SERVICE_SPECIALIST, "230600", department="water"),
    }


@pytest.fixture
def row(people: dict[str, User]) -> Complaint:
    said = Said(
        division=Division.objects.get(pk="230622"), kind="delay", text=TEXT, about_project=PROJECT, name=NAME,
        department=Department.objects.get(division_id="230622", code="housing"), phone=PHONE,
    )  # fmt: skip
    row = receiving.receive(said=said, token="form", at=NOW).complaint
    handling.accept(complaint=row, by=people["city"], at=NOW)
    handler = Department.objects.get(division_id="230600", code="water")
    handling.assign(complaint=row, summary=SUMMARY, handler=handler, by=people["city"], at=NOW)
    words.say(complaint=row, text=f"补充：{NAME}再去了一次", at=NOW)
    return row


def _page(person: User, row: Complaint) -> str:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("complaints:detail", args=[row.pk]))
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def _post(person: User, row: Complaint, code: str, body: dict[str, Any]) -> Any:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.post(reverse("complaints:do", args=[row.pk, code]), body)


def _answered(people: dict[str, User], row: Complaint) -> None:
    handling.finish(
        complaint=row,
        outcome="true_open",
        finding="属实，尚未补办",
        no_wait="已核实",
        by=people["handler"],
        at=NOW,
    )
    handling.reply(
        complaint=row, text=f"{NAME}，您好：经核实情况属实，正在督促补办。", by=people["city"], at=NOW
    )


def test_the_office_above_reads_along_without_the_complainants_words(
    people: dict[str, User], row: Complaint
) -> None:
    page = _page(people["province"], row)
    assert SUMMARY in page
    assert "交办投诉" in page  # the course
    for secret in (MARK, NAME, PHONE, PROJECT, "再去了一次", "发给投诉人", "投诉原文"):
        assert secret not in page, secret
    for code in ("press", "word", "escalate"):
        assert _post(people["province"], row, code, {"text": "x", "why": "x"}).status_code == 403
    assert MARK in _page(people["city"], row)


def test_discipline_inspection_reads_the_whole_matter_without_who_complained(
    people: dict[str, User], row: Complaint, django_capture_on_commit_callbacks: Any
) -> None:
    assert _page(people["discipline"], row) == "404"
    handling.state_side(complaint=row, text="我局正在办理", by=people["unit"], at=NOW)
    _answered(people, row)
    with django_capture_on_commit_callbacks(execute=True):
        handling.escalate(complaint=row, why="多次催办未整改", by=people["city"], at=NOW)
    page = _page(people["discipline"], row)
    for told in (
        "多次催办未整改", "属实，尚未补办", "属实，未整改", "我局正在办理", "正在督促补办", "9 月 14 日",
        "再去了一次", "水务", "交办投诉",
    ):  # fmt: skip
        assert told in page, told
    for secret in (NAME, PHONE, PROJECT):
        assert secret not in page
    limit = row.limits.get(step=Step.DISCIPLINE)
    assert limit.due_on.isoformat() == "2026-11-20"  # 20 working days after Friday 23 October
    item = next(
        one for one in todo.items_for(people["discipline"], NOW.date()) if one.url.endswith(f"/{row.pk}/")
    )
    assert (item.due_on, item.why) == (limit.due_on, limit.deadline)
    told = InboxItem.objects.get(user=people["discipline"])
    assert "2026-11-20" in told.text
    handling.note_discipline(complaint=row, text="已约谈主要负责人", by=people["discipline"], at=NOW)
    limit.refresh_from_db()
    assert limit.done_on == NOW.date()
    assert not any(
        one.key.startswith("complaint") for one in todo.items_for(people["discipline"], NOW.date())
    )


def test_what_was_not_satisfactory_twice_waits_with_discipline_inspection_though_closed(
    people: dict[str, User], row: Complaint
) -> None:
    _answered(people, row)
    handling.contest(complaint=row, text="到今天仍未办，请再查一次。", at=NOW)
    handling.assign(complaint=row, summary=SUMMARY, by=people["city"], at=NOW)
    handling.finish(
        complaint=row, outcome="true", finding="已补办", no_wait="已核实", by=people["city"], at=NOW
    )
    handling.reply(
        complaint=row, text="经核实情况属实，有关手续已于今日补办完毕。", by=people["city"], at=NOW
    )
    handling.close(complaint=row, satisfied=False, at=NOW)
    waiting = [
        one for one in todo.items_for(people["discipline"], NOW.date()) if one.key.startswith("complaint")
    ]
    assert [one.due_on.isoformat() for one in waiting if one.due_on] == ["2026-11-20"]


def test_the_unit_states_its_side_by_a_day_and_with_papers(people: dict[str, User], row: Complaint) -> None:
    item = next(one for one in todo.items_for(people["unit"], NOW.date()) if one.key.startswith("complaint"))
    assert item.due_on is not None
    assert item.due_on.isoformat() == "2026-10-30"  # 5 working days
    page = _page(people["unit"], row)
    assert "2026-10-30" in page
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "#246").save(content, "JPEG")
    photo = SimpleUploadedFile("回执.jpg", content.getvalue(), content_type="image/jpeg")
    assert (
        _post(people["unit"], row, "state", {"text": "已于 9 月办结", "uploads": [photo]}).status_code == 302
    )
    held = row.files.get(side=Side.UNIT)
    assert row.limits.get(step=Step.STATE).done_on == NOW.date()
    for who, status in (("unit", 200), ("handler", 200), ("city", 200), ("province", 200)):
        client = Client()
        client.force_login(people[who], backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(reverse("complaints:file", args=[row.pk, held.position]))
        assert answer.status_code == status, who
        assert (row.number in answer["Content-Disposition"]) is (who != "unit")
    listed = Client()
    listed.force_login(people["unit"], backend="django.contrib.auth.backends.ModelBackend")
    assert row.number not in listed.get(reverse("complaints:list")).content.decode()


def test_the_complainant_gets_no_paper_of_the_unit(people: dict[str, User], row: Complaint) -> None:
    taken = receiving.receive(
        said=Said(division=row.division, kind="delay", text=TEXT, department=row.department),
        token="x",
        at=NOW,
    )
    handling.accept(complaint=taken.complaint, by=people["city"], at=NOW)
    handling.assign(complaint=taken.complaint, summary=SUMMARY, by=people["city"], at=NOW)
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "#246").save(content, "JPEG")
    photo = SimpleUploadedFile("回执.jpg", content.getvalue(), content_type="image/jpeg")
    handling.state_side(complaint=taken.complaint, text="已办结", uploads=[photo], by=people["unit"], at=NOW)
    client = Client()
    client.post(reverse("complaints:lookup"), {"receipt": taken.complaint.number, "code": taken.code})
    page = client.get(reverse("complaints:status")).content.decode()
    assert taken.complaint.files.get().shown_name not in page
    assert client.get(reverse("complaints:status_file", args=[1])).status_code == 404


def test_a_finding_before_the_statement_says_why(people: dict[str, User], row: Complaint) -> None:
    body = {"outcome": "true_open", "finding": "属实，尚未补办"}
    assert _post(people["handler"], row, "finish", body).status_code == 400
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("assigned", "")
    assert _post(people["handler"], row, "finish", body | {"no_wait": "现场已核实"}).status_code == 302
    assert row.events.get(action="complaint_finished").note == "现场已核实"
    row.refresh_from_db()
    assert row.present.get_outcome_display() == "属实，未整改"


def test_who_wrote_it_is_masked_for_the_sorting_office_until_a_look_on_record(
    people: dict[str, User], row: Complaint
) -> None:
    head = build.user("s-city-head", Role.OFFICE_HEAD, "230600")
    for person in (people["city"], head):
        page = _page(person, row)
        assert MARK in page
        assert PROJECT in page  # the office has to find it
        assert "×××再去了一次" in page
        for secret in (NAME, PHONE):
            assert secret not in page
    client = Client()
    client.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
    opened = client.post(
        reverse("complaints:identity", args=[row.pk]), {"purpose": "回访核实"}
    ).content.decode()
    assert f"我叫{NAME}" in opened
    assert f"{NAME}再去了一次" in opened
    assert row.looks.count() == 1
    assert NAME not in _page(head, row)  # on that answer alone


def test_a_name_in_an_anonymous_complaint_is_masked_too(people: dict[str, User], row: Complaint) -> None:
    head = build.user("s-city-head", Role.OFFICE_HEAD, "230600")
    said = Said(
        division=row.division, kind="delay", text=TEXT, department=row.department, happened=f"{PHONE}知道"
    )
    anonymous = receiving.receive(said=said, token="anonymous", at=NOW).complaint
    assert NAME not in _page(head, anonymous)
    assert PHONE not in _page(people["city"], anonymous)
    client = Client()
    client.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("complaints:identity", args=[anonymous.pk])
    assert NAME in client.post(url, {"purpose": "核实"}).content.decode()
    assert anonymous.looks.get().purpose == "核实"
    plain = receiving.receive(
        said=replace(said, text="申请规划核实，两次去问都说领导还没有签字。", happened=""), token="p", at=NOW
    )
    url = reverse("complaints:identity", args=[plain.complaint.pk])
    assert client.post(url, {"purpose": "核实"}).status_code == 400
    assert not plain.complaint.looks.exists()
