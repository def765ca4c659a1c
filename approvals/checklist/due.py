"""The stored dates of an item: made from its events, its own copy of the terms, the regime and the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.divisions import regime_code_of
from approvals.catalogue.models import ItemKind
from approvals.checklist import clock
from approvals.checklist.clock import Limit, Tick
from approvals.checklist.models import RUNNING, ChecklistItem, EventKind, ItemEvent, ItemState
from policy.calendar import WorkCalendar
from policy.deadlines import Deadline, compute
from policy.regimes import Regime, get_regime
from policy.rules import DeadlineRule, Unit
from projects.models import Project

NOTICE, WINDOW, HOLD, CHECK = "supplement_notice", "dedicated_window", "approval_hold", "commitment_check"
PROMISE_RULE, STATUTE_RULE, GREEN_RULE = "item-promise", "item-statute", "item-green"


@dataclass(frozen=True, slots=True)
class Ground:
    """What counting needs besides the item: the regime of the project, the calendar, the project's window flag."""

    regime: Regime
    calendar: WorkCalendar
    dedicated_window: bool = False


def regime_for(project: Project) -> Regime:
    return get_regime(regime_code_of(project.division))


def ticks_of(events: Iterable[ItemEvent], number: int) -> list[Tick]:
    """What happened in application `number` of the item, in order."""
    return [Tick(each.kind, each.on, each.party, each.note) for each in events if each.round == number]


def clock_fields(item: ChecklistItem, events: Sequence[ItemEvent], ground: Ground) -> dict[str, Any]:
    """Values of the stored clock fields for the item as it stands (state and days already set)."""
    ticks = ticks_of(events, item.round)
    holder = clock.holder_now(ticks)
    running = item.state in RUNNING
    due, statutory = _deadlines(item, events, ticks, ground)
    return {
        "is_running": running,
        "holder": holder if running else "",
        # Stopped after its last day, the clock stands but the lateness does not go away.
        "is_paused": running and holder != clock.ORGAN and due is not None and due.open_pause,
        "due_on": due.due_on if due else None,
        "deadline": due.to_json() if due else {},
        "statutory_due_on": statutory.due_on if statutory else None,
        "statutory_deadline": statutory.to_json() if statutory else {},
    }


def notice_deadline(
    item: ChecklistItem, regime: Regime, calendar: WorkCalendar, ticks: Sequence[Tick] = ()
) -> Deadline:
    """The last day to tell what is missing, counted from the submission."""
    if item.submitted_on is None:
        raise ValueError("nothing was submitted yet")
    rule = _rule(regime, NOTICE, item.submitted_on)
    return compute(rule, anchor=item.submitted_on, calendar=calendar, pauses=clock.pauses(ticks))


def _rule(regime: Regime, key: str, on: date) -> DeadlineRule:
    rule = regime.rule(key, on)
    if not isinstance(rule, DeadlineRule):
        raise LookupError(f"{key} of {regime.code} is no deadline")
    return rule


def _deadlines(
    item: ChecklistItem, events: Sequence[ItemEvent], ticks: list[Tick], ground: Ground
) -> tuple[Deadline | None, Deadline | None]:
    """(what the light goes by, what the breach goes by)."""
    if item.submitted_on is None or item.state in (
        ItemState.NOT_STARTED,
        ItemState.MATERIALS,
        ItemState.NOT_NEEDED,
    ):
        return None, None
    if item.accepted_on is None:
        notice = notice_deadline(item, ground.regime, ground.calendar, ticks)
        if not ground.dedicated_window:
            return notice, notice
        rule = _rule(ground.regime, WINDOW, item.submitted_on)
        soon = compute(rule, anchor=item.submitted_on, calendar=ground.calendar, pauses=clock.pauses(ticks))
        return soon, notice
    notice = notice_deadline(item, ground.regime, ground.calendar)
    told = item.supplement_on is not None and item.supplement_on <= notice.due_on
    anchor, event = clock.accepted_from(item.submitted_on, item.accepted_on, notice.due_on, was_told=told)

    def last_day(limit: Limit | None, rule_id: str, basis: str) -> Deadline | None:
        if limit is None:
            return None
        return clock.due(
            limit,
            anchor=anchor,
            event=event,
            rule_id=rule_id,
            basis=basis,
            ticks=ticks,
            calendar=ground.calendar,
        )

    statutory = last_day(statutory_limit(item), STATUTE_RULE, item.basis)
    green = was_green(item, events)
    promised = last_day(
        promised_limit(item, green=green),
        GREEN_RULE if green and item.green_days is not None else PROMISE_RULE,
        "审批服务事项目录公布的绿色通道时限"
        if green and item.green_days is not None
        else "审批服务事项目录公布的承诺时限",
    )
    return promised or statutory, statutory


def was_green(item: ChecklistItem, events: Iterable[ItemEvent]) -> bool:
    """Whether the application was accepted under the green channel; flags set later change nothing."""
    kinds = (EventKind.ACCEPTED, EventKind.COMMITTED)
    return any(e.details.get("green", False) for e in events if e.round == item.round and e.kind in kinds)


def promised_limit(item: Any, *, green: bool) -> Limit | None:
    """Of an item of a checklist or a catalogue."""
    if item.kind == ItemKind.IMMEDIATE:
        return Limit(0)
    days = item.green_days if green and item.green_days is not None else item.promised_days
    return None if days is None else Limit(days, Unit(item.promised_unit))


def statutory_limit(item: ChecklistItem) -> Limit | None:
    if item.statutory_days is None:
        return None
    return Limit(item.statutory_days, Unit(item.statutory_unit), item.extended_days)


def check_deadline(regime: Regime, decided_on: date, calendar: WorkCalendar) -> Deadline:
    """By when a commitment is to be checked."""
    return compute(_rule(regime, CHECK, decided_on), anchor=decided_on, calendar=calendar)


def hold_limit(regime: Regime, held_on: date, calendar: WorkCalendar) -> Deadline:
    """The latest day to look again at a stopped clock."""
    return compute(_rule(regime, HOLD, held_on), anchor=held_on, calendar=calendar)
