"""How many statements each main page asks: the same for three times the rows, and never more than agreed.

A page that may ask more is a decision: `QUERY_BASELINE=write` before the test's name rewrites query_baseline.json, whose
change is then reviewed.
"""

import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import notify
from accounts.models import AuditRecord, Division, Obligation, OutsideLink
from accounts.obligations import services as obligations
from accounts.obligations.kinds import KICKOFF
from approvals.checklist.models import ChecklistItem
from approvals.mandates.models import Mandate
from approvals.service.models import ProblemMeeting
from approvals.tickets.models import Ticket
from policy.periods import Period
from projects import services as projects
from projects.models import (
    Assessment,
    Instalment,
    MilestoneCode,
    PlanChange,
    Project,
    Promise,
    TeamRole,
    Transfer,
)
from reporting.circulars.services import draft_circular
from reporting.disclosure.models import Publication
from reporting.ledgers.models import Attempt
from reporting.reports import services as reports
from reporting.reports.models import Report
from supervision.complaints.models import Complaint
from supervision.inspections import recording
from supervision.inspections.models import Finding
from supervision.matters import services as matters
from supervision.matters.models import Matter
from supervision.meetings import services as meetings
from supervision.meetings.access import Invited
from supervision.meetings.calling import Plan
from supervision.meetings.models import UnitMeeting
from supervision.notices.models import Notice, Receipt
from supervision.ratings.models import Chance, Rating
from supervision.visits import services as visits
from supervision.visits.models import Visit
from supervision.visits.services import Found
from supervision.warnings.models import Warning
from supervision.warnings.services import scan
from tests import build
from tests.web import outside_rows
from tests.web import world as worlds
from tests.web.course_help import help_project, move_project
from tests.web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BASELINE = Path(__file__).with_name("query_baseline.json")
UNITS = {"province": "230000", "city": "230600", "county": "230622"}
NOT_OURS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")  # of the test's own transactions


PEOPLE = (*UNITS, "officer", "investor")
COUNTED = (
    Project, Warning, Obligation, Attempt, Report, AuditRecord, ChecklistItem, Ticket, Mandate, Promise,
    Instalment, PlanChange, Transfer, Assessment, ProblemMeeting, Matter, Finding, Visit, UnitMeeting,
    OutsideLink, Complaint, Chance, Rating, Notice, Receipt, Publication,
)  # fmt: skip


def _assistance(who: str, world: World) -> dict[str, str]:
    """Approvals, assistance and the course of a project."""
    found = {
        "approval items": reverse("checklist:list"),
        "approval item": reverse("checklist:item", args=[world.checklist.item.pk]),
        "approval flow": reverse("checklist:flow", args=[world.project.pk]),
        "service sheet": reverse("servicesheet:show", args=[world.project.pk]),
        "tickets": reverse("tickets:list"),
        "ticket": reverse("tickets:detail", args=[world.assist.ticket.pk]),
        "mandates": reverse("mandates:list"),
        "hand-overs": reverse("service:handovers"),
        "catalogue": reverse("catalogue:home"),
        "plan changes": reverse("projects:plan_changes"),
        "promises": reverse("projects:promises"),
        "arrears": reverse("projects:arrears"),
    }
    for tab in ("plans", "promises", "checklist", "tickets", "service", "mandates"):
        found[f"tab {tab}"] = reverse("projects:tab", args=[world.project.pk, tab])
    if who == "officer":
        found["workbench"] = reverse("service:bench")
    else:
        found |= {
            "vacancies": reverse("service:vacancies"),
            "transfers": reverse("projects:transfers"),
            "assessments": reverse("projects:assessments"),
        }
    return found


def _supervision(who: str, world: World) -> dict[str, str]:
    """Matters, papers, inspections, visits, meetings, referrals, the board of supervision."""
    rows = world.supervised
    found = {
        "matters": reverse("matters:list"),
        "matter": reverse("matters:detail", args=[rows["matters"].matter.pk]),
        "meetings": reverse("meetings:calendar"),
        "tab meetings": reverse("projects:tab", args=[world.project.pk, "meetings"]),
        "tab matters": reverse("projects:tab", args=[world.project.pk, "matters"]),
    }
    if who == "officer":
        return found
    return found | {
        "meeting": reverse("meetings:detail", args=[rows["meetings"].held.pk]),
        "work orders": reverse("workorders:list"),
        "work order": reverse("workorders:detail", args=[rows["matters"].order.pk]),
        "letters": reverse("letters:list"),
        "letter": reverse("letters:detail", args=[world.letter.pk]),
        "inspections": reverse("inspections:list"),
        "inspection": reverse("inspections:detail", args=[rows["inspections"].inspection.pk]),
        "conclusions": reverse("inspections:conclusions"),
        "conclusion": reverse("inspections:conclusion", args=[rows["inspections"].conclusion.pk]),
        "visits": reverse("visits:list"),
        "visit": reverse("visits:detail", args=[rows["inspections"].visit.pk]),
        "supervisors": reverse("visits:supervisors"),
        "tab inspections": reverse("projects:tab", args=[world.project.pk, "inspections"]),
        "supervision board": reverse("boards:supervision"),
    }


def _outside(who: str, world: World) -> dict[str, str]:
    """A complaint, ratings, notices, invitations and the public site, as the offices see them."""
    found = {
        "notices": reverse("notices:list"),
        "notice": reverse("notices:detail", args=[outside_rows.first_notice().pk]),
        "invitations": reverse("investors:invitations", args=[world.project.pk]),
    }
    if who == "officer":
        return found
    found |= {
        "complaints": reverse("complaints:list"),
        "ratings": reverse("ratings:list"),
        "services offered": reverse("ratings:chances"),
        "public site": reverse("disclosure:list"),
    }
    if who != "county":  # about one of its own units: the tier above sorts it
        found["complaint"] = reverse("complaints:detail", args=[outside_rows.first_complaint().pk])
    return found


def _addresses(who: str, world: World) -> dict[str, str]:
    if who == "investor":
        return {"portal": reverse("investors:project", args=[world.project.pk])}
    if who == "officer":
        own = {"home": reverse("home"), "project": reverse("projects:detail", args=[world.project.pk])}
        return own | _assistance(who, world) | _supervision(who, world) | _outside(who, world)
    found = {
        "home": reverse("home"),
        "projects": reverse("projects:list"),
        "project": reverse("projects:detail", args=[world.project.pk]),
        "warnings": reverse("warnings:list"),
        "reports": reverse("reports:list") + "?units=all",
        "report": reverse("reports:detail", args=[world.report.pk]),
        "circulars": reverse("circulars:list"),
        "kickoffs": reverse("kickoffs:list"),
        "board": reverse("boards:board"),
        "rates": reverse("boards:rates"),
        "completeness": reverse("boards:completeness"),
        "ledgers of 肇源县": reverse("ledgers:unit", args=[UNITS["county"]]),
        "hand-in": reverse("ledgers:attempt", args=[world.submitted.pk]),
        "inbox": reverse("accounts:inbox"),
        "audit": reverse("accounts:audit_log"),
    }
    if who != "county":
        found["ledgers of 大庆市"] = reverse("ledgers:city", args=[UNITS["city"], "2026-09"])
    if who == "province":
        found["ledgers of the province"] = reverse("ledgers:province", args=[UNITS["province"], "2026-09"])
    return found | _assistance(who, world) | _supervision(who, world) | _outside(who, world)


def _counts(world: World, browse_as: Callable[[str], Client]) -> dict[str, dict[str, list[str]]]:
    """Page → person → statements, each page asked twice so that what is kept between requests is there."""
    found: dict[str, dict[str, list[str]]] = {}
    for who in PEOPLE:
        for page, path in _addresses(who, world).items():
            client = browse_as(who)
            assert client.get(path).status_code == 200, f"{path} as {who}"
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            said = [query["sql"] for query in asked.captured_queries]
            found.setdefault(page, {})[who] = [sql for sql in said if not sql.startswith(NOT_OURS)]
    return found


def _sizes() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in COUNTED}


def _tell(world: World, key: str) -> None:
    people = [world.people[who] for who in UNITS]
    notify.tell(people, key=key, kind="ledger", title="提醒", text="", url="/", at=build.at(worlds.NOW))


def _grow(world: World) -> None:
    """Three times as many rows of each kind in 肇源县, and its neighbours no fewer."""
    county, city = world.people["county"], world.people["city"]
    at = build.at(worlds.NOW)
    for number in range(16):
        row = build.project(
            f"扩建项目{number}",
            "230622" if number % 4 else "230621",
            company=build.company(f"扩建公司{number}"),
            planned={
                MilestoneCode.CONSTRUCTION_PERMIT: date(2026, 10, 2) + timedelta(days=number),
                MilestoneCode.PRODUCTION: date(2027, 10, 8),
            },
            actual={MilestoneCode.COMPANY_SETUP: date(2026, 4, 1)},
            invested_total_yuan=1_649_000,
            signed_on=date(2026, 9, 1) + timedelta(days=number),
        )
        obligations.owe_for_subject(
            kind=KICKOFF, unit=row.division, subject=row, label=row.name, anchor=row.signed_on, at=at
        )
        if number % 4:
            for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
                projects.appoint(
                    project=row,
                    role=role,
                    user=world.people[who],
                    valid_from=date(2026, 10, 20),
                    by=county,
                    at=at,
                )
            help_project(row, world.people, number)
            move_project(row, county, number)
            help_project(world.project, world.people, number)
        _tell(world, f"more-{number}")
    for number in range(1, 5):
        outside_rows.bring(world.people, world.project, world.circular, number)
    for month in (3, 4, 5, 6):
        worlds._hand_in(month, county)
    _supervise(world)
    scan(at)
    for month in (7, 8, 9):
        reports.compile_period(
            province=Division.objects.get(pk="230000"), period=Period.month(2026, month), by=None, at=at
        )
    for report in Report.objects.filter(unit_id="230600"):
        draft_circular(report=report, by=city, at=at)


def _supervise(world: World) -> None:
    """Three times as many matters, findings, conclusions, visits and meetings about the project."""
    people, at = world.people, build.at("2026-11-04 11:00")
    county, city = Division.objects.get(pk="230622"), Division.objects.get(pk="230600")
    inspection = world.supervised["inspections"].inspection
    supervisor = world.supervised["inspections"].visit.by
    for number in range(4):
        upload = SimpleUploadedFile(f"{number}.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF")
        matters.issue_matter(
            source="office", title=f"事项{number}", demand="办结", issuer=city, unit=county, project=world.project,
            by=people["city"], at=at,
        )  # fmt: skip
        finding = recording.add_finding(
            inspection=inspection, item=inspection.items.first(), fact=f"停工{number}", place="现场", unit=county,
            uploads=[upload], by=people["county"], at=at,
        )  # fmt: skip
        recording.press_finding(finding=finding, title="复工", requirement="复工", by=people["county"], at=at)
        visits.record_visit(
            project=world.project, visited_on=at.date(), place="现场", seen="停工", found=[Found(f"问题{number}")],
            by=supervisor, at=at,
        )  # fmt: skip
        plan = Plan(
            subject=f"会商{number}", meets_at=build.at(f"2026-11-{20 + number} 09:00"), place="三楼", agenda="议题",
            projects=(world.project,), invited=Invited(companies=("甲公司",)),
        )  # fmt: skip
        meetings.call_meeting(unit=county, kind="symposium", plan=plan, by=people["county"], at=at)


def test_statements_do_not_grow_with_the_rows(world: World, browse_as: Callable[[str], Client]) -> None:
    _tell(world, "first")  # an empty list asks one statement less
    outside_rows.bring(world.people, world.project, world.circular, 0)
    before, small = _counts(world, browse_as), _sizes()
    _grow(world)
    after, large = _counts(world, browse_as), _sizes()
    few = {name: (small[name], n) for name, n in large.items() if n < 2 * small[name]}
    assert not few, f"not grown enough to see anything: {few}"
    if os.environ.get("QUERY_BASELINE") == "write":
        counted = {page: {who: len(said) for who, said in row.items()} for page, row in after.items()}
        BASELINE.write_text(json.dumps(counted, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    agreed = json.loads(BASELINE.read_text(encoding="utf-8"))
    wrong = []
    for page, row in after.items():
        for who, said in row.items():
            first, now = len(before[page][who]), len(said)
            if now > first:
                wrong.append(f"{page} as {who}: {first} statements, {now} for more rows\n{_repeated(said)}")
            allowed = agreed.get(page, {}).get(who)
            if allowed is None:
                wrong.append(f"{page} as {who}: not in {BASELINE.name}")
            elif now > allowed:
                wrong.append(f"{page} as {who}: {now} statements, agreed are {allowed}")
    assert not wrong, "\n".join(wrong)


def _repeated(said: list[str]) -> str:
    """The statements that look most alike: where to look first."""
    heads: dict[str, int] = {}
    for sql in said:
        table = sql.partition(" FROM ")[2][:60]
        heads[table] = heads.get(table, 0) + 1
    return "\n".join(f"    {n} × {head}" for head, n in heads.items() if n > 2)
