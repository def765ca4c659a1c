"""Settings come from the environment only, and a wrong value stops the start with its name."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import env

pytestmark = pytest.mark.sqlite


def test_sqlite_takes_the_measured_options() -> None:
    found = env.database("sqlite:////data/db.sqlite3")
    assert found["NAME"] == "/data/db.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["OPTIONS"]["timeout"] == 20
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


def test_postgresql_uses_a_pool_unless_a_pooler_stands_in_front() -> None:
    url = "postgresql://user:p%40ss@db.example:5433/supervision?sslmode=require"
    found = env.database(url)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == (
        "user",
        "p@ss",
        "db.example",
        "5433",
    )
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["pool"]["max_size"] == 8
    pooled = env.database(f"{url}&pool_max=0")
    assert "pool" not in pooled["OPTIONS"]
    assert pooled["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_postgresql_on_a_unix_socket() -> None:
    assert env.database("postgresql://postgres@/supervision?host=/run/pg")["HOST"] == "/run/pg"


def test_other_databases_are_refused_by_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="mysql"):
        env.database("mysql://localhost/x")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", ("", "")),
        ("redis://cache:6379/3", ("redis://cache:6379/3", "redis://cache:6379/4")),
        ("redis://:secret@cache", ("redis://:secret@cache/0", "redis://:secret@cache/1")),
        (
            "unix:///run/queue.sock",
            ("redis+socket:///run/queue.sock?virtual_host=0", "unix:///run/queue.sock?db=1"),
        ),
    ],
)
def test_queue_and_cache_never_share_a_database(url: str, expected: tuple[str, str]) -> None:
    """Clearing the cache empties its whole database; the queue must not go with it."""
    assert env.redis_urls(url) == expected


def test_the_secret_key_is_made_once_and_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    kept = tmp_path / "var" / "secret_key"
    first = env.secret_key("SECRET_KEY", kept)
    assert len(first) >= 50
    assert env.secret_key("SECRET_KEY", kept) == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secret_key"]


def test_a_flag_that_is_no_flag_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        env.flag("DEBUG")
