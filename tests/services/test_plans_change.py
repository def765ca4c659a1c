"""Changes of plan: the limit counted by hand, who decides, refusals that move nothing, two people at once, winter."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, InboxItem, Obligation
from accounts.obligations import todo
from projects.models import Milestone, PlanChange, Project
from projects.plans.services import ask_plan_change, decide_plan_change, withdraw_plan_change
from projects.services import (
    appoint,
    end_project,
    pause_project,
    prolong_pause,
    register_project,
    resume_project,
    set_milestones,
)
from projects.services.versions import save_version
from tests import build

pytestmark = pytest.mark.django_db
AT = build.at("2026-10-23 09:00")
TODAY = date(2026, 10, 23)
PLAN = {"company_setup": date(2026, 10, 30), "land_planning_permit": date(2027, 3, 1)}
# 20 working days after Friday 2026-10-30: 2–6, 9–13, 16–20 and 23–27 November.
LAST_WITHIN, FIRST_BEYOND = date(2026, 11, 27), date(2026, 11, 30)
WHY = {"cause": "land", "party": "enterprise", "evidence": "用地红线调整，见县政府会议纪要第12号"}


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def project(people: dict[str, Any]) -> Project:
    home = Division.objects.get(pk="230622")
    data = {"name": "艾草项目", "division": home, "signed_on": date(2026, 9, 24), "plan": PLAN}
    row = register_project(data=data, by=people["county"], at=AT)
    appoint(
        project=row,
        role="chief_service_officer",
        user=people["officer"],
        valid_from=TODAY,
        by=people["county"],
        at=AT,
    )
    return row


def point(project: Project, code: str = "company_setup") -> Milestone:
    return Milestone.objects.get(project=project, code=code)


def ask(project: Project, day: date, by: Any, **more: Any) -> PlanChange:
    return ask_plan_change(project=project, wanted={"company_setup": day}, **WHY | more, by=by, at=AT)


def test_within_the_limit_the_county_decides_at_once(project: Project, people: dict[str, Any]) -> None:
    change = ask(project, LAST_WITHIN, people["county"])
    assert (change.state, change.is_beyond, change.shift_days, change.approver_id) == (
        "approved",
        False,
        20,
        "230622",
    )
    moved = point(project)
    assert (moved.baseline_on, moved.planned_on) == (PLAN["company_setup"], LAST_WITHIN)
    project.refresh_from_db()
    assert project.next_due_on == LAST_WITHIN and project.version == 2
    record = AuditRecord.objects.get(action="plan_changed")
    assert record.after["plan_cause"] == "land" and record.rule_id == change.rule_id


def test_beyond_it_the_city_decides_on_its_own_clock(project: Project, people: dict[str, Any]) -> None:
    change = ask(project, FIRST_BEYOND, people["county"])
    assert (change.state, change.is_beyond, change.shift_days, change.approver_id) == (
        "waiting",
        True,
        21,
        "230600",
    )
    assert point(project).planned_on == PLAN["company_setup"], "until it is decided nothing moves"
    duty = Obligation.objects.get(kind="plan_change_decision")
    # five working days after Friday 2026-10-23: the whole next week
    assert (duty.unit_id, duty.due_on) == ("230600", date(2026, 10, 30))
    assert InboxItem.objects.filter(user=people["city"], kind="plan_change").exists()
    with pytest.raises(PermissionDenied):
        decide_plan_change(change=change, approved=True, by=people["county"], at=AT)
    decide_plan_change(change=change, approved=True, by=people["city"], at=AT)
    assert (point(project).planned_on, point(project).baseline_on) == (FIRST_BEYOND, PLAN["company_setup"])
    duty.refresh_from_db()
    assert duty.met_on == TODAY
    assert InboxItem.objects.filter(user=people["county"], kind="plan_change").count() == 1


def test_a_refused_request_leaves_the_plan_and_shows_why(project: Project, people: dict[str, Any]) -> None:
    change = ask(project, FIRST_BEYOND, people["county"])
    with pytest.raises(DomainError) as told:
        decide_plan_change(change=change, approved=False, opinion=" ", by=people["city"], at=AT)
    assert told.value.code == "opinion_required"
    change.refresh_from_db()
    assert change.state == "waiting"
    decide_plan_change(change=change, approved=False, opinion="材料不足以说明延期", by=people["city"], at=AT)
    project.refresh_from_db()
    assert point(project).planned_on == PLAN["company_setup"] and project.version == 1
    told_by = InboxItem.objects.get(user=people["county"], kind="plan_change")
    assert told_by.text == "材料不足以说明延期"
    assert AuditRecord.objects.get(action="plan_change_rejected").reason == "材料不足以说明延期"


def test_shifts_add_up_and_a_city_approval_starts_a_new_count(
    project: Project, people: dict[str, Any]
) -> None:
    ask(project, date(2026, 11, 13), people["county"])  # 10 working days
    assert ask(project, LAST_WITHIN, people["county"]).state == "approved"  # 20 in all
    change = ask(project, date(2026, 12, 11), people["county"])  # 30 in all
    assert (change.state, change.shift_days) == ("waiting", 30)
    decide_plan_change(change=change, approved=True, by=people["city"], at=AT)
    # counted from 2026-12-11 now: 18 December is five days behind it
    later = ask(project, date(2026, 12, 18), people["county"])
    assert (later.state, later.shift_days) == ("approved", 5)


def test_the_page_of_dates_knows_the_limit(project: Project, people: dict[str, Any]) -> None:
    def move(day: date) -> Project:
        return set_milestones(
            project=project, changes={"company_setup": {"planned_on": day}}, version=project.version,
            reason="名称核准推迟", cause="approval", party="organ", by=people["county"], at=AT,
        )  # fmt: skip

    with pytest.raises(DomainError) as told:
        move(FIRST_BEYOND)
    assert told.value.details["beyond"] == ["company_setup"] and "大庆市" in str(told.value.message)
    assert point(project).planned_on == PLAN["company_setup"]
    move(LAST_WITHIN)
    change = PlanChange.objects.get()
    assert (change.state, change.reason, change.party, change.shift_days) == (
        "approved",
        "approval",
        "organ",
        20,
    )
    project.refresh_from_db()
    with pytest.raises(DomainError):
        set_milestones(
            project=project, changes={"company_setup": {"planned_on": None}}, version=project.version, reason="撤销",
            by=people["county"], at=AT,
        )  # fmt: skip
    assert point(project).planned_on == LAST_WITHIN, "a plan is not taken back"


def test_who_does_not_plan_asks_the_own_office(project: Project, people: dict[str, Any]) -> None:
    change = ask(project, date(2026, 11, 6), people["officer"])
    assert (change.state, change.approver_id) == ("waiting", "230622")
    with pytest.raises(StaleState):
        ask(project, date(2026, 11, 9), people["county"])
    with pytest.raises(PermissionDenied):
        decide_plan_change(change=change, approved=True, by=people["city"], at=AT)
    withdraw_plan_change(change=change, reason="另行申请", by=people["officer"], at=AT)
    assert PlanChange.objects.get().state == "withdrawn"
    assert Obligation.objects.get(kind="plan_change_decision").cancelled_on == TODAY


@pytest.mark.parametrize("who", ["neighbour", "auditor", "investor", "nobody", "other_city"])
def test_strangers_ask_for_nothing(who: str, project: Project, people: dict[str, Any]) -> None:
    before = AuditRecord.objects.count()
    with pytest.raises(PermissionDenied):
        ask(project, LAST_WITHIN, people[who])
    assert not PlanChange.objects.exists() and AuditRecord.objects.count() == before


@pytest.mark.parametrize(
    ("wanted", "change", "field"),
    [
        ({"company_setup": date(2026, 10, 22)}, {}, "company_setup"),
        ({"land_planning_permit": date(2026, 10, 29)}, {}, "land_planning_permit"),
        ({"company_setup": date(2062, 1, 1)}, {}, "company_setup"),
        ({"company_setup": LAST_WITHIN}, {"cause": "x"}, "cause"),
        ({"company_setup": LAST_WITHIN}, {"party": ""}, "party"),
        ({"company_setup": LAST_WITHIN}, {"evidence": " "}, "evidence"),
    ],
)
def test_bad_requests_say_where(
    wanted: dict[str, date], change: dict[str, str], field: str, project: Project, people: dict[str, Any]
) -> None:
    with pytest.raises(DomainError) as told:
        ask_plan_change(project=project, wanted=wanted, **WHY | change, by=people["county"], at=AT)
    assert field in told.value.details["fields"]
    assert not PlanChange.objects.exists()


def test_two_officials_decide_at_once_and_one_wins(project: Project, people: dict[str, Any]) -> None:
    change = ask(project, FIRST_BEYOND, people["county"])
    mine, theirs = PlanChange.objects.get(pk=change.pk), PlanChange.objects.get(pk=change.pk)
    second = build.user("t-city-two", division="230600", name="第二人")
    decide_plan_change(change=theirs, approved=False, opinion="不同意", by=second, at=AT)
    with pytest.raises(StaleState) as told:
        decide_plan_change(change=mine, approved=True, by=people["city"], at=AT)
    assert "第二人" in str(told.value.message)
    assert point(project).planned_on == PLAN["company_setup"]
    assert PlanChange.objects.get().state == "rejected"


def test_a_plan_that_moved_meanwhile_is_not_overwritten(project: Project, people: dict[str, Any]) -> None:
    change = ask(project, FIRST_BEYOND, people["county"])
    Milestone.objects.filter(pk=point(project).pk).update(actual_on=TODAY, is_open=False)
    row = Project.objects.get(pk=project.pk)
    save_version(row, at=AT)
    with pytest.raises(StaleState):
        decide_plan_change(change=change, approved=True, by=people["city"], at=AT)
    assert PlanChange.objects.get().state == "waiting" and point(project).planned_on == PLAN["company_setup"]


def test_an_ended_project_leaves_no_open_request(project: Project, people: dict[str, Any]) -> None:
    ask(project, FIRST_BEYOND, people["county"])
    end_project(
        project=project,
        state="terminated",
        ended_on=TODAY,
        reason="解约",
        version=1,
        by=people["county"],
        at=AT,
    )
    assert PlanChange.objects.get().state == "withdrawn"
    assert not Obligation.objects.open().filter(kind="plan_change_decision").exists()


def test_a_recorded_pause_does_not_count_unless_the_organ_caused_it(
    project: Project, people: dict[str, Any]
) -> None:
    pause: dict[str, Any] = {
        "note": "企业调整设计",
        "starts_on": date(2026, 11, 2),
        "review_on": date(2026, 12, 31),
    }
    later = build.at("2026-11-09 09:00")
    pause_project(
        project=project, reason="redesign", party="enterprise", **pause, by=people["county"], at=later
    )
    resume_project(project=project, resumed_on=date(2026, 11, 9), by=people["county"], at=later)
    # 21 working days to 30 November, of them 2–6 November stood still
    change = ask(project, FIRST_BEYOND, people["county"])
    assert (change.state, change.shift_days) == ("approved", 16)


WINTER: dict[str, Any] = {"reason": "winter_stop", "party": "force_majeure", "note": "冬季停工"}


def test_winter_stops_only_works_on_site_and_only_in_its_season(people: dict[str, Any]) -> None:
    now = build.at("2026-11-20 09:00")
    done = ["company_setup", "land_planning_permit", "engineering_permit", "construction_permit"]
    site = build.project(
        "工地",
        actual=dict.fromkeys(done, date(2026, 9, 1)),
        planned={"construction_start": date(2026, 12, 1)},
    )
    paper = build.project("手续", planned={"company_setup": date(2026, 12, 1)})

    def stop(row: Project, **more: Any) -> Any:
        dates = {"starts_on": date(2026, 11, 16), "review_on": date(2027, 4, 1)} | more
        return pause_project(project=row, **WINTER, **dates, by=people["county"], at=now)

    for row, more, code in (
        (paper, {}, "not_a_winter_point"),
        (site, {"starts_on": date(2026, 11, 14)}, "not_in_season"),
        (site, {"review_on": date(2027, 4, 2)}, "winter_ends"),
    ):
        with pytest.raises(DomainError) as told:
            stop(row, **more)
        assert told.value.code == code
        assert not row.pauses.exists()
    stop(site)
    spring = build.at("2027-03-29 09:00")
    items = todo.items_for(people["county"], date(2027, 3, 29))
    assert [item.due_on for item in items if item.key.startswith("pause:")] == [date(2027, 4, 1)]
    with pytest.raises(DomainError) as told:
        prolong_pause(
            project=site, review_on=date(2027, 5, 1), note="仍有冻土", by=people["county"], at=spring
        )
    assert told.value.code == "winter_ends"
