"""Rules about what is installed: nothing twice, and every address asks who comes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny, IsAuthenticated

from tests.web.access_table import DEVELOPING, OUTSIDE, PUBLIC

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    "listed",
    [
        settings.MIDDLEWARE,
        settings.INSTALLED_APPS,
        settings.AUTHENTICATION_BACKENDS,
        settings.TEMPLATES[0]["OPTIONS"]["context_processors"],
        [one["NAME"] for one in settings.AUTH_PASSWORD_VALIDATORS],
    ],
    ids=["middleware", "apps", "backends", "context", "validators"],
)
def test_nothing_is_installed_twice(listed: list[str]) -> None:
    assert [name for name, n in Counter(listed).items() if n > 1] == []


def test_middleware_stands_in_its_order() -> None:
    """Who acts is known before the posting, the posting before the gate, and the log hears of all of them."""
    order = [
        "accounts.middleware.RequestIdMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
        "accounts.middleware.PostingMiddleware",
        "accounts.gate.PasswordGateMiddleware",
    ]
    assert [one for one in settings.MIDDLEWARE if one in order] == order


def _addresses(patterns: list[Any], namespace: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _addresses(pattern.url_patterns, inside)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or pattern.pattern}", pattern.callback


def test_every_address_asks_for_a_person_or_is_on_the_public_list() -> None:
    """LoginRequiredMiddleware leaves out what says so; a program's address then asks by its own permissions."""
    public, wrong = set(), []
    for name, view in _addresses(get_resolver().url_patterns):
        if getattr(view, "login_required", True):
            continue
        asked = getattr(getattr(view, "cls", None), "permission_classes", None)
        if asked is None:
            public.add(name)
        elif IsAuthenticated not in asked or AllowAny in asked:
            wrong.append(name)
    assert not wrong, f"programs get in without a token: {wrong}"
    assert public - DEVELOPING == PUBLIC | OUTSIDE
