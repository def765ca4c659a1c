"""The yearly holiday notice: its text read line by line, and entered by someone who may (design.md §2)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError, StaleState
from accounts.scope import require
from policy.calendar import DayKind
from policy.models import CalendarNotice
from policy.services import (
    CalendarError,
    NoticePreview,
    NoticeRow,
    apply_notice,
    calendar_version,
    preview_notice,
)

# The words of the State Council's notices, and a few that offices write instead.
KINDS = {
    "放假": DayKind.HOLIDAY,
    "休息": DayKind.HOLIDAY,
    "调休": DayKind.HOLIDAY,
    "上班": DayKind.MAKEUP,
    "补班": DayKind.MAKEUP,
    "停止办公": DayKind.CLOSURE,
    "停办": DayKind.CLOSURE,
    "off": DayKind.HOLIDAY,
    "work": DayKind.MAKEUP,
    "closed": DayKind.CLOSURE,
}
DAY = r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*(?:[（(]?(?:周|星期)[一二三四五六日天][)）]?)?"
LINE = re.compile(rf"^\s*{DAY}(?:\s*(?:至|到|to|[-—–~～]+)\s*{DAY})?\s*[:：,，]?\s*(\S+?)\s*[。；;]?\s*$")
LONGEST = 31


@dataclass(frozen=True, slots=True)
class LineProblem:
    """`line` counts from 1."""

    line: int
    text: str
    message: str


def read_notice(text: str, year: int) -> tuple[list[NoticeRow], list[LineProblem]]:
    """Rows and problems of a notice, one day or span per line: "2027-02-05 至 2027-02-11 放假", "2月13日 上班".

    A day without a year lies in `year`. Empty lines are skipped; spans include both ends.
    """
    rows: list[NoticeRow] = []
    problems: list[LineProblem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            rows.extend(_line(line, year))
        except DomainError as error:
            problems.append(LineProblem(number, line.strip(), str(error.message)))
    return rows, problems


def preview(text: str, year: int, on: date) -> NoticePreview:
    """What the notice would change; DomainError with the line at fault. Writes nothing."""
    rows = _rows(text, year)
    try:
        return preview_notice(rows, on)
    except CalendarError as error:
        raise DomainError(error.code, error.message, field="text") from error


def enter_notice(*, text: str, year: int, source: str, version: int, by: Any, at: datetime) -> NoticePreview:
    """Enter the notice for the whole installation. `version`: calendar version whose preview the person saw."""
    require(by, "calendar.manage")
    rows = _rows(text, year)
    if calendar_version() != version:
        raise StaleState(
            "stale", _("The calendar has been changed meanwhile. Look at the new preview first.")
        )
    try:
        with transaction.atomic():
            done = apply_notice(rows, source, at, by_name=by.get_full_name())
            notice = CalendarNotice.objects.latest("pk")
            audit.record(
                "calendar_year_set",
                target=notice,
                by=by,
                at=at,
                after={"year": year, "source": source, "changes": notice.changes},
                codes=audit.codes_of_actor(by),
            )
    except CalendarError as error:
        raise DomainError(error.code, error.message, field="text") from error
    return done


def _rows(text: str, year: int) -> list[NoticeRow]:
    rows, problems = read_notice(text, year)
    if problems:
        told = [
            _("Line %(n)d “%(text)s”: %(why)s") % {"n": p.line, "text": p.text, "why": p.message}
            for p in problems
        ]
        raise DomainError("notice_unreadable", " ".join(told[:5]), field="text")
    if any(row.day.year != year for row in rows):
        raise DomainError(
            "other_year",
            _("The notice has days outside %(year)d. Enter one year at a time.") % {"year": year},
            field="text",
        )
    return rows


def _line(line: str, year: int) -> list[NoticeRow]:
    match = LINE.match(line)
    if match is None:
        raise DomainError(
            "line_unreadable",
            _("write a day or a span and what it is, such as 2027-02-05 to 2027-02-11 off."),
        )
    one_year, one_month, one_day, two_year, two_month, two_day, word = match.groups()
    kind = KINDS.get(word.lower())
    if kind is None:
        raise DomainError("kind_unknown", _("write off, work or closed after the day."))
    try:
        first = date(int(one_year or year), int(one_month), int(one_day))
        last = date(int(two_year or one_year or year), int(two_month), int(two_day)) if two_month else first
    except ValueError:
        raise DomainError("no_such_day", _("there is no such day.")) from None
    if not 0 <= (last - first).days < LONGEST:
        raise DomainError("bad_span", _("the last day must follow the first, within a month."))
    return [NoticeRow(first + timedelta(days=n), kind) for n in range((last - first).days + 1)]
