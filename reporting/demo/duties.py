"""Kickoff meetings and filings of the demo projects: most done in time, some late, some still owed (H7, H17)."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from accounts.bulk import bulk_insert
from accounts.clock import BUSINESS_ZONE, at_hour
from accounts.models import Division, Obligation
from accounts.obligations.services import Owed, duties_since, owe_for_subjects
from approvals.kickoff.models import Kickoff
from policy.calendar import WorkCalendar
from projects.models import ContractKind
from reporting.demo.projects import DemoProject
from reporting.demo.rules import rule_of


def write_duties(
    rows: dict[int, DemoProject], *, today: date, calendar: WorkCalendar, at: datetime, clerk: Any
) -> None:
    divisions = {d.pk: d for d in Division.objects.all()}
    random = Random(7)
    counted = (ContractKind.CONTRACT, ContractKind.AGREEMENT)
    chosen = {
        pk: p
        for pk, p in rows.items()
        if p.signed_on >= duties_since() and p.kind in counted and p.state in ("active", "done")
    }
    with transaction.atomic():
        for kind in ("kickoff_meeting", "basic_filing"):
            rule = rule_of(divisions["230000"], kind, today)
            owed = [Owed(divisions[p.division], pk, p.name, p.signed_on) for pk, p in chosen.items()]
            owe_for_subjects(
                kind=kind, rule=rule, subject_type="projects.project", owed=owed, calendar=calendar, at=at
            )
            _meet(kind, today, random)
        _kickoffs(chosen, divisions, clerk=clerk)


def _meet(kind: str, today: date, random: Random) -> None:
    changed = []
    for obligation in Obligation.objects.filter(kind=kind, met_on=None).order_by("pk"):
        if random.random() < 0.03:
            continue
        day = obligation.due_on - timedelta(days=random.randint(0, 15))
        if random.random() < 0.05:
            day = obligation.due_on + timedelta(days=random.randint(1, 12))
        if day >= today:
            continue
        obligation.met_on = day
        obligation.met_at = at_hour(day, 15)
        changed.append(obligation)
    Obligation.objects.bulk_update(changed, ["met_on", "met_at"], batch_size=400)


def _kickoffs(rows: dict[int, DemoProject], divisions: dict[str, Division], *, clerk: Any) -> None:
    held = Obligation.objects.filter(kind="kickoff_meeting", met_at__isnull=False).values_list(
        "subject_id", "met_at"
    )
    columns = (
        "project_id", "held_on", "place", "chair", "attendees", "minutes", "recorded_by_id", "recorded_at",
        "province_code", "city_code", "county_code",
    )  # fmt: skip

    def values() -> Any:
        for pk, moment in held:
            if moment is None:
                continue
            project, home = rows[pk], divisions[rows[pk].division]
            people = dict(project.people)
            yield (
                pk, moment.astimezone(BUSINESS_ZONE).date(), f"{home.name}政府会议室", people["package_leader"],
                "发展改革、自然资源、住房城乡建设、生态环境、市场监管部门和企业代表",
                f"明确包保领导{people['package_leader']}、首席服务官{people['chief_service_officer']}，"
                f"由{project.lead}牵头领办，相关部门各指派一名服务专员。", clerk.pk, moment,
                home.province_code, home.city_code, home.county_code,
            )  # fmt: skip

    bulk_insert(Kickoff, columns, values())
