"""Warnings follow from stored dates: one per rule and object, raised and cleared by facts, told once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, InboxItem, Obligation
from accounts.obligations import services as obligations
from accounts.obligations.kinds import KICKOFF
from policy.services import current_calendar
from projects.models import Assignment, Milestone, MilestoneCode, TeamRole
from supervision.warnings import answers, queries, services, why
from supervision.warnings.models import Warning
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PERMIT = MilestoneCode.CONSTRUCTION_PERMIT
START = MilestoneCode.CONSTRUCTION_START
DAY = date(2026, 10, 30)


def scan(text: str) -> dict[str, int]:
    return services.scan(at(f"{text} 09:00"))


def planned(day: date, name: str = "艾草生物经济项目", **more: date):
    return build.project(name, planned={PERMIT: day, **more})


def only() -> Warning:
    return Warning.objects.get(cleared_on=None)


def test_blue_then_amber_then_red_and_up_a_tier():
    planned(date(2026, 10, 16))
    assert scan("2026-09-28") == {}
    assert scan("2026-10-10") == {"opened": 1}  # five working days left: the 10th is a make-up Saturday
    row = only()
    assert (row.level, row.tier, row.opened_on) == ("blue", 3, row.level_since)
    assert scan("2026-10-10") == {}
    assert scan("2026-10-17") == {"changed": 1}
    row = only()
    assert (row.level, row.level_since) == ("amber", date(2026, 10, 17))
    assert (row.answer_by_on, row.next_up_on) == (date(2026, 10, 23), date(2026, 10, 26))
    assert scan("2026-10-30") == {"gone_up": 1}  # ten working days overdue: still amber, but nobody answered
    assert scan("2026-11-02") == {"changed": 1}
    row = only()
    assert (row.level, row.tier, row.level_since) == ("red", 2, date(2026, 11, 2))
    assert row.up_on == row.unanswered_on == date(2026, 10, 26)


def test_skipped_days_leave_no_trace():
    days = ["2026-10-10", "2026-10-12", "2026-10-17", "2026-10-20", "2026-11-02"]
    fields = ("subject_key", "level", "due_on", "opened_on", "level_since", "tier", "cleared_on")
    for n in range(3):
        planned(date(2026, 10, 12) + timedelta(days=4 * n), f"项目{n}")
    for day in days:
        scan(day)
    daily = set(Warning.objects.values_list(*fields))
    Warning.objects.all().delete()
    scan(days[-1])
    assert set(Warning.objects.values_list(*fields)) == daily


def test_two_late_key_points_turn_red_at_once():
    planned(date(2026, 10, 16), **{START: date(2026, 10, 20)})
    scan("2026-10-20")
    assert set(Warning.objects.values_list("milestone__code", "level")) == {
        (PERMIT, "amber"),
        (START, "blue"),
    }
    scan("2026-10-21")
    assert set(Warning.objects.values_list("milestone__code", "level")) == {(PERMIT, "red"), (START, "red")}


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"actual_on": date(2026, 10, 19), "is_open": False}, "2026-10-19"),
        ({"planned_on": date(2026, 12, 18)}, "2026-12-18"),
        ({"planned_on": None}, ""),
    ],
)
def test_cleared_by_the_fact(change, note):
    planned(date(2026, 10, 16))
    scan("2026-10-20")
    Milestone.objects.filter(code=PERMIT).update(**change)
    assert scan("2026-10-21") == {"cleared": 1}
    row = Warning.objects.get()
    assert note in row.clear_note
    assert row.clear_note
    assert row.cleared_on == change.get("actual_on", date(2026, 10, 21))
    Milestone.objects.filter(code=PERMIT).update(actual_on=None, is_open=True, planned_on=date(2026, 10, 16))
    assert scan("2026-10-22") == {"opened": 1}  # a new one beside the cleared one


def test_a_paused_project_goes_out():
    row = planned(date(2026, 10, 16))
    scan("2026-10-20")
    type(row).objects.filter(pk=row.pk).update(paused=True)
    Milestone.objects.filter(project=row).update(is_open=False)
    assert scan("2026-10-21") == {"cleared": 1}


def test_duties_light_too_and_go_out_when_met():
    row = build.project(signed_on=date(2026, 9, 24))
    obligations.owe_for_subject(
        kind=KICKOFF,
        unit=row.division,
        subject=row,
        label=row.name,
        anchor=date(2026, 9, 24),
        at=at("2026-09-24 09:00"),
    )
    assert scan("2026-10-15") == {"opened": 1}  # due on the 22nd
    warning = only()
    assert (warning.rule_key, warning.level, warning.project_id) == ("kickoff_warning", "blue", row.pk)
    duty = Obligation.objects.get()
    assert scan("2026-10-23") == {"changed": 1}
    Obligation.objects.filter(pk=duty.pk).update(extended_to=date(2026, 10, 30))
    assert scan("2026-10-26") == {"changed": 1}
    assert (only().level, only().due_on) == ("blue", date(2026, 10, 30))
    obligations.meet_for_subject(
        kind=KICKOFF, subject=row, met_on=date(2026, 10, 27), at=at("2026-10-27 16:00")
    )
    assert scan("2026-10-28") == {"cleared": 1}
    assert Warning.objects.get().cleared_on == date(2026, 10, 27)


def test_written_once_per_day_with_one_record_each():
    for n in range(4):
        planned(date(2026, 10, 16), f"项目{n}")
    scan("2026-10-20")
    assert AuditRecord.objects.filter(action="warning_opened").count() == 4
    with CaptureQueriesContext(
        connection,
    ) as queries_made:
        assert scan("2026-10-20") == {}
    written = [q["sql"] for q in queries_made if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert written == []


def test_who_is_told():
    people = build.cast()
    row = planned(date(2026, 10, 16))
    Assignment.objects.create(
        project=row, role=TeamRole.CHIEF_SERVICE_OFFICER, user=people["officer"], name="赵志强",
        valid_from=date(2026, 4, 1), **row.division.codes,
    )  # fmt: skip
    told = lambda: {  # noqa: E731
        (item.user.username, item.key.split(":")[2]) for item in InboxItem.objects.filter(kind="warning")
    }
    scan("2026-10-14")
    scan("2026-10-20")
    assert told() == set()  # nothing urgent: it waits for the digest
    scan("2026-10-26")  # nobody answered: the tier above hears of it at once, and who kept silent
    assert told() == {("t-officer", "amber"), ("t-county", "amber"), ("t-city", "amber")}
    scan("2026-11-02")
    assert {("t-officer", "amber"), ("t-county", "red")} <= told()
    assert not any(name in {"t-neighbour", "t-other-city"} for name, _level in told())
    before = InboxItem.objects.count()
    scan("2026-11-03")
    assert InboxItem.objects.count() == before


def test_many_at_once_are_told_as_one():
    people = build.cast()
    for n in range(9):
        planned(date(2026, 10, 16), f"项目{n}")
    scan("2026-11-02")
    item = InboxItem.objects.get(user=people["county"])
    assert "9" in item.title


def test_answer_clears_nothing_and_needs_the_right():
    people = build.cast()
    planned(date(2026, 10, 16))
    scan("2026-10-20")
    warning = only()
    for stranger in ("neighbour", "other_city", "investor", "auditor", "administrator"):
        with pytest.raises(PermissionDenied):
            answers.acknowledge(
                warning=warning,
                plan_text="约谈",
                promised_on=DAY,
                by=people[stranger],
                at=at("2026-10-20 10:00"),
            )
    with pytest.raises(DomainError):
        answers.acknowledge(
            warning=warning, plan_text="  ", promised_on=DAY, by=people["county"], at=at("2026-10-20 10:00")
        )
    stale = Warning.objects.get(pk=warning.pk)
    answers.acknowledge(
        warning=warning,
        plan_text="10月底前取得许可",
        promised_on=DAY,
        by=people["county"],
        at=at("2026-10-20 10:00"),
    )
    with pytest.raises(StaleState):
        answers.acknowledge(
            warning=stale, plan_text="另一个", promised_on=DAY, by=people["city"], at=at("2026-10-20 10:05")
        )
    assert only().plan_text == "10月底前取得许可"
    assert AuditRecord.objects.get(action="warning_acknowledged").actor_name == "t-county"


def test_seen_only_inside_the_area():
    people = build.cast()
    planned(date(2026, 10, 16))
    scan("2026-10-20")
    seen = {name: Warning.objects.visible_to(user).count() for name, user in people.items()}
    assert {name for name, number in seen.items() if number} == {
        "province", "province_head", "city", "county", "auditor", "promotion",
    }  # fmt: skip


def test_why_this_light_names_rule_basis_and_turn():
    row = planned(date(2026, 10, 16))
    scan("2026-10-20")
    warning = Warning.objects.select_related("milestone", "obligation").get()
    rule = queries.rule_of(warning)
    told = why.explain(warning, rule, None, current_calendar(), date(2026, 10, 20))
    assert told["rule"] == "HLJ-14-milestone"
    assert "第十四条" in told["basis"]
    assert any("逾期 2 个工作日（其间周末 2 天不计）" in step["text"] for step in told["steps"])
    assert why.turns(warning, date(2026, 10, 20))[0].name.startswith("肇源县")
    assert row.name in warning.label


def test_a_county_with_a_regime_of_its_own_is_scanned_by_that():
    Division.objects.filter(pk="230621").update(regime_code="guizhou")
    planned(date(2026, 10, 16))
    build.project("肇州项目", "230621", planned={PERMIT: date(2026, 10, 16)})
    scan("2026-10-20")
    assert Warning.objects.count() == 2
    assert scan("2026-10-20") == {}
    assert Warning.objects.filter(county_code="230622", rule_id="HLJ-14-milestone").count() == 1
    assert not Warning.objects.filter(county_code="230621", rule_id="HLJ-14-milestone").exists()
