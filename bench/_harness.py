"""Measuring fairly: candidates take turns within one run, a warm round first, medians with their spread, one table.

Only ratios inside one run mean anything; nothing here fails because a machine is slow.
"""

import io
import json
import os
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

DASH = "—"
HEADINGS = ("what", "ours", "peer", "floor", "ours:floor", "peer:ours", "target", "met")


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of one candidate: median, quickest and slowest of `rounds` (0: the spread is not known)."""

    median: float
    low: float
    high: float
    rounds: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Taken":
        return cls(statistics.median(seconds), min(seconds), max(seconds), len(seconds))

    @property
    def text(self) -> str:
        """'12.3 ms (11.8–14.0)' or '1.24 s (1.20–1.31)'."""
        unit, factor = ("s", 1.0) if self.median >= 1 else ("ms", 1000.0)
        shown = f"{_short(self.median * factor)} {unit}"
        if self.rounds < 2:
            return shown
        return f"{shown} ({_short(self.low * factor)}–{_short(self.high * factor)})"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. Times with their targets, or a count (`count`, `most`) with its limit.

    `at_most`: ours may take so many times the floor. `faster`: the peer must take at least so many times ours.
    """

    what: str
    ours: Taken | None = None
    peer: Taken | None = None
    floor: Taken | None = None
    at_most: float | None = None
    faster: float | None = None
    count: int | None = None
    most: int | None = None

    @property
    def to_floor(self) -> float | None:
        return self.ours.median / self.floor.median if self.ours and self.floor else None

    @property
    def to_peer(self) -> float | None:
        return self.peer.median / self.ours.median if self.ours and self.peer else None

    @property
    def target(self) -> str:
        parts = []
        if self.at_most is not None:
            parts.append(f"≤ {self.at_most:g} × floor")
        if self.faster is not None:
            parts.append(f"peer ≥ {self.faster:g} × ours")
        if self.most is not None:
            parts.append(f"≤ {self.most}")
        return ", ".join(parts) or DASH

    @property
    def met(self) -> bool | None:
        """None where nothing was promised or nothing could be compared."""
        found = []
        if self.at_most is not None and self.to_floor is not None:
            found.append(self.to_floor <= self.at_most)
        if self.faster is not None and self.to_peer is not None:
            found.append(self.to_peer >= self.faster)
        if self.most is not None and self.count is not None:
            found.append(self.count <= self.most)
        return all(found) if found else None

    @property
    def cells(self) -> tuple[str, ...]:
        ours = str(self.count) if self.count is not None else self.ours.text if self.ours else DASH
        return (
            self.what,
            ours,
            self.peer.text if self.peer else DASH,
            self.floor.text if self.floor else DASH,
            f"{self.to_floor:.2f}" if self.to_floor is not None else DASH,
            f"{self.to_peer:.1f}" if self.to_peer is not None else DASH,
            self.target,
            {True: "yes", False: "NO", None: DASH}[self.met],
        )

    def without_targets(self) -> "Line":
        """For small sizes, about which nothing was promised."""
        return replace(self, at_most=None, faster=None, most=None)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"ours_to_floor": self.to_floor, "peer_to_ours": self.to_peer, "met": self.met}


def measure(
    candidates: Mapping[str, Callable[[], Any]],
    *,
    rounds: int,
    warm: int = 1,
    seldom: Mapping[str, int] | None = None,
) -> dict[str, Taken]:
    """Time each candidate `rounds` times in turns; who begins changes with the round.

    `warm` rounds are run and forgotten. `seldom`: candidates that take so long that fewer rounds, and none to warm
    up, must do.
    """
    names = list(candidates)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-warm, rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            if seldom and name in seldom and not 0 <= number < seldom[name]:
                continue
            started = time.perf_counter()
            candidates[name]()
            seconds = time.perf_counter() - started
            if number >= 0:
                taken[name].append(seconds)
    return {name: Taken.of(values) for name, values in taken.items()}


def statements_of(call: Callable[[], Any]) -> int:
    """How many SQL statements `call` sends."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


def table(lines: Iterable[Line]) -> str:
    """A Markdown table that is also straight in a terminal."""
    rows = [HEADINGS, *(line.cells for line in lines)]
    widths = [max(_width(row[n]) for row in rows) for n in range(len(HEADINGS))]

    def laid(row: Sequence[str]) -> str:
        return (
            "| "
            + " | ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True))
            + " |"
        )

    ruler = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([laid(rows[0]), ruler, *(laid(row) for row in rows[1:])])


def save(path: Path, lines: Iterable[Line], **about: Any) -> None:
    path.write_text(
        json.dumps(about | {"lines": [line.to_json() for line in lines]}, ensure_ascii=False, indent=2)
        + "\n",
        encoding="utf-8",
    )


def begin() -> None:
    """Set Django up and make sure the database may be filled and emptied at will."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor != "postgresql":
        raise SystemExit(
            "The figures are taken on PostgreSQL: `make bench`, or DATABASE_URL=postgresql://… of an empty one."
        )
    call_command("migrate", verbosity=0)
    from accounts.models import User

    if User.objects.exclude(username__startswith="bench-").exists():
        raise SystemExit("There are people in this database. The figures need one that may be emptied.")
    call_command("seed_calendar", verbosity=0, stdout=io.StringIO())
    call_command("load_divisions", verbosity=0, stdout=io.StringIO())


def tell(text: str) -> None:
    """Progress goes to stderr, so that the table alone can be kept."""
    print(text, file=sys.stderr, flush=True)


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
