"""`make check` and `make fix`: everything that can be judged without running the system."""

import secrets
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from devtools import services, setup
from devtools.common import PYTHON, ROOT, Stop, environment, quiet, say

APPS = ("policy", "accounts", "projects", "approvals", "supervision", "reporting")
TOOL = PYTHON.parent


def _steps() -> dict[str, list[str | Path]]:
    """What is checked → the command; naming each app also finds one without any migration."""
    return {
        "style": [TOOL / "ruff", "check", "."],
        "layout of the code": [TOOL / "ruff", "format", "--check", "."],
        "types": [TOOL / "mypy"],
        "directions of import": [TOOL / "lint-imports", "--no-cache"],
        "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run", *APPS],
        "translations": [PYTHON, "scripts/messages.py", "check"],
        "templates": [TOOL / "djlint", "templates", "--lint", "--quiet"],
        "settings for an open network": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    }


def check() -> int:
    services.system_packages(services.FOR_CHECK)
    setup.for_testing()
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        env = environment(
            VAR_DIR=folder,
            SECRET_KEY=secrets.token_urlsafe(50),
            DATABASE_URL=f"sqlite:///{folder}/db.sqlite3",
            REDIS_URL="redis://127.0.0.1:6379/0",  # named, never asked here
            ALLOWED_HOSTS="supervision.example",
            BEHIND_PROXY="1",
            DEBUG="0",
            LOG_LEVEL="WARNING",
            **services.ENGLISH,
        )
        started = time.monotonic()
        steps = _steps()
        with ThreadPoolExecutor(max_workers=2) as pool:
            results = pool.map(lambda command: quiet(command, env=env), steps.values())
            failed = []
            for name, done in zip(steps, results, strict=True):
                say(f"{'ok    ' if done.returncode == 0 else 'FAILED'}  {name}")
                if done.returncode:
                    failed.append(name)
                    say(f"{done.stdout}{done.stderr}".rstrip())
    if failed:
        raise Stop(f"Not in order: {', '.join(failed)}.")
    say(f"All in order ({time.monotonic() - started:.0f} s).")
    return 0


def fix() -> int:
    setup.packages("dev")
    for words in (["check", "--fix", "--quiet", "."], ["format", "--quiet", "."]):
        done = quiet([TOOL / "ruff", *words])
        say(f"{done.stdout}{done.stderr}".rstrip())
    say(f"Mended what can be mended in {ROOT.name}; make check says what is left.")
    return 0
