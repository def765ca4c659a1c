"""A holiday notice came: the days of open tickets that follow from a rule are worked out again; past ones stand."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from accounts import audit
from accounts.clock import local_date
from accounts.divisions import regime_code_of
from approvals.tickets.clocks import ACCEPTANCE, LIMIT, SILENCE, counts_on
from approvals.tickets.models import OPEN_STATES, Ticket
from policy.calendar import WorkCalendar
from policy.deadlines import Deadline, compute
from policy.regimes import get_regime
from policy.rules import DeadlineRule
from policy.services import AffectedDeadline

# (rule, day of the ticket, its stored explanation)
PARTS = (
    (ACCEPTANCE, "accept_by_on", "acceptance"),
    (LIMIT, "due_on", "deadline"),
    (SILENCE, "silence_due_on", "silence"),
)


def preview(calendar: WorkCalendar, on: date) -> Sequence[AffectedDeadline]:
    """What would move; writes nothing."""
    return [
        AffectedDeadline(str(ticket), ticket.division.name, day, deadline.due_on, deadline.provisional)
        for ticket in _open()
        for _field, _store, day, deadline in _moved(ticket, calendar, on)
    ]


def apply(calendar: WorkCalendar, at: datetime) -> int:
    """Move them, one audit record per ticket; return how many tickets changed."""
    made = 0
    for ticket in _open():
        changes: dict[str, Any] = {}
        before: dict[str, Any] = {}
        for field, store, day, deadline in _moved(ticket, calendar, local_date(at)):
            before[field] = day
            changes |= {field: deadline.due_on, store: deadline.to_json()}
        if not changes:
            continue
        changes["next_due_on"] = counts_on(
            ticket.state,
            changes.get("accept_by_on", ticket.accept_by_on),
            changes.get("due_on", ticket.due_on),
        )
        Ticket.objects.filter(pk=ticket.pk).update(**changes)
        after = {field: changes[field] for field in before}
        audit.record("ticket_recomputed", target=ticket, by=None, at=at, before=before, after=after)
        made += 1
    return made


def _open() -> Any:
    return Ticket.objects.filter(state__in=OPEN_STATES).select_related("division", "project").order_by("pk")


def _moved(ticket: Ticket, calendar: WorkCalendar, on: date) -> list[tuple[str, str, date, Deadline]]:
    """Days still ahead whose stored explanation came from a rule and counts from a stored anchor."""
    found = []
    for key, field, store in PARTS:
        day, told = getattr(ticket, field), getattr(ticket, store) or {}
        anchor = _anchor(told)
        if day is None or day < on or anchor is None or not told.get("rule"):
            continue
        rule = get_regime(regime_code_of(ticket.division)).rule(key, anchor)
        if not isinstance(rule, DeadlineRule):
            continue
        deadline = compute(rule, anchor=anchor, calendar=calendar)
        if deadline.due_on != day or deadline.provisional != told.get("provisional"):
            found.append((field, store, day, deadline))
    return found


def _anchor(told: dict[str, Any]) -> date | None:
    steps = told.get("steps") or []
    return date.fromisoformat(steps[0]["on"]) if steps and steps[0].get("on") else None
