from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("supervision", "0018_complaint_rounds_filled")]

    operations = [
        migrations.RemoveField(
            model_name="complaint",
            name="finding",
        ),
        migrations.RemoveField(
            model_name="complaint",
            name="outcome",
        ),
        migrations.RemoveField(
            model_name="complaint",
            name="replied_on",
        ),
        migrations.RemoveField(
            model_name="complaint",
            name="reply",
        ),
        migrations.RemoveField(
            model_name="complaint",
            name="satisfied",
        ),
    ]
