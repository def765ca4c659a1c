"""`reconcile` and `verify_audit` by hand."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from accounts.models import AuditRecord
from accounts.outside.sealed import seal, unseal
from supervision.ratings.models import Chance, Rating, RatingAuthor
from tests import build

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


def test_sessions_past_their_time_are_removed_and_others_stay():
    for key, hours in (("old", -1), ("live", 1)):
        expires = timezone.now() + timedelta(hours=hours)
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    ahead = timezone.now().date() + timedelta(days=30)  # a run for a later day signs nobody out
    assert reconcile("--on", ahead.isoformat())["made"]["sessions"] == {"ended": 1}
    assert [row.session_key for row in Session.objects.all()] == ["live"]


def test_a_changed_sealing_key_reaches_every_identity():
    project = build.project()
    chance = Chance.objects.create(
        project=project, division=project.division, service="ticket", subject_id=1, label="帮办", office="办",
        done_on=date(2026, 9, 24), made_at=build.at("2026-09-24 15:00"), expires_on=date(2026, 11, 24),
    )  # fmt: skip
    rating = Rating.objects.create(
        chance=chance, level=5, channel="portal", anonymous=False, rated_on=date(2026, 9, 24)
    )
    with override_settings(SEALING_KEYS=["old"]):
        held = RatingAuthor.objects.create(rating=rating, sealed=seal({"name": "王镈"}))
    with override_settings(SEALING_KEYS=["new", "old"]):
        out = StringIO()
        call_command("reseal", stdout=out)
        assert "1" in out.getvalue()
    held.refresh_from_db()
    with override_settings(SEALING_KEYS=["new"]):
        assert unseal(held.sealed) == {"name": "王镈"}
    with override_settings(SEALING_KEYS=["other"]), pytest.raises(CommandError, match="RatingAuthor"):
        call_command("reseal", stdout=StringIO())
