"""Walk the hash chains of the audit log and name the first broken link."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import AuditChain


class Command(BaseCommand):
    help = "Verify the audit log's hash chains. Exit code 1 and the first broken link if a record was changed or lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("chains", nargs="*", help="chains to verify, by city code (default: all)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        checked, broken = audit.verify(options["chains"] or None)
        if options["json"]:
            link = {"chain": broken.chain, "seq": broken.seq, "why": broken.why} if broken else None
            self.stdout.write(json.dumps({"ok": broken is None, "records": checked, "broken": link}))
        elif broken:
            text = _(
                "Broken: chain %(chain)s, record %(seq)d: %(why)s (%(checked)d records before it are sound)."
            )
            self.stderr.write(
                text % {"chain": broken.chain, "seq": broken.seq, "why": broken.why, "checked": checked}
            )
        else:
            heads = AuditChain.objects.count()
            self.stdout.write(
                _("%(records)d records in %(chains)d chains, every link holds.")
                % {"records": checked, "chains": heads}
            )
        if broken:
            raise SystemExit(1)
