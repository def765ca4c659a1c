from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import clock
from accounts.errors import DomainError
from accounts.models import Division
from approvals.catalogue.services import load_starting
from approvals.catalogue.workbook import read_csv

DATA = Path(__file__).resolve().parents[2] / "catalogue" / "data"


class Command(BaseCommand):
    help = "Load the approval catalogue an installation begins with. A division that has one already is left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--division", default="230000", help="code of the division (default: Heilongjiang)"
        )
        parser.add_argument("--file", type=Path, default=DATA / "heilongjiang.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        division = Division.objects.filter(pk=options["division"]).first()
        if division is None:
            raise CommandError(f"there is no division {options['division']}: run load_divisions first")
        try:
            made = load_starting(
                division=division,
                rows=read_csv(options["file"]),
                note="起步目录：常用事项和法定时限，承诺时限由各地填写",
                at=clock.now(),
            )
        except DomainError as fault:
            raise CommandError(str(fault)) from None
        if made is None:
            self.stdout.write(f"{division.name}: a catalogue is there already, nothing changed")
        else:
            self.stdout.write(
                f"{division.name}: catalogue {made.number} with {made.items.count()} items in force"
            )
