"""`make bench`: our figures, a peer's and the floor, in one run on a PostgreSQL of its own."""

import subprocess

from devtools import services, setup
from devtools.common import PYTHON, ROOT, Stop, environment


def bench(args: list[str]) -> int:
    if not (ROOT / "bench" / "__main__.py").exists():
        raise Stop("There are no figures to measure: bench/__main__.py is missing.")
    services.system_packages(("postgresql",))
    setup.for_testing()
    with services.postgres() as database:
        env = environment(DATABASE_URL=database, HTTPS="0", LOG_LEVEL="WARNING", LOG_FORMAT="text")
        return subprocess.run([str(PYTHON), "-m", "bench", *args], cwd=ROOT, env=env, check=False).returncode
