"""The one way into supervision: each subject registers its section, a person sees those open to them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from accounts.scope import holds


@dataclass(frozen=True, slots=True)
class Section:
    """`permission`: who sees it. `url_name` takes no arguments."""

    code: str
    label: Any
    url_name: str
    permission: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class Link:
    label: Any
    url: str
    current: bool


_sections: dict[str, Section] = {}


def register_section(code: str, label: Any, url_name: str, permission: str, order: int = 100) -> None:
    """Add or replace a section. Call from `AppConfig.ready()`."""
    _sections[code] = Section(code, label, url_name, permission, order)


def sections_for(user: Any, current: str = "") -> list[Link]:
    """Sections the user may open, in order. `current`: the code of the one whose page this is."""
    found = []
    for section in sorted(_sections.values(), key=lambda each: (each.order, each.code)):
        if not holds(user, section.permission):
            continue
        try:
            url = reverse(section.url_name)
        except NoReverseMatch:
            continue
        found.append(Link(section.label, url, section.code == current))
    return found


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The first section of the person; the home page for someone who has none."""
    sections = sections_for(request.user)
    return redirect(sections[0].url if sections else reverse("home"))
