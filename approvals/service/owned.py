"""What a person has open, from every subject that gives people work; and what has nobody (X-A1).

A subject registers a `Source` in its wiring; hand-over, the refusal to end a posting and the check for ownerless work
all read the same registry, so a new kind of work cannot be forgotten in one of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Thing:
    """One open thing. `source` and `pk` find it; `why` says what is wrong with its owner, where that is asked."""

    source: str
    pk: int
    label: str
    project_name: str
    url: str
    why: str = ""

    @property
    def key(self) -> str:
        return f"{self.source}:{self.pk}"


@dataclass(frozen=True, slots=True)
class Source:
    """`of(user)`: what is open with the person. `move(pks, giver, receiver, by, at)`: hand it on inside the caller's
    transaction, skipping what is no longer the giver's, and return the moved ids. `ownerless(viewer, on)`: open work
    nobody can act on, all of it for viewer None. `lost(viewer, on)`: the rows behind it, one for each thing, to count."""

    code: str
    label: Any
    of: Callable[[User, date], Sequence[Thing]]
    move: Callable[[Sequence[int], User, User, Any, datetime], set[int]]
    ownerless: Callable[[Any, date], Iterable[Thing]]
    lost: Callable[[Any, date], QuerySet[Any]]


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Add or replace a source. Call from `AppConfig.ready()`."""
    _sources[source.code] = source


def find(code: str) -> Source | None:
    return _sources.get(code)


def label_of(code: str) -> str:
    source = _sources.get(code)
    return str(source.label) if source else code


def open_of(user: User, on: date) -> list[Thing]:
    """Everything the person has open, by source."""
    return [thing for source in _sources.values() for thing in source.of(user, on)]


def ownerless(viewer: Any, on: date) -> list[Thing]:
    """Open work without anybody who could act on it; `viewer` None: in the whole installation."""
    return [thing for source in _sources.values() for thing in source.ownerless(viewer, on)]


def count_ownerless(viewer: Any, on: date) -> int:
    """How many things `ownerless` would name. One statement for all subjects, which reads no row."""
    found = [source.lost(viewer, on).order_by().values_list("pk") for source in _sources.values()]
    return found[0].union(*found[1:], all=True).count() if found else 0
