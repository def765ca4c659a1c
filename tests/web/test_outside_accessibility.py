"""All pages for people outside, in Chromium: WCAG 2.2 AA by axe, both type sizes, reflow, focus, and nothing from elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as installed
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import Division
from accounts.permissions import Role
from approvals.tickets import services as tickets
from policy.periods import Period
from projects.services.team import let_in
from reporting.circulars.services import approve_circular, draft_circular, issue_circular
from reporting.disclosure import fast
from reporting.disclosure.services import publish_circular, withdraw_publication
from reporting.reports.content import OfficeLine
from reporting.reports.figures import OfficeFigures
from reporting.reports.models import Report
from reporting.reports.services import compile_period, content_of
from supervision.investors import services as invitations
from supervision.notices import services as notices
from supervision.notices.releasing import release_notice
from supervision.notices.services import Words
from supervision.ratings import services as ratings
from supervision.ratings.models import Chance
from tests import build
from tests.paths import VENDOR

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e, pytest.mark.slow]
AXE = (VENDOR / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
OFFICES = (
    OfficeLine(
        "230600",
        "大庆市住房和城乡建设局",
        OfficeFigures(due=14, on_time=10, late=4, letters=3, rated=9, good=8),
    ),
    OfficeLine(
        "230622", "肇源县自然资源局", OfficeFigures(due=2, on_time=1, late=1, letters=1, rated=2, good=1)
    ),
)
NARROW = {"width": 320, "height": 640}
ZOOMED = {"width": 683, "height": 384}  # 1366 × 768 at 200 %
STRANGERS_CHINESE = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), place = walk.currentNode.parentElement;
    if (!/[\\u4e00-\\u9fff]/.test(text) || ["SCRIPT", "STYLE"].includes(place.tagName)) continue;
    if (!place.closest("[lang]").getAttribute("lang").startsWith("zh")) found.push(text.slice(0, 40));
  }
  return found;
}"""
FOCUS_SEEN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const shown = [at, at.nextElementSibling, at.closest("label")].filter(Boolean).some((one) => {
    const css = getComputedStyle(one);
    return (css.outlineStyle !== "none" && parseFloat(css.outlineWidth) > 0) || css.boxShadow !== "none";
  });
  return (shown ? "seen " : "hidden ") + at.outerHTML.slice(0, 120);
}"""


class World:
    """What the pages show: a published and a withdrawn month, an invited company with a ticket, notices, ratings."""

    def __init__(self) -> None:
        now = clock.now()
        cast = build.cast()
        company = build.company()
        self.project = build.project(company=company, planned={"construction_start": date(2026, 6, 1)})
        for n in range(3):
            build.project(f"其他项目{n}", company=company)
        self.months(cast["province_head"], now)
        made = invitations.invite(
            project=self.project, name="周海", phone="13900000001", expires_on=now.date() + timedelta(days=60),
            by=cast["county"], at=now,
        )  # fmt: skip
        self.link, self.investor = made.text, made.user
        self.pair = build.user("a-pair", Role.INVESTOR)
        for project in (self.project, build.project("第二个项目", company=company)):
            let_in(project=project, user=self.pair, by=cast["county"], at=now)
        self.ticket = tickets.open_ticket(
            project=self.project,
            kind="other",
            title="临时用电增容",
            text="现有 250 kVA",
            by=made.user,
            at=now,
        )
        self.chance = Chance.objects.create(
            service="ticket", subject_id=self.ticket.pk, project=self.project, division=self.project.division,
            label="用水接入", office="肇源县供水公司", done_on=now.date(), made_at=now,
            expires_on=now.date() + timedelta(days=30), **self.project.division.codes,
        )  # fmt: skip
        _row, self.rating, _code = ratings.print_link(chance=self.chance, by=cast["county"], at=now)
        words = Words("食品产业技改补贴申报", "十月底前申报。\n\n咨询：工信局 0459-8220000", is_public=True)
        unit = Division.objects.get(pk="230622")
        self.notice = notices.draft_notice(unit=unit, words=words, by=cast["county"], at=now)
        notices.publish_notice(notice=self.notice, turn=1, by=cast["county"], at=now)
        head = build.user("a-head", Role.OFFICE_HEAD)
        release_notice(notice=self.notice, turn=2, by=head, at=now)

    def months(self, head: Any, now: Any) -> None:
        self.slugs = []
        for month in ("2026-09", "2026-10"):
            snapshot = compile_period(
                province=Division.objects.get(pk="230000"), period=Period.parse(month), by=None, at=now
            )
            report = Report.objects.get(snapshot=snapshot, unit_id="230000")
            counted = replace(content_of(report), offices=OFFICES)
            Report.objects.filter(pk=report.pk).update(figures=counted.to_json())
            report.refresh_from_db()
            circular = draft_circular(report=report, by=None, at=now)
            approve_circular(circular=circular, by=head, at=now)
            issue_circular(circular=circular, by=head, at=now)
            made = publish_circular(circular=circular, sections=[0], by=head, at=now)
            if month == "2026-09":
                withdraw_publication(publication=made, note="数据有误", by=head, at=now)
            self.slugs.append(made.slug)

    def public(self) -> list[str]:
        withdrawn, standing = (reverse("public:month", args=[one]) for one in self.slugs)
        names = ("home", "circulars", "data", "log", "notices")
        return [
            *(reverse(f"public:{name}") for name in names),
            standing,
            withdrawn,
            reverse("public:departments", args=[self.slugs[1], "230600"]),
            reverse("public:place", args=["230000", "230600"]),
            reverse("public:notice", args=[self.notice.slug]),
        ]

    def open(self) -> list[str]:
        """Pages of the ways in, without an account."""
        return [
            reverse("accounts:login"), reverse("investors:code"), reverse("investors:link", args=[self.link]),
            reverse("investors:link", args=["unknown"]), reverse("ratings:code"),
            reverse("ratings:rate", args=[self.rating]), reverse("ratings:rate", args=["unknown"]),
            reverse("ratings:thanks"),
        ]  # fmt: skip

    def portal(self) -> list[str]:
        """Pages of somebody invited to one project."""
        return [
            reverse("investors:project", args=[self.project.pk]), reverse("investors:password"),
            reverse("ratings:portal", args=[self.chance.pk]), reverse("notices:list"),
            reverse("notices:detail", args=[self.notice.pk]), reverse("accounts:inbox"),
            reverse("accounts:mail_choice"), reverse("tickets:detail", args=[self.ticket.pk]),
        ]  # fmt: skip


@pytest.fixture
def world() -> Iterator[World]:
    cache.clear()
    with mock.patch.object(fast, "FRESH", -1.0):
        yield World()


class Scan:
    """Opens addresses on one screen and gathers what is wrong, so that one run shows all of it."""

    def __init__(self, page: Any, site: str) -> None:
        self.page, self.faults = page, []
        page.on("request", lambda one: self._asked(one.url, site))

    def _asked(self, url: str, site: str) -> None:
        if not url.startswith((site, "data:", "blob:")):
            self.faults.append(f"asked for {url}")

    def go(self, path: str, *, large: bool = False) -> None:
        self.page.goto(path + ("?size=large" if large else ""))
        self.path = f"{path} {'large' if large else 'standard'} {self.page.viewport_size['width']}"
        if bool(self.page.evaluate("document.body.classList.contains('is-large')")) != large:
            self.faults.append(f"{self.path}: not in the type size asked for")

    def axe(self) -> None:
        self.page.evaluate(AXE)
        for one in self.page.evaluate("(rules) => axe.run(rules)", RULES)["violations"]:
            places = "; ".join(
                f"{node['target']} {node['failureSummary'][:160]}" for node in one["nodes"][:4]
            )
            self.faults.append(f"{self.path}: {one['id']} ({one['impact']}) {places}")

    def fits(self) -> None:
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            self.faults.append(f"{self.path}: {wide} px wider than the screen")

    def focus(self, stops: int = 45) -> None:
        for _n in range(stops):
            self.page.keyboard.press("Tab")
            said = self.page.evaluate(FOCUS_SEEN)
            if said.startswith("hidden"):
                self.faults.append(f"{self.path}: focus cannot be seen on {said}")


def enter(page: Any, site: str, person: Any) -> None:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies[installed.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": installed.SESSION_COOKIE_NAME, "value": value, "url": site}])


@pytest.fixture
def screens(page: Any, phone: Any, live_server: Any) -> list[Scan]:
    return [Scan(page, live_server.url), Scan(phone, live_server.url)]


def _rounds(screens: list[Scan], paths: list[str], look: Callable[[Scan], None]) -> None:
    for scan in screens:
        for large in (False, True):
            for path in paths:
                scan.go(path, large=large)
                look(scan)
        scan.page.goto(f"{paths[0]}?size=standard")


def _axe_and_fit(scan: Scan) -> None:
    scan.axe()
    scan.fits()


def test_pages_without_an_account(world: World, screens: list[Scan]) -> None:
    _rounds(screens, [*world.public(), *world.open()], _axe_and_fit)
    _nothing_wrong(screens)


def _nothing_wrong(screens: list[Scan]) -> None:
    assert not (faults := [one for scan in screens for one in scan.faults]), "\n".join(faults)


def test_pages_of_the_portal(world: World, screens: list[Scan], live_server: Any) -> None:
    for scan in screens:
        enter(scan.page, live_server.url, world.investor)
    _rounds(screens, world.portal(), _axe_and_fit)
    for scan in screens:
        enter(scan.page, live_server.url, world.pair)
        scan.go(reverse("investors:portal"))
        _axe_and_fit(scan)
    _nothing_wrong(screens)


def test_reflow_and_focus(world: World, page: Any, live_server: Any) -> None:
    """At 320 px and at 200 % nothing is cut off; with the keyboard one always sees where one is."""
    scan = Scan(page, live_server.url)
    for screen in (NARROW, ZOOMED):
        page.set_viewport_size(screen)
        page.context.clear_cookies()
        for path in (*world.public(), *world.open()):
            scan.go(path)
            scan.fits()
        enter(page, live_server.url, world.investor)
        for path in world.portal():
            scan.go(path)
            scan.fits()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.context.clear_cookies()
    for path in (world.public()[0], *world.open()[:3], world.open()[5]):
        scan.go(path)
        scan.focus()
    enter(page, live_server.url, world.investor)
    scan.go(world.portal()[0])
    scan.focus()
    _nothing_wrong([scan])


def test_chinese_parts_of_the_english_site_are_marked(world: World, page: Any) -> None:
    found = {}
    for path in world.public():
        page.goto(f"{path}?lang=en")
        if texts := page.evaluate(STRANGERS_CHINESE):
            found[path] = texts
    assert not found


def test_the_size_is_kept_without_a_script(world: World, browser: Any, live_server: Any) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    large = "body.is-large"
    page.goto(reverse("public:home"))
    page.get_by_role("link", name="大字号").click()
    assert page.locator(large).count() == 1
    page.locator("main a").filter(has_text="全部").first.click()
    assert page.locator(large).count() == 1, "kept in the links of the public site"
    assert not context.cookies()
    page.goto(reverse("investors:code"))
    assert page.locator(large).count() == 0
    page.get_by_role("link", name="大字号").click()
    page.goto(reverse("accounts:login"))
    assert page.locator(large).count() == 1, "kept in a cookie elsewhere"
    page.get_by_role("link", name="标准字号").click()
    assert page.locator(large).count() == 0
    context.close()


def test_with_a_script_the_switch_keeps_what_was_typed(world: World, page: Any) -> None:
    page.goto(reverse("investors:code"))
    page.locator("[name=code]").fill("ABCD")
    page.get_by_role("link", name="大字号").click()
    assert page.locator("body.is-large [name=code]").input_value() == "ABCD"
    page.goto(reverse("accounts:login"))
    assert page.locator("body.is-large").count() == 1
    page.get_by_role("link", name="标准字号").click()
    page.reload()
    assert page.locator("body.is-large").count() == 0
