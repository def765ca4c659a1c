from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_arrears_replan")]

    operations = [
        migrations.AddIndex(
            model_name="pause",
            index=models.Index(
                condition=models.Q(("resumed_on", None)), fields=["review_on"], name="pause_open_review"
            ),
        ),
    ]
