import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_discipline_role"),
        ("supervision", "0003_matters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("batch", models.UUIDField()),
                ("number", models.CharField(max_length=40, verbose_name="document number")),
                ("number_year", models.PositiveSmallIntegerField()),
                ("number_seq", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("demand", models.TextField(verbose_name="what is demanded")),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="basis")),
                ("rule", models.JSONField(default=dict)),
                ("rule_words", models.CharField(blank=True, max_length=300)),
                ("projects_count", models.PositiveIntegerField()),
                ("due_on", models.DateField(verbose_name="feedback by")),
                ("deadline", models.JSONField(default=dict)),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("document", models.JSONField(default=dict)),
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
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.division",
                        verbose_name="unit addressed",
                    ),
                ),
            ],
            options={
                "verbose_name": "work order",
                "verbose_name_plural": "work orders",
                "ordering": ["-issued_at", "-pk"],
                "indexes": [models.Index(fields=["issuer", "issued_at"], name="work_order_by_issuer")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issuer", "number_year", "number_seq"), name="work_order_number_once"
                    ),
                    models.UniqueConstraint(
                        fields=("issuer", "batch", "unit"), name="work_order_once_per_unit"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkOrderRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=10, verbose_name="quarter")),
                ("on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("pressed", models.PositiveIntegerField(default=0)),
                ("figures", models.JSONField(default=list)),
                ("rule_id", models.CharField(blank=True, max_length=60)),
                ("province_code", models.CharField(editable=False, max_length=12)),
                ("city_code", models.CharField(blank=True, editable=False, max_length=12)),
                ("county_code", models.CharField(blank=True, editable=False, max_length=12)),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.division"
                    ),
                ),
            ],
            options={
                "verbose_name": "quarterly round",
                "ordering": ["-on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "period"), name="work_order_round_once")
                ],
            },
        ),
    ]
