"""The main pages as people see them, 1366 and 390 px wide: pictures in var/screens/ to look at, faults fail.

No sideways scroll, no word of the source language, no message in the console, no request that fails or goes elsewhere,
nothing serious for a screen reader.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Obligation, User
from projects.models import Project
from reporting.circulars.models import Circular
from reporting.ledgers.models import Attempt
from reporting.reports.models import Report
from supervision.warnings.models import Warning
from tests import build, ledger_help
from tests.e2e import town
from tests.paths import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SCREENS = ROOT / "var" / "screens"
NOW = "2026-11-05 09:00"
COUNTY, PROVINCE = "office-230622", "office-230000"
# Names that stay as they are in Chinese text.
LATIN = {"CSV", "Word", "PDF", "Excel", "xlsx", "xls", "ods", "csv", "English", "zhaoyuan", "HLJ", "GB"}
Screens = list[tuple[str, str, str]]


@pytest.fixture
def screens(settings: Any) -> Screens:
    """(name, who looks, address) of the pages; the November ledger is just being checked."""
    users = town.lay(settings)
    town.stand(settings, NOW)
    town.reconcile("2026-11-05")
    attempt = ledger_help.stage("zhaoyuan-2026-10.xlsx", users[COUNTY], at=build.at(NOW))
    project = Project.objects.get(name="艾草生物经济项目")
    report = Report.objects.get(unit_id="230000", period="2026-10")
    circular = Circular.objects.get(report=report)
    assert Warning.objects.exists()
    assert Obligation.objects.exists()
    assert Attempt.objects.filter(pk=attempt.pk, error_count=1).exists()
    return [
        ("sign-in", "", "/login/"),
        ("home", COUNTY, "/"),
        ("projects", COUNTY, "/projects/"),
        ("project", COUNTY, f"/projects/{project.pk}/"),
        ("ledger", COUNTY, "/ledgers/units/230622/2026-10/"),
        ("ledger-check", COUNTY, f"/ledgers/attempts/{attempt.pk}/"),
        ("warnings", COUNTY, "/warnings/"),
        ("board", PROVINCE, "/boards/"),
        ("report", PROVINCE, f"/reports/{report.pk}/"),
        ("circular", PROVINCE, f"/circulars/{circular.pk}/"),
        ("matters", COUNTY, "/matters/"),
        ("letters", COUNTY, "/letters/"),
        ("inspections", COUNTY, "/inspections/"),
        ("meetings", COUNTY, "/meetings/"),
        ("board-supervision", PROVINCE, "/boards/supervision/"),
    ]


@pytest.fixture
def quiet(live_server: Any) -> Iterator[Callable[[Any], None]]:
    """`quiet(page)`: from now on every word of the console and every request that strays or fails is a fault."""
    faults: list[str] = []

    def listen(page: Any) -> None:
        page.on("console", lambda message: faults.append(f"{page.url}: {message.type} {message.text}"))
        page.on("request", lambda request: _stray(request.url) and faults.append(f"outside: {request.url}"))
        page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
        page.on(
            "response", lambda answer: answer.status >= 400 and faults.append(f"{answer.status} {answer.url}")
        )

    def _stray(url: str) -> bool:
        return not url.startswith((live_server.url, "data:", "blob:"))

    yield listen
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", ["office", "phone"])
def test_the_ten_main_pages(
    request: pytest.FixtureRequest,
    width: str,
    screens: Screens,
    quiet: Callable[[Any], None],
    sign_in: Callable[[Any, Any], None],
    axe: Callable[..., None],
) -> None:
    page = request.getfixturevalue("page" if width == "office" else "phone")
    people = _users()
    quiet(page)
    SCREENS.mkdir(parents=True, exist_ok=True)
    for name, who, path in screens:
        page.context.clear_cookies()
        if who:
            sign_in(page, people[who])
        assert page.goto(path).status == 200, path
        assert page.url.endswith(path), f"{path} led to {page.url}"
        page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)
        town.fits(page)
        axe(page)
        foreign = _latin_words(page)
        assert not foreign, f"{path}: not Chinese: {sorted(foreign)}"


def _users() -> dict[str, Any]:
    return {user.username: user for user in User.objects.filter(username__in=[COUNTY, PROVINCE])}


def _latin_words(page: Any) -> set[str]:
    """Words of three letters or more in the visible text, other than the names above."""
    return set(re.findall(r"[A-Za-z]{3,}", page.evaluate("document.body.innerText"))) - LATIN
