"""Reading a small ledger, and what a test compares of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reporting.tableimport.clijson import to_cli_json
from reporting.tableimport.reader import read_table
from reporting.tableimport.values import TableReading
from tests import files


def reader(folder: Path) -> Callable[..., TableReading]:
    """Rows (and merges) of one sheet → reading."""

    def run(rows: list[list[Any]], *merges: str, filename: str = "", **options: Any) -> TableReading:
        path = files.save(files.workbook(rows, merges), folder / "ledger.xlsx")
        return read_table(path, filename=filename, **options)

    return run


def codes(reading: TableReading) -> list[tuple[str, str]]:
    return [(m.cell, m.code) for m in reading.all_messages()]


def brief(reading: TableReading) -> list[tuple[str, str, Any, str]]:
    return [
        (r["name"], r["place"], r["amount_wanyuan"], r["signed_on"]) for r in to_cli_json(reading)["rows"]
    ]


def project(name: str, place: str, amount: Any, number: Any = 1) -> list[Any]:
    return [number, name, "某公司", place, "食品", amount, "2026-03-05", "", "", 10, "前期"]
