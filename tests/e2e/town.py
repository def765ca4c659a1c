"""A small true world for the journeys: the demo's accounts, 肇源县's accepted September ledger, some rows elsewhere."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

from django.core.management import call_command

from accounts.models import User
from policy.periods import Period
from projects.models import MilestoneCode
from reporting.demo import people
from reporting.ledgers import mending, reviewing, submitting
from reporting.ledgers.evaluate import key_of
from reporting.ledgers.models import Attempt
from tests import build, ledger_help

SEPTEMBER = Period.month(2026, 9)
START, PERMIT = MilestoneCode.CONSTRUCTION_START, MilestoneCode.CONSTRUCTION_PERMIT


def lay(clock: Any) -> dict[str, User]:
    """Write the world as it stands on the morning of the 23rd; `clock` is the settings fixture. Users by name."""
    stand(clock, "2026-09-23 09:00")
    users = {user.username: user for user, _role in people.ensure_people(build.PASSWORD)}
    _elsewhere()
    county, city = users["office-230622"], users["office-230600"]
    attempt = ledger_help.stage(
        "zhaoyuan-2026-09.xlsx", county, period=SEPTEMBER, at=build.at("2026-09-23 09:00")
    )
    answers: dict[int, dict[str, str]] = {}
    for row in attempt.rows.all():
        for message in row.messages:
            if message["level"] == "ask":
                answers.setdefault(row.pk, {})[key_of(message)] = "已核对，属实。"
        if any(message["code"] == "date_bad_month" for message in row.messages):
            attempt = mend(attempt, row.pk, county)
    files = {f"{m['code']}@{m['cell']}": "已核对" for m in attempt.messages if m["level"] == "ask"}
    at = build.at("2026-09-23 09:30")
    attempt = mending.explain(attempt=attempt, answers=answers, file_answers=files, by=county, at=at)
    attempt = submitting.submit_attempt(attempt=attempt, by=county, at=at)
    reviewing.accept_attempt(attempt=attempt, by=city, at=build.at("2026-09-24 10:00"))
    stand(clock, "2026-10-23 09:14")
    reconcile("2026-10-23")
    return users


def mend(attempt: Attempt, row: int, by: User) -> Attempt:
    edits = {row: {"signed_on": "2026年4月27日"}}
    return mending.mend_cells(attempt=attempt, edits=edits, by=by, at=build.at("2026-09-23 09:10"))


def _elsewhere() -> None:
    """Rows of other places, so that a table of the province has more than one line."""
    for number, code in enumerate(("230621", "230229", "230102", "231002", "230281"), 1):
        build.project(
            f"年产{number}万吨大豆蛋白加工项目",
            code,
            company=build.company(f"黑龙江第{number}粮油食品有限公司"),
            signed_on=date(2026, 3, number),
            amount_wan=10_000 * number,
            invested_total_yuan=9_000_000 * number,
            planned={START: date(2026, 9, 1), PERMIT: date(2026, 8, 1)},
            actual={START: date(2026, 8, 28), PERMIT: date(2026, 7, 30)} if number % 2 else {},
        )


def stand(clock: Any, moment: str) -> None:
    """From now on every view reads this instant, Asia/Shanghai."""
    clock.PORTAL_NOW = f"{moment.replace(' ', 'T')}:00+08:00"


def reconcile(day: str) -> None:
    """What beat and the workers have done by the evening of a day."""
    call_command("reconcile", on=day, json=True, stdout=StringIO())


def enter(page: Any, username: str) -> None:
    """Sign in at the form as somebody else on the same computer."""
    page.context.clear_cookies()
    page.goto("/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", build.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/")


def fits(page: Any) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
