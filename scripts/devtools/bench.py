"""`make bench`: our figures, a peer's and the floor, in one run on a PostgreSQL of its own."""

import subprocess

from devtools import services, setup
from devtools.common import PYTHON, ROOT, environment


def bench(args: list[str]) -> int:
    services.system_packages(("postgresql",))
    setup.for_testing()
    setup.static_files()  # pages are rendered as in production, with hashed names
    with services.postgres() as database:
        env = environment(DATABASE_URL=database, HTTPS="0", LOG_LEVEL="WARNING", LOG_FORMAT="text", DEBUG="0")
        return subprocess.run([str(PYTHON), "-m", "bench", *args], cwd=ROOT, env=env, check=False).returncode
