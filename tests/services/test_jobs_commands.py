"""`reconcile` and `verify_audit` by hand."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import AuditRecord

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def reconcile(*args: str) -> dict:
    out = StringIO()
    call_command("reconcile", *args, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_reconcile_says_what_it_made_and_makes_nothing_twice():
    first = reconcile("--on", "2026-10-23")
    assert first["on"] == "2026-10-23"
    assert first["made"]["obligations"]["ledger_county"] > 200
    second = reconcile("--on", "2026-10-23")
    assert second["total"] == 0


def test_reconcile_refuses_what_is_no_date():
    with pytest.raises(CommandError, match=r"2026\.13\.45"):
        reconcile("--on", "2026.13.45")


def test_verify_audit_names_the_first_broken_link():
    reconcile("--on", "2026-10-23")
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    assert json.loads(out.getvalue())["ok"] is True
    row = AuditRecord.objects.filter(chain="230600").order_by("seq")[2]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE accounts_auditrecord DISABLE TRIGGER audit_append_only")
        cursor.execute("UPDATE accounts_auditrecord SET object_label = %s WHERE id = %s", ["改过", row.pk])
    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("verify_audit", "--json", stdout=out)
    broken = json.loads(out.getvalue())["broken"]
    assert stop.value.code == 1
    assert (broken["chain"], broken["seq"]) == ("230600", row.seq)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the trigger is PostgreSQL's")
@pytest.mark.parametrize(
    "sql", ["UPDATE accounts_auditrecord SET reason = 'x'", "DELETE FROM accounts_auditrecord"]
)
def test_the_database_itself_refuses_to_change_the_log(sql):
    from django.db import IntegrityError, transaction

    reconcile("--on", "2026-10-23")
    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
