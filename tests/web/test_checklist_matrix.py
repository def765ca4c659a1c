"""Every address of this subject × every kind of person × GET and POST, against access_checklist.py."""

from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import AuditRecord
from projects.models import TeamRole
from projects.services import appoint
from tests import build
from tests.web import access_checklist
from tests.web.access_checklist import TABLE, arguments
from tests.web.access_table import missing
from tests.web.test_matrix import REFUSED, TO_LOGIN, _answer, _walk
from tests.web.world import NOW, ROLES

pytestmark = pytest.mark.django_db
SPACES = ("catalogue:", "checklist:", "servicesheet:")
ADDRESSES = {name: parts for name, parts in _walk(get_resolver().url_patterns) if name.startswith(SPACES)}


def read() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for line in TABLE.strip().splitlines():
        name, method, *answers = line.split()
        if name != "name":
            found.setdefault(name, {})[method] = answers
    return found


def test_each_answer_is_the_one_in_the_table() -> None:
    table = read()
    assert set(table) == set(ADDRESSES)
    with time_machine.travel(build.at(NOW), tick=False):
        people = build.cast()
        project: Any = build.project("艾草<script>项目", company=build.company())
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            appoint(
                project=project, role=role, user=people[who], name="", phone="", department=None, office="",
                valid_from=build.at(NOW).date(), by=people["county"], at=build.at(NOW),
            )  # fmt: skip
        rows = access_checklist.sample(people, project)
        got = {}
        for name, parts in sorted(ADDRESSES.items()):
            path = reverse(name, kwargs=arguments(name, parts, rows))
            for method in ("GET", "POST"):
                answers = []
                for who in ROLES:
                    client = Client()
                    if who != "anonymous":
                        client.force_login(people[who], backend="django.contrib.auth.backends.ModelBackend")
                    before = AuditRecord.objects.count()
                    with transaction.atomic():
                        answers.append(_answer(client, method, name, path, None))  # type: ignore[arg-type]
                        transaction.set_rollback(answers[-1] == "302")
                    assert answers[-1] not in {*REFUSED, TO_LOGIN} or AuditRecord.objects.count() == before
                got[name, method] = answers
                if parts:  # the neighbour is answered alike about 肇源县's row and one that nobody has
                    client.force_login(
                        people["neighbour"], backend="django.contrib.auth.backends.ModelBackend"
                    )
                    none = reverse(name, kwargs=missing(arguments(name, parts, rows)))
                    other = _answer(client, method, name, none, None)  # type: ignore[arg-type]
                    assert other == answers[ROLES.index("neighbour")], f"{method} {name}: {other}"
        wrong = {key: answers for key, answers in got.items() if table[key[0]][key[1]] != answers}
        assert not wrong
