"""The company's way in for the tests: one project invited to, another not, the clock held."""

from datetime import date
from unittest import mock

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import clock
from supervision.investors import services
from tests import build

NOW = build.at("2026-10-23 09:00")


def held_clock():
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


def cast():
    cast = build.cast()
    return {**cast, "project": build.project("云鹰马铃薯全产业链项目"), "other": build.project("别家项目")}


def invite_one(world, **changes):
    values = {
        "project": world["project"],
        "name": "王镈",
        "phone": "13900000001",
        "expires_on": date(2026, 12, 31),
    }
    return services.invite(**(values | changes), by=world["county"], at=NOW)


def signed_in(made):
    client = Client()
    response = client.post(reverse("investors:link", args=[made.text]))
    assert response.status_code == 302, response.content.decode()[:400]
    return client
