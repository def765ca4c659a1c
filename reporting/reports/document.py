"""A report as a document value: the office's words, then the frozen tables. Chinese only."""

from documents.model import Attachment, Block, Document, Heading, Paragraph
from policy.periods import Period
from reporting.reports.models import Edition, Report
from reporting.reports.services import content_of
from reporting.reports.tables import all_tables

KIND_NAMES = {7: "月报", 6: "季报", 4: "年报"}


def title_of(report: Report) -> str:
    period = Period.parse(report.period)
    name = KIND_NAMES[len(report.period)]
    edition = "（最终版）" if report.edition == Edition.FINAL else ""
    return f"{report.unit.name}{period.label}招商引资签约项目{name}{edition}"


def document_of(report: Report) -> Document:
    content = content_of(report)
    blocks: list[Block] = []
    for section in report.narrative:
        if section["heading"]:
            blocks.append(Heading(1, section["heading"]))
        blocks += [Paragraph(text) for text in section["paragraphs"]]
    return Document(
        kind="sheet",
        title=title_of(report),
        blocks=tuple(blocks),
        attachments=tuple(Attachment(table.caption, (table,)) for table in all_tables(content)),
        draft=False,
    )
