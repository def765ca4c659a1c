"""What a person must do today. Apps register callables that give to-do items; the home page sorts and shows them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class TodoItem:
    """One thing to do.

    `days_left`: working days until the last day, 0 = today, negative = overdue, None = no date. `due_on` is the day
    that counts (inclusive). `why` is a stored `Deadline.to_json()` for the explanation panel, or None. `pinned` items
    come first. `nominal_on`: the date before rolling, when it differs. `key` tells two items apart. `more_url` leads to
    the duty itself (its course, more time). `waiting`: done as far as the person goes, the receiver has not decided.
    """

    key: str
    days_left: int | None
    due_on: date | None
    title: str
    url: str
    button: str
    detail: str = ""
    why: dict[str, Any] | None = None
    nominal_on: date | None = None
    provisional: bool = False
    pinned: bool = False
    order: int = 100
    more_url: str = ""
    waiting: bool = False

    @property
    def days_late(self) -> int:
        """Working days overdue, for the words; a day overdue over a weekend counts as none yet."""
        return max(0, -(self.days_left or 0))


Provider = Callable[[Any, date], Iterable[TodoItem]]
_providers: dict[str, Provider] = {}
FAR = 10_000


def register(name: str, provider: Provider) -> None:
    """Add or replace a provider `(user, on) → items`. It must look only at what the user may see."""
    _providers[name] = provider


def items_for(user: Any, on: date) -> list[TodoItem]:
    """All items of the user: pinned ones first, then by working days left (overdue first), undated and waiting ones last."""
    found = {item.key: item for provider in _providers.values() for item in provider(user, on)}
    return sorted(found.values(), key=sort_key)


def sort_key(item: TodoItem) -> tuple[Any, ...]:
    days = FAR if item.days_left is None else item.days_left
    return (not item.pinned, item.waiting, days, item.order, item.due_on or date.max, item.key)
