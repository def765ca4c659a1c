import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_discipline_role"),
        ("projects", "0003_number_series_names"),
        ("supervision", "0002_warning_items_tickets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Matter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="number")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("work_order", "work order"),
                            ("notice", "supervision notice"),
                            ("letter", "supervision letter"),
                            ("agreed_item", "agreed at a meeting"),
                            ("finding", "finding of an inspection"),
                            ("visit", "found by an invited supervisor"),
                            ("office", "assigned by the office"),
                            ("complaint", "complaint"),
                            ("rating", "bad rating"),
                        ],
                        max_length=12,
                        verbose_name="pressed by",
                    ),
                ),
                (
                    "source_id",
                    models.BigIntegerField(default=0, help_text="row of the source's own table; 0: none"),
                ),
                ("title", models.CharField(max_length=120, verbose_name="subject matter")),
                ("demand", models.TextField(verbose_name="what is demanded")),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="basis")),
                ("rule_id", models.CharField(blank=True, max_length=60)),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("issued", "to be received"),
                            ("working", "being worked on"),
                            ("answered", "answered, to be checked"),
                            ("returned", "returned, work goes on"),
                            ("closed", "closed"),
                            ("withdrawn", "taken back"),
                        ],
                        default="issued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("turn", models.PositiveIntegerField(default=1, editable=False)),
                ("due_on", models.DateField(verbose_name="last day")),
                ("first_due_on", models.DateField()),
                (
                    "deadline",
                    models.JSONField(default=dict, help_text="Deadline.to_json(): steps, basis, rule."),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("assigned", "assigned"),
                            ("press", "pressed"),
                            ("supervise", "under supervision"),
                            ("circulate", "to be circulated"),
                        ],
                        default="assigned",
                        max_length=10,
                        verbose_name="step of the ladder",
                    ),
                ),
                ("step_since", models.DateField()),
                ("next_step_on", models.DateField(blank=True, editable=False, null=True)),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("check_note", models.TextField(blank=True, verbose_name="what the check found")),
                ("listed_on", models.DateField(blank=True, null=True)),
                ("listed_reason", models.CharField(blank=True, max_length=300)),
                ("unlisted_on", models.DateField(blank=True, null=True)),
                ("province_code", models.CharField(editable=False, max_length=12)),
                ("city_code", models.CharField(blank=True, editable=False, max_length=12)),
                ("county_code", models.CharField(blank=True, editable=False, max_length=12)),
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
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.division"
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
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matters",
                        to="projects.project",
                    ),
                ),
                (
                    "received_by",
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
                "verbose_name": "supervised matter",
                "verbose_name_plural": "supervised matters",
                "ordering": ["-issued_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="MatterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                ("by_name", models.CharField(max_length=60)),
                ("office", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(blank=True)),
                (
                    "step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("assigned", "assigned"),
                            ("press", "pressed"),
                            ("supervise", "under supervision"),
                            ("circulate", "to be circulated"),
                        ],
                        help_text="rung after this line",
                        max_length=10,
                    ),
                ),
                ("due_before", models.DateField(blank=True, null=True)),
                ("due_after", models.DateField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="supervision.matter",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MatterExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "waits for the head of the unit"),
                            ("agreed", "waits for the office that pressed it"),
                            ("granted", "granted"),
                            ("refused", "not granted"),
                            ("lapsed", "fell away"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("was_on", models.DateField()),
                ("wanted_on", models.DateField(verbose_name="new last day asked for")),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "step_was",
                    models.CharField(
                        choices=[
                            ("assigned", "assigned"),
                            ("press", "pressed"),
                            ("supervise", "under supervision"),
                            ("circulate", "to be circulated"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since_was", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("first_at", models.DateTimeField(blank=True, null=True)),
                ("first_opinion", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("opinion", models.TextField(blank=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extensions",
                        to="supervision.matter",
                    ),
                ),
            ],
            options={
                "ordering": ["asked_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MatterFile",
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
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="supervision.matterentry",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("next_step_on__isnull", False)),
                fields=["next_step_on"],
                name="matter_next_step",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["city_code", "state"], name="matter_city_state"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["county_code", "state"], name="matter_county_state"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["unit", "state"], name="matter_unit_state"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["issuer", "state"], name="matter_issuer_state"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["source", "source_id"], name="matter_by_source"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["project", "state"], name="matter_project_state"),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["issued", "working", "answered", "returned", "closed", "withdrawn"])
                ),
                name="matter_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["assigned", "press", "supervise", "circulate"])),
                name="matter_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "source__in",
                        [
                            "work_order",
                            "notice",
                            "letter",
                            "agreed_item",
                            "finding",
                            "visit",
                            "office",
                            "complaint",
                            "rating",
                        ],
                    )
                ),
                name="matter_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at", None), ("state__in", ("issued", "working", "answered", "returned"))
                    ),
                    models.Q(
                        models.Q(("state__in", ("issued", "working", "answered", "returned")), _negated=True),
                        ("closed_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="matter_closed_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("issued", "working", "returned")), ("next_step_on", None), _connector="OR"
                ),
                name="matter_ladder_rests",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unlisted_on", None),
                    models.Q(("listed_on__isnull", False), ("unlisted_on__gte", models.F("listed_on"))),
                    _connector="OR",
                ),
                name="matter_unlisted_after_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="matterentry",
            index=models.Index(fields=["kind", "on"], name="matter_entry_kind_on"),
        ),
        migrations.AddConstraint(
            model_name="matterentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["press", "supervise", "circulate"])),
                fields=("matter", "kind", "on"),
                name="matter_rung_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="matterextension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["asked", "agreed"])),
                fields=("matter",),
                name="matter_one_open_extension",
            ),
        ),
        migrations.AddConstraint(
            model_name="matterextension",
            constraint=models.CheckConstraint(
                condition=models.Q(("wanted_on__gt", models.F("was_on"))), name="matter_extension_later"
            ),
        ),
        migrations.AddConstraint(
            model_name="matterextension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["agreed", "granted"]), _negated=True),
                    ("first_by__isnull", False),
                    _connector="OR",
                ),
                name="matter_extension_two_levels",
            ),
        ),
    ]
