from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from policy.services import seed_calendar


class Command(BaseCommand):
    help = "Fill the working calendar with the published years and two provisional ones. Never overwrites an entry."

    def handle(self, *args: Any, **options: Any) -> None:
        written = seed_calendar(timezone.now())
        if options["verbosity"]:
            if written:
                self.stdout.write(_("Working calendar: %(days)d days written.") % {"days": written})
            else:
                self.stdout.write(_("Working calendar: nothing to add."))
