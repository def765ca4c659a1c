"""Objections to inspection conclusions stand under a light and go on the ladder."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

SOURCES = [
    ("work_order", "work order"),
    ("notice", "supervision notice"),
    ("letter", "supervision letter"),
    ("agreed_item", "agreed at a meeting"),
    ("finding", "finding of an inspection"),
    ("visit", "found by an invited supervisor"),
    ("office", "assigned by the office"),
    ("complaint", "complaint"),
    ("rating", "bad rating"),
    ("objection", "objection not decided"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0015_notice_rule"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="matter", name="matter_source_known"),
        migrations.AddField(
            model_name="warning",
            name="conclusion",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="warnings",
                to="supervision.conclusion",
            ),
        ),
        migrations.AlterField(
            model_name="matter",
            name="source",
            field=models.CharField(choices=SOURCES, max_length=12, verbose_name="pressed by"),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=Q(("source__in", [code for code, _label in SOURCES])), name="matter_source_known"
            ),
        ),
    ]
