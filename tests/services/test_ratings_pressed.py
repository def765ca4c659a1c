"""A bad rating that nobody follows up in time climbs the same ladder as everything else, and leaves it by the fact."""

from datetime import date

import pytest

from accounts.models import Department
from supervision.matters.models import Matter, MatterState
from supervision.ratings import making, services
from supervision.ratings.models import BadCase, Chance, Rating, Service
from tests import build

pytestmark = pytest.mark.django_db


def _case():
    project = build.project()
    housing = Department.objects.get(division_id="230622", code="housing")
    chance = Chance.objects.create(
        service=Service.ITEM, subject_id=1, project=project, division=housing.division, department=housing,
        label="施工许可", office=housing.name, done_on=date(2026, 9, 22), made_at=build.at("2026-09-22 18:00"),
        expires_on=date(2026, 11, 21), province_code="230000", city_code="230600", county_code="230622",
    )  # fmt: skip
    rating = Rating.objects.create(
        chance=chance, level=5, anonymous=True, channel="link", rated_on=date(2026, 9, 24), province_code="230000",
        city_code="230600", county_code="230622",
    )  # fmt: skip
    return BadCase.objects.create(
        rating=rating, opened_on=date(2026, 9, 24), due_on=date(2026, 10, 9), province_code="230000",
        city_code="230600", county_code="230622",
    )  # fmt: skip


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
