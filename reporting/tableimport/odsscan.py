"""A streamed look at an OpenDocument sheet: size really filled, merged cells, error cells, hidden rows.

OpenDocument repeats cells and rows by a number in an attribute, so a few bytes can stand for billions of cells; a blank
tail of a million rows, on the other hand, is what every office suite writes and is harmless.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from .values import Limits

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")


class OdsScan:
    """Feed it content.xml. ``refusal`` is a message code, "" when the sheets are within the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.refusal = ""
        self.cells = 0
        self.hints: dict[str, dict[str, list[Any]]] = {}
        self._sheet: dict[str, list[Any]] = {"merged": [], "errors": [], "hidden": []}
        self._row = self._column = self._repeat_row = 0
        self._row_cells = 0
        self._hidden = False
        self._error_at: tuple[int, int] | None = None
        self._text = ""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, piece: bytes) -> None:
        """One more piece of the part."""
        if not self.refusal:
            self._parse(piece, False)

    def close(self) -> None:
        """The part has ended."""
        if not self.refusal:
            self._parse(b"", True)

    def _parse(self, piece: bytes, last: bool) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError:
            self.refusal = self.refusal or "file_damaged"

    def _doctype(self, *_: Any) -> None:
        self.refusal = "file_entities"

    def _number(self, attributes: dict[str, str], name: str) -> int:
        text = attributes.get(_TABLE + name, "1")
        return int(text) if text.isdigit() and len(text) < 9 else 99_999_999

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.refusal:
            return
        if name == _TABLE + "table":
            self._row = 0
            self._sheet = self.hints.setdefault(
                attributes.get(_TABLE + "name", ""), {"merged": [], "errors": [], "hidden": []}
            )
        elif name == _TABLE + "table-row":
            self._repeat_row = self._number(attributes, "number-rows-repeated")
            self._hidden = attributes.get(_TABLE + "visibility") in ("collapse", "filter")
            self._column = self._row_cells = 0
        elif name in _CELLS:
            self._cell(attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        repeat = self._number(attributes, "number-columns-repeated")
        down, across = (
            self._number(attributes, "number-rows-spanned"),
            self._number(attributes, "number-columns-spanned"),
        )
        if max(down, across) > 1:
            merged = [self._row, self._column, self._row + down - 1, self._column + across - 1]
            self._sheet["merged"].append(merged)
        if _OFFICE + "value-type" in attributes:
            self._row_cells += repeat
            if self._column + repeat > self._limits.columns:
                self.refusal = "sheet_too_large"
            if attributes.get(_CALC + "value-type") == "error":
                self._error_at, self._text = (self._row, self._column), ""
        self._column += repeat

    def _characters(self, text: str) -> None:
        if self._error_at is not None and len(self._text) < 20:
            self._text += text

    def _end(self, name: str) -> None:
        if name in _CELLS and self._error_at is not None:
            self._sheet["errors"].append([*self._error_at, self._text[:20] or "#ERR"])
            self._error_at = None
        elif name == _TABLE + "table-row":
            if self._row_cells:
                self.cells += self._row_cells * self._repeat_row
                if self._row + self._repeat_row > self._limits.rows or self.cells > self._limits.cells:
                    self.refusal = "sheet_too_large"
                if self._hidden:
                    self._sheet["hidden"].append(self._row)
            self._row += self._repeat_row
