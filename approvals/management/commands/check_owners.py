"""Prove that no open work is without an owner: exit code 1 and one line per thing where some is."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts import clock
from approvals.service import owned


class Command(BaseCommand):
    help = "List open work that nobody can act on: people who left, abolished offices, offices without staff."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        lost = owned.ownerless(None, clock.today())
        if options["json"]:
            rows = [
                {
                    "source": one.source,
                    "id": one.pk,
                    "label": one.label,
                    "project": one.project_name,
                    "why": one.why,
                }
                for one in lost
            ]
            self.stdout.write(json.dumps({"ok": not rows, "ownerless": rows}, ensure_ascii=False))
        elif lost:
            for one in lost:
                self.stderr.write(f"{owned.label_of(one.source)} {one.project_name} {one.label}: {one.why}")
        else:
            self.stdout.write(_("Every open matter has somebody in charge."))
        if lost:
            raise SystemExit(1)
