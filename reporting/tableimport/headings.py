"""Finding the heading block of a sheet: one to four rows, merged or not, and joining parent and child headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .grid import Sheet
from .text import is_blank, squeeze
from .words import GENERIC, NODES, NOT_NODE, RULES

SEARCH_ROWS = 80
MAX_BLOCK = 4
_LEADING_NUMBER = re.compile(
    r"^(?:\d{1,2}[.、)](?=\D)|\d{1,2}(?=[\u4e00-\u9fff])(?!\d*[月年期季个项万亿号度])|[一二三四五六七八九十]{1,2}[、.])"
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_UNIT_WORD = re.compile(r"(亿美元|万美元|美元|亿元|百万元|千元|万元|(?<![万亿千百美日欧])元)")
_UNIT_IN_HEAD = re.compile(
    r"[(\[:/,，]\s*(?:单位:?|人民币|金额)?\s*(亿美元|万美元|美元|亿元|百万元|千元|万元|元|亿|万)\s*(?:人民币)?(?:[)\],]|$)"
)
_KEEP = (
    ("县(市、区)", "县市区"),
    ("县(市区)", "县市区"),
    ("市(县、区)", "县市区"),
    ("县(区)", "县区"),
    ("区(县)", "区县"),
    ("市(地)", "市地"),
    ("市(州)", "市州"),
    ("县(市)", "县市"),
    ("旗县(市、区)", "旗县市区"),
    ("(县、区)", "县区"),
    ("合同(协议)", "合同"),
    ("协议(合同)", "合同"),
    ("(拟)", "拟"),
    ("(盟)", ""),
    ("招商(引资)", "招商引资"),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """One column's heading. ``parts`` from the top row to the leaf; ``unit`` what the heading says itself."""

    column: int
    parts: tuple[str, ...]
    unit: str = ""

    @property
    def label(self) -> str:
        """The joined heading for people: "投资完成情况/当月完成"."""
        return "/".join(self.parts)


@dataclass(frozen=True, slots=True)
class Block:
    """Heading rows of a table, ``first`` to ``last`` inclusive, counted from 0."""

    first: int
    last: int
    headings: tuple[Heading, ...]


@lru_cache(maxsize=8192)
def plain_heading(text: str) -> str:
    """Comparable form: squeezed, lower case, brackets and unit taken off: " 总投资⏎（万元） " → "总投资"."""
    bare = squeeze(text).lower().strip("*:★#")
    for written, kept in _KEEP:
        bare = bare.replace(written, kept)
    without = _LEADING_NUMBER.sub("", _BRACKETS.sub("", bare))
    without = re.sub(
        r"[:/,]?(?:单位:)?(?:亿美元|万美元|美元|亿元|百万元|千元|万元)$", "", without or bare.strip("()")
    )
    return without.strip("*:、,./-")


@lru_cache(maxsize=4096)
def unit_in(text: str) -> str:
    """Unit a heading or a unit row names: "总投资（亿元）" → "亿元", "单位：个、万美元" → "万美元", else ""."""
    bare = squeeze(text)
    found = _UNIT_IN_HEAD.search(bare) or re.search(r"(亿美元|万美元|亿元|百万元|千元|万元)", bare)
    if found:
        return {"亿": "亿元", "万": "万元"}.get(found[1], found[1])
    return "元" if re.search(r"(?:单位|金额|投资额?|资金)[:(,]*.{0,4}元[)]?$", bare) else ""


@lru_cache(maxsize=8192)
def is_heading_word(text: str) -> bool:
    """True when a cell's text reads like a column heading that we know."""
    if len(text) > 40:
        return False
    plain = plain_heading(text)
    if not plain or len(plain) > 22:
        return False
    if any(pattern.fullmatch(plain) for _, _, pattern in RULES):
        return True
    return len(plain) <= 14 and not NOT_NODE.search(plain) and any(p.search(plain) for _, _, p in NODES)


def count_heading_words(row: list[Any]) -> int:
    """Number of different known headings in a row."""
    return len(
        {plain_heading(cell) for cell in row if isinstance(cell, str) and cell and is_heading_word(cell)}
    )


def _is_label_row(row: list[Any]) -> bool:
    """Only short texts: no number, date or long sentence, as data rows have."""
    return not any(isinstance(cell, (int, float, list)) and cell != "" for cell in row) and not any(
        isinstance(cell, str) and len(cell) > 45 for cell in row
    )


def find_blocks(sheet: Sheet) -> list[Block]:
    """Every heading block of the sheet, top to bottom (normally one)."""
    blocks: list[Block] = []
    at = 0
    while at < len(sheet.rows):
        row = sheet.rows[at]
        deep = (not blocks and at < SEARCH_ROWS) or _may_be_heading(row)
        if deep and _is_label_row(row) and count_heading_words(row) >= 3:
            block = _grow(sheet, at, blocks[-1].last + 1 if blocks else 0)
            blocks.append(block)
            at = block.last
        at += 1
    return blocks


def _may_be_heading(row: list[Any]) -> bool:
    return any(
        type(cell) is str and 2 <= len(cell) <= 14 and ("名称" in cell or "序" in cell or "项目" in cell)
        for cell in row
    )


def _grow(sheet: Sheet, start: int, floor: int) -> Block:
    first = last = start
    while first > floor and last - first + 1 < MAX_BLOCK and _is_parent_row(sheet, first - 1, first):
        first -= 1
    while last - first + 1 < MAX_BLOCK and _is_child_row(sheet, first, last):
        last += 1
    return Block(first, last, _join(sheet, first, last))


def _is_parent_row(sheet: Sheet, row: int, below: int) -> bool:
    """A row above with group headings: texts over two or more columns, or cells merged down into the block."""
    cells = [(at, cell) for at, cell in enumerate(sheet.rows[row]) if not is_blank(cell)]
    if not cells or not _is_label_row(sheet.rows[row]):
        return False
    width = len(sheet.rows[below])
    for top, left, bottom, right in sheet.merged:
        if top == row and bottom >= below and bottom > top:
            return True
        if (
            top == bottom == row
            and right > left
            and right - left + 1 < width * 0.6
            and not _is_margin(sheet.cell(row, left))
        ):
            return True
    return False


def _is_margin(cell: Any) -> bool:
    """Title, unit, reporter or date beside the heading, not a group heading."""
    text = squeeze(cell) if isinstance(cell, str) else ""
    return not text or bool(re.search(r"单位[:(]|填报|日期:|\d{4}年|^\d|截[至止]", text))


def _is_child_row(sheet: Sheet, first: int, last: int) -> bool:
    """The next row still belongs to the heading: covered by merges, or child headings under blank parents."""
    row = last + 1
    if row >= len(sheet.rows) or not _is_label_row(sheet.rows[row]):
        return False
    cells = sheet.rows[row]
    covered = sum(1 for top, _, bottom, _ in sheet.merged if first <= top <= last and bottom >= row)
    labels = [cell for cell in cells if isinstance(cell, str) and not is_blank(cell)]
    known = sum(is_heading_word(text) or bool(GENERIC.match(plain_heading(text))) for text in labels)
    if covered >= 2:
        return bool(labels) or row + 1 < len(sheet.rows)
    lead_blank = all(is_blank(sheet.cell(row, at)) for at in range(2))
    return lead_blank and len(labels) >= 2 and known >= max(2, len(labels) * 0.5)


def _join(sheet: Sheet, first: int, last: int) -> tuple[Heading, ...]:
    """Headings of every column: merged parents spread over their columns, unmerged ones to the right over blanks."""
    width = max(len(sheet.rows[row]) for row in range(first, last + 1))
    areas = [area for area in sheet.merged if area[0] <= last and area[2] >= first and area[1] < width]
    width = max([width, *(area[3] + 1 for area in areas if area[3] < 200 and area[0] >= first)])
    table = [[_label(sheet.cell(row, at)) for at in range(width)] for row in range(first, last + 1)]
    fixed = [[False] * width for _ in table]
    for top, left, bottom, right in areas:
        text = _label(sheet.cell(top, left))
        for row in range(max(top, first), min(bottom, last) + 1):
            for at in range(left, min(right + 1, width)):
                table[row - first][at], fixed[row - first][at] = text, True
    for depth in range(len(table) - 1):
        for at in range(1, width):
            below = any(table[deeper][at] for deeper in range(depth + 1, len(table)))
            left_below = any(table[deeper][at - 1] for deeper in range(depth + 1, len(table)))
            if not table[depth][at] and not fixed[depth][at] and below and left_below:
                table[depth][at] = table[depth][at - 1]
    return tuple(_heading(at, [line[at] for line in table]) for at in range(width))


def _label(cell: Any) -> str:
    return re.sub(r"\s+", "", cell).strip("\u3000") if isinstance(cell, str) else ""


def _heading(column: int, texts: list[str]) -> Heading:
    parts: list[str] = []
    for text in texts:
        if text and (not parts or parts[-1] != text):
            parts.append(text)
    unit = next((found for text in reversed(parts) if (found := _own_unit(text))), "")
    return Heading(column, tuple(parts), unit)


def _own_unit(text: str) -> str:
    bare = squeeze(text)
    found = _UNIT_IN_HEAD.search(bare) or re.search(r"(亿美元|万美元|美元|亿元|百万元|千元|万元)$", bare)
    return {"亿": "亿元", "万": "万元"}.get(found[1], found[1]) if found else ""
