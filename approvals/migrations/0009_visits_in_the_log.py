import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_mail"), ("approvals", "0008_watched_days")]

    operations = [
        migrations.AddField(
            model_name="serviceentry",
            name="at_company",
            field=models.BooleanField(default=False, verbose_name="on a visit to the company"),
        ),
        migrations.AddField(
            model_name="serviceentry",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.division",
            ),
        ),
        migrations.AddField(
            model_name="serviceentry",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.department",
            ),
        ),
    ]
