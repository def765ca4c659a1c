"""The small whole world that the nets over all pages share: written once per module, taken back at its end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as installed
from django.db import transaction
from django.test import Client

from tests import build
from tests.web import world as worlds

Made = tuple[worlds.World, Path, dict[str, str]]


@pytest.fixture(scope="module")
def made_world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    """The world, the folder of its files and a session of each person, inside one transaction."""
    media = tmp_path_factory.mktemp("world")
    with time_machine.travel(build.at(worlds.NOW), tick=False):
        with django_db_blocker.unblock():
            whole = transaction.atomic()
            whole.__enter__()
            before, installed.MEDIA_ROOT = installed.MEDIA_ROOT, media
            try:
                made = worlds.make()
            finally:
                installed.MEDIA_ROOT = before
            sessions = {who: _session_of(person) for who, person in made.people.items()}
        yield made, media, sessions
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


@pytest.fixture
def world(made_world: Made, settings: Any) -> worlds.World:
    """Tests that use it carry `django_db`: each one's own changes lie in a savepoint inside the world's transaction."""
    settings.MEDIA_ROOT = made_world[1]
    return made_world[0]


@pytest.fixture
def browse_as(made_world: Made, world: worlds.World) -> Callable[[str], Client]:
    """`browse_as("county")`: a browser of that person of the world, signed in without the price of signing in."""

    def browser_of(who: str) -> Client:
        client = Client(raise_request_exception=False)
        if who != "anonymous":
            client.cookies[installed.SESSION_COOKIE_NAME] = made_world[2][who]
        return client

    return browser_of


def _session_of(person: Any) -> str:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return str(client.cookies[installed.SESSION_COOKIE_NAME].value)
