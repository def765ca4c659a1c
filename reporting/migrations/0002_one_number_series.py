"""Circulars take their numbers from the series that projects, tickets and mandates use: one mechanism, one table."""

from django.db import migrations


def carry_over(apps, schema_editor):
    series = apps.get_model("projects", "NumberSeries")
    for row in apps.get_model("reporting", "NumberSeries").objects.all():
        series.objects.update_or_create(
            prefix=f"{row.kind}-{row.organ}-{row.year}", defaults={"last": row.last}
        )


def carry_back(apps, schema_editor):
    old = apps.get_model("reporting", "NumberSeries")
    for row in apps.get_model("projects", "NumberSeries").objects.filter(prefix__startswith="circular-"):
        _kind, organ, year = row.prefix.split("-")
        old.objects.update_or_create(
            organ=organ, kind="circular", year=int(year), defaults={"last": row.last}
        )


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_number_series_names"), ("reporting", "0001_initial")]

    operations = [
        migrations.RunPython(carry_over, carry_back),
        migrations.DeleteModel(name="NumberSeries"),
    ]
