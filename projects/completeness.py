"""What must be known of a project from which key point on (H17): rules as data, and what is missing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from projects.models import Assignment, Milestone, MilestoneCode, Project, TeamRole


@dataclass(frozen=True, slots=True)
class Facts:
    """A project with its rows, as the rules look at it."""

    project: Project
    milestones: dict[str, Milestone]
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Requirement:
    """`since`: the key point that must have been reached, empty = from registration on. `basic`: part of the basic
    information of H17. `mend`: the page where it is filled in (edit, plan, team)."""

    key: str
    label: Any
    has: Callable[[Facts], bool]
    since: str = ""
    basic: bool = False
    mend: str = "edit"


@dataclass(frozen=True, slots=True)
class Missing:
    key: str
    label: Any
    basic: bool
    mend: str
    since: str


def _field(name: str) -> Callable[[Facts], bool]:
    return lambda facts: getattr(facts.project, name) not in (None, "")


def _any_role(*roles: str) -> Callable[[Facts], bool]:
    return lambda facts: not facts.roles.isdisjoint(roles)


def _late_ones_explained(facts: Facts) -> bool:
    return all(row.delay_party and row.delay_reason for row in facts.milestones.values() if _is_late(row))


def _is_late(row: Milestone) -> bool:
    return bool(row.actual_on and row.planned_on and row.actual_on > row.planned_on)


REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement("name", _("project name"), _field("name"), basic=True),
    Requirement(
        "company",
        _("investor or company"),
        lambda facts: facts.project.company_id is not None or bool(facts.project.investor),
        basic=True,
    ),
    Requirement("signed_on", _("signed on"), _field("signed_on"), basic=True),
    Requirement("contract_amount", _("contract amount"), _field("contract_amount_yuan"), basic=True),
    Requirement(
        "industry",
        _("industry"),
        lambda facts: bool(facts.project.industry_section or facts.project.industry_4567),
        basic=True,
    ),
    Requirement("content", _("what is built"), _field("content"), basic=True),
    Requirement("place", _("place"), _field("place"), basic=True),
    Requirement(
        "plan",
        _("planned dates of all key points"),
        lambda facts: all(row.planned_on or row.actual_on for row in facts.milestones.values()),
        mend="plan",
    ),
    Requirement("package_leader", _("package leader"), _any_role(TeamRole.PACKAGE_LEADER), mend="team"),
    Requirement(
        "service_lead",
        _("chief service officer, or head of the task force for a major project"),
        lambda facts: (
            not facts.roles.isdisjoint(
                {TeamRole.TASK_FORCE_HEAD} if facts.project.is_major else {TeamRole.CHIEF_SERVICE_OFFICER}
            )
        ),
        mend="team",
    ),
    Requirement("lead_department", _("lead department"), _field("lead_department")),
    Requirement(
        "credit_code",
        _("credit code of the company"),
        lambda facts: bool(facts.project.company and facts.project.company.credit_code),
        since=MilestoneCode.COMPANY_SETUP,
    ),
    Requirement(
        "investment_code",
        _("national project code"),
        _field("investment_code"),
        since=MilestoneCode.LAND_PLANNING_PERMIT,
    ),
    Requirement(
        "delay", _("cause and responsible party of late key points"), _late_ones_explained, mend="plan"
    ),
)


def reached(milestones: Iterable[Milestone]) -> set[str]:
    """Codes of key points that are finished, or that a later finished one implies."""
    rows = sorted(milestones, key=lambda row: row.position)
    last = max((row.position for row in rows if row.actual_on), default=0)
    return {row.code for row in rows if row.position <= last}


def missing(
    project: Project, milestones: Iterable[Milestone], team: Iterable[Assignment], *, on: date
) -> list[Missing]:
    """What should be known by now and is not, in the order of the rules. `team` may hold ended assignments."""
    rows = list(milestones)
    current = {
        row.role for row in team if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)
    }
    facts = Facts(project, {row.code: row for row in rows}, frozenset(current))
    done = reached(rows)
    return [
        Missing(rule.key, rule.label, rule.basic, rule.mend, rule.since)
        for rule in REQUIREMENTS
        if (not rule.since or rule.since in done) and not rule.has(facts)
    ]


def basic_missing(project: Project) -> list[Missing]:
    """What the filing of basic information still lacks; needs only the project itself."""
    facts = Facts(project, {}, frozenset())
    return [
        Missing(rule.key, rule.label, True, rule.mend, rule.since)
        for rule in REQUIREMENTS
        if rule.basic and not rule.has(facts)
    ]
