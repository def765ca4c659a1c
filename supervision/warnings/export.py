"""The list of warnings as a workbook: exactly its rows, every text inert."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from documents.rows import write_rows
from policy.calendar import WorkCalendar
from supervision.warnings.forms import LEVELS, RULES
from supervision.warnings.models import Warning, WarningLevel

MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Printed:
    """One line: the warning, names of divisions by code, working days overdue."""

    row: Warning
    places: dict[str, str]
    days_late: int


Value = Callable[[Printed], Any]
_TIERS = {1: gettext_lazy("province"), 2: gettext_lazy("city"), 3: gettext_lazy("county")}
COLUMNS: tuple[tuple[Any, Value, int], ...] = (
    (pgettext_lazy("warning column", "light"), lambda one: str(LEVELS[WarningLevel(one.row.level)]), 8),
    (pgettext_lazy("warning column", "unit"), lambda one: _place(one.row, one.places), 24),
    (
        pgettext_lazy("warning column", "what about"),
        lambda one: str(RULES.get(one.row.rule_key, one.row.rule_key)),
        18,
    ),
    (pgettext_lazy("warning column", "subject"), lambda one: one.row.label, 50),
    (pgettext_lazy("warning column", "due"), lambda one: one.row.due_on, 12),
    (gettext_lazy("working days overdue"), lambda one: one.days_late, 12),
    (gettext_lazy("lit since"), lambda one: one.row.opened_on, 12),
    (pgettext_lazy("warning column", "at this level since"), lambda one: one.row.level_since, 12),
    (gettext_lazy("told up to"), lambda one: str(_TIERS[one.row.tier]), 10),
    (gettext_lazy("gone up on"), lambda one: one.row.up_on, 12),
    (pgettext_lazy("warning column", "answer"), lambda one: answer_word(one.row), 16),
    (pgettext_lazy("warning column", "what will be done"), lambda one: one.row.plan_text, 40),
    (gettext_lazy("promised for"), lambda one: one.row.promised_on, 12),
    (gettext_lazy("answered by"), lambda one: str(one.row.acknowledged_by or ""), 14),
    (gettext_lazy("cleared on"), lambda one: one.row.cleared_on, 12),
    (gettext_lazy("cleared by"), lambda one: one.row.clear_note, 30),
    (pgettext_lazy("warning column", "rule"), lambda one: one.row.rule_id, 22),
)


def answer_word(row: Warning) -> str:
    if row.lapsed_on:
        return _("answer lapsed")
    if row.acknowledged_at:
        return _("answered")
    return _("not answered, gone up") if row.unanswered_on and row.up_on else _("not answered")


def _place(row: Warning, places: dict[str, str]) -> str:
    codes = (row.city_code, row.county_code) if row.city_code else (row.province_code,)
    return " ".join(places.get(code, code) for code in codes if code)


def write_xlsx(
    rows: Iterable[Warning], places: dict[str, str], calendar: WorkCalendar, on: date, *, heading: str
) -> IO[bytes]:
    """A workbook in a temporary file, read from its start. `places`: names of divisions by code."""
    return write_rows(
        (
            [value(Printed(row, places, _late(row, calendar, on))) for _title, value, _width in COLUMNS]
            for row in rows
        ),
        sheet_name=_("Warnings"),
        heading=heading,
        columns=[(str(title), width) for title, _value, width in COLUMNS],
        freeze="E3",
    )


def _late(row: Warning, calendar: WorkCalendar, on: date) -> int:
    """Working days overdue, up to the day it was cleared."""
    return max(0, calendar.between(row.due_on, row.cleared_on or on))
