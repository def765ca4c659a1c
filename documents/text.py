"""Text rules of official documents: numbers, dates, figures, cleaning. Chinese only, pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import isfinite

UNKNOWN = "—"
DIGITS = "零一二三四五六七八九"

# C0 and C1 controls but line break, noncharacters, lone surrogates, and the marks that turn writing direction
# (they can make a number read backwards on the page).
_CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_NUMBERING = re.compile(
    r"^\s*(?:[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十百]+[）)]|\d{1,2}[.．](?!\d)|[（(]\d{1,2}[）)])\s*"
)
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")


def clean_lines(text: str) -> str:
    """The text without control characters; line breaks stay as \\n, a tab becomes a space."""
    text = _BREAKS.sub("\n", str(text)).replace("\t", " ")
    lines = (_CONTROLS.sub("", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def clean(text: str) -> str:
    """As `clean_lines`, on one line."""
    return clean_lines(text).replace("\n", "")


def clean_cell(text: str) -> str:
    """A table cell's text: line breaks stay, leading signs stay, nothing but control characters goes."""
    return "\n".join(
        _CONTROLS.sub("", line) for line in _BREAKS.sub("\n", text).replace("\t", " ").split("\n")
    )


def as_list_text(parts: str | tuple[str, ...]) -> str:
    """主送 or 抄送 as one text without closing punctuation; parts are joined by 「，」."""
    text = parts if isinstance(parts, str) else "，".join(clean(part) for part in parts if part)
    return clean(text).rstrip("：:。.，,、 ")


def strip_numbering(text: str) -> str:
    """Without a typed-in 一、 （一） 1. （1）, which the renderer sets itself. 「1.5倍」 is not numbering."""
    return _NUMBERING.sub("", text, count=1)


def chinese_number(n: int) -> str:
    """1 → 一, 10 → 十, 21 → 二十一; from 100 on in digits, no document numbers its parts so far."""
    if n < 1:
        raise ValueError(f"no heading number for {n}")
    if n > 99:
        return str(n)
    tens, ones = divmod(n, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def heading_number(level: int, n: int) -> str:
    """Level 1 to 4 → 一、 （一） 1. （1） (GB/T 9704-2012, 7.3.3)."""
    if level == 1:
        return f"{chinese_number(n)}、"
    if level == 2:
        return f"（{chinese_number(n)}）"
    return f"{n}." if level == 3 else f"（{n}）"


class HeadingCounter:
    """Numbers headings in order; a higher heading starts the lower ones anew."""

    def __init__(self) -> None:
        self._counts = [0, 0, 0, 0]

    def number(self, level: int) -> str:
        self._counts[level - 1] += 1
        self._counts[level:] = [0] * (4 - level)
        return heading_number(level, self._counts[level - 1])


def format_number(organ_code: str, year: int, n: int) -> str:
    """发文字号: 黑营商通, 2026, 3 → 黑营商通〔2026〕3号 (six-angle brackets, no 第, no leading zero)."""
    if n < 1 or not 1000 <= year <= 9999:
        raise ValueError(f"not a document number: {year}, {n}")
    return f"{clean(organ_code)}〔{year}〕{n}号"


def chinese_date(day: date) -> str:
    """2026年11月5日: Arabic digits, no leading zero."""
    return f"{day.year}年{day.month}月{day.day}日"


def ratio(numerator: int, denominator: int) -> Fraction | None:
    """The exact rate, None without a denominator (printed 「—」)."""
    return Fraction(numerator, denominator) if denominator else None


def percent_text(value: Fraction | Decimal | float | None, places: int = 1) -> str:
    """A ratio as printed: Fraction(874, 1287) → 67.9%, halves up, None → —."""
    return UNKNOWN if value is None else f"{_rounded(_scaled(value, 100), places)}%"


def cell_text(value: object, kind: str, decimals: int) -> str:
    """A table value as printed. A text in a number column (「未报」) is printed as it is."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return chinese_date(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if not isinstance(value, int | float | Decimal | Fraction):
        return clean_cell(str(value))
    if isinstance(value, float | Decimal) and not isfinite(value):
        return UNKNOWN
    if kind == "percent":
        return percent_text(value, decimals)
    if kind in ("integer", "amount"):
        return _rounded(_scaled(value, 1), decimals)
    return _rounded(_scaled(value, 1), 2) if isinstance(value, Fraction) else str(value)


def _scaled(value: int | float | Decimal | Fraction, factor: int) -> Fraction:
    """The exact product; a float is taken as it is written, not as its binary neighbour."""
    return Fraction(str(value)) * factor if isinstance(value, float) else Fraction(value) * factor


def _rounded(value: Fraction, places: int) -> str:
    """Halves away from zero, as officials round; never 「-0」."""
    scale = 10**places
    units = (abs(value) * scale + Fraction(1, 2)).__floor__()
    number = Decimal(units).scaleb(-places).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"-{number}" if value < 0 and units else str(number)


def em_width(text: str) -> float:
    """Printed width in characters of full width: a letter or digit is half (widest line of the text)."""
    return max((sum(_em(char) for char in line) for line in text.split("\n")), default=0.0)


def _em(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    # Ambiguous signs (— “ ” … ①) are full width in Chinese fonts.
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5
