"""What an identity was looked at for may name the person: blanked where the identity itself is gone already."""

from typing import Any

from django.db import migrations

CLEARED = "（已过保存期限，用途已删除）"


def blank(apps: Any, _schema: Any) -> None:
    looks = apps.get_model("supervision", "IdentityLook").objects
    looks.filter(complaint__cleared_at__isnull=False).update(purpose=CLEARED)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0024_complaint_mending")]

    operations = [migrations.RunPython(blank, migrations.RunPython.noop)]
