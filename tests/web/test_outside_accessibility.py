"""All pages for people outside, in Chromium: WCAG 2.2 AA by axe, both type sizes, reflow, focus, and nothing from elsewhere."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as installed
from django.core.cache import cache
from django.template import loader
from django.test import Client
from django.urls import reverse

from accounts.outside import throttle
from reporting.disclosure import fast
from reporting.disclosure.models import Publication
from tests.mail_help import SITE
from tests.paths import VENDOR
from tests.web.outside_world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e, pytest.mark.slow]
AXE = (VENDOR / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
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


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    cache.clear()
    settings.PORTAL_URL = SITE  # without it no mail names a link
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
        self.page.goto(path + (("&" if "?" in path else "?") + "size=large" if large else ""))
        self.path = f"{path} {'large' if large else 'standard'} {self.page.viewport_size['width']}"
        if (ended := self.page.evaluate("location.pathname")) != path.split("?")[0]:
            self.faults.append(f"{self.path}: led to {ended}")
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


def know(page: Any, site: str, cookies: dict[str, str]) -> None:
    """The browser of a complainant who holds a receipt and has looked it up."""
    page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])


def plain(page: Any, rf: Any) -> list[str]:
    """Error pages outside every frame, put at addresses of their own: no page of a test is asked for so often."""

    def answer(route: Any) -> None:
        asked = rf.get("/" + route.request.url.split("/", 3)[3])
        if "429" in asked.path:
            text = throttle.too_many(asked, throttle.Limit("tries", 9, 900)).content.decode()
        else:
            text = loader.get_template("413.html").render({}, asked)
        route.fulfill(status=429, body=text, content_type="text/html; charset=utf-8")

    page.route(re.compile("/error/4"), answer)
    return ["/error/413/", "/error/429/"]


def test_pages_without_an_account(world: World, screens: list[Scan], live_server: Any, rf: Any) -> None:
    for scan in screens:
        know(scan.page, live_server.url, world.cookies)
        errors = plain(scan.page, rf)
    _rounds(screens, [*world.public(), *world.open(), *errors], _axe_and_fit)
    form = reverse("complaints:write")
    for scan in screens:
        for address, large in ((f"{form}?size=standard", False), (form, True)):
            scan.go(address, large=large)
            scan.page.get_by_role("button", name="提交投诉").click()
            scan.page.locator(".is-invalid").first.wait_for()
            _axe_and_fit(scan)
    Publication.objects.all().delete()
    _rounds(screens, [reverse("public:home")], _axe_and_fit)
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


def test_reflow_and_focus(world: World, page: Any, live_server: Any, rf: Any) -> None:
    """At 320 px and at 200 % nothing is cut off; with the keyboard one always sees where one is."""
    scan, errors = Scan(page, live_server.url), plain(page, rf)
    for screen in (NARROW, ZOOMED):
        page.set_viewport_size(screen)
        page.context.clear_cookies()
        know(page, live_server.url, world.cookies)
        for path in (*world.public(), *world.open(), *errors):
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
