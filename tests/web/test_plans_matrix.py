"""Every address about the course of a project × every kind of person × GET and POST, against access_course.py."""

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
from tests.web.access_course import NAMES, NOW, TABLE, arguments, sample
from tests.web.access_table import missing
from tests.web.test_matrix import REFUSED, TO_LOGIN, _answer, _walk
from tests.web.world import ROLES

pytestmark = pytest.mark.django_db


def read() -> dict[tuple[str, str], list[str]]:
    found = {}
    for line in TABLE.strip().splitlines():
        name, method, *answers = line.split()
        if name != "name":
            found[name, method] = answers
    return found


def answers() -> dict[tuple[str, str], list[str]]:
    """What the addresses answer now; a POST that acts is taken back."""
    with time_machine.travel(NOW, tick=False):
        people = build.cast()
        project: Any = build.project("艾草<script>项目", planned={"company_setup": NOW.date()})
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            appoint(
                project=project,
                role=role,
                user=people[who],
                valid_from=NOW.date(),
                by=people["county"],
                at=NOW,
            )
        rows = sample(people, project)
        got = {}
        for name in sorted(NAMES):
            path = reverse(name, kwargs=arguments(name, rows))
            for method in ("GET", "POST"):
                line = []
                for who in ROLES:
                    client = Client()
                    if who != "anonymous":
                        client.force_login(people[who], backend="django.contrib.auth.backends.ModelBackend")
                    before = AuditRecord.objects.count()
                    with transaction.atomic():
                        line.append(_answer(client, method, name, path, None))  # type: ignore[arg-type]
                        transaction.set_rollback(line[-1] == "302")
                    assert line[-1] not in {*REFUSED, TO_LOGIN} or AuditRecord.objects.count() == before
                got[name, method] = line
                # The neighbour is answered alike about 肇源县's row and one that nobody has; the transfer is offered
                # to them, so they know of it.
                given = arguments(name, rows)
                if (given and not name.startswith("projects:transfer")) or name == "projects:transfer_ask":
                    client.force_login(
                        people["neighbour"], backend="django.contrib.auth.backends.ModelBackend"
                    )
                    none = reverse(name, kwargs=missing(given))
                    other = _answer(client, method, name, none, None)  # type: ignore[arg-type]
                    assert other == line[ROLES.index("neighbour")], f"{method} {name}: {other}"
    return got


def test_each_answer_is_the_one_in_the_table() -> None:
    table, got = read(), answers()
    assert set(table) == set(got)
    wrong = [f"{key}: {got[key]}, the table says {table[key]}" for key in got if got[key] != table[key]]
    assert not wrong, "\n".join(wrong)


def test_every_address_of_the_subject_is_in_the_table() -> None:
    words = (
        "plan_change",
        "transfer",
        "merge",
        "promise",
        "arrears",
        "instalment",
        "assessment",
        "prolong",
        "replan",
    )
    there = {name for name, _parts in _walk(get_resolver().url_patterns) if name.startswith("projects:")}
    assert {name for name in there if name.partition(":")[2].startswith(words)} == NAMES
