"""Units × periods with the state of each duty: for boards and reports. One query, whatever the size."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import Obligation, ObligationState


@dataclass(frozen=True, slots=True)
class Cell:
    """One duty of one unit for one period. `last_day` counts, `due_on` is the date before an extension."""

    obligation_id: int
    kind: str
    unit_code: str
    period: str
    state: ObligationState
    due_on: date
    last_day: date
    met_on: date | None
    met_at: datetime | None
    exempt_reason: str
    provisional: bool


class Matrix:
    """Cells by (unit code, period text). A unit that owed nothing for a period has no cell."""

    def __init__(self, cells: Iterable[Cell], on: date) -> None:
        self.on = on
        self.cells: dict[tuple[str, str], Cell] = {(cell.unit_code, cell.period): cell for cell in cells}

    def get(self, unit: Any, period: Any) -> Cell | None:
        """The cell of a division (or its code) and a period (or its text)."""
        return self.cells.get((getattr(unit, "pk", unit), str(period)))

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells.values())

    def counts(
        self, *, units: Iterable[Any] | None = None, periods: Iterable[Any] | None = None
    ) -> dict[str, int]:
        """Duties by state plus `expected`, over the given units and periods (None = all).

        on_time + extended + late + missing + exempt + open == expected, always.
        """
        codes = None if units is None else {getattr(unit, "pk", unit) for unit in units}
        texts = None if periods is None else {str(period) for period in periods}
        found: Counter[str] = Counter(
            cell.state.value
            for cell in self
            if (codes is None or cell.unit_code in codes) and (texts is None or cell.period in texts)
        )
        return {state.value: found[state.value] for state in ObligationState} | {"expected": found.total()}


def status_matrix(
    kind: str | Iterable[str], units: Iterable[Any], periods: Iterable[Any], on: date
) -> Matrix:
    """States on `on` of the duties of `kind` (one code or several) of `units` for `periods`, without cancelled ones.

    Several kinds share a matrix where a unit owes only one of them (county and city ledgers).
    """
    kinds = [kind] if isinstance(kind, str) else list(kind)
    rows = Obligation.objects.live().filter(
        kind__in=kinds,
        unit_id__in=[getattr(unit, "pk", unit) for unit in units],
        period__in=[str(period) for period in periods],
        subject_type="",
    )
    return Matrix((cell_of(row, on) for row in rows.defer("deadline")), on)


def cell_of(row: Obligation, on: date) -> Cell:
    return Cell(
        obligation_id=row.pk,
        kind=row.kind,
        unit_code=row.unit_id,
        period=row.period,
        state=row.state(on),
        due_on=row.due_on,
        last_day=row.last_day,
        met_on=row.met_on,
        met_at=row.met_at,
        exempt_reason=row.exempt_reason,
        provisional=row.provisional,
    )
