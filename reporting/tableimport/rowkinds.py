"""What a row below the heading is: a project, or a subtotal, category, note, signature, blank."""

from __future__ import annotations

import re
from typing import Any

from .headings import plain_heading
from .margins import unit_stated
from .text import cell_text, squeeze, strip_marks

_SIGNATURE = re.compile(
    r"^(?:审核人?|填表人?|制表人?|填报人?|经办人?|复核人?|统计人?|(?:单位|部门|主要|分管|统计)?(?:负责人|领导)(?:签字|签名)?|联系人|"
    r"(?:联系)?电话|(?:填表|填报|制表|报送|上报)(?:日期|时间)|(?:填报|报送)单位|签字|签章|盖章)(?:\(.{0,6}\))?[:]"
)
_NOTE = re.compile(
    r"^(?:备注|附注|注意|注|说明|填表说明|填报说明|填报要求|备考|※|\*)(?:\d{0,2}[:、.]|[:：]|$)|^\d{1,2}[.、].{16,}"
)
_TOTAL = re.compile(r"(?:^|.{1,20}?)(?:合计|总计|小计|共计|总合计)(?:[:(（\d]|项目|共|数|$)")
_TOTAL_ALONE = re.compile(r"^(?:汇总|总数|计|总|全市|全县|全区|全省|全旗)$")
_SUBSET = re.compile(r"^(?:\(?[一二三四五六七八九十]?\)?、?)其中[:]?")
_CATEGORY = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．:]|第[一二三四五六七八九十]+[类部章、])"
)
_NUMERAL = re.compile(r"^[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.]?$")
_COUNT = re.compile(r"(?<![\d.])(\d{1,5})(?:个|项|户|家|宗)(?!月)")
_COUNT_AT_END = re.compile(r"[(（:]?共?计?\d{1,5}(?:个|项|户|家)(?:项目)?[)）]?$")
_PLACE = re.compile(r"(?:县|市|区|旗|州|盟|开发区|高新区|园区|新区|农场|林业局|管委会|示范区|本级)$")
_BARE_NUMBER = re.compile(r"^[(（]?\d{1,4}[)）]?[、.．]?$")


def count_in(texts: list[str]) -> int | None:
    """Number of projects a label row names: "合计|13个", "XX县（4个）", "合计|16"."""
    for text in texts:
        if found := _COUNT.search(squeeze(text)):
            return int(found[1])
    for text in texts[1:]:
        if re.fullmatch(r"\d{1,5}", text):
            return int(text)
    return None


def place_of(label: str) -> str:
    """Place a category names ("一、齐齐哈尔市克山县（4个）" → "齐齐哈尔市克山县"), "" when it names something else."""
    text = squeeze(label)
    text = (
        re.sub(r"^[(（]?[一二三四五六七八九十\d]{1,3}[)）]?[、.．:]?", "", text)
        if _CATEGORY.match(text) or text[:1].isdigit()
        else text
    )
    text = re.sub(
        r"(?:合计|小计|共计)?[(（:]?(?:共?计?\d{1,5}(?:个|项|户|家)(?:项目)?)?[)）]?$", "", text
    ).strip(":、()")
    return text if 2 <= len(text) <= 20 and _PLACE.search(text) else ""


def classify(
    cells: list[tuple[int, Any]], seq: int | None, name: int, amounts: set[int], width: int
) -> tuple[str, str]:
    """("project", "") or (kind, text) of the non-blank ``cells`` (column, cell) of one row.

    ``seq``/``name`` are the columns of number and name, ``amounts`` those of amounts, ``width`` the table's columns.
    """
    if _is_plain_project(cells, seq, name):
        return "project", ""
    if not any(cell_text(cell).strip(" 0.-—/") for _, cell in cells):
        return "blank", ""
    labels = [
        (at, squeeze(cell_text(cell))) for at, cell in cells if at <= max(name, seq or 0) or at == cells[0][0]
    ]
    first = labels[0][1] if labels else ""
    joined = "".join(text for _, text in labels)
    texts = [(at, squeeze(cell_text(cell))) for at, cell in cells]
    named = squeeze(next((cell_text(cell) for at, cell in cells if at == name), ""))
    # Everything in the row but number, name and figures: what only a project has.
    facts = [
        text for at, text in texts if at not in (seq, name) and at not in amounts and not _is_figure(text)
    ]
    if first and cells[0][0] == labels[0][0]:
        kind = _margin_kind(first, len(cells), facts, width)
        if kind:
            return kind, joined if kind == "subtotal" else " ".join(text for _, text in texts)
    own_facts = [text for text in facts if text != first]
    if _is_total(labels, own_facts):
        return "subtotal", joined
    if _is_category(first, named, joined, own_facts, cells, seq, name):
        return "category", joined
    if _is_template(named, first, cells, seq, name):
        return "blank", joined
    return "project", ""


def _is_plain_project(cells: list[tuple[int, Any]], seq: int | None, name: int) -> bool:
    """The common case, told at a glance: a number, a name, and at least three more cells, two of them texts."""
    if (
        seq is None
        or len(cells) < 5
        or cells[0][0] != seq
        or cells[1][0] != name
        or type(cells[1][1]) is not str
    ):
        return False
    number = cells[0][1]
    numbered = isinstance(number, (int, float)) or (
        isinstance(number, str) and bool(_BARE_NUMBER.match(number.strip()))
    )
    return numbered and "计" not in cells[1][1] and sum(type(cell) is str for _, cell in cells[2:]) >= 2


def _is_figure(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?[\d,.]+%?|\d+(?:个|项|户|家)|[-—/]+", text))


def _margin_kind(first: str, filled: int, facts: list[str], width: int) -> str:
    if _SIGNATURE.match(first) and filled <= max(6, width // 2):
        return "signature"
    few = filled <= 2
    if _NOTE.match(first) and few and not _TOTAL.match(first):
        return "note"
    if unit_stated(first) and filled <= 4 and len(first) < 30:
        return "unit"
    if (
        filled == 1
        and re.search(r"(?:台账|台帐|汇总表|明细表|情况表|统计表|一览表)$", first)
        and len(first) > 8
    ):
        return "title"
    return "note" if filled == 1 and len(first) > 60 else ""


def _is_total(labels: list[tuple[int, str]], facts: list[str]) -> bool:
    for _, text in labels[:3]:
        if _TOTAL.match(text) or _TOTAL_ALONE.match(text) or _SUBSET.match(text):
            return not [fact for fact in facts if not _TOTAL.match(fact) and not _COUNT.fullmatch(fact)]
    return False


def _is_category(
    first: str,
    named: str,
    joined: str,
    facts: list[str],
    cells: list[tuple[int, Any]],
    seq: int | None,
    name: int,
) -> bool:
    if facts:
        return False
    if _CATEGORY.match(first) or _NUMERAL.match(first):
        return True
    numbered = cells[0][0] == seq and bool(_BARE_NUMBER.match(first))
    if not numbered and _COUNT_AT_END.search(joined):
        return True
    if len(cells) > 1 and not all(
        at in (seq, name) or _is_figure(squeeze(cell_text(cell))) for at, cell in cells
    ):
        return False
    if cells[0][0] == seq and not numbered:
        return not named or len(joined) <= 12
    # A name alone: a place or a class of projects stands above its rows, a real name is asked about.
    alone = len(cells) == 1 and cells[0][0] == name
    return (
        alone
        and bool(_PLACE.search(first) or re.search(r"(?:类|产业|行业|工业|农业|服务业|项目)$", first))
        and len(first) <= 14
    )


def _is_template(named: str, first: str, cells: list[tuple[int, Any]], seq: int | None, name: int) -> bool:
    """A numbered row without content, or with the heading's own words in it."""
    if not named:
        return all(at == seq for at, _ in cells) and bool(_BARE_NUMBER.match(first) or not strip_marks(first))
    return (
        plain_heading(named) in ("项目名称", "签约项目名称", "xx项目", "××项目", "示例", "例")
        and len(cells) <= 3
    )


def is_subset(text: str) -> bool:
    """A label such as "其中：在建重点项目（90项）": part of the rows, which part cannot be known."""
    return bool(_SUBSET.match(squeeze(text)))


def is_numbering_row(cells: list[tuple[int, Any]], width: int) -> bool:
    """A row of column numbers below the heading: 1 2 3 …, 甲 乙 1 2, A B C."""
    if len(cells) < max(3, width // 2):
        return False
    texts = [squeeze(cell_text(cell)).strip("()") for _, cell in cells]
    numbers = [int(text) for text in texts if text.isdigit()]
    letters = all(re.fullmatch(r"\d{1,3}|[甲乙丙丁戊己庚辛]|[a-zA-Z]|\d+=[\d+\-*/]+", text) for text in texts)
    return letters and (numbers == sorted(numbers)) and len(set(texts)) == len(texts)
