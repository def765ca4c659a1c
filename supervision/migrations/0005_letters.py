import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_discipline_role"),
        ("approvals", "0006_mandates"),
        ("projects", "0003_number_series_names"),
        ("supervision", "0004_work_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SupervisionPaper",
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
                        choices=[("notice", "supervision notice"), ("letter", "supervision letter")],
                        max_length=8,
                        verbose_name="kind of paper",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("signed", "signed, to be issued"),
                            ("issued", "issued"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("item", "approval item"),
                            ("milestone", "key point"),
                            ("ticket", "assistance ticket"),
                            ("obligation", "duty of the unit"),
                            ("problem", "problem of the project"),
                        ],
                        max_length=12,
                        verbose_name="what it rests on",
                    ),
                ),
                ("ground_key", models.CharField(help_text="item:12, milestone:3, problem:7", max_length=60)),
                (
                    "party",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("organ", "administrative organ"),
                            ("enterprise", "enterprise"),
                            ("third_party", "third party"),
                            ("higher_level", "higher level"),
                            ("force_majeure", "force majeure"),
                        ],
                        max_length=20,
                        verbose_name="delay caused by",
                    ),
                ),
                (
                    "evidence",
                    models.JSONField(default=dict, help_text="Verdict.to_json(): counters, days, sources"),
                ),
                ("evidence_on", models.DateField(verbose_name="evidence as of")),
                ("rule_id", models.CharField(blank=True, max_length=60)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("addressees", models.CharField(max_length=300, verbose_name="addressed to")),
                ("copies", models.CharField(blank=True, max_length=300, verbose_name="copies to")),
                ("reason", models.TextField(verbose_name="matter supervised")),
                ("overview", models.TextField(blank=True, verbose_name="the project in short")),
                ("problem", models.TextField(verbose_name="what is wrong")),
                ("basis", models.CharField(max_length=300, verbose_name="basis")),
                (
                    "authority",
                    models.CharField(
                        blank=True,
                        help_text="Regulations on government inspection, article 7: a department inspects only if appointed.",
                        max_length=120,
                        verbose_name="government that appointed the office",
                    ),
                ),
                (
                    "authority_number",
                    models.CharField(blank=True, max_length=80, verbose_name="document of the appointment"),
                ),
                ("authority_on", models.DateField(blank=True, null=True, verbose_name="appointed on")),
                ("demand", models.TextField(verbose_name="what is demanded")),
                (
                    "urgency",
                    models.CharField(
                        choices=[
                            ("urgent", "urgent"),
                            ("ordinary", "ordinary (supervision)"),
                            ("difficult", "difficult"),
                        ],
                        default="ordinary",
                        max_length=10,
                        verbose_name="limit",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="or by this day")),
                ("feedback", models.TextField(verbose_name="how to answer")),
                ("contact_name", models.CharField(max_length=60, verbose_name="contact person")),
                ("contact_phone", models.CharField(max_length=40, verbose_name="phone")),
                ("drafted_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("returned_reason", models.TextField(blank=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="issued on")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("number_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("number_seq", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "document",
                    models.JSONField(
                        blank=True, default=dict, help_text="the page as issued (documents.to_json)"
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdraw_reason", models.TextField(blank=True, verbose_name="why withdrawn")),
                ("province_code", models.CharField(editable=False, max_length=12)),
                ("city_code", models.CharField(blank=True, editable=False, max_length=12)),
                ("county_code", models.CharField(blank=True, editable=False, max_length=12)),
                (
                    "addressee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.division",
                        verbose_name="unit addressed",
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
                        verbose_name="department addressed",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="approvals.checklistitem",
                    ),
                ),
                (
                    "matter",
                    models.OneToOneField(
                        blank=True,
                        help_text="its clock",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper",
                        to="supervision.matter",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.milestone",
                    ),
                ),
                (
                    "obligation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.obligation",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="approvals.ticket",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.division",
                        verbose_name="issued by unit",
                    ),
                ),
                (
                    "warning",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="supervision.warning",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "supervision paper",
                "verbose_name_plural": "supervision papers",
                "ordering": ["-drafted_at", "-pk"],
                "indexes": [
                    models.Index(fields=["unit", "state"], name="paper_unit_state"),
                    models.Index(fields=["city_code", "-issued_on"], name="paper_city_issued"),
                    models.Index(fields=["county_code", "-issued_on"], name="paper_county_issued"),
                    models.Index(fields=["project"], name="paper_project"),
                    models.Index(fields=["ground_key"], name="paper_ground"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "signed", "issued", "withdrawn"])),
                        name="paper_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["notice", "letter"])), name="paper_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ground__in", ["item", "milestone", "ticket", "obligation", "problem"])
                        ),
                        name="paper_ground_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number_seq__isnull", False)),
                        fields=("unit", "kind", "number_year", "number_seq"),
                        name="paper_number_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "signed"]), models.Q(("ground", "problem"), _negated=True)
                        ),
                        fields=("unit", "ground_key"),
                        name="paper_one_draft_per_ground",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "issued"), _negated=True),
                            models.Q(
                                ("issued_at__isnull", False),
                                ("issued_on__isnull", False),
                                ("number_seq__isnull", False),
                                ("matter__isnull", False),
                                ("signed_by__isnull", False),
                                models.Q(("number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="paper_issued_has_number_and_clock",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by", None),
                            ("edited_by", None),
                            models.Q(("signed_by", models.F("edited_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="paper_signed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "notice"), _negated=True), ("party", "organ"), _connector="OR"
                        ),
                        name="paper_notice_is_organs_delay",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdraw_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="paper_withdrawn_has_reason",
                    ),
                ],
            },
        ),
    ]
