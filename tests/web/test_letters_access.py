"""The addresses of supervision papers × every kind of person, against the table in access_letters.py."""

from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditRecord
from projects import services as projects
from projects.models import TeamRole
from supervision.letters import urls
from supervision.letters.models import SupervisionPaper
from tests.build import at
from tests.letters_help import Town
from tests.web import access_letters, access_table
from tests.web.world import ROLES

pytestmark = pytest.mark.django_db
TO_LOGIN = "in"
REFUSED = {"403", "404", "405", TO_LOGIN}
MARK = "<img src=x onerror=alert(9)>"


class Office(Town):
    """The town with an issued notice full of markup, a draft of the city, and people on both sides of the project."""

    def __init__(self) -> None:
        super().__init__()
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            projects.appoint(
                project=self.project, role=role, user=self.people[who], valid_from=at("2026-09-01 09:00").date(),
                by=self.people["county"], at=at("2026-09-28 08:00"),
            )  # fmt: skip
        self.paper = self.issued(
            demand=f"限期办结{MARK}", copies=MARK, reason=f"事由{MARK}", title=f"督办{MARK}"
        )
        self.cities = self.draft("city", moment="2026-09-28 12:00")

    def client(self, who: str) -> Client:
        client = Client(raise_request_exception=True)
        if who != "anonymous":
            client.force_login(self.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture
def office() -> Any:
    with time_machine.travel(at("2026-09-28 15:00"), tick=False):
        yield Office()


def lines() -> list[list[str]]:
    return access_table.lines_of(access_letters.TABLE)


def path_of(name: str, office: Office, *, none: bool = False) -> str:
    """`none`: for numbers that no row has."""
    given: dict[str, Any] = {}
    if name == "letters:choose":
        given["project_id"] = office.project.pk
    elif name not in ("letters:list", "letters:ledger", "letters:new"):
        given["pk"] = office.paper.pk
    given = access_table.missing(given) if none else given
    return reverse(name, kwargs=given | access_letters.PART.get(name, {}))


def answer(office: Office, who: str, name: str, method: str, *, none: bool = False) -> str:
    path, client = path_of(name, office, none=none), office.client(who)
    response = client.get(path) if method == "GET" else client.post(path, access_letters.BODY.get(name, {}))
    if response.status_code == 302 and response["Location"].startswith(reverse("accounts:login")):
        return TO_LOGIN
    if response.status_code == 200 and response.get("Content-Type", "").startswith("text/html"):
        assert "<img src=x" not in response.text, f"{method} {path} as {who} shows markup"
    return str(response.status_code)


@pytest.mark.slow
def test_each_answer_is_the_one_in_the_table(office: Office) -> None:
    wrong = []
    for name, method, *wanted in lines():
        for who, expected in zip(ROLES, wanted, strict=True):
            before, savepoint = AuditRecord.objects.count(), transaction.savepoint()
            got = answer(office, who, name, method)
            if got != expected:
                wrong.append(f"{method} {name} as {who}: {got}, the table says {expected}")
            if got in REFUSED and AuditRecord.objects.count() != before:
                wrong.append(f"{method} {name} as {who}: refused with {got}, and yet something was written")
            transaction.savepoint_rollback(savepoint)
        if path_of(name, office) != path_of(name, office, none=True):
            got = answer(office, "neighbour", name, method, none=True)
            if got != wanted[ROLES.index("neighbour")]:
                wrong.append(f"{method} {name}: {got} to the neighbour for a row that does not exist")
    assert not wrong, "\n".join(wrong)


def test_a_draft_is_its_own_offices(office: Office) -> None:
    path = reverse("letters:detail", args=[office.cities.pk])
    seen = {who for who in ROLES if office.client(who).get(path).status_code == 200}
    assert seen == {"city"}
    assert (
        SupervisionPaper.objects.visible_to(office.people["city_head"]).filter(pk=office.cities.pk).exists()
    )


def test_the_table_holds_every_address() -> None:
    assert {row[0] for row in lines()} == {f"{urls.app_name}:{one.name}" for one in urls.urlpatterns}
