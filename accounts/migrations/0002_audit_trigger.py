"""Even SQL from outside the application cannot change the audit log. PostgreSQL only; TRUNCATE (test flush) is free."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit records are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""
TRIGGER = """
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON accounts_auditrecord
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
"""
REMOVE = """
DROP TRIGGER IF EXISTS audit_append_only ON accounts_auditrecord;
DROP FUNCTION IF EXISTS audit_is_append_only();
"""


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(TRIGGER)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REMOVE)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
