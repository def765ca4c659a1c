"""Text of cells: full-width characters, spaces, marks, running numbers, Chinese numerals, cell names."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Any

_SPACES = re.compile(r"[\s\u3000\u200b\ufeff\xa0]+")
_INNER_SPACES = re.compile(
    r"(?<=[^\x00-\xff])[\s\u3000\xa0\u200b\ufeff]+|[\s\u3000\xa0\u200b\ufeff]+(?=[^\x00-\xff])"
)
_BLANKS = "\u3000\xa0\u200b\ufeff \t\r\n"
_MARKS = "★☆●○◎※▲△■□◆◇＊*√✓✔·•"
_RUNNING_NUMBER = re.compile(
    r"^(?:\d{1,4}\s*(?:、|[.．](?!\d))|[(（]\d{1,4}[)）]|[①-⑳]|[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)\s*"
)
_DIGITS = {**{c: i for i, c in enumerate("零一二三四五六七八九")}, "〇": 0, "○": 0, "两": 2, "贰": 2, "叁": 3}
_SCALES = {"十": 10, "百": 100, "千": 1000}
CHINESE_NUMBER = r"[零〇○一二两三四五六七八九十百千]+"


def half_width(text: str) -> str:
    """１２．５ → 12.5, （ → (, ： → :. Chinese characters stay."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def squeeze(text: str) -> str:
    """Half-width text without any space: the form in which headings and labels are compared."""
    return _SPACES.sub("", half_width(text))


def tidy(text: str) -> str:
    """A text as a clerk would copy it: no line breaks, no spaces between Chinese characters, one between words."""
    text = text.strip(_BLANKS)
    if not _SPACES.search(text):
        return text
    return _SPACES.sub(" ", _INNER_SPACES.sub("", text))


def strip_marks(name: str) -> str:
    """Project name without ★ ● ※ and running numbers ("1、"), which say something about the row, not its name."""
    text = tidy(name)
    while True:
        shorter = _RUNNING_NUMBER.sub("", text.lstrip(_MARKS + " ")).rstrip("★☆●※▲ ")
        if shorter == text:
            return text
        text = shorter


def chinese_integer(text: str) -> int | None:
    """二〇二六 → 2026, 十二 → 12, 三千五百 → 3500; None when it is no number."""
    if not text or any(c not in _DIGITS and c not in _SCALES for c in text):
        return None
    if not any(c in _SCALES for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = current = 0
    for char in text:
        if char in _SCALES:
            total += (current or 1) * _SCALES[char]
            current = 0
        else:
            current = _DIGITS[char]
    return total + current


def cell_text(cell: Any) -> str:
    """A cell as text: 1.0 → "1", a date → its ISO form, an error → "#N/A", blank → ""."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return number_text(cell)
    return str(cell[1])


def number_text(number: float) -> str:
    """1.0 → "1", 13900000001.0 → "13900000001", 3250.1 → "3250.1", 1e308 → "1E+308"."""
    if -1e15 < number < 1e15:
        whole = int(number)
        if whole == number:
            return str(whole)
        text = repr(number)
        return text if "e" not in text else f"{Decimal(text):f}"
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    exact = Decimal(repr(number))
    return f"{exact.normalize():E}" if abs(exact) >= Decimal("1e21") else str(int(exact))


def is_blank(cell: Any) -> bool:
    """True for an empty cell or one of spaces only."""
    if type(cell) is str:
        return not cell or cell.isspace() or (cell[0] in "\u200b\ufeff" and not cell.strip(_BLANKS))
    return cell is None


@lru_cache(maxsize=512)
def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Row and column from 0 → "F6"."""
    return f"{column_letter(column)}{row + 1}"
