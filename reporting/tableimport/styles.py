"""Safe cells and the few styles of the workbooks we write. openpyxl is imported by the functions: it loads slowly."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_767  # characters a cell may hold
ERROR_FILL, ASK_FILL, NOTE_FILL, CHANGED_FILL = "FFC7CE", "FFEB9C", "DDEBF7", "FFF7D6"


def put(cell: Any, value: Any) -> None:
    """Set a cell to a plain value. Text stays text: "=1+1", "+1", "@x" never become a formula."""
    if isinstance(value, str):
        cell.value = _ILLEGAL.sub("", value)[:_LONGEST]
        cell.data_type = "s"
        if value[:1] in ("=", "+", "-", "@", "\t", "\r"):
            cell.quotePrefix = True  # shown and edited as text by Excel and WPS as well
    elif isinstance(value, Decimal):
        cell.value = int(value) if value == value.to_integral_value() else float(value)
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"


def fill(colour: str) -> Any:
    """A solid fill of an RRGGBB colour."""
    from openpyxl.styles import PatternFill

    return PatternFill("solid", start_color=colour, end_color=colour)
