"""How departments did, as the public pages show it, from the payload alone. Pure.

A payload without `offices` was published before this was counted: the pages say so, and never show a zero for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reporting.reports.figures import Rate


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """One place or department. A rate without denominator where it is withheld: too few cases, only their number."""

    code: str
    name: str
    due: int
    late: int | None
    approvals: Rate
    letters: int
    letters_late: int | None
    rated: int
    ratings: Rate
    own: bool = False

    @property
    def withheld(self) -> bool:
        return self.late is None

    @property
    def letters_withheld(self) -> bool:
        return self.letters_late is None

    @property
    def ratings_withheld(self) -> bool:
        return bool(self.rated) and not self.ratings.denominator

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.letters or self.rated)


@dataclass(frozen=True, slots=True)
class PlaceRows:
    """The departments of one place."""

    code: str
    name: str
    rows: list[OfficeRow]


def is_counted(payload: Mapping[str, Any]) -> bool:
    return payload.get("offices") is not None


def total_of(payload: Mapping[str, Any]) -> OfficeRow:
    return _row("", "", payload["offices"]["total"])


def places_of(payload: Mapping[str, Any]) -> list[OfficeRow]:
    """The unit's own departments first, if they had anything; then the units below, best share of approvals first."""
    rows = [
        _row(one["code"], one["name"], one["figures"], own=one["own"]) for one in payload["offices"]["places"]
    ]
    own = [row for row in rows if row.own and (not row.is_empty or len(rows) == 1)]
    return own + _ranked(row for row in rows if not row.own)


def departments_of(payload: Mapping[str, Any], code: str) -> list[PlaceRows] | None:
    """Departments of one place of `places_of` and of the places below it; None where there is no such place."""
    places = {one["code"]: one for one in payload["offices"]["places"]}
    if code not in places:
        return None
    own = places[code]["own"]
    found: dict[str, PlaceRows] = {}
    for one in payload["offices"]["departments"]:
        if one["place_code"] == code or (not own and one["parent_code"] == code):
            place = found.setdefault(one["place_code"], PlaceRows(one["place_code"], one["place"], []))
            place.rows.append(
                _row(one["place_code"], one["name"] or _("no department in charge"), one["figures"])
            )
    ordered = sorted(found.values(), key=lambda place: (place.code != code, place.code))
    return [PlaceRows(place.code, place.name, _ranked(place.rows)) for place in ordered]


def _ranked(rows: Iterable[OfficeRow]) -> list[OfficeRow]:
    """By share, highest first, among equals who had more to decide; those without a share last."""
    return sorted(
        rows,
        key=lambda row: (
            row.approvals.value is None, -(row.approvals.value or 0), -row.due, -row.letters, row.code, row.name,
        ),
    )  # fmt: skip


def _row(code: str, name: str, figures: Mapping[str, Any], *, own: bool = False) -> OfficeRow:
    on_time, good = figures.get("on_time"), figures.get("good")
    return OfficeRow(
        code, name, figures["due"], figures.get("late"),
        Rate(on_time, figures["due"]) if on_time is not None else Rate(0, 0),
        figures["letters"], figures.get("letters_late"), figures["rated"],
        Rate(good, figures["rated"]) if good is not None else Rate(0, 0), own,
    )  # fmt: skip


def data_rows(payloads: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """One mapping per department and period for the open data; a period not counted is one line without figures."""
    for payload in payloads:
        shared = {
            "period": payload["period"], "cut_off_on": payload["cut_off_on"], "document": payload["number"],
        }  # fmt: skip
        if not is_counted(payload):
            unit = payload["unit"]
            yield (
                shared
                | {"unit_code": unit["code"], "unit_name": unit["name"], "department": "", "counted": 0}
                | (dict.fromkeys(FIGURES))
            )
            continue
        for one in payload["offices"]["departments"]:
            figures = {name: one["figures"].get(name) for name in FIGURES}
            yield shared | figures | {
                "unit_code": one["place_code"], "unit_name": one["place"], "department": one["name"], "counted": 1,
            }  # fmt: skip


# In the order of the open data; what is withheld stays empty.
FIGURES = ("due", "on_time", "late", "letters", "letters_answered", "letters_late", "rated", "good")
