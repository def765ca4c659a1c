"""A small catalogue and checklist for tests, written through the services; limits easy to count."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from accounts.models import Division, User
from approvals.catalogue.models import Catalogue, CatalogueItem, CatalogueState, ItemKind, LimitUnit
from approvals.checklist.building import make_checklist
from approvals.checklist.models import Checklist, ChecklistItem
from approvals.checklist.steps import clean_given, take_step
from projects.models import Project
from tests import build

SPECS: tuple[dict[str, Any], ...] = (
    {
        "code": "QY01",
        "name": "企业设立登记",
        "stage": "company_setup",
        "department_code": "market_regulation",
        "statutory_days": 3,
        "promised_days": 1,
        "is_control": True,
        "materials": ["登记申请书", "公司章程"],
    },
    {
        "code": "LX01",
        "name": "企业投资项目备案",
        "stage": "land_planning_permit",
        "department_code": "development_reform",
        "kind": ItemKind.IMMEDIATE,
        "prerequisites": ["QY01"],
        "is_control": True,
    },
    {
        "code": "LX05",
        "name": "建设用地规划许可证核发",
        "stage": "land_planning_permit",
        "department_code": "natural_resources",
        "statutory_days": 20,
        "extra_days": 10,
        "promised_days": 5,
        "green_days": 3,
        "prerequisites": ["LX01"],
        "is_control": True,
    },
    {
        "code": "LX14",
        "name": "农用地转用和土地征收审批",
        "stage": "land_planning_permit",
        "department_code": "natural_resources",
        "kind": ItemKind.FORWARDED,
        "statutory_days": 20,
    },
    {
        "code": "SG04",
        "name": "建筑工程施工许可证核发",
        "stage": "construction_permit",
        "department_code": "housing",
        "statutory_days": 7,
        "statutory_unit": LimitUnit.CALENDAR_DAYS,
        "prerequisites": ["LX05"],
        "commitment_allowed": True,
        "is_control": True,
        "materials": ["施工合同", "施工图审查合格书"],
    },
)


def catalogue(division: str = "230600", specs: Sequence[dict[str, Any]] = SPECS) -> Catalogue:
    """A version in force."""
    home = Division.objects.get(pk=division)
    moment = build.at("2026-01-05 09:00")
    made = Catalogue.objects.create(
        division=home,
        number=1,
        state=CatalogueState.PUBLISHED,
        made_at=moment,
        published_at=moment,
        **home.codes,
    )
    for position, spec in enumerate(specs, 1):
        CatalogueItem.objects.create(catalogue=made, position=position, **spec)
    return made


def checklist(project: Project, by: User, codes: Sequence[str] = (), **flags: Any) -> Checklist:
    """The whole catalogue, or `codes`, as the list of `project`."""
    wanted = codes or [spec["code"] for spec in SPECS]
    return make_checklist(
        project=project, kind="filed", codes=wanted, by=by, at=build.at("2026-03-30 09:00"), **flags
    )


def item(project: Project, code: str) -> ChecklistItem:
    return ChecklistItem.objects.get(project=project, code=code)


def step(
    project: Project, code: str, move: str, day: str, by: User, *, turn: int | None = None, **given: Any
) -> ChecklistItem:
    """Take a step on `day`, recorded at noon of that day."""
    row = item(project, code)
    on = date.fromisoformat(day)
    return take_step(
        item=row, move=move, given=clean_given(on=on, **given), turn=row.turn if turn is None else turn, by=by,
        at=build.at(f"{day} 12:00"),
    )  # fmt: skip


def decide(project: Project, code: str, day: str, by: User) -> ChecklistItem:
    """Submitted, accepted and decided on one day."""
    step(project, code, "submit", day, by)
    step(project, code, "accept", day, by)
    return step(project, code, "decide", day, by)
