"""Settings of the worker that tests/integration/test_workers.py starts: the system's own, and one job to watch."""

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.integration.watched"]
