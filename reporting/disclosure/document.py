"""The published circular as a document: the chosen words and the allowed figures, from the payload alone. Chinese only."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from documents import Attachment, Column, Document, Heading, Paragraph, Table, render
from documents.files import Format
from documents.model import Block, Row
from documents.text import chinese_date
from policy.periods import Period
from reporting.disclosure.allowlist import OFFICE_RATE, PUBLIC_RATES
from reporting.disclosure.models import Publication
from reporting.disclosure.present import handed_in
from reporting.reports.figures import OFFICIAL_NAMES

COLUMNS = (
    Column("name", "单位", weight=3, align="left"),
    Column("signed", "签约项目（个）", kind="integer"),
    Column("started", "已开工（个）", kind="integer"),
    Column("completed", "已竣工（个）", kind="integer"),
    Column("produced", "已投产（个）", kind="integer"),
    *(Column(key, OFFICIAL_NAMES[key], kind="percent") for key in PUBLIC_RATES),
)
HANDED_IN = (
    Column("name", "单位", weight=3, align="left"),
    Column("expected", "应报（份）", kind="integer"),
    Column("on_time", "按时", kind="integer"),
    Column("extended", "延期内", kind="integer"),
    Column("late", "迟报", kind="integer"),
    Column("missing", "缺报", kind="integer"),
    Column("exempt", "免报", kind="integer"),
    Column("open", "未到期", kind="integer"),
    Column("in_time", "按时报送率", kind="percent"),
)
DEPARTMENTS = (
    Column("name", "单位", weight=3, align="left"),
    Column("due", "应办结（项）", kind="integer", group="审批事项"),
    Column("on_time", "按时办结", kind="integer", group="审批事项"),
    Column("late", "逾期", kind="integer", group="审批事项"),
    Column("rate", "按时办结率", kind="percent", group="审批事项"),
    Column("letters", "收到（份）", kind="integer", group="督办文书"),
    Column("letters_answered", "已答复", kind="integer", group="督办文书"),
    Column("letters_late", "逾期", kind="integer", group="督办文书"),
    Column("rated", "评价（次）", kind="integer", group="好差评"),
    Column("good", "好评（次）", kind="integer", group="好差评"),
)
FEW = "少于 3 项（份、次）的只列数量，其余不公开。"
SMALL = "项目少于 3 个的单位，以及公开后可由合计推算出上述单位的，只列项目个数，比率不公开。"


def document_of(payload: Mapping[str, Any], organ: str) -> Document:
    """The public edition; it says that it is one."""
    label = Period.parse(payload["period"]).label
    cut_off = chinese_date(date.fromisoformat(payload["cut_off_on"]))
    blocks: list[Block] = [
        Paragraph(f"根据{payload['number']}公开发布{label}签约项目进展情况，数据截至{cut_off}。")
    ]
    for section in payload["sections"]:
        if section["heading"]:
            blocks.append(Heading(1, section["heading"]))
        blocks += [Paragraph(text) for text in section["paragraphs"]]
    return Document(
        kind="report",
        title=f"{payload['title']}\n（公开版）",
        blocks=tuple(blocks),
        organ=organ,
        number=payload["number"],
        signature=organ,
        date=date.fromisoformat(payload["issued_on"]),
        attachments=tuple(Attachment(table.caption, (table,)) for table in tables_of(payload)),
        draft=False,
    )


def tables_of(payload: Mapping[str, Any]) -> list[Table]:
    label = Period.parse(payload["period"]).label
    found = []
    if payload["units"]:
        found += [
            _figures(f"{label}签约项目进展（按单位）", payload["units"], payload),
            _handed_in(f"{label}台账报送情况", payload),
        ]
    if payload["counties"]:
        found.append(_figures(f"{label}签约项目进展（按县市区）", payload["counties"], payload))
    found = found or [_figures(f"{label}签约项目进展", (), payload)]
    return [*found, _departments(f"{label}部门审批办理情况", payload)] if payload.get("offices") else found


@lru_cache(maxsize=24)
def _rendered(pk: int, digest: str, format: Format) -> bytes:
    row = Publication.objects.select_related("unit").get(pk=pk, digest=digest)
    made = render(document_of(row.payload, row.unit.name), format)
    return made.encode() if isinstance(made, str) else made


def file_of(publication: Publication, format: Format) -> bytes:
    """docx, pdf or xlsx; made once per process, for what is published never changes."""
    return _rendered(publication.pk, publication.digest, format)


def _figures(caption: str, units: Sequence[Mapping[str, Any]], payload: Mapping[str, Any]) -> Table:
    rows = tuple({"name": unit["name"], **_cells(unit["figures"])} for unit in units)
    total = {"name": "合计" if units else payload["unit"]["name"], **_cells(payload["total"])}
    notes = tuple(
        f"{rule['definition']}"
        for key, rule in payload["rules"].items()
        if rule.get("definition") and key in PUBLIC_RATES
    )
    return Table(
        caption=caption,
        columns=COLUMNS,
        rows=rows or (total,),
        unit_note="单位：个",
        total=total if rows else None,
        notes=(SMALL, *notes),
    )


def _handed_in(caption: str, payload: Mapping[str, Any]) -> Table:
    rows = tuple({"name": unit["name"], **_handed(unit["discipline"])} for unit in payload["units"])
    return Table(
        caption=caption,
        columns=HANDED_IN,
        rows=rows,
        unit_note="单位：份",
        total={"name": "合计", **_handed(payload["discipline"])},
        notes=("按时报送率 =（按时 + 延期内）÷（应报 − 免报 − 未到期）。",),
    )


def _handed(discipline: Mapping[str, int]) -> Row:
    kept = handed_in(discipline)
    rate = kept.rate
    shares = {"in_time": Fraction(rate.numerator, rate.denominator)} if rate.denominator else {}
    return {**kept.to_json(), **shares}


def _departments(caption: str, payload: Mapping[str, Any]) -> Table:
    """By place; department by department stands in the open data. Nothing for payloads without it."""
    offices = payload["offices"]
    definition = payload["rules"].get(OFFICE_RATE, {}).get("definition", "")
    return Table(
        caption=caption,
        columns=DEPARTMENTS,
        rows=tuple({"name": one["name"], **_office_cells(one["figures"])} for one in offices["places"]),
        unit_note="单位：项、份、次",
        total={"name": "合计", **_office_cells(offices["total"])},
        notes=(FEW, definition),
        landscape=True,
    )


def _office_cells(figures: Mapping[str, Any]) -> Row:
    share = (
        Fraction(figures["on_time"], figures["due"])
        if figures.get("on_time") is not None and figures["due"]
        else None
    )
    return {**figures, "rate": share}


def _cells(figures: Mapping[str, Any]) -> Row:
    rates = figures.get("rates") or {}
    shares = {key: Fraction(n, d) for key, (n, d) in rates.items() if d}
    return {name: figures.get(name) for name in ("signed", "started", "completed", "produced")} | shares
