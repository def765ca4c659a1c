"""Dates of the key points, pauses, endings, and the stored dates the lists and lights rest on."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, Obligation
from policy.calendar import WorkCalendar
from policy.lights import Light, LightThresholds
from policy.regimes import get_regime
from projects.due import refresh_due
from projects.lights import annotate_light, light_q, project_light, thresholds
from projects.models import Milestone, Pause, Project
from projects.services import end_project, pause_project, register_project, resume_project, set_milestones
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
AT = build.at("2026-10-23 09:00")
TODAY = date(2026, 10, 23)
PLAN = {"company_setup": date(2026, 10, 30), "land_planning_permit": date(2026, 12, 1)}


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def project(people: dict[str, Any]) -> Project:
    home = Division.objects.get(pk="230622")
    data = {"name": "艾草项目", "division": home, "signed_on": date(2026, 9, 24), "plan": PLAN}
    return register_project(data=data, by=people["county"], at=AT)


def point(project: Project, code: str) -> Milestone:
    return Milestone.objects.get(project=project, code=code)


def test_the_first_plan_stays_and_a_new_one_needs_a_reason(project: Project, people: dict[str, Any]) -> None:
    assert (project.next_due_on, project.second_due_on) == (date(2026, 10, 30), date(2026, 12, 1))
    changes = {
        "company_setup": {"planned_on": date(2026, 11, 20)},
        "production": {"planned_on": date(2028, 1, 5)},
    }
    with pytest.raises(DomainError) as told:
        set_milestones(project=project, changes=changes, version=1, by=people["county"], at=AT)
    assert set(told.value.details["fields"]) == {"company_setup.planned_on"}, "a first plan needs none"
    assert point(project, "production").planned_on is None
    project = set_milestones(
        project=project, changes=changes, version=1, reason="名称核准推迟", by=people["county"], at=AT
    )
    moved = point(project, "company_setup")
    assert (moved.baseline_on, moved.planned_on) == (date(2026, 10, 30), date(2026, 11, 20))
    assert point(project, "production").baseline_on == date(2028, 1, 5)
    assert (project.version, project.next_due_on) == (2, date(2026, 11, 20))
    record = AuditRecord.objects.get(action="milestones_set")
    assert record.before["company_setup.planned_on"] == "2026-10-30" and record.reason == "名称核准推迟"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"company_setup": {"actual_on": TODAY + timedelta(days=1)}}, "company_setup.actual_on"),
        ({"company_setup": {"forecast_on": TODAY - timedelta(days=1)}}, "company_setup.forecast_on"),
        ({"company_setup": {"planned_on": date(20, 1, 1)}}, "company_setup.planned_on"),
        ({"production": {"actual_on": TODAY}}, "production.actual_on"),
        ({"company_setup": {"delay_party": "weather"}}, "company_setup.delay_party"),
        ({"engineering_permit": {"planned_on": date(2026, 11, 1)}}, "engineering_permit.planned_on"),
    ],
)
def test_dates_that_cannot_be_are_refused(
    changes: dict[str, Any], field: str, project: Project, people: dict[str, Any]
) -> None:
    before = AuditRecord.objects.count()
    with pytest.raises(DomainError) as told:
        set_milestones(project=project, changes=changes, version=1, by=people["county"], at=AT)
    assert field in told.value.details["fields"]
    project.refresh_from_db()
    assert project.version == 1 and AuditRecord.objects.count() == before
    assert not Milestone.objects.filter(project=project, actual_on__isnull=False).exists()


def test_a_broken_order_may_be_explained(project: Project, people: dict[str, Any]) -> None:
    changes = {"construction_start": {"actual_on": TODAY}}
    project = set_milestones(
        project=project, changes=changes, version=1, reason="标准地先行开工", by=people["county"], at=AT
    )
    started = point(project, "construction_start")
    assert started.actual_on == TODAY and not started.is_open
    assert point(project, "company_setup").reached_on == TODAY, "a later point implies the earlier ones"
    assert point(project, "company_setup").is_open


def test_production_ends_the_course_and_a_correction_opens_it(
    project: Project, people: dict[str, Any]
) -> None:
    codes = list(Milestone.objects.filter(project=project).values_list("code", flat=True))
    done = {code: {"actual_on": date(2026, 10, 1) + timedelta(days=n)} for n, code in enumerate(codes)}
    project = set_milestones(project=project, changes=done, version=1, by=people["county"], at=AT)
    assert (project.state, project.next_due_on) == ("done", None)
    back = {"production": {"actual_on": None}}
    with pytest.raises(DomainError):
        set_milestones(project=project, changes=back, version=2, by=people["county"], at=AT)
    project = set_milestones(
        project=project, changes=back, version=2, reason="试生产误填", by=people["county"], at=AT
    )
    assert project.state == "active" and point(project, "production").is_open


def test_an_officer_records_progress_but_does_not_plan(project: Project, people: dict[str, Any]) -> None:
    from projects.services import appoint

    appoint(
        project=project,
        role="chief_service_officer",
        user=people["officer"],
        valid_from=TODAY,
        by=people["county"],
        at=AT,
    )
    officer = people["officer"]
    done = {"company_setup": {"actual_on": TODAY, "planned_on": date(2026, 10, 30)}}
    project = set_milestones(project=project, changes=done, version=1, by=officer, at=AT)
    assert point(project, "company_setup").actual_on == TODAY
    with pytest.raises(PermissionDenied):
        set_milestones(
            project=project,
            changes={"production": {"planned_on": date(2028, 1, 1)}},
            version=2,
            by=officer,
            at=AT,
        )
    assert point(project, "production").planned_on is None


@pytest.mark.parametrize("who", ["neighbour", "auditor", "investor", "nobody", "officer"])
def test_strangers_set_no_dates(who: str, project: Project, people: dict[str, Any]) -> None:
    with pytest.raises(PermissionDenied):
        set_milestones(
            project=project, changes={"company_setup": {"actual_on": TODAY}}, version=1, by=people[who], at=AT
        )
    assert point(project, "company_setup").actual_on is None


def test_two_people_on_the_dates(project: Project, people: dict[str, Any]) -> None:
    set_milestones(
        project=project,
        changes={"company_setup": {"responsible": "甲"}},
        version=1,
        by=people["county"],
        at=AT,
    )
    with pytest.raises(StaleState) as told:
        set_milestones(
            project=project,
            changes={"company_setup": {"responsible": "乙"}},
            version=1,
            by=people["city"],
            at=AT,
        )
    assert told.value.details == {"company_setup.responsible": {"base": "", "theirs": "甲", "yours": "乙"}}


PAUSE = {
    "reason": "redesign",
    "party": "enterprise",
    "note": "企业调整设计",
    "starts_on": TODAY,
    "review_on": date(2027, 3, 31),
}


def test_a_pause_darkens_the_points_and_resuming_lights_them(
    project: Project, people: dict[str, Any]
) -> None:
    pause_project(project=project, **PAUSE, by=people["county"], at=AT)
    project.refresh_from_db()
    assert project.paused and not project.milestones.filter(is_open=True).exists()
    with pytest.raises(StaleState):
        pause_project(project=project, **PAUSE, by=people["county"], at=AT)
    with pytest.raises(DomainError):
        resume_project(project=project, resumed_on=TODAY + timedelta(days=1), by=people["county"], at=AT)
    resume_project(project=project, resumed_on=TODAY, by=people["county"], at=AT)
    project.refresh_from_db()
    assert not project.paused and project.milestones.filter(is_open=True).count() == 7
    with pytest.raises(StaleState):
        resume_project(project=project, resumed_on=TODAY, by=people["county"], at=AT)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "x"}, "pause_reason_unknown"),
        ({"party": "x"}, "pause_party_unknown"),
        ({"note": " "}, "pause_note_missing"),
        ({"starts_on": TODAY + timedelta(days=1)}, "pause_in_future"),
        ({"review_on": TODAY}, "review_not_ahead"),
        ({"review_on": TODAY + timedelta(days=400)}, "review_too_late"),
    ],
)
def test_a_pause_is_explained(
    change: dict[str, Any], code: str, project: Project, people: dict[str, Any]
) -> None:
    with pytest.raises(DomainError) as told:
        pause_project(project=project, **(PAUSE | change), by=people["county"], at=AT)
    assert told.value.code == code and not Pause.objects.exists()


@pytest.mark.parametrize("who", ["promotion", "neighbour", "auditor", "officer", "investor"])
def test_only_the_office_pauses_and_ends(who: str, project: Project, people: dict[str, Any]) -> None:
    with pytest.raises(PermissionDenied):
        pause_project(project=project, **PAUSE, by=people[who], at=AT)
    with pytest.raises(PermissionDenied):
        end_project(
            project=project, state="terminated", ended_on=TODAY, reason="x", version=1, by=people[who], at=AT
        )
    project.refresh_from_db()
    assert project.state == "active" and not Pause.objects.exists()


def test_an_ended_project_owes_nothing_and_shows_no_light(project: Project, people: dict[str, Any]) -> None:
    pause_project(project=project, **PAUSE, by=people["county"], at=AT)
    project = end_project(
        project=project,
        state="withdrawn",
        ended_on=TODAY,
        reason="资金链断裂",
        version=1,
        by=people["county"],
        at=AT,
    )
    assert (project.state, project.ended_on, project.next_due_on, project.paused) == (
        "withdrawn",
        TODAY,
        None,
        False,
    )
    assert not Obligation.objects.open().filter(subject_id=project.pk).exists()
    assert not project.milestones.filter(is_open=True).exists()
    with pytest.raises(StaleState):
        end_project(
            project=project,
            state="terminated",
            ended_on=TODAY,
            reason="x",
            version=2,
            by=people["county"],
            at=AT,
        )
    with pytest.raises(DomainError):
        set_milestones(
            project=project,
            changes={"company_setup": {"actual_on": TODAY}},
            version=2,
            by=people["county"],
            at=AT,
        )


def test_an_end_has_a_reason_and_a_day(project: Project, people: dict[str, Any]) -> None:
    same = {"project": project, "state": "terminated", "version": 1, "by": people["county"], "at": AT}
    for change in (
        {"reason": " ", "ended_on": TODAY},
        {"reason": "x", "ended_on": TODAY + timedelta(days=1)},
        {"reason": "x", "ended_on": date(2026, 9, 1)},
        {"reason": "x", "ended_on": TODAY, "state": "merged"},
        {"reason": "x", "ended_on": TODAY, "version": 7},
    ):
        with pytest.raises(DomainError):
            end_project(**(same | change))
    project.refresh_from_db()
    assert project.state == "active"


def test_stored_dates_follow_in_few_statements(django_assert_max_num_queries: Any) -> None:
    rows = [build.project(f"项目{n}", planned={"company_setup": date(2026, 1, 1 + n)}) for n in range(20)]
    ids = [row.pk for row in rows]
    Project.objects.filter(pk__in=ids).update(next_due_on=None, second_due_on=date(2020, 1, 1))
    with django_assert_max_num_queries(6):
        assert refresh_due(ids) == 20
    rows[3].refresh_from_db()
    assert (rows[3].next_due_on, rows[3].second_due_on) == (date(2026, 1, 4), None)


def _bounds(**changes: Any) -> LightThresholds:
    base = {
        "today": TODAY,
        "blue_until": date(2026, 10, 30),
        "red_before": date(2026, 10, 9),
        "red_late_nodes": 2,
    }
    return LightThresholds(**(base | changes))


def test_the_filter_and_the_light_agree_and_part_all_running_projects() -> None:
    days = [None, *(TODAY + timedelta(days=n) for n in (-40, -15, -14, -13, -1, 0, 1, 7, 8, 60))]
    for first in days:
        for second in (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=90)):
            for state, paused in (("active", False), ("active", True), ("done", False)):
                row = build.project(state=state)
                Project.objects.filter(pk=row.pk).update(
                    next_due_on=first, second_due_on=second, paused=paused
                )
    for bounds in (_bounds(), _bounds(red_late_nodes=0), _bounds(blue_until=TODAY - timedelta(days=1))):
        rows = list(annotate_light(Project.objects.all(), bounds))
        found = {
            light: set(Project.objects.filter(light_q(light, bounds)).values_list("pk", flat=True))
            for light in Light
        }
        assert sum(len(ids) for ids in found.values()) == len(rows)
        for row in rows:
            assert row.pk in found[project_light(row, bounds)], (row.next_due_on, row.second_due_on)
            assert row.light_rank < 6


def test_thresholds_are_those_of_the_regime() -> None:
    bounds = thresholds(TODAY)
    rule = get_regime("heilongjiang").rule("milestone_light", TODAY)
    assert bounds.rule_id == rule.id
    assert bounds.today == TODAY and bounds.red_before < TODAY < bounds.blue_until
    assert isinstance(WorkCalendar(), WorkCalendar) and thresholds(TODAY) is bounds
