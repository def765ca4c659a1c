"""The addresses of meetings × every kind of person, against the table in access_meetings.py."""

from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditRecord, User
from projects import services as projects
from projects.models import TeamRole
from supervision.meetings import urls
from tests import build
from tests.web import access_meetings, access_table
from tests.web.world import ROLES

pytestmark = pytest.mark.django_db
TO_LOGIN = "in"
REFUSED = {"403", "404", "405", TO_LOGIN}
NUMBERED = {"detail", "edit", "record", "ics", "minutes", "file", "do"}


class Little:
    """As much of the small world as these addresses need."""

    def __init__(self) -> None:
        self.people: dict[str, User] = build.cast()
        self.project = build.project("艾草<script>alert(1)</script>项目")
        projects.appoint(
            project=self.project, role=TeamRole.CHIEF_SERVICE_OFFICER, user=self.people["officer"],
            valid_from=build.at("2026-10-20 09:00").date(), by=self.people["county"], at=build.at("2026-11-03 08:00"),
        )  # fmt: skip
        self.meetings = access_meetings.sample(self.people, self.project)

    def client(self, who: str) -> Client:
        client = Client(raise_request_exception=True)
        if who != "anonymous":
            client.force_login(self.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return client


def path_of(name: str, world: Any, *, none: bool = False) -> str:
    """`none`: for numbers that no row has."""
    rows, parts, last = access_meetings.ROW, access_meetings.PART, name.partition(":")[2]
    given: dict[str, Any] = {}
    if last in NUMBERED:
        given["pk"] = (rows.get(name) or rows["meetings"])(world).pk
    for part, of in (("code", "do"), ("format", "minutes"), ("file_id", "file")):
        if last == of:
            given[part] = parts[part](world)
    return reverse(name, kwargs=access_table.missing(given) if none else given)


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(build.at("2026-11-05 09:30"), tick=False):
        yield Little()


def answer(world: Any, who: str, name: str, method: str, *, none: bool = False) -> str:
    path, client = path_of(name, world, none=none), world.client(who)
    body = access_meetings.BODY.get(name, lambda _w: {})(world)
    response = client.get(path) if method == "GET" else client.post(path, body)
    if response.status_code == 302 and response["Location"].startswith(reverse("accounts:login")):
        return TO_LOGIN
    if response.status_code == 200 and response.get("Content-Type", "").startswith("text/html"):
        for mark in ("<script>alert(", "<img src=x"):
            assert mark not in response.text, f"{method} {path} as {who} shows markup"
    return str(response.status_code)


def test_each_answer_is_the_one_in_the_table(world: Any) -> None:
    wrong = []
    for name, method, *wanted in access_table.lines_of(access_meetings.TABLE):
        for who, expected in zip(ROLES, wanted, strict=True):
            before, savepoint = AuditRecord.objects.count(), transaction.savepoint()
            got = answer(world, who, name, method)
            if got != expected:
                wrong.append(f"{method} {name} as {who}: {got}, the table says {expected}")
            if got in REFUSED and AuditRecord.objects.count() != before:
                wrong.append(f"{method} {name} as {who}: refused with {got}, and yet something was written")
            transaction.savepoint_rollback(savepoint)
        if path_of(name, world) != path_of(name, world, none=True):
            got = answer(world, "neighbour", name, method, none=True)
            if got != wanted[ROLES.index("neighbour")]:
                wrong.append(f"{method} {name}: {got} to the neighbour for a row that does not exist")
    assert not wrong, "\n".join(wrong)


def test_the_table_holds_every_address_of_meetings() -> None:
    there = {f"meetings:{pattern.name}" for pattern in urls.urlpatterns} - {"meetings:feed"}
    assert {row[0] for row in access_table.lines_of(access_meetings.TABLE)} == there
