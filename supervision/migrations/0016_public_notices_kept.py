from django.db import migrations
from django.db.models import F


def keep(apps, _schema):
    """What already stands on the public site stays: it was put there by who sent it out."""
    rows = apps.get_model("supervision", "Notice").objects.filter(is_public=True, public_at=None)
    rows.exclude(state="draft").update(public_at=F("published_at"), public_by=F("published_by"))


class Migration(migrations.Migration):
    dependencies = [("supervision", "0015_notice_public")]
    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
