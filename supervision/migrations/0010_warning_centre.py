from datetime import date

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def await_answers(apps, schema_editor):
    """Open lights nobody answered: the next scan finds them due and works out their days from what is stored."""
    apps.get_model("supervision", "Warning").objects.filter(
        cleared_on=None, acknowledged_at=None, level__in=["amber", "red"]
    ).update(next_up_on=date(2000, 1, 1))


def _subject(to):
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="warnings",
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0008_watched_days"),
        ("projects", "0005_pause_review"),
        ("supervision", "0009_referrals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("warning", "mandate", _subject("approvals.mandate")),
        migrations.AddField("warning", "matter", _subject("supervision.matter")),
        migrations.AddField("warning", "pause", _subject("projects.pause")),
        migrations.AddField(
            "warning",
            "answer_by_on",
            models.DateField(blank=True, null=True, verbose_name="to be answered by"),
        ),
        migrations.AddField(
            "warning", "lapsed_on", models.DateField(blank=True, null=True, verbose_name="answer lapsed on")
        ),
        migrations.AddField("warning", "next_up_on", models.DateField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "warning", "promised_on", models.DateField(blank=True, null=True, verbose_name="promised for")
        ),
        migrations.AddField(
            "warning",
            "unanswered_on",
            models.DateField(blank=True, null=True, verbose_name="unanswered since"),
        ),
        migrations.AddField(
            "warning", "up_on", models.DateField(blank=True, null=True, verbose_name="gone up on")
        ),
        migrations.AlterField(
            "warning",
            "subject_key",
            models.CharField(help_text="milestone:12, obligation:7, item:3, matter:5", max_length=60),
        ),
        migrations.AddIndex(
            "matter",
            models.Index(
                condition=models.Q(("state__in", ("issued", "working", "returned"))),
                fields=["due_on"],
                name="matter_running_due",
            ),
        ),
        migrations.AddIndex(
            "warning",
            models.Index(
                condition=models.Q(("cleared_on", None), ("next_up_on__isnull", False)),
                fields=["next_up_on"],
                name="warning_next_up",
            ),
        ),
        migrations.CreateModel(
            name="WarningDigest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                ("fresh", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("still_red", models.PositiveIntegerField(default=0)),
                ("cleared", models.PositiveIntegerField(default=0)),
                ("lines", models.JSONField(default=list)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="warning_digests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "warning digest", "ordering": ["-on", "-pk"]},
        ),
        migrations.CreateModel(
            name="WarningTold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sight",
                    models.CharField(
                        help_text="level, day, tier and answer as they were told", max_length=60
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "warning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="told",
                        to="supervision.warning",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "warningdigest",
            models.UniqueConstraint(fields=("user", "on"), name="warning_digest_once_a_day"),
        ),
        migrations.AddConstraint(
            "warningtold",
            models.UniqueConstraint(fields=("user", "warning"), name="warning_told_once"),
        ),
        migrations.RunPython(await_answers, migrations.RunPython.noop),
    ]
