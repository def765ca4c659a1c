"""Builders for tests: one cast of people and small real rows. Plain functions, explicit data, no randomness."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Department, Division, Posting, User
from accounts.permissions import Role
from projects.models import Company, ContractKind, Milestone, MilestoneCode, Project
from projects.models.milestones import reached

SHANGHAI = ZoneInfo("Asia/Shanghai")
PASSWORD = "Songhua-River-1956"


def at(text: str) -> datetime:
    """'2026-10-23 09:14' in Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def user(
    username: str,
    role: str = Role.COMPETENT_OFFICE,
    division: str = "230622",
    *,
    department: str = "",
    since: date = date(2020, 1, 1),
    until: date | None = None,
    subtree: bool = True,
    name: str = "",
) -> User:
    """An account with one posting. `department` is a department code of the division, such as housing."""
    person = User(username=username, full_name=name or username)
    person.set_password(PASSWORD)
    person.save()
    if role:
        Posting.objects.create(
            user=person,
            role=role,
            division_id=division,
            department=Department.objects.get(division_id=division, code=department) if department else None,
            valid_from=since,
            valid_to=until,
            subtree=subtree,
        )
    return person


def cast() -> dict[str, User]:
    """The same people in every test: who should see 肇源县's rows and who must not."""
    return {
        "province": user("t-province", division="230000"),
        "province_head": user("t-province-head", Role.OFFICE_HEAD, "230000"),
        "city": user("t-city", division="230600"),
        "county": user("t-county", division="230622"),
        "neighbour": user("t-neighbour", division="230621"),
        "other_city": user("t-other-city", division="230200"),
        "auditor": user("t-auditor", Role.AUDITOR, "230000"),
        "administrator": user("t-admin", Role.ADMINISTRATOR, "230000"),
        "promotion": user("t-promotion", Role.PROMOTION_OFFICE, "230622", department="commerce"),
        "officer": user("t-officer", Role.CHIEF_SERVICE_OFFICER, "230622", department="industry_information"),
        "investor": user("t-investor", Role.INVESTOR, "230622"),
        "nobody": user("t-nobody", role=""),
    }


def company(name: str = "湖北蕲艾科技集团有限公司", **fields: Any) -> Company:
    return Company.objects.create(name=name, **fields)


_numbers = iter(range(1, 10_000_000))


def project(
    name: str = "艾草生物经济项目",
    division: str = "230622",
    *,
    signed_on: date | None = date(2026, 3, 26),
    amount_wan: int | None = 80_000,
    planned: dict[str, date] | None = None,
    actual: dict[str, date] | None = None,
    **fields: Any,
) -> Project:
    """A project with its seven milestones, written directly: for tests of readers, not of the registering service."""
    home = Division.objects.get(pk=division)
    moment = at("2026-04-01 09:00")
    row = Project.objects.create(
        number=fields.pop("number", f"T-{next(_numbers):06d}"),
        name=name,
        division=home,
        **home.codes,
        signed_on=signed_on,
        contract_kind=fields.pop("contract_kind", ContractKind.CONTRACT),
        contract_amount_yuan=None if amount_wan is None else amount_wan * 10_000,
        created_at=moment,
        updated_at=moment,
        **fields,
    )
    planned, actual = planned or {}, actual or {}
    reached_on = reached([actual.get(code) for code in MilestoneCode.values])
    Milestone.objects.bulk_create(
        Milestone(
            project=row,
            code=code,
            position=number,
            planned_on=planned.get(code),
            baseline_on=planned.get(code),
            actual_on=actual.get(code),
            reached_on=reached_on[number - 1],
            is_open=code not in actual,
            **home.codes,
        )
        for number, code in enumerate(MilestoneCode.values, 1)
    )
    due = sorted(day for code, day in planned.items() if code not in actual)
    row.next_due_on = due[0] if due else None
    row.second_due_on = due[1] if len(due) > 1 else None
    row.save(update_fields=["next_due_on", "second_due_on"])
    return row
