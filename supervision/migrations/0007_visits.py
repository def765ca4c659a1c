import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_discipline_role"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("projects", "0003_number_series_names"),
        ("supervision", "0006_inspections"),
    ]

    operations = [
        migrations.CreateModel(
            name="Naming",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("named_at", models.DateTimeField()),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("province_code", models.CharField(editable=False, max_length=12)),
                ("city_code", models.CharField(blank=True, editable=False, max_length=12)),
                ("county_code", models.CharField(blank=True, editable=False, max_length=12)),
                (
                    "named_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="namings",
                        to="projects.project",
                    ),
                ),
                (
                    "supervisor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="namings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "project named to an invited supervisor",
                "ordering": ["supervisor_id", "-named_at"],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=30, unique=True, verbose_name="number")),
                ("visited_on", models.DateField(verbose_name="visited on")),
                ("place", models.CharField(max_length=120, verbose_name="place of the visit")),
                ("people_met", models.CharField(blank=True, max_length=200, verbose_name="people met")),
                ("seen", models.TextField(verbose_name="what was seen and heard")),
                ("by_name", models.CharField(max_length=60, verbose_name="invited supervisor")),
                ("at", models.DateTimeField()),
                ("province_code", models.CharField(editable=False, max_length=12)),
                ("city_code", models.CharField(blank=True, editable=False, max_length=12)),
                ("county_code", models.CharField(blank=True, editable=False, max_length=12)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="projects.project",
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
                "verbose_name": "visit of an invited supervisor",
                "ordering": ["-visited_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="VisitFile",
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
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="supervision.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="VisitFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(verbose_name="problem")),
                ("suggestion", models.TextField(blank=True, verbose_name="what the supervisor suggests")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "waits for the competent office"),
                            ("matter", "became a supervised matter"),
                            ("declined", "not taken up"),
                        ],
                        default="new",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="why it is not taken up")),
                ("triaged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "triaged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="supervision.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="naming",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)),
                fields=("project", "supervisor"),
                name="naming_once_in_force",
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["county_code", "-visited_on"], name="visit_county_day"),
        ),
        migrations.AddIndex(
            model_name="visitfinding",
            index=models.Index(
                condition=models.Q(("outcome", "new")), fields=["outcome"], name="visit_finding_new"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["new", "matter", "declined"])), name="visit_outcome_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "declined"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="visit_declined_has_reason",
            ),
        ),
    ]
