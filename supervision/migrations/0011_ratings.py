from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0010_warning_centre"),
    ]

    operations = []
