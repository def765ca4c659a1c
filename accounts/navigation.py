"""The main menu. Each app registers its entry in `AppConfig.ready()`; the base layout shows what a person may open.

An entry whose address does not exist (the subject is not installed) or whose permission is not held is left out, so the
menu never holds a dead link.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from accounts.scope import holds


@dataclass(frozen=True, slots=True)
class Entry:
    """`permission` empty: for everyone signed in. `namespaces` mark the entry as the current one.

    `shown(user)`: asked besides, for an entry that several permissions open.
    """

    code: str
    label: Any
    url_name: str
    permission: str
    order: int
    namespaces: frozenset[str]
    shown: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    label: Any
    url: str
    current: bool


_main: dict[str, Entry] = {}
_admin: dict[str, Entry] = {}


def register(
    code: str,
    label: Any,
    url_name: str,
    permission: str = "",
    order: int = 100,
    *,
    namespaces: tuple[str, ...] = (),
    menu: str = "main",
    shown: Callable[[Any], bool] | None = None,
) -> None:
    """Add or replace the entry `code`. `menu` is "main" (top bar) or "admin" (the person's own menu)."""
    own = url_name.rpartition(":")[0]
    spaces = frozenset({*namespaces, own} - {""})
    {"main": _main, "admin": _admin}[menu][code] = Entry(
        code, label, url_name, permission, order, spaces, shown
    )


def label_of(code: str) -> Any:
    """The words of an entry of the top bar; empty for a code nobody registered."""
    return _main[code].label if code in _main else ""


def links(user: Any, match: Any = None, *, menu: str = "main") -> list[Link]:
    """Entries the user may open, in order. `match` is the request's resolver match, or None."""
    found = []
    entries = {"main": _main, "admin": _admin}[menu].values()
    for entry in sorted(entries, key=lambda e: (e.order, e.code)):
        if entry.permission and not holds(user, entry.permission):
            continue
        if entry.shown is not None and not entry.shown(user):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        found.append(Link(entry.label, url, _is_current(entry, match, by_space=menu == "main")))
    return found


def _is_current(entry: Entry, match: Any, *, by_space: bool) -> bool:
    if match is None:
        return False
    if match.view_name == entry.url_name:
        return True
    return by_space and not entry.namespaces.isdisjoint(_spaces(match))


def _spaces(match: Any) -> set[str]:
    """Every namespace the address lies in: `reports:monthly` → {"reports", "reports:monthly"}."""
    parts = list(match.namespaces)
    return {":".join(parts[: n + 1]) for n in range(len(parts))} | set(parts)
