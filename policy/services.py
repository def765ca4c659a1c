"""The office's working calendar: reading it, and entering a year's holiday notice (放假通知)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from policy.calendar import DayKind, WorkCalendar, provisional_kind, year_days
from policy.lights import LightThresholds
from policy.models import CalendarNotice, DayStatus, Workday
from policy.regimes import Regime, get_regime
from policy.rules import WarningRule
from policy.seeding import SEED_SOURCE, SeedRow, numbered, seed_rows
from policy.statutory import is_weekend


class CalendarError(ValueError):
    """A notice that cannot be entered. `code` is stable, `message` for the person, `day` the row at fault."""

    def __init__(self, code: str, message: str, day: date | None = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.day = day


# -- what upper apps hang in ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AffectedDeadline:
    """A stored due date that the new calendar would move. Closed periods must not be listed."""

    what: str
    where: str
    due_on: date
    new_due_on: date
    provisional: bool = False


PreviewCallback = Callable[[WorkCalendar, date], Sequence[AffectedDeadline]]
ApplyCallback = Callable[[WorkCalendar, datetime], int]


@dataclass(frozen=True)
class CalendarHook:
    """`preview(new_calendar, on)` tells what would move and writes nothing; `apply(new_calendar, at)` moves it and
    returns how many, inside the transaction that changes the calendar."""

    name: str
    preview: PreviewCallback
    apply: ApplyCallback


class CalendarHooks(list[CalendarHook]):
    def register(self, name: str, *, preview: PreviewCallback, apply: ApplyCallback) -> None:
        """Called in AppConfig.ready(); registering a name again replaces it."""
        self[:] = [hook for hook in self if hook.name != name]
        self.append(CalendarHook(name, preview, apply))


on_calendar_changed = CalendarHooks()


# -- reading --------------------------------------------------------------------------------------------------------

_cached: tuple[int, WorkCalendar] = (0, WorkCalendar())
_held: ContextVar[WorkCalendar | None] = ContextVar("held_calendar", default=None)


def calendar_version() -> int:
    """Another number after every change of the calendar (not a larger one); 0 for a table never filled."""
    stamp = CalendarNotice.objects.order_by("-pk").values_list("stamp", flat=True).first()
    return stamp.int % 2**53 if stamp else 0


def working_days_left(due_on: date | None, on: date, calendar: WorkCalendar | None = None) -> int | None:
    """Working days left, negative when overdue (see `WorkCalendar.left`); None without a day.

    A loop hands in its calendar: asking for the one in force costs a statement.
    """
    return None if due_on is None else (calendar or current_calendar()).left(on, due_on)


def current_calendar() -> WorkCalendar:
    """The calendar in force. One small query while the version stands; hold on to it inside a loop."""
    global _cached
    if (calendar := _held.get()) is not None:
        return calendar
    version = calendar_version()
    held = _cached
    if version and held[0] == version:
        return held[1]
    calendar = WorkCalendar(
        (day, DayKind(kind), status == DayStatus.CONFIRMED)
        for day, kind, status in Workday.objects.values_list("day", "kind", "status")
    )
    _cached = (version, calendar)
    return calendar


def light_bounds(key: str, on: date, regime: Regime | None = None) -> LightThresholds:
    """The bounds of the day under the warning rule `key` of `regime` (the default one when not given).

    Made once per day, rule and calendar. Raises LookupError where `key` is no warning rule in force.
    """
    rule = (regime or get_regime()).rule(key, on)
    if not isinstance(rule, WarningRule):
        raise LookupError(f"{key} is no warning rule")
    return _bounds(on, rule, current_calendar())


@lru_cache(maxsize=128)
def _bounds(on: date, rule: WarningRule, calendar: WorkCalendar) -> LightThresholds:
    return LightThresholds.on(on, rule, calendar)


@contextmanager
def one_calendar() -> Iterator[WorkCalendar]:
    """For a page of many parts: one calendar for all of it, asked for once. Not around writes to the calendar."""
    calendar = current_calendar()
    token = _held.set(calendar)
    try:
        yield calendar
    finally:
        _held.reset(token)


# -- entering a notice ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NoticeRow:
    """A day of the notice: HOLIDAY (off), MAKEUP (a weekend day worked), CLOSURE (off here), or NORMAL/WEEKEND to
    take an entry back."""

    day: date
    kind: DayKind


@dataclass(frozen=True)
class DayChange:
    day: date
    before: DayKind
    after: DayKind
    was_provisional: bool


@dataclass(frozen=True)
class NoticePreview:
    """`changes`: days whose kind changes; `confirmed_days`: days of the year that stop being provisional;
    `affected`: hook name → stored deadlines that would move."""

    year: int
    changes: tuple[DayChange, ...]
    confirmed_days: int
    calendar: WorkCalendar
    affected: dict[str, tuple[AffectedDeadline, ...]] = field(default_factory=dict)

    @property
    def affected_count(self) -> int:
        return sum(len(rows) for rows in self.affected.values())


RawRow = NoticeRow | tuple[date, DayKind | str]


def preview_notice(rows: Iterable[RawRow], on: date) -> NoticePreview:
    """What entering `rows` would change, and which stored deadlines would move. Writes nothing.

    `on` is today: hooks leave alone what is closed by then.
    """
    preview = _without_hooks(rows)
    affected = {hook.name: tuple(hook.preview(preview.calendar, on)) for hook in on_calendar_changed}
    return NoticePreview(preview.year, preview.changes, preview.confirmed_days, preview.calendar, affected)


def apply_notice(rows: Iterable[RawRow], source: str, at: datetime, *, by_name: str = "") -> NoticePreview:
    """Enter the notice: its days, the rest of its year confirmed as it stands, numbers and deadlines made again.

    The permission is the caller's business (policy knows no people), as is the audit record. All or nothing.
    """
    source = source.strip()
    if not source:
        raise CalendarError("source_missing", _("Give the notice's title and number as the source."))
    with transaction.atomic():
        _wait_for_turn()
        preview = _without_hooks(rows)
        held = {row.day: row for row in Workday.objects.all()}
        days: dict[date, SeedRow] = {day: _as_row(row) for day, row in held.items()}
        for day in year_days(preview.year):
            kind, old = preview.calendar.kind(day), days.get(day)
            # A confirmed day that stays what it was keeps its own source.
            if old is None or not old[2] or old[1] is not kind:
                days[day] = (day, kind, True, source)
        _rewrite(days.values())
        CalendarNotice.objects.create(
            year=preview.year,
            source=source,
            applied_at=at,
            applied_by=by_name,
            changes=[
                {"day": change.day.isoformat(), "before": change.before.value, "after": change.after.value}
                for change in preview.changes
            ],
        )
        for hook in on_calendar_changed:
            hook.apply(preview.calendar, at)
    return preview


def seed_calendar(at: datetime) -> int:
    """Fill in what is missing and let published years replace guesses; returns the number of days written.

    A confirmed row, the office's entry above all, is never touched. Twice is harmless.
    """
    with transaction.atomic():
        _wait_for_turn()
        held = {row.day: row for row in Workday.objects.all()}
        days: dict[date, SeedRow] = {day: _as_row(row) for day, row in held.items()}
        fresh = [row for row in seed_rows() if _is_better(row, days.get(row[0]))]
        if not fresh:
            return 0
        days.update({row[0]: row for row in fresh})
        _rewrite(days.values())
        CalendarNotice.objects.create(source=SEED_SOURCE, applied_at=at)
        if held:
            for hook in on_calendar_changed:
                hook.apply(current_calendar(), at)
    return len(fresh)


def _is_better(row: SeedRow, held: SeedRow | None) -> bool:
    if held is None:
        return True
    return not held[2] and (row[2] or row[1] is not held[1])


def _wait_for_turn() -> None:
    """Two who change the calendar at once go one after the other (SQLite has one writer anyway)."""
    list(CalendarNotice.objects.select_for_update().order_by("-pk")[:1])


def _as_row(row: Workday) -> SeedRow:
    return row.day, DayKind(row.kind), row.status == DayStatus.CONFIRMED, row.source


def _rewrite(days: Iterable[SeedRow]) -> None:
    """Put the whole table anew, numbered from its first day. Nothing refers to its rows, and it is small."""
    Workday.objects.all().delete()
    Workday.objects.bulk_create([Workday(**values) for values in numbered(days)], batch_size=1000)


def _without_hooks(rows: Iterable[RawRow]) -> NoticePreview:
    wanted = _validated(rows)
    year = wanted[0].day.year
    stored = {row.day: row for row in Workday.objects.all()}
    _refuse_gap(year, stored)
    kinds = {row.day: DayKind(row.kind) for row in stored.values()}
    sure = {row.day: row.status == DayStatus.CONFIRMED for row in stored.values()}
    after = dict(kinds)
    # A first notice replaces the guess whole: a guessed substitute day off that it doesn't name is a working day.
    for day in year_days(year):
        if not sure.get(day):
            after[day] = DayKind.WEEKEND if is_weekend(day) else DayKind.NORMAL
    after.update({row.day: row.kind for row in wanted})
    changes = tuple(
        DayChange(day, kinds.get(day) or provisional_kind(day), after[day], not sure.get(day))
        for day in year_days(year)
        if after[day] != (kinds.get(day) or provisional_kind(day))
    )
    newly_sure = sum(not sure.get(day) for day in year_days(year))
    calendar = WorkCalendar(
        (day, kind, sure.get(day, False) or day.year == year) for day, kind in after.items()
    )
    return NoticePreview(year, changes, newly_sure, calendar)


def _refuse_gap(year: int, stored: dict[date, Workday]) -> None:
    if stored and not min(stored).year - 1 <= year <= max(stored).year + 1:
        raise CalendarError(
            "year_not_adjacent",
            _("The calendar holds %(first)d to %(last)d; enter the years in between before %(year)d.")
            % {"first": min(stored).year, "last": max(stored).year, "year": year},
        )


def _validated(rows: Iterable[RawRow]) -> list[NoticeRow]:
    wanted: list[NoticeRow] = []
    for row in rows:
        day, kind = (row.day, row.kind) if isinstance(row, NoticeRow) else row
        try:
            wanted.append(NoticeRow(day, DayKind(kind)))
        except ValueError:
            raise CalendarError(
                "kind_unknown", _("%(day)s: “%(kind)s” is no kind of day.") % {"day": day, "kind": kind}, day
            ) from None
    if not wanted:
        raise CalendarError(
            "notice_empty", _("The notice has no days. Enter the days off and the make-up days.")
        )
    wanted.sort(key=lambda each: each.day)
    year = wanted[0].day.year
    for row in wanted:
        if row.day.year != year:
            raise CalendarError(
                "several_years",
                _("%(day)s is not in %(year)d. Enter one year at a time.") % {"day": row.day, "year": year},
                row.day,
            )
        _refuse_wrong_kind(row)
    for one, two in pairwise(wanted):
        if one.day == two.day:
            raise CalendarError(
                "day_twice", _("%(day)s is given twice. Keep one of the rows.") % {"day": one.day}, one.day
            )
    return wanted


def _refuse_wrong_kind(row: NoticeRow) -> None:
    if row.kind is DayKind.MAKEUP and not is_weekend(row.day):
        message = _("%(day)s is not a Saturday or Sunday, so it cannot be a make-up working day.")
    elif row.kind is DayKind.WEEKEND and not is_weekend(row.day):
        message = _(
            "%(day)s is not a Saturday or Sunday. Enter a day off as a public holiday or a local closure."
        )
    elif row.kind is DayKind.NORMAL and is_weekend(row.day):
        message = _("%(day)s is a weekend day. If it is worked, enter it as a make-up working day.")
    else:
        return
    raise CalendarError("kind_impossible", message % {"day": row.day}, row.day)
