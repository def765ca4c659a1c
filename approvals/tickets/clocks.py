"""The clocks of a ticket: acceptance, limit, the investor's answer; the days each holder had it; its light."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.clock import local_date
from accounts.divisions import regime_code_of
from approvals.tickets.models import OPEN_STATES, Side, Ticket, TicketState
from policy.calendar import WorkCalendar
from policy.deadlines import Deadline, compute
from policy.lights import Light, LightThresholds, light_for
from policy.regimes import get_regime
from policy.rules import DeadlineRule
from policy.services import current_calendar, light_bounds

ACCEPTANCE, LIMIT, SILENCE, WARNING = "ticket_acceptance", "ticket_limit", "ticket_silence", "ticket_warning"
LIT = (Light.RED, Light.AMBER, Light.BLUE)


def deadline_from(key: str, division: Any, anchor: date) -> Deadline:
    """The deadline of rule `key` in the regime of `division`, counted from `anchor` (not counted itself)."""
    rule = get_regime(regime_code_of(division)).rule(key, anchor)
    if not isinstance(rule, DeadlineRule):
        raise LookupError(f"{key} is no deadline rule")
    return compute(rule, anchor=anchor, calendar=current_calendar())


def agreed_limit(due_on: date, agreed_on: date) -> dict[str, Any]:
    """The explanation of a limit the two sides set themselves; it rests on their word, not on a rule."""
    return {
        "due_on": due_on.isoformat(),
        "nominal_on": due_on.isoformat(),
        "provisional": False,
        "steps": [
            {"label": "约定", "text": f"{agreed_on.isoformat()} 受理时约定", "on": None},
            {"label": "截止", "text": f"{due_on.isoformat()}24时前（含当日）", "on": due_on.isoformat()},
        ],
        "rule": "",
        "basis": "双方约定",
    }


def prolonged_limit(was_on: date, due_on: date, on: date) -> dict[str, Any]:
    """The explanation of a limit the investor agreed to move; the old day stays in it."""
    told = agreed_limit(due_on, on)
    told["steps"][0] = {"label": "原定", "text": f"{was_on.isoformat()}", "on": was_on.isoformat()}
    told["steps"].insert(1, {"label": "延期", "text": f"{on.isoformat()} 企业同意延期", "on": on.isoformat()})
    told["basis"] = "双方约定，企业同意延期"
    return told


def counts_on(state: str, accept_by_on: date | None, due_on: date | None) -> date | None:
    """The day that counts now: nothing runs against the office while the investor is asked or all is done."""
    if state == TicketState.WORKING:
        return due_on
    if state in (TicketState.AGREED, TicketState.PROPOSED):
        days = [day for day in (accept_by_on, due_on) if day is not None]
        return min(days) if days else None
    return None


@dataclass(frozen=True, slots=True)
class Held:
    """One holder's clock: working days from the day after it came to the day it went, or to today."""

    label: str
    side: str
    why: str
    from_on: date
    to_on: date | None
    days: int


def held(holds: Iterable[Any], on: date, calendar: WorkCalendar) -> list[Held]:
    """The clock of each holder, oldest first. The days of all of them add up to those of the whole course."""
    found = []
    for row in holds:
        first = local_date(row.from_at)
        last = local_date(row.to_at) if row.to_at else None
        found.append(
            Held(
                row.label,
                row.side,
                row.why,
                first,
                last,
                max(0, calendar.between(first, last or max(on, first))),
            )
        )
    return found


def days_by_side(clocks: Iterable[Held]) -> dict[str, int]:
    """The two counters: working days with the office and with the investor."""
    days = {Side.OFFICE.value: 0, Side.INVESTOR.value: 0}
    for one in clocks:
        days[one.side] += one.days
    return days


def thresholds(on: date) -> LightThresholds:
    return light_bounds(WARNING, on)


def ticket_light(ticket: Ticket, bounds: LightThresholds) -> Light:
    """Done is done; while the investor is asked the office's light rests (grey)."""
    if ticket.state not in OPEN_STATES:
        return Light.DONE if ticket.state == TicketState.CLOSED else Light.NONE
    return light_for(ticket.next_due_on, bounds, paused=with_investor(ticket))


def with_investor(ticket: Ticket) -> bool:
    """Whether the investor is the one to act."""
    if ticket.state == TicketState.CLOSING:
        return True
    return ticket.state == TicketState.PROPOSED and ticket.opened_side == Side.OFFICE


def light_q(light: Light | str, bounds: LightThresholds) -> Q:
    """Open tickets that show `light` (red, amber or blue), by the stored day alone."""
    light = Light(light)
    due = Q(state__in=OPEN_STATES, next_due_on__isnull=False)
    if light is Light.RED:
        return due & Q(next_due_on__lt=bounds.red_before)
    if light is Light.AMBER:
        return due & Q(next_due_on__lt=bounds.today, next_due_on__gte=bounds.red_before)
    if light is Light.BLUE:
        return due & Q(next_due_on__gte=bounds.today, next_due_on__lte=bounds.blue_until)
    return Q(pk__in=[])
