from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_course")]

    operations = [
        migrations.AlterField(
            model_name="numberseries",
            name="prefix",
            field=models.CharField(help_text="230622-2026", max_length=60, primary_key=True, serialize=False),
        ),
    ]
