"""The tabs over the pages of one entry of the main menu: subjects register theirs, a person sees those open to them.

`group` is the code of the menu entry (`accounts.navigation`), whose words name the row of tabs.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from accounts.navigation import Link
from accounts.scope import holds


@dataclass(frozen=True, slots=True)
class Section:
    """`permission`: who sees it. `url_name` takes no arguments."""

    code: str
    label: Any
    url_name: str
    permission: str
    order: int


_groups: dict[str, dict[str, Section]] = defaultdict(dict)


def register(group: str, code: str, label: Any, url_name: str, permission: str, order: int = 100) -> None:
    """Add or replace a section. Call from `AppConfig.ready()`."""
    _groups[group][code] = Section(code, label, url_name, permission, order)


def open_to(user: Any, group: str, current: str = "") -> list[Link]:
    """Sections the user may open, in order. `current`: the code of the one whose page this is."""
    found = []
    for section in sorted(_groups[group].values(), key=lambda each: (each.order, each.code)):
        if not holds(user, section.permission):
            continue
        try:
            url = reverse(section.url_name)
        except NoReverseMatch:
            continue
        found.append(Link(section.label, url, section.code == current))
    return found


def landing(group: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view behind the menu entry: the person's first section; the home page for someone who has none."""

    @require_safe
    def first(request: HttpRequest) -> HttpResponse:
        sections = open_to(request.user, group)
        return redirect(sections[0].url if sections else reverse("home"))

    return first
