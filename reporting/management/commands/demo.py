import os
import secrets
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import clock
from accounts.models import Division
from policy.services import current_calendar
from projects.models import Project
from reporting.demo import (
    checklist,
    complaints,
    course,
    disclosure,
    duties,
    inspections,
    ledgers,
    letters,
    load,
    matters,
    meetings,
    notices,
    people,
    ratings,
    referrals,
    reports,
    tickets,
)
from reporting.demo.projects import make


class Command(BaseCommand):
    help = "Load the demo province: real divisions, about 2,000 projects, twelve months of ledgers. Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, help="the day the demo is laid for (default: today)"
        )
        parser.add_argument("--projects", type=int, default=2000)

    def handle(self, *args: Any, **options: Any) -> None:
        today = options["on"] or clock.today()
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        if not Division.objects.exists():
            call_command("load_divisions", stdout=self.stderr)
        call_command("seed_calendar", stdout=self.stderr)
        users = people.ensure_people(password)
        if not Project.objects.exists():
            self._load({u.username: u for u, _role in users}, today, options["projects"])
        for line in people.account_lines(users):
            self.stdout.write(line)
        if not os.environ.get("DEMO_PASSWORD"):
            self.stdout.write(f"  password of all: {password}")

    def _load(self, users: dict[str, Any], today: date, total: int) -> None:
        counties = list(
            Division.objects.filter(tier=3, province_code="230000").values_list("code", flat=True)
        )
        cities = list(Division.objects.filter(tier=2, province_code="230000").values_list("code", flat=True))
        if len(counties) < 100:
            raise CommandError("the divisions of Heilongjiang are not loaded: run load_divisions first")
        calendar = current_calendar()
        at = clock.at_hour(today, 6)
        office, county = users["office-230000"], users["office-230622"]
        rows = load.write_projects(
            make(counties, cities, today=today, calendar=calendar, total=total), today=today, at=at
        )
        self.stderr.write(f"{len(rows)} projects")
        load.grant_named_people(users)
        count = checklist.write_checklists(
            rows, today=today, calendar=calendar, at=at, city=users["office-230600"], clerk=county
        )
        self.stderr.write(f"{count} approval items")
        count = ledgers.write_ledgers(
            rows, today=today, calendar=calendar, at=at, clerk=county, reviewer=office
        )
        self.stderr.write(f"{count} ledgers handed in")
        duties.write_duties(rows, today=today, calendar=calendar, at=at, clerk=county)
        self.stderr.write(
            f"{tickets.write_tickets(users, today=today, calendar=calendar)} assistance tickets"
        )
        self.stderr.write(f"{course.write_course(users, today=today, calendar=calendar)} rows of the course")
        count = matters.write_matters(users, today=today, calendar=calendar)
        self.stderr.write(f"{count} supervised matters")
        count = letters.write_letters(users, today=today, calendar=calendar)
        self.stderr.write(f"{count} supervision papers")
        count = inspections.write_inspections(users, today=today, calendar=calendar)
        self.stderr.write(f"{count} inspections and visits")
        self.stderr.write(f"{meetings.write_meetings(users, today=today, calendar=calendar)} meetings")
        self.stderr.write(f"{ratings.write_ratings(users, today=today)} ratings")
        made = reports.write_reports(today=today, calendar=calendar, office=office, head=users["head-230000"])
        self.stderr.write(f"{made} reports")
        self.stderr.write(f"{referrals.write_referrals(users, today=today, calendar=calendar)} referrals")
        matters.climb_ladder(today)
        self.stderr.write(f"{notices.write_notices(users, today=today)} people got policy notices")
        made = complaints.write_complaints(users, today=today, calendar=calendar)
        self.stderr.write(f"{made} complaints")
        published = disclosure.write_publications(head=users["head-230000"])
        self.stderr.write(f"{published} circulars published")
        call_command("reconcile", on=today.isoformat(), stdout=self.stderr)
