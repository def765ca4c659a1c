"""The clocks of tickets, by hand-counted working days (calendar of 2026, 1 to 8 October as announced)."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from approvals.tickets.clocks import agreed_limit, counts_on, days_by_side, held, prolonged_limit
from approvals.tickets.models import TicketState
from policy.services import current_calendar, working_days_left
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@dataclass
class Hold:
    label: str
    side: str
    from_at: datetime
    to_at: datetime | None
    why: str = "open"


def test_the_day_that_counts_follows_the_state() -> None:
    accept, due = date(2026, 10, 13), date(2026, 10, 26)
    assert counts_on(TicketState.PROPOSED, accept, None) == accept
    assert counts_on(TicketState.AGREED, accept, due) == accept
    assert counts_on(TicketState.AGREED, due, accept) == accept  # an old limit that comes first
    assert counts_on(TicketState.WORKING, accept, due) == due
    assert counts_on(TicketState.CLOSING, accept, due) is None
    assert counts_on(TicketState.CLOSED, accept, due) is None


@pytest.mark.parametrize(
    ("day", "on", "days"),
    [
        (date(2026, 10, 8), date(2026, 9, 30), 1),  # the holiday between does not count
        (date(2026, 10, 10), date(2026, 10, 9), 1),  # a make-up Saturday
        (date(2026, 10, 12), date(2026, 10, 12), 0),
        (date(2026, 11, 20), date(2026, 11, 21), -1),  # Friday's limit on Saturday: overdue, not none
        (date(2026, 11, 20), date(2026, 11, 24), -2),
    ],
)
def test_working_days_left(day: date, on: date, days: int) -> None:
    assert working_days_left(day, on) == days


def test_the_holders_days_add_up_to_the_course() -> None:
    """30 September to 16 October: 8 9 10 12 13 14 15 16."""
    rows = [
        Hold("县供电公司", "office", at("2026-09-30 16:00"), at("2026-10-09 08:00")),  # 8, 9
        Hold("企业", "investor", at("2026-10-09 08:00"), at("2026-10-12 23:59")),  # 10, 12
        Hold("市供电公司", "office", at("2026-10-12 23:59"), None),  # 13 14 15 16
    ]
    clocks = held(rows, date(2026, 10, 16), current_calendar())
    assert [one.days for one in clocks] == [2, 2, 4]
    assert days_by_side(clocks) == {"office": 6, "investor": 2}
    assert sum(one.days for one in clocks) == current_calendar().between(
        date(2026, 9, 30), date(2026, 10, 16)
    )


def test_an_agreed_limit_explains_itself() -> None:
    told = agreed_limit(date(2026, 10, 30), date(2026, 10, 12))
    assert (told["due_on"], told["rule"]) == ("2026-10-30", "")
    longer = prolonged_limit(date(2026, 10, 30), date(2026, 11, 6), date(2026, 10, 20))
    assert [step["label"] for step in longer["steps"]] == ["原定", "延期", "截止"]
    assert longer["due_on"] == "2026-11-06"
