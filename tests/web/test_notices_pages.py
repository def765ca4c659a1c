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
from supervision.notices import queries, releasing, services
from supervision.notices.models import Notice, Receipt
from supervision.notices.services import Words
from tests import build

# Held here instead of in a table.
ADDRESSES = {
    *(
        f"notices:{name}"
        for name in ("list", "new", "detail", "edit", "publish", "discard", "withdraw", "read", "file")
    ),
    "notices:release",
    "notices:return",
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
    head = build.user("n-head", Role.OFFICE_HEAD)
    return {
        **cast,
        "head": head,
        "guest": guest,
        "project": project,
        "unit": Division.objects.get(pk="230622"),
    }


def _notice(
    world: dict[str, Any], *, published: bool = True, released: bool = False, **changes: Any
) -> Notice:  # fmt: skip
    file = SimpleUploadedFile("指南.pdf", b"%PDF-1.4 \n%%EOF")
    words = Words(**{"title": "秸秆补贴", "text": "十月底前申报。", **changes})
    notice = services.draft_notice(
        unit=world["unit"], words=words, uploads=[file], by=world["county"], at=NOW
    )
    if published:
        services.publish_notice(notice=notice, turn=1, by=world["county"], at=NOW)
    if released:
        releasing.release_notice(notice=notice, turn=2, by=world["head"], at=NOW)
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
    _notice(world, title="甲", is_public=True, released=True)
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


def test_list_and_page_count_companies_alike(world):
    """“已读”: the same number in both places, a company read by one of its two people counts as one."""
    second = build.user("n-guest2", Role.INVESTOR, "230622")
    let_in(project=world["project"], user=second, by=world["county"], at=NOW)
    notice = _notice(world, audience="both")
    services.confirm_read(notice=notice, by=world["guest"], at=NOW)
    services.confirm_read(notice=notice, by=world["officer"], at=NOW)
    office = _as(world["county"])
    (row,) = office.get(reverse("notices:list")).context["page"]
    assert row.counts == queries.Counts(read_units=2, units=2, read_people=2, people=5)
    listed = office.get(reverse("notices:list")).content.decode()
    assert re.search(r"2 / 2 <span[^>]*>（2 / 5 人）</span>", listed)
    shown = office.get(reverse("notices:detail", args=[notice.pk]))
    assert shown.context["read"] == (2, 2)
    assert re.search(r'id="receipts">已读 <span[^>]*>2 / 2</span>', shown.content.decode())


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
    shown = _notice(world, title="公开的", is_public=True, released=True)
    hidden = _notice(world, title="不公开的")
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
    services.withdraw_notice(notice=shown, reason="口径有误", turn=3, by=world["head"], at=NOW)
    gone = visitor.get(reverse("public:notice", args=[shown.slug])).content.decode()
    assert "口径有误" in gone
    assert "十月底前申报" not in gone
    assert "公开的" not in visitor.get(reverse("public:notices")).content.decode()


def test_the_promotion_office_proposes_and_only_the_head_puts_it_on_the_site(world):
    """X五3, H20: written and sent by one, read and released by another, seen by the public only then."""
    promotion, head, visitor = _as(world["promotion"]), _as(world["head"]), Client()
    said = {"title": "公开的补贴", "text": "十月底前申报。", "audience": "companies", "is_public": "on"}
    promotion.post(reverse("notices:new"), said)
    notice = Notice.objects.get()
    promotion.post(reverse("notices:publish", args=[notice.pk]), {"turn": 1})
    detail, site = reverse("notices:detail", args=[notice.pk]), reverse("public:notice", args=[notice.slug])
    assert _as(world["guest"]).get(detail).status_code == 200  # those addressed have it at once
    assert visitor.get(site).status_code == 404
    assert "公开的补贴" not in visitor.get(reverse("public:notices")).content.decode()
    page = promotion.get(detail).content.decode()
    assert "待审核" in page
    assert reverse("notices:release", args=[notice.pk]) not in page
    for step in ("release", "return"):
        path = reverse(f"notices:{step}", args=[notice.pk])
        assert _statuses(world, path) == [405] * 9
        body = {"turn": 2, "reason": "x"}
        #                 county promotion city neighb audit officer nobody guest investor
        found = [_as(world[who]).post(path, body).status_code for who in (*STAFF, "guest", "investor")]
        assert found == [403, 403, 403, 404, 404, 404, 404, 403, 404], step
        assert Client().post(path, body).status_code == 302
    notice.refresh_from_db()
    assert (notice.public_at, notice.public_refused_at, notice.turn) == (None, None, 2)
    assert "公开的补贴" in head.get(reverse("notices:list")).content.decode().split('id="rows"')[0]
    assert "查看并审核" in head.get("/").content.decode()
    above = _as(world["province_head"])  # may, but is not asked while the county's own head can
    assert "查看并审核" not in above.get("/").content.decode()
    assert reverse("notices:release", args=[notice.pk]) in above.get(detail).content.decode()
    assert reverse("notices:release", args=[notice.pk]) in head.get(detail).content.decode()
    head.post(reverse("notices:release", args=[notice.pk]), {"turn": 2})
    assert "十月底前申报" in visitor.get(site).content.decode()
    assert "查看并审核" not in head.get("/").content.decode()
    again = head.post(reverse("notices:release", args=[notice.pk]), {"turn": 2}, follow=True).content.decode()
    assert "其他人刚刚改过" in again
    withdraw = reverse("notices:withdraw", args=[notice.pk])
    assert promotion.post(withdraw, {"turn": 3, "reason": "口径有误"}).status_code == 403
    assert "口径有误" not in visitor.get(site).content.decode()
    head.post(withdraw, {"turn": 3, "reason": "口径有误"})
    assert "口径有误" in visitor.get(site).content.decode()


def test_returned_ones_stay_inside_and_the_writer_reads_why(world):
    notice, head = _notice(world, is_public=True), _as(world["head"])
    path = reverse("notices:return", args=[notice.pk])
    assert head.post(path, {"turn": 2, "reason": ""}).status_code == 400
    long = head.post(path, {"turn": 2, "reason": "长" * 50_000})
    assert long.status_code == 400
    head.post(path, {"turn": 2, "reason": "请写明申报条件"})
    notice.refresh_from_db()
    assert (notice.state, notice.public_refusal, notice.public_at) == ("published", "请写明申报条件", None)
    assert (
        "请写明申报条件"
        in _as(world["county"]).get(reverse("notices:detail", args=[notice.pk])).content.decode()
    )
    assert Client().get(reverse("public:notice", args=[notice.slug])).status_code == 404
    head.post(reverse("notices:release", args=[notice.pk]), {"turn": 3})
    notice.refresh_from_db()
    assert notice.public_at is None


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


def test_an_office_addressed_by_the_tier_above_reads_it_as_anybody_addressed(world):
    """A county's writer is no writer of the province's notice: neither whom it reached nor what was taken back."""
    far = build.project("外县项目", "230621", company=build.company("外县保密公司"))
    let_in(project=far, user=build.user("n-far", Role.INVESTOR, "230621"), by=world["neighbour"], at=NOW)
    author = build.user("n-author", division="230000", name="省里起草人")
    province = services.draft_notice(
        unit=Division.objects.get(pk="230000"), words=Words("全省申报", "省里的正文", "both"),
        uploads=[SimpleUploadedFile("指南.pdf", b"%PDF-1.4 \n%%EOF")], by=author, at=NOW,
    )  # fmt: skip
    services.publish_notice(notice=province, turn=1, by=author, at=NOW)
    own = _notice(world)
    page, paper = (
        reverse("notices:detail", args=[province.pk]),
        reverse("notices:file", args=[province.pk, province.files.get().pk]),
    )
    county, above = _as(world["county"]), _as(world["province"])
    text = county.get(page).content.decode()
    assert "省里的正文" in text
    for hidden in ("外县保密公司", "北粮公司", "省里起草人", "林甸县"):
        assert hidden not in text, hidden
    assert "外县保密公司" in above.get(page).content.decode()
    listed = county.get(reverse("notices:list"))
    counts = {row.pk: getattr(row, "counts", None) for row in listed.context["page"]}
    assert counts == {province.pk: None, own.pk: queries.Counts(0, 1, 0, 1)}
    services.withdraw_notice(notice=province, reason="有误", turn=2, by=author, at=NOW)
    text = county.get(page).content.decode()
    assert "有误" in text and "省里的正文" not in text and "外县保密公司" not in text
    assert county.get(paper).status_code == 403
    assert above.get(paper).status_code == 200
    assert "省里的正文" in above.get(page).content.decode()
