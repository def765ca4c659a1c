"""A notice or a letter as a document value (domain.md §6.3): the words, and the clocks as an annex. Chinese only."""

from datetime import date
from typing import Any

from django.utils.translation import override

from accounts.notify import STORED_LANGUAGE
from documents import (
    Attachment,
    Block,
    Column,
    Document,
    Heading,
    Paragraph,
    Table,
    chinese_date,
    from_json,
)
from supervision.letters.models import PaperKind, SupervisionPaper
from supervision.letters.organs import document_kind, limit_days, organ_of

URGENCY_WORDS = {"urgent": "急件", "ordinary": "一般事项", "difficult": "疑难事项"}
COLUMNS = (
    Column("number", "序号", 5, align="center"),
    Column("name", "事项", 16),
    Column("office", "承办单位", 15),
    Column("start", "计时起", 13, kind="date"),
    Column("due", "时限", 13, kind="date"),
    Column("until", "计至", 13, kind="date"),
    Column("organ", "行政机关", 9, group="用时（工作日）", kind="integer"),
    Column("enterprise", "企业", 7, group="用时（工作日）", kind="integer"),
    Column("other", "其他", 7, group="用时（工作日）", kind="integer"),
    Column("late", "行政机关超时", 9, kind="integer"),
)


def document_of(paper: SupervisionPaper) -> Document:
    """The page as issued, or as it would be issued now."""
    if paper.document:
        return from_json(paper.document)
    return build(paper)


def build(paper: SupervisionPaper) -> Document:
    """From the fields as they stand; `paper.issued_on`, `number` and `matter` are empty while it is a draft."""
    with override(STORED_LANGUAGE):
        named = document_kind(paper.unit, paper.kind)
        organ = organ_of(paper.unit)
        as_letter = named.layout == "letter"
        table = clocks_table(paper.evidence)
        return Document(
            kind="letter" if as_letter else "notice",
            title=paper.title,
            blocks=tuple(_blocks(paper, named.name)),
            organ=organ if as_letter else f"{organ}文件",
            number=paper.number,
            addressees=paper.addressees,
            signature=organ,
            date=paper.issued_on,
            attachments=(Attachment("办理用时明细", (table,)),) if table else (),
            copies=paper.copies,
            printed_by=organ,
            printed_on=paper.issued_on,
            urgency="加急" if paper.urgency == "urgent" else "",
            draft=not paper.number,
            note=f"联系人：{paper.contact_name}，电话：{paper.contact_phone}",
        )


def _blocks(paper: SupervisionPaper, name: str) -> list[Block]:
    word = f"下达《{name}》" if paper.kind == PaperKind.LETTER else f"下发{name}"
    blocks: list[Block] = [Paragraph(f"根据{paper.basis}，现就有关事项{word}，请认真办理。")]
    if paper.authority:
        blocks.append(Paragraph(_authority(paper)))
    parts = [
        ("督办事由", paper.reason),
        ("项目基本情况", paper.overview),
        ("存在问题", paper.problem),
        ("办理要求", paper.demand),
        ("办结时限", limit_words(paper)),
        ("反馈方式", paper.feedback),
    ]
    for heading, text in parts:
        if text.strip():
            blocks += [Heading(1, heading), Paragraph(text)]
    return blocks


def _authority(paper: SupervisionPaper) -> str:
    when = f"{chinese_date(paper.authority_on)}" if paper.authority_on else ""
    by = f"（{paper.authority_number}）" if paper.authority_number else ""
    return f"依照《政府督查工作条例》第七条，本机关受{paper.authority}{when}指定{by}开展督查。"


def limit_words(paper: SupervisionPaper) -> str:
    """请于2026年12月11日前办结（一般事项，15个工作日）; before it is issued, the days alone."""
    kind = URGENCY_WORDS[paper.urgency]
    if paper.due_on:
        return f"请于{chinese_date(paper.due_on)}前（含当日）办结并反馈。"
    days = limit_days(paper.unit, paper.urgency, paper.issued_on or paper.evidence_on)
    if paper.matter is not None:
        day = chinese_date(paper.matter.first_due_on)
        return f"请于{day}前（含当日）办结并反馈（{kind}，自印发次日起{days}个工作日）。"
    return f"请自本件印发次日起{days}个工作日内办结并反馈（{kind}）。"


def clocks_table(evidence: dict[str, Any]) -> Table | None:
    """The counters as frozen; None where there is none."""
    sources = [one for one in evidence.get("sources", []) if one["kind"] != "declared"]
    if not sources:
        return None
    rows = tuple(
        {
            "number": str(number),
            "name": one["name"],
            "office": one["office"],
            "start": _day(one["start_on"]),
            "due": _day(one["due_on"]),
            "until": _day(one["until"]),
            "organ": one["organ_days"],
            "enterprise": one["enterprise_days"],
            "other": one["other_days"],
            "late": one["late_days"],
        }
        for number, one in enumerate(sources, 1)
    )
    skipped = list(dict.fromkeys(words for one in sources for words in one["skipped"]))
    notes = (
        "起算当日不计；企业补正、上报上级等依法不计入时限的时间不算行政机关用时。",
        *([f"计时中不计或者补计的日期：{'；'.join(skipped)}。"] if skipped else []),
        f"证据截至{chinese_date(date.fromisoformat(evidence['on']))}，来源为系统办理记录。",
    )
    return Table("办理用时明细", COLUMNS, rows, unit_note="单位：工作日", notes=notes, landscape=False)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
