"""Write the demo projects: in bulk, with their milestones, teams, pauses and one audit record each."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts import audit
from accounts.bulk import bulk_insert, reserve_ids
from accounts.clock import at_hour
from accounts.models import Division
from projects.due import refresh_due
from projects.grants import VIEW
from projects.models import (
    Assignment,
    Company,
    Milestone,
    MilestoneCode,
    Pause,
    Project,
    ProjectUserObjectPermission,
)
from projects.models.milestones import reached
from projects.regime import major_rule, regime_of
from projects.text import initials
from reporting.demo.projects import DemoProject

CODES = list(MilestoneCode.values)


def write_projects(demo: list[DemoProject], *, today: date, at: datetime) -> dict[int, DemoProject]:
    """Insert everything; return the demo project of each new id."""
    divisions = {d.pk: d for d in Division.objects.all()}
    with transaction.atomic():
        companies = _companies({p.investor for p in demo if p.investor})
        ids = reserve_ids(Project, len(demo))
        rows = dict(zip(ids, demo, strict=True))
        _projects(rows, divisions, companies, at=at)
        _milestones(rows, divisions)
        _teams(rows, divisions)
        _pauses(rows, divisions, at=at)
        refresh_due(ids)
        audit.record_many(
            [
                audit.Entry(
                    action="project_registered",
                    object_type="projects.project",
                    object_id=str(pk),
                    object_label=p.name,
                    after={"name": p.name, "contract_amount_yuan": p.amount_yuan, "signed_on": p.signed_on},
                    reason="演示数据",
                    codes=divisions[p.division].codes,
                )
                for pk, p in rows.items()
            ],
            by=None,
            at=at,
        )
    return rows


def _companies(names: set[str]) -> dict[str, int]:
    Company.objects.bulk_create(
        [Company(name=name[:200], initials=initials(name)) for name in sorted(names)], batch_size=500
    )
    return dict(Company.objects.filter(name__in=names).values_list("name", "pk"))


def _projects(
    rows: dict[int, DemoProject], divisions: dict[str, Division], companies: dict[str, int], *, at: datetime
) -> None:
    columns = (
        "id", "number", "name", "initials", "company_id", "investor", "division_id", "province_code", "city_code",
        "county_code", "place", "contract_kind", "contract_amount_yuan", "signed_on", "industry_section",
        "industry_4567", "industry_text", "is_major", "state", "ended_on", "end_reason", "filed_on",
        "invested_total_yuan", "invested_month_yuan", "progress_text", "problem_text", "lead_department",
        "created_at", "updated_at",
    )  # fmt: skip
    serial: dict[tuple[str, int], int] = {}
    rules = {
        code: major_rule(regime_of(division), division, at.date()) for code, division in divisions.items()
    }

    def values() -> Any:
        for pk, p in rows.items():
            home, year = divisions[p.division], p.signed_on.year
            serial[p.division, year] = serial.get((p.division, year), 0) + 1
            registered = at_hour(p.signed_on, 10)
            rule = rules[p.division]
            yield (
                pk, f"{p.division}-{year}-{serial[p.division, year]:04d}", p.name, initials(p.name),
                companies.get(p.investor), p.investor, p.division, home.province_code, home.city_code,
                home.county_code, _place(home, divisions), p.kind, p.amount_yuan, p.signed_on, p.section,
                p.industry_4567, p.industry_text, bool(rule and rule.holds_for(p.amount_yuan)), p.state, p.ended_on,
                "合同双方协商解除" if p.ended_on else "", p.signed_on, p.invested_yuan, p.month_yuan, p.progress,
                p.problem, p.lead, registered, at,
            )  # fmt: skip

    bulk_insert(Project, columns, values())


def _place(home: Division, divisions: dict[str, Division]) -> str:
    return (divisions[home.city_code].name if home.county_code else "") + home.name


def _milestones(rows: dict[int, DemoProject], divisions: dict[str, Division]) -> None:
    columns = (
        "project_id", "code", "position", "baseline_on", "planned_on", "actual_on", "reached_on", "responsible",
        "delay_party", "delay_reason", "is_open", "province_code", "city_code", "county_code",
    )  # fmt: skip

    def values() -> Any:
        for pk, p in rows.items():
            home, dates = divisions[p.division], reached(p.actual)
            for n, code in enumerate(CODES):
                waiting = n == p.done and bool(p.delay[0])
                yield (
                    pk, code, n + 1, p.planned[n], p.planned[n], p.actual[n], dates[n],
                    f"{home.name}{p.lead}" if p.lead else "", p.delay[0] if waiting else "",
                    p.delay[1] if waiting else "", p.actual[n] is None, home.province_code, home.city_code,
                    home.county_code,
                )  # fmt: skip

    bulk_insert(Milestone, columns, values())


def _teams(rows: dict[int, DemoProject], divisions: dict[str, Division]) -> None:
    columns = (
        "project_id",
        "role",
        "name",
        "phone",
        "office",
        "valid_from",
        "province_code",
        "city_code",
        "county_code",
    )

    def values() -> Any:
        for pk, p in rows.items():
            home = divisions[p.division]
            for role, name in p.people:
                yield (
                    pk, role, name, "0000-0000000", OFFICES.get(role, "").format(lead=p.lead, place=home.name),
                    p.signed_on, home.province_code, home.city_code, home.county_code,
                )  # fmt: skip

    bulk_insert(Assignment, columns, values())


OFFICES = {
    "package_leader": "{place}政府领导",
    "lead_department": "{place}{lead}局长",
    "chief_service_officer": "{place}{lead}副局长",
    "service_specialist": "{place}住房和城乡建设局审批股",
    "company_contact": "项目经理",
}


def _pauses(rows: dict[int, DemoProject], divisions: dict[str, Division], *, at: datetime) -> None:
    columns = (
        "project_id", "reason", "party", "note", "starts_on", "review_on", "at", "province_code", "city_code",
        "county_code",
    )  # fmt: skip

    def values() -> Any:
        for pk, p in rows.items():
            if p.paused:
                reason, party, start, review, note = p.paused
                home = divisions[p.division]
                yield (
                    pk,
                    reason,
                    party,
                    note,
                    start,
                    review,
                    at,
                    home.province_code,
                    home.city_code,
                    home.county_code,
                )

    bulk_insert(Pause, columns, values())


def grant_named_people(users: dict[str, Any]) -> None:
    """The officer, leader, specialist, lead and investor of 肇源县 get their own projects, with the grants that go with it."""
    permission = Permission.objects.get(codename=VIEW, content_type__app_label="projects")
    own = {
        "leader-230622": ("package_leader", ["艾草生物经济项目", "兔皮深加工"]),
        "lead-230622": ("lead_department", ["艾草生物经济项目", "20万吨粮食仓储物流项目", "水泥制品加工"]),
        "officer-230622": (
            "chief_service_officer",
            ["艾草生物经济项目", "兔皮深加工", "有机水稻生产及米业加工"],
        ),
        "specialist-230622": ("service_specialist", ["艾草生物经济项目", "水泥制品加工"]),
        "investor-230622": ("company_contact", ["艾草生物经济项目"]),
        "supervisor-230622": ("", ["艾草生物经济项目", "水泥制品加工"]),
    }
    for username, (role, names) in own.items():
        user = users[username]
        for project in Project.objects.filter(county_code="230622", name__in=names):
            if role:
                Assignment.objects.filter(project=project, role=role).update(user=user, name=user.full_name)
            ProjectUserObjectPermission.objects.get_or_create(
                user=user, permission=permission, content_object=project
            )
