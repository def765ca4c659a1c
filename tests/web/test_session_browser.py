"""The frame in a browser: keyboard, menus, phone, contrast; any breach of the content policy fails (conftest)."""

from typing import Any

import pytest

from accounts import clock, notify
from accounts.models import User
from accounts.permissions import Role
from tests import build

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

ADMIN_PAGES = (
    "/people/",
    "/people/new/?division=230622",
    "/divisions/",
    "/divisions/230622/",
    "/calendar/?year=2026",
    "/calendar/notice/",
    "/password/",
)
OFFICE_PAGES = ("/inbox/", "/audit/", "/posting/", "/no/such/page/")


def no_sideways_scroll(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
        page.url
    )


@pytest.fixture
def office() -> User:
    person = build.user("t-county", name="孙丽娟", department="business_environment")
    notify.tell(
        [person],
        key="k",
        kind="x",
        title="市局退回 9 月台账更正件",
        text="第 4 行",
        url="/inbox/",
        at=clock.now(),
    )
    return person


def test_signing_in_by_keyboard_and_out_by_the_menu(page: Any, axe: Any, office: User) -> None:
    page.goto("/inbox/")
    axe(page)
    page.keyboard.type("t-county")
    page.keyboard.press("Tab")
    page.keyboard.type(build.PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="收件箱").wait_for()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "跳到正文"
    menu = page.locator("details.jg-me")
    menu.locator("summary").click()
    axe(page)
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    menu.locator("summary").click()
    menu.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login/")


def test_pages_are_accessible_on_an_office_screen(page: Any, axe: Any, sign_in: Any, office: User) -> None:
    for person, paths in (
        (office, OFFICE_PAGES),
        (build.user("t-admin", Role.ADMINISTRATOR, "230600"), ADMIN_PAGES),
    ):
        sign_in(page, person)
        for path in paths:
            page.goto(path)
            axe(page)
            no_sideways_scroll(page)


def test_pages_and_menu_fit_a_phone(phone: Any, axe: Any, sign_in: Any, office: User) -> None:
    for person, paths in (
        (office, OFFICE_PAGES),
        (build.user("t-admin", Role.ADMINISTRATOR, "230600"), ADMIN_PAGES),
    ):
        sign_in(phone, person)
        for path in paths:
            phone.goto(path)
            no_sideways_scroll(phone)
    phone.goto("/people/")
    phone.locator("details.jg-menu > summary").click()
    assert phone.locator("details.jg-menu").get_by_role("link", name="人员与任职").is_visible()
    axe(phone)


def test_without_scripts_everything_still_works(browser: Any, live_server: Any, office: User) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/inbox/")
    page.fill("#id_username", "t-county")
    page.fill("#id_password", build.PASSWORD)
    page.click("main .btn-primary")
    assert page.url.endswith("/inbox/")
    page.locator("details.jg-me > summary").click()
    page.locator("details.jg-me").get_by_role("link", name="变更记录").click()
    assert page.locator("h1").inner_text() == "变更记录"
    context.close()
