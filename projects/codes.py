"""Codes people copy by hand: the unified social credit code (GB 32100) and the national project code (GB/T 40058).

The first has a check character and is refused when wrong; the second's inner structure is not settled in public texts
(domain.md §3.7), so its oddities are only pointed out. Input is folded by NFKC first: full-width digits are common.
"""

import re
import unicodedata
from datetime import date

from django.utils.translation import gettext as _

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O Z S V
_VALUE = {char: value for value, char in enumerate(_ALPHABET)}
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
_PROJECT_SHAPE = re.compile(r"(\d{2})(\d{2})-(\d{6})-(\d{2})-(\d{2})-(\d{6})")
_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """NFKC, without any white space, in capitals, every dash a hyphen."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text or "")).translate(_DASHES).upper()


def check_character(first17: str) -> str:
    """The 18th character of a credit code. ValueError on a character outside the alphabet."""
    try:
        total = sum(_VALUE[char] * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    except KeyError as error:
        raise ValueError(error.args[0]) from None
    return _ALPHABET[(31 - total % 31) % 31]


def credit_code_fault(code: str) -> str:
    """Why a folded credit code is wrong, ready to show; empty when it is right (or empty)."""
    if not code:
        return ""
    if len(code) != 18:
        return _("A credit code has 18 characters; this one has %(count)d.") % {"count": len(code)}
    for place, char in enumerate(code, start=1):
        if char not in _VALUE:
            return _(
                "Character %(place)d is “%(char)s”. A credit code has digits and capital letters, but no I, O, S, V, Z."
            ) % {"place": place, "char": char}
    if check_character(code[:17]) != code[17]:
        return _(
            "The check character does not fit: one of the 18 characters was copied wrongly. Please compare again."
        )
    return ""


def project_code_warnings(code: str, today: date) -> list[str]:
    """What looks odd about a folded national project code. Never a reason to refuse it."""
    if not code:
        return []
    found = _PROJECT_SHAPE.fullmatch(code)
    if not found:
        return [_("A national project code usually looks like 2602-230229-04-01-000126.")]
    warnings = []
    if not 1 <= int(found[2]) <= 12:
        warnings.append(
            _("Digits 3 and 4 of the project code are the month; %(month)s is none.") % {"month": found[2]}
        )
    elif (2000 + int(found[1]), int(found[2])) > (today.year, today.month):
        warnings.append(_("The project code begins with a month that has not come yet."))
    if found[3][:2] != "23":
        warnings.append(_("The project code names an area outside the province."))
    return warnings
