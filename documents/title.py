"""Where a long title breaks (GB/T 9704-2012, 7.3.1: whole words, symmetrical, of pleasing length)."""

from __future__ import annotations

import re
from math import ceil, inf

from documents.text import em_width

# 20 characters of 2号 fill 156 mm; one is kept free, as some faces have wider digits.
TITLE_EM = 19.0
# Good places: after one of these, or before one of these.
_AFTER = re.compile(
    r"(?:关于|以及|和|与|及|、|，|》|）|[0-9]年度?|[0-9]月份?|季度|局|厅|委|办公室|人民政府|全[省市县区]|项目|情况)$"
)
_BEFORE = re.compile(
    r"^(?:关于|《|全[省市县区]|招商引资|重点|签约项目|项目|推进|进展|落实|建设|工作|情况|未|年产|施工|有关|开展|报送|办理)"
)
# Never a line that begins or ends so.
_NOT_FIRST = re.compile(r"^(?:[的了、，。：；！？）》〕”’%]|年|度|月|日|号|个|项(?!目)|通报|报告|的?通知|函)")
_NOT_LAST = re.compile(r"(?:[（《〔“‘第]|关|(?<![0-9])年)$")
_NO_GAP = re.compile(r"[0-9A-Za-z.,%]")
MAX_LINES = 5


def break_title(title: str, per_line: float = TITLE_EM) -> list[str]:
    """The title's lines. Breaks typed in are kept; a line too long is broken where it reads best."""
    lines: list[str] = []
    for part in title.split("\n"):
        lines += _break_part(part, per_line) if em_width(part) > per_line else [part]
    return lines


def _break_part(text: str, per_line: float) -> list[str]:
    count = ceil(em_width(text) / per_line)
    for lines in range(count, MAX_LINES + 1):
        cost, parts = _best(text, lines, per_line, em_width(text) / lines)
        if cost < inf:
            return parts
    # Nothing breaks well (a word of Latin letters as long as the line, or a very long title): fill the lines.
    return _fill(text, per_line)


def _best(text: str, lines: int, per_line: float, ideal: float) -> tuple[float, list[str]]:
    """Least cost over all ways to set the text in so many lines."""
    if lines == 1:
        width = em_width(text)
        return ((width - ideal) ** 2 if width <= per_line else inf), [text]
    best: tuple[float, list[str]] = (inf, [])
    for cut in range(1, len(text)):
        width = em_width(text[:cut])
        if width > per_line:
            break
        if abs(width - ideal) > 7:
            continue
        here = _cut_cost(text[:cut], text[cut:]) + (width - ideal) ** 2
        if here >= best[0]:
            continue
        rest, parts = _best(text[cut:], lines - 1, per_line, ideal)
        if here + rest < best[0]:
            best = (here + rest, [text[:cut], *parts])
    return best


def _cut_cost(head: str, tail: str) -> float:
    if (
        _NOT_FIRST.match(tail)
        or _NOT_LAST.search(head)
        or (_NO_GAP.match(head[-1]) and _NO_GAP.match(tail[0]))
    ):
        return inf
    if head.endswith("年") and tail[0].isdigit():
        return inf
    good = 2 * bool(_BEFORE.match(tail)) + bool(_AFTER.search(head))
    return 40.0 / (1 + 4 * good)


def _fill(text: str, per_line: float) -> list[str]:
    lines = [""]
    for char in text:
        if lines[-1] and em_width(lines[-1] + char) > per_line:
            lines.append("")
        lines[-1] += char
    return lines
