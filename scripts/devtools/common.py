"""Places, messages and child processes."""

import contextlib
import ctypes
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
PYTHON = VENV / "bin" / "python"
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")

_PR_SET_PDEATHSIG = 1


class Stop(Exception):
    """An end with a plain message for the person at the terminal; `code` is the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    print(text, flush=True)


def environment(**more: str) -> dict[str, str]:
    """The caller's environment plus ours; Python output unbuffered and in UTF-8 whatever the machine's locale."""
    ours = {
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', '')}",
    }
    return {**os.environ, **ours, **more}


def call(
    command: Sequence[object], *, what: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> None:
    """Run to the end; on failure stop with `what` was attempted. Its output goes to the terminal."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=env or environment(), check=False)
    if done.returncode:
        raise Stop(
            f"{what} failed (exit code {done.returncode}).", done.returncode if done.returncode > 0 else 1
        )


def quiet(
    command: Sequence[object], *, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to the end and keep the output; the caller looks at the exit code."""
    words = [str(word) for word in command]
    try:
        return subprocess.run(
            words,
            cwd=ROOT,
            env=env or environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:  # not there, or not for this machine
        return subprocess.CompletedProcess(words, 127, "", str(error))


def dies_with_parent(how: int) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `how` when we end, however we end, so that nothing is orphaned."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def bind() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, how)

    return bind


def start(
    command: Sequence[object],
    *,
    log: Path,
    env: Mapping[str, str],
    die: int = signal.SIGTERM,
    **more: Any,
) -> subprocess.Popen[bytes]:
    """Start in its own process group, with its output in `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    with log.open("wb") as sink:
        return subprocess.Popen(
            [str(word) for word in command],
            cwd=more.pop("cwd", ROOT),
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(die),
            **more,
        )


def stop(process: subprocess.Popen[bytes], *, ask: int = signal.SIGTERM, patience: float = 15) -> None:
    """Ask, wait, then end its whole process group."""
    if process.poll() is None:
        process.send_signal(ask)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tail(path: Path, lines: int = 15) -> str:
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """A digest of these files' contents, for "has it been done already?"."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Stamp:
    """Remembers beside the result from what it was made."""

    def __init__(self, path: Path, value: str) -> None:
        self.path, self.value = path, value

    def holds(self) -> bool:
        return self.path.exists() and self.path.read_text() == self.value

    def set(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.value)
