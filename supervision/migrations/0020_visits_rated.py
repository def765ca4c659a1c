import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0009_visits_in_the_log"),
        ("supervision", "0019_complaint_answer_in_rounds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="chance",
            name="visitor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="chance",
            constraint=models.CheckConstraint(
                condition=models.Q(("visitor", None), ("service", "visit"), _connector="OR"),
                name="rating_chance_visitor_of_visit",
            ),
        ),
    ]
