"""A new installation has its working calendar from the first start; later years come with `seed_calendar`."""

from django.db import migrations

from policy.seeding import SEED_SOURCE, numbered, seed_rows


def fill(apps, schema_editor):
    Workday = apps.get_model("policy", "Workday")
    database = schema_editor.connection.alias
    if Workday.objects.using(database).exists():
        return
    Workday.objects.using(database).bulk_create(
        [Workday(**values) for values in numbered(seed_rows())], batch_size=1000
    )
    apps.get_model("policy", "CalendarNotice").objects.using(database).create(source=SEED_SOURCE)


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
