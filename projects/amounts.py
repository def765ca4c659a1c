"""Amounts of money: typed in 万元 or 亿元, stored in whole 元, shown in 万元 or 亿元."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

WAN, YI = 10_000, 100_000_000
LARGEST_YUAN = 10_000 * YI  # a trillion 元: beyond it somebody typed 元 into a 万元 field
_UNITS = {"": WAN, "万": WAN, "万元": WAN, "亿": YI, "亿元": YI, "元": 1}
_SHAPE = re.compile(r"(?P<number>[+-]?\d+(?:\.\d+)?)(?P<unit>亿元|亿|万元|万|元)?")


def parse_yuan(text: str) -> int | None:
    """Whole 元 from "3.5", "1,234.56 万元", "３亿元" (万元 when no unit stands there); None when empty.

    ValueError carries what is wrong, ready to show.
    """
    plain = re.sub(r"[\s,，、']", "", unicodedata.normalize("NFKC", text or ""))
    if not plain:
        return None
    found = _SHAPE.fullmatch(plain)
    if not found:
        raise ValueError(
            _(
                "“%(text)s” is not an amount. Write 12,500.00 (in ten thousand yuan), or put the unit behind it."
            )
            % {"text": text}
        )
    try:
        yuan = (Decimal(found["number"]) * _UNITS[found["unit"] or ""]).quantize(Decimal(1), ROUND_HALF_UP)
    except InvalidOperation:
        yuan = Decimal(LARGEST_YUAN + 1)
    if yuan < 0:
        raise ValueError(_("An amount cannot be below 0."))
    if yuan > LARGEST_YUAN:
        raise ValueError(
            _(
                "This amount is over a trillion yuan. Please check the unit: the field is in ten thousand yuan."
            )
        )
    return int(yuan)


def wan(yuan: int | None, dash: str = "—") -> str:
    """1234567 → "123.46" (万元, two decimals, thousands apart)."""
    if yuan is None:
        return dash
    return f"{(Decimal(yuan) / WAN).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def wan_input(yuan: int | None) -> str:
    """For a form field: as few decimals as keep the 元 exact."""
    if yuan is None:
        return ""
    text = f"{Decimal(yuan) / WAN:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yi(yuan: int | None, dash: str = "—") -> str:
    if yuan is None:
        return dash
    return f"{(Decimal(yuan) / YI).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def share(part: int | None, whole: int | None) -> Decimal | None:
    """Per cent with one decimal; None without a denominator (shown as —, never as 0 %)."""
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
