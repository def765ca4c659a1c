"""What used to show only in lists lights a warning too, put out by the fact with a note of why.

Days by hand: 1 to 7 October 2026 are off, Saturday 10 October is worked.
"""

from datetime import date
from typing import Any

import pytest

from accounts.models import Division, InboxItem, Obligation
from approvals.checklist.models import ChecklistItem
from approvals.mandates import services as mandates
from policy.services import current_calendar
from projects import services as projects
from projects.models import Project, TeamRole
from projects.services.pauses import pause_project, prolong_pause, resume_project
from supervision.matters import services as matters
from supervision.matters.models import Matter, MatterSource
from supervision.warnings import queries, services, subjects, why
from supervision.warnings.models import Warning
from tests import build
from tests import checklist_help as help_
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def scan(text: str) -> dict[str, int]:
    return services.scan(at(f"{text} 09:00"))


def only() -> Warning:
    return Warning.objects.get(cleared_on=None)


def why_text(row: Warning, user: Any, on: date) -> str:
    warning = queries.detailed(user).get(pk=row.pk)
    told = why.explain(warning, queries.rule_of(warning), None, current_calendar(), on)
    assert told["rule"]
    assert told["basis"]
    return "；".join(f"{step['label']} {step['text']} {step['on']}" for step in told["steps"])


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def project(people: dict[str, Any]) -> Project:
    row = build.project(company=build.company())
    for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
        projects.appoint(
            project=row, role=role, user=people[who], valid_from=date(2026, 4, 1), by=people["county"],
            at=at("2026-04-01 09:00"),
        )  # fmt: skip
    return row


@pytest.fixture
def listed(people: dict[str, Any], project: Project) -> Project:
    help_.catalogue()
    help_.checklist(project, people["county"])
    help_.decide(project, "QY01", "2026-10-12", people["county"])
    help_.decide(project, "LX01", "2026-10-13", people["county"])
    return project


def test_a_commitment_not_checked_in_time(listed: Project, people: dict[str, Any]) -> None:
    item = help_.item(listed, "SG04")
    ChecklistItem.objects.filter(pk=item.pk).update(
        state="decided", by_commitment=True, ended_on=date(2026, 10, 14), check_due_on=date(2026, 12, 14)
    )
    assert scan("2026-12-04") == {}
    assert scan("2026-12-07") == {"opened": 1}  # five working days left
    row = only()
    assert (row.rule_key, row.subject_key, row.level) == ("commitment_warning", f"item:{item.pk}", "blue")
    assert "事后核查" in row.label
    assert scan("2026-12-15") == {"changed": 1}
    assert "逾期 1 个工作日" in why_text(only(), people["county"], date(2026, 12, 15))
    ChecklistItem.objects.filter(pk=item.pk).update(checked_on=date(2026, 12, 15), commitment_broken=True)
    assert scan("2026-12-16") == {"cleared": 1}
    row.refresh_from_db()
    assert row.cleared_on == date(2026, 12, 15)
    assert "承诺不实" in row.clear_note


def test_a_stopped_clock_past_its_review(listed: Project, people: dict[str, Any]) -> None:
    help_.step(listed, "LX05", "submit", "2026-10-16", people["county"])
    help_.step(listed, "LX05", "accept", "2026-10-16", people["county"])
    help_.step(
        listed, "LX05", "hold", "2026-10-19", people["county"], review_on=date(2026, 11, 2), note="专家评审",
        party="third_party",
    )  # fmt: skip
    assert scan("2026-10-28") == {}
    assert scan("2026-10-29") == {"opened": 1}
    row = only()
    assert (row.rule_key, row.level, row.due_on) == ("hold_warning", "blue", date(2026, 11, 2))
    text = why_text(row, people["county"], date(2026, 10, 29))
    assert "2026-10-19 起停止计时" in text
    assert "第三方" in text
    assert scan("2026-11-03") == {"changed": 1}
    help_.step(listed, "LX05", "resume", "2026-11-04", people["county"])
    assert scan("2026-11-04")["cleared"] == 1
    row.refresh_from_db()
    assert "恢复计时" in row.clear_note


def test_a_paused_project_past_its_review(project: Project, people: dict[str, Any]) -> None:
    pause_project(
        project=project, reason="funding", party="enterprise", note="增资手续", starts_on=date(2026, 10, 12),
        review_on=date(2026, 11, 12), by=people["county"], at=at("2026-10-12 10:00"),
    )  # fmt: skip
    assert scan("2026-11-04") == {}
    assert scan("2026-11-05") == {"opened": 1}
    assert only().project_id == project.pk
    assert scan("2026-11-13") == {"changed": 1}
    text = why_text(only(), people["county"], date(2026, 11, 13))
    assert "2026-10-12 起暂停" in text
    assert "企业" in text
    turn = why.turns(queries.detailed(people["county"]).get(), date(2026, 11, 13))
    assert turn[0].since == date(2026, 10, 12)
    prolong_pause(
        project=project, review_on=date(2026, 12, 18), note="资金年底到位", by=people["county"],
        at=at("2026-11-16 10:00"),
    )  # fmt: skip
    assert scan("2026-11-16") == {"cleared": 1}
    assert "2026-12-18" in Warning.objects.get().clear_note
    assert scan("2026-12-21") == {"opened": 1}
    resume_project(
        project=project, resumed_on=date(2026, 12, 21), by=people["county"], at=at("2026-12-21 15:00")
    )
    assert scan("2026-12-22")["cleared"] == 1
    assert Warning.objects.order_by("pk").last().cleared_on == date(2026, 12, 21)


def test_a_mandate_nobody_accepted(project: Project, people: dict[str, Any]) -> None:
    row = mandates.give_mandate(
        project=project, agent=people["officer"], scope="施工许可阶段全部申报", signed_by="梁宏伟",
        signed_on=date(2026, 10, 16), by=people["investor"], at=at("2026-10-16 10:00"),
    )  # fmt: skip
    assert row.accept_by_on == date(2026, 10, 19)
    assert scan("2026-10-16") == {}
    assert scan("2026-10-19") == {"opened": 1}
    assert (only().rule_key, only().level) == ("mandate_warning", "blue")
    scan("2026-10-20")
    assert scan("2026-10-22") == {"changed": 1}  # more than two working days late
    assert only().level == "red"
    told = set(InboxItem.objects.filter(kind="warning").values_list("user__username", flat=True))
    assert {"t-officer", "t-county"} <= told
    turn = why.turns(queries.detailed(people["county"]).get(), date(2026, 10, 22))
    assert (turn[0].name, turn[0].since) == (people["officer"].full_name, date(2026, 10, 16))
    mandates.accept_mandate(mandate=row, by=people["officer"], at=at("2026-10-22 10:00"))
    assert scan("2026-10-23") == {"cleared": 1}
    assert "2026-10-22" in Warning.objects.get().clear_note


def test_a_matter_on_the_ladder(people: dict[str, Any]) -> None:
    matter = matters.issue_matter(
        source=MatterSource.OFFICE, title="临时用电迟迟未接入", demand="请核实并办结",
        issuer=Division.objects.get(pk="230600"), unit=Division.objects.get(pk="230622"),
        due_on=date(2026, 10, 30), by=people["city"], at=at("2026-10-19 10:00"),
    )  # fmt: skip
    assert scan("2026-10-26") == {}
    assert scan("2026-10-27") == {"opened": 1}
    row = only()
    assert (row.rule_key, row.matter_id, row.county_code, row.tier) == (
        "matter_warning", matter.pk, "230622", 3,
    )  # fmt: skip
    assert scan("2026-10-31") == {"changed": 1}
    assert "2026-10-30" in why_text(only(), people["county"], date(2026, 11, 2))
    matter.refresh_from_db()
    matters.receive_matter(matter=matter, turn=matter.turn, by=people["county"], at=at("2026-11-02 10:00"))
    matter.refresh_from_db()
    matters.answer_matter(
        matter=matter, text="已接入", turn=matter.turn, by=people["county"], at=at("2026-11-02 11:00")
    )
    assert scan("2026-11-03") == {"cleared": 1}  # the issuer checks now; the unit's clock stands
    row.refresh_from_db()
    assert row.cleared_on == date(2026, 11, 2)
    matter = Matter.objects.get(pk=matter.pk)
    assert subjects.address_of(row) == f"/matters/{matter.pk}/"


@pytest.mark.parametrize(
    ("kind", "rule", "first"),
    [
        ("inspection_city", "inspection_warning", "2026-10-23"),
        ("symposium", "meeting_warning", "2026-10-16"),
        ("talk_county", "meeting_warning", "2026-10-16"),
        ("promise", "promise_warning", "2026-10-16"),
        ("arrears_instalment", "promise_warning", "2026-10-16"),
        ("plan_change_decision", "decision_warning", "2026-10-28"),
        ("report_month", "report_warning", "2026-10-27"),
    ],
)
def test_duties_of_every_kind_light_before_their_last_day(kind: str, rule: str, first: str) -> None:
    """Last day: Friday 30 October."""
    unit = Division.objects.get(pk="230622")
    Obligation.objects.create(
        kind=kind, unit=unit, period="2026-10", due_on=date(2026, 10, 30), nominal_on=date(2026, 10, 30),
        rule_id="T", made_at=at("2026-10-01 09:00"), **unit.codes,
    )  # fmt: skip
    day = date.fromisoformat(first)
    assert scan((day.replace(day=day.day - 1)).isoformat()) == {}
    assert scan(first) == {"opened": 1}
    assert (only().rule_key, only().level) == (rule, "blue")
    Obligation.objects.update(met_on=day, met_at=at(f"{first} 10:00"))
    assert scan("2026-10-30") == {"cleared": 1}
    assert first in Warning.objects.get().clear_note
