"""Pages of policy notices: the writer's, the company's in the portal's frame, and what the public site shows of them."""

import re
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import Division
from accounts.permissions import Role
from projects.services.team import let_in
from reporting.disclosure import fast
from supervision.notices import services
from supervision.notices.models import Notice, Receipt
from supervision.notices.services import Words
from tests import build

# Held here instead of in a table.
ADDRESSES = {
    *(
        f"notices:{name}"
        for name in ("list", "new", "detail", "edit", "publish", "discard", "withdraw", "read", "file")
    ),
    "public:notices",
    "public:notice",
}
NOW = build.at("2026-10-23 09:00")
STAFF = ("county", "promotion", "city", "neighbour", "auditor", "officer", "nobody")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_and_now():
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
        mock.patch.object(fast, "FRESH", -1.0),
    ):
        yield


@pytest.fixture
def world() -> dict[str, Any]:
    cast = build.cast()
    project = build.project("玉米加工", company=build.company("北粮公司"), industry_4567="food")
    guest = build.user("n-guest", Role.INVESTOR, "230622")
    let_in(project=project, user=guest, by=cast["county"], at=NOW)
    return {**cast, "guest": guest, "project": project, "unit": Division.objects.get(pk="230622")}


def _notice(world: dict[str, Any], *, published: bool = True, **changes: Any) -> Notice:
    file = SimpleUploadedFile("指南.pdf", b"%PDF-1.4 \n%%EOF")
    words = Words(**{"title": "秸秆补贴", "text": "十月底前申报。", **changes})
    notice = services.draft_notice(
        unit=world["unit"], words=words, uploads=[file], by=world["county"], at=NOW
    )
    if published:
        services.publish_notice(notice=notice, turn=1, by=world["county"], at=NOW)
    return notice


def _as(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _statuses(world: dict[str, Any], path: str, *, post: bool = False) -> list[int]:
    found = []
    for who in (*STAFF, "guest", "investor"):
        client = _as(world[who])
        found.append((client.post(path) if post else client.get(path)).status_code)
    return found


def test_who_opens_what(world):
    draft, sent = _notice(world, published=False), _notice(world)
    one = sent.files.get()
    #                 county promotion city neighb audit officer nobody guest investor
    assert _statuses(world, reverse("notices:list")) == [200] * 9
    assert _statuses(world, reverse("notices:new")) == [200, 200, 200, 200, 403, 403, 403, 403, 403]
    rows = [200, 200, 200, 404, 404, 404, 404, 200, 404]
    assert _statuses(world, reverse("notices:detail", args=[sent.pk])) == rows
    assert _statuses(world, reverse("notices:file", args=[sent.pk, one.pk])) == rows
    assert _statuses(world, reverse("notices:detail", args=[draft.pk])) == [*rows[:7], 404, 404]
    assert _statuses(world, reverse("notices:file", args=[draft.pk, one.pk])) == [404] * 9
    assert _statuses(world, reverse("notices:edit", args=[draft.pk])) == [200, 200, 403, 404, *[403] * 5]
    for step in ("publish", "withdraw", "discard"):
        path = reverse(f"notices:{step}", args=[draft.pk])
        assert _statuses(world, path)[0] == 405
        assert _statuses(world, path, post=True)[2:] == [403, 404, *[403] * 5], step
        assert Client().post(path).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert _statuses(world, reverse("notices:read", args=[sent.pk]), post=True)[-2:] == [302, 404]


def test_written_published_read_and_withdrawn_on_the_pages(world):
    office, company = _as(world["county"]), _as(world["guest"])
    said = {
        "title": "食品产业技改补贴", "text": "第一段\n\n第二段", "audience": "companies", "industries": ["food"],
        "uploads": SimpleUploadedFile("指南.pdf", b"%PDF-1.4 \n%%EOF"),
    }  # fmt: skip
    answer = office.post(reverse("notices:new"), said)
    notice = Notice.objects.get()
    page = reverse("notices:detail", args=[notice.pk])
    assert answer["Location"] == page
    assert company.get(page).status_code == 404
    office.post(reverse("notices:publish", args=[notice.pk]), {"turn": 1})
    portal = company.get(reverse("investors:project", args=[world["project"].pk])).content.decode()
    assert "食品产业技改补贴" in portal
    assert "1 条未读" in portal
    text = company.get(page).content.decode()
    assert "<p>第二段</p>" in text
    assert "北粮公司" not in text  # who else got it is the writer's affair
    assert Receipt.objects.get().read_at is None  # opening signs for nothing
    company.post(reverse("notices:read", args=[notice.pk]))
    assert Receipt.objects.get().read_at == NOW
    assert (
        "条未读" not in company.get(reverse("investors:project", args=[world["project"].pk])).content.decode()
    )
    written = office.get(page).content.decode()
    assert "北粮公司" in written
    assert "1 / 1" in written
    refused = office.post(reverse("notices:withdraw", args=[notice.pk]), {"turn": 2, "reason": ""})
    assert refused.status_code == 400
    office.post(reverse("notices:withdraw", args=[notice.pk]), {"turn": 2, "reason": "口径有误"})
    gone = company.get(page).content.decode()
    assert "口径有误" in gone
    assert "第二段" not in gone
    file = reverse("notices:file", args=[notice.pk, notice.files.get().pk])
    assert (company.get(file).status_code, office.get(file).status_code) == (403, 200)


def test_the_list_filters_and_bears_any_question(world):
    _notice(world, title="甲", is_public=True)
    _notice(world, title="乙", audience="offices")
    _notice(world, title="丙", published=False)
    office = _as(world["county"])
    for question, there, away in (
        ("show=public", "甲", "乙"), ("state=draft", "丙", "甲"), ("audience=offices", "乙", "甲"), ("q=乙", "乙", "丙"),
    ):  # fmt: skip
        page = office.get(f"{reverse('notices:list')}?{question}").content.decode()
        assert f">{there}</a>" in page, question
        assert f">{away}</a>" not in page, question
    for odd in ("state=%F0%9F", "show=x", "q=" + "鸭" * 500, "page=99999999999999999999", "audience='"):
        assert office.get(f"{reverse('notices:list')}?{odd}").status_code == 200
    mine = _as(world["guest"]).get(reverse("notices:list")).content.decode()
    assert ">甲</a>" in mine
    assert ">乙</a>" not in mine


def test_bad_input_is_refused_with_words_and_kept(world):
    office, address = _as(world["county"]), reverse("notices:new")
    good = {"title": "题", "text": "文", "audience": "companies"}
    for changes, kept in (
        ({"title": "长" * 50_000}, "文"), ({"text": "x" * 50_000, "title": "留住"}, "留住"), ({"audience": "x"}, "文"),
        ({"industries": ["<script>"]}, "文"), ({"divisions": ["230000"]}, "文"), ({"roles": ["administrator"]}, "文"),
        ({"uploads": SimpleUploadedFile("a.exe", b"MZ")}, "文"),
        ({"uploads": [SimpleUploadedFile(f"{n}.pdf", b"%PDF-1.4") for n in range(20)]}, "文"),
    ):  # fmt: skip
        answer = office.post(address, good | changes)
        assert answer.status_code == 400, changes
        assert kept in answer.content.decode()
    assert not Notice.objects.exists()
    office.post(address, good | {"title": "<script>alert(1)</script>🦆", "text": "<img src=x>𠮷"})
    notice = Notice.objects.get()
    page = office.get(reverse("notices:detail", args=[notice.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "𠮷" in page
    for turn in ("", "x", "9", "-1", "1" * 30):
        assert office.post(reverse("notices:publish", args=[notice.pk]), {"turn": turn}).status_code == 302
    notice.refresh_from_db()
    assert notice.state == "draft"


def test_the_public_site_shows_public_ones_alone(world):
    shown, hidden = _notice(world, title="公开的", is_public=True), _notice(world, title="不公开的")
    visitor = Client()
    page = visitor.get(reverse("public:notices"))
    assert page["Cache-Control"] == "public, max-age=60"
    text = page.content.decode()
    assert "公开的" in text
    assert "不公开的" not in text
    one = visitor.get(reverse("public:notice", args=[shown.slug])).content.decode()
    assert "十月底前申报" in one
    for inside in ("指南.pdf", "t-county", "北粮公司", "csrfmiddlewaretoken", f"/notices/{shown.pk}/"):
        assert inside not in one
    assert visitor.get(reverse("public:notice", args=[hidden.slug])).status_code == 404
    assert visitor.get("/public/notices/zzz/").status_code == 404
    assert b'lang="zh-Hans"' in visitor.get(reverse("public:notice", args=[shown.slug]) + "?lang=en").content
    services.withdraw_notice(notice=shown, reason="口径有误", turn=2, by=world["county"], at=NOW)
    gone = visitor.get(reverse("public:notice", args=[shown.slug])).content.decode()
    assert "口径有误" in gone
    assert "十月底前申报" not in gone
    assert "公开的" not in visitor.get(reverse("public:notices")).content.decode()


def test_places_and_industries_are_ticked_in_groups_that_fold(world):
    address, client = reverse("notices:new"), Client()
    client.force_login(world["province"])
    page = client.get(address).content.decode()
    assert "<select" not in page.split('id="id_divisions"')[1].split("</form>")[0]
    assert re.search(r"<summary>大庆市 <span[^>]*>11</span></summary>", page)
    kept = client.post(
        address, {"title": "", "divisions": ["230622", "230600"], "turn": "0"}
    ).content.decode()
    assert re.search(r"<details open><summary>大庆市 <span[^>]*>2 / 11</span></summary>", kept)
    assert kept.count("<details open><summary>") == 1
