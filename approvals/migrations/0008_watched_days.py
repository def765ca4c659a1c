from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0007_office_handover")]

    operations = [
        migrations.AddIndex(
            model_name="checklistitem",
            index=models.Index(
                condition=models.Q(
                    ("hold_review_on__isnull", False), ("is_paused", True), ("is_running", True)
                ),
                fields=["hold_review_on"],
                name="checklist_hold_review",
            ),
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(
                condition=models.Q(("state", "given")), fields=["accept_by_on"], name="mandate_given_due"
            ),
        ),
    ]
