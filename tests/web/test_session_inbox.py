"""The person's own inbox."""

import pytest
from django.test import Client

from accounts import clock, notify
from accounts.models import InboxItem, User
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def sun(client: Client) -> User:
    person = build.user("sun")
    client.force_login(person)
    return person


def tell(*people: User, key: str = "k", url: str = "/divisions/230622/") -> InboxItem:
    notify.tell(
        people,
        key=key,
        kind="ledger",
        title="市局退回 9 月台账更正件",
        text="第 4、7 行",
        url=url,
        at=clock.now(),
    )
    return InboxItem.objects.get(user=people[0], key=key)


def test_opening_marks_as_read_and_leads_there(client: Client, sun: User) -> None:
    item = tell(sun)
    assert "1 件未读" in client.get("/inbox/").text
    assert client.get(f"/inbox/{item.pk}/").url == "/divisions/230622/"
    page = client.get("/inbox/?unread=1")
    assert "没有未读消息" in page.text


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", ""])
def test_an_item_never_leads_off_the_site(client: Client, sun: User, url: str) -> None:
    item = tell(sun, url=url)
    assert client.get(f"/inbox/{item.pk}/").url == "/inbox/"


def test_another_persons_item_does_not_exist(client: Client, sun: User) -> None:
    item = tell(build.user("li"))
    assert client.get(f"/inbox/{item.pk}/").status_code == 404
    assert "更正件" not in client.get("/inbox/").text
    client.post("/inbox/read/")
    item.refresh_from_db()
    assert item.read_at is None


def test_all_are_read_by_one_press(client: Client, sun: User) -> None:
    tell(sun, key="a")
    tell(sun, key="b")
    page = client.post("/inbox/read/", follow=True)
    assert "2 件已标为已读" in page.text and "0 件未读" in page.text
