import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_discipline_role"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("projects", "0003_number_series_names"),
        ("supervision", "0005_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="Conclusion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(verbose_name="inspection conclusion")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "sent, not signed for yet"),
                            ("received", "signed for"),
                            ("objected", "objected to"),
                            ("upheld", "reviewed: upheld"),
                            ("changed", "reviewed: changed"),
                        ],
                        default="sent",
                        max_length=12,
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                ("object_by_on", models.DateField(blank=True, null=True, verbose_name="objection until")),
                ("objection_deadline", models.JSONField(blank=True, default=dict)),
                ("objection", models.TextField(blank=True, verbose_name="objection")),
                ("objected_at", models.DateTimeField(blank=True, null=True)),
                ("decide_by_on", models.DateField(blank=True, null=True, verbose_name="decision until")),
                ("decision_deadline", models.JSONField(blank=True, default=dict)),
                ("decision", models.TextField(blank=True, verbose_name="decision")),
                (
                    "text_before",
                    models.TextField(
                        blank=True, help_text="the conclusion as it stood before the review changed it"
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("province_code", models.CharField(editable=False, max_length=12)),
                ("city_code", models.CharField(blank=True, editable=False, max_length=12)),
                ("county_code", models.CharField(blank=True, editable=False, max_length=12)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "objected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
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
                "verbose_name": "inspection conclusion",
                "ordering": ["-sent_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ConclusionFile",
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
                    "conclusion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="supervision.conclusion",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fact", models.TextField(verbose_name="fact")),
                ("place", models.CharField(max_length=120, verbose_name="place of the inspection")),
                ("requirement", models.TextField(blank=True, verbose_name="what is required")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="to be mended by")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("pending", "not decided yet"),
                            ("matter", "to be mended: pressed as a matter"),
                            ("noted", "noted, nothing to be done"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="why nothing is to be done")),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "found_by",
                    models.ForeignKey(
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
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="FindingFile",
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
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="supervision.finding",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=30, unique=True, verbose_name="number")),
                ("period", models.CharField(max_length=7, verbose_name="period")),
                ("kinds", models.JSONField(default=list, verbose_name="kinds")),
                ("title", models.CharField(max_length=120, verbose_name="title of the inspection")),
                ("purpose", models.TextField(verbose_name="what is looked at and why")),
                (
                    "authority_government",
                    models.CharField(blank=True, max_length=80, verbose_name="government that appointed"),
                ),
                (
                    "authority_document",
                    models.CharField(blank=True, max_length=120, verbose_name="document of the appointment"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned (inspection)"),
                            ("under_way", "under way (inspection)"),
                            ("finished", "finished (inspection)"),
                            ("cancelled", "called off (inspection)"),
                        ],
                        default="planned",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("turn", models.PositiveIntegerField(default=1, editable=False)),
                ("planned_from", models.DateField(verbose_name="planned from")),
                ("planned_to", models.DateField(verbose_name="planned to")),
                ("inspectors", models.CharField(blank=True, max_length=300, verbose_name="inspectors")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="places")),
                ("held_from", models.DateField(blank=True, null=True, verbose_name="held from")),
                ("held_to", models.DateField(blank=True, null=True, verbose_name="held to")),
                ("summary", models.TextField(blank=True, verbose_name="inspection conclusion")),
                ("planned_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("cancel_reason", models.TextField(blank=True)),
                ("province_code", models.CharField(editable=False, max_length=12)),
                ("city_code", models.CharField(blank=True, editable=False, max_length=12)),
                ("county_code", models.CharField(blank=True, editable=False, max_length=12)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="accounts.division",
                    ),
                ),
            ],
            options={
                "verbose_name": "inspection",
                "verbose_name_plural": "inspections",
                "ordering": ["-planned_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="finding",
            name="inspection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="findings",
                to="supervision.inspection",
            ),
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("scope", models.CharField(max_length=20, verbose_name="population")),
                ("scope_text", models.CharField(max_length=200)),
                ("population", models.JSONField(help_text="project numbers, sorted")),
                ("population_size", models.PositiveIntegerField()),
                (
                    "fingerprint",
                    models.CharField(max_length=64, verbose_name="fingerprint of the population"),
                ),
                ("size", models.PositiveIntegerField(verbose_name="number to draw")),
                ("seed", models.CharField(max_length=64, verbose_name="seed")),
                ("algorithm", models.CharField(max_length=20)),
                ("drawn", models.JSONField(help_text="project numbers, in the order of the draw")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why drawn again")),
                ("drawn_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "drawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draws",
                        to="supervision.inspection",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.AddField(
            model_name="conclusion",
            name="inspection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conclusions",
                to="supervision.inspection",
            ),
        ),
        migrations.CreateModel(
            name="InspectionItem",
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
                            ("reported", "problems reported: always looked into"),
                            ("screening", "not fulfilled, not landed: screened"),
                            ("trace_back", "investment withdrawn: traced back"),
                            ("spot_check", "approval service: spot check"),
                            ("verification", "statistics: verified"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("source", models.CharField(max_length=20)),
                ("why", models.CharField(max_length=200, verbose_name="why")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("pending", "not looked at yet"),
                            ("clear", "nothing found"),
                            ("problem", "problems found"),
                            ("impossible", "could not be looked at"),
                        ],
                        default="pending",
                        max_length=12,
                        verbose_name="result of the inspection",
                    ),
                ),
                ("result_text", models.TextField(blank=True, verbose_name="what was seen")),
                ("looked_on", models.DateField(blank=True, null=True, verbose_name="looked at on")),
                (
                    "place",
                    models.CharField(blank=True, max_length=120, verbose_name="place of the inspection"),
                ),
                ("recorded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="supervision.inspection",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspection_items",
                        to="projects.project",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
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
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="finding",
            name="item",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="supervision.inspectionitem",
            ),
        ),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(fields=["unit", "period"], name="inspection_unit_period"),
        ),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(fields=["city_code", "state"], name="inspection_city_state"),
        ),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(fields=["county_code", "state"], name="inspection_county_state"),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["planned", "under_way", "finished", "cancelled"])),
                name="inspection_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(("planned_to__gte", models.F("planned_from"))),
                name="inspection_plan_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "finished"), _negated=True),
                    models.Q(("closed_at__isnull", False), ("held_to__gte", models.F("held_from"))),
                    _connector="OR",
                ),
                name="inspection_finished_has_facts",
            ),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.UniqueConstraint(fields=("inspection", "position"), name="draw_position_once"),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at", None)), fields=("inspection",), name="draw_one_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.CheckConstraint(
                condition=models.Q(("position", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="draw_again_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="conclusion",
            index=models.Index(fields=["county_code", "state"], name="conclusion_county_state"),
        ),
        migrations.AddConstraint(
            model_name="conclusion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("department", None)),
                fields=("inspection", "unit"),
                name="conclusion_once_a_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="conclusion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("department__isnull", False)),
                fields=("inspection", "department"),
                name="conclusion_once_a_department",
            ),
        ),
        migrations.AddConstraint(
            model_name="conclusion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["sent", "received", "objected", "upheld", "changed"])),
                name="conclusion_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="conclusion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["upheld", "changed"]), _negated=True),
                    models.Q(("decided_at__isnull", False), models.Q(("decision", ""), _negated=True)),
                    _connector="OR",
                ),
                name="conclusion_decided_has_facts",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectionitem",
            constraint=models.UniqueConstraint(
                fields=("inspection", "project"), name="inspection_project_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectionitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("result__in", ["pending", "clear", "problem", "impossible"])),
                name="inspection_result_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", ["pending", "matter", "noted"])),
                name="finding_action_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action", "noted"), _negated=True),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="finding_noted_has_reason",
            ),
        ),
    ]
