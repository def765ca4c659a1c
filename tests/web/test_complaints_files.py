"""Files with a complaint: which are taken, and that none has to be chosen twice."""

import re
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.outside import throttle
from supervision.complaints import holding
from supervision.complaints.models import Complaint, ComplaintFile
from tests.complaints_pages_help import WRITE, form_body, held_clock, photo_file, send

pytestmark = pytest.mark.django_db
clean_and_now = pytest.fixture(autouse=True)(held_clock)


def test_twenty_files_and_a_disguised_one_are_refused_and_six_are_kept() -> None:
    client = Client()
    many = client.post(WRITE, form_body(client, uploads=[photo_file(f"{n}.jpg") for n in range(20)]))
    assert many.status_code == 400
    assert "材料" in many.content.decode()
    assert "重新选择" in many.content.decode()
    page = SimpleUploadedFile("a.pdf", b"%PDF-1.4 /JavaScript", content_type="application/pdf")
    assert client.post(WRITE, form_body(client, uploads=[page])).status_code == 400
    program = SimpleUploadedFile("a.jpg", b"MZ program", content_type="image/jpeg")
    assert client.post(WRITE, form_body(client, uploads=[program])).status_code == 400
    assert not Complaint.objects.exists()
    send(client, uploads=[photo_file(f"王镈{n}.jpg") for n in range(6)])
    assert ComplaintFile.objects.count() == 6
    assert not any("王镈" in f"{row.path}{row.shown_name}" for row in ComplaintFile.objects.all())


def test_everything_wrong_is_told_at_once_and_good_files_are_kept() -> None:
    client = Client()
    program = SimpleUploadedFile("坏.jpg", b"MZ program", content_type="image/jpeg")
    body = form_body(
        client, answer="99", text="太短", kind="", honest="", uploads=[photo_file("好.jpg"), program]
    )
    page = client.post(WRITE, body).content.decode()
    for words in ("算式答案不对", "请写满 20 个字", "真实情况", "坏.jpg"):
        assert words in page, words
    assert 'href="#id_answer"' in page
    assert 'id="id_answer_error"' in page
    tokens = re.findall(r'name="held" id="held_\d" value="([^"]+)" checked', page)
    assert len(tokens) == 1
    assert "好.jpg" in page
    again = client.post(WRITE, form_body(client, held=tokens, answer="99")).content.decode()
    kept = re.findall(r'name="held" id="held_\d" value="([^"]+)" checked', again)
    assert kept == tokens
    with mock.patch.object(throttle, "spend", lambda limit, _who: limit is not holding.MOST):
        lost = client.post(
            WRITE, form_body(client, held=tokens, answer="99", uploads=[photo_file("再一张.jpg")])
        )
    assert (
        "没有列在这里的材料需要重新选择。" in lost.content.decode()
    )  # the kept one does not hide that the other was lost
    send(client, held=[*tokens, *tokens], uploads=[photo_file("另一张.jpg")])
    assert ComplaintFile.objects.count() == 2
    for gone in (
        tokens,
        ["forged", "x" * 5000],
    ):  # what lies with a complaint is not given away a second time
        page = client.post(WRITE, form_body(client, held=gone))
        assert page.status_code == 400
        assert f"上次保留的 {len(gone)} 个材料已失效" in page.content.decode()
    assert (Complaint.objects.count(), ComplaintFile.objects.count()) == (1, 2)


def test_files_nobody_came_back_for_are_removed() -> None:
    client = Client()
    page = client.post(WRITE, form_body(client, answer="99", uploads=[photo_file()])).content.decode()
    token = re.search(r'name="held" id="held_1" value="([^"]+)"', page)[1]
    assert holding.held_of([token], 6)
    real = datetime.now(UTC)  # the storage knows the day by its own clock
    assert holding.forget_old(real) == 0
    assert holding.forget_old(real + timedelta(hours=25)) >= 1
    assert not holding.held_of([token], 6)
