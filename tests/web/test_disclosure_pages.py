"""The public site: the same bytes for everybody, without cookies, scripts or anything that was not published."""

import csv
import hashlib
import io
import json
import re
from datetime import datetime
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from accounts.clock import BUSINESS_ZONE
from accounts.models import Division
from policy.periods import Period
from policy.regimes import get_regime
from projects.models import Company
from reporting.circulars.models import Circular
from reporting.circulars.services import approve_circular, draft_circular, issue_circular
from reporting.disclosure import fast, public_views
from reporting.disclosure.models import Publication
from reporting.disclosure.services import publish_circular, withdraw_publication
from reporting.reports.models import Report
from reporting.reports.services import compile_period
from supervision.notices.models import Notice
from tests import build

# Held here instead of in a table: who may publish, and that the public pages are the same for everybody.
ADDRESSES = {
    *(f"disclosure:{name}" for name in ("list", "detail", "publish")),
    *(
        f"public:{name}"
        for name in (
            "home",
            "circulars",
            "data",
            "data_file",
            "log",
            "month",
            "document",
            "departments",
            "place",
        )
    ),
}
AT = datetime(2026, 11, 20, 9, 0, tzinfo=BUSINESS_ZONE)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unkept():
    """Every request of these tests is made anew; keeping has a test of its own."""
    with mock.patch.object(fast, "FRESH", -1.0):
        yield


@pytest.fixture
def world():
    cast = build.cast()
    company = Company.objects.create(
        name="秘密科技有限公司", contact_name="王镈", contact_phone="13912345678"
    )
    for n in range(4):
        build.project(f"机密项目{n}", company=company)
    snapshot = compile_period(
        province=Division.objects.get(pk="230000"), period=Period.parse("2026-10"), by=None, at=AT
    )
    circular = draft_circular(report=Report.objects.get(snapshot=snapshot, unit_id="230000"), by=None, at=AT)
    approve_circular(circular=circular, by=cast["province_head"], at=AT)
    issue_circular(circular=circular, by=cast["province_head"], at=AT)
    return {**cast, "circular": circular}


@pytest.fixture
def published(world):
    return publish_circular(circular=world["circular"], sections=[0], by=world["province_head"], at=AT)


def _pages(slug):
    return [
        reverse("public:home"), reverse("public:circulars"), reverse("public:data"), reverse("public:log"),
        reverse("public:month", args=[slug]), reverse("public:data_file", args=["230000", "units", "csv"]),
        reverse("public:data_file", args=["230000", "counties", "json"]),
        reverse("public:place", args=["230000", "230622"]),
    ]  # fmt: skip


def test_before_anything_is_published_the_site_says_so():
    response = Client().get(reverse("public:home"))
    assert response.status_code == 200
    assert "还没有公布内容" in response.content.decode()
    assert Client().get(reverse("public:data_file", args=["230000", "units", "csv"])).status_code == 404


def test_pages_set_no_cookie_name_nobody_and_are_the_same_for_all(published, world):
    signed_in = Client()
    signed_in.force_login(world["county"])
    for path in _pages(published.slug):
        visitor = Client().get(path)
        assert visitor.status_code == 200, path
        assert not visitor.cookies
        assert "Vary" not in visitor or "Cookie" not in visitor["Vary"], path
        assert visitor["Cache-Control"] == "public, max-age=60"
        assert signed_in.get(path).content == visitor.content
        text = visitor.content.decode()
        for secret in (
            "机密项目",
            "秘密科技",
            "王镈",
            "13912345678",
            "t-province-head",
            "csrfmiddlewaretoken",
        ):
            assert secret not in text, (path, secret)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text), path
    for path in (reverse("public:home"), reverse("public:data")):
        assert Client().post(path).status_code == 405


def test_a_signed_in_visitor_takes_no_session_through_a_shared_cache(published, world):
    """P-04: the answer may be handed to anybody, so no cookie goes with it."""
    client = Client()
    client.force_login(world["county"])
    for name in ("public:home", "public:data", "public:log"):
        response = client.get(reverse(name))
        assert response["Cache-Control"] == "public, max-age=60"
        assert not response.cookies
    assert client.get(reverse("home")).status_code == 200


@pytest.mark.parametrize(
    "query", ["&&lang=en", "lang=en&", "size=large&lang=en", "lang=zh-hans", "x=1&lang=en"]
)
def test_a_page_has_four_addresses_and_no_more(published, query):
    response = Client().get(f"{reverse('public:home')}?{query}")
    assert response.status_code == 302
    kept = response["Location"].partition("?")[2]
    assert kept in fast.QUESTIONS
    assert Client().get(response["Location"]).status_code == 200


def test_english_by_the_address_and_other_questions_are_cut_off(published):
    english = Client().get(reverse("public:home") + "?lang=en")
    assert b"Progress of signed projects" in english.content
    assert english["Content-Language"] == "en"
    cut = Client().get(reverse("public:home") + "?lang=en&x=%27%22%3Cscript%3E")
    assert (cut.status_code, cut["Location"]) == (302, "/public/?lang=en")
    assert Client().get(reverse("public:home") + "?lang=klingon").status_code == 302


def test_open_data_carries_what_the_page_shows(published):
    text = (
        Client().get(reverse("public:data_file", args=["230000", "units", "csv"])).content.decode("utf-8-sig")
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == text.count("\r\n") - 1  # one line of headings
    daqing = next(row for row in rows if row["行政区划代码"] == "230600")
    assert (daqing["期间"], daqing["签约项目"], daqing["通报文号"]) == (
        "2026-10",
        "4",
        published.payload["number"],
    )
    data = json.loads(Client().get(reverse("public:data_file", args=["230000", "counties", "json"])).content)
    assert {"fields", "rows"} == set(data)
    county = next(row for row in data["rows"] if row["unit_code"] == "230622")
    assert county["signed"] == 4


def _place(code, publisher="230000"):
    return Client().get(reverse("public:place", args=[publisher, code]))


def test_a_place_shows_its_own_months_as_they_were_published(published, world):
    """H20: the trend of every division, from the months that stand alone."""
    month = Client().get(reverse("public:month", args=[published.slug])).content.decode()
    for code in ("230600", "230622", "232700"):
        assert f'href="{reverse("public:place", args=["230000", code])}"' in month
    page = _place("230622").content.decode()
    assert "肇源县近 12 个月情况" in page and "jg-chart" in page and "0 / 4" in page
    assert "2026-09" not in page
    assert reverse("public:departments", args=[published.slug, "230600"]) in _place("230600").content.decode()
    empty = _place("232700").content.decode()
    assert "没有可显示的比率" in empty and "jg-chart" not in empty
    few = [
        {**one, "figures": {"signed": 2, "withheld": True}} if one["code"] == "230622" else one
        for one in published.payload["counties"]
    ]
    Publication.objects.create(
        unit_id="230000", circular=_circular_of(world, "2026-08"), slug="230000-2026-08", period="2026-08",
        cut_off_on="2026-08-31", payload={**published.payload, "period": "2026-08", "counties": few}, digest="d",
        published_by=world["province_head"], published_at=AT, province_code="230000",
    )  # fmt: skip
    page = _place("230622").content.decode()
    assert [page.index(one) for one in ("2026-10</th>", "2026-09</th>", "2026-08</th>")] == sorted(
        page.index(one) for one in ("2026-10</th>", "2026-09</th>", "2026-08</th>")
    )
    assert ">未公布<" in page and "2 个项目" in page
    assert Client().get(f"{reverse('public:place', args=['230000', '230622'])}?lang=en").status_code == 200
    for code, publisher in (("999999", "230000"), ("230000", "230000"), ("230622", "230600")):
        assert _place(code, publisher).status_code == 404
    withdraw_publication(publication=published, note="数据有误", by=world["province_head"], at=AT)
    assert "2026-10</th>" not in _place("230622").content.decode()


def test_the_log_holds_policy_notices_and_why_they_were_withdrawn(world):
    def made(title, public_by):
        return Notice.objects.create(
            unit_id="230622", title=title, text=f"{title}的正文", state="published", published_at=AT, is_public=True,
            written_by=world["county"], written_at=AT, public_by=public_by, public_at=AT if public_by else None,
            province_code="230000",
        )  # fmt: skip

    head = world["province_head"]
    stands, inside, gone = made("补贴申报", head), made("内部通知", None), made("旧的通知", head)
    Notice.objects.filter(pk=gone.pk).update(
        state="withdrawn", withdrawn_by=world["county"], withdrawn_at=AT, withdrawal_reason="政策已调整"
    )
    page = Client().get(reverse("public:log")).content.decode()
    assert reverse("public:notice", args=[stands.slug]) in page
    assert "旧的通知" in page and "政策已调整" in page
    assert inside.title not in page and "的正文" not in page
    listed = Client().get(reverse("public:notices")).content.decode()
    assert "旧的通知" not in listed and "已撤下的见公布记录" in listed


def test_the_log_leads_to_the_dictionary_of_its_files(published):
    assert f"{reverse('public:data')}#json-fields" in Client().get(reverse("public:log")).content.decode()
    page = Client().get(reverse("public:data")).content.decode()
    for name in ("followed_up", "not_adopted", "bad", "extras.ratings", "offices.departments[].figures"):
        assert f"<code>{name}</code>" in page


def test_the_basis_is_that_of_the_regime_of_the_unit(published):
    path = reverse("public:month", args=[published.slug])
    assert "《黑龙江省招商引资项目服务保障暂行办法》第二十条" in Client().get(path).content.decode()
    with mock.patch.object(public_views, "regime_code_of", return_value="guizhou"):
        page = Client().get(path).content.decode()
    rule = get_regime("guizhou").rule("rate_start", published.cut_off_on)
    assert rule.basis.text in page and "黑龙江省招商引资项目服务保障" not in page


def test_files_come_from_the_payload(published):
    for format in ("docx", "xlsx", "pdf"):
        response = Client().get(reverse("public:document", args=[published.slug, format]))
        assert response.status_code == 200
        assert "attachment" in response["Content-Disposition"]
        assert response.content[:2] in (b"PK", b"%P")
    kept = Client().get(reverse("public:document", args=[published.slug, "json"]))
    assert hashlib.sha256(kept.content).hexdigest() == published.digest
    log = Client().get(reverse("public:log")).content.decode()
    assert published.digest in log
    assert reverse("public:document", args=[published.slug, "json"]) in log
    assert Client().get("/public/230000-2026-10.exe").status_code == 404
    assert Client().get("/public/999999-2026-10/").status_code == 404


def test_what_is_withdrawn_leaves_number_and_note(published, world):
    withdraw_publication(publication=published, note="数据有误，更正后重发", by=world["province_head"], at=AT)
    page = Client().get(reverse("public:month", args=[published.slug])).content.decode()
    assert "数据有误，更正后重发" in page
    assert "jo-table" not in page
    assert published.payload["title"] not in Client().get(reverse("public:circulars")).content.decode()
    assert "数据有误，更正后重发" in Client().get(reverse("public:log")).content.decode()
    for format in ("pdf", "xlsx", "docx", "json"):  # the addresses people passed on say why, and hold nothing
        gone = Client().get(reverse("public:document", args=[published.slug, format]))
        assert (gone.status_code, "数据有误，更正后重发" in gone.content.decode()) == (410, True)


def test_a_withdrawn_month_says_so_on_the_front_page_and_leads_to_its_successor(published, world):
    head, slug = world["province_head"], published.slug
    earlier = Publication.objects.create(
        unit_id="230000", circular=_circular_of(world, "2026-09"), slug="230000-2026-09", period="2026-09",
        cut_off_on="2026-09-30", payload={**published.payload, "period": "2026-09"}, digest="d", published_by=head,
        published_at=AT, province_code="230000",
    )  # fmt: skip
    withdraw_publication(publication=published, note="数据有误", by=head, at=AT)
    front = Client().get(reverse("public:home")).content.decode()
    assert "2026年10月的数据已于" in front
    assert "重新公布之前，这里显示2026年9月的数据" in front
    gone = Client().get(reverse("public:month", args=[slug]))
    assert (gone.status_code, "尚未重新公布" in gone.content.decode()) == (410, True)
    again = publish_circular(circular=world["circular"], sections=[], by=head, at=AT)
    assert again.slug != slug
    link = f'href="{reverse("public:month", args=[again.slug])}"'
    assert link in Client().get(reverse("public:month", args=[slug])).content.decode()
    assert f"{link}>更正后的数据" in Client().get(reverse("public:log")).content.decode()
    assert "已于" not in Client().get(reverse("public:home")).content.decode()
    assert earlier.slug in Client().get(reverse("public:home")).content.decode()


def test_a_quarter_says_why_it_ends_before_its_last_day(published, world):
    quarter = Publication.objects.create(
        unit_id="230000", circular=_circular_of(world, "2026Q3"), slug="230000-2026Q3", period="2026Q3",
        cut_off_on="2026-09-27", payload={**published.payload, "period": "2026Q3", "cut_off_on": "2026-09-27"},
        digest="d", published_by=world["province_head"], published_at=AT, province_code="230000",
    )  # fmt: skip
    words = "本报告在期末前报送"
    assert words in Client().get(reverse("public:month", args=[quarter.slug])).content.decode()
    assert words not in Client().get(reverse("public:month", args=[published.slug])).content.decode()


def _circular_of(world, period):
    circular = world["circular"]
    return Circular.objects.create(
        unit=circular.unit, report=circular.report, period=period, title="通报", addressees="各市", body=[],
        drafted_at=AT, **circular.unit.codes,
    )  # fmt: skip


def test_a_kept_page_is_answered_without_a_statement(published, django_assert_num_queries):
    client, path = Client(), reverse("public:home")
    with mock.patch.object(fast, "FRESH", 60.0):
        first = client.get(path)
        with django_assert_num_queries(0):
            again = client.get(path)
        assert again.content == first.content
        for name in (
            "Content-Security-Policy",
            "X-Frame-Options",
            "X-Content-Type-Options",
            "Cache-Control",
            "ETag",
        ):
            assert again[name] == first[name], name
        assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_page_made_anew_is_not_sent_to_whoever_holds_it(published, world):
    client, path = Client(), reverse("public:home")
    first = client.get(path)
    for held in (first["ETag"], f'"other", W/{first["ETag"]}'):
        again = client.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Cache-Control"] == first["Cache-Control"]
    withdraw_publication(publication=published, note="数据有误", by=world["province_head"], at=AT)
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_section_that_names_a_project_starts_unticked_and_its_tick_is_refused(world):
    circular, client = world["circular"], Client()
    body = [
        {"heading": "总体", "paragraphs": ["很好。"]},
        {"heading": "问题", "paragraphs": ["机密项目2逾期。"]},
    ]
    Circular.objects.filter(pk=circular.pk).update(body=body)
    client.force_login(world["province_head"])
    address = reverse("disclosure:publish", args=[circular.pk])
    page = client.get(address).content.decode()
    assert re.search(r'value="0" id="id_sections_0" checked', page)
    assert not re.search(r'value="1" id="id_sections_1" checked', page)
    assert "“机密项目2”" in page
    refused = client.post(address, {"sections": ["0", "1"], "checked": "on"})
    assert "机密项目2" in refused.content.decode()
    assert not Publication.objects.exists()
    client.post(address, {"sections": ["0"], "checked": "on"})
    assert [one["heading"] for one in Publication.objects.get().payload["sections"]] == ["总体"]


def test_the_head_publishes_from_the_circular_and_others_cannot(world):
    address = reverse("disclosure:publish", args=[world["circular"].pk])
    expected = {
        "province_head": 200, "province": 403, "auditor": 403, "city": 404, "county": 404, "officer": 403,
        "investor": 403, "nobody": 403, "administrator": 403,
    }  # fmt: skip
    for who, status in expected.items():
        client = Client()
        client.force_login(world[who])
        assert client.get(address).status_code == status, who
        if who != "province_head":
            assert client.post(address, {"sections": ["0"], "checked": "on"}).status_code == status, who
    assert not Publication.objects.exists()
    client = Client()
    client.force_login(world["province_head"])
    kept = client.post(address, {"sections": ["0"]})
    assert kept.status_code == 200
    assert "请核对文字后勾选此项" in kept.content.decode()
    done = client.post(address, {"sections": ["0", "1"], "checked": "on"})
    row = Publication.objects.get()
    assert done["Location"] == reverse("disclosure:detail", args=[row.pk])
    assert client.get(done["Location"]).status_code == 200
    again = client.post(address, {"sections": ["0"], "checked": "on"})
    assert "已经公布" in again.content.decode()
    assert client.post(done["Location"], {"note": " "}).status_code == 200
    client.post(done["Location"], {"note": "有误"})
    row.refresh_from_db()
    assert row.withdrawal_note == "有误"
    page = client.get(done["Location"]).content.decode()
    assert "曾经公开的内容" in page
    assert "查看公示页面" not in page
    assert client.get(reverse("disclosure:list")).status_code == 200
