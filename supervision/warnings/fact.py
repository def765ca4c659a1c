"""What the scan and the pages need to know of a kind of subject. Each is described once, in `SUBJECT` values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supervision.warnings.models import Warning

CODES = ("province_code", "city_code", "county_code")
Step = dict[str, Any]  # label, text, on (ISO day or None), as in a stored Deadline


@dataclass(frozen=True, slots=True)
class Fact:
    """One lit row as the scan stores it.

    `links`: the foreign keys to set. `second_due_on`: see `bounds.level_began`. `held`: see `scan.expected_tier`.
    """

    key: str
    label: str
    links: dict[str, Any]
    codes: dict[str, str]
    second_due_on: date | None = None
    held: int | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose turn it is, and since when; `name` empty: nobody is named, the office in charge has it."""

    name: str = ""
    phone: str = ""
    since: date | None = None


def no_steps(_warning: Any) -> list[Step]:
    return []


@dataclass(frozen=True, slots=True)
class Subject:
    """`load(ids, rule, on)`: facts by id. `cleared(warning, row, on)`: day and words of the fact that ended it.

    `deadline(warning)`: how the day was found, as stored ({} none). `grounds(warning)`: steps beyond that: what was
    first planned, the statute, pauses. `page(warning)`: address and words of where it is worked on. `related`: what
    to read along for `cleared`.
    """

    load: Callable[[list[int], str, date], dict[int, Fact]]
    cleared: Callable[["Warning", Any, date], tuple[date, str]]
    related: tuple[str, ...]
    deadline: Callable[["Warning"], dict[str, Any]]
    holder: Callable[["Warning"], Holder]
    page: Callable[["Warning"], tuple[str, str]]
    visible: Callable[[Any, "Warning"], bool]
    grounds: Callable[["Warning"], list[Step]] = no_steps


def step(label: str, text: str, on: date | None = None) -> Step:
    return {"label": label, "text": text, "on": on.isoformat() if on else None}


def within(day: date, warning: "Warning", on: date) -> date:
    """The day of the fact, no earlier than the light and no later than today."""
    return min(max(day, warning.opened_on), on)
