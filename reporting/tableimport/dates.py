"""Dates as clerks write them. Nothing is guessed: a date keeps the precision it was written with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from .text import CHINESE_NUMBER, cell_text, chinese_integer, half_width, number_text, squeeze

EARLIEST, LATEST = 1990, 2100
_SEP = r"[-/.．。·,、_年]"
_MONTH_SEP = r"[-/.．。·,、_月]"
_FULL = re.compile(
    rf"(?<!\d)(?P<y>\d{{4}}|\d{{2}}){_SEP}(?P<m>\d{{1,2}}){_MONTH_SEP}(?P<d>\d{{1,3}})(?P<e>[日号]?)(?!\d)"
)
_MONTH = re.compile(rf"(?<!\d)(?P<y>\d{{4}}|\d{{2}}){_SEP}(?P<m>\d{{1,2}})(?P<e>月份?|)(?!\d)")
_YEAR = re.compile(r"^(?P<y>\d{4})年?$")
_NO_YEAR = re.compile(r"^(?:\d{1,2}月(?:份|\d{1,2}[日号]?)?|\d{1,2}[./-]\d{1,2}[日号]?)$")
_TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_RANGE = re.compile(r"\d[年月日号]?(?:--?|—+|–|~|至|到)(?:\d|$)")
_TEMPLATE = re.compile(r"^(?:\d{0,4}年)?\d{0,2}月?\d{0,2}[日号]?$")
_CHINESE_DATE = re.compile(
    rf"(?P<y>[零〇○一二三四五六七八九]{{2,4}})年(?:(?P<m>{CHINESE_NUMBER})月)?(?:(?P<d>{CHINESE_NUMBER})[日号])?"
)
_EMPTY = {
    "",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "无",
    "未",
    "否",
    "×",
    "x",
    "X",
    "0",
    "待定",
    "未定",
    "暂无",
    "未办理",
    "未办",
    "未开工",
    "未竣工",
    "未投产",
    "未完成",
    "未启动",
    "未开始",
    "不涉及",
    "不需要",
    "无需办理",
    "...",
    "…",
    "办理中",
    "正在办理",
    "进行中",
    "前期",
    "推进中",
    "筹备中",
    "在办",
    "申请中",
    "审批中",
}
_DONE = {
    "已完成",
    "完成",
    "已办结",
    "办结",
    "已办理",
    "已办",
    "√",
    "✓",
    "✔",
    "是",
    "有",
    "已开工",
    "已竣工",
    "已投产",
    "已取得",
    "已注册",
    "通过",
    "已验收",
}
_DONE_WORDS = re.compile(
    r"^[已于在(]*(?:正式)?(?:完成|办结|办理|办理完成|取得|开工|竣工|投产|注册|签约|签订|通过|验收|领证|左右|建设|完毕|[()。,;])*$"
)
_PLANNED = re.compile(r"预计|计划|拟|力争|预期|将于|争取|目标|前$|前完成|底前")
_PART_OF_MONTH = re.compile(r"(\d月)(?:上旬|中旬|下旬|初|底|末|份|左右|中)+$")


@dataclass(frozen=True, slots=True)
class DateResult:
    """``value`` ISO text ("" = none) of ``precision``; ``code`` a message code ("" = fine), ``params`` its values."""

    value: str = ""
    precision: str = ""
    code: str = ""
    part: str = ""
    planned: bool = False


EMPTY = DateResult()


def parse_date(cell: Any) -> DateResult:
    """Understand one date cell (child's form: text, number, ["d", iso], ["m", "2026-04"], ["e", "#N/A"])."""
    if isinstance(cell, str):
        return _parse_text(cell)
    if isinstance(cell, list):
        kind, text = cell
        if kind == "d":
            return _checked_year(DateResult(text, "day"), int(text[:4]), text)
        if kind == "m":
            return _checked_year(DateResult(text, "month"), int(text[:4]), text)
        return DateResult(code="cell_error" if kind == "e" else "cell_formula", part=text)
    if cell is None:
        return EMPTY
    if isinstance(cell, bool):
        return DateResult(code="date_unreadable", part=cell_text(cell))
    return _parse_number(float(cell))


def _checked_year(result: DateResult, year: int, part: str) -> DateResult:
    if not EARLIEST <= year <= LATEST:
        return DateResult(code="date_out_of_range", part=part)
    return result


def _parse_number(number: float) -> DateResult:
    """Serial days, 20260426, 202604, 2026 and 2026.3 as numbers."""
    if number == 0:
        return EMPTY
    text = number_text(number)
    if number != int(number) if abs(number) < 1e15 else True:
        if EARLIEST <= number < LATEST + 1 and re.fullmatch(r"\d{4}\.\d{1,2}", text):
            # The number 2026.1 may have been typed as 2026.10: Excel drops the nought.
            result = _build(text[:4], text[5:], None, text)
            return (
                DateResult(result.value, result.precision, "date_lost_zero", text)
                if text[5:] == "1"
                else result
            )
        if not 30000 < number < 80000:
            return DateResult(code="date_unreadable", part=text)
    whole = int(number)
    if EARLIEST <= whole <= LATEST:
        return DateResult(str(whole), "year")
    if 30000 < whole < 80000:  # 1982 .. 2119
        return DateResult((date(1899, 12, 30) + timedelta(days=whole)).isoformat(), "day")
    if len(text) in (6, 8) and text.isdigit():
        return _parse_text(text)
    return DateResult(code="date_out_of_range" if whole < 30000 else "date_unreadable", part=text)


@lru_cache(maxsize=20_000)
def _parse_text(raw: str) -> DateResult:
    """A written date. Cached: the same few hundred dates fill a column."""
    text = squeeze(_TIME.sub("", half_width(raw).strip()))
    if text in _EMPTY:
        return EMPTY
    if text in _DONE:
        return DateResult(code="date_missing", part=text)
    if text.startswith("#") and text.upper() in (
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
    ):
        return DateResult(code="cell_error", part=text)
    text = _CHINESE_DATE.sub(_from_chinese, text)
    if text.isdigit():
        return _parse_digits(text)
    plain = _PART_OF_MONTH.sub(r"\1", text).rstrip(".。,、;")
    for pattern in (_FULL, _MONTH):
        if found := pattern.fullmatch(plain):
            return _from_match(found, text)
    if found := _YEAR.match(plain):
        return _checked_year(DateResult(found["y"], "year"), int(found["y"]), text)
    if _NO_YEAR.match(plain):
        return DateResult(code="date_no_year", part=text)
    if _TEMPLATE.match(text) and not re.search(r"\d月\d|\d{4}年\d", text):
        return EMPTY  # "200   年   月   日" left unfilled
    if _RANGE.search(plain):
        return DateResult(code="date_range", part=text)
    return _search(text)


def _from_chinese(found: re.Match[str]) -> str:
    parts = [str(chinese_integer(found["y"])), "年"]
    for name, mark in (("m", "月"), ("d", "日")):
        if found[name]:
            parts += [str(chinese_integer(found[name])), mark]
    return "".join(parts)


def _parse_digits(text: str) -> DateResult:
    if len(text) == 8:
        return _build(text[:4], text[4:6], text[6:], text)
    if len(text) == 6 and EARLIEST <= int(text[:4]) <= LATEST:
        return _build(text[:4], text[4:], None, text)
    if len(text) == 4:
        return _checked_year(DateResult(text, "year"), int(text), text)
    if len(text) == 5:
        return _parse_number(float(text))
    return DateResult(code="date_unreadable", part=text)


def _from_match(found: re.Match[str], text: str) -> DateResult:
    parts = found.groupdict()
    if len(parts["y"]) == 2 and parts.get("d") is None and not parts.get("e"):
        # "3.15" and "12/5" are a day without its year, "26.3" cannot be told from them.
        return DateResult(code="date_no_year", part=text)
    return _build(parts["y"], parts["m"], parts.get("d"), text)


def _build(year: str, month: str, day: str | None, text: str) -> DateResult:
    """ISO value of the parts, or what is impossible about them."""
    y, m = int(year) + (2000 if len(year) == 2 else 0), int(month)
    if not EARLIEST <= y <= LATEST:
        return DateResult(code="date_out_of_range", part=text)
    if not 1 <= m <= 12:
        return DateResult(code="date_bad_month", part=str(m))
    if day is None:
        return DateResult(f"{y:04d}-{m:02d}", "month")
    try:
        return DateResult(date(y, m, int(day)).isoformat(), "day")
    except ValueError:
        return DateResult(code="date_bad_day", part=f"{y}-{m}-{int(day)}")


def _search(text: str) -> DateResult:
    """One date inside a short remark: "已于2026年3月5日开工", "预计2026年5月"."""
    for pattern in (_FULL, _MONTH):
        hits = list(pattern.finditer(text))
        if len(hits) > 1:
            return DateResult(code="date_several", part=text)
        if not hits:
            continue
        result = _from_match(hits[0], text)
        rest = text[: hits[0].start()] + text[hits[0].end() :]
        if result.code:
            return result
        if _PLANNED.search(rest):
            return DateResult(result.value, result.precision, "date_planned", text, planned=True)
        code = "" if _DONE_WORDS.match(rest) else "date_with_words"
        return DateResult(result.value, result.precision, code, text)
    return DateResult(code="date_unreadable", part=text)
