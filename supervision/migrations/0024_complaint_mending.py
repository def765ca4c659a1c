from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0023_rating_guard"),
    ]

    operations = [
        migrations.AddField(
            model_name="complaintlimit",
            name="handed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="complaintlimit",
            name="pressed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="complaintlimit",
            name="step",
            field=models.CharField(
                choices=[
                    ("accept", "accept or refuse"),
                    ("assign", "name who handles it"),
                    ("finish", "handle"),
                    ("reply", "answer the complainant"),
                    ("state", "statement of the unit"),
                    ("mend", "mend what was found true"),
                    ("discipline", "discipline inspection"),
                ],
                max_length=12,
            ),
        ),
    ]
