"""How the company was met on a return visit and what came of it; what was marked as done at the company is a visit."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def to_way(apps: Any, schema_editor: Any) -> None:
    apps.get_model("approvals", "ServiceEntry").objects.filter(at_company=True).update(way="visit")


def to_flag(apps: Any, schema_editor: Any) -> None:
    apps.get_model("approvals", "ServiceEntry").objects.exclude(way="").update(at_company=True)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0009_visits_in_the_log")]

    operations = [
        migrations.AddField(
            model_name="serviceentry",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[
                    ("phone", "by telephone"),
                    ("visit", "at the company"),
                    ("symposium", "at a symposium"),
                ],
                default="",
                max_length=12,
                verbose_name="return visit",
            ),
        ),
        migrations.AddField(
            model_name="serviceentry",
            name="result",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "no problem"),
                    ("problem", "problem taken up"),
                    ("suggestion", "suggestion noted"),
                ],
                default="",
                max_length=12,
                verbose_name="result of the visit",
            ),
        ),
        migrations.AddField(
            model_name="serviceentry",
            name="ticket",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="approvals.ticket",
            ),
        ),
        migrations.RunPython(to_way, to_flag),
    ]
