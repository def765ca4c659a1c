"""More of what happens to a project, through the services: for tests that compare pages with few and with many rows."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Division, User
from approvals.checklist.building import make_checklist
from approvals.checklist.models import Checklist
from approvals.mandates.services import give_mandate
from approvals.service import meetings
from approvals.tickets.services import open_ticket
from projects.assessments.services import Finding, make_assessment, rule_for
from projects.models import MilestoneCode, Project
from projects.plans.services import ask_plan_change
from projects.promises.services import Part, record_arrears, record_promise
from projects.transfers.services import ask_transfer
from tests.build import at
from tests.checklist_help import SPECS
from tests.web.access_course import NOW


def _pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("依据.pdf", b"%PDF-1.4\n1\n")


def help_project(row: Project, people: dict[str, User], number: int) -> None:
    """A checklist where there is none, a ticket of either side, a promise, arrears, a mandate, a meeting."""
    county: Any = people["county"]
    if not Checklist.objects.filter(project=row).exists():
        codes = [spec["code"] for spec in SPECS[:4]]
        make_checklist(project=row, kind="filed", codes=codes, by=county, at=NOW)
    for who in ("investor", "officer"):
        open_ticket(project=row, kind="water", title=f"接水{number}", text="请协调", by=people[who], at=NOW)
    record_promise(
        project=row,
        text=f"通水{number}",
        basis="协议",
        due_on=date(2026, 12, 1),
        upload=_pdf(),
        by=county,
        at=NOW,
    )
    record_arrears(
        project=row, creditor=f"建筑公司{number}", subject="工程款", amount_yuan=200, upload=_pdf(), by=county, at=NOW,
        parts=[Part(date(2026, 12, 1), 100), Part(date(2026, 12, 31), 100)],
    )  # fmt: skip
    give_mandate(
        project=row, agent=people["officer"], scope=f"立项{number}", signed_by="梁某", signed_on=date(2026, 11, 3),
        by=people["investor"], at=NOW,
    )  # fmt: skip
    meetings.call_meeting(
        project=row,
        subject=f"碰头{number}",
        meets_at=at("2026-11-12 09:00"),
        place="三楼",
        by=people["officer"],
        at=NOW,
    )


def move_project(row: Project, county: Any, number: int) -> None:
    """By turns a request beyond the limit and an offer to 肇州县; a candidate assessed."""
    if number % 2:
        there = Division.objects.get(pk="230621")
        ask_transfer(project=row, to_division=there, reason="选址", upload=_pdf(), by=county, at=NOW)
    else:
        ask_plan_change(
            project=row, wanted={MilestoneCode.PRODUCTION: date(2028, 6, 1)}, cause="land", party="organ",
            evidence="红线调整", upload=_pdf(), by=county, at=NOW,
        )  # fmt: skip
    rule = rule_for(row.division, NOW.date())
    assert rule is not None
    make_assessment(
        division=row.division, name=f"候选{number}", company="某公司", amount_yuan=None, content="内容", opinion="同意",
        findings=[Finding(name, False, "") for name in rule["refusals"]], assessed_on=NOW.date(), upload=_pdf(),
        by=county, at=NOW,
    )  # fmt: skip
