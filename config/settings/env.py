"""Readers of environment variables; an unreadable value stops the start with its name."""

import contextlib
import os
import secrets
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    word = raw.strip().lower()
    if word not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={raw!r}: write 1 or 0")
    return word in TRUE


def number(name: str, default: int) -> int:
    raw = text(name)
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r}: write a whole number") from error


def day(name: str, default: str) -> date:
    raw = text(name) or default
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r}: write a day as 2026-01-31") from error


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret_key(name: str, keep_in: Path) -> str:
    """The key from the environment, else one made once and kept readable by its owner only."""
    if value := text(name):
        return value
    if not keep_in.exists():
        keep_in.parent.mkdir(parents=True, exist_ok=True)
        draft = keep_in.with_name(f"{keep_in.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        # Of two processes starting together one wins; both read whole what it wrote.
        with contextlib.suppress(FileExistsError):
            os.link(draft, keep_in)
        draft.unlink()
    return keep_in.read_text().strip()


def database(url: str) -> dict[str, Any]:
    """One DATABASES entry from `sqlite:///path` or `postgresql://user:password@host:port/name?option=value`.

    PostgreSQL options: `pool_min`, `pool_max` (connections per process; pool_max=0 switches the pool off, as
    a transaction-mode pgbouncer in front demands) and any libpq parameter such as `sslmode`.
    A `host` parameter names a unix socket folder.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path)[1:])
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL: {parts.scheme!r} is neither sqlite nor postgresql")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    pool_min, pool_max = int(options.pop("pool_min", 1)), int(options.pop("pool_max", 8))
    if pool_max:
        options["pool"] = {"min_size": pool_min, "max_size": pool_max, "timeout": 10}
    options.setdefault("connect_timeout", 5)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path)[1:],
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": not pool_max,
        "OPTIONS": options,
    }


def _sqlite(path: str) -> dict[str, Any]:
    """Measured: with Django's own options a quarter of concurrent writers fail with "database is locked"."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path or ":memory:",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-32000;",
        },
    }


def redis_urls(url: str) -> tuple[str, str]:
    """(broker address, cache address) for `redis://host:port/N` or `unix:///path?db=N`; empty for none.

    The cache takes the database after the broker's, because clearing a cache empties its whole database.
    """
    if not url:
        return "", ""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        number = int(dict(parse_qsl(parts.query)).get("db", 0))
        return f"redis+socket://{parts.path}?virtual_host={number}", f"unix://{parts.path}?db={number + 1}"
    number = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{number}").geturl(), parts._replace(path=f"/{number + 1}").geturl()


def broker_options(url: str, *, visibility_timeout: int) -> dict[str, Any]:
    """Transport options for the broker at `url`; the timeout (seconds) outlasts the longest task."""
    if url.startswith("filesystem://"):
        folder = urlsplit(url).path
        Path(folder).mkdir(parents=True, exist_ok=True)
        # One folder both ways: what a process sends, the other finds.
        return {"data_folder_in": folder, "data_folder_out": folder, "control_folder": f"{folder}/control"}
    if not url.startswith("redis"):
        return {}
    return {
        "visibility_timeout": visibility_timeout,
        # Measured: without these a frozen broker holds the caller for good.
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        # kombu looks for lost messages each interval x throttle seconds; its own 100 s is long for an upload.
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    }
