"""The state of each unit at a glance: what its ledger of the month lacks and how many projects are lit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import Division
from reporting.boards.live import AreaFigures, Line
from reporting.reports.figures import Discipline

# A unit's place in the tile picture, column and row; a rough bearing, never a map.
PLACES: dict[str, tuple[int, int]] = {
    "232700": (2, 1),
    "231100": (3, 2),
    "230700": (4, 2),
    "230400": (5, 2),
    "230200": (1, 3),
    "231200": (3, 3),
    "230800": (5, 3),
    "230500": (6, 3),
    "230600": (2, 4),
    "230100": (3, 4),
    "230900": (5, 4),
    "230300": (6, 4),
    "231000": (4, 5),
}
PERCENT = 3  # of a unit's projects: from here on its lights colour the tile


@dataclass(frozen=True, slots=True)
class Tile:
    """`css`: is-red (ledger missing, or red lights at 3 % and more), is-amber (a late ledger or one missing below, a red
    light, or lights at 3 % and more), or empty. `x` 0: no place is known for the unit.
    """

    unit: Division
    red: int
    amber: int
    missing: bool
    late: bool
    missing_below: int
    css: str
    x: int = 0
    y: int = 0


def tiles(figures: AreaFigures, handed_in: Mapping[str, Discipline], below: Iterable[Division]) -> list[Tile]:
    """One tile for each unit of the board, in its order. `handed_in`: by unit code, for the chosen month."""
    missing_below: dict[str, int] = {}
    for unit in below:
        missing_below[unit.parent_id or ""] = (
            missing_below.get(unit.parent_id or "", 0) + _of(handed_in, unit).missing
        )
    return [_tile(line, handed_in, missing_below) for line in figures.lines if not line.own]


def all_placed(found: Iterable[Tile]) -> bool:
    """Whether the picture can be drawn: every unit has its place."""
    found = list(found)
    return bool(found) and all(tile.x for tile in found)


def _tile(line: Line, handed_in: Mapping[str, Discipline], missing_below: Mapping[str, int]) -> Tile:
    own, part = _of(handed_in, line.division), line.figures
    lacking = missing_below.get(line.division.pk, 0)
    css = ""
    if own.missing or (part.red and part.red * 100 >= PERCENT * part.signed):
        css = "is-red"
    elif own.late or lacking or part.red or (line.lit and line.lit * 100 >= PERCENT * part.signed):
        css = "is-amber"
    x, y = PLACES.get(line.division.pk, (0, 0))
    return Tile(line.division, part.red, part.amber, bool(own.missing), bool(own.late), lacking, css, x, y)


def _of(handed_in: Mapping[str, Discipline], unit: Division) -> Discipline:
    return handed_in.get(unit.pk, Discipline())
