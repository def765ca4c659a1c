"""Units × months of the ledgers handed in: on time, n working days late, missing, exempt, not yet due. One statement."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Division, ObligationState
from accounts.obligations.kinds import LEDGERS
from accounts.obligations.matrix import Cell, Matrix, status_matrix
from policy.calendar import WorkCalendar
from policy.periods import Period
from reporting.reports.figures import Discipline, Rate

CSS = {
    ObligationState.ON_TIME: "is-ok",
    ObligationState.EXTENDED: "is-ok",
    ObligationState.LATE: "is-late",
    ObligationState.MISSING: "is-miss",
    ObligationState.EXEMPT: "is-exempt",
    ObligationState.OPEN: "is-none",
}
NEEDS_A_WORD = (ObligationState.MISSING, ObligationState.LATE)


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell as it is shown; without a duty only a dash."""

    text: str
    css: str
    url: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit over the months, with its rate on time."""

    unit: Division
    cells: tuple[Shown, ...]
    rate: Rate


@dataclass(frozen=True, slots=True)
class Question:
    """A cell worth asking about: why does this count as missing?"""

    unit: Division
    month: Period
    cell: Shown


@dataclass(frozen=True, slots=True)
class Grid:
    months: tuple[Period, ...]
    rows: tuple[Row, ...]
    columns: tuple[Rate, ...]
    total: Rate
    question: Question | None


def grid(units: Sequence[Division], months: Sequence[Period], *, on: date, calendar: WorkCalendar) -> Grid:
    """The matrix of `units` × `months` as of `on`. Rates: on time of those whose day has come, exempt ones left out."""
    matrix = status_matrix(LEDGERS, units, months, on)
    rows = tuple(
        Row(
            unit,
            tuple(shown(matrix.get(unit, month), unit, month, calendar) for month in months),
            rate_of(_cells(matrix, [unit], months)),
        )
        for unit in units
    )
    return Grid(
        months=tuple(months),
        rows=rows,
        columns=tuple(rate_of(_cells(matrix, units, [month])) for month in months),
        total=rate_of(matrix),
        question=_question(matrix, units, months, calendar),
    )


def shown(cell: Cell | None, unit: Division, month: Period, calendar: WorkCalendar) -> Shown:
    if cell is None:
        return Shown("—", "is-none")
    url = reverse("boards:cell", args=[unit.pk, str(month)])
    return Shown(words(cell, calendar), CSS[cell.state], url, cell.state.value)


def words(cell: Cell, calendar: WorkCalendar) -> str:
    """按时 / 迟 1 日 / 缺报 …, for a narrow cell; days are working days."""
    match cell.state:
        case ObligationState.LATE:
            return _("%(n)d days late") % {"n": days_late(cell, calendar)}
        case ObligationState.ON_TIME:
            return _("on time")
        case ObligationState.EXTENDED:
            return _("on time, extended")
        case ObligationState.MISSING:
            return _("missing")
        case ObligationState.EXEMPT:
            return _("exempt")
    return _("not yet due")


def days_late(cell: Cell, calendar: WorkCalendar) -> int:
    """Working days after the last day; a Saturday after a Friday is late by one all the same."""
    return max(1, calendar.between(cell.last_day, cell.met_on)) if cell.met_on else 0


def rate_of(cells: Iterable[Cell]) -> Rate:
    counts = dict.fromkeys(ObligationState, 0)
    for cell in cells:
        counts[cell.state] += 1
    return Discipline(
        expected=sum(counts.values()),
        on_time=counts[ObligationState.ON_TIME],
        extended=counts[ObligationState.EXTENDED],
        exempt=counts[ObligationState.EXEMPT],
        open=counts[ObligationState.OPEN],
    ).rate


def _cells(matrix: Matrix, units: Iterable[Any], months: Iterable[Period]) -> Iterator[Cell]:
    texts = [str(month) for month in months]
    for unit in units:
        for text in texts:
            if cell := matrix.get(unit, text):
                yield cell


def _question(
    matrix: Matrix, units: Sequence[Division], months: Sequence[Period], calendar: WorkCalendar
) -> Question | None:
    """The newest missing cell, else the newest late one: the one a reader asks about."""
    for state in NEEDS_A_WORD:
        for month in reversed(months):
            for unit in units:
                cell = matrix.get(unit, month)
                if cell is not None and cell.state is state:
                    return Question(unit, month, shown(cell, unit, month, calendar))
    return None
