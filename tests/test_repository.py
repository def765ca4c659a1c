"""Rules about the repository itself that no other tool holds."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.paths import ROOT

pytestmark = pytest.mark.sqlite

INSTALLED = ("static/vendor/", "tests/vendor/", "frontend/node_modules/", "var/", ".venv/", ".tools/")
TEXT = {
    ".py",
    ".html",
    ".css",
    ".js",
    ".mjs",
    ".json",
    ".toml",
    ".md",
    ".lock",
    ".in",
    ".yml",
    ".yaml",
    ".po",
    ".sh",
}
# Words that name a place or a tool of whoever wrote the code, never of the project.
OWN_PATHS = re.compile(r"(?<![\w.])/(?:work|tmp|root|home)/[\w.-]+")


def kept_files() -> list[str]:
    """Files that a commit holds or would hold."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("not a work tree of git: what is kept cannot be told from what was built")
    names = done.stdout.splitlines()
    return [name for name in names if not name.startswith(INSTALLED) and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    return [
        (name, (ROOT / name).read_text(encoding="utf-8"))
        for name in kept_files()
        if (ROOT / name).suffix in TEXT and "__pycache__" not in name
    ]


def test_no_built_or_third_party_file_is_kept() -> None:
    wrong = [
        name
        for name in kept_files()
        if name.endswith((".mo", ".pyc", ".min.js", ".min.css", ".woff2", ".ttf", ".otf", ".sqlite3"))
        and "__pycache__" not in name
    ]
    assert wrong == []


def test_locks_pin_by_hash_and_name_no_address() -> None:
    for path in sorted((ROOT / "requirements").glob("*.lock")):
        text = path.read_text()
        assert "://" not in text, f"{path.name} names an address"
        for pin in re.findall(r"^[\w.\[\]-]+==.*?(?=^\S|\Z)", text, flags=re.M | re.S):
            assert "--hash=sha256:" in pin, f"{path.name}: no hash for {pin.splitlines()[0]}"
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text()


def test_templates_hold_no_inline_style_or_script() -> None:
    """The content policy would drop them silently in the browser."""
    inline = re.compile(r"<style\b|\sstyle=[\"']|\son[a-z]+=[\"']|<script(?![^>]*\bsrc=)", re.I)
    wrong = [name for name, text in texts() if name.startswith("templates/") and inline.search(text)]
    assert wrong == []


def test_no_source_names_a_private_place() -> None:
    wrong = [
        f"{name}: {match.group()}"
        for name, text in texts()
        if name != "tests/test_repository.py" and not name.endswith(".lock")
        for match in [OWN_PATHS.search(text)]
        if match
    ]
    assert wrong == []


def test_python_files_stay_readable() -> None:
    """A file past this length is two subjects."""
    long = [
        f"{name}: {text.count(chr(10))}"
        for name, text in texts()
        if name.endswith(".py")
        and not name.startswith("tests/")
        and "/migrations/" not in name
        and text.count("\n") > 500
    ]
    assert long == []


def test_every_import_is_of_a_pinned_package() -> None:
    """A package that only happens to be on the writer's machine would stop a fresh installation."""
    owners = packages_distributions()
    pins = {
        kind: {canonical(name) for name in re.findall(r"^([\w.-]+)==", lock(kind).read_text(), flags=re.M)}
        for kind in ("base", "dev")
    }
    missing = set()
    for name, text in texts():
        if not name.endswith(".py") or name.startswith("scripts/"):
            continue
        allowed = pins["dev" if name.startswith(("tests/", "bench/")) else "base"]
        for module in imported_modules(text):
            packages = {canonical(owner) for owner in owners.get(module, [])}
            known = module in sys.stdlib_module_names or (ROOT / module).exists() or packages & allowed
            if not known:
                missing.add(f"{name} imports {module}")
    assert sorted(missing) == []


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def lock(kind: str) -> Path:
    return ROOT / "requirements" / f"{kind}.lock"


def imported_modules(text: str) -> set[str]:
    """First words of all absolute imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
