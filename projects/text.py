"""Names as people type them: what makes two of them the same, and the pinyin initials by which they are found."""

import re
import unicodedata
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.constants import RE_HANS
from pypinyin.seg import mmseg

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_NOISE = re.compile(r"[\W_]+")
_LONG = 100  # characters without any other sign between them: no name is
# Chinese characters standing together, as pypinyin sees them.
_CHINESE = re.compile(f"({RE_HANS.pattern.strip('^$')})")
_NOT_TELLING = re.compile(r"(项目|工程|建设|有限公司|有限责任公司|股份|集团)")


def clean(text: str) -> str:
    """Without control characters, white space at the ends and doubled blanks."""
    return re.sub(r"[ \t\u3000\xa0]+", " ", _CONTROL.sub("", text or "")).strip()


def company_key(name: str) -> str:
    """Two spellings of one company share this key: full-width forms, brackets and blanks do not count."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name or "")).casefold()


def name_key(name: str) -> str:
    """A project name without words that nearly every name carries."""
    return _NOT_TELLING.sub("", company_key(name)) or company_key(name)


def similarity(first: str, second: str) -> float:
    """0 … 1. One name inside the other counts as alike: 二期 and 三期 of one plant are asked about, not merged."""
    one, two = name_key(first), name_key(second)
    if not one or not two:
        return 0.0
    if one == two:
        return 1.0
    if min(len(one), len(two)) >= 4 and (one in two or two in one):
        return 0.9
    return SequenceMatcher(None, one, two, autojunk=False).ratio()


def fold_search(word: str) -> str:
    """A search word as names are stored: half-width, without quotes and wildcards typed around it."""
    return clean(unicodedata.normalize("NFKC", word or "")).strip("“”\"'%*")[:60]


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """克山马铃薯 A 区 → ksmlsaq, at most 200 characters."""
    folded = _NOISE.sub("", unicodedata.normalize("NFKC", name))
    return "".join(map(_run, _CHINESE.split(folded))).lower()[:200]


@lru_cache(maxsize=16384)
def _run(run: str) -> str:
    """The initials of Chinese characters standing together, or anything else as it is. 有限公司 is met all the time."""
    letters = [_letter(char) for char in run]
    if None not in letters:
        return "".join(letters)  # type: ignore[arg-type]
    # 长 is c or z by the word it stands in. What follows the first word is cut alike whatever stands before it.
    word = next(iter(mmseg.seg.cut(run)))
    rest = run[len(word) :]
    if len(rest) > _LONG:
        return "".join(map(_word, mmseg.seg.cut(run)))
    return _word(word) + _run(rest)


@lru_cache(maxsize=16384)
def _word(word: str) -> str:
    """The initials of one word as pypinyin cuts them: names share their words, so most are known already."""
    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))


@lru_cache(maxsize=8192)
def _letter(char: str) -> str | None:
    """The initial of a character alone; None where its readings begin differently."""
    if not "\u4e00" <= char <= "\u9fff":
        return char
    found = {reading[:1] for reading in pinyin(char, style=Style.FIRST_LETTER, heteronym=True)[0]}
    return found.pop() if len(found) == 1 else None


def plain(value: Any) -> Any:
    """A date as ISO text, anything else as it is: how values are compared and told."""
    return value.isoformat() if isinstance(value, date) else value
