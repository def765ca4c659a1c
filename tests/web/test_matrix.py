"""Every address × every kind of person × GET and POST, against the table in access_table.py (A-01 to A-04)."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern

from accounts.models import AuditRecord
from tests.web import (
    access_assist,
    access_checklist,
    access_course,
    access_inspections,
    access_letters,
    access_matters,
    access_meetings,
    access_referrals,
    access_table,
    test_complaints_pages,
    test_disclosure_pages,
    test_investor_portal,
    test_mail_pages,
    test_notices_pages,
    test_ratings_pages,
)
from tests.web.access_table import PUBLIC, arguments, body, foreign_arguments
from tests.web.world import ROLES, World

pytestmark = pytest.mark.django_db
TABLE = access_table.read()
TO_LOGIN = "in"  # how the table writes a redirect to the sign-in page
TOKEN_MISSING = "401"  # what a program is told instead
REFUSED = {"401", "403", "404", "405", TO_LOGIN}


def _walk(patterns: list[Any], namespace: str = "") -> Iterator[tuple[str, set[str]]]:
    """(full name, names of the parts) of each address; an address without a name is named by its route."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inside)
        elif isinstance(pattern, URLPattern):
            route = pattern.pattern
            parts = set(route.converters) if isinstance(route, RoutePattern) else set(route.regex.groupindex)
            yield f"{namespace}{pattern.name or f'<{route}>'}", parts


ADDRESSES = dict(_walk(get_resolver().url_patterns))
_wrote = [0]  # audit records after the last POST
# Subjects with tables of their own, each held by a test of its own on the rows it is about.
TABLES = {
    "access_table": set(TABLE),
    "access_assist": access_table.names_in(access_assist.TABLE),
    "access_checklist": access_table.names_in(access_checklist.TABLE),
    "access_course": access_table.names_in(access_course.TABLE),
    "access_inspections": access_table.names_in(access_inspections.TABLE),
    "access_matters": access_table.names_in(access_matters.TABLE),
    "access_letters": access_table.names_in(access_letters.TABLE),
    "access_meetings": access_table.names_in(access_meetings.TABLE),
    "access_referrals": access_table.names_in(access_referrals.TABLE),
    "test_complaints_pages": test_complaints_pages.ADDRESSES,
    "test_disclosure_pages": test_disclosure_pages.ADDRESSES,
    "test_investor_portal": test_investor_portal.ADDRESSES,
    "test_mail_pages": test_mail_pages.ADDRESSES,
    "test_notices_pages": test_notices_pages.ADDRESSES,
    "test_ratings_pages": test_ratings_pages.ADDRESSES,
}
ELSEWHERE = set().union(*(names for table, names in TABLES.items() if table != "access_table"))
NAMES = [name for name in ADDRESSES if name not in access_table.DEVELOPING | ELSEWHERE]


def _answer(client: Client, method: str, name: str, path: str, world: World) -> str:
    """The status of one request, whose changes are taken back: no person's answer hangs on who came before."""
    with transaction.atomic():
        response = client.get(path) if method == "GET" else client.post(path, body(name, world))
        if method == "POST":
            _wrote[0] = AuditRecord.objects.count()
            transaction.set_rollback(True)
    if response.status_code == 302 and response["Location"].startswith(reverse("accounts:login")):
        return TO_LOGIN
    return str(response.status_code)


def _asked(wanted: dict[str, str]) -> list[str]:
    """Everyone; where the address has no such method, which is answered before the person is looked at, three."""
    none = {answer for who, answer in wanted.items() if who != "anonymous"} == {"405"}
    return [who for who in ROLES if not none or who in ("anonymous", "county", "administrator")]


@pytest.mark.parametrize("name", NAMES)
def test_each_answer_is_the_one_in_the_table(
    name: str, world: World, browse_as: Callable[[str], Client]
) -> None:
    assert name in TABLE, (
        f"The address {name!r} is not in tests/web/access_table.py. Add one line for GET and one for POST to TABLE with "
        f"what each kind of person gets, and, where its parts {sorted(ADDRESSES[name])} mean something new, the sample "
        f"row to World and arguments()."
    )
    path = reverse(name, kwargs=arguments(name, ADDRESSES[name], world))
    wrong = []
    before = AuditRecord.objects.count()
    for method, wanted in TABLE[name].items():
        for who in _asked(wanted):
            got = _answer(browse_as(who), method, name, path, world)
            if got != wanted[who]:
                wrong.append(f"{method} {path} as {who}: {got}, the table says {wanted[who]}")
            if method == "POST" and got in REFUSED and _wrote[0] != before:
                wrong.append(f"{method} {path} as {who}: refused with {got}, and yet something was written")
    if AuditRecord.objects.count() != before:
        wrong.append(f"GET {path} wrote something")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [name for name in NAMES if ADDRESSES[name]])
def test_what_is_not_yours_is_not_there(name: str, world: World, browse_as: Callable[[str], Client]) -> None:
    """An existing row of the neighbour and a number that nobody has answer alike: 404, whatever the method (A-03)."""
    foreign = foreign_arguments(name, ADDRESSES[name], world)
    if foreign is None:
        pytest.skip("its parts name no row of a place")
    client = browse_as("neighbour")
    own = reverse(name, kwargs=arguments(name, ADDRESSES[name], world))
    none = reverse(name, kwargs=foreign)
    for method in TABLE[name]:
        got = [_answer(client, method, name, path, world) for path in (own, none)]
        assert got[0] == got[1], (
            f"{method} {name}: {got[0]} for the row of 肇源县, {got[1]} for one that does not exist"
        )
        assert got[0] in {"404", "403", "405"}, f"{method} {name}: {got[0]}"


def test_strangers_get_the_sign_in_page_except_on_reviewed_addresses() -> None:
    open_to_all = {
        name
        for name, rows in TABLE.items()
        if any(answers["anonymous"] not in (TO_LOGIN, TOKEN_MISSING) for answers in rows.values())
    }
    assert open_to_all == PUBLIC


def test_every_address_is_in_exactly_one_table() -> None:
    held = Counter(name for names in TABLES.values() for name in names)
    there = set(ADDRESSES) - access_table.DEVELOPING
    assert there == set(held), f"nowhere: {sorted(there - set(held))}; gone: {sorted(set(held) - there)}"
    assert not [name for name, times in held.items() if times > 1]


@pytest.mark.parametrize(
    "table",
    [
        access_assist,
        access_checklist,
        access_course,
        access_inspections,
        access_letters,
        access_matters,
        access_meetings,
        access_referrals,
    ],
)
def test_the_other_tables_are_whole_and_let_no_stranger_in(table: Any) -> None:
    lines = access_table.lines_of(table.TABLE)
    assert {(name, method) for name, method, *_answers in lines} == {
        (name, method) for name in access_table.names_in(table.TABLE) for method in ("GET", "POST")
    }
    for name, method, *answers in lines:
        assert len(answers) == len(ROLES), f"{name} {method}"
        assert answers[0] == TO_LOGIN, f"{name} {method}: a stranger gets {answers[0]}"


def test_head_answers_like_get_and_other_methods_write_nothing(
    world: World, browse_as: Callable[[str], Client]
) -> None:
    client = browse_as("county")
    wrong = []
    for name in NAMES:
        path = reverse(name, kwargs=arguments(name, ADDRESSES[name], world))
        if TABLE[name]["GET"]["county"] == "200" and client.head(path).status_code != 200:
            wrong.append(f"HEAD {path}: {client.head(path).status_code}, and GET is answered")
        before = AuditRecord.objects.count()
        for method in ("put", "delete", "patch", "options"):
            status = getattr(client, method)(path).status_code
            if status >= 500 or AuditRecord.objects.count() != before:
                wrong.append(f"{method.upper()} {path}: {status}")
    assert not wrong, "\n".join(wrong)
