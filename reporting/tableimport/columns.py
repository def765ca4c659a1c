"""Which column is which field: known words with scores, the office's own learned mapping first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .headings import Block, Heading, plain_heading
from .text import column_letter
from .values import FIELDS, ColumnMatch
from .words import (
    ACTUAL,
    GENERIC,
    MONEY_GROUP,
    NODE_GENERIC,
    NODES,
    NOT_MONEY_GROUP,
    NOT_NODE,
    PLANNED,
    RULES,
    SURE,
    UNDER_MONEY,
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns of a table and where each field is. ``rivals``: field → two letters that fit equally well."""

    columns: tuple[ColumnMatch, ...]
    by_field: dict[str, int]
    place_columns: tuple[int, ...]
    rivals: dict[str, tuple[str, str]]


def heading_key(label: str) -> str:
    """Key under which an office's mapping of a heading is learned: every part plain, joined by "/"."""
    return "/".join(plain_heading(part) for part in label.split("/"))


def map_columns(block: Block, learned: dict[str, str] | None = None) -> Mapping:
    """Give each field its best column. ``learned``: heading_key → field code, or "" for a column to leave alone."""
    candidates: list[tuple[int, int, str]] = []
    fixed: dict[int, str] = {}
    for heading in block.headings:
        known = (learned or {}).get(heading_key(heading.label)) if heading.parts else None
        if known is not None and (known == "" or known in FIELDS):
            fixed[heading.column] = known
            if known:
                candidates.append((1000, heading.column, known))
        else:
            candidates += [(score, heading.column, field) for field, score in guess(heading.parts)]
    by_field, scores, rivals = _assign(candidates)
    _infer_name(block, by_field, scores)
    columns = tuple(_match(heading, by_field, scores) for heading in block.headings)
    place = by_field.get("place")
    return Mapping(columns, by_field, _place_columns(block, place, fixed), rivals)


def _assign(
    candidates: list[tuple[int, int, str]],
) -> tuple[dict[str, int], dict[int, int], dict[str, tuple[str, str]]]:
    """Best score first, left before right; one column per field, one field per column."""
    by_field: dict[str, int] = {}
    scores: dict[int, int] = {}
    rivals: dict[str, tuple[str, str]] = {}
    for score, column, field in sorted(candidates, key=lambda c: (-c[0], c[1])):
        if column in scores:
            continue
        if field in by_field:
            first = by_field[field]
            if scores[first] == score and field not in rivals and _matters(field):
                rivals[field] = (column_letter(first), column_letter(column))
            continue
        by_field[field] = column
        scores[column] = score
    return by_field, scores, rivals


def _infer_name(block: Block, by_field: dict[str, int], scores: dict[int, int]) -> None:
    """A table without the heading 项目名称 over its second column: the column right of the number is the name."""
    if "name" in by_field or "seq" not in by_field or len(by_field) < 4:
        return
    beside = by_field["seq"] + 1
    if any(h.column == beside and not h.parts for h in block.headings) and beside not in scores:
        by_field["name"], scores[beside] = beside, 0


def _matters(field: str) -> bool:
    """Fields whose doubt is worth a question; two 联系人 columns are not."""
    return field in (
        "name",
        "company",
        "contract_amount",
        "signed_on",
        "invested_month",
        "invested_total",
    ) or field[:5] in (
        "node.",
        "plan.",
    )


def _match(heading: Heading, by_field: dict[str, int], scores: dict[int, int]) -> ColumnMatch:
    field = next((name for name, column in by_field.items() if column == heading.column), None)
    sure = field is not None and scores[heading.column] >= SURE
    return ColumnMatch(column_letter(heading.column), heading.label, field, sure, heading.unit)


def _place_columns(block: Block, place: int | None, fixed: dict[int, str]) -> tuple[int, ...]:
    """A place may stand in two columns (市 | 县); they are read together, in their order."""
    if place is None or place in fixed:
        return () if place is None else (place,)
    tiers = {
        "市",
        "地市",
        "市地",
        "城市",
        "市州",
        "县",
        "区",
        "县区",
        "县市区",
        "区县",
        "县市",
        "旗县",
        "旗县市区",
        "盟市",
    }
    found = [h.column for h in block.headings if h.parts and plain_heading(h.parts[-1]) in tiers]
    return tuple(found) if place in found and len(found) == 2 else (place,)


@lru_cache(maxsize=4096)
def guess(parts: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Fields a heading may be, with scores: by its leaf, by parent and leaf together, as a milestone."""
    plain = [p for p in (plain_heading(part) for part in parts) if p]
    if not plain:
        return ()
    leaf = plain[-1]
    found: dict[str, int] = {}
    node = _guess_node(plain)
    if node is not None:
        found[node[0]] = node[1]
    texts = [] if len(plain) > 1 and GENERIC.match(leaf) else [(leaf, 0)]
    if len(plain) > 1:
        texts += [(plain[-2] + leaf, 0 if GENERIC.match(leaf) else -2)]
        if GENERIC.match(leaf):
            texts.append((leaf, -15 if _same_subject(leaf, plain[-2]) else -100))
    found |= _guess_money(plain)
    if len(plain) > 1 and leaf in ("合计", "小计", "总计", "总额", "总数"):
        texts = [(plain[-2], -1)]  # 总投资（合计 | 其中设备）
    for text, penalty in texts:
        for field, score, pattern in RULES:
            if pattern.fullmatch(text) and score + penalty > 0:
                found[field] = max(found.get(field, 0), score + penalty)
    return tuple(found.items())


def _guess_money(plain: list[str]) -> dict[str, int]:
    """A leaf such as 10月 or 累计 under a heading about money invested."""
    parents = "".join(plain[:-1])
    if not MONEY_GROUP.search(parents) or NOT_MONEY_GROUP.search(parents):
        return {}
    return {field: score for field, score, pattern in UNDER_MONEY if pattern.fullmatch(plain[-1])}


def _same_subject(leaf: str, parent: str) -> bool:
    """A generic leaf that keeps its meaning under this parent (联系人 under 业主单位, 县 under 承接地)."""
    if leaf in ("责任人", "负责人"):
        return not any(word in parent for word in ("业主", "企业", "投资", "项目单位"))
    if leaf in ("联系人", "联络人", "电话"):
        return True
    if leaf in ("县", "市", "区", "县区"):
        return not any(word in parent for word in ("领导", "投资", "单位"))
    return leaf in ("本月", "当月", "累计") and ("投资" in parent or "资金" in parent)


def _guess_node(plain: list[str]) -> tuple[str, int] | None:
    """A milestone's date column: "node.…" for actual dates, "plan.…" for planned ones."""
    leaf = plain[-1]
    parents = "".join(plain[:-1])
    subject, lift = leaf, 0
    if NODE_GENERIC.match(leaf) or leaf in ("计划", "实际"):
        subject, lift = (plain[-2], -5) if len(plain) > 1 else ("", 0)
    if (
        not subject
        or NOT_NODE.search(leaf)
        or len(subject) > 22
        or (subject != leaf and NOT_NODE.search(subject))
    ):
        return None
    code, score = next(((code, score) for code, score, pattern in NODES if pattern.search(subject)), ("", 0))
    if not code:
        return None
    if len(plain) > 1 and len(leaf) > 4 and not _date_like(leaf) and not _date_like(parents):
        lift -= 10
    planned = PLANNED.search(leaf) or (PLANNED.search(parents) and not ACTUAL.search(leaf + parents))
    return (f"{'plan' if planned else 'node'}.{code}", score + lift)


def _date_like(text: str) -> bool:
    return any(word in text for word in ("时间", "日期", "节点", "完成", "办结", "关键点", "许可"))
