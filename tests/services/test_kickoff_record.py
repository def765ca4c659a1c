"""Recording a kickoff meeting: minutes, appointments and the duty together, or nothing."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Obligation
from accounts.obligations import services as obligations
from accounts.obligations.kinds import KICKOFF
from approvals.kickoff.models import Kickoff
from approvals.kickoff.services import Appointment, record_kickoff
from projects.models import Assignment, Project, TeamRole
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def record(project, by, held_on=date(2026, 10, 13), appointments=(), text="2026-10-14 09:00", **changes):
    facts = {
        "place": "县政府三楼会议室",
        "chair": "陈国梁",
        "attendees": "工信局、自然资源局",
        "minutes": "明确分工",
    }
    return record_kickoff(
        project=project, held_on=held_on, appointments=appointments, by=by, at=at(text), **(facts | changes)
    )


@pytest.fixture
def signed():
    row = build.project(signed_on=date(2026, 9, 24))
    obligations.owe_for_subject(
        kind=KICKOFF,
        unit=row.division,
        subject=row,
        label=row.name,
        anchor=date(2026, 9, 24),
        at=at("2026-09-24 09:00"),
    )
    return row


def test_appoints_and_meets_the_duty(signed):
    people = build.cast()
    record(
        signed,
        people["county"],
        appointments=[
            Appointment(
                TeamRole.PACKAGE_LEADER, name="陈国梁", office="县委常委、副县长", phone="0459-000 0101"
            ),
            Appointment(TeamRole.CHIEF_SERVICE_OFFICER, user=people["officer"]),
            Appointment(TeamRole.SERVICE_SPECIALIST, name="王立新"),
            Appointment(TeamRole.SERVICE_SPECIALIST, name="高峰"),
        ],
    )
    duty = Obligation.objects.get(kind=KICKOFF)
    assert (duty.met_on, duty.state(date(2026, 11, 1)).value) == (date(2026, 10, 13), "on_time")
    team = Assignment.objects.filter(project=signed, valid_from=date(2026, 10, 13))
    assert team.count() == 4
    assert (
        Project.objects.visible_to(people["officer"]).filter(pk=signed.pk).exists()
    )  # opened to the officer
    assert AuditRecord.objects.filter(action="kickoff_recorded").count() == 1
    with pytest.raises(StaleState):
        record(signed, people["county"])


def test_all_or_nothing(signed):
    people = build.cast()
    with pytest.raises(DomainError):
        record(signed, people["county"], appointments=[Appointment(TeamRole.SERVICE_SPECIALIST, name=" ")])
    assert not Kickoff.objects.exists()
    assert Obligation.objects.get(kind=KICKOFF).met_on is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"held_on": date(2026, 10, 15)}, "held_in_future"),
        ({"held_on": date(2026, 9, 23)}, "held_before_signing"),
        ({"chair": " "}, "chair_missing"),
        ({"minutes": ""}, "minutes_missing"),
    ],
)
def test_refuses_with_a_reason(signed, changes, code):
    people = build.cast()
    with pytest.raises(DomainError) as refusal:
        record(signed, people["county"], **changes)
    assert refusal.value.code == code


def test_only_the_office_in_charge(signed):
    people = build.cast()
    for stranger in (
        "neighbour",
        "other_city",
        "investor",
        "officer",
        "promotion",
        "auditor",
        "administrator",
    ):
        with pytest.raises(PermissionDenied):
            record(signed, people[stranger])
