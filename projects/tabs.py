"""What other apps show on a project's pages: tabs and buttons they register in their AppConfig.ready().

Imports go down only, so the pages of `projects` know ledgers, warnings and meetings by this registry alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from projects.models import Project


@dataclass(frozen=True, slots=True)
class Tab:
    """`context(project, user, on)` fills `template`; `rows(project, user)` are counted beside the name."""

    code: str
    label: Any
    template: str
    permission: str
    context: Callable[[Project, Any, date], dict[str, Any]]
    rows: Callable[[Project, Any], QuerySet[Any] | tuple[QuerySet[Any], ...]] | None = None
    order: int = 100


@dataclass(frozen=True, slots=True)
class Action:
    """A button in the page head. `url(project, user)` empty: not offered for this project."""

    code: str
    label: Any
    permission: str
    url: Callable[[Project, Any], str]
    icon: str = ""
    order: int = 100
    aside: bool = False  # seldom pressed: in the panel beside the overview, not in the page head


_tabs: dict[str, Tab] = {}
_actions: dict[str, Action] = {}


def register_tab(tab: Tab) -> None:
    """Add or replace a tab."""
    _tabs[tab.code] = tab


def register_action(action: Action) -> None:
    """Add or replace a button."""
    _actions[action.code] = action


def tabs_for(held: frozenset[str]) -> list[Tab]:
    shown = [tab for tab in _tabs.values() if tab.permission in held]
    return sorted(shown, key=lambda tab: (tab.order, tab.code))


class RowCount(Subquery):
    """How many rows a queryset has, as a value inside another statement."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


def counts(tabs: Iterable[Tab], project: Project, user: Any) -> dict[str, int]:
    """{code: rows} of the tabs that count any, all in one statement."""
    parts: dict[str, list[str]] = {}
    asked: dict[str, RowCount] = {}
    for tab in tabs:
        if tab.rows is None:
            continue
        found = tab.rows(project, user)
        for rows in found if isinstance(found, tuple) else (found,):
            name = f"counted_{len(asked)}"
            asked[name] = RowCount(rows.order_by().values("pk"))
            parts.setdefault(tab.code, []).append(name)
    if not asked:
        return {}
    row: Any = Project.objects.filter(pk=project.pk).values(**asked).first() or {}
    return {code: sum(row.get(name) or 0 for name in names) for code, names in parts.items()}


def find_tab(code: str) -> Tab | None:
    return _tabs.get(code)


def actions_for(project: Project, user: Any, held: frozenset[str]) -> list[tuple[Action, str]]:
    """Buttons this person may press here, with their addresses."""
    found = [
        (action, action.url(project, user))
        for action in sorted(_actions.values(), key=lambda action: (action.order, action.code))
        if action.permission in held
    ]
    return [(action, url) for action, url in found if url]
