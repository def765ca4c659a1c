"""A bad rating that nobody follows up in time climbs the same ladder as everything else, and leaves it by the fact."""

from datetime import date

import pytest

from accounts.models import Department, Division
from supervision.matters.models import Matter, MatterState
from supervision.ratings import making, services
from supervision.ratings.models import BadCase, Chance, Rating, Service
from supervision.ratings.pressing import press_overdue
from tests import build

pytestmark = pytest.mark.django_db


def _case(department="housing", subject=1, unit="230622"):
    """An anonymous bad rating of 24 September, due on 9 October."""
    office = Department.objects.get(division_id=unit, code=department)
    project = build.project(division=unit)
    codes = office.division.codes
    chance = Chance.objects.create(
        service=Service.ITEM, subject_id=subject, project=project, division=office.division, department=office,
        label="施工许可", office=office.name, done_on=date(2026, 9, 22), made_at=build.at("2026-09-22 18:00"),
        expires_on=date(2026, 11, 21), **codes,
    )  # fmt: skip
    rating = Rating.objects.create(
        chance=chance, level=5, anonymous=True, channel="link", rated_on=date(2026, 9, 24), **codes
    )
    return BadCase.objects.create(
        rating=rating, opened_on=date(2026, 9, 24), due_on=date(2026, 10, 9), **codes
    )


def test_a_bad_rating_past_its_day_is_pressed_once_and_settled_when_closed():
    case, county = _case(), build.cast()["county"]
    assert making.run(None, build.at("2026-10-09 18:00"))["pressed"] == 0
    for _n in range(2):
        making.run(None, build.at("2026-10-12 08:00"))
    matter = Matter.objects.get()
    assert (matter.source, matter.source_id, matter.unit_id) == ("rating", case.pk, "230622")
    assert "施工许可" not in matter.title
    at = build.at("2026-10-13 09:00")
    services.answer_case(case=case, outcome="mended", answer="已整改", by=county, at=at)
    services.close_case(case=case, by=county, at=at)
    matter.refresh_from_db()
    assert (matter.state, matter.next_step_on) == (MatterState.CLOSED, None)
    assert making.run(None, build.at("2026-10-20 08:00"))["pressed"] == 0


def _end(code: str, last_day: date) -> Department:
    Department.objects.filter(division_id="230622", code=code).update(valid_to=last_day)
    return Department.objects.get(division_id="230622", code=code)


def test_one_whose_department_ended_is_pressed_on_the_unit_and_the_others_go_on():
    ended, healthy = _case(), _case("industry_information", 2)
    _end("housing", date(2026, 10, 11))
    assert press_overdue(build.at("2026-10-12 08:00")) == 2
    found = {m.source_id: (m.unit_id, m.department) for m in Matter.objects.all()}
    assert found == {
        ended.pk: ("230622", None),
        healthy.pk: ("230622", healthy.rating.chance.department),
    }


def test_a_department_whose_end_is_only_announced_is_still_pressed():
    case = _case()
    housing = _end("housing", date(2026, 10, 12))  # its last day, inclusive
    assert press_overdue(build.at("2026-10-12 08:00")) == 1
    assert Matter.objects.get(source_id=case.pk).department == housing


def test_of_a_unit_that_ended_its_heir_is_pressed_in_the_department_of_the_same_code():
    case, heir = _case(), Department.objects.get(division_id="230621", code="housing")
    Division.objects.filter(pk="230622").update(valid_to=date(2026, 10, 1), successor_id="230621")
    assert press_overdue(build.at("2026-10-12 08:00")) == 1
    matter = Matter.objects.get(source_id=case.pk)
    assert (matter.issuer_id, matter.unit_id, matter.department) == ("230621", "230621", heir)


def test_one_that_can_be_addressed_to_nobody_does_not_hold_up_the_others(caplog):
    """The unit ended and nobody took over its work."""
    lost = _case()
    healthy = _case("housing", 2, "230621")
    Division.objects.filter(pk="230622").update(valid_to=date(2026, 10, 1), successor=None)
    assert lost.pk < healthy.pk
    assert making.run(None, build.at("2026-10-12 08:00"))["pressed"] == 1
    assert [matter.source_id for matter in Matter.objects.all()] == [healthy.pk]
    (said,) = [one for one in caplog.records if one.msg == "bad_rating_not_pressed"]
    assert (said.levelname, said.case, said.code) == ("WARNING", lost.pk, "unit_ended")
