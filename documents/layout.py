"""Decisions that the docx and html renderers share."""

from __future__ import annotations

from collections.abc import Iterable

from documents.fit import fit_table
from documents.model import Attachment, Block, Column, Document, Table
from documents.text import chinese_date

LONG_TEXT = 14


def imprint_rows(document: Document) -> list[tuple[str, str]]:
    """Lines of the 版记 as (left, right). A letter has no 印发机关 and date (10.1)."""
    rows = [(f"抄送：{document.copies}。", "")] if document.copies else []
    if document.layout == "document" and (document.printed_by or document.printed_on):
        printed = f"{chinese_date(document.printed_on)}印发" if document.printed_on else ""
        rows.append((document.printed_by, printed))
    return rows


def attachment_names(document: Document) -> list[tuple[str, str]]:
    """附件说明 as (lead, name): one attachment has no number; no punctuation after a name (7.3.4)."""
    names = [attachment.title for attachment in document.annexes]
    lines = []
    for index, name in enumerate(names, start=1):
        lead = ("附件：" if index == 1 else "") + (f"{index}. " if len(names) > 1 else "")
        lines.append((lead, name.rstrip("。；;，,")))
    return lines


def attachment_pages(document: Document) -> list[tuple[str, Attachment]]:
    """Attachments with content and the label over each: 附件, or 附件1, 附件2 by their place in the list."""
    several = len(document.annexes) > 1
    return [
        (f"附件{number}" if several else "附件", attachment)
        for number, attachment in enumerate(document.annexes, start=1)
        if attachment.blocks
    ]


def any_wide(blocks: Iterable[Block]) -> bool:
    """Whether a table among them lies across the page."""
    return any(isinstance(block, Table) and fit_table(block).landscape for block in blocks)


def justify(column: Column, text: str) -> str:
    """left, right or "" (centred, the default): amounts line up at the right, long texts begin at the left."""
    if column.align != "auto":
        return "" if column.align == "center" else column.align
    if column.kind == "amount":
        return "right"
    return "left" if len(text) > LONG_TEXT and not column.is_number else ""
