"""A circular as a document value: organ, number, title, the edited words, the frozen tables. Chinese only."""

from accounts.models import Division, Tier
from documents.model import Attachment, Block, Document, Heading, Paragraph
from policy.periods import Period
from reporting.circulars.models import Circular
from reporting.reports.content import ReportContent
from reporting.reports.services import content_of
from reporting.reports.tables import all_tables
from supervision.letters.organs import organ_of


def title_for(unit: Division, period: Period) -> str:
    area = {int(Tier.PROVINCE): "全省", int(Tier.CITY): "全市"}.get(unit.tier, unit.name)
    return f"关于{period.label}{area}招商引资签约项目推进情况的通报"


def addressees_for(unit: Division) -> str:
    return {
        int(Tier.PROVINCE): "各市（地）人民政府（行署），省直有关部门",
        int(Tier.CITY): "各县（市、区）人民政府，市直有关部门",
    }.get(unit.tier, "县直有关部门")


def document_of(circular: Circular) -> Document:
    """Words from the circular, tables from its frozen report: rendered again at any time with the same figures."""
    content = content_of(circular.report)
    organ = organ_of(circular.unit)
    blocks: list[Block] = [Paragraph(opening(content))]
    for section in circular.body:
        if section["heading"]:
            blocks.append(Heading(1, section["heading"]))
        blocks += [Paragraph(text) for text in section["paragraphs"]]
    if circular.corrects:
        blocks.insert(
            0,
            Paragraph(
                f"{circular.corrects.number}《{circular.corrects.title}》有误，现予更正，以本通报为准。"
            ),
        )
    return Document(
        kind="circular",
        title=circular.title,
        blocks=tuple(blocks),
        organ=f"{organ}文件",
        number=circular.number,
        addressees=circular.addressees,
        signature=organ,
        date=circular.issued_on,
        attachments=tuple(Attachment(table.caption, (table,)) for table in all_tables(content)),
        copies=circular.copies,
        printed_by=organ,
        printed_on=circular.issued_on,
        draft=not circular.number,
    )


def opening(content: ReportContent) -> str:
    label = Period.parse(content.period).label
    return (
        f"按照《黑龙江省招商引资项目服务保障暂行办法》第二十条规定，现将{label}签约项目审批进度、"
        "开工建设、竣工验收和信息报送等情况通报如下："
    )
