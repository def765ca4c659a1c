"""Rating in the portal, by link, on paper and by phone; the office reads no author and alters nothing."""

import re
from datetime import date
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.errors import DomainError
from accounts.models import OutsideLink
from accounts.outside.links import find_link
from config.settings.logs import hide_secrets
from supervision.investors.services import invite
from supervision.ratings import making, services
from supervision.ratings.models import BadCase, Chance, Rating
from tests import build, checklist_help

# Held here instead of in a table.
ADDRESSES = {
    f"ratings:{name}"
    for name in (
        "code",
        "thanks",
        "rate",
        "answer",
        "call",
        "portal",
        "list",
        "case",
        "author",
        "do",
        "chances",
        "paper",
        "phone",
    )
}
NOW = build.at("2026-10-23 09:00")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_and_now():
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


@pytest.fixture
def world():
    cast = build.cast()
    project = build.project("机密项目甲")
    checklist_help.catalogue()
    checklist_help.checklist(project, cast["county"])
    code = checklist_help.SPECS[0]["code"]
    for move, day in (("submit", "2026-10-15"), ("accept", "2026-10-16")):
        checklist_help.step(project, code, move, day, cast["county"])
    checklist_help.step(project, code, "decide", "2026-10-20", cast["county"], result_number="号1")
    making.make_chances(NOW)
    made = invite(project=project, name="王镈", expires_on=date(2026, 12, 31), by=cast["county"], at=NOW)
    return {**cast, "project": project, "chance": Chance.objects.get(), "made": made}


def _as(person):
    client = Client()
    client.force_login(person)
    return client


def test_in_the_portal_each_service_is_offered_and_rated_once(world):
    client = Client()
    client.post(reverse("investors:link", args=[world["made"].text]))
    page = client.get(reverse("investors:project", args=[world["project"].pk])).content.decode()
    address = reverse("ratings:portal", args=[world["chance"].pk])
    assert address in page
    assert client.get(address).status_code == 200
    bad = client.post(address, {"text": "没选等级<script>"})
    assert bad.status_code == 400
    assert "没选等级&lt;script&gt;" in bad.content.decode()
    assert client.post(address, {"level": "5", "reasons": ["slow"], "text": "太慢🦆"}).status_code == 302
    for again in (client.get(address), client.post(address, {"level": "1", "text": "又写了一段"})):
        assert again.status_code == 410  # told before anything is written; what was written can be copied
        assert "已经评价过了" in again.content.decode()
    assert "又写了一段" in again.content.decode()
    assert (
        address not in client.get(reverse("investors:project", args=[world["project"].pk])).content.decode()
    )
    assert _as(world["investor"]).get(address).status_code == 404


def test_the_office_reads_an_anonymous_one_without_matter_project_or_day(world):
    services.rate_in_portal(
        chance=world["chance"], said=services.Said(5, ("slow",), "太慢"), by=world["made"].user, at=NOW
    )
    case = BadCase.objects.get()
    expected = {"county": 200, "city": 200, "province": 200, "auditor": 200, "neighbour": 200, "investor": 403,
                "officer": 403, "nobody": 403, "administrator": 403}  # fmt: skip
    for who, status in expected.items():
        client = _as(world[who])
        response = client.get(reverse("ratings:list"))
        assert response.status_code == status, who
        text = response.content.decode()
        assert "机密项目甲" not in text
        assert world["chance"].label not in text
        if who in ("county", "city", "province", "auditor"):
            assert "太慢" in text
            page = client.get(reverse("ratings:case", args=[case.pk])).content.decode()
            assert "王镈" not in page
            assert "机密项目甲" not in page
            for shown in (text, page):  # rated on the 23rd, to be followed up by the 30th
                assert not re.search(
                    r"10-(2[0-5]|30)|10月(2[0-5]|30)日", re.search(r"<main.*</main>", shown, re.S)[0]
                )
        else:
            assert "太慢" not in text
            assert client.get(reverse("ratings:case", args=[case.pk])).status_code == 404, who
    audit = _as(world["province"]).get(reverse("accounts:audit_log")).content.decode()
    rows = re.sub(r"<option.*?</option>", "", audit)  # the filter names every action
    assert "服务评价" not in rows
    assert "建立账号" in rows  # what the office did in the same minute


def test_a_scanner_that_opens_every_link_spends_nothing(world):
    office = _as(world["county"])
    address = reverse("ratings:paper", args=[world["chance"].pk])
    assert office.get(address).status_code == 302  # nothing was made yet
    assert office.post(address)["Location"] == address
    first, again = (office.get(address).content.decode() for _n in range(2))
    assert "<svg" in first
    assert "data-print" in first
    assert re.findall(r"<dd>(.+?)</dd>", first) == re.findall(r"<dd>(.+?)</dd>", again)
    assert OutsideLink.objects.filter(kind="rating").count() == 1
    _link, secret, code = services.print_link(chance=world["chance"], by=world["county"], at=NOW)
    visitor, address = Client(), reverse("ratings:rate", args=[secret])
    for _n in range(5):
        assert visitor.get(address).status_code == 200
        assert visitor.head(address).status_code == 200
    assert not Rating.objects.exists()
    assert visitor.post(reverse("ratings:code"), {"code": code}).status_code == 302
    assert visitor.post(address, {"level": "1"}).status_code == 302
    again = visitor.post(address, {"level": "5"})
    assert (again.status_code, again["Location"]) == (302, reverse("ratings:thanks"))
    second = office.post(
        reverse("ratings:paper", args=[world["chance"].pk])
    )  # made as ever, told to its holder alone
    code = re.search(r"<dd>([0-9A-Z-]{8,})</dd>", office.get(second["Location"]).content.decode())[1]
    # whoever prints codes must not learn by them what was rated: each shows the same form
    pages = [visitor.get(reverse("ratings:rate", args=[one])) for one in (secret, code)]
    forms = [
        re.sub(r'(csrfmiddlewaretoken|next)" value="[^"]*"', "", page.content.decode()) for page in pages
    ]
    assert [page.status_code for page in pages] == [200, 200]
    assert forms[0].count('type="radio"') == forms[1].count('type="radio"') == 5
    assert "已经评价过了" not in "".join(forms)
    assert visitor.post(reverse("ratings:code"), {"code": code}).status_code == 302
    assert visitor.post(reverse("ratings:rate", args=[code]), {"level": "5"}).status_code == 302
    assert office.post(reverse("ratings:code"), {"code": code}).status_code == 403
    assert Rating.objects.get().level == 1
    assert visitor.get(reverse("ratings:thanks")).status_code == 200


def test_staff_signed_in_rate_by_no_code(world):
    _link, secret, code = services.print_link(chance=world["chance"], by=world["county"], at=NOW)
    for who in ("county", "city", "officer", "auditor", "administrator"):
        client, address = _as(world[who]), reverse("ratings:rate", args=[secret])
        for answer in (client.get(address), client.post(address, {"level": "1", "text": "写了一段"})):
            assert (answer.status_code, "工作人员" in answer.content.decode()) == (403, True), who
        assert "写了一段" in answer.content.decode()
        with pytest.raises(DomainError) as refusal:
            services.rate_by_link(
                link=find_link("rating", code, NOW), said=services.Said(1), by=world[who], at=NOW
            )
        assert refusal.value.code == "staff_rates"
    assert not Rating.objects.exists()
    assert OutsideLink.objects.get(kind="rating").uses_left == 1
    investor = _as(world["made"].user)
    assert investor.post(reverse("ratings:rate", args=[secret]), {"level": "2"}).status_code == 302
    page = _as(world["county"]).get(reverse("ratings:list"))
    assert (page.context["total"].rated, page.context["total"].by_code) == (1, 1)
    assert "扫码评价" in page.content.decode()


def test_wrong_codes_are_slowed(world):
    visitor = Client()
    statuses = [visitor.get(reverse("ratings:rate", args=[f"WRONG{n:07d}"])).status_code for n in range(15)]
    assert statuses[:12] == [410] * 12
    assert statuses[12:] == [429] * 3
    assert visitor.post(reverse("ratings:code"), {"code": "x"}).status_code == 429


def test_broken_links_keep_nobody_out_who_holds_a_right_one(world):
    _link, secret, code = services.print_link(chance=world["chance"], by=world["county"], at=NOW)
    visitor = Client()
    for n in range(15):
        visitor.get(reverse("ratings:rate", args=[f"WRONG{n:07d}"]))
    assert visitor.get(reverse("ratings:rate", args=[secret])).status_code == 200
    assert visitor.get(reverse("ratings:rate", args=[code])).status_code == 200


@pytest.mark.parametrize("between", ["-", "", " ", "/", "/-"])
def test_a_code_may_be_typed_with_anything_between(world, between):
    _link, _secret, code = services.print_link(chance=world["chance"], by=world["county"], at=NOW)
    typed = code.replace("-", between).lower()
    response = Client().post(reverse("ratings:code"), {"code": f"{typed}/"})
    assert response.status_code == 302
    assert response["Location"] == reverse("ratings:rate", args=[code])
    assert hide_secrets(None, "", {"request": f"GET {response['Location']}"}) == {"request": "GET /r/…/"}


def test_a_call_is_entered_with_its_note_by_the_office_alone(world):
    address = reverse("ratings:phone", args=[world["chance"].pk])
    for who, status in (
        ("neighbour", 404),
        ("officer", 404),
        ("auditor", 403),
        ("promotion", 403),
        ("investor", 404),
    ):
        assert _as(world[who]).get(address).status_code == status, who
    office = _as(world["county"])
    missing = office.post(address, {"level": "2", "text": "来电满意"})
    assert missing.status_code == 400
    assert "来电满意" in missing.content.decode()
    assert office.post(address, {"level": "2", "note": "李女士 10:20 0459-1"}).status_code == 302
    assert Rating.objects.get().entered_by == world["county"]
    listed = reverse("ratings:chances")
    for wanted, found in (("?q=机密", 1), ("?q=没有这个", 0), ("?q=", 1)):
        page = office.get(listed + wanted)
        assert (page.status_code, len(page.context["page"].object_list)) == (200, found), wanted


def test_a_case_walks_through_its_steps_and_keeps_refused_words(world):
    services.rate_in_portal(
        chance=world["chance"],
        said=services.Said(4, (), "不满", "王镈", "139"),
        by=world["made"].user,
        at=NOW,
    )
    case, office = BadCase.objects.get(), _as(world["county"])
    step = lambda code: reverse("ratings:do", args=[case.pk, code])  # noqa: E731
    assert office.post(step("nonsense")).status_code == 404
    refused = office.post(step("answer"), {"outcome": "", "answer": "已整改，见附件"})
    assert refused.status_code == 400
    assert "已整改，见附件" in refused.content.decode()
    assert office.post(step("answer"), {"outcome": "mended", "answer": "已整改"}).status_code == 302
    page = office.get(reverse("ratings:case", args=[case.pk])).content.decode()
    assert step("close") not in page  # in its place: call back first
    assert "先回访并记录" in page
    early = office.post(step("close"))
    assert (early.status_code, "须先回访" in early.content.decode()) == (400, True)
    case.refresh_from_db()
    assert case.state == "answered"
    named = office.post(reverse("ratings:author", args=[case.pk]), {"purpose": "回访"})
    assert "王镈" in named.content.decode()
    assert "王镈" not in office.get(reverse("ratings:case", args=[case.pk])).content.decode()
    assert (
        _as(world["neighbour"]).post(reverse("ratings:author", args=[case.pk]), {"purpose": "x"}).status_code
        == 404
    )
    assert office.post(step("call"), {"note": "已致电"}).status_code == 302
    assert office.post(step("close")).status_code == 302
    case.refresh_from_db()
    assert case.state == "closed"
