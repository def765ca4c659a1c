"""The investor on a phone, from the officer's invitation to the rating; a reader of the public site without a script."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Division, OutsideLink
from accounts.permissions import Role
from approvals.tickets.models import Ticket
from policy.periods import Period
from projects import services as projects
from projects.models import TeamRole
from reporting.circulars.services import approve_circular, draft_circular, issue_circular
from reporting.disclosure import fast
from reporting.disclosure.models import Publication
from reporting.disclosure.services import publish_circular, withdraw_publication
from reporting.reports.models import Report
from reporting.reports.services import compile_period
from supervision.ratings import making
from supervision.ratings.models import Level, Rating
from tests import build
from tests.e2e import town
from tests.e2e.serving import press

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SMALL_SCREEN = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def unkept() -> Iterator[None]:
    """Wrong tries of other tests are forgotten, and public pages are made anew."""
    cache.clear()
    with mock.patch.object(fast, "FRESH", -1.0):
        yield


def test_the_investor_on_a_phone(page: Any, phone: Any, settings: Any, axe: Callable[..., None]) -> None:
    town.stand(settings, "2026-10-23 09:00")
    people = build.cast()
    project = build.project("艾草生物经济项目", company=build.company())
    at = build.at("2026-10-23 09:00")
    projects.appoint(
        project=project, role=TeamRole.CHIEF_SERVICE_OFFICER, user=people["officer"], valid_from=date(2026, 4, 1),
        by=people["county"], at=at,
    )  # fmt: skip
    power = build.user("t-power", Role.SERVICE_SPECIALIST, department="power_supply", name="高峰")
    link = _invited(page, project, people["officer"])
    _comes_in(phone, project, link, axe)
    ticket = _asks_for_help(phone)
    _taken_up(page, ticket, power, "已增容到 500 kVA")
    # refused with a reason: back to work
    town.stand(settings, "2026-10-26 10:00")
    phone.goto(reverse("investors:project", args=[project.pk]))
    phone.locator(".jo-ask summary", has_text="未解决").click()
    phone.get_by_label("还差什么").fill("申请的是 630 kVA")
    axe(phone)
    press(phone, "退回继续办")
    ticket.refresh_from_db()
    assert ticket.state == "working"
    assert "申请的是 630 kVA" in "".join(ticket.entries.values_list("text", flat=True))
    # done properly, and confirmed
    town.stand(settings, "2026-10-27 10:00")
    _closing(page, ticket, power, "已增容到 630 kVA")
    phone.reload()
    press(phone, "确认办结")
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    _rates(phone, project, axe)
    _opens_the_complaint_form(phone, project)
    _taken_back(page, phone, project, people["officer"])


def _invited(page: Any, project: Any, officer: Any) -> str:
    """The officer makes an invitation and passes the link on."""
    town.enter(page, officer.username)
    page.goto(reverse("projects:detail", args=[project.pk]))
    page.get_by_role("link", name="邀请企业").first.click()
    page.locator("[name=name]").fill("周海")
    page.locator("[name=phone]").fill("13900000001")
    page.locator("[name=expires_on]").fill("2026-12-31")
    press(page, "生成邀请")
    return str(page.locator("#link").input_value())


def _comes_in(phone: Any, project: Any, link: str, axe: Callable[..., None]) -> None:
    """The link shows who invites; the button opens the project."""
    phone.goto(link)
    assert project.name not in phone.content()
    assert OutsideLink.objects.get().first_used_at is None
    axe(phone)
    town.fits(phone)
    press(phone, "打开我的项目")
    assert project.name in phone.locator("h1").inner_text()
    axe(phone)
    town.fits(phone)


def _asks_for_help(phone: Any) -> Ticket:
    phone.locator(".jo-jump a", has_text="求助").click()
    phone.get_by_label("哪方面").select_option("electricity")
    phone.get_by_label("一句话概括").fill("临时用电增容")
    phone.get_by_label("说说情况").fill("现有 250 kVA，需要 630 kVA")
    with phone.expect_navigation():
        phone.locator("#help button.btn-primary").click()
    assert "临时用电增容" in phone.locator("main").inner_text()
    return Ticket.objects.get()


def _taken_up(page: Any, ticket: Ticket, power: Any, result: str) -> None:
    """The specialist accepts, works and asks the company to confirm."""
    town.enter(page, power.username)
    page.goto(reverse("tickets:detail", args=[ticket.pk]))
    press(page, "受理")
    _closing(page, ticket, power, result)


def _closing(page: Any, ticket: Ticket, power: Any, result: str) -> None:
    page.goto(reverse("tickets:detail", args=[ticket.pk]))
    page.locator("[name=result]").fill(result)
    press(page, "请企业确认")
    ticket.refresh_from_db()
    assert ticket.state == "closing"


def _rates(phone: Any, project: Any, axe: Callable[..., None]) -> None:
    """The closed matter may be rated, once."""
    making.make_chances(build.at("2026-10-27 11:00"))
    phone.goto(reverse("investors:project", args=[project.pk]))
    phone.get_by_role("link", name="评价这件事").click()
    axe(phone)
    town.fits(phone)
    phone.locator(".jo-rate label").first.click()
    phone.get_by_label("想说的话").fill("很快")
    with phone.expect_navigation():
        phone.locator("main button.btn-primary").click()
    rating = Rating.objects.get()
    assert (rating.level, rating.text, rating.anonymous) == (Level.VERY_GOOD, "很快", True)
    assert phone.get_by_role("link", name="评价这件事").count() == 0


def _opens_the_complaint_form(phone: Any, project: Any) -> None:
    """The name of the project comes along when ticked, and stands in no address."""
    phone.goto(reverse("investors:project", args=[project.pk]))
    phone.get_by_label("填上本项目名称").check()
    with phone.expect_navigation():
        phone.get_by_role("button", name="打开投诉页面").click()
    assert phone.url.endswith(reverse("complaints:write"))
    assert phone.get_by_label("哪个项目").input_value() == project.name
    assert phone.locator(".is-invalid, .errorlist").count() == 0


def _taken_back(page: Any, phone: Any, project: Any, officer: Any) -> None:
    """Taken back, the next page is closed and says why, and the link opens nothing."""
    town.enter(page, officer.username)
    page.goto(reverse("investors:invitations", args=[project.pk]))
    with page.expect_navigation():
        page.get_by_role("button", name="收回").click()
    phone.goto(reverse("investors:project", args=[project.pk]))
    assert phone.url.split("?")[0].endswith(reverse("investors:code"))
    assert "收回" in phone.locator("main").inner_text()


def test_the_reader_without_a_script(browser: Any, live_server: Any, settings: Any) -> None:
    town.stand(settings, "2026-11-20 09:00")
    september, october = _published()
    asked: list[str] = []
    for screen in ({"width": 1366, "height": 768}, SMALL_SCREEN):
        context = browser.new_context(
            base_url=live_server.url, java_script_enabled=False, accept_downloads=True, viewport=screen,
            locale="zh-CN",
        )  # fmt: skip
        page = context.new_page()
        page.on("request", lambda one: asked.append(one.url))
        _reads_the_month(page, october)
        _reads_open_data(page, october)
        _meets_a_withdrawn_month(page, september)
        assert not context.cookies()
        context.close()
    assert asked
    assert not [url for url in asked if not url.startswith((live_server.url, "data:"))]


def _published() -> tuple[Publication, Publication]:
    """September, withdrawn, and October, of 4 projects in 肇源县 and 1 in 杜尔伯特县."""
    people = build.cast()
    for n in range(4):
        build.project(f"内部名称{n}", company=build.company(f"内部公司{n}"))
    build.project("内部名称九", "230624")
    head, at, made = people["province_head"], build.at("2026-11-20 09:00"), []
    for month in ("2026-09", "2026-10"):
        snapshot = compile_period(
            province=Division.objects.get(pk="230000"), period=Period.parse(month), by=None, at=at
        )
        report = Report.objects.get(snapshot=snapshot, unit_id="230000")
        circular = draft_circular(report=report, by=None, at=at)
        approve_circular(circular=circular, by=head, at=at)
        issue_circular(circular=circular, by=head, at=at)
        made.append(publish_circular(circular=circular, sections=[0], by=head, at=at))
    withdraw_publication(publication=made[0], note="数据有误，更正后重发", by=head, at=at)
    return made[0], made[1]


def _reads_the_month(page: Any, october: Publication) -> None:
    page.goto(reverse("public:home"))
    assert "2026年10月" in page.locator("h1").inner_text()
    row = page.locator(".jo-table tr", has_text="大庆市")
    assert not row.locator("li", has_text="肇源县").is_visible()
    row.locator("summary").click()
    assert row.locator("li", has_text="肇源县").is_visible()
    assert "1 个项目" in row.locator("li", has_text="杜尔伯特").inner_text()  # withheld below three
    assert "内部" not in page.content()
    with page.expect_download() as got:
        page.get_by_role("link", name="PDF").first.click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    assert october.payload["number"] in got.value.suggested_filename


def _reads_open_data(page: Any, october: Publication) -> None:
    with page.expect_download() as got:
        page.get_by_role("link", name="CSV").first.click()
    text = got.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["期间"] for row in rows} == {"2026-10"}
    assert next(row for row in rows if row["行政区划代码"] == "230600")["签约项目"] == "5"
    page.get_by_role("link", name="字段说明").click()
    assert "start_planned" in page.content()


def _meets_a_withdrawn_month(page: Any, september: Publication) -> None:
    page.goto(reverse("public:month", args=[september.slug]))
    assert "数据有误，更正后重发" in page.locator("main").inner_text()
    assert page.locator(".jo-table").count() == 0
    page.get_by_role("link", name="查看最新").first.click()
    assert "2026年10月" in page.locator("h1").inner_text()
    page.goto(reverse("public:log"))
    assert "数据有误，更正后重发" in page.locator("main").inner_text()
