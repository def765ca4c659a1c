"""Sign-in, its lock, the posting acted in, one-time passwords, language (reliability A-10, A-12, A-13)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import AuditRecord, Posting, User
from accounts.permissions import Role
from tests import build

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, password: str = build.PASSWORD, **extra: str) -> Any:
    return client.post("/login/", {"username": username, "password": password, **extra})


def test_a_page_asks_a_stranger_to_sign_in_and_brings_him_back(client: Client) -> None:
    build.user("sun")
    asked = client.get("/inbox/?unread=1")
    assert asked.status_code == 302 and asked.url == "/login/?next=/inbox/%3Funread%3D1"
    page = client.get(asked.url)
    assert "登录后回到刚才的页面" in page.text
    assert sign_in(client, "sun", next="/inbox/?unread=1").url == "/inbox/?unread=1"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_never_leaves_the_site(client: Client, wanted: str) -> None:
    build.user("sun")
    assert sign_in(client, "sun", next=wanted).url == "/"


def test_wrong_password_and_unknown_name_read_alike(client: Client) -> None:
    build.user("sun")
    one, two = sign_in(client, "sun", "wrong"), sign_in(client, "nobody-here", "wrong")
    words = "账号或密码不对"
    assert words in one.text and words in two.text
    assert 'value="sun"' in one.text, "the name typed is kept"


def test_five_wrong_passwords_lock_even_the_right_one_and_nobody_else(client: Client, settings: Any) -> None:
    settings.AXES_ENABLED = True
    build.user("sun")
    build.user("li")
    answers = [sign_in(client, "sun", "wrong") for _n in range(5)]
    assert answers[-1].status_code == 429 and "锁定 15 分钟" in answers[-1].text
    assert sign_in(client, "sun").status_code == 429
    assert sign_in(client, "li").status_code == 302


def test_session_id_changes_at_sign_in(client: Client) -> None:
    build.user("sun")
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    sign_in(client, "sun")
    assert client.session.session_key != before


def test_several_postings_ask_in_which_one_to_act(client: Client) -> None:
    person = build.user("wang", Role.OFFICE_HEAD, "230600")
    second = Posting.objects.create(
        user=person, role=Role.PACKAGE_LEADER, division_id="230622", valid_from=date(2024, 1, 1)
    )
    answer = sign_in(client, "wang", next="/inbox/")
    assert answer.url == "/posting/?next=%2Finbox%2F"
    page = client.get(answer.url)
    assert "大庆市" in page.text and "肇源县" in page.text
    chosen = client.post("/posting/", {"posting": second.pk, "next": "/inbox/"})
    assert chosen.url == "/inbox/"
    assert client.session["acting_posting"] == second.pk
    assert client.get("/audit/").status_code == 403, (
        "a package leader may not read the log, though the head may"
    )


def test_a_posting_of_someone_else_or_an_ended_one_cannot_be_chosen(client: Client) -> None:
    person = build.user("wang", Role.PACKAGE_LEADER, "230622")
    foreign = build.user("zhou", division="230000").postings.get()
    yesterday = clock.today() - timedelta(days=1)
    ended = Posting.objects.create(
        user=person,
        role=Role.OFFICE_HEAD,
        division_id="230600",
        valid_from=date(2020, 1, 1),
        valid_to=yesterday,
    )
    client.force_login(person)
    for posting in (foreign.pk, ended.pk, "x", ""):
        page = client.post("/posting/", {"posting": posting})
        assert page.status_code == 200 and "这个任职已失效" in page.text
        assert "acting_posting" not in client.session


def test_a_person_without_a_posting_is_told_what_to_do(client: Client) -> None:
    client.force_login(build.user("new", role=""))
    page = client.get("/posting/")
    assert "你没有有效任职" in page.text and "本单位管理员" in page.text
    assert client.get("/divisions/230622/").status_code == 404


class TestOneTimePassword:
    @pytest.fixture
    def person(self) -> User:
        person = build.user("first")
        User.objects.filter(pk=person.pk).update(must_change_password=True)
        return person

    def test_opens_only_the_change_of_password(self, client: Client, person: User) -> None:
        assert sign_in(client, "first", next="/inbox/").url == "/password/"
        assert client.get("/inbox/").url == "/password/"
        refused = client.get("/api/v1/anything/")
        assert (
            refused.status_code == 403 and refused.json()["errors"][0]["code"] == "password_change_required"
        )
        page = client.get("/password/")
        assert page.status_code == 200 and "收件箱" not in page.text and "退出登录" in page.text

    def test_is_gone_after_the_change_which_is_recorded(self, client: Client, person: User) -> None:
        client.force_login(person)
        new = {
            "old_password": build.PASSWORD,
            "new_password": "Wuyur-River-2026",
            "again": "Wuyur-River-2026",
        }
        assert client.post("/password/", new).status_code == 302
        assert client.get("/inbox/").status_code == 200, "this sign-in stays"
        person.refresh_from_db()
        assert person.check_password("Wuyur-River-2026") and not person.must_change_password
        assert AuditRecord.objects.get(action="password_changed").object_id == str(person.pk)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"old_password": "wrong"}, "现在的密码"),
            ({"again": "different-2026"}, "两次输入的新密码不一致"),
            ({"new_password": "12345", "again": "12345"}, "10"),
            ({"new_password": build.PASSWORD, "again": build.PASSWORD}, "新密码"),
        ],
    )
    def test_bad_input_names_the_field(
        self, client: Client, person: User, change: dict[str, str], words: str
    ) -> None:
        client.force_login(person)
        good = {
            "old_password": build.PASSWORD,
            "new_password": "Wuyur-River-2026",
            "again": "Wuyur-River-2026",
        }
        page = client.post("/password/", good | change)
        assert page.status_code == 200 and words in page.text and "is-invalid" in page.text
        person.refresh_from_db()
        assert person.must_change_password


def test_a_changed_password_ends_the_other_sign_ins(client: Client) -> None:
    person = build.user("sun")
    other = Client()
    other.force_login(person)
    client.force_login(person)
    new = {"old_password": build.PASSWORD, "new_password": "Wuyur-River-2026", "again": "Wuyur-River-2026"}
    client.post("/password/", new)
    assert other.get("/inbox/").status_code == 302


@pytest.mark.parametrize("how", ["disabled", "posting ended"])
def test_what_is_taken_away_is_gone_on_the_next_request(client: Client, how: str) -> None:
    person = build.user("sun")
    client.force_login(person)
    assert client.get("/audit/").status_code == 200
    if how == "disabled":
        User.objects.filter(pk=person.pk).update(is_active=False)
        assert client.get("/audit/").status_code == 302
    else:
        person.postings.update(valid_to=clock.today() - timedelta(days=1))
        assert client.get("/audit/").status_code == 403


def test_sign_out_wants_a_post(client: Client) -> None:
    client.force_login(build.user("sun"))
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == reverse("accounts:login")
    assert client.get("/inbox/").status_code == 302


def test_a_fragment_of_an_ended_session_sends_the_whole_page_to_sign_in(client: Client) -> None:
    answer = client.get(
        "/login/?next=/x/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/"}
    )
    assert answer.headers["HX-Redirect"] == "/login/?next=%2Finbox%2F"


def test_both_languages(client: Client) -> None:
    assert '<html lang="zh-Hans">' in client.get("/login/").text
    client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    page = client.get("/login/")
    assert '<html lang="en">' in page.text and "Sign in" in page.text and "简体中文" in page.text


def test_signed_in_pages_are_kept_by_no_cache(client: Client) -> None:
    client.force_login(build.user("sun"))
    assert "no-store" in client.get("/inbox/").headers["Cache-Control"]
