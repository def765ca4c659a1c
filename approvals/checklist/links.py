"""Buttons that upper apps put on the page of an approval item; they register them in their AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.scope import holds
from approvals.checklist.models import ChecklistItem


@dataclass(frozen=True, slots=True)
class Link:
    """`label(user)` and `url(item, user)`; an empty address: not offered here."""

    code: str
    label: Callable[[Any], str]
    url: Callable[[ChecklistItem, Any], str]
    permission: str
    order: int = 100


_links: dict[str, Link] = {}


def register_link(link: Link) -> None:
    """Add or replace a button."""
    _links[link.code] = link


def links_for(item: ChecklistItem, user: Any) -> list[tuple[str, str]]:
    """(label, address) of the buttons this person may press."""
    found = []
    for link in sorted(_links.values(), key=lambda one: (one.order, one.code)):
        if holds(user, link.permission) and (url := link.url(item, user)):
            found.append((link.label(user), url))
    return found
