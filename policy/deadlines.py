"""From a rule and an anchor to a due date, and the steps that led there (the 为什么是这一天 panel). Pure.

The steps are Chinese sentences: they are stored with the obligation and printed in official documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from policy.calendar import ONE_DAY, DayKind, Roll, Skip, WorkCalendar
from policy.periods import Period, last_day_of_month
from policy.rules import DeadlineRule, Unit

__all__ = ["Deadline", "DeadlineRule", "Pause", "Step", "Unit", "chinese_day", "compute"]

_WEEKDAYS = "一二三四五六日"
_PARTIES = {
    "organ": "行政机关",
    "enterprise": "企业",
    "third_party": "第三方",
    "higher_level": "上级机关",
    "force_majeure": "不可抗力",
}


@dataclass(frozen=True)
class Pause:
    """The clock stands from `first` (inclusive) until `resumed` (exclusive: that day counts again).

    `resumed` None: still standing. `reason` is shown as it is; `party` is a code of the responsible party.
    """

    first: date
    resumed: date | None = None
    reason: str = ""
    party: str = ""


@dataclass(frozen=True)
class Step:
    """One line of the explanation; `on` is the date it arrives at, if any; `label` its short name."""

    text: str
    on: date | None = None
    label: str = ""


@dataclass(frozen=True)
class Deadline:
    """Due on `due_on`, to 24:00 of that day in Asia/Shanghai.

    `nominal_on` is the date before rolling off a rest day (pauses included). `provisional` (预估): a day in
    between has no published calendar yet. `open_pause`: a pause had not ended, the date will move on.
    """

    due_on: date
    nominal_on: date
    provisional: bool
    steps: tuple[Step, ...]
    rule_id: str
    basis: str
    open_pause: bool = False

    @property
    def was_rolled(self) -> bool:
        return self.due_on != self.nominal_on

    def to_json(self) -> dict[str, Any]:
        return {
            "due_on": self.due_on.isoformat(),
            "nominal_on": self.nominal_on.isoformat(),
            "provisional": self.provisional,
            "open_pause": self.open_pause,
            "rule": self.rule_id,
            "basis": self.basis,
            "steps": [
                {"text": step.text, "on": step.on.isoformat() if step.on else None, "label": step.label}
                for step in self.steps
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Deadline:
        return cls(
            due_on=date.fromisoformat(stored["due_on"]),
            nominal_on=date.fromisoformat(stored["nominal_on"]),
            provisional=stored["provisional"],
            open_pause=stored.get("open_pause", False),
            rule_id=stored["rule"],
            basis=stored["basis"],
            steps=tuple(
                Step(
                    step["text"],
                    date.fromisoformat(step["on"]) if step["on"] else None,
                    step.get("label", ""),
                )
                for step in stored["steps"]
            ),
        )


def compute(
    rule: DeadlineRule, *, anchor: date | Period, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> Deadline:
    """Apply `rule` from `anchor`.

    A date given to a rule per period means the period that holds it; a period given to a rule that counts from an
    event means the period's last day. Pauses move counted limits only; a fixed day of the month stands.
    """
    merged = _merged(pauses)
    if rule.unit is Unit.DAY_OF_MONTH:
        steps, nominal = _fixed_day(rule, anchor)
        first_touched, open_pause = nominal, False
        if merged:
            steps.append(Step("本期限为固定日期，不因暂停顺延", None, "暂停"))
    else:
        start = anchor.last if isinstance(anchor, Period) else anchor
        steps, nominal = _counted(rule, start, calendar)
        paused, nominal, open_pause = _after_pauses(rule, start, nominal, calendar, merged)
        steps += paused
        # Counting in calendar days needs no working calendar; only the roll at the end does.
        first_touched = start + ONE_DAY if rule.unit is Unit.WORKING_DAYS else nominal
    due = calendar.roll(nominal, rule.roll)
    steps += _roll_steps(rule, nominal, due, calendar)
    provisional = _rests_on_guess(rule, first_touched, nominal, due, calendar)
    if provisional:
        steps.append(Step("涉及年份的放假通知尚未公布，本日期为预估，公布后重新计算", None, "预估"))
    steps.append(Step(f"{chinese_day(due)}24时前（含当日）", due, "截止"))
    return Deadline(due, nominal, provisional, tuple(steps), rule.id, rule.basis.text, open_pause)


def chinese_day(day: date) -> str:
    """2026-09-24 周四"""
    return f"{day.isoformat()} 周{_WEEKDAYS[day.weekday()]}"


def _counted(rule: DeadlineRule, start: date, calendar: WorkCalendar) -> tuple[list[Step], date]:
    event = rule.event or "起算"
    steps = [Step(f"{chinese_day(start)}{event}（当日不计）", start, event)]
    if rule.unit is Unit.WORKING_DAYS:
        end = calendar.add(start, rule.offset)
        text = f"{rule.offset} 个工作日"
        told = _tell_skips(calendar.skipped(start, end))
        steps.append(Step(f"{text}：{told}" if told else f"{text}，周末不计", end, "时限"))
    elif rule.unit is Unit.CALENDAR_DAYS:
        end = start + timedelta(days=rule.offset)
        steps.append(Step(f"{rule.offset} 日（自然日，含休息日）", end, "时限"))
    else:
        end = _months_later(start, rule.offset)
        steps.append(Step(f"{rule.offset} 个月，至 {end.isoformat()}", end, "时限"))
    return steps, end


def _fixed_day(rule: DeadlineRule, anchor: date | Period) -> tuple[list[Step], date]:
    period = rule.period_of(anchor)
    month = _shift_month(period.last.year, period.last.month, rule.months)
    nominal = min(rule.day, last_day_of_month(*month).day)
    day = date(*month, nominal)
    where = {0: "当期最后一个月", 1: "期后次月", -1: "当期最后一个月的前一个月"}.get(
        rule.months, f"当期最后一个月之{'后' if rule.months > 0 else '前'}第 {abs(rule.months)} 个月"
    )
    until = "最后一日" if nominal != rule.day or day == last_day_of_month(*month) else f"{rule.day}日"
    steps = [
        Step(
            f"报送期 {period.label}（{period.first.isoformat()} 至 {period.last.isoformat()}）",
            None,
            "报送期",
        ),
        Step(f"{where} {until}前，含当日", day, "时限"),
    ]
    if day < period.last:
        steps.append(Step("截止日早于本期结束，数据截至报送时，期末后可另报终稿", None, "说明"))
    return steps, day


def _after_pauses(
    rule: DeadlineRule, start: date, nominal: date, calendar: WorkCalendar, pauses: list[Pause]
) -> tuple[list[Step], date, bool]:
    """Move `nominal` past each pause that begins on or before it; pauses are sorted and do not overlap."""
    steps: list[Step] = []
    for pause in pauses:
        first = max(pause.first, start + ONE_DAY)
        if first > nominal or (pause.resumed is not None and pause.resumed <= first):
            continue
        who = _PARTIES.get(pause.party, "")
        why = "，".join(part for part in (pause.reason or "暂停计时", f"{who}原因" if who else "") if part)
        if pause.resumed is None:
            steps.append(Step(f"{why}，{first.isoformat()} 起暂停，尚未恢复，恢复后顺延", None, "暂停"))
            return steps, nominal, True
        last = pause.resumed - ONE_DAY
        if rule.unit is Unit.WORKING_DAYS:
            lost = calendar.between(first - ONE_DAY, last)
            moved, unit = calendar.add(nominal, lost), "个工作日"
        else:
            lost = (pause.resumed - first).days
            moved, unit = nominal + timedelta(days=lost), "日"
        steps.append(
            Step(
                f"{why}，{first.isoformat()} 至 {last.isoformat()} 暂停 {lost} {unit}，"
                f"原定 {nominal.isoformat()}，顺延 {lost} {unit}",
                moved,
                "暂停",
            )
        )
        nominal = moved
    return steps, nominal, False


def _roll_steps(rule: DeadlineRule, nominal: date, due: date, calendar: WorkCalendar) -> list[Step]:
    if calendar.is_working(nominal):
        return []
    rest = _rest_name(calendar.kind(nominal))
    if rule.roll is Roll.NONE:
        return [Step(f"{chinese_day(nominal)}为{rest}，按规则不顺延", nominal, "遇休息日")]
    way = "顺延至其后" if rule.roll is Roll.NEXT else "提前至其前"
    return [Step(f"{chinese_day(nominal)}为{rest}，{way}第一个工作日", due, "遇休息日")]


def _rests_on_guess(
    rule: DeadlineRule, first: date, nominal: date, due: date, calendar: WorkCalendar
) -> bool:
    if rule.unit is not Unit.WORKING_DAYS and rule.roll is Roll.NONE:
        return False
    return calendar.touches_provisional(min(first, due), max(nominal, due))


def _rest_name(kind: DayKind) -> str:
    return {DayKind.WEEKEND: "周末", DayKind.CLOSURE: "本地停止办公日"}.get(kind, "法定节假日放假")


def _tell_skips(skips: tuple[Skip, ...]) -> str:
    parts = []
    for skip in skips:
        if skip.kind is DayKind.MAKEUP:
            parts.append(f"{chinese_day(skip.first)}上班计入")
            continue
        span = skip.first.isoformat()
        if skip.last != skip.first:
            span += f" 至 {skip.last.isoformat()}"
        parts.append(f"{span} {'停止办公' if skip.kind is DayKind.CLOSURE else '放假'}不计")
    return "，".join(parts)


def _merged(pauses: Iterable[Pause]) -> list[Pause]:
    """In order, overlaps cut off so that no day is counted twice; an open pause ends the list."""
    done: list[Pause] = []
    reached = date.min
    for pause in sorted(pauses, key=lambda each: each.first):
        first = max(pause.first, reached)
        if pause.resumed is None:
            return [*done, Pause(first, None, pause.reason, pause.party)]
        if pause.resumed > first:
            done.append(Pause(first, pause.resumed, pause.reason, pause.party))
            reached = pause.resumed
    return done


def years_before(day: date, years: int) -> date:
    """The same day so many calendar years earlier; of 29 February the 28th where there is none."""
    return _months_later(day, -12 * years)


def _shift_month(year: int, month: int, by: int) -> tuple[int, int]:
    years, index = divmod(year * 12 + month - 1 + by, 12)
    return years, index + 1


def _months_later(start: date, months: int) -> date:
    """The same day so many months on, or that month's last day (民法典 article 202)."""
    year, month = _shift_month(start.year, start.month, months)
    return date(year, month, min(start.day, last_day_of_month(year, month).day))
