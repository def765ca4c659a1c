"""The addresses of tickets, service and mandates × every kind of person, against the table in access_assist.py."""

from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditRecord, User
from approvals.mandates import urls as mandate_urls
from approvals.service import urls as service_urls
from approvals.tickets import urls as ticket_urls
from projects import services as projects
from projects.models import TeamRole
from tests import build
from tests.web import access_assist, access_table
from tests.web.world import ROLES

pytestmark = pytest.mark.django_db
TO_LOGIN = "in"
REFUSED = {"403", "404", "405", TO_LOGIN}


class Little:
    """As much of the small world as these addresses need."""

    def __init__(self) -> None:
        self.people: dict[str, User] = build.cast()
        self.project = build.project("艾草<script>alert(1)</script>项目")
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            projects.appoint(
                project=self.project, role=role, user=self.people[who], valid_from=build.at("2026-10-20 09:00").date(),
                by=self.people["county"], at=build.at("2026-11-03 08:00"),
            )  # fmt: skip
        self.assist = access_assist.sample(self.people, self.project)

    def client(self, who: str) -> Client:
        client = Client(raise_request_exception=True)
        if who != "anonymous":
            client.force_login(self.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return client


def lines() -> list[list[str]]:
    return access_table.lines_of(access_assist.TABLE)


def path_of(name: str, world: Any, *, none: bool = False) -> str:
    """`none`: for numbers that no row has."""
    rows, parts = access_assist.ROW, access_assist.PART
    given: dict[str, Any] = {}
    if name in ("tickets:open", "service:log", "service:call", "mandates:give"):
        given["project_id"] = world.project.pk
    elif name.rpartition(":")[2] not in (
        "list",
        "bench",
        "vacancies",
        "handovers",
        "handover_new",
        "office_new",
    ):
        given["pk"] = (rows.get(name) or rows[name.partition(":")[0]])(world).pk
    if name in ("tickets:move", "mandates:do"):
        given["code"] = parts[f"{name}.code"](world)
    if name == "tickets:file":
        given["file_id"] = parts["file_id"](world)
    return reverse(name, kwargs=access_table.missing(given) if none else given)


@pytest.fixture
def world() -> Any:
    with time_machine.travel(build.at("2026-11-05 09:30"), tick=False):
        yield Little()


def answer(world: Any, who: str, name: str, method: str, *, none: bool = False) -> str:
    path, client = path_of(name, world, none=none), world.client(who)
    body = access_assist.BODY.get(name, lambda _w: {})(world)
    response = client.get(path) if method == "GET" else client.post(path, body)
    if response.status_code == 302 and response["Location"].startswith(reverse("accounts:login")):
        return TO_LOGIN
    if response.status_code == 200 and response.get("Content-Type", "").startswith("text/html"):
        for mark in ("<script>alert(", "<img src=x"):
            assert mark not in response.text, f"{method} {path} as {who} shows markup"
    return str(response.status_code)


@pytest.mark.slow
def test_each_answer_is_the_one_in_the_table(world: Any) -> None:
    wrong = []
    for name, method, *wanted in lines():
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


def test_the_table_holds_every_address_of_these_subjects() -> None:
    there = {
        f"{module.app_name}:{pattern.name}"
        for module in (ticket_urls, service_urls, mandate_urls)
        for pattern in module.urlpatterns
    }
    assert {row[0] for row in lines()} == there
