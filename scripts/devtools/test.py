"""`make test`: the core on SQLite, then everything on PostgreSQL, with all services of its own."""

import os
import subprocess

from devtools import services, setup
from devtools.common import PYTHON, ROOT, VAR, Stop, environment, say

NO_TESTS = 5  # pytest's exit code
SEED = "20261121"


def test(args: list[str]) -> int:
    services.system_packages()
    setup.for_testing()
    VAR.mkdir(parents=True, exist_ok=True)
    with services.postgres() as database, services.redis() as redis:
        common = {"TEST_REDIS_URL": redis, "CHROMIUM": services.chromium() or "", **services.ENGLISH}
        say("\n== The core on SQLite")
        on_sqlite = _pytest([*args, "-m", "sqlite"], **common, DATABASE_URL="sqlite:///unused")
        say("\n== Everything on PostgreSQL")
        # Two processes only for the whole: a few tests are done before a second one has started.
        spread = [] if args else ["-n", os.environ.get("TEST_PROCESSES", "2")]
        on_postgres = _pytest([*spread, *args], **common, DATABASE_URL=database)
    if on_sqlite not in (0, NO_TESTS):
        raise Stop("The core failed on SQLite; see above.", on_sqlite)
    return on_postgres


def _pytest(args: list[str], **settings: str) -> int:
    env = environment(DJANGO_SETTINGS_MODULE="config.settings.test", **settings)
    seed = f"--randomly-seed={os.environ.get('SEED') or SEED}"
    return subprocess.run(
        [str(PYTHON), "-m", "pytest", seed, *args], cwd=ROOT, env=env, check=False
    ).returncode
