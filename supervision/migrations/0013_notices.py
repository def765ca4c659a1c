import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import supervision.notices.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_mail"),
        ("projects", "0003_number_series_names"),
        ("supervision", "0012_complaints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.CharField(default=supervision.notices.models.new_slug, max_length=12, unique=True),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("text", models.TextField(verbose_name="text")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("companies", "companies"),
                            ("offices", "offices"),
                            ("both", "companies and offices"),
                        ],
                        default="companies",
                        max_length=10,
                        verbose_name="audience",
                    ),
                ),
                (
                    "industries",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="sections of GB/T 4754 (one letter) and codes of the 4567 list; empty: all",
                        verbose_name="industries",
                    ),
                ),
                (
                    "roles",
                    models.JSONField(
                        blank=True, default=list, help_text="of offices; empty: all", verbose_name="roles"
                    ),
                ),
                ("is_public", models.BooleanField(default=False, verbose_name="also on the public site")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "sent out"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("turn", models.PositiveIntegerField(default=1)),
                ("written_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published on")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawal_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why withdrawn"),
                ),
                ("province_code", models.CharField(max_length=12)),
                ("city_code", models.CharField(blank=True, max_length=12)),
                ("county_code", models.CharField(blank=True, max_length=12)),
                (
                    "divisions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="empty: the whole area of the unit",
                        related_name="+",
                        to="accounts.division",
                    ),
                ),
                (
                    "published_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="accounts.division",
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
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "policy notice",
                "ordering": ["-published_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="NoticeFile",
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
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="supervision.notice",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("addressed_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read at")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.company",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.division"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="supervision.notice",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_receipts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt of a notice",
                "ordering": ["division_id", "company_id", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["state", "-published_at"], name="notice_state_day"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "published", "withdrawn"])),
                name="notice_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["companies", "offices", "both"])),
                name="notice_audience_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at", None), ("state", "draft")),
                    models.Q(models.Q(("state", "draft"), _negated=True), ("published_at__isnull", False)),
                    _connector="OR",
                ),
                name="notice_published_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "withdrawn"),
                        ("withdrawn_at__isnull", False),
                        models.Q(("withdrawal_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "withdrawn"), _negated=True),
                        ("withdrawal_reason", ""),
                        ("withdrawn_at", None),
                    ),
                    _connector="OR",
                ),
                name="notice_withdrawn_with_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(condition=models.Q(("read_at", None)), fields=["user"], name="receipt_unread"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("company__isnull", False)),
                fields=("notice", "user", "company"),
                name="receipt_of_company",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("company", None)), fields=("notice", "user"), name="receipt_of_officer"
            ),
        ),
    ]
