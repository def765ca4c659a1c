"""One ticket in the browser, from the investor's question over the tier above to the investor's word, with axe."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts import clock
from accounts.permissions import Role
from approvals.tickets.models import Ticket
from projects import services as projects
from projects.models import TeamRole
from tests import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e, pytest.mark.slow]


def test_asked_taken_up_answered_and_closed(
    browser: Any,
    live_server: Any,
    page: Any,
    phone: Any,
    sign_in: Callable[[Any, Any], None],
    axe: Callable[..., None],
) -> None:
    people = build.cast()
    project = build.project("艾草生物经济项目", company=build.company())
    for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
        projects.appoint(
            project=project, role=role, user=people[who], valid_from=date(2026, 4, 1), by=people["county"],
            at=clock.now(),
        )  # fmt: skip
    power = build.user("t-power", Role.SERVICE_SPECIALIST, "230622", department="power_supply", name="高峰")
    # the investor asks on the phone
    sign_in(phone, people["investor"])
    phone.goto(reverse("tickets:list"))
    axe(phone)
    phone.get_by_role("link", name="提出帮办需求").click()
    phone.get_by_label("哪方面").select_option("electricity")
    phone.get_by_label("一句话概括").fill("临时用电增容")
    phone.locator("[name=text]").fill("现有 250 kVA，需要 630 kVA")
    axe(phone)
    with phone.expect_navigation():
        phone.locator("#help button.btn-primary").click()
    ticket = Ticket.objects.get()
    # the power company accepts and takes it up
    sign_in(page, power)
    page.goto(reverse("tickets:detail", args=[ticket.pk]))
    axe(page)
    page.get_by_role("button", name="受理").first.click()
    page.get_by_text("提级办理", exact=True).first.click()
    form = page.locator(f"form[action$='/{ticket.pk}/escalate/']")
    form.locator("[name=reason]").fill("需市公司批复")
    form.locator("button.btn").click()
    assert "已提级" in page.content()
    # the city answers and hands it back
    sign_in(page, people["city"])
    page.goto(reverse("tickets:detail", args=[ticket.pk]))
    page.get_by_text("答复并退回下级", exact=True).first.click()
    form = page.locator(f"form[action$='/{ticket.pk}/hand_back/']")
    form.locator("[name=text]").fill("同意增容")
    form.locator("button.btn").click()
    # closed on the investor's word
    sign_in(page, power)
    page.goto(reverse("tickets:detail", args=[ticket.pk]))
    page.locator("[name=result]").fill("已增容到 630 kVA")
    page.get_by_role("button", name="请企业确认").click()
    phone.goto(reverse("tickets:detail", args=[ticket.pk]))
    axe(phone)
    phone.get_by_role("button", name="确认已解决").click()
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    assert ticket.accept_by_on is not None
    assert ticket.accept_by_on >= clock.today() - timedelta(days=1)
    # office of the county, of the city, of the county again, then the investor
    assert [hold.division_id for hold in ticket.holds.all()] == ["230622", "230600", "230622", "230622"]
