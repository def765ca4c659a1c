"""Accountability referrals. Their looks are append-only even for SQL from outside the application (PostgreSQL)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FUNCTION = """
CREATE OR REPLACE FUNCTION referral_look_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'looks at a referral are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""
TRIGGER = """
CREATE TRIGGER referral_look_append_only BEFORE UPDATE OR DELETE ON supervision_referrallook
FOR EACH ROW EXECUTE FUNCTION referral_look_is_append_only();
"""
REMOVE = """
DROP TRIGGER IF EXISTS referral_look_append_only ON supervision_referrallook;
DROP FUNCTION IF EXISTS referral_look_is_append_only();
"""


def add_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(TRIGGER)


def remove_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REMOVE)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_discipline_role"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("supervision", "0008_meetings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=30, unique=True, verbose_name="number")),
                (
                    "case",
                    models.CharField(
                        choices=[
                            ("delay", "delay without good reason"),
                            ("dereliction", "dereliction of duty"),
                            ("obstruction", "obstruction"),
                        ],
                        max_length=12,
                        verbose_name="case",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "being prepared"),
                            ("invited", "waits for the statement of the person concerned"),
                            ("handed", "handed to the discipline inspection office"),
                            ("accepted", "taken up by the discipline inspection office"),
                            ("closed", "outcome recorded"),
                            ("withdrawn", "taken back"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("turn", models.PositiveIntegerField(default=1, editable=False)),
                ("project_key", models.BigIntegerField(default=0, editable=False)),
                ("project_label", models.CharField(blank=True, max_length=250, verbose_name="project")),
                ("matter_key", models.BigIntegerField(default=0, editable=False)),
                ("matter_label", models.CharField(blank=True, max_length=250, verbose_name="matter pressed")),
                ("person_name", models.CharField(max_length=60, verbose_name="person concerned")),
                ("person_post", models.CharField(max_length=120, verbose_name="office and post")),
                ("reason", models.TextField(verbose_name="facts and reasons")),
                ("rule_id", models.CharField(max_length=60)),
                ("basis", models.CharField(max_length=300)),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                (
                    "put_text",
                    models.TextField(blank=True, verbose_name="what is put to the person concerned"),
                ),
                ("invited_at", models.DateTimeField(blank=True, null=True)),
                ("state_by_on", models.DateField(blank=True, null=True, verbose_name="statement by")),
                ("deadline", models.JSONField(blank=True, default=dict)),
                ("handed_at", models.DateTimeField(blank=True, null=True)),
                ("handed_note", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("close_reason", models.TextField(blank=True)),
                ("province_code", models.CharField(editable=False, max_length=12)),
                ("city_code", models.CharField(blank=True, editable=False, max_length=12)),
                ("county_code", models.CharField(blank=True, editable=False, max_length=12)),
                (
                    "addressee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.division",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.division"
                    ),
                ),
                (
                    "handed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.division"
                    ),
                ),
            ],
            options={
                "verbose_name": "accountability referral",
                "ordering": ["-opened_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReferralBundle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("evidence", "evidence from the record"),
                            ("handed", "as handed over, with the statements"),
                        ],
                        max_length=10,
                    ),
                ),
                ("collected_at", models.DateTimeField()),
                ("manifest", models.JSONField()),
                ("path", models.CharField(max_length=200)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "collected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bundles",
                        to="supervision.referral",
                    ),
                ),
            ],
            options={
                "ordering": ["version"],
            },
        ),
        migrations.CreateModel(
            name="ReferralLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("referral_number", models.CharField(max_length=30)),
                ("user_key", models.BigIntegerField()),
                ("user_name", models.CharField(max_length=60, verbose_name="who")),
                ("office", models.CharField(blank=True, max_length=160, verbose_name="in which capacity")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("what", models.CharField(max_length=120, verbose_name="what")),
                ("purpose", models.CharField(max_length=200, verbose_name="purpose")),
            ],
            options={
                "verbose_name": "look at a referral",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["referral_number", "-at"], name="referral_look_number")],
            },
        ),
        migrations.CreateModel(
            name="ReferralOutcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accepted", "taken up"),
                            ("not_accepted", "not taken up"),
                            ("measure", "measure decided"),
                            ("no_measure", "looked into, no measure"),
                        ],
                        max_length=14,
                        verbose_name="outcome",
                    ),
                ),
                ("decided_on", models.DateField(verbose_name="decided on")),
                ("document_number", models.CharField(max_length=80, verbose_name="number of the document")),
                ("text", models.TextField(verbose_name="what was decided")),
                ("by_name", models.CharField(max_length=60)),
                ("office", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcomes",
                        to="supervision.referral",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReferralReader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("named_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
                (
                    "named_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readers",
                        to="supervision.referral",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["named_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReferralStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("text", models.TextField()),
                ("is_final", models.BooleanField(default=False)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statements",
                        to="supervision.referral",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReferralFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=130)),
                ("path", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="supervision.referral",
                    ),
                ),
                (
                    "outcome",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="supervision.referraloutcome",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="supervision.referralstatement",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["division", "state"], name="referral_division_state"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["person"], name="referral_person"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "invited", "handed", "accepted", "closed", "withdrawn"])
                ),
                name="referral_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("case__in", ["delay", "dereliction", "obstruction"])),
                name="referral_case_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("project_key__gt", 0),
                    ("matter_key__gt", 0),
                    ("department__isnull", False),
                    _connector="OR",
                ),
                name="referral_is_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state__in", ("closed", "withdrawn"))),
                    models.Q(
                        models.Q(("state__in", ("closed", "withdrawn")), _negated=True), ("closed_at", None)
                    ),
                    _connector="OR",
                ),
                name="referral_ended_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("handed", "accepted", "closed")), _negated=True),
                    models.Q(
                        ("addressee__isnull", False),
                        ("handed_at__isnull", False),
                        ("invited_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="referral_handed_after_asking",
            ),
        ),
        migrations.AddConstraint(
            model_name="referralbundle",
            constraint=models.UniqueConstraint(
                fields=("referral", "version"), name="referral_bundle_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="referraloutcome",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["accepted", "not_accepted", "measure", "no_measure"])),
                name="referral_outcome_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referralreader",
            constraint=models.UniqueConstraint(fields=("referral", "user"), name="referral_reader_once"),
        ),
        migrations.AddConstraint(
            model_name="referralfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", None), ("statement__isnull", False)),
                    models.Q(("outcome__isnull", False), ("statement", None)),
                    _connector="OR",
                ),
                name="referral_file_has_one_place",
            ),
        ),
        migrations.RunPython(add_trigger, remove_trigger),
    ]
