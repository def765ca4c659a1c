"""The ladder as a job: silence made good, everything once; units that end; a new holiday notice; two offices at once."""

from datetime import date, datetime
from typing import Any

import pytest

from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division, InboxItem
from policy.calendar import DayKind, WorkCalendar
from policy.services import current_calendar
from reporting.reports.pressing import pressed_in
from supervision.matters import following, ladder, owned, queries, recompute, services, todo
from supervision.matters.models import Matter, MatterState, Step
from tests.build import at
from tests.services.test_matters_flow import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def run(when: str) -> dict[str, int]:
    return ladder.climb(at(when))


def rungs(matter: Matter) -> list[tuple[str, date]]:
    rows = matter.entries.filter(kind__in=("press", "supervise", "circulate")).order_by("pk")
    return [(row.kind, row.on) for row in rows]


def test_after_days_of_silence_every_rung_comes_once_with_its_right_day(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    matter = scene.working()
    assert run("2026-09-28 23:00") == {"press": 0, "supervise": 0, "circulate": 0}
    with django_capture_on_commit_callbacks(execute=True):
        assert run("2026-11-05 08:00") == {"press": 1, "supervise": 1, "circulate": 1}
        assert run("2026-11-05 08:01") == {"press": 0, "supervise": 0, "circulate": 0}
    matter.refresh_from_db()
    assert rungs(matter) == [
        ("press", date(2026, 9, 29)),
        ("supervise", date(2026, 10, 12)),
        ("circulate", date(2026, 11, 2)),
    ]
    assert (matter.step, matter.step_since, matter.next_step_on) == (Step.CIRCULATE, date(2026, 11, 2), None)
    assert InboxItem.objects.filter(user=scene.county, kind="matter").count() == 3
    assert InboxItem.objects.filter(user=scene.city, kind="matter").count() == 2  # from supervision on


def test_run_day_by_day_gives_the_same_as_run_once(scene: Scene) -> None:
    daily, once = scene.working(), scene.working()
    for day in range(28, 31):
        run(f"2026-09-{day} 06:00")
        run(f"2026-09-{day} 07:00")
    for day in range(1, 32):
        run(f"2026-10-{day:02} 06:00")
    run("2026-11-03 06:00")
    daily.refresh_from_db()
    once.refresh_from_db()
    assert rungs(daily) == rungs(once) and len(rungs(daily)) == 3


def test_over_the_end_of_the_year(scene: Scene) -> None:
    matter = scene.issued(due_on=date(2026, 12, 24), at=at("2026-12-01 09:00"))
    run("2027-02-01 08:00")
    assert rungs(matter) == [
        ("press", date(2026, 12, 25)),
        ("supervise", date(2027, 1, 4)),
        ("circulate", date(2027, 1, 25)),
    ]


def test_the_ladder_rests_while_the_answer_is_checked(scene: Scene) -> None:
    matter = scene.answered()
    run("2026-10-20 08:00")
    assert rungs(matter) == []


def test_a_page_from_before_the_rung_is_told_what_happened(scene: Scene) -> None:
    matter = scene.working()
    seen = matter.turn
    run("2026-09-29 08:00")
    with pytest.raises(StaleState) as told:
        services.answer_matter(
            matter=Matter.objects.get(pk=matter.pk), text="已办", turn=seen, by=scene.county,
            at=at("2026-09-29 09:00"),
        )  # fmt: skip
    assert "系统" in str(told.value.message)


def test_a_late_grant_takes_the_rungs_back(scene: Scene) -> None:
    matter = scene.working()
    services.ask_extension(
        matter=matter, wanted_on=date(2026, 10, 20), reason="图审", by=scene.county, at=at("2026-09-25 09:00")
    )
    run("2026-09-29 08:00")
    matter.refresh_from_db()
    assert matter.step == Step.PRESS
    services.agree_extension(matter=matter, good=True, by=scene.county_head, at=at("2026-09-29 09:00"))
    services.decide_extension(matter=matter, granted=True, by=scene.city, at=at("2026-09-30 09:00"))
    assert (matter.step, matter.next_step_on) == (Step.ASSIGNED, date(2026, 10, 21))
    run("2026-10-20 23:00")
    assert len(rungs(matter)) == 1
    run("2026-10-21 00:10")
    assert rungs(matter)[-1] == ("press", date(2026, 10, 21))


def test_what_was_pressed_and_not_done_stays_known_for_an_old_month(scene: Scene) -> None:
    city = Division.objects.get(pk="230600")
    matter, listed = scene.working(), scene.working()
    services.list_matter(matter=listed, reason="重点", by=scene.city_head, at=at("2026-09-10 09:00"))
    run("2026-10-12 08:00")
    matter.refresh_from_db()
    services.answer_matter(matter=matter, text="已办", by=scene.county, at=at("2026-10-13 09:00"))
    services.judge_matter(matter=matter, good=True, check_note="好", by=scene.city, at=at("2026-11-03 09:00"))

    def found(day: date) -> set[int]:
        return set(queries.pressed_not_done(city, day).values_list("pk", flat=True))

    assert found(date(2026, 9, 9)) == set()
    assert found(date(2026, 9, 30)) == {listed.pk}
    assert found(date(2026, 10, 31)) == {matter.pk, listed.pk}
    assert found(date(2026, 11, 30)) == {listed.pk}
    assert not queries.pressed_not_done(Division.objects.get(pk="230200"), date(2026, 10, 31)).exists()


def test_an_old_months_paper_shows_the_rung_and_the_listing_of_that_month(scene: Scene) -> None:
    """Due on 28 September: 催办 on the 29th, 督办 on 12 October (30; 8–10; 12), 通报 on 2 November (13–16, 19–23, 26–30, 2)."""
    matter = scene.working()
    run("2026-11-20 08:00")
    assert rungs(matter) == [
        ("press", date(2026, 9, 29)), ("supervise", date(2026, 10, 12)), ("circulate", date(2026, 11, 2)),
    ]  # fmt: skip
    matter.refresh_from_db()
    services.list_matter(matter=matter, reason="重点", by=scene.city_head, at=at("2026-11-20 09:00"))
    province = Division.objects.get(pk="230000")
    ((_codes, line),) = pressed_in(province, date(2026, 10, 31))
    # 29 30 September (2), 8–10 October (5), 12–16 (10), 19–23, 26–30
    assert (line.step, line.is_listed, line.days_late) == ("supervise", False, 20)
    ((_codes, line),) = pressed_in(province, date(2026, 11, 30))
    assert (line.step, line.is_listed) == ("circulate", True)


# -- two at once ----------------------------------------------------------------------------------------------------


def test_two_offices_close_and_return_at_once_and_one_wins(scene: Scene) -> None:
    matter = scene.answered()
    mine, theirs, turn = matter, Matter.objects.get(pk=matter.pk), matter.turn
    when = at("2026-09-22 09:00")
    services.judge_matter(matter=mine, good=True, check_note="好", turn=turn, by=scene.city, at=when)
    with pytest.raises(StaleState) as told:
        services.judge_matter(matter=theirs, good=False, text="不好", turn=turn, by=scene.city_head, at=when)
    assert scene.city.full_name in str(told.value.message)
    matter.refresh_from_db()
    assert (matter.state, matter.entries.filter(kind__in=("close", "return")).count()) == (
        MatterState.CLOSED,
        1,
    )


def test_the_job_and_an_answer_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes between the job's look and its write: no rung is given for what was answered."""
    matter = scene.working()
    real = ladder.next_rung_on

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(ladder, "next_rung_on", real)
        services.answer_matter(
            matter=Matter.objects.get(pk=matter.pk), text="已办", by=scene.county, at=at("2026-09-29 08:00")
        )
        return real(*args)

    monkeypatch.setattr(ladder, "next_rung_on", meanwhile)
    assert run("2026-09-29 08:00") == {"press": 0, "supervise": 0, "circulate": 0}
    assert rungs(matter) == []


# -- units that end -------------------------------------------------------------------------------------------------


def end(code: str, on: date, successor: str = "") -> None:
    Division.objects.filter(pk=code).update(valid_to=on, successor_id=successor or None)


def test_a_merged_units_matters_follow_its_successor(scene: Scene) -> None:
    matter = scene.working()
    services.assign_matter(
        matter=matter,
        department=scene.bureau,
        person=scene.housing,
        by=scene.county,
        at=at("2026-09-08 10:00"),
    )
    end("230622", date(2026, 9, 15), "230621")
    assert following.follow_successors(at("2026-09-15 23:00")) == 0  # its last day is inclusive
    assert following.follow_successors(at("2026-09-16 00:10")) == 1
    assert following.follow_successors(at("2026-09-16 01:10")) == 0
    matter.refresh_from_db()
    assert (matter.unit_id, matter.county_code, matter.person) == ("230621", "230621", None)
    assert matter.department == Department.objects.get(division_id="230621", code="housing")
    assert (matter.due_on, matter.next_step_on) == (date(2026, 9, 28), date(2026, 9, 29))


def test_an_abolished_unit_without_successor_asks_the_issuer_for_another(scene: Scene) -> None:
    matter = scene.working()
    end("230622", date(2026, 9, 15))
    assert following.follow_successors(at("2026-09-16 00:10")) == 0
    on = date(2026, 9, 16)
    assert [item.key for item in todo.items(scene.city, on)] == [f"matter:{matter.pk}:lost"]
    assert [thing.pk for thing in owned.ownerless_matters(scene.city, on)] == [matter.pk]
    assert owned.lost_matters(scene.city, on).count() == 1
    services.redirect_matter(
        matter=matter, unit=Division.objects.get(pk="230621"), reason="撤并", by=scene.city,
        at=at("2026-09-16 09:00"),
    )  # fmt: skip
    assert not list(owned.ownerless_matters(scene.city, on))
    with pytest.raises(DomainError) as told:
        scene.issued(at=at("2026-09-16 09:00"))
    assert told.value.code == "unit_ended"


def test_an_issuing_office_that_merged_hands_on_its_side_too(scene: Scene) -> None:
    matter = scene.working()
    end("230600", date(2026, 9, 15), "230000")
    following.follow_successors(at("2026-09-16 00:10"))
    matter.refresh_from_db()
    assert matter.issuer_id == "230000"


# -- the project ----------------------------------------------------------------------------------------------------


def test_a_project_that_moves_takes_its_work_orders_along_and_leaves_findings(scene: Scene) -> None:
    order, finding = scene.working(source="work_order"), scene.working(source="finding")
    old, new = Division.objects.get(pk="230622"), Division.objects.get(pk="230621")
    Matter.objects.filter(project=scene.project).update(
        **new.codes
    )  # what a transfer does to all rows of a project
    following.follow_move(scene.project, old=old, new=new, by=scene.city, at=at("2026-09-15 09:00"))
    order.refresh_from_db()
    finding.refresh_from_db()
    assert (order.unit_id, order.county_code, order.state) == ("230621", "230621", MatterState.ISSUED)
    assert (finding.unit_id, finding.county_code, finding.state) == ("230622", "230622", MatterState.WORKING)


def test_a_project_that_ends_closes_what_lost_its_object(scene: Scene) -> None:
    order, finding = scene.working(source="work_order"), scene.working(source="finding")
    following.follow_end(scene.project, reason="终止", by=scene.city, at=at("2026-09-15 09:00"))
    order.refresh_from_db()
    finding.refresh_from_db()
    assert (order.state, finding.state) == (MatterState.WITHDRAWN, MatterState.WORKING)


# -- the calendar ---------------------------------------------------------------------------------------------------


def holiday(calendar: WorkCalendar, day: date) -> WorkCalendar:
    return WorkCalendar([*calendar.rows, (day, DayKind.HOLIDAY, True)])


def test_a_holiday_notice_moves_days_by_rule_and_rungs_but_not_days_set_by_hand(scene: Scene) -> None:
    by_rule = scene.issued(due_on=None, urgency="urgent", at=at("2026-09-21 10:00"))  # due 29 September
    by_hand = scene.working()
    new = holiday(current_calendar(), date(2026, 9, 29))
    seen = {row.what for row in recompute.preview(new, date(2026, 9, 22))}
    assert seen == {str(by_rule), f"{by_hand}（督办节点）"}
    assert recompute.apply(new, at("2026-09-22 09:00")) == 2
    by_rule.refresh_from_db()
    by_hand.refresh_from_db()
    assert (by_rule.due_on, by_rule.first_due_on, by_rule.next_step_on) == (
        date(2026, 9, 30), date(2026, 9, 30), date(2026, 10, 8),
    )  # fmt: skip
    assert (by_hand.due_on, by_hand.next_step_on) == (date(2026, 9, 28), date(2026, 9, 30))
    assert recompute.apply(new, at("2026-09-22 09:00")) == 0


def test_days_that_have_passed_stand(scene: Scene) -> None:
    matter = scene.issued(due_on=None, urgency="urgent", at=at("2026-09-21 10:00"))
    new = holiday(current_calendar(), date(2026, 9, 29))
    assert recompute.preview(new, date(2026, 10, 12)) == []
    matter.refresh_from_db()
    assert matter.due_on == date(2026, 9, 29)


# -- to do ----------------------------------------------------------------------------------------------------------


def keys(who: Any, on: datetime) -> list[str]:
    return [item.key.rpartition(":")[2] for item in todo.items(who, on.date())]


def test_each_is_told_what_waits_for_them(scene: Scene) -> None:
    when = at("2026-09-22 09:00")
    matter = scene.issued()
    assert (keys(scene.county, when), keys(scene.city, when), keys(scene.promotion, when)) == (
        ["work"],
        [],
        [],
    )
    services.receive_matter(matter=matter, by=scene.county, at=when)
    services.assign_matter(matter=matter, department=scene.bureau, by=scene.county, at=when)
    assert (keys(scene.county, when), keys(scene.housing, when)) == ([], ["work"])
    services.ask_extension(
        matter=matter, wanted_on=date(2026, 10, 20), reason="图审", by=scene.housing, at=when
    )
    assert (keys(scene.county_head, when), keys(scene.city, when)) == (["first"], [])
    services.agree_extension(matter=matter, good=True, by=scene.county_head, at=when)
    assert (keys(scene.county_head, when), keys(scene.city, when)) == ([], ["second"])
    services.decide_extension(matter=matter, granted=False, text="不予", by=scene.city, at=when)
    services.answer_matter(matter=matter, text="已办", by=scene.housing, at=when)
    assert (keys(scene.housing, when), keys(scene.city, when)) == ([], ["judge"])
