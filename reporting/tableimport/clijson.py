"""The reading as the JSON that `manage.py import_ledger --json` prints."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .values import MILESTONES, TableReading, TableRow


def to_cli_json(reading: TableReading) -> dict[str, Any]:
    """{"period", "unit", "count", "rows", "messages"}; amounts in 万元, dates ISO or "YYYY-MM", "" = none."""
    return {
        "period": reading.period or "",
        "unit": reading.unit,
        "count": len(reading.rows),
        "rows": [_row(row) for row in reading.rows],
        "messages": [
            {"sheet": m.sheet, "cell": m.cell, "code": m.code, "text": str(m.text)}
            for m in reading.all_messages()
        ],
    }


def _row(row: TableRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "place": row.place,
        "amount_wanyuan": _wanyuan(row.value("contract_amount")),
        "signed_on": row.value("signed_on") or "",
        "invested_total_wanyuan": _wanyuan(row.value("invested_total")),
        "nodes": {MILESTONES[code]: row.nodes[code].value for code in MILESTONES if code in row.nodes},
    }


def _wanyuan(yuan: int | None) -> float | None:
    return None if yuan is None else float(Decimal(yuan) / 10_000)
