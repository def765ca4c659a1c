"""Seal again, under the newest key, who complained and who gave a rating."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.outside.sealed import Unreadable, reseal
from supervision.complaints.models import ComplaintAuthor
from supervision.ratings.models import CallerNote, RatingAuthor


class Command(BaseCommand):
    help = (
        "After a change of SEALING_KEYS: bring every sealed identity under the first key. Twice does no harm."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done, lost = 0, []
        for model in (ComplaintAuthor, RatingAuthor, CallerNote):
            for pk in model._default_manager.values_list("pk", flat=True):
                with transaction.atomic():
                    row = model._default_manager.select_for_update().filter(pk=pk).first()
                    if row is None:
                        continue
                    try:
                        row.sealed = reseal(row.sealed)
                    except Unreadable:
                        lost.append(f"{model._meta.label} {pk}")
                        continue
                    row.save(update_fields=["sealed"])
                    done += 1
        self.stdout.write(_("%(n)d identities are under the newest key.") % {"n": done})
        if lost:
            raise CommandError(
                _("No held key opens these; keep the old keys: %(rows)s") % {"rows": ", ".join(lost)}
            )
