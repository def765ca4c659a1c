"""What was noted on a call is sealed beside the rating; looks have rows of their own; who was asked to rate is marked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F

from accounts.outside.sealed import Unreadable, seal, unseal

SEALED = "（备注已封存）"
CLEARED = "（已到保存期限）"


def seal_notes(apps, schema_editor):
    rating, note = apps.get_model("supervision", "Rating"), apps.get_model("supervision", "CallerNote")
    rows = rating.objects.exclude(entered_note__in=("", SEALED, CLEARED))
    for row in rows.only("pk", "entered_note").iterator():
        note.objects.create(rating=row, sealed=seal({"note": row.entered_note}))
        rating.objects.filter(pk=row.pk).update(entered_note=SEALED)


def open_notes(apps, schema_editor):
    rating, note = apps.get_model("supervision", "Rating"), apps.get_model("supervision", "CallerNote")
    for row in note.objects.iterator():
        try:
            known = unseal(row.sealed)["note"]
        except Unreadable:
            continue
        rating.objects.filter(pk=row.rating_id).update(entered_note=known)


def mark_asked(apps, schema_editor):
    """Services offered before companies were asked lie in their portal already: no flood of messages about them."""
    apps.get_model("supervision", "Chance").objects.update(offered_at=F("made_at"))


def nothing(apps, schema_editor):
    """The column goes."""


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0021_rating_review"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="chance",
            name="offered_at",
            field=models.DateTimeField(
                blank=True, help_text="when the company's people were asked to rate it", null=True
            ),
        ),
        migrations.CreateModel(
            name="CallerNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField()),
                (
                    "rating",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="caller",
                        to="supervision.rating",
                    ),
                ),
            ],
            options={"verbose_name": "note on a call"},
        ),
        migrations.CreateModel(
            name="RatingLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("purpose", models.CharField(max_length=200, verbose_name="purpose")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rating",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to="supervision.rating",
                    ),
                ),
            ],
            options={
                "verbose_name": "look at the name of a rater",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purpose", ""), _negated=True), name="rating_look_has_purpose"
                    )
                ],
            },
        ),
        migrations.RunPython(seal_notes, open_notes),
        migrations.RunPython(mark_asked, nothing),
    ]
