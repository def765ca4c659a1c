"""The small whole world that the nets over all pages share: written once per module, taken back at its end."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tests import build
from tests.web import world as worlds


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[worlds.World]:
    """Tests that use it carry `django_db`: each one's own changes lie in a savepoint inside this transaction."""
    with time_machine.travel(build.at(worlds.NOW), tick=False):
        with django_db_blocker.unblock():
            whole = transaction.atomic()
            whole.__enter__()
            made = worlds.make()
        yield made
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
