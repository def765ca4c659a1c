"""The company's people are asked to rate, once each, within the days of the rule (H23)."""

from datetime import date, timedelta

import pytest

from accounts.models import InboxItem
from projects.models import ProjectUserObjectPermission
from supervision.investors.services import invite, take_back
from supervision.ratings import asking, making
from supervision.ratings.models import Chance
from tests.services.test_ratings_visits import AT, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def _invite(scene: Scene, name: str):
    return invite(
        project=scene.project, name=name, phone="139", expires_on=date(2026, 12, 31), by=scene.county, at=AT
    )


def _told() -> list[tuple[str, str]]:
    return sorted(InboxItem.objects.filter(kind="rate").values_list("user__full_name", "title"))


def test_each_person_is_asked_once_however_often_the_job_runs(scene: Scene) -> None:
    _invite(scene, "王镈")
    _invite(scene, "李敏")
    scene.visit()
    for _n in range(3):
        making.run(None, AT)
    told = _told()
    assert {"李敏", "王镈"} <= {name for name, _title in told}
    assert (
        len(told) == len(set(told)) == InboxItem.objects.filter(kind="rate").values("user").distinct().count()
    )
    assert all("入企服务" in title for _name, title in told)
    item = InboxItem.objects.filter(kind="rate")[0]
    assert item.url.endswith(f"/portal/ratings/{Chance.objects.get().pk}/")
    assert "2026-12-18" in item.text


def test_several_of_one_run_are_one_message(scene: Scene) -> None:
    made = _invite(scene, "王镈")
    for day in (17, 18, 19):
        scene.visit(done_on=date(2026, 10, day))
    assert making.run(None, AT)["asked"] == 3
    item = InboxItem.objects.get(kind="rate", user=made.user)
    assert "3 项服务" in item.title
    assert item.url.endswith("#rate")
    scene.visit(done_on=date(2026, 10, 20))
    assert making.run(None, AT)["asked"] == 1
    assert InboxItem.objects.filter(kind="rate", user=made.user).count() == 2


def test_nobody_is_asked_for_what_is_old_or_taken_back(scene: Scene) -> None:
    made = _invite(scene, "王镈")
    scene.visit()
    making.make_chances(AT)
    Chance.objects.update(expires_on=AT.date() - timedelta(days=1))
    assert asking.ask_companies(AT, days=30) == 0
    Chance.objects.update(expires_on=date(2026, 12, 18))
    assert asking.ask_companies(AT + timedelta(days=30), days=30) == 0  # the 30 days are over
    take_back(link=made.link, project=scene.project, by=scene.county, at=AT)
    asking.ask_companies(AT, days=30)
    assert "王镈" not in {name for name, _title in _told()}


def test_a_service_waits_for_whoever_is_invited_later(scene: Scene) -> None:
    scene.visit()
    ProjectUserObjectPermission.objects.filter(user=scene.investor).delete()
    assert making.run(None, AT)["asked"] == 0
    _invite(scene, "王镈")
    assert making.run(None, AT + timedelta(hours=2))["asked"] == 1
    assert [name for name, _title in _told()] == ["王镈"]


def test_a_given_rating_asks_nobody(scene: Scene) -> None:
    scene.rated()  # in the portal, before the job asked for it
    _invite(scene, "王镈")
    assert asking.ask_companies(AT, days=30) == 0
    assert not _told()
