"""A debt gets a new plan: the sum stays, the first plan stays visible, beyond the limit the tier above decides."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, InboxItem, Obligation
from policy.calendar import WorkCalendar
from policy.services import current_calendar
from projects.models import Arrears, Instalment, Replan
from projects.promises.replanning import ask_replan, decide_replan, longest_shift, withdraw_replan
from projects.promises.services import Part, pay_instalment, record_arrears
from tests import build

pytestmark = pytest.mark.django_db
AT = build.at("2026-10-23 09:00")
WAN = 10_000


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def debt(people: dict[str, Any]) -> Arrears:
    """300 万元 on 30 October, 30 November and 31 December, 100 each."""
    days = (date(2026, 10, 30), date(2026, 11, 30), date(2026, 12, 31))
    return record_arrears(
        project=build.project(), creditor="力帆建材厂", subject="代建工程款", amount_yuan=300 * WAN,
        parts=[Part(day, 100 * WAN) for day in days], by=people["county"], at=AT,
    )  # fmt: skip


def plan(*parts: tuple[str, int]) -> list[Part]:
    return [Part(date.fromisoformat(day), wan * WAN) for day, wan in parts]


def stands(debt: Arrears) -> list[tuple[str, int]]:
    rows = Instalment.objects.filter(arrears=debt).order_by("position")
    return [(row.due_on.isoformat(), row.amount_yuan // WAN) for row in rows]


NEAR = plan(("2026-11-06", 100), ("2026-11-30", 100), ("2026-12-31", 100))
FAR = plan(("2026-11-30", 50), ("2026-12-31", 50), ("2027-03-31", 50), ("2027-06-30", 150))


def test_within_the_limit_it_is_in_force_at_once(debt: Arrears, people: dict[str, Any]) -> None:
    row = ask_replan(arrears=debt, parts=NEAR, reason="财政资金晚到一周", by=people["county"], at=AT)
    # 2 to 6 November are five working days behind Friday 30 October
    assert (row.state, row.shift_days, row.is_beyond) == ("approved", 5, False)
    assert stands(debt)[0] == ("2026-11-06", 100)
    duty = Obligation.objects.get(kind="arrears_instalment", subject_id=debt.instalments.get(position=1).pk)
    assert (duty.due_on, duty.last_day) == (date(2026, 11, 6), date(2026, 11, 6))
    assert [step["on"] for step in duty.deadline["steps"]][:2] == ["2026-10-30", "2026-11-06"]
    assert AuditRecord.objects.filter(action="arrears_replanned", reason="财政资金晚到一周").exists()


def test_beyond_the_limit_the_city_decides_and_the_first_plan_stays(
    debt: Arrears, people: dict[str, Any]
) -> None:
    row = ask_replan(arrears=debt, parts=FAR, reason="财政困难", by=people["county"], at=AT)
    assert (row.state, row.approver_id, row.is_beyond) == ("waiting", "230600", True)
    assert stands(debt)[0] == ("2026-10-30", 100)  # nothing moved
    assert row.obligation is not None and row.obligation.unit_id == "230600"
    assert InboxItem.objects.filter(user=people["city"], kind="plan_change").exists()
    for who in ("county", "province", "officer", "neighbour", "other_city", "investor"):
        with pytest.raises(PermissionDenied):
            decide_replan(replan=row, approved=True, by=people[who], at=AT)
    with pytest.raises(StaleState):
        ask_replan(arrears=debt, parts=NEAR, reason="再来", by=people["county"], at=AT)
    decide_replan(replan=row, approved=True, by=people["city"], at=AT)
    assert stands(debt) == [("2026-11-30", 50), ("2026-12-31", 50), ("2027-03-31", 50), ("2027-06-30", 150)]
    assert Obligation.objects.open().filter(kind="arrears_instalment").count() == 4
    assert Obligation.objects.get(kind="plan_change_decision").met_on == date(2026, 10, 23)
    page = Client()
    page.force_login(people["county"])
    text = page.get(reverse("projects:tab", args=[debt.project_id, "promises"])).content.decode()
    assert "首次计划" in text and "2026-10-30" in text


def test_rejected_or_taken_back_nothing_moves(debt: Arrears, people: dict[str, Any]) -> None:
    row = ask_replan(arrears=debt, parts=FAR, reason="财政困难", by=people["county"], at=AT)
    with pytest.raises(DomainError) as told:
        decide_replan(replan=row, approved=False, opinion=" ", by=people["city"], at=AT)
    assert told.value.field == "opinion"
    decide_replan(replan=row, approved=False, opinion="应按期支付", by=people["city"], at=AT)
    again = ask_replan(arrears=debt, parts=FAR, reason="财政困难", by=people["county"], at=AT)
    withdraw_replan(replan=again, reason="改为按期支付", by=people["county"], at=AT)
    with pytest.raises(StaleState):
        decide_replan(replan=again, approved=True, by=people["city"], at=AT)
    assert stands(debt) == [("2026-10-30", 100), ("2026-11-30", 100), ("2026-12-31", 100)]


def test_a_part_paid_meanwhile_stops_the_approval(debt: Arrears, people: dict[str, Any]) -> None:
    row = ask_replan(arrears=debt, parts=FAR, reason="财政困难", by=people["county"], at=AT)
    part = debt.instalments.get(position=1)
    pay_instalment(
        instalment=part, paid_on=date(2026, 10, 23), evidence="支付令 7", by=people["county"], at=AT
    )
    with pytest.raises(StaleState) as told:
        decide_replan(replan=row, approved=True, by=people["city"], at=AT)
    assert told.value.code == "plan_moved_meanwhile"
    assert Replan.objects.get(pk=row.pk).state == "waiting"
    assert stands(debt)[1] == ("2026-11-30", 100)


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        (plan(("2026-10-22", 100), ("2026-11-30", 100), ("2026-12-31", 100)), "due_1"),  # yesterday
        (plan(("2026-12-01", 100), ("2026-11-30", 100), ("2026-12-31", 100)), "due_2"),  # order
        (plan(("2026-11-06", 100), ("2026-11-30", 100), ("2026-12-31", 90)), "amount_1"),  # sum
        (plan(("2026-11-06", 300), ("2026-11-30", 0), ("2026-12-31", 0)), "amount_2"),
        (plan(("2026-11-06", 100), ("2026-11-30", 100), ("9999-12-31", 100)), "due_3"),
        (plan(("2026-10-30", 100), ("2026-11-30", 100), ("2026-12-31", 100)), ""),  # nothing differs
        (plan(("2026-11-06", 300)), ""),  # a form of an older plan
    ],
)
def test_what_cannot_be_is_told_at_its_place(
    debt: Arrears, people: dict[str, Any], parts: list[Part], field: str
) -> None:
    with pytest.raises(DomainError) as told:
        ask_replan(arrears=debt, parts=parts, reason="原因", by=people["county"], at=AT)
    assert (told.value.field or "") == field
    assert not Replan.objects.exists()


def test_who_may_ask(debt: Arrears, people: dict[str, Any]) -> None:
    for who in ("officer", "investor", "neighbour", "other_city", "auditor", "promotion", "nobody"):
        with pytest.raises(PermissionDenied):
            ask_replan(arrears=debt, parts=NEAR, reason="原因", by=people[who], at=AT)
    city = ask_replan(arrears=debt, parts=FAR, reason="市里统筹", by=people["city"], at=AT)
    assert city.state == "approved"  # who decides anyway needs no second step


def test_splitting_a_part_hides_no_delay(debt: Arrears) -> None:
    calendar: WorkCalendar = current_calendar()
    base = plan(("2026-10-30", 100), ("2026-11-30", 100))
    late = plan(("2026-10-30", 1), ("2026-11-06", 199))
    assert longest_shift(base, late, calendar) == 5
    assert longest_shift(base, plan(("2026-10-30", 200)), calendar) == 0


def test_the_form_keeps_what_was_typed(debt: Arrears, people: dict[str, Any]) -> None:
    page = Client()
    page.force_login(people["county"])
    url = reverse("projects:replan_ask", args=[debt.pk])
    data = {"reason": "财政困难镈", "due_1": "2026-13-01", "amount_1": "壹百", "due_2": "", "amount_2": "100",
            "due_3": "2026-12-31", "amount_3": "100"}  # fmt: skip
    answer = page.post(url, data)
    text = answer.content.decode()
    assert answer.status_code == 200 and "财政困难镈" in text and "2026-13-01" in text
    assert not Replan.objects.exists()
    assert page.post(url, data | {"reason": "长" * 5000}).status_code == 200
