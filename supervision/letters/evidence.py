"""Whose delay it is, from the counters. Pure: facts and a calendar in, a verdict out; the words are official Chinese.

A clock stands while somebody else has the matter, so a day past the organ's own limit is the organ's. Every judgement
names its counters; what no counter shows is nobody's delay here, and no notice rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from approvals.checklist.clock import ENTERPRISE, HOLDERS, ORGAN, Tick, counters, spans
from documents import chinese_date
from policy.calendar import ONE_DAY, DayKind, WorkCalendar

PARTY_WORDS = {
    "organ": "行政机关",
    "enterprise": "企业",
    "third_party": "第三方",
    "higher_level": "上级机关",
    "force_majeure": "不可抗力",
    "": "尚不能认定",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One counter. `days`: working days by holder from the day after `start_on` to `until`; `late_days`: working days
    by which the organ is over its own limit (0: it keeps or kept it). `party`: whose delay, empty where none is shown.
    """

    kind: str
    name: str
    office: str
    party: str
    why: str
    until: date
    limit: str = ""
    start_on: date | None = None
    due_on: date | None = None
    ended_on: date | None = None
    holder: str = ""
    days: Mapping[str, int] = field(default_factory=dict)
    late_days: int = 0
    skipped: tuple[str, ...] = ()
    basis: str = ""
    rule_id: str = ""
    url: str = ""

    @property
    def organ_days(self) -> int:
        return self.days.get(ORGAN, 0)

    @property
    def enterprise_days(self) -> int:
        return self.days.get(ENTERPRISE, 0)

    @property
    def other_days(self) -> int:
        return sum(self.days.values()) - self.organ_days - self.enterprise_days

    def to_json(self) -> dict[str, Any]:
        data = {name: _plain(value) for name, value in asdict(self).items()}
        return data | {
            "organ_days": self.organ_days, "enterprise_days": self.enterprise_days, "other_days": self.other_days,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """`party`: whose delay; `due_on`: the day promised for the whole; `late_days`: working days past it on `on`;
    `ended_on`: the day it was done, then there is nothing left to press. `sources`: the deciding counters first."""

    party: str
    why: str
    on: date
    due_on: date | None
    late_days: int
    ended_on: date | None
    sources: tuple[Source, ...]

    @property
    def organ_days(self) -> int:
        return sum(each.organ_days for each in self.sources)

    @property
    def enterprise_days(self) -> int:
        return sum(each.enterprise_days for each in self.sources)

    def to_json(self) -> dict[str, Any]:
        return {
            "party": self.party,
            "why": self.why,
            "on": self.on.isoformat(),
            "due_on": _plain(self.due_on),
            "late_days": self.late_days,
            "ended_on": _plain(self.ended_on),
            "organ_days": self.organ_days,
            "enterprise_days": self.enterprise_days,
            "sources": [each.to_json() for each in self.sources],
        }


def late_days(due_on: date | None, until: date, calendar: WorkCalendar) -> int:
    """Working days in (due_on, until]; at least one once the day has passed, also over days off."""
    if due_on is None or until <= due_on:
        return 0
    return max(1, calendar.between(due_on, until))


def item_source(
    *,
    name: str,
    office: str,
    limit: str,
    ticks: Sequence[Tick],
    due_on: date | None,
    on: date,
    calendar: WorkCalendar,
    basis: str = "",
    rule_id: str = "",
    url: str = "",
) -> Source:
    """An approval item, one application. `due_on` is the organ's last day with the stopped clock left out.

    The organ's delay: it went over that day while it had the item. Once somebody else has it for longer than the organ
    was over, the delay is theirs.
    """
    made = Source(
        "item", name, office, "", "", on, limit, due_on=due_on, basis=basis, rule_id=rule_id, url=url
    )
    held, ended = spans(ticks)
    if not held:
        return replace(made, party=ENTERPRISE, why="尚未收到企业申请，行政机关没有开始计时")
    until, start = ended or on, held[0].first
    days = counters(ticks, today=on, calendar=calendar).days
    last = held[-1]
    holder = "" if ended else last.holder
    organs_last = last.first - ONE_DAY if last.holder != ORGAN else until
    over = late_days(due_on, min(organs_last, until), calendar)
    made = replace(
        made, until=until, start_on=start, ended_on=ended, holder=holder, days=days, late_days=over,
        skipped=skipped_words(calendar, start, until),
    )  # fmt: skip
    said = days_words(days)
    if holder and holder != ORGAN:
        standing = max(0, calendar.between(last.first - ONE_DAY, on))
        if standing >= over:
            words = f"{said}；{chinese_date(last.first)}起转由{PARTY_WORDS[holder]}办理，行政机关计时暂停"
            return replace(made, party=holder, why=words)
    if over:
        return replace(
            made, party=ORGAN, why=f"{said}；扣除不计入时限的时间后，超过{limit or '时限'}{over}个工作日"
        )
    others = {code: n for code, n in days.items() if n and code != ORGAN}
    most = max(others, key=lambda code: others[code]) if others else ""
    return replace(made, party=most, why=f"{said}；行政机关未超过{limit or '时限'}")


@dataclass(frozen=True, slots=True)
class Hold:
    """One holder of a ticket: `side` is office or investor; working days in (first, last]."""

    label: str
    side: str
    first: date
    last: date | None
    days: int


def ticket_source(
    *,
    name: str,
    office: str,
    holds: Sequence[Hold],
    due_on: date | None,
    accepted_on: date | None,
    on: date,
    calendar: WorkCalendar,
    ended_on: date | None = None,
    url: str = "",
) -> Source:
    """An assistance ticket. Its limit is a fixed day: the days the investor had it since it was accepted are taken off
    what it is late by. `due_on` empty: the investor is asked, nothing runs against the office."""
    until = ended_on or on
    days = {
        ORGAN: sum(each.days for each in holds if each.side == "office"),
        ENTERPRISE: sum(each.days for each in holds if each.side == "investor"),
    }
    start = holds[0].first if holds else None
    made = Source(
        "ticket", name, office, "", "", until, "约定时限", start, due_on, ended_on,
        days=days, url=url, skipped=skipped_words(calendar, start, until) if start else (),
    )  # fmt: skip
    now = next((each for each in reversed(holds) if each.last is None), None)
    said = days_words(days)
    if ended_on is None and now is not None and now.side == "investor":
        return replace(
            made,
            holder=ENTERPRISE,
            party=ENTERPRISE,
            why=f"{said}；{chinese_date(now.first)}起等待企业确认或者答复",
        )
    made = replace(made, holder="" if ended_on else ORGAN)
    gross = late_days(due_on, until, calendar)
    theirs = sum(
        each.days
        for each in holds
        if each.side == "investor" and accepted_on is not None and each.first >= accepted_on
    )
    over = max(0, gross - theirs)
    if over:
        return replace(
            made, party=ORGAN, late_days=over,
            why=f"{said}；逾期{gross}个工作日，其中企业占用{theirs}个，行政机关超过时限{over}个工作日",
        )  # fmt: skip
    if gross:
        return replace(
            made, party=ENTERPRISE, why=f"{said}；逾期{gross}个工作日，均在企业占用的{theirs}个工作日之内"
        )
    return replace(made, why=f"{said}；未超过约定时限")


def duty_source(
    *,
    name: str,
    office: str,
    due_on: date,
    met_on: date | None,
    on: date,
    calendar: WorkCalendar,
    basis: str = "",
    rule_id: str = "",
    url: str = "",
) -> Source:
    """A duty of a unit of government (a ledger, a meeting, a promise): nobody else can be late with it."""
    until = met_on or on
    over = late_days(due_on, until, calendar)
    return Source(
        "obligation", name, office, ORGAN if over else "",
        f"应由{office}于{chinese_date(due_on)}前完成，逾期{over}个工作日" if over else "未超过规定时限",
        until, "规定时限", due_on=due_on, ended_on=met_on, holder="" if met_on else ORGAN,
        days={ORGAN: over, ENTERPRISE: 0}, late_days=over, skipped=skipped_words(calendar, due_on, until),
        basis=basis, rule_id=rule_id, url=url,
    )  # fmt: skip


def declared_source(name: str, party: str, why: str, on: date, *, url: str = "") -> Source:
    """A cause somebody answered for: the responsible party of a change of plan or of a key point."""
    return Source("declared", name, "", party, why, on, url=url)


def of_one(source: Source, on: date, calendar: WorkCalendar) -> Verdict:
    """The verdict over a single counter."""
    gross = late_days(source.due_on, source.ended_on or on, calendar)
    return Verdict(source.party, source.why, on, source.due_on, gross, source.ended_on, (source,))


def of_milestone(
    *,
    planned_on: date | None,
    actual_on: date | None,
    items: Iterable[Source],
    declared: Source | None,
    on: date,
    calendar: WorkCalendar,
) -> Verdict:
    """A key point, from the counters of its approvals; without any, from the declared cause.

    1. An open item in which the organ is over its limit: the organ's. 2. Else open items with somebody else, or not
    applied for: theirs. 3. All decided: the organ's if it was over by more days than the enterprise had them.
    4. Nothing under it: what the last change of plan, or the key point itself, names as the cause.
    """
    found = sorted(items, key=lambda each: (each.party != ORGAN, -each.late_days, each.name))
    over = late_days(planned_on, actual_on or on, calendar)
    still = [each for each in found if each.ended_on is None]

    def told(party: str, why: str, sources: Sequence[Source]) -> Verdict:
        return Verdict(party, why, on, planned_on, over, actual_on, tuple(sources))

    if not over:
        return told("", "未到计划日期，或者按期完成", found)
    late = [each for each in still if each.party == ORGAN]
    if late:
        names = "、".join(each.name for each in late)
        return told(ORGAN, f"所需审批事项{names}由行政机关超过时限未办结", found)
    waiting = [each for each in still if each.party]
    if waiting:
        party = max({each.party for each in waiting}, key=lambda code: _weight(waiting, code))
        theirs_now = [each for each in waiting if each.party == party]
        why = "；".join(f"{each.name}：{each.why}" for each in theirs_now[:3])
        return told(
            party, f"所需审批事项没有超过行政机关时限，{why}", [*theirs_now, *_without(found, theirs_now)]
        )
    organ, theirs = sum(each.late_days for each in found), sum(each.enterprise_days for each in found)
    if organ > theirs:
        return told(ORGAN, f"所需审批事项行政机关共超过时限{organ}个工作日，企业用时{theirs}个工作日", found)
    if theirs:
        return told(
            ENTERPRISE, f"所需审批事项企业用时{theirs}个工作日，行政机关超过时限{organ}个工作日", found
        )
    if declared is not None:
        return told(declared.party, declared.why, [declared, *found])
    return told("", "没有审批计时或者责任认定可以说明延误原因", found)


def _without(found: Sequence[Source], first: Sequence[Source]) -> list[Source]:
    return [each for each in found if each not in first]


def _weight(sources: Sequence[Source], party: str) -> tuple[int, int, int]:
    """How much lies with `party`: how many items, then how many days, then the fixed order of holders."""
    mine = [each for each in sources if each.party == party]
    order = HOLDERS.index(party) if party in HOLDERS else len(HOLDERS)
    return len(mine), sum(each.days.get(party, 0) for each in mine), -order


def days_words(days: Mapping[str, int]) -> str:
    """行政机关用时9个工作日，企业用时23个工作日: the two counters always, others where they have days."""
    parts = [
        f"{PARTY_WORDS[code]}用时{days.get(code, 0)}个工作日"
        for code in HOLDERS
        if code in (ORGAN, ENTERPRISE) or days.get(code)
    ]
    return "，".join(parts)


def skipped_words(calendar: WorkCalendar, first: date, last: date) -> tuple[str, ...]:
    """Holidays and make-up days in (first, last], for the page: 2026年10月1日至2026年10月7日放假不计."""
    told = []
    for skip in calendar.skipped(first, last):
        span = chinese_date(skip.first) + ("" if skip.first == skip.last else f"至{chinese_date(skip.last)}")
        what = {DayKind.MAKEUP: "调休上班计入", DayKind.CLOSURE: "停止办公不计"}.get(skip.kind, "放假不计")
        told.append(f"{span}{what}")
    return tuple(told)


def refusal(verdict: Verdict, *, organ_only: bool = True) -> str:
    """Why no notice (督办通知书) may rest on this; empty where one may. Shows both counters.

    `organ_only` is the regime's rule: only the organ's own delay is pressed. Else whatever is late and not done is,
    whoever caused it; the paper still says whose delay it is.
    """
    if verdict.party == ORGAN or (not organ_only and verdict.late_days):
        if verdict.ended_on:
            return f"该事项已于{chinese_date(verdict.ended_on)}办结，没有需要督办的内容。"
        return ""
    if not organ_only and verdict.due_on is None:
        return f"该事项没有办理期限，不能认定逾期，不能下发督办通知书。{verdict.why}。"
    counts = days_words({ORGAN: verdict.organ_days, ENTERPRISE: verdict.enterprise_days}) + "。"
    if counts[:-1] in verdict.why:
        counts = ""  # the one counter says it already
    if not verdict.late_days and (not verdict.party or not organ_only):
        return f"尚未逾期，不能下发督办通知书。{counts}{verdict.why}。"
    whose = f"是{PARTY_WORDS[verdict.party]}原因" if verdict.party else "没有证据证明系行政机关原因"
    return (
        f"督办通知书只用于行政机关原因造成的延误，本事项{whose}，不能下发。{counts}"
        f"认定依据：{verdict.why}。可以通过帮办事项协助企业；确需督办的，请省级主管部门发督办函。"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
