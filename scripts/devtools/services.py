"""What tests and figures need of the machine: system packages, a PostgreSQL and a Redis of their own."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from devtools.common import Stop, environment, quiet, say, start, stop, tail

ENGLISH = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


def _program(name: str) -> bool:
    return shutil.which(name) is not None


def _library(name: str) -> bool:
    return any(Path(folder).glob(f"**/{name}*") for folder in ("/usr/lib", "/lib") if Path(folder).exists())


def postgres_folder() -> Path | None:
    """The newest PostgreSQL on the machine, 15 or above: the folder of its programs."""
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    found = [folder for folder in found if float(folder.parent.name) >= 15]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def chromium() -> str | None:
    chosen = os.environ.get("CHROMIUM")
    return (
        chosen
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )


def _chinese_font() -> bool:
    return any(Path("/usr/share/fonts").glob("**/Noto*CJK*"))


# Debian's package → is what we need of it there?
NEEDS = {
    "postgresql": lambda: postgres_folder() is not None,
    "redis-server": lambda: _program("redis-server"),
    "chromium": lambda: chromium() is not None,
    "fonts-noto-cjk": _chinese_font,
    "libreoffice-writer-nogui": lambda: (
        _program("soffice") and any(Path("/usr/lib/libreoffice").glob("**/libswlo.so"))
    ),
    "libreoffice-calc-nogui": lambda: (
        _program("soffice") and any(Path("/usr/lib/libreoffice").glob("**/libsclo.so"))
    ),
    "poppler-utils": lambda: _program("pdftoppm"),
    "gettext": lambda: _program("xgettext"),
    "libpango-1.0-0": lambda: _library("libpango-1.0.so"),
    "libpangoft2-1.0-0": lambda: _library("libpangoft2-1.0.so"),
}
FOR_CHECK = ("gettext",)


def system_packages(names: tuple[str, ...] = tuple(NEEDS)) -> None:
    """Install what is missing with the machine's package manager, or say plainly what to install."""
    missing = [name for name in names if not NEEDS[name]()]
    if not missing:
        return
    by_hand = f"apt-get install {' '.join(missing)}"
    apt = shutil.which("apt-get")
    if not apt:
        raise Stop(
            f"These programs are missing: {', '.join(missing)} (names of Debian packages). Install them.", 2
        )
    rights: list[str] = []
    if os.geteuid() != 0:
        if not shutil.which("sudo") or quiet(["sudo", "-n", "true"]).returncode:
            raise Stop(f"System packages are missing. As administrator run:\n    {by_hand}", 2)
        rights = ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"]
    say(f"Installing system packages: {' '.join(missing)} …")
    env = environment(DEBIAN_FRONTEND="noninteractive", **ENGLISH)
    waits = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", "-qq"]
    install = [*rights, apt, *waits, "install", "-y", "--no-install-recommends", *missing]
    quiet([*rights, apt, *waits, "update"], env=env)
    done = quiet(install, env=env)
    still = [name for name in missing if not NEEDS[name]()]
    if still:
        raise Stop(
            f"{done.stdout[-2000:]}{done.stderr[-2000:]}\nNot installed: {', '.join(still)}. Try: {by_hand}",
            2,
        )


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A cluster of its own on a unix socket, gone at the end; yields the DATABASE_URL of an empty database."""
    programs = postgres_folder()
    if programs is None:
        raise Stop("PostgreSQL 15 or newer is missing.", 2)
    as_user = _database_user()
    with _folder("pg-") as folder:
        if as_user:
            shutil.chown(folder, as_user, as_user)
        who = {"user": as_user, "group": as_user, "extra_groups": []} if as_user else {}
        data = folder / "data"
        made = subprocess.run(
            [
                *(str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"),
                *("--locale=C.UTF-8", "--no-sync"),
            ],
            cwd=folder,
            env={**os.environ, **ENGLISH},
            capture_output=True,
            text=True,
            check=False,
            **who,  # type: ignore[call-overload]
        )
        if made.returncode:
            raise Stop(f"PostgreSQL could not be set up:\n{made.stdout}{made.stderr}")
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "max_connections": "100",
            "shared_buffers": "128MB",
            # The data live as long as this run: no crash needs to be survived.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_wal_size": "4GB",
            "TimeZone": "UTC",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = folder.with_suffix(".log")
        process = start(
            [programs / "postgres", "-D", data, *options],
            log=log,
            env={**os.environ, **ENGLISH},
            die=signal.SIGQUIT,
            cwd=folder,
            **who,
        )
        try:
            _until(lambda: quiet([programs / "pg_isready", "-q", "-h", folder]).returncode == 0, process, log)
            quiet([programs / "createdb", "-h", folder, "-U", "postgres", "supervision"])
            yield f"postgresql://postgres@/supervision?host={folder}"
        finally:
            stop(process, ask=signal.SIGQUIT)
            log.unlink(missing_ok=True)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis of its own on a unix socket; yields REDIS_URL."""
    with _folder("redis-") as folder:
        path, log = folder / "redis.sock", folder / "redis.log"
        command = ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
        process = start([*command, "--dir", folder, "--daemonize", "no"], log=log, env=os.environ)
        try:
            _until(path.exists, process, log)
            yield f"unix://{path}"
        finally:
            stop(process)


@contextlib.contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    """A short path: a unix socket's may have 107 bytes. Other users may pass, so that postgres gets to its own."""
    parent = Path("/tmp") if os.access("/tmp", os.W_OK) else Path(tempfile.gettempdir())  # noqa: S108
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _database_user() -> str | None:
    """PostgreSQL refuses to run as root; Debian's package made the user it runs as."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError as error:
        raise Stop(
            "PostgreSQL does not run as root, and there is no user “postgres” to run it as.", 2
        ) from error


def _until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float = 30
) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise Stop(f"{log.stem} did not start:\n{tail(log)}")
