"""Key figures on the home page. Given by the app that counts them; without a provider the panel is not shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that opens the rows behind it. A rate says its numerator and denominator in `note`."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class FigurePanel:
    """`title` such as 本县数字; `note` such as the cut-off date."""

    title: str
    figures: tuple[Figure, ...]
    note: str = ""


Provider = Callable[[Any, date], FigurePanel | None]
_provider: list[Provider] = []


def register(provider: Provider) -> None:
    """Set the provider `(user, on) → panel or None`. It counts only what the user may see."""
    _provider[:] = [provider]


def panel_for(user: Any, on: date) -> FigurePanel | None:
    return _provider[0](user, on) if _provider else None
