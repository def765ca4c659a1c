"""Ratings are never altered, not even by SQL from outside the application.

Only `entered_note` may change: it says whether the note on a call is still kept. On SQLite changing is refused and
deleting is not: there `flush` empties a table by DELETE, where PostgreSQL truncates; the managers and PROTECT refuse it.
Whatever rebuilds the table on SQLite (a later change of a column) drops the trigger and has to make it again.
"""

from django.db import migrations

FIXED = (
    "id", "chance_id", "level", "reasons", "text", "anonymous", "channel", "rated_on", "entered_by_id",
    "province_code", "city_code", "county_code",
)  # fmt: skip
COLUMNS = ", ".join(FIXED)
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION rating_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ratings are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER rating_never_changed BEFORE UPDATE OF {COLUMNS} ON supervision_rating
FOR EACH ROW EXECUTE FUNCTION rating_is_fixed();
CREATE TRIGGER rating_never_deleted BEFORE DELETE ON supervision_rating
FOR EACH ROW EXECUTE FUNCTION rating_is_fixed();
"""
POSTGRESQL_BACK = """
DROP TRIGGER IF EXISTS rating_never_changed ON supervision_rating;
DROP TRIGGER IF EXISTS rating_never_deleted ON supervision_rating;
DROP FUNCTION IF EXISTS rating_is_fixed();
"""
SQLITE = f"""
CREATE TRIGGER rating_never_changed BEFORE UPDATE OF {COLUMNS} ON supervision_rating
BEGIN
    SELECT RAISE(ABORT, 'ratings are never changed or deleted');
END
"""
SQLITE_BACK = "DROP TRIGGER IF EXISTS rating_never_changed"


def guard(apps, schema_editor):
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def unguard(apps, schema_editor):
    schema_editor.execute(POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0022_rating_notes_sealed")]

    operations = [migrations.RunPython(guard, unguard)]
