"""The parent's side of parsing: start the child, check the file meanwhile, ask, turn the answer to grids."""

from __future__ import annotations

import importlib.util
import json
import marshal
import re
import subprocess
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from .guard import Checked, Refused, check_file
from .values import Limits

_CODE = Path(__file__).resolve().parent.parent.parent


@dataclass(slots=True)
class Sheet:
    """One sheet. ``rows`` from A1 in the child's form; ``merged`` (row, column, last row, last column) from 0."""

    name: str
    visible: bool
    rows: list[list[Any]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    has_merges: bool = True

    def cell(self, row: int, column: int) -> Any:
        """The cell, "" outside of what is filled."""
        if row >= len(self.rows):
            return ""
        line = self.rows[row]
        return line[column] if column < len(line) else ""


@lru_cache(maxsize=1)
def _parser_folder() -> str:
    spec = importlib.util.find_spec("python_calamine")
    if spec is None or spec.origin is None:
        raise RuntimeError("python-calamine is not installed")
    return str(Path(spec.origin).parent.parent)


def load_sheets(path: Path, filename: str = "", limits: Limits | None = None) -> tuple[Checked, list[Sheet]]:
    """Guard, then parse in the child. Raises Refused for a file that gives no cells; never takes the caller down."""
    limits = limits or Limits()
    child = _start_child(limits)
    try:
        checked = check_file(path, filename, limits)
        sheets = _ask_child(child, path, checked, limits)
    finally:
        if child.poll() is None:
            child.kill()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                stream.close()
        child.wait()
    return checked, sheets


# \u0000 to \u001f in the child's JSON except tab and line ends; an escaped backslash before it is text of the cell.
_CONTROLS = re.compile(rb"(?<!\\)((?:\\\\)*)\\u00(?:0[0-8bcef]|1[0-9a-f])")


def _without_controls(answer: bytes) -> bytes:
    """A workbook may hold control characters (_x0000_), which no one sees and no database text takes."""
    while b"\\u00" in answer and (shorter := _CONTROLS.sub(rb"\1", answer)) != answer:
        answer = shorter
    return answer


def _start_child(limits: Limits) -> subprocess.Popen[bytes]:
    """The child loads its parser while the caller checks the file; it reads nothing before it is told to."""
    script = str(Path(__file__).with_name("child.py"))
    settings = [_parser_folder(), str(_CODE), str(limits.memory_bytes), str(limits.cpu_seconds)]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", script, *settings],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
        close_fds=True,
    )


def _ask_child(child: subprocess.Popen[bytes], path: Path, checked: Checked, limits: Limits) -> list[Sheet]:
    request = {
        "path": str(path.resolve()),
        "kind": checked.kind,
        "errors": checked.errors,
        "formulas": checked.formulas,
        "hidden": checked.hidden_rows,
        "months": checked.months,
        "ods": checked.ods,
        "limits": {"rows": limits.rows, "columns": limits.columns, "cells": limits.cells},
    }
    try:
        answer, _ = child.communicate(marshal.dumps(request), timeout=limits.wall_seconds)
    except subprocess.TimeoutExpired as error:
        raise Refused("file_too_slow", seconds=int(limits.wall_seconds)) from error
    except BrokenPipeError as error:
        raise Refused("file_too_complex") from error
    if child.returncode != 0 or not answer:
        # SIGABRT of the parser, the kernel's memory or time limit: all mean a table no office ever made by hand.
        raise Refused("file_too_complex")
    found = json.loads(_without_controls(answer))
    if "error" in found:
        raise Refused(found["error"])
    return [
        Sheet(
            name=sheet["name"],
            visible=sheet["visible"],
            rows=sheet["rows"],
            merged=[tuple(area) for area in sheet["merged"]],
            hidden=set(sheet["hidden"]),
            has_merges=checked.kind != "csv",
        )
        for sheet in found["sheets"]
    ]
