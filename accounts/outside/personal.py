"""Numbers and addresses of persons in words for the public: found however they are spaced, dashed or widened. Pure."""

import re
import unicodedata
from enum import StrEnum

_CUT = r"[^\S\n]?[-\u2010-\u2015\u2212]?[^\S\n]?"  # a blank, a dash, or a dash between blanks; never a line's end
# Not where a number only goes on: a code in parts, a fraction, an amount.
_BEFORE = r"(?<![\d.])(?<!\d-)"
_AFTER = r"(?![\d.]?\d)(?!-\d)(?! ?[元万亿])"


class Sort(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    IDENTITY = "identity"
    MAIL = "mail"


_PATTERNS = {
    Sort.IDENTITY: re.compile(
        r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])"
        rf"|(?<![0-9A-Za-z])(?<!\d-)[1-9]\d{{5}}{_CUT}(?:19|20)\d\d{_CUT}(?:0[1-9]|1[0-2]){_CUT}"
        rf"(?:0[1-9]|[12]\d|3[01]){_CUT}\d{{3}}[0-9Xx](?![0-9A-Za-z])(?!-\d)"
    ),
    Sort.MOBILE: re.compile(
        rf"{_BEFORE}(?:(?:\+|00)?86{_CUT})?1[3-9]\d(?:{_CUT}\d{{4}}){{2}}{_AFTER}"
        rf"|{_BEFORE}1[3-9]\d\.\d{{4}}\.\d{{4}}{_AFTER}"
    ),
    Sort.LANDLINE: re.compile(
        rf"{_BEFORE}(?:\+86{_CUT})?\(?0(?:10|2\d|[3-9]\d\d)\)?{_CUT}\d{{3,4}}{_CUT}\d{{4}}{_AFTER}"
    ),
    Sort.MAIL: re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
}
ALL = tuple(_PATTERNS)


def personal(text: str, sorts: tuple[Sort, ...] = ALL) -> list[str]:
    """What of the text looks like one of these `sorts`, in half width, in the order of the sorts; [] is nothing."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return [hit.group() for sort in ALL if sort in sorts for hit in _PATTERNS[sort].finditer(plain)]
