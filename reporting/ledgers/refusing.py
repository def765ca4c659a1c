"""What a workbook is refused for as a whole, before a row of it is kept: told with the place and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.errors import DomainError, StaleState
from accounts.models import Division
from policy.periods import Period
from reporting.ledgers.evaluate import NOT_HERE, Draft
from reporting.ledgers.models import Attempt, AttemptState, RowMatch, StagedRow
from reporting.ledgers.places import PlaceIndex, PlaceKind
from reporting.ledgers.uploads import Received
from reporting.tableimport.values import ERROR, TableReading


def already_submitted() -> DomainError:
    text = _(
        "This month's ledger is handed in and waits for the receiver. Take it back first if it is to be replaced."
    )
    return StaleState("already_submitted", text)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A hand-in of the unit that still counts, of whatever month."""

    pk: int
    number: int
    period: str
    state: str
    sha256: str
    digest: str | None


def earlier_of(unit: Division) -> list[Earlier]:
    """The latest first."""
    rows = Attempt.objects.filter(ledger__unit=unit).exclude(state=AttemptState.DISCARDED).order_by("-pk")
    return [
        Earlier(*row)
        for row in rows.values_list(
            "pk", "number", "ledger__period", "state", "file_sha256", "reading__digest"
        )
    ]


def refuse_same_file(earlier: Sequence[Earlier], received: Received) -> None:
    known = next((e for e in earlier if e.sha256 == received.sha256), None)
    if known is None:
        return
    text = _("No change: this is the very file that was uploaded before as hand-in %(number)d of %(period)s.")
    raise DomainError(
        "same_file",
        text % {"number": known.number, "period": known.period},
        details={"attempt": known.pk},
    )


def refuse_same_content(earlier: Sequence[Earlier], period: Period, digest: str) -> None:
    counting = (AttemptState.ACCEPTED, AttemptState.STAGED)
    known = next(
        (e for e in earlier if e.period == str(period) and e.digest == digest and e.state in counting), None
    )
    if known and not StagedRow.objects.filter(attempt_id=known.pk).exclude(mended={}).exists():
        text = _("No change: every row says the same as hand-in %(number)d.")
        raise DomainError("same_file", text % {"number": known.number}, details={"attempt": known.pk})


def refuse_unfit(reading: TableReading, unit: Division, period: Period, places: PlaceIndex) -> None:
    """A file without a table, of another month, of another unit."""
    if not reading.ok or not reading.rows:
        told = [m.as_dict() for m in reading.messages] or [
            {
                "sheet": "",
                "cell": "",
                "code": "no_rows",
                "text": _("No project rows were found."),
                "level": ERROR,
                "field": "",
            }
        ]
        first = next((m for m in told if m["level"] == ERROR), told[0])
        raise DomainError("file_unreadable", first["text"], details={"messages": told})
    if reading.period and reading.period != str(period):
        text = _(
            "%(cell)s: the workbook says “%(written)s”, but this is the ledger of %(period)s. "
            "Choose the right month or the right file."
        )
        raise DomainError(
            "other_period",
            text
            % {
                "cell": title_cell(reading),
                "written": reading.period_text or reading.period,
                "period": period.label,
            },
            details={"period": reading.period},
        )
    named = places.unit_named(reading.title, unit.pk)
    if named.kind is PlaceKind.UNKNOWN and reading.reporter:
        named = places.unit_named(reading.reporter, unit.pk)
    if named.kind is PlaceKind.FOREIGN:
        text = _(
            "%(cell)s: by its title “%(title)s” this is another unit's ledger, not that of %(unit)s. "
            "Please choose the right file."
        )
        raise DomainError(
            "other_unit", text % {"cell": title_cell(reading), "title": reading.title, "unit": unit.name}
        )


def title_cell(reading: TableReading) -> str:
    line = next((d.line for d in reading.dropped if d.kind == "title"), 1)
    return f"{reading.sheet}!A{line}" if reading.sheet else f"A{line}"


def refuse_foreign(drafts: Sequence[Draft], unit: Division) -> None:
    """Every row lies elsewhere: somebody took the wrong file."""
    if drafts and all(
        d.match == RowMatch.FOREIGN and any(m["code"] == NOT_HERE for m in d.messages) for d in drafts
    ):
        first = next(m for m in drafts[0].messages if m["code"] == NOT_HERE)
        text = _("None of the %(n)d rows lies in %(unit)s. Please choose the right file.") % {
            "n": len(drafts),
            "unit": unit.name,
        }
        told = [m for d in drafts[:20] for m in d.messages if m["code"] == NOT_HERE]
        raise DomainError("other_unit", text, details={"messages": told or [first]})
