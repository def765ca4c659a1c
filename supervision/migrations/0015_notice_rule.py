"""A paper keeps the rule it was drafted under: whether a notice needs a delay the organ caused."""

from django.db import migrations, models
from django.db.models import Q

ORGANS = Q(("kind", "notice"), _negated=True) | Q(party="organ")


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0014_portal"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="supervisionpaper", name="paper_notice_is_organs_delay"),
        migrations.AddField(
            model_name="supervisionpaper",
            name="organ_fault_only",
            field=models.BooleanField(
                default=True,
                help_text="the rule it was drafted under: a notice needs a delay the organ caused",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionpaper",
            constraint=models.CheckConstraint(
                condition=ORGANS | Q(organ_fault_only=False), name="paper_notice_is_organs_delay"
            ),
        ),
    ]
