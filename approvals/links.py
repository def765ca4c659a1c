"""Buttons that upper apps put on the pages of an approval item and of a ticket; registered in their AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from accounts.scope import holds

Place = Literal["item", "ticket"]


@dataclass(frozen=True, slots=True)
class Link:
    """`label(user)` and `url(row, user)`; an empty address: not offered here."""

    code: str
    label: Callable[[Any], str]
    url: Callable[[Any, Any], str]
    permission: str
    order: int = 100


_links: dict[tuple[Place, str], Link] = {}


def register_link(place: Place, link: Link) -> None:
    """Add or replace a button."""
    _links[place, link.code] = link


def links_for(place: Place, row: Any, user: Any) -> list[tuple[str, str]]:
    """(label, address) of the buttons this person may press on the page of `row`."""
    here = [
        link for (where, _code), link in _links.items() if where == place and holds(user, link.permission)
    ]
    found = []
    for link in sorted(here, key=lambda one: (one.order, one.code)):
        if url := link.url(row, user):
            found.append((link.label(user), url))
    return found
