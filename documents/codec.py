"""A `Document` as plain JSON and back, so that an issued one is kept as it was and rendered again, never recomputed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from documents.model import (
    Attachment,
    Column,
    Document,
    Heading,
    PageBreak,
    Paragraph,
    Photo,
    Photos,
    Table,
)

_TYPES: dict[str, Any] = {
    cls.__name__: cls
    for cls in (Attachment, Column, Document, Heading, PageBreak, Paragraph, Photo, Photos, Table)
}
VERSION = 1


def to_json(document: Document) -> dict[str, Any]:
    """JSON-ready. Dates, decimals and exact rates are kept as such, not as floats."""
    return {"version": VERSION, "document": _dump(document)}


def from_json(data: dict[str, Any]) -> Document:
    """The document kept by `to_json`; ValueError when it is not one."""
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError("not a kept document, or of another version")
    document = _load(data.get("document"))
    if not isinstance(document, Document):
        raise ValueError("not a kept document")
    return document


def _dump(value: Any) -> Any:
    name = type(value).__name__
    if _TYPES.get(name) is type(value):
        return {"$": name, **{f.name: _dump(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, date):
        return {"$date": value.isoformat()[:10]}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, Fraction):
        return {"$ratio": [value.numerator, value.denominator]}
    if isinstance(value, bytes):
        return {"$bytes": b64encode(value).decode()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_dump(item) for item in value]
    if isinstance(value, str | int | float) or value is None:
        return value
    if hasattr(value, "items"):
        return {"$row": {str(key): _dump(item) for key, item in value.items()}}
    raise TypeError(f"a document cannot keep a {name}")


def _load(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_load(item) for item in value)
    if not isinstance(value, dict):
        return value
    if "$" in value:
        cls = _TYPES.get(value["$"])
        if cls is None:
            raise ValueError(f"unknown part {value['$']!r}")
        known = {f.name for f in fields(cls)}
        return cls(**{key: _load(item) for key, item in value.items() if key in known})
    if "$row" in value:
        return {key: _load(item) for key, item in value["$row"].items()}
    if "$date" in value:
        return date.fromisoformat(value["$date"])
    if "$decimal" in value:
        return Decimal(value["$decimal"])
    if "$bytes" in value:
        return b64decode(value["$bytes"])
    if "$ratio" in value:
        return Fraction(*value["$ratio"])
    raise ValueError("unknown value in a kept document")
