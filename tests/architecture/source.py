"""The product's source as syntax trees, for the rules that no other tool holds."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.paths import ROOT

APPS = ("config", "policy", "documents", "accounts", "projects", "approvals", "supervision", "reporting")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Path below the repository → tree, of everything but migrations."""
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]
    return {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted(files)
    }


@cache
def length_of(name: str) -> int:
    return (ROOT / name).read_text(encoding="utf-8").count("\n")


def functions() -> Iterator[tuple[str, Function]]:
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, node


def is_view_module(name: str) -> bool:
    """Modules that answer requests."""
    path = Path(name)
    return (
        path.name in ("views.py", "api.py")
        or path.stem.endswith("_views")
        or path.stem.startswith("views_")
        or bool({"views", "api"} & set(path.parts[:-1]))
    )


def calls(node: ast.AST) -> Iterator[str]:
    """What is called, as written: `audit.record`, `appoint`, `rows.filter`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name | ast.Attribute):
            yield ast.unparse(one.func)
