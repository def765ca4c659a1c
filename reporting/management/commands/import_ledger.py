"""Read a ledger workbook from the command line: print what it says, or stage it as a hand-in of a unit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError
from accounts.models import Division, User
from accounts.permissions import roles_with
from policy.periods import Period, PeriodKind
from reporting.ledgers.models import ColumnMemory
from reporting.ledgers.places import PlaceKind
from reporting.tableimport.clijson import to_cli_json
from reporting.tableimport.reader import read_table
from reporting.tableimport.values import TableReading


class Command(BaseCommand):
    help = "Read a ledger workbook; with --dry-run only print the reading, else stage it for checking in the portal."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--unit", required=True, help="division code, such as 230622")
        parser.add_argument("--period", required=True, help="month, such as 2026-10")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--user", default="", help="in whose name it is staged; default: an office of the unit"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        period = self._period(options["period"])
        try:
            if options["dry_run"]:
                self._dry_run(path, options["unit"], period, as_json=options["json"])
            else:
                self._stage(path, options["unit"], period, options["user"], as_json=options["json"])
        except DomainError as error:
            told = error.details.get("messages", [])
            lines = [f"{m['sheet']} {m['cell']}: {m['text']}".strip(": ") for m in told[1:20]]
            raise CommandError("\n".join([str(error.message), *lines])) from None

    def _period(self, text: str) -> Period:
        try:
            period = Period.parse(text)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if period.kind is not PeriodKind.MONTH:
            raise CommandError(_("A ledger is monthly: write the month as 2026-10."))
        return period

    def _dry_run(self, path: Path, code: str, period: Period, *, as_json: bool) -> None:
        reading = read_table(path, filename=path.name, learned=self._learned(code), period=str(period))
        if not reading.ok:
            first = next((str(m.text) for m in reading.messages), _("No ledger table was found."))
            if as_json:
                self.stdout.write(json.dumps(to_cli_json(reading), ensure_ascii=False, indent=1))
            raise CommandError(first)
        content = to_cli_json(reading)
        content["messages"] += self._unfit(reading, code, period)
        if as_json:
            self.stdout.write(json.dumps(content, ensure_ascii=False, indent=1))
            return
        self.stdout.write(_("%(title)s: %(n)d rows") % {"title": reading.title, "n": len(reading.rows)})
        for message in content["messages"]:
            place = f"{message['sheet']}!{message['cell']}" if message["cell"] else message["sheet"]
            self.stdout.write(f"{place} {message['text']}".strip())

    def _learned(self, code: str) -> dict[str, str]:
        """The unit's own headings; none on a database that is not ready."""
        try:
            return dict(ColumnMemory.objects.filter(unit_id=code).values_list("heading", "field"))
        except DatabaseError:
            return {}

    def _unfit(self, reading: TableReading, code: str, period: Period) -> list[dict[str, str]]:
        """Another month's or another unit's file, told with its cell; rows of other areas too."""
        from reporting.ledgers.context import load_places
        from reporting.ledgers.refusing import title_cell

        sheet, _mark, cell = title_cell(reading).rpartition("!")
        told = []
        if reading.period and reading.period != str(period):
            text = _("The workbook is of %(written)s, not of %(period)s.") % {
                "written": reading.period,
                "period": period,
            }
            told.append({"sheet": sheet, "cell": cell, "code": "other_period", "text": text})
        try:
            places = load_places()
        except DatabaseError:
            return told
        if code not in places.by_code:
            return told
        if places.unit_named(reading.title, code).kind is PlaceKind.FOREIGN:
            text = _("By its title “%(title)s” this is another unit's ledger.") % {"title": reading.title}
            told.append({"sheet": sheet, "cell": cell, "code": "other_unit", "text": text})
        for row in reading.rows:
            found = places.resolve(row.place, code)
            if found.kind is PlaceKind.FOUND:
                continue
            parsed = row.fields.get("place")
            text = _("“%(place)s” is not a place of this unit, or not clear.") % {"place": row.place}
            told.append(
                {
                    "sheet": row.sheet,
                    "cell": parsed.cell if parsed else "",
                    "code": f"place_{found.kind}",
                    "text": text,
                }
            )
        return told

    def _stage(self, path: Path, code: str, period: Period, username: str, *, as_json: bool) -> None:
        from reporting.ledgers.staging import stage_upload

        unit = Division.objects.select_related("parent").filter(pk=code).first()
        if unit is None:
            raise CommandError(_("There is no division with the code %(code)s.") % {"code": code})
        by = self._person(unit, username)
        attempt = stage_upload(
            unit=unit, period=period, upload=path, file_name=path.name, by=by, at=clock.now()
        )
        result = {"attempt": attempt.pk, "number": attempt.number, "rows": attempt.row_count, "changed": attempt.changed_count,
                  "new": attempt.new_count, "errors": attempt.error_count, "questions": attempt.ask_count}  # fmt: skip
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            text = _(
                "Staged as hand-in %(number)d: %(rows)d rows, %(errors)d errors, %(questions)d questions."
            )
            self.stdout.write(text % result)

    def _person(self, unit: Division, username: str) -> User:
        if username:
            found = User.objects.filter(username=username, is_active=True).first()
        else:
            on = clock.today()
            people = User.objects.filter(
                postings__division=unit, postings__role__in=roles_with("ledgers.submit"), is_active=True
            )
            found = people.filter(postings__valid_from__lte=on).order_by("pk").first()
        if found is None:
            raise CommandError(
                _("Nobody of %(unit)s may hand in its ledger. Name a person with --user.")
                % {"unit": unit.name}
            )
        return found
