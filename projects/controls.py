"""Control items under the key points of the war chart: what the app that keeps the approvals registers.

Imports go down only, so the chart knows approvals by this registry alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from projects.models import Project


@dataclass(frozen=True, slots=True)
class Control:
    """One item as drawn. `light` is a code of policy.lights; `days` as of a light; `words` replace the light's own.

    `dates`: (word, day) pairs in order. `is_block`: here the whole course is stuck.
    """

    name: str
    url: str
    light: str
    days: int | None
    words: str
    office: str
    dates: tuple[tuple[str, date], ...] = ()
    is_block: bool = False

    @property
    def is_late(self) -> bool:
        return self.light in ("red", "amber")


@dataclass(frozen=True, slots=True)
class Controls:
    """The items of one key point: those drawn, how many more there are, and all of them counted by state."""

    shown: tuple[Control, ...]
    more: int
    total: int
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The item where the course is stuck. `held_up`: how many open ones wait for it, near and far."""

    control: Control
    holder: str
    held_up: int


@dataclass(frozen=True, slots=True)
class Chart:
    """By code of the key point; a key point without items is not named."""

    stages: Mapping[str, Controls]
    block: Block | None


Provider = Callable[[Project, Any, date], Chart]
_provider: list[Provider] = []
NOTHING = Chart({}, None)


def register(provider: Provider) -> None:
    """Set the provider `(project, user, on) → Chart`. It shows only what the user may see."""
    _provider[:] = [provider]


def controls_of(project: Project, user: Any, on: date) -> Chart:
    return _provider[0](project, user, on) if _provider else NOTHING
