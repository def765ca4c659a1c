"""In whose hands an approval item was, day by day, and when it is due. Pure: from what happened and the calendar.

Counting follows the deadlines: the day it starts is not counted, a day belongs to whoever holds the item at its
end. So the day the organ told what is missing is the enterprise's, the day the enterprise handed it in is the organ's
again, and the day of the decision is the organ's. The counters always add up to the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from policy.calendar import ONE_DAY, WorkCalendar
from policy.deadlines import Deadline, Pause, Step, chinese_day, compute
from policy.rules import Basis, DeadlineRule, Unit

ORGAN, ENTERPRISE, THIRD_PARTY, HIGHER_LEVEL, FORCE_MAJEURE = (
    "organ", "enterprise", "third_party", "higher_level", "force_majeure",
)  # fmt: skip
HOLDERS = (ORGAN, ENTERPRISE, THIRD_PARTY, HIGHER_LEVEL, FORCE_MAJEURE)
# What an event does to the holder; "held" hands the item to the party it names.
_HANDS_TO = {
    "submitted": ORGAN,
    "accepted": ORGAN,
    "supplement_asked": ENTERPRISE,
    "resubmitted": ORGAN,
    "sent_up": HIGHER_LEVEL,
    "sent_back": ORGAN,
    "resumed": ORGAN,
}
_STARTS = frozenset({"submitted", "accepted"})
_ENDS = frozenset({"decided", "committed", "refused", "withdrawn", "dropped"})
_WHY = {
    "supplement_asked": "一次性告知补正材料",
    "sent_up": "上报上级机关审批",
    "held": "法定不计入时限的情形",
}


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing that happened. `kind` as EventKind; `party` for a stopped clock; `note` is its reason."""

    kind: str
    on: date
    party: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """`days` of `unit`; 0 = decided the same day. `extra`: days by which it has been extended."""

    days: int
    unit: Unit = Unit.WORKING_DAYS
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """`holder` has the item at the end of each day from `first` (inclusive) until `until` (exclusive; None: still)."""

    holder: str
    first: date
    until: date | None
    kind: str
    note: str = ""


@dataclass(slots=True)
class Counters:
    """Days by holder, in `unit`; they add up to `total`."""

    unit: Unit = Unit.WORKING_DAYS
    days: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HOLDERS, 0))
    total: int = 0

    @property
    def organ(self) -> int:
        return self.days[ORGAN]

    @property
    def enterprise(self) -> int:
        return self.days[ENTERPRISE]

    @property
    def third_party(self) -> int:
        return self.days[THIRD_PARTY]

    @property
    def higher_level(self) -> int:
        return self.days[HIGHER_LEVEL]

    @property
    def force_majeure(self) -> int:
        return self.days[FORCE_MAJEURE]


def spans(ticks: Sequence[Tick]) -> tuple[list[Span], date | None]:
    """Who held it when, in order, and the day it ended (None: not yet). Nothing before it was handed in."""
    found: list[Span] = []
    for tick in ticks:
        if tick.kind in _ENDS:
            if found:
                found[-1] = _closed(found[-1], tick.on)
            return found, tick.on
        holder = tick.party if tick.kind == "held" else _HANDS_TO.get(tick.kind)
        if holder is None or (not found and tick.kind not in _STARTS):
            continue
        if found and found[-1].holder == holder:
            continue
        if found:
            found[-1] = _closed(found[-1], tick.on)
        found.append(Span(holder, tick.on, None, tick.kind, tick.note))
    return found, None


def _closed(span: Span, until: date) -> Span:
    return Span(span.holder, span.first, until, span.kind, span.note)


def counters(
    ticks: Sequence[Tick], *, today: date, calendar: WorkCalendar, unit: Unit = Unit.WORKING_DAYS
) -> Counters:
    """Days by holder from the day it was handed in (not counted) to the end, or to `today`, inclusive."""
    held, ended = spans(ticks)
    counted = Counters(unit)
    if not held:
        return counted
    start = held[0].first
    end = max(ended or today, start)

    def count(first: date, last: date) -> int:
        """Days in (first, last]."""
        if last <= first:
            return 0
        return calendar.between(first, last) if unit is Unit.WORKING_DAYS else (last - first).days

    for number, span in enumerate(held):
        low = max(start, span.first - ONE_DAY)
        is_last = number == len(held) - 1
        high = end if is_last else max(start, min(held[number + 1].first - ONE_DAY, end))
        counted.days[span.holder] += count(low, high)
    counted.total = count(start, end)
    return counted


def pauses(ticks: Sequence[Tick]) -> list[Pause]:
    """When the organ's clock stood, as the deadline engine takes it."""
    held, ended = spans(ticks)
    found = []
    for span in held:
        if span.holder == ORGAN:
            continue
        reason = _WHY.get(span.kind, "")
        if span.kind == "held" and span.note:
            reason = span.note[:60]
        found.append(Pause(span.first, span.until or ended, reason, span.holder))
    return found


def holder_now(ticks: Sequence[Tick]) -> str:
    """In whose hands it is; empty before it was handed in and after its end."""
    held, ended = spans(ticks)
    return held[-1].holder if held and ended is None else ""


def due(
    limit: Limit,
    *,
    anchor: date,
    event: str,
    rule_id: str,
    basis: str,
    ticks: Iterable[Tick],
    calendar: WorkCalendar,
) -> Deadline:
    """The last day under `limit` counted from `anchor`, the organ's stopped clock left out.

    `event` names what starts the clock, in Chinese. A limit of 0 days means the day of the event itself.
    """
    stopped = pauses(list(ticks))
    if limit.days == 0 and not limit.extra:
        return _same_day(anchor, event, rule_id, basis, stopped)
    rule = DeadlineRule(
        id=rule_id, key="approval_item", kind="deadline", title="审批事项办理时限", basis=Basis(basis, ""),
        effective_from=date.min, unit=limit.unit, offset=limit.days + limit.extra, event=event,
    )  # fmt: skip
    made = compute(rule, anchor=anchor, calendar=calendar, pauses=stopped)
    if not limit.extra:
        return made
    unit = "个工作日" if limit.unit is Unit.WORKING_DAYS else "日"
    said = Step(f"{limit.days} {unit}，经批准延长 {limit.extra} {unit}", None, "延长")
    return Deadline(
        made.due_on, made.nominal_on, made.provisional, (made.steps[0], said, *made.steps[1:]), made.rule_id,
        made.basis, made.open_pause,
    )  # fmt: skip


def _same_day(anchor: date, event: str, rule_id: str, basis: str, stopped: Sequence[Pause]) -> Deadline:
    """Decided the day it was accepted; stopped that very day, it is due the day the organ has it again."""
    day, is_open = anchor, False
    steps = [
        Step(f"{chinese_day(anchor)}{event}", anchor, event),
        Step("即办件，当日办结", anchor, "时限"),
    ]
    for pause in stopped:
        if pause.first > day:
            break
        if pause.resumed is None:
            steps.append(
                Step(
                    f"{pause.reason}，{pause.first.isoformat()} 起暂停，尚未恢复，恢复当日办结", None, "暂停"
                )
            )
            is_open = True
            break
        if pause.resumed > day:
            day = pause.resumed
            steps.append(Step(f"{pause.reason}，{day.isoformat()} 恢复计时，当日办结", day, "暂停"))
    steps.append(Step(f"{chinese_day(day)}24时前（含当日）", day, "截止"))
    return Deadline(day, day, False, tuple(steps), rule_id, basis, is_open)


def accepted_from(
    submitted_on: date, accepted_on: date, notice_due_on: date, *, was_told: bool
) -> tuple[date, str]:
    """The day the limits run from and what it is called.

    Not told within the five working days what is missing, an application counts as accepted on the day it was received
    (行政许可法 article 32).
    """
    if accepted_on > notice_due_on and not was_told:
        return submitted_on, "收到申请材料，逾期未告知补正，视为受理"
    return accepted_on, "受理"
