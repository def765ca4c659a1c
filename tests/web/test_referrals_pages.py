"""Pages of referrals: a closed circle, a purpose before each look, the person concerned sees what is put to them alone."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditRecord, User
from accounts.permissions import Role
from supervision.referrals import urls
from supervision.referrals.models import Referral, ReferralLook
from tests import build
from tests.build import at
from tests.web import access_referrals, access_table
from tests.web.world import ROLES

pytestmark = pytest.mark.django_db
NOW = "2026-11-05 09:30"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
MARKUP = ("<script>alert(", "<img src=x")


class Circle:
    def __init__(self) -> None:
        self.people = build.cast()
        self.project = build.project()
        self.referral = access_referrals.sample(self.project)
        self.people |= {
            "head": User.objects.get(username="t-circle-head"),
            "official": User.objects.get(username="t-concerned"),
            "second": build.user("t-second", Role.OFFICE_HEAD, "230622", name="宋志远"),
            "discipline": build.user("t-discipline", Role.DISCIPLINE_OFFICE, "230622", name="梁纪委"),
        }

    def client(self, who: str) -> Client:
        client = Client()
        if who != "anonymous":
            client.force_login(self.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def inside(self, who: str = "head", purpose: str = "准备移交") -> Client:
        client = self.client(who)
        assert client.post(self.url("look"), {"purpose": purpose}).status_code == 302
        return client

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"referrals:{name}", args=[self.referral.pk, *args])

    def stands_at(self) -> Referral:
        return Referral.objects.get(pk=self.referral.pk)


@pytest.fixture
def circle() -> Iterator[Circle]:
    with time_machine.travel(at(NOW), tick=False):
        yield Circle()


def answer(circle: Circle, who: str, name: str, method: str, *, none: bool = False) -> str:
    given = access_referrals.kwargs_of(name, circle.referral)
    path = reverse(name, kwargs=access_table.missing(given) if none else given)
    client = circle.client(who)
    response = client.get(path) if method == "GET" else client.post(path, access_referrals.BODY.get(name, {}))
    if response.status_code == 302 and response["Location"].startswith(reverse("accounts:login")):
        return "in"
    return str(response.status_code)


@pytest.mark.slow
def test_nobody_outside_the_circle_learns_that_it_exists(circle: Circle) -> None:
    wrong = []
    for name, method, *wanted in access_table.lines_of(access_referrals.TABLE):
        for who, expected in zip(ROLES, wanted, strict=True):
            before, savepoint = AuditRecord.objects.count(), transaction.savepoint()
            got = answer(circle, who, name, method)
            if got != expected:
                wrong.append(f"{method} {name} as {who}: {got}, the table says {expected}")
            if AuditRecord.objects.count() != before:
                wrong.append(f"{method} {name} as {who}: {got}, and something was written")
            transaction.savepoint_rollback(savepoint)
        for who in ("second", "discipline", "neighbour"):
            got = [answer(circle, who, name, method, none=none) for none in (False, True)]
            if got[0] != got[1]:
                wrong.append(
                    f"{method} {name} as {who}: {got[0]} for this one, {got[1]} for one that is not there"
                )
    assert not wrong, "\n".join(wrong)


def test_the_table_holds_every_address() -> None:
    there = {f"{urls.app_name}:{pattern.name}" for pattern in urls.urlpatterns}
    assert {row[0] for row in access_table.lines_of(access_referrals.TABLE)} == there


def test_a_purpose_is_typed_first_and_opens_it_for_half_an_hour(circle: Circle) -> None:
    client = circle.client("head")
    assert client.get(circle.url("detail"))["Location"] == circle.url("look")
    refused = client.post(circle.url("look"), {"purpose": "看"})
    assert refused.status_code == 400
    assert "至少 4 个字" in refused.text
    assert not ReferralLook.objects.exists()
    client.post(circle.url("look"), {"purpose": "准备移交"})
    look = ReferralLook.objects.get()
    assert (look.user_name, look.purpose, look.at) == ("高国梁", "准备移交", at(NOW))
    page = client.get(circle.url("detail"))
    assert page.status_code == 200
    assert not [mark for mark in MARKUP if mark in page.text]
    with time_machine.travel(at(NOW) + timedelta(minutes=20), tick=False):
        assert client.get(circle.url("detail")).status_code == 200
    with time_machine.travel(at(NOW) + timedelta(minutes=31), tick=False):
        assert client.get(circle.url("detail"))["Location"] == circle.url("look")
        moved = client.post(circle.url("move", "withdraw"), {"reason": "不再需要"})
        assert moved["Location"] == circle.url("look")
    assert circle.stands_at().state == "invited"


def test_each_download_is_a_look_of_its_own(circle: Circle) -> None:
    client = circle.inside()
    got = client.get(circle.url("bundle", 1))
    with zipfile.ZipFile(io.BytesIO(b"".join(got.streaming_content))) as zipped:  # type: ignore[attr-defined]
        assert "manifest.json" in zipped.namelist()
    file = circle.referral.files.get()
    assert b"".join(client.get(circle.url("file", file.pk)).streaming_content) == PDF  # type: ignore[attr-defined]
    assert list(ReferralLook.objects.order_by("pk").values_list("what", flat=True)) == [
        "整件线索", "证据包第 1 份", "图审.pdf",
    ]  # fmt: skip
    assert client.get(circle.url("bundle", 9)).status_code == 404


def test_the_person_concerned_sees_what_is_put_to_them_and_nothing_else(circle: Circle) -> None:
    client = circle.client("official")
    page = client.get(circle.url("statement"))
    assert page.status_code == 200
    assert "请说明未按期办结的原因" in page.text
    assert "二十个工作日未办结" not in page.text  # the opener's own reasons
    assert not [mark for mark in MARKUP if mark in page.text]
    for name, args in (
        ("detail", ()),
        ("look", ()),
        ("bundle", (1,)),
        ("file", (circle.referral.files.get().pk,)),
    ):
        assert client.get(circle.url(name, *args)).status_code == 404, name
    assert client.get(reverse("referrals:list")).status_code == 403
    assert ReferralLook.objects.get().user_name == "高凤霞"


def test_a_statement_with_a_bad_file_is_refused_and_keeps_its_words(circle: Circle) -> None:
    client = circle.client("official")
    body = {"text": "补充情况", "uploads": SimpleUploadedFile("图.exe", b"MZ")}
    refused = client.post(circle.url("statement"), body)
    assert refused.status_code == 400
    assert "补充情况" in refused.text
    assert circle.referral.statements.count() == 1
    good = {"text": "补充情况", "is_final": "on", "uploads": SimpleUploadedFile("图审二.pdf", PDF)}
    assert client.post(circle.url("statement"), good).status_code == 302
    row = circle.referral.statements.get(is_final=True)
    assert client.get(circle.url("statement_file", row.files.get().pk)).status_code == 200


def test_from_the_project_to_the_outcome(circle: Circle) -> None:
    """The head opens one, puts it to the person, hands it over; the discipline office takes it up and decides."""
    head = circle.client("head")
    assert "追责问责" in head.get(reverse("projects:detail", args=[circle.project.pk])).text
    new = f"{reverse('referrals:new')}?project={circle.project.pk}"
    form = {
        "case": "dereliction", "person_name": "高凤霞", "person_post": "审批股", "reason": "失职",
        "readers": str(circle.people["second"].pk),
    }  # fmt: skip
    assert head.get(new).status_code == 200
    made = head.post(new, form)
    referral = Referral.objects.latest("pk")
    assert made["Location"] == reverse("referrals:detail", args=[referral.pk])
    assert referral.person == circle.people["official"]  # found by the name, the only one of the county
    circle.referral = referral
    assert head.post(circle.url("move", "invite"), {"put_text": ""}).status_code == 400
    assert (
        head.post(circle.url("move", "invite"), {"put_text": "请说明", "turn": referral.turn}).status_code
        == 302
    )
    assert "hand" not in [one["code"] for one in head.get(circle.url("detail")).context["actions"]]
    assert circle.client("discipline").get(circle.url("look")).status_code == 404
    circle.client("official").post(circle.url("statement"), {"text": "无异议", "is_final": "on"})
    handed = head.post(circle.url("move", "hand"), {"addressee": "230622", "turn": circle.stands_at().turn})
    assert handed.status_code == 302
    office = circle.inside("discipline", "受理审查")
    assert head.post(circle.url("move", "outcome"), {"kind": "accepted"}).status_code == 403
    facts = {"decided_on": "2026-11-05", "document_number": "源纪〔2026〕1号", "text": "受理"}
    assert office.post(circle.url("move", "outcome"), facts | {"kind": "accepted"}).status_code == 302
    assert office.post(circle.url("move", "outcome"), facts | {"kind": "measure"}).status_code == 302
    assert circle.stands_at().state == "closed"
    page = circle.inside("second", "了解结果").get(circle.url("detail"))
    assert "源纪〔2026〕1号" in page.text
    assert page.context["actions"] == []


def test_it_is_in_no_list_search_or_figure_of_others(circle: Circle) -> None:
    number = circle.referral.number
    for who in ("county", "second", "city", "province", "province_head", "auditor"):
        client = circle.client(who)
        for path in (
            reverse("home"), reverse("accounts:inbox"), f"{reverse('projects:list')}?q={number}",
            reverse("projects:detail", args=[circle.project.pk]), reverse("accounts:audit_log"),
            f"{reverse('accounts:audit_log')}?q={number}", f"{reverse('matters:list')}?q={number}&show=all",
        ):  # fmt: skip
            text = client.get(path).text
            assert f"/referrals/{circle.referral.pk}/" not in text, (who, path)
            assert "q=" in path or number not in text, (who, path)  # a search repeats what was typed
            assert "高凤霞" not in text, (who, path)


@pytest.mark.parametrize(
    "query",
    ["project=0", "project=x", "matter=99999999", "unit=230621", "project=%F0%9F%98%80", "unit=<script>"],
)
def test_odd_addresses_are_not_found(circle: Circle, query: str) -> None:
    assert circle.client("head").get(f"{reverse('referrals:new')}?{query}").status_code == 404


def test_the_subject_may_be_typed_by_its_number(circle: Circle) -> None:
    client = circle.client("head")
    found = client.post(reverse("referrals:new"), {"project": circle.project.number})
    assert found["Location"].endswith(f"?project={circle.project.pk}")
    none = client.post(reverse("referrals:new"), {"project": "没有这个编号"})
    assert none.status_code == 400
    assert "没有这个编号的项目" in none.text
    assert client.post(reverse("referrals:new"), {}).status_code == 400


def test_of_two_people_of_one_name_the_head_chooses(
    circle: Circle, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    twin = build.user("t-twin", Role.LEAD_DEPARTMENT, "230622", department="commerce", name="高凤霞")
    client = circle.client("head")
    path = f"{reverse('referrals:new')}?project={circle.project.pk}"
    form = {"case": "delay", "person_name": "高凤霞", "person_post": "商务局", "reason": "拖延"}
    asked = client.post(path, form)
    assert asked.status_code == 400
    assert "有多人同名" in asked.text
    client.post(path, form | {"account": twin.pk})
    assert Referral.objects.latest("pk").person == twin
