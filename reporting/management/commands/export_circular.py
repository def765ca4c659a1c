from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import clock
from accounts.errors import DomainError
from accounts.models import Division
from documents import render
from policy.periods import Period
from reporting.circulars.document import document_of
from reporting.circulars.models import Circular
from reporting.circulars.services import draft_circular
from reporting.reports.models import Report
from reporting.reports.services import compile_period


class Command(BaseCommand):
    help = "Write a unit's circular for a period to a file; a draft is made first where there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", required=True, help="division code, such as 230000")
        parser.add_argument("--period", required=True, help="2026-10, 2026Q3 or 2026")
        parser.add_argument("--format", choices=["docx", "xlsx", "pdf"], default="docx")
        parser.add_argument("--out", required=True, type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = Period.parse(options["period"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        unit = Division.objects.filter(pk=options["unit"]).first()
        if unit is None:
            raise CommandError(f"there is no division with the code {options['unit']}")
        try:
            circular = self._circular(unit, period)
        except DomainError as error:
            raise CommandError(str(error)) from error
        content = render(document_of(circular), options["format"])
        try:
            options["out"].write_bytes(content.encode() if isinstance(content, str) else content)
        except OSError as error:
            raise CommandError(f"cannot write {options['out']}: {error.strerror}") from error
        state = circular.number or "draft"
        self.stdout.write(f"{options['out']}: {circular.title} ({state})")

    def _circular(self, unit: Division, period: Period) -> Circular:
        found = Circular.objects.filter(unit=unit, period=str(period)).order_by("-version")
        issued = found.exclude(number="").first()
        if issued or found.exists():
            return issued or found[0]
        at = clock.now()
        report = (
            Report.objects.filter(unit=unit, period=str(period)).order_by("edition").first()
        )  # "final" before "first"
        if report is None:
            province = Division.objects.get(pk=unit.province_code)
            snapshot = compile_period(province=province, period=period, by=None, at=at)
            report = Report.objects.get(unit=unit, snapshot=snapshot)
            self.stderr.write(f"no report for {period} yet: figures frozen as of {snapshot.cut_off_on}")
        return draft_circular(report=report, by=None, at=at)
