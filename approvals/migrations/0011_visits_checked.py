from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("approvals", "0010_return_visits")]

    operations = [
        migrations.RemoveField(model_name="serviceentry", name="at_company"),
        migrations.AddConstraint(
            model_name="serviceentry",
            constraint=models.CheckConstraint(
                condition=Q(way__in=["", "phone", "visit", "symposium"]), name="service_entry_way_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceentry",
            constraint=models.CheckConstraint(
                condition=Q(result="") | (Q(result__in=["none", "problem", "suggestion"]) & ~Q(way="")),
                name="service_entry_result_of_visit",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceentry",
            constraint=models.CheckConstraint(
                condition=Q(ticket=None) | Q(result="problem"), name="service_entry_ticket_of_problem"
            ),
        ),
    ]
