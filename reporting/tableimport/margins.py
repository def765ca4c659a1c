"""What stands around a table: title, unit of amounts, reporting office, filing date, and the month they speak of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .dates import parse_date
from .grid import Sheet
from .text import CHINESE_NUMBER, cell_text, chinese_integer, half_width, is_blank, squeeze, tidy

_UNIT = r"(亿美元|万美元|美元|亿元|百万元|千元|万元|元)"
_UNIT_STATED = re.compile(
    rf"(?<!填报)(?<!汇总)(?<!报送)(?<!上报)单位[:(]?(?:人民币)?(?:个、|项、|个,|人民币)?{_UNIT}"
)
_UNIT_BRACKET = re.compile(rf"[(\[](?:人民币)?{_UNIT}[)\]]")
_REPORTER = re.compile(r"(?:填报|汇总|报送|上报|编报|报告|制表)单位(?:\((?:盖章|公章|章)\))?[:]?(.*)")
_TITLE_WORDS = re.compile(r"台账|台帐|表|情况|统计|汇总|明细|清单|一览|进展|进程")
_YEAR = r"(?P<y>20\d{2}|[二][零〇○][一二三四五六七八九零〇○]{2})"
_YEAR_MONTH = re.compile(
    rf"{_YEAR}\s*(?:年|[-./_])\s*(?:\d{{1,2}}\s*(?:月)?[-—–~至到]+)?(?P<m>1[0-2]|0?[1-9]|{CHINESE_NUMBER})(?![\d万亿])(?:\s*月|(?=\D|$))"
)
_COMPACT = re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)")
_MONTH_ONLY = re.compile(
    rf"(?<![\d年])(?:\d{{1,2}}月?[-—–~至到]+)?(?P<m>1[0-2]|0?[1-9]|{CHINESE_NUMBER})月份?"
)


@dataclass(slots=True)
class Margins:
    """``filed_on`` is the ISO date beside the table, ``period`` "YYYY-MM"; ``guessed`` names what it was taken from
    when no month is stated outright."""

    title: str = ""
    unit: str = ""
    unit_text: str = ""
    reporter: str = ""
    filed_on: str = ""
    period: str | None = None
    period_text: str = ""
    guessed: str = ""
    kinds: dict[int, tuple[str, str]] = field(default_factory=dict)


def read_margins(sheet: Sheet, header_first: int, filename: str) -> Margins:
    """Read the rows above the heading (``header_first`` from 0), then sheet name and file name for the month."""
    found = Margins()
    titles: list[str] = []
    others: list[str] = []
    for row in range(header_first):
        for cell in sheet.rows[row]:
            if not is_blank(cell):
                _read_cell(found, row, cell, titles, others)
    titles.sort(key=_title_likeness, reverse=True)
    found.title = titles[0] if titles else ""
    _find_period(found, [*titles, *others], sheet.name, Path(filename).stem)
    return found


def _title_likeness(text: str) -> tuple[bool, bool, int]:
    """A title names a table in one phrase; an instruction above it may be longer and speak of tables too."""
    instruction = len(text) > 60 or bool(
        re.match(r"填[表报]说明|说明|备?注|填报要求|附件", text) or re.search(r"[。；，]", text)
    )
    return not instruction, bool(_TITLE_WORDS.search(text)), len(text)


def _read_cell(found: Margins, row: int, cell: Any, titles: list[str], others: list[str]) -> None:
    text = squeeze(cell_text(cell))
    unit = unit_stated(text)
    if unit and not found.unit:
        found.unit, found.unit_text = unit, tidy(cell_text(cell))
    if reporter := _REPORTER.search(text):
        found.reporter = found.reporter or re.split(
            r"(?:计量|金额)?单位:|填报日期|20\d\d年|\(盖章\)", reporter[1]
        )[0].strip(":")
        others.append(text)
        found.kinds.setdefault(row, ("unit", tidy(cell_text(cell))))
        return
    when = parse_date(cell) if isinstance(cell, (list, str)) and len(text) < 30 else None
    when = when if when is None or when.value else _labelled_date(text)
    if when is not None and when.precision == "day":
        found.filed_on = found.filed_on or when.value
        found.kinds.setdefault(row, ("unit", tidy(cell_text(cell))))
    elif unit and len(text) < 16:
        found.kinds.setdefault(row, ("unit", found.unit_text))
    elif isinstance(cell, str):
        titles.append(tidy(cell))
        found.kinds[row] = ("title", tidy(cell))
    else:
        others.append(text)


def _labelled_date(text: str) -> Any:
    found = re.search(r"(?:日期|时间|截[至止]):?(\d{4}\D\d{1,2}\D\d{1,2}日?)", text)
    return parse_date(found[1]) if found else None


def unit_stated(text: str) -> str:
    """Unit a margin text states: "单位：万元", "（亿元）", "万元"; a threshold such as 亿元以上 is none."""
    bare = squeeze(text)
    found = _UNIT_STATED.search(bare) or _UNIT_BRACKET.search(bare)
    if found is None and bare in ("万元", "亿元", "元", "万美元"):
        return bare
    if found is None or bare[found.end(1) :].startswith(("以上", "以下", "及以上")):
        return ""
    return found[1]


def month_in(text: str) -> tuple[str, str] | None:
    """("2026-10", "2026年10月") of the last year and month named in a text."""
    bare = squeeze(half_width(text))
    hit = None
    for found in _YEAR_MONTH.finditer(bare):
        hit = found
    hit = hit or _COMPACT.search(bare)
    if hit is None:
        return None
    year, month = _integer(hit["y"]), _integer(hit["m"])
    if year is None or month is None or not (2000 <= year <= 2100 and 1 <= month <= 12):
        return None
    return f"{year:04d}-{month:02d}", hit[0]


def _integer(text: str) -> int | None:
    return int(text) if text.isdigit() else chinese_integer(text)


def _month_only(text: str) -> tuple[int, str] | None:
    found = _MONTH_ONLY.search(squeeze(text))
    month = _integer(found["m"]) if found else None
    return (month, found[0]) if found and month and 1 <= month <= 12 else None


def _find_period(found: Margins, texts: list[str], sheet_name: str, stem: str) -> None:
    for text in [*texts, sheet_name]:
        if hit := month_in(text):
            found.period, found.period_text = hit
            return
    for text in [*texts, sheet_name, stem]:
        if (month := _month_only(text)) and (year := _year_for(month[0], found.filed_on, [*texts, stem])):
            found.period, found.period_text = f"{year:04d}-{month[0]:02d}", month[1]
            return
    if hit := month_in(stem):
        found.period, found.period_text = hit
    elif found.filed_on:
        # A ledger is filed from the 25th of its month to the first days of the next.
        year, number, day = (int(part) for part in found.filed_on.split("-"))
        if day <= 10:
            year, number = (year, number - 1) if number > 1 else (year - 1, 12)
        found.period, found.period_text, found.guessed = (
            f"{year:04d}-{number:02d}",
            found.filed_on,
            found.filed_on,
        )


def _year_for(month: int, filed_on: str, texts: list[str]) -> int | None:
    """Year of a month written without one: the newest not after the filing date, or a year named in the texts."""
    if filed_on:
        year, filed_month = int(filed_on[:4]), int(filed_on[5:7])
        return year if month <= filed_month else year - 1
    for text in texts:
        if found := re.search(r"(?<!\d)(20\d{2})(?!\d)", text):
            return int(found[1])
    return None
