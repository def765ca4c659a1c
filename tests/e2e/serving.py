"""Who serves one project, what they do on its pages and what the pages show; for journeys."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from approvals.tickets.models import Ticket
from projects.models import Milestone, MilestoneCode, Project
from tests import build
from tests import checklist_help as lists
from tests.e2e import town

CLOCK_OFF, RUNS, LATE, LONG_LATE, DONE, NOT_YET = "grey", "blue", "amber", "red", "done", "none"


def people() -> dict[str, User]:
    return {
        "county": build.user("j-county", name="孙丽"),
        "city": build.user("j-city", division="230600", name="赵明"),
        "leader": build.user("j-leader", Role.PACKAGE_LEADER, name="陈国梁"),
        "officer": build.user(
            "j-officer", Role.CHIEF_SERVICE_OFFICER, department="industry_information", name="王立新"
        ),
        "land": build.user("j-land", Role.SERVICE_SPECIALIST, department="natural_resources", name="李春"),
        "power": build.user("j-power", Role.SERVICE_SPECIALIST, department="power_supply", name="高峰"),
        "investor": build.user("j-investor", Role.INVESTOR, name="周海"),
    }


class Journey:
    """One screen, many people; the clock stands where the story needs it."""

    def __init__(self, page: Any, phone: Any, clock: Any, axe: Callable[..., None]) -> None:
        self.page, self.phone, self.clock, self.axe = page, phone, clock, axe
        self.people = people()
        self.project = Project()
        self._cookies: dict[tuple[int, str], Any] = {}

    def on(self, day: str, who: str, *, phone: bool = False) -> Any:
        """From now on it is 10 o'clock of `day` and `who` sits at the screen."""
        town.stand(self.clock, f"{day} 10:00")
        page = self.phone if phone else self.page
        key = (id(page), who)
        if key in self._cookies:
            page.context.clear_cookies()
            page.context.add_cookies(self._cookies[key])
        else:
            town.enter(page, self.people[who].username)
            self._cookies[key] = page.context.cookies()
        return page

    def look(self, page: Any) -> None:
        town.fits(page)
        self.axe(page)

    # what the pages show

    def point(self, code: str) -> tuple[str, str]:
        """(light, words) of a key point on the project's page."""
        self.page.goto(reverse("projects:detail", args=[self.project.pk]))
        place = list(MilestoneCode.values).index(code)
        return light_of(self.page.locator(".jg-track > li").nth(place))

    def item(self, code: str) -> tuple[str, str]:
        self.page.goto(item_url(self.project, code))
        return light_of(self.page.locator(".jg-lights"))

    def ticket(self) -> tuple[str, str]:
        self.page.goto(reverse("tickets:detail", args=[Ticket.objects.get().pk]))
        return light_of(self.page.locator(".jg-lights"))

    # what people do

    def take(self, code: str, move: str, **typed: str) -> None:
        """One step of an approval item, dated today, as the page proposes."""
        page = self.page
        page.goto(item_url(self.project, code))
        fill(page, page.locator(f"form[action$='/{move}/']"), typed)
        assert page.locator(".jg-msg.is-red, .is-invalid").count() == 0, page.locator("main").inner_text()

    def move(self, page: Any, code: str, **typed: str) -> None:
        """One move of the ticket."""
        page.goto(reverse("tickets:detail", args=[Ticket.objects.get().pk]))
        fill(page, page.locator(f"form[action$='/{code}/']"), typed)

    def finish(self, code: str, day: str) -> None:
        """The officer records a key point that no approval item makes."""
        page = self.on(day, "officer")
        page.goto(reverse("projects:plan", args=[self.project.pk]))
        page.locator(f"[name='{code}-actual_on']").fill(day)
        press(page, "保存节点日期")


def light_of(place: Any) -> tuple[str, str]:
    lamp = place.locator(".jg-light").first
    css = re.search(r"is-(\w+)", lamp.get_attribute("class"))
    assert css is not None
    return css[1], re.sub(r"\s", "", lamp.inner_text())


def item_url(project: Project, code: str) -> str:
    return reverse("checklist:item", args=[lists.item(project, code).pk])


def fill(page: Any, form: Any, typed: dict[str, str]) -> None:
    """Open the fold the form lies in, write what is said and send it."""
    fold = form.locator("xpath=ancestor::details")
    if fold.count() and not form.locator("button.btn").is_visible():
        fold.locator("summary").click()
    for name, text in typed.items():
        form.locator(f"[name='{name}']").fill(text)
    with page.expect_navigation():
        form.locator("button.btn").click()


def press(page: Any, name: str) -> None:
    """The button that sends the page's form, and the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def actual(project: Project, code: str) -> date | None:
    return Milestone.objects.get(project=project, code=code).actual_on


def counters(page: Any) -> dict[str, int]:
    """ "Who had it" on the page of an item, in working days."""
    rows = page.locator("section[aria-labelledby=counters] li").all()
    found: dict[str, int] = {}
    for row in rows:
        name, days = row.locator(".jg-row > *").all()
        found[name.inner_text().strip()] = int(re.findall(r"\d+", days.inner_text())[0])
    parts = sum(days for name, days in found.items() if name != "合计")
    assert parts == found["合计"], "each working day has one owner"
    return found
