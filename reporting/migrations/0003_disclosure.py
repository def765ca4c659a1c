from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0002_one_number_series"),
    ]

    operations = []
