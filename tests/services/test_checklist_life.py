"""The life of an approval item: due days against the working calendar, computed by hand; counters that add up."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.departments import end_department
from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Department, InboxItem
from accounts.permissions import Role
from approvals.checklist.building import give_to
from approvals.checklist.lights import item_light, thresholds
from approvals.checklist.models import ChecklistItem, ItemEvent, ItemFile, ItemState
from approvals.checklist.queries import counters_of
from policy.lights import Light
from policy.services import apply_notice, preview_notice
from projects.models import TeamRole
from projects.services import appoint
from tests import build
from tests import checklist_help as help_

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def pdf(name: str = "承诺书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


@pytest.fixture
def cast() -> dict[str, Any]:
    people = build.cast()
    people["land"] = build.user(
        "t-land", Role.SERVICE_SPECIALIST, "230622", department="natural_resources", name="高峰"
    )
    people["housing"] = build.user("t-housing", Role.SERVICE_SPECIALIST, "230622", department="housing")
    return people


@pytest.fixture
def own(cast: dict[str, Any]) -> Any:
    """肇源县's project with its list; company set-up and filing are done."""
    help_.catalogue()
    project = build.project(company=build.company())
    help_.checklist(project, cast["county"])
    help_.decide(project, "QY01", "2026-04-01", cast["county"])
    help_.decide(project, "LX01", "2026-04-02", cast["county"])
    return project


def test_days_by_hand_with_one_stop(own: Any, cast: dict[str, Any]) -> None:
    by = cast["county"]
    row = help_.step(own, "LX05", "submit", "2026-04-13", by)
    # five working days after Monday 13: Monday 20
    assert (row.state, row.due_on, row.holder) == (ItemState.SUBMITTED, date(2026, 4, 20), "organ")
    row = help_.step(own, "LX05", "accept", "2026-04-14", by)
    # promise 5: 15 16 17 20 21; statute 20: with 1, 4, 5 May off and Saturday 9 May worked, 14 May
    assert (row.due_on, row.statutory_due_on) == (date(2026, 4, 21), date(2026, 5, 14))
    row = help_.step(own, "LX05", "ask_supplement", "2026-04-16", by, missing=["用地红线图", " "])
    assert (row.is_paused, row.holder, row.missing) == (True, "enterprise", ["用地红线图"])
    assert item_light(row, thresholds(date(2026, 4, 30))) is Light.GREY
    row = help_.step(own, "LX05", "resubmit", "2026-04-22", by)
    # the enterprise had 16 17 20 21: four working days later each
    assert (row.due_on, row.statutory_due_on) == (date(2026, 4, 27), date(2026, 5, 20))
    assert item_light(row, thresholds(date(2026, 4, 22))) is Light.NONE
    assert item_light(row, thresholds(date(2026, 4, 23))) is Light.BLUE
    assert item_light(row, thresholds(date(2026, 4, 28))) is Light.AMBER
    # five working days late on 8 May (28 29 30 | 6 7 = 5 on 7 May), the sixth on 8 May
    assert item_light(row, thresholds(date(2026, 5, 7))) is Light.AMBER
    assert item_light(row, thresholds(date(2026, 5, 8))) is Light.RED
    row = help_.step(own, "LX05", "decide", "2026-04-28", by, result_number="地字第230622202600001号")
    assert (row.broke_promise, row.broke_statute, row.state) == (True, False, ItemState.DECIDED)
    counted = counters_of(row, list(row.events.order_by("pk")), date(2026, 4, 30))
    assert (counted.organ, counted.enterprise, counted.total) == (7, 4, 11)
    assert sum(counted.days.values()) == counted.total


def test_missing_material_is_told_once(own: Any, cast: dict[str, Any]) -> None:
    by = cast["county"]
    help_.step(own, "LX05", "submit", "2026-04-13", by)
    help_.step(own, "LX05", "ask_supplement", "2026-04-14", by, missing=["申请表"])
    help_.step(own, "LX05", "resubmit", "2026-04-15", by)
    with pytest.raises(StaleState, match="一次"):
        help_.step(own, "LX05", "ask_supplement", "2026-04-16", by, missing=["红线图"])


def test_silence_about_what_is_missing_counts_as_acceptance(own: Any, cast: dict[str, Any]) -> None:
    """行政许可法 article 32: not told within five working days, the limit runs from the day of receipt."""
    by = cast["county"]
    help_.step(own, "LX05", "submit", "2026-04-13", by)
    row = help_.step(own, "LX05", "accept", "2026-04-22", by)
    assert row.due_on == date(2026, 4, 20)  # five working days from the 13th


def test_immediate_item_is_due_the_same_day(cast: dict[str, Any]) -> None:
    help_.catalogue()
    project = build.project()
    help_.checklist(project, cast["county"])
    help_.decide(project, "QY01", "2026-04-01", cast["county"])
    help_.step(project, "LX01", "submit", "2026-04-03", cast["county"])
    assert help_.step(project, "LX01", "accept", "2026-04-03", cast["county"]).due_on == date(2026, 4, 3)


def test_green_channel_and_dedicated_window_change_limits(cast: dict[str, Any]) -> None:
    help_.catalogue()
    project = build.project()
    help_.checklist(
        project,
        cast["county"],
        codes=["LX05"],
        dedicated_window=True,
        green_channel=True,
        green_reason="县重点项目",
    )
    row = help_.step(project, "LX05", "submit", "2026-04-13", cast["county"])
    assert (row.due_on, row.statutory_due_on) == (date(2026, 4, 14), date(2026, 4, 20))
    assert help_.step(project, "LX05", "accept", "2026-04-14", cast["county"]).due_on == date(2026, 4, 17)


def test_higher_level_and_stop_are_not_the_organs_days(own: Any, cast: dict[str, Any]) -> None:
    by = cast["land"]
    help_.step(own, "LX14", "submit", "2026-04-13", cast["county"])
    help_.step(own, "LX14", "accept", "2026-04-13", by)
    help_.step(own, "LX14", "send_up", "2026-04-15", by)
    with pytest.raises(StaleState):
        help_.step(own, "LX14", "decide", "2026-04-16", by)
    help_.step(own, "LX14", "take_back", "2026-04-20", by)
    with pytest.raises(DomainError, match="停止计时") as fault:
        help_.step(own, "LX14", "hold", "2026-04-20", by, party="third_party", note="专家评审")
    assert fault.value.field == "review_on"
    held = help_.step(
        own,
        "LX14",
        "hold",
        "2026-04-20",
        by,
        party="third_party",
        note="专家评审",
        review_on=date(2026, 4, 30),
    )
    assert item_light(held, thresholds(date(2026, 5, 6))) is Light.AMBER  # nobody looked again
    row = help_.step(own, "LX14", "resume", "2026-04-22", by)
    counted = counters_of(row, list(row.events.order_by("pk")), date(2026, 4, 24))
    # 14 | 15 16 17 | 20 21 | 22 23 24
    assert (counted.organ, counted.higher_level, counted.third_party, counted.total) == (4, 3, 2, 9)


def test_extension_moves_the_statute_and_not_the_promise(own: Any, cast: dict[str, Any]) -> None:
    help_.step(own, "LX05", "submit", "2026-04-13", cast["county"])
    help_.step(own, "LX05", "accept", "2026-04-14", cast["land"])
    with pytest.raises(DomainError):
        help_.step(own, "LX05", "extend", "2026-04-15", cast["land"], days=11, note="情况复杂")
    row = help_.step(own, "LX05", "extend", "2026-04-15", cast["land"], days=10, note="情况复杂，经局长批准")
    assert (row.due_on, row.statutory_due_on) == (date(2026, 4, 21), date(2026, 5, 28))


@pytest.mark.parametrize(
    ("move", "day", "given", "field"),
    [
        ("decide", "2026-04-14", {}, ""),  # not accepted
        ("submit", "2026-04-13", {}, ""),  # submitted already
        ("accept", "2026-04-10", {}, "on"),  # before the submission
        ("refuse", "2026-04-14", {}, "note"),
        ("ask_supplement", "2026-04-14", {}, "missing"),
    ],
)
def test_bad_steps_say_what_is_wrong_and_change_nothing(
    own: Any, cast: dict[str, Any], move: str, day: str, given: dict[str, Any], field: str
) -> None:
    row = help_.step(own, "LX05", "submit", "2026-04-13", cast["county"])
    events, audits = ItemEvent.objects.count(), AuditRecord.objects.count()
    with pytest.raises(DomainError) as fault:
        help_.step(own, "LX05", move, day, cast["county"], **given)
    assert fault.value.field == field
    assert str(fault.value.message)
    assert (ItemEvent.objects.count(), AuditRecord.objects.count()) == (events, audits)
    row.refresh_from_db()
    assert row.state == ItemState.SUBMITTED


def test_a_day_ahead_is_refused(own: Any, cast: dict[str, Any]) -> None:
    from approvals.checklist.steps import clean_given, take_step

    with pytest.raises(DomainError) as fault:
        take_step(
            item=help_.item(own, "LX05"), move="submit", given=clean_given(on=date(2026, 4, 14)),
            turn=1, by=cast["county"], at=build.at("2026-04-13 09:00"),
        )  # fmt: skip
    assert fault.value.field == "on"


def test_prerequisites_hold_an_item_back_unless_passed_over_with_a_reason(
    own: Any, cast: dict[str, Any]
) -> None:
    by = cast["county"]
    help_.step(own, "SG04", "submit", "2026-04-13", by)
    with pytest.raises(DomainError, match="建设用地规划许可证核发") as fault:
        help_.step(own, "SG04", "accept", "2026-04-13", by)
    assert fault.value.field == "tolerate"
    row = help_.step(own, "SG04", "accept", "2026-04-13", by, tolerate=True, note="容缺受理，承诺一周内补齐")
    assert row.events.get(kind="accepted").details["without"] == ["LX05"]


def test_two_officers_at_once_one_wins_the_other_is_told(own: Any, cast: dict[str, Any]) -> None:
    help_.step(own, "LX05", "submit", "2026-04-13", cast["county"])
    seen = help_.step(own, "LX05", "accept", "2026-04-14", cast["land"]).turn
    help_.step(own, "LX05", "decide", "2026-04-15", cast["land"], turn=seen)
    with pytest.raises(StaleState, match="高峰"):
        help_.step(own, "LX05", "refuse", "2026-04-15", cast["county"], turn=seen, note="材料不符")
    assert help_.item(own, "LX05").state == ItemState.DECIDED
    assert ItemEvent.objects.filter(item__code="LX05", kind="refused").count() == 0


def test_commitment_decides_at_once_is_checked_later_and_a_breach_stays(
    own: Any, cast: dict[str, Any]
) -> None:
    by = cast["housing"]
    common = {"tolerate": True, "note": "告知承诺"}
    with pytest.raises(DomainError) as fault:
        help_.step(own, "SG04", "commit", "2026-04-13", by, uploads=[pdf()], **common)
    assert fault.value.field == "clean_record"
    with pytest.raises(DomainError) as fault:
        help_.step(own, "SG04", "commit", "2026-04-13", by, clean_record=True, **common)
    assert fault.value.field == "files"
    row = help_.step(own, "SG04", "commit", "2026-04-13", by, clean_record=True, uploads=[pdf()], **common)
    # two months after 13 April: Saturday 13 June, the next working day is Monday 15
    assert (row.state, row.by_commitment, row.check_due_on) == (ItemState.DECIDED, True, date(2026, 6, 15))
    assert ItemFile.objects.get(item=row).purpose == "commitment"
    row = help_.step(own, "SG04", "check_failed", "2026-06-10", by, note="未按承诺取得审查合格书")
    assert row.commitment_broken and row.checked_on == date(2026, 6, 10)
    again = build.project("二期项目", company=own.company)
    help_.checklist(again, cast["county"], codes=["SG04"])
    with pytest.raises(DomainError, match="未履行承诺") as refused:
        help_.step(again, "SG04", "commit", "2026-06-11", by, clean_record=True, uploads=[pdf()])
    assert refused.value.code == "commitment_broken_before"


def test_key_point_follows_its_control_items_both_ways(own: Any, cast: dict[str, Any]) -> None:
    assert own.milestones.get(code="company_setup").actual_on == date(2026, 4, 1)
    assert own.milestones.get(code="land_planning_permit").actual_on is None
    help_.decide(own, "LX05", "2026-04-13", cast["county"])
    point = own.milestones.get(code="land_planning_permit")
    assert (point.actual_on, point.reached_on) == (date(2026, 4, 13), date(2026, 4, 13))
    own.refresh_from_db()
    assert AuditRecord.objects.filter(action="milestone_followed").count() == 2


def test_refused_application_begins_anew_with_its_own_clock(own: Any, cast: dict[str, Any]) -> None:
    by = cast["county"]
    help_.step(own, "LX05", "submit", "2026-04-13", by)
    help_.step(own, "LX05", "accept", "2026-04-14", by)
    help_.step(own, "LX05", "refuse", "2026-04-16", by, note="不符合规划")
    row = help_.step(own, "LX05", "restart", "2026-04-20", by, note="修改方案后重新申请")
    assert (row.round, row.state, row.due_on, row.accepted_on) == (2, ItemState.NOT_STARTED, None, None)
    help_.step(own, "LX05", "submit", "2026-04-21", by)
    row = help_.step(own, "LX05", "accept", "2026-04-21", by)
    assert row.due_on == date(2026, 4, 28)


def test_only_the_deciding_department_decides(own: Any, cast: dict[str, Any]) -> None:
    help_.step(own, "LX05", "submit", "2026-04-13", cast["county"])
    audits = AuditRecord.objects.count()
    for who in (
        "housing",
        "officer",
        "investor",
        "neighbour",
        "auditor",
        "promotion",
        "nobody",
        "other_city",
    ):
        with pytest.raises(PermissionDenied):
            help_.step(own, "LX05", "accept", "2026-04-14", cast[who])
    assert AuditRecord.objects.count() == audits
    assert help_.step(own, "LX05", "accept", "2026-04-14", cast["land"]).state == ItemState.ACCEPTED


def test_officer_of_the_project_prepares_and_the_investor_hears(own: Any, cast: dict[str, Any]) -> None:
    moment = build.at("2026-04-10 09:00")
    for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
        appoint(
            project=own, role=role, user=cast[who], name="", phone="", department=None, office="",
            valid_from=date(2026, 4, 10), by=cast["county"], at=moment,
        )  # fmt: skip
    help_.step(own, "LX05", "submit", "2026-04-13", cast["officer"])
    assert InboxItem.objects.filter(user=cast["land"], kind="approval").count() == 1
    help_.step(own, "LX05", "accept", "2026-04-14", cast["land"])
    assert InboxItem.objects.filter(user=cast["investor"], kind="approval").count() == 1
    assert ChecklistItem.objects.visible_to(cast["investor"]).count() == 5
    assert ChecklistItem.objects.visible_to(cast["neighbour"]).count() == 0
    assert ChecklistItem.objects.visible_to(cast["nobody"]).count() == 0


def test_wrong_file_is_refused_and_nothing_stays(own: Any, cast: dict[str, Any], settings: Any) -> None:
    from pathlib import Path

    wrong = SimpleUploadedFile("申请表.pdf", b"MZ\x90\x00 this is no pdf")
    with pytest.raises(DomainError) as fault:
        help_.step(own, "LX05", "submit", "2026-04-13", cast["county"], uploads=[wrong])
    assert fault.value.field == "files"
    with pytest.raises(DomainError):
        help_.step(own, "LX05", "decide", "2026-04-13", cast["county"], uploads=[pdf()])
    folder = Path(settings.MEDIA_ROOT)
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert help_.item(own, "LX05").state == ItemState.NOT_STARTED


def test_ended_project_takes_no_steps(own: Any, cast: dict[str, Any]) -> None:
    type(own).objects.filter(pk=own.pk).update(state="terminated", ended_on=date(2026, 4, 12))
    with pytest.raises(StaleState):
        help_.step(own, "LX05", "submit", "2026-04-13", cast["county"])


def test_a_department_with_applications_in_hand_does_not_end(own: Any, cast: dict[str, Any]) -> None:
    department = Department.objects.get(division_id="230622", code="natural_resources")
    cast["land"].postings.update(valid_to=date(2026, 4, 14))
    help_.step(own, "LX05", "submit", "2026-04-13", cast["county"])
    ending = {"department": department, "last_day": date(2026, 4, 30), "reason": "机构改革"}
    with pytest.raises(DomainError, match="建设用地规划许可证核发"):
        end_department(**ending, by=cast["administrator"], at=build.at("2026-04-14 09:00"))
    other = Department.objects.get(division_id="230622", code="development_reform")
    for code in ("LX05", "LX14"):  # what is in hand, and what was not begun
        row = help_.item(own, code)
        give_to(
            item=row, department=other, reason="机构改革", turn=row.turn, by=cast["county"],
            at=build.at("2026-04-14 09:00"),
        )  # fmt: skip
    end_department(**ending, by=cast["administrator"], at=build.at("2026-04-14 09:00"))
    assert help_.item(own, "LX14").department == other


def test_a_holiday_notice_moves_the_days_of_running_items(own: Any, cast: dict[str, Any]) -> None:
    help_.step(own, "LX05", "submit", "2026-04-13", cast["county"])
    help_.step(own, "LX05", "accept", "2026-04-14", cast["county"])
    notice = [(date(2026, 4, 17), "closure")]
    preview = preview_notice(notice, date(2026, 4, 15))
    assert [(one.due_on, one.new_due_on) for one in preview.affected["checklist"]] == [
        (date(2026, 4, 21), date(2026, 4, 22))
    ]
    apply_notice(notice, "本地停止办公通知", build.at("2026-04-15 09:00"))
    row = help_.item(own, "LX05")
    assert (row.due_on, row.statutory_due_on) == (date(2026, 4, 22), date(2026, 5, 15))
    assert AuditRecord.objects.filter(action="item_recomputed").count() == 1
