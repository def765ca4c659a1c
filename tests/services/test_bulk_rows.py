"""Many rows at once: what goes in comes back the same, whichever way it travels."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from accounts import audit
from accounts.bulk import bulk_insert, bulk_update, bulk_upsert, insert_or_lock, reserve_many
from accounts.jsontext import encode_json, encode_sorted
from accounts.models import AuditChain, AuditRecord
from projects.models import Company, NumberSeries, Project
from projects.numbers import allot
from reporting.ledgers.models import LedgerEntry
from tests import build

pytestmark = pytest.mark.django_db
AT = datetime(2026, 10, 24, 1, 2, 3, 456_789, tzinfo=UTC)
ODD = 'tab\there, "quoted" \\ back，\n二行 ​😀'


def test_update_keeps_microseconds_text_and_nothing() -> None:
    first, second = build.project(), build.project()
    rows = [(first.pk, ODD, None, AT), (second.pk, "", date(2026, 3, 5), AT)]
    with transaction.atomic():
        bulk_update(Project, ("id", "progress_text", "signed_on", "updated_at"), rows)
    found = Project.objects.order_by("pk").values_list("pk", "progress_text", "signed_on", "updated_at")
    assert sorted(found) == sorted(rows)


def test_upsert_takes_json_as_value_and_as_text() -> None:
    row = build.project()
    columns = ("project_id", "period", "nodes", "progress_text", "province_code")
    for nodes in ({"production": "2026-03", "b": [1, None, ODD]}, '{"a":"2026"}'):
        with transaction.atomic():
            bulk_upsert(
                LedgerEntry, columns, [(row.pk, "2026-09", nodes, ODD, "230000")],
                conflict=("project_id", "period"), update=("nodes",),
            )  # fmt: skip
        entry = LedgerEntry.objects.get(project=row)
        assert entry.nodes == (json.loads(nodes) if isinstance(nodes, str) else nodes)
        assert entry.progress_text == ODD


def test_a_row_is_inserted_once_and_found_again() -> None:
    with transaction.atomic():
        first = insert_or_lock(AuditChain, {"code": "x"}, {"seq": 0, "head": ""}, ("seq", "head"))
        AuditChain.objects.filter(pk="x").update(seq=7, head="h")
        second = insert_or_lock(AuditChain, {"code": "x"}, {"seq": 0, "head": ""}, ("seq", "head"))
    assert (first, second) == ((0, ""), (7, "h"))


def test_reserved_keys_are_free_and_apart() -> None:
    held = build.project()
    with transaction.atomic():
        companies, projects, none = reserve_many((Company, 3), (Project, 2), (Project, 0))
        bulk_insert(Company, ("id", "name"), [(pk, f"公司{pk}") for pk in companies])
    assert (len(set(companies)), len(set(projects)), none) == (3, 2, [])
    assert held.pk not in projects
    assert Company.objects.filter(pk__in=companies).count() == 3


def test_a_series_goes_on_behind_numbers_brought_in_from_elsewhere() -> None:
    build.project(number="230622-2031-0041")
    assert allot(["230622", "230621", "230622"], 2031) == [
        "230622-2031-0042",
        "230621-2031-0001",
        "230622-2031-0043",
    ]
    assert allot(["230622"], 2031) == ["230622-2031-0044"]
    assert NumberSeries.objects.get(pk="230622-2031").last == 44


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"b": 1, "a": None, "day": date(2026, 3, 5), "at": AT, "text": ODD},
        {"nested": {"z": 1, "a": [date(2026, 3, 5), {"k": True}]}, "ratio": 0.1},
        {2: "number as key", 10: "sorted as text"},
    ],
)
def test_the_digest_made_on_writing_is_that_of_the_stored_row(values: dict[str, object]) -> None:
    entry = audit.Entry(
        "tried", "projects.project", "1", ODD[:200], {}, values, ODD, codes={"city_code": "230600"}
    )
    with transaction.atomic():
        audit.record_many([entry, entry], by=None, at=AT)
    rows = list(AuditRecord.objects.filter(action="tried").order_by("seq"))
    assert [audit.digest(row) for row in rows] == [row.hash for row in rows]
    assert audit.verify()[1] is None


def test_the_quick_encoder_writes_what_the_slow_one_writes() -> None:
    value = {"b": [1, 1.5, True, None, ODD], "a": {"day": date(2026, 3, 5), "at": AT}}
    slow = {"ensure_ascii": False, "separators": (",", ":"), "default": str}
    plain = {**value, "a": {"day": "2026-03-05", "at": "2026-10-24T01:02:03.456Z"}}
    assert encode_json(value) == json.dumps(plain, **slow)  # type: ignore[arg-type]
    assert encode_sorted(value) == json.dumps(plain, sort_keys=True, **slow)  # type: ignore[arg-type]
