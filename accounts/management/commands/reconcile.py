"""Do by hand what beat and the workers do: everything due by a day, as of that day."""

import json
from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.jobs import engine, registry

END_OF_WORK = time(18, 0)


class Command(BaseCommand):
    help = "Plan and run every job that is due by a day, here and now, and say what was made. Twice makes nothing new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="business day, YYYY-MM-DD (default: today)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = self._instant(options["on"])
        done = engine.run_inline(at, timezone.now())
        answer = {
            "on": clock.local_date(at).isoformat(),
            "made": {
                kind: {name: n for name, n in counts.items() if n} for kind, counts in done.made.items()
            },
            "total": done.total,
            "runs": done.done,
            "failed": done.failed,
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self._tell(answer)
        if done.failed:
            raise CommandError(_("%(n)d jobs failed.") % {"n": len(done.failed)})

    def _instant(self, text: str | None) -> datetime:
        """Now for today; the end of work for another day, when all of that day's jobs are due."""
        if not text or text == clock.today().isoformat():
            return clock.now()
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise CommandError(
                _("“%(text)s” is not a date. Write it as 2026-10-23.") % {"text": text}
            ) from None
        return datetime.combine(day, END_OF_WORK, clock.BUSINESS_ZONE)

    def _tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write(_("As of %(day)s:") % {"day": answer["on"]})
        for code, counts in answer["made"].items():
            kind = registry.find(code)
            made = ", ".join(f"{name} {number}" for name, number in counts.items()) or _("nothing to make")
            self.stdout.write(f"  {kind.label if kind else code}: {made}")
        for line in answer["failed"]:
            self.stderr.write(f"  {line}")
