"""Complaints on PostgreSQL: a form or words sent several times at once. Nothing twice, nothing lost, no fault."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts import clock
from supervision.complaints import words
from supervision.complaints.models import Complaint, ComplaintWord, Side
from tests.complaints_pages_help import NOW, WRITE, codes_in, form_body, photo_file, take_one
from tests.integration.test_matters_races import at_once

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time"),
]


@pytest.fixture(autouse=True)
def clean_and_now() -> Iterator[None]:
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


def test_a_form_sent_four_times_at_once_is_one_complaint_and_each_answer_its_receipt() -> None:
    clients = [Client() for _n in range(4)]
    body = form_body(clients[0])

    def send(client: Client) -> Callable[[], Any]:
        return lambda: client.post(WRITE, body, follow=True)

    answers = at_once(*[send(client) for client in clients])
    assert [getattr(one, "redirect_chain", one) for one in answers] == [[("/complaint/done/", 302)]] * 4
    assert len({codes_in(one.content.decode()) for one in answers}) == 1
    assert Complaint.objects.count() == 1


def test_words_with_photos_sent_at_once_all_stand_there() -> None:
    row = take_one().complaint

    def say(number: int) -> Callable[[], Any]:
        held, photo = Complaint.objects.get(pk=row.pk), photo_file()
        return lambda: words.say(complaint=held, text=f"第 {number} 句", uploads=[photo], at=NOW)

    said = at_once(*[say(number) for number in range(6)])
    assert [type(one) for one in said] == [ComplaintWord] * 6
    assert sorted(row.files.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert row.words.filter(side=Side.COMPLAINANT).count() == 6


def test_the_same_word_sent_at_once_stands_there_once() -> None:
    row = take_one().complaint
    held = [Complaint.objects.get(pk=row.pk) for _n in range(4)]
    said = at_once(*[lambda one=one: words.say(complaint=one, text="补充", at=NOW) for one in held])
    assert len({one.pk for one in said}) == row.words.count() == 1
