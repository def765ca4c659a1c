"""Answers to warnings: awaited by a day, held to the day they promise, gone up a tier where none comes.

All days follow from stored days and the working calendar, so that a run after a silence finds what daily runs would
have found. `next_up_on` is the day of the next move; one indexed statement finds the rows whose day has come.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.scope import require
from policy.calendar import ONE_DAY, WorkCalendar
from policy.regimes import Regime, get_regime
from policy.rules import Rule, WarningRule
from policy.services import current_calendar
from supervision.warnings import telling
from supervision.warnings.bounds import regime_of
from supervision.warnings.models import Warning, WarningLevel
from supervision.warnings.telling import News

KEY = "acknowledgement"
FIELDS = ("answer_by_on", "unanswered_on", "up_on", "next_up_on", "lapsed_on", "tier")
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Terms:
    """Working days of the regime's rule: to answer a yellow or red light, until silence goes up again, and the
    furthest day an answer may promise. 0: no answer is awaited."""

    rule: Rule
    amber: int
    red: int
    again: int
    longest: int


def terms_of(book: Regime, on: date) -> Terms | None:
    if not book.has_rule(KEY, on):
        return None
    rule: Rule = book.rule(KEY, on)
    days = rule["steps"]
    return Terms(rule, *(int(days.get(name, 0)) for name in ("amber", "red", "again", "longest")))


def await_answer(row: Warning, terms: Terms | None, calendar: WorkCalendar, on: date) -> None:
    """Set the days of `row` after its light, its day or its answer changed. Changes the value only."""
    if row.is_answered:
        row.answer_by_on = row.unanswered_on = None
        row.next_up_on = calendar.add(row.promised_on, 1) if row.promised_on else None
        return
    by = _answer_by(row, terms, calendar)
    if by is None or terms is None:
        row.answer_by_on = row.unanswered_on = row.next_up_on = None
        return
    row.answer_by_on = by
    missed = calendar.add(by, 1)
    if row.unanswered_on and missed <= on:
        return  # it went up already; later days count from there
    row.unanswered_on, row.next_up_on = None, missed


def _answer_by(row: Warning, terms: Terms | None, calendar: WorkCalendar) -> date | None:
    """The light that came first keeps its day; a red one may bring it forward, never put it off."""
    if terms is None or row.level == WarningLevel.BLUE:
        return None
    found = []
    again = row.lapsed_on or date.min
    if terms.amber:
        found.append(calendar.add(max(row.due_on + ONE_DAY, again), terms.amber))
    if terms.red and row.level == WarningLevel.RED:
        found.append(calendar.add(max(row.level_since, again), terms.red))
    return min(found, default=None)


def follow_silence(at: datetime) -> dict[str, int]:
    """Everything whose day has come: silence that goes up, answers that lapse. Twice a day writes nothing more."""
    on, made = local_date(at), {"gone_up": 0, "lapsed": 0}
    due = Warning.objects.open().filter(next_up_on__lte=on).order_by("pk").values_list("pk", flat=True)
    ids = list(due)
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            for name, number in _follow(ids[start : start + CHUNK], on, at).items():
                made[name] += number
    return {name: number for name, number in made.items() if number}


def _follow(ids: list[int], on: date, at: datetime) -> dict[str, int]:
    calendar = current_calendar()
    rows = list(
        Warning.objects.open()
        .filter(pk__in=ids, next_up_on__lte=on)
        .select_for_update(of=("self",))
        .select_related("ticket__division")
        .order_by("pk")
    )
    places, news, entries = Places(), [], []
    for row in rows:
        before = {name: getattr(row, name) for name in FIELDS}
        terms = places.terms(row, on)
        while row.next_up_on is not None and row.next_up_on <= on:
            _move(row, terms, calendar, on)
        news.append(News(row, up=row.tier < before["tier"], silent=row.unanswered_on is not None))
        action = "warning_lapsed" if row.lapsed_on != before["lapsed_on"] else "warning_gone_up"
        entries.append((action, row, before))
    Warning.objects.bulk_update(rows, list(FIELDS), batch_size=500)
    _record([one for one in entries if _changed(one[1], one[2])], at)
    for rule, some in places.by_rule(news):
        telling.tell(some, rule, at)
    return {
        "gone_up": sum(one.up for one in news),
        "lapsed": sum(row.lapsed_on != before["lapsed_on"] for _action, row, before in entries),
    }


def _move(row: Warning, terms: Terms | None, calendar: WorkCalendar, on: date) -> None:
    """One move of one row, on the day that was stored for it."""
    day = row.next_up_on
    if day is None:
        return
    if row.is_answered:
        row.lapsed_on = day
        await_answer(row, terms, calendar, on)
        return
    if row.answer_by_on is None or terms is None:  # a row from before answers had days
        await_answer(row, terms, calendar, on)
        return
    own = _own_tier(row)
    steps = 1
    if row.unanswered_on is None:
        row.unanswered_on = day
        row.next_up_on = calendar.add(day, terms.again) if terms.again and own > 2 else None
    else:
        steps, row.next_up_on = 2, None
    if own > 1:
        row.tier = min(row.tier, max(1, own - steps))
        row.up_on = min(row.up_on or day, day)


def _own_tier(row: Warning) -> int:
    return int(row.ticket.division.tier) if row.ticket is not None else row.own_tier


class Places:
    """The regime of each row's place, and its rules, read once."""

    def __init__(self) -> None:
        self._regimes = regime_of()
        self._terms: dict[str, Terms | None] = {}

    def book(self, row: Warning) -> Regime:
        return get_regime(self._regimes(row))

    def terms(self, row: Warning, on: date) -> Terms | None:
        code = self._regimes(row)
        if code not in self._terms:
            self._terms[code] = terms_of(get_regime(code), on)
        return self._terms[code]

    def rule(self, row: Warning) -> WarningRule | None:
        """The rule the warning names, None when the regime's file has it no more."""
        try:
            rule = self.book(row).rule_by_id(row.rule_id)
        except LookupError:
            return None
        return rule if isinstance(rule, WarningRule) else None

    def by_rule(self, news: Iterable[News]) -> list[tuple[WarningRule, list[News]]]:
        found: dict[str, tuple[WarningRule, list[News]]] = {}
        for one in news:
            rule = self.rule(one.row)
            if rule is not None:
                found.setdefault(one.row.rule_id, (rule, []))[1].append(one)
        return list(found.values())


def _changed(row: Warning, before: dict[str, Any]) -> bool:
    """Working out a day for a row from before answers had days is no news."""
    return (
        row.unanswered_on != before["unanswered_on"]
        or row.lapsed_on != before["lapsed_on"]
        or (row.tier != before["tier"])
    )


def _record(entries: Iterable[tuple[str, Warning, dict[str, Any]]], at: datetime) -> None:
    audit.record_many(
        [
            audit.Entry(
                action=action,
                object_type="supervision.warning",
                object_id=str(row.pk),
                object_label=row.label[:200],
                before={"tier": before["tier"], "unanswered_on": before["unanswered_on"]},
                after={
                    "tier": row.tier,
                    "unanswered_on": row.unanswered_on,
                    "lapsed_on": row.lapsed_on,
                },
                rule_id=row.rule_id,
                codes=audit.codes_of(row),
            )
            for action, row, before in entries
        ],
        by=None,
        at=at,
    )


def acknowledge(
    *, warning: Warning, plan_text: str, promised_on: date | None, by: Any, at: datetime
) -> Warning:
    """Say what will be done until when. It clears nothing; a later plan replaces the earlier, both stay in the log."""
    require(by, "warnings.acknowledge", warning)
    plan_text, on, calendar = " ".join(plan_text.split()), local_date(at), current_calendar()
    if not plan_text:
        raise DomainError(
            "plan_missing", _("Write what will be done, by whom and until when."), field="plan_text"
        )
    terms = terms_of(Places().book(warning), on)
    _check_day(promised_on, terms, calendar, on)
    with transaction.atomic():
        before = {"plan_text": warning.plan_text, "acknowledged_at": warning.acknowledged_at}
        sight = {"acknowledged_at": warning.acknowledged_at, "lapsed_on": warning.lapsed_on}
        row = Warning.objects.open().filter(pk=warning.pk, **sight).select_for_update().first()
        if row is None:
            raise StaleState(
                "warning_changed", _("The warning was cleared or answered in the meantime; reload the page.")
            )
        row.plan_text, row.promised_on, row.lapsed_on = plan_text[:500], promised_on, None
        row.acknowledged_by, row.acknowledged_at = by, at
        await_answer(row, terms, calendar, on)
        row.save(update_fields=["plan_text", "promised_on", "acknowledged_by", "acknowledged_at", *FIELDS])
        after = {"plan_text": row.plan_text, "promised_on": promised_on, "acknowledged_at": at}
        audit.record(
            "warning_acknowledged", target=row, by=by, at=at, before=before, after=after, rule_id=row.rule_id
        )
    warning.refresh_from_db()
    return warning


def _check_day(promised_on: date | None, terms: Terms | None, calendar: WorkCalendar, on: date) -> None:
    if promised_on is None:
        raise DomainError("promise_missing", _("Name the day by which it will be done."), field="promised_on")
    if promised_on < on:
        raise DomainError(
            "promise_past",
            _("The day by which it will be done is past; name a later one."),
            field="promised_on",
        )
    furthest = calendar.add(on, terms.longest) if terms is not None and terms.longest else None
    if furthest is not None and promised_on > furthest:
        raise DomainError(
            "promise_far",
            _(
                "An answer may promise a day until %(day)s (%(n)d working days). What takes longer needs a change of plan."
            )
            % {"day": furthest.isoformat(), "n": terms.longest if terms else 0},
            field="promised_on",
        )
