"""Fixtures for all tests: reference rows, a browser, and what a page must never do."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.plugin import blocking_manager_key

from tests.paths import SHARED, VENDOR

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OFFICE_SCREEN = {"width": 1366, "height": 768}
PHONE_SCREEN = {"width": 390, "height": 844}

_flushed = False  # a transactional test empties every table when it ends


def load_reference_rows() -> None:
    """The rows that every installation has: the working calendar and the divisions."""
    call_command("seed_calendar", verbosity=0)
    call_command("load_divisions", verbosity=0)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        load_reference_rows()


WITHOUT_SAMPLES = "the sample workbooks and policy texts do not lie beside this clone"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A clone without the samples beside it is tested by everything that brings its own workbooks."""
    if SHARED.is_dir():
        return
    for item in items:
        if {"SHARED", "LEDGERS"} & vars(getattr(item, "module", pytest)).keys():
            item.add_marker(pytest.mark.skip(reason=WITHOUT_SAMPLES))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        if not SHARED.is_dir():
            pytest.skip(WITHOUT_SAMPLES)
        raise


def _is_transactional(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    by_mark = bool(marker and marker.kwargs.get("transaction", bool(marker.args and marker.args[0])))
    return by_mark or bool(names & {"transactional_db", "live_server", "django_db_reset_sequences"})


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Bring the reference rows back, outside the next test's own transaction."""
    global _flushed
    if _flushed:
        with item.config.stash[blocking_manager_key].unblock():
            load_reference_rows()
        _flushed = False


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    global _flushed
    _flushed = _flushed or _is_transactional(item)


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """A test that changes the language, or a view that did, leaves nothing to the next."""
    from django.conf import settings
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium of the system for the whole run."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; the tests' own queries are ordinary all the same.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


def _pages(browser: Any, live_server: Any, **screen: Any) -> Iterator[Any]:
    context = browser.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        accept_downloads=True,
        **screen,
    )
    context.set_default_timeout(15_000)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on(
        "console",
        lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield context.new_page()
    context.close()
    assert not faults, f"the browser complained: {faults}"


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A page on an office screen; any script error or breach of the content policy fails the test."""
    yield from _pages(browser, live_server, viewport=OFFICE_SCREEN)


@pytest.fixture
def phone(browser: Any, live_server: Any) -> Iterator[Any]:
    yield from _pages(browser, live_server, viewport=PHONE_SCREEN, is_mobile=True, has_touch=True)


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Any, Any], None]:
    """`sign_in(page, user)`: the browser holds the user's session, without the sign-in page."""
    from django.conf import settings
    from django.test import Client

    def put_session(page: Any, user: Any) -> None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )

    return put_session


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """`axe(page)` fails on each serious or critical accessibility fault of the page as it stands."""
    script = (VENDOR / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def run(page: Any, *, exclude: tuple[str, ...] = ()) -> None:
        page.evaluate(script)
        found = page.evaluate(
            "(exclude) => axe.run({exclude}, {resultTypes: ['violations']})", [[one] for one in exclude]
        )
        grave = [
            f"{one['id']} ({one['impact']}): {one['help']} — "
            + "; ".join(" ".join(map(str, node["target"])) for node in one["nodes"][:5])
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        assert not grave, "\n".join(grave)

    return run
