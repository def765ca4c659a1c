"""What presses matters: each subject says how its own row is opened and is told when its matters move (registry)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.scope import holds
from supervision.matters.models import Matter, MatterSource

Told = Callable[[Matter, Any, datetime], None]


@dataclass(frozen=True, slots=True)
class Source:
    """`code`: a MatterSource. `url(matter)`: the page of the row that pressed it, "" where there is none.

    `answered(matter, by, at)` and `closed(matter, by, at)` run inside the transaction of the move; `closed` also when
    the matter is taken back (look at `matter.state`), `reopened` when it is opened again.
    """

    code: str
    label: Any
    url: Callable[[Matter], str]
    closed: Told | None = None
    answered: Told | None = None
    reopened: Told | None = None
    permission: str = ""  # what the page behind `url` needs; without it the matter shows no way there


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Add or replace a source. Call from `AppConfig.ready()`."""
    _sources[source.code] = source


def find(code: str) -> Source | None:
    return _sources.get(code)


def label_of(code: str) -> str:
    """The subject's own word, else that of the choice."""
    source = _sources.get(code)
    return str(source.label if source else MatterSource(code).label)


def url_of(matter: Matter, user: Any) -> str:
    """The page of what pressed it; "" for somebody who may not open such pages."""
    source = _sources.get(matter.source)
    if source is None or (source.permission and not holds(user, source.permission)):
        return ""
    return source.url(matter)


def tell_answered(matter: Matter, by: Any, at: datetime) -> None:
    source = _sources.get(matter.source)
    if source and source.answered:
        source.answered(matter, by, at)


def tell_closed(matter: Matter, by: Any, at: datetime) -> None:
    source = _sources.get(matter.source)
    if source and source.closed:
        source.closed(matter, by, at)


def tell_reopened(matter: Matter, by: Any, at: datetime) -> None:
    source = _sources.get(matter.source)
    if source and source.reopened:
        source.reopened(matter, by, at)
