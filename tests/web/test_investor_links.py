"""The investor's way in: links and codes, taken back, ended, several of one person, an account of one's own."""

from datetime import date, datetime, timedelta
from unittest import mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client, override_settings
from django.urls import reverse

from accounts import clock
from accounts.errors import DomainError
from accounts.mail import services as mailing
from accounts.models import AuditRecord, InboxItem, OutgoingMail, OutsideLink, User
from projects.services import team
from supervision.investors import services
from tests.investors_help import NOW, cast, held_clock, invite_one, signed_in

pytestmark = pytest.mark.django_db
clean_and_now = pytest.fixture(autouse=True)(held_clock)
world = pytest.fixture(cast)


def test_opening_a_link_uses_nothing_and_only_the_button_signs_in(world):
    made = invite_one(world)
    scanner = Client()
    for _n in range(3):
        page = scanner.get(reverse("investors:link", args=[made.text]))
        assert page.status_code == 200
        assert "云鹰" not in page.content.decode()
        assert page["Referrer-Policy"] == "same-origin"
    assert "_auth_user_id" not in scanner.session
    assert OutsideLink.objects.get().first_used_at is None
    client = signed_in(made)
    page = client.get(reverse("investors:project", args=[world["project"].pk]))
    text = page.content.decode()
    assert "云鹰马铃薯全产业链项目" in text
    assert "2026-12-31" in text
    assert OutsideLink.objects.get().last_used_at == NOW
    assert client.get("/")["Location"] == reverse("investors:portal")


def test_a_code_opens_too_and_guessing_is_slowed(world):
    made, client = invite_one(world), Client()
    address = reverse("investors:code")
    for n in range(12):
        assert client.post(address, {"code": f"WRONG{n:07d}"}).status_code == 400
    assert client.post(address, {"code": made.code}).status_code == 429
    cache.clear()
    assert client.post(address, {"code": made.code.lower().replace("-", " ")}).status_code == 302
    for odd in ("", "x" * 50_000, "<script>", "🦆" * 12):
        assert Client().post(address, {"code": odd}).status_code in (200, 400)


def test_taken_back_means_signed_out_at_once(world):
    made = invite_one(world)
    client = signed_in(made)
    address = reverse("investors:take_back", args=[world["project"].pk, made.link.pk])
    outsider = Client()
    outsider.force_login(world["neighbour"])
    assert outsider.post(address).status_code == 404
    office = Client()
    office.force_login(world["county"])
    assert office.post(address).status_code == 302
    gone = client.get(reverse("investors:project", args=[world["project"].pk]))
    assert gone.status_code == 302
    told = f"{reverse('investors:code')}?taken_back=1"
    assert gone["Location"] == told
    for _n in range(2):  # and again when loaded anew
        page = client.get(told)
        assert page.status_code == 200
        assert "已收回您的邀请" in page.content.decode()
        assert "云鹰" not in page.content.decode()
    again = Client().get(reverse("investors:link", args=[made.text]))
    assert again.status_code == 410
    assert "收回" in again.content.decode()


def test_only_the_browser_that_came_by_a_link_taken_back_is_told_so(world):
    """Strangers, staff and whoever's account alone was closed see the sign-in page, which tells nothing."""
    made, login = invite_one(world), reverse("accounts:login")
    client, page = signed_in(made), reverse("investors:project", args=[world["project"].pk])
    odd = signed_in(made)
    session = odd.session
    session["outside_link"] = 99_999_999
    session.save()
    User.objects.filter(pk=made.user.pk).update(is_active=False)
    for who in (Client(), client, odd):
        assert who.get(page)["Location"].startswith(login)
    staff = Client()
    staff.force_login(world["county"])
    services.take_back(link=made.link, project=world["project"], by=world["county"], at=NOW)
    assert Client().get(page)["Location"].startswith(login)
    assert staff.get(reverse("projects:list")).status_code == 200
    assert "已收回您的邀请" not in Client().get(reverse("investors:code")).content.decode()


def test_two_links_of_one_person_are_one_account_and_the_last_one_closes_it(world):
    first, second = invite_one(world), invite_one(world, expires_on=date(2027, 3, 31))
    assert first.user == second.user
    client = signed_in(second)
    services.take_back(link=first.link, project=world["project"], by=world["county"], at=NOW)
    assert client.get(reverse("investors:project", args=[world["project"].pk])).status_code == 200
    services.take_back(link=second.link, project=world["project"], by=world["county"], at=NOW)
    assert client.get(reverse("investors:project", args=[world["project"].pk])).status_code == 302


def test_the_companys_other_people_hear_of_every_invitation(world, settings):
    """So that nobody is let in as one of theirs behind their back; by mail too, where they wish it."""
    settings.PORTAL_HELP_PHONE = "0459-12345"
    first = invite_one(world)
    told = InboxItem.objects.filter(kind="invitation")
    assert not told.exists()  # nobody else there yet
    stranger = services.invite(
        project=world["other"], name="别家的人", expires_on=date(2026, 12, 31), by=world["county"], at=NOW
    )
    made = invite_one(world, name="李<b>鬼", phone="13900000009")
    item = told.get()
    assert (item.user, item.key) == (first.user, f"invited:{made.link.pk}")
    assert "李<b>鬼" in item.title and "云鹰马铃薯全产业链项目" in item.title
    assert "t-county" in item.text and "要投诉" in item.text and "0459-12345" in item.text
    client = signed_in(first)
    page = reverse("investors:project", args=[world["project"].pk])
    assert item.url == f"{page}#complain"
    assert 'id="complain"' in client.get(page).content.decode()
    assert "李&lt;b&gt;鬼" in client.get(reverse("accounts:inbox")).content.decode()
    again = invite_one(world)  # another link of somebody known is an invitation too
    assert told.filter(key=f"invited:{again.link.pk}").get().user == made.user
    services.take_back(link=made.link, project=world["project"], by=world["county"], at=NOW)
    invite_one(world, name="王五", phone="13900000008")
    assert told.filter(user=first.user).count() == 2
    assert not told.filter(user=stranger.user).exists()
    assert told.filter(user=made.user).count() == 1  # no more once taken back


def test_an_invitation_refused_tells_nobody(world):
    invite_one(world)
    for by, values in (("neighbour", {}), ("county", {"expires_on": date(2026, 10, 1)})):
        values = {"project": world["project"], "name": "李鬼", "expires_on": date(2026, 12, 31), **values}
        with pytest.raises((DomainError, PermissionDenied)):
            services.invite(**values, by=world[by], at=NOW)
    assert not InboxItem.objects.filter(kind="invitation").exists()


def test_loading_the_page_of_a_new_invitation_again_makes_no_other(world):
    office = Client()
    office.force_login(world["county"])
    address = reverse("investors:invitations", args=[world["project"].pk])
    sent = office.post(address, {"name": "李四", "expires_on": "2026-12-31"})
    assert (sent.status_code, sent["Location"]) == (302, address)
    assert "/i/" not in str(dict(office.session))
    shown = office.get(address).content.decode()
    assert "/i/" in shown
    assert "data-copy" in shown
    assert 'id="made"' not in office.get(address).content.decode()
    assert OutsideLink.objects.count() == 1


def test_taking_back_says_what_is_left_and_takes_all_at_once(world):
    first = invite_one(world)
    invite_one(world, expires_on=date(2027, 3, 31))
    client, office = signed_in(first), Client()
    office.force_login(world["county"])
    page = reverse("investors:project", args=[world["project"].pk])
    one = office.post(reverse("investors:take_back", args=[world["project"].pk, first.link.pk]), follow=True)
    assert "还有 1 个有效链接" in one.content.decode()
    assert client.get(page).status_code == 200
    third = invite_one(world)
    every = reverse("investors:take_back", args=[world["project"].pk, third.link.pk])
    done = office.post(every, {"whole": "1"}, follow=True).content.decode()
    assert "随即退出" in done
    assert not OutsideLink.objects.filter(revoked_at=None).exists()
    assert client.get(page).status_code == 302


def test_a_password_ends_with_the_last_project_and_not_before(world):
    made = invite_one(world)
    client = signed_in(made)
    services.set_password(user=made.user, username="wangbo", password="Songhua-1956", at=NOW)
    client = Client()
    assert client.login(username="wangbo", password="Songhua-1956")
    second = services.invite(
        project=world["other"], name="王镈", phone="13900000001", expires_on=date(2026, 12, 31), by=world["county"], at=NOW
    )  # fmt: skip
    assert second.user != made.user  # another project is another invitation
    team.let_in(project=world["other"], user=made.user, by=world["county"], at=NOW)
    done = services.take_back(link=made.link, project=world["project"], by=world["county"], at=NOW)
    assert (done.elsewhere, done.signed_out) == (True, False)
    assert client.get(reverse("investors:project", args=[world["other"].pk])).status_code == 200
    again = invite_one(world)
    assert again.user == made.user
    team.let_out(project=world["other"], user=made.user, by=world["county"], at=NOW)
    done = services.take_back(link=again.link, project=world["project"], by=world["county"], at=NOW)
    assert (done.elsewhere, done.signed_out) == (False, True)
    assert client.get(reverse("investors:portal")).status_code == 302
    assert not Client().login(username="wangbo", password="Songhua-1956")
    assert (
        signed_in(invite_one(world)).get(reverse("investors:portal")).status_code == 302
    )  # back to the project


def test_account_posting_and_their_end_are_on_record_but_no_coming_in(world):
    """Each by the officer who invites or takes back; nothing else is written when the person comes."""
    kept = ("user_created", "posting_added", "posting_extended", "posting_ended", "password_removed")

    def written(action: str) -> list[tuple[int, dict, dict]]:
        rows = AuditRecord.objects.filter(action=action).order_by("pk")
        return list(rows.values_list("actor_id", "before", "after"))

    first = invite_one(world, expires_on=date(2026, 12, 31))
    officer, posting = world["county"].pk, first.user.postings.get()
    assert written("user_created") == [(officer, {}, {"username": first.user.username})]
    assert written("posting_added") == [
        (officer, {}, {"user": str(first.user), "role": "investor", "division": "肇源县",
                       "from": NOW.date().isoformat(), "to": "2026-12-31"})
    ]  # fmt: skip
    second = invite_one(world, expires_on=date(2027, 3, 31))
    invite_one(world, expires_on=date(2026, 12, 1))  # shorter: nothing changes
    assert written("posting_extended") == [(officer, {"to": "2026-12-31"}, {"to": "2027-03-31"})]
    held = AuditRecord.objects.filter(action__in=kept)
    before = held.count()
    services.enter(link=second.link, at=NOW)
    services.set_password(user=first.user, username="13999990000", password="Songhua-1956-x", at=NOW)
    assert held.count() == before
    services.take_back(link=second.link, project=world["project"], whole=True, by=world["county"], at=NOW)
    yesterday = NOW.date() - timedelta(days=1)
    posting.refresh_from_db()
    ends = max(posting.valid_from, yesterday)
    assert posting.valid_to == ends
    assert written("posting_ended") == [(officer, {"to": "2027-03-31"}, {"to": ends.isoformat()})]
    assert written("password_removed") == [(officer, {}, {})]
    record = AuditRecord.objects.get(action="posting_ended")
    assert (record.county_code, record.object_id) == ("230622", str(posting.pk))
    found = AuditRecord.objects.visible_to(world["county"])
    assert "investor_entered" not in set(found.values_list("action", flat=True))


def test_two_of_one_name_without_a_phone_are_two_people(world):
    first = invite_one(world, name="张伟", phone="")
    second = invite_one(world, name="张伟", phone="")
    assert first.user != second.user
    third = invite_one(world, name="张伟", phone="", address="zw@example.com")
    assert third.user not in (first.user, second.user)
    assert invite_one(world, name="张伟", phone="", address="zw@example.com").user == third.user
    assert invite_one(world, name="张伟", phone="13900000009", address="zw@example.com").user != third.user


def test_an_ended_link_opens_nothing(world):
    made = invite_one(world, expires_on=NOW.date())
    late = datetime(2026, 10, 24, 0, 30, tzinfo=NOW.tzinfo)
    with mock.patch.object(clock, "now", return_value=late):
        assert Client().post(reverse("investors:link", args=[made.text])).status_code == 410


def test_who_may_invite_and_with_what(world):
    address = reverse("investors:invitations", args=[world["project"].pk])
    for who, status in (
        ("county", 200), ("city", 200), ("promotion", 200), ("neighbour", 404), ("auditor", 403), ("investor", 404),
        ("nobody", 404),
    ):  # fmt: skip
        client = Client()
        client.force_login(world[who])
        assert client.get(address).status_code == status, who
    office = Client()
    office.force_login(world["county"])
    wrong = office.post(address, {"name": "", "expires_on": "2020-01-01", "address": "nonsense"})
    assert wrong.status_code == 400
    assert 'value="nonsense"' in wrong.content.decode()
    for values in (
        {"name": "李四", "expires_on": "2026-10-22"},
        {"name": "李四", "expires_on": "2029-01-01"},
    ):
        assert office.post(address, values).status_code == 400
    assert not OutsideLink.objects.exists()
    with override_settings(PORTAL_URL="https://portal.example.com"):
        done = office.post(
            address, {"name": "李四", "expires_on": "2026-12-31", "address": "li@example.com"}, follow=True
        )
    text = done.content.decode()
    assert "https://portal.example.com/i/" in text
    assert "<svg" in text
    assert "https://portal.example.com/i/" not in office.get(address).content.decode()
    assert "对方确认后链接会自动发送" in text
    mailing.run(None, NOW)
    assert [one.subject for one in mail.outbox] == ["请确认您的邮箱"]  # the rest in test_mail_pages
    assert OutgoingMail.objects.get(key__startswith="invitation:").next_try_at is None


def test_an_account_of_ones_own(world):
    made = invite_one(world)
    client = signed_in(made)
    address = reverse("investors:password")
    for values in (
        {"username": "ab", "password": "Songhua-1956", "again": "Songhua-1956"},
        {"username": "t-county", "password": "Songhua-1956", "again": "Songhua-1956"},
        {"username": "wangbo", "password": "12345", "again": "12345"},
        {"username": "wangbo", "password": "Songhua-1956", "again": "other"},
    ):
        assert client.post(address, values).status_code == 200
    assert not User.objects.get(pk=made.user.pk).has_usable_password()
    assert (
        client.post(
            address, {"username": "wangbo", "password": "Songhua-1956", "again": "Songhua-1956"}
        ).status_code
        == 302
    )
    assert client.get(reverse("investors:project", args=[world["project"].pk])).status_code == 200
    assert Client().login(username="wangbo", password="Songhua-1956")
    with pytest.raises(DomainError):
        services.set_password(
            user=User.objects.get(pk=made.user.pk), username="x" * 9, password="y" * 12, at=NOW
        )


def test_the_session_of_a_link_ends_the_same_day(world):
    client = signed_in(invite_one(world))
    assert client.session.get_expiry_age() <= timedelta(hours=12).total_seconds()
