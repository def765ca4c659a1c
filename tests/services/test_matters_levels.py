"""More time where nobody is posted to decide: the request goes up the tiers to the office that pressed, and never waits
for somebody who is not there. 黑龙江省 and 大庆市 press on 肇源县."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.errors import DomainError
from accounts.models import Division, InboxItem, Posting, User
from accounts.permissions import Role
from supervision.matters import services
from supervision.matters.forms import extension_waits
from supervision.matters.levels import first_level
from supervision.matters.models import ExtensionState, Matter
from supervision.matters.todo import items
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOW = "2026-09-10 10:00"
ON = date(2026, 9, 10)


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()

    def head(self, where: str) -> User:
        return build.user(f"t-head-{where}", Role.OFFICE_HEAD, where, name=f"{where}主任")

    def asked(self, issuer: str = "230600") -> Matter:
        by = self.people["city" if issuer == "230600" else "province"]
        matter = services.issue_matter(
            source="office", title="施工许可证办理", demand="9月底前办结。", project=None,
            issuer=Division.objects.get(pk=issuer), unit=Division.objects.get(pk="230622"),
            due_on=date(2026, 9, 28), by=by, at=at("2026-09-07 10:00"),
        )  # fmt: skip
        office = self.people["county"]
        services.receive_matter(matter=matter, by=office, at=at("2026-09-08 09:00"))
        services.ask_extension(
            matter=matter,
            wanted_on=date(2026, 10, 16),
            reason="图审未完",
            by=office,
            at=at("2026-09-09 09:00"),
        )
        return Matter.objects.select_related("unit", "issuer").get(pk=matter.pk)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with time_machine.travel(at(NOW), tick=False):
        yield Scene()


def todo(user: User, matter: Matter) -> list[str]:
    user = User.objects.get(pk=user.pk)  # postings are remembered on the object
    return [
        item.key
        for item in items(user, ON)
        if item.key in (f"matter:{matter.pk}:first", f"matter:{matter.pk}:second")
    ]


def agree(matter: Matter, by: User, good: bool = True, **more: Any) -> Any:
    return services.agree_extension(matter=matter, good=good, by=by, at=at(NOW), **more)


def decide(matter: Matter, by: User) -> Any:
    return services.decide_extension(matter=matter, granted=True, by=by, at=at(NOW))


def test_with_its_own_head_the_units_head_comes_first(scene: Scene) -> None:
    head, city_head = scene.head("230622"), scene.head("230600")
    matter = scene.asked()
    level = first_level(matter, ON)
    assert (level.unit.pk, level.permission, level.instead) == ("230622", "matters.agree", False)
    assert todo(head, matter) == [f"matter:{matter.pk}:first"]
    assert todo(city_head, matter) == todo(scene.people["city"], matter) == []
    with pytest.raises(PermissionDenied):
        agree(matter, city_head)
    assert matter.extensions.get().state == ExtensionState.ASKED
    asked = matter.extensions.get()
    assert extension_waits(matter, asked, ON) == "待肇源县负责人签署意见"


def test_without_a_head_the_head_of_the_unit_above_gives_the_first_opinion(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    city_head = scene.head("230600")
    scene.head("230000")
    with django_capture_on_commit_callbacks(execute=True):
        matter = scene.asked("230000")
    level = first_level(matter, ON)
    assert (level.unit.pk, level.permission, level.instead) == ("230600", "matters.agree", True)
    assert InboxItem.objects.filter(user=city_head, title__contains="申请延期").exists()
    assert todo(city_head, matter) == [f"matter:{matter.pk}:first"]
    assert todo(scene.people["county"], matter) == todo(scene.people["province"], matter) == []
    asked = matter.extensions.get()
    assert extension_waits(matter, asked, ON) == "肇源县没有负责人在岗，待大庆市负责人签署意见"
    for other in ("county", "city", "province", "neighbour"):
        with pytest.raises(PermissionDenied):
            agree(matter, scene.people[other])
    agree(matter, city_head, text="情况属实")
    line = matter.entries.get(kind="agree_time")
    assert line.text == "肇源县没有负责人在岗，由大庆市签署第一级意见。情况属实"
    assert matter.extensions.get().first_opinion == "情况属实"
    assert todo(scene.people["province"], matter) == [f"matter:{matter.pk}:second"]
    matter.refresh_from_db()
    decide(matter, scene.people["province"])
    matter.refresh_from_db()
    assert matter.due_on == date(2026, 10, 16)


def test_a_head_of_another_city_has_nothing_to_do_with_it(scene: Scene) -> None:
    other = scene.head("230200")
    matter = scene.asked("230000")
    assert todo(other, matter) == []
    with pytest.raises(PermissionDenied):
        agree(matter, other)


def test_the_head_of_the_pressing_office_then_another_person_of_it(scene: Scene) -> None:
    city_head = scene.head("230600")
    matter = scene.asked()
    assert first_level(matter, ON).unit.pk == "230600"
    agree(matter, city_head)
    matter.refresh_from_db()
    assert todo(city_head, matter) == []
    with pytest.raises(DomainError) as refusal:
        decide(matter, city_head)
    assert refusal.value.code == "same_person"
    matter.refresh_from_db()
    assert (matter.due_on, matter.extensions.get().state) == (date(2026, 9, 28), ExtensionState.AGREED)
    assert todo(scene.people["city"], matter) == [f"matter:{matter.pk}:second"]
    decide(matter, scene.people["city"])
    assert matter.extensions.get().state == ExtensionState.GRANTED


def test_no_head_anywhere_the_pressing_office_gives_both_by_two_people(scene: Scene) -> None:
    second = build.user("t-city-2", Role.COMPETENT_OFFICE, "230600", name="大庆科员")
    matter = scene.asked()
    level = first_level(matter, ON)
    assert (level.unit.pk, level.permission) == ("230600", "matters.judge")
    asked = matter.extensions.get()
    assert extension_waits(matter, asked, ON) == "肇源县至大庆市均没有负责人在岗，第一级意见也由大庆市签署"
    assert todo(second, matter) == todo(scene.people["city"], matter) == [f"matter:{matter.pk}:first"]
    agree(matter, second)
    matter.refresh_from_db()
    with pytest.raises(DomainError) as refusal:
        decide(matter, second)
    assert refusal.value.code == "same_person"
    matter.refresh_from_db()
    decide(matter, scene.people["city"])
    assert matter.extensions.get().state == ExtensionState.GRANTED


def test_one_person_alone_decides_both_and_the_thread_says_so(scene: Scene) -> None:
    matter, office = scene.asked(), scene.people["city"]
    agree(matter, office)
    matter.refresh_from_db()
    assert todo(office, matter) == [f"matter:{matter.pk}:second"]
    decide(matter, office)
    assert matter.extensions.get().state == ExtensionState.GRANTED
    assert "两级意见由同一人签署" in matter.entries.get(kind="grant_time").text


def test_a_head_who_leaves_while_it_waits_does_not_keep_it(scene: Scene) -> None:
    head, city_head = scene.head("230622"), scene.head("230600")
    matter = scene.asked()
    Posting.objects.filter(user=head).update(valid_to=date(2026, 9, 9))
    assert todo(head, matter) == []
    assert todo(city_head, matter) == [f"matter:{matter.pk}:first"]
    User.objects.filter(pk=city_head.pk).update(is_active=False)
    assert first_level(matter, ON).permission == "matters.judge"
    assert todo(scene.people["city"], matter) == [f"matter:{matter.pk}:first"]


def test_refused_in_the_heads_place_nothing_moves(scene: Scene) -> None:
    city_head = scene.head("230600")
    matter = scene.asked()
    agree(matter, city_head, good=False, text="理由不足")
    matter.refresh_from_db()
    assert (matter.due_on, matter.extensions.get().state) == (date(2026, 9, 28), ExtensionState.REFUSED)


def test_the_page_says_whose_turn_it_is(scene: Scene, client: Any) -> None:
    city_head = scene.head("230600")
    matter = scene.asked()
    url = reverse("matters:detail", args=[matter.pk])
    client.force_login(scene.people["county"])
    body = client.get(url).content.decode()
    assert "肇源县没有负责人在岗，待大庆市负责人签署意见" in body
    assert f"{url}agree_time/" not in body
    client.force_login(city_head)
    body = client.get(url).content.decode()
    assert "agree_time" in body
    agree(matter, city_head)
    assert "待大庆市审定" in client.get(url).content.decode()
