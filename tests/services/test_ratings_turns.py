"""The course of a bad rating has a limit at every turn, counted by hand, and presses whoever's turn it is."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError
from supervision.matters.models import Matter
from supervision.ratings import limits, making, pressing, reviewing, services, wiring
from supervision.ratings.models import BadCase
from tests import build
from tests.services.test_ratings_visits import AT, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NAMED = {"name": "王镈", "phone": "139"}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def _open_matters() -> list[Matter]:
    return list(Matter.objects.open().filter(source="rating"))


def _answer(case: BadCase, scene: Scene, day: str) -> None:
    services.answer_case(
        case=case, outcome="mended", answer="已改进", by=scene.lead, at=build.at(f"{day} 10:00")
    )


def test_an_answered_one_has_five_working_days_to_be_closed_and_the_tier_above_presses(scene: Scene) -> None:
    """Answered on Friday, 23 October: 26, 27, 28, 29, 30 October."""
    case = scene.rated(**NAMED)
    _answer(case, scene, "2026-10-23")
    assert (case.due_on, case.deadline["due_on"]) == (date(2026, 10, 30), "2026-10-30")
    _answer(case, scene, "2026-10-26")  # once more: the office gains no day by it
    assert case.due_on == date(2026, 10, 30)
    assert pressing.press_overdue(build.at("2026-10-30 20:00")) == 0
    for _n in range(2):
        pressing.press_overdue(build.at("2026-11-02 08:00"))
    (matter,) = _open_matters()
    assert (matter.issuer_id, matter.unit_id, matter.department) == ("230600", "230622", None)
    titles = [str(row.title) for row in wiring.todo_items(scene.county, AT.date())]
    assert titles == [f"请将答复告知评价人并办结：{case.rating.chance.office}"]
    assert not list(wiring.todo_items(scene.lead, AT.date()))  # has done its part
    at = build.at("2026-11-02 10:00")
    services.call_back(case=case, note="认可", by=scene.county, at=at)
    services.close_case(case=case, by=scene.county, at=at)
    assert not _open_matters()
    assert pressing.press_overdue(build.at("2026-11-20 08:00")) == 0


def test_an_answer_takes_the_matter_from_the_unit_and_the_next_turn_has_its_own(scene: Scene) -> None:
    case = scene.rated(**NAMED)
    assert pressing.press_overdue(build.at("2026-10-28 08:00")) == 1
    (matter,) = _open_matters()
    assert matter.department == case.rating.chance.department
    _answer(case, scene, "2026-10-28")  # due on 4 November
    assert not _open_matters()
    assert pressing.press_overdue(build.at("2026-11-04 20:00")) == 0
    assert pressing.press_overdue(build.at("2026-11-05 08:00")) == 1
    assert Matter.objects.filter(source="rating").count() == 2


def test_an_anonymous_one_is_pressed_from_the_monday_after_its_week(scene: Scene) -> None:
    """Due on Tuesday, 27 October; a matter of the 28th would tell the day."""
    case = scene.rated()
    assert case.due_on == date(2026, 10, 27)
    assert pressing.press_overdue(build.at("2026-11-01 20:00")) == 0
    assert pressing.press_overdue(build.at("2026-11-02 08:00")) == 1


def test_objecting_ends_after_five_working_days_and_deciding_has_ten(scene: Scene) -> None:
    case = scene.rated(**NAMED)
    with pytest.raises(DomainError) as late:
        reviewing.object_to(case=case, text="误评", by=scene.lead, at=build.at("2026-10-28 00:10"))
    assert (late.value.code, "2026-10-27" in str(late.value.message)) == ("too_late_to_object", True)
    case.refresh_from_db()
    assert (case.state, case.objection) == ("open", "")
    reviewing.object_to(case=case, text="误评", by=scene.lead, at=build.at("2026-10-27 23:50"))
    assert case.due_on == date(2026, 11, 10)  # 28, 29, 30 Oct, 2–6, 9, 10 Nov
    assert pressing.press_overdue(build.at("2026-11-11 08:00")) == 1
    (matter,) = _open_matters()
    assert (matter.issuer_id, matter.unit_id) == ("230600", "230622")
    at = build.at("2026-11-11 09:00")
    reviewing.review_objection(case=case, upheld=False, text="不成立", by=scene.county, at=at)
    assert (case.state, case.due_on) == ("open", date(2026, 11, 18))  # five days from the decision
    assert "异议不成立" in str(case.deadline["steps"])
    assert not _open_matters()


def test_of_an_anonymous_one_objecting_ends_with_the_week_and_no_day_is_told(scene: Scene) -> None:
    case = scene.rated()
    assert limits.object_until(case) == date(2026, 11, 1)
    with pytest.raises(DomainError) as late:
        reviewing.object_to(case=case, text="误评", by=scene.lead, at=build.at("2026-11-02 08:00"))
    assert late.value.code == "too_late_to_object"
    assert not any(sign.isdigit() for sign in str(late.value.message))
    assert BadCase.objects.get().state == "open"


def test_a_named_one_is_not_adopted_before_the_rater_was_asked(scene: Scene) -> None:
    case = scene.rated(**NAMED)
    services.call_back(case=case, note="办得慢", by=scene.county, at=AT)
    later = build.at("2026-10-21 09:00")
    reviewing.object_to(case=case, text="误评", by=scene.lead, at=later)
    with pytest.raises(DomainError) as uncalled:
        reviewing.review_objection(case=case, upheld=True, text="属实", by=scene.county, at=later)
    assert uncalled.value.code == "not_called"
    for who in (scene.lead, scene.neighbour, scene.officer, scene.auditor):
        with pytest.raises(PermissionDenied):
            services.call_back(case=case, note="已致电", by=who, at=later)
    case.refresh_from_db()
    assert (case.state, case.call_note) == ("objected", "办得慢")
    services.call_back(case=case, note="说评错了", by=scene.county, at=later)
    assert case.call_note == "办得慢\n2026-10-21 再次致电：说评错了"
    reviewing.review_objection(case=case, upheld=True, text="属实", by=scene.county, at=later)
    assert case.is_upheld


def test_a_call_before_the_answer_does_not_close_it(scene: Scene) -> None:
    case = scene.rated(**NAMED)
    services.call_back(case=case, note="办得慢", by=scene.county, at=AT)
    _answer(case, scene, "2026-10-21")
    at = build.at("2026-10-21 15:00")
    with pytest.raises(DomainError) as untold:
        services.close_case(case=case, by=scene.county, at=at)
    assert (untold.value.code, BadCase.objects.get().state) == ("not_told", "answered")
    services.call_back(case=case, note="已告知，认可", by=scene.county, at=at)
    services.close_case(case=case, by=scene.county, at=at)
    assert case.state == "closed"


def test_what_was_answered_before_such_limits_gets_one_from_now(scene: Scene) -> None:
    case = scene.rated(**NAMED)
    BadCase.objects.update(state="answered", outcome="mended", answer="已改进", answered_at=AT)
    assert making.run(None, build.at("2026-11-02 08:00"))["pressed"] == 0
    case.refresh_from_db()
    assert (case.due_on, case.deadline["state"]) == (date(2026, 11, 9), "answered")
    assert pressing.press_overdue(build.at("2026-11-10 08:00")) == 1
