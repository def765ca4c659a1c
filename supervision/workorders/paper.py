"""A work order as a document value: organ, number, what is demanded, the list of projects. Chinese only."""

from collections.abc import Iterable
from typing import Any

from accounts.clock import local_date
from documents import Attachment, Block, Column, Document, Heading, Paragraph, Table, chinese_date, from_json
from projects.export import place_of
from projects.industries import industry_label
from supervision.letters.organs import government_of, organ_of, regime_of
from supervision.matters.models import Matter
from supervision.workorders.models import WorkOrder

KIND = "work_order"
COLUMNS = (
    Column("n", "序号", 4, align="center"),
    Column("matter", "事项编号", 20, align="left"),
    Column("name", "项目名称", 24, align="left"),
    Column("investor", "投资企业", 18, align="left"),
    Column("industry", "产业", 10),
    Column("place", "建设地址", 14, align="left"),
    Column("amount", "合同额", 13, kind="amount"),
    Column("signed", "签约日期", 13, kind="date"),
    Column("progress", "目前进展", 16, align="left"),
)


def document_of(order: WorkOrder) -> Document:
    return from_json(order.document)


def build(order: WorkOrder, matters: Iterable[Matter]) -> Document:
    """From the fields and its matters, each with its project and that project's company and division selected."""
    organ, on = organ_of(order.issuer), local_date(order.issued_at)
    named = regime_of(order.issuer).documents[KIND]
    table = Table(
        caption="项目清单", columns=COLUMNS, unit_note="单位：万元",
        rows=tuple(_row(n, matter) for n, matter in enumerate(matters, 1)),
    )  # fmt: skip
    kind: Any = "letter" if named.layout == "letter" else "notice"
    return Document(
        kind=kind,
        title=f"{named.name}\n{order.title}" if order.title != named.name else named.name,
        blocks=tuple(_blocks(order, named.name)),
        organ=organ if kind == "letter" else f"{organ}文件",
        number=order.number,
        addressees=order.department.name if order.department else government_of(order.unit),
        signature=organ,
        date=on,
        attachments=(Attachment("项目清单", (table,)),),
        printed_by=organ,
        printed_on=on,
    )


def _blocks(order: WorkOrder, name: str) -> list[Block]:
    basis = f"根据{order.basis}，" if order.basis else ""
    chosen = f"（{order.rule_words}）" if order.rule_words else ""
    opening = f"{basis}现派发{name}，涉及项目{order.projects_count}个{chosen}，请认真办理。"
    return [
        Paragraph(opening),
        Heading(1, "办理要求"),
        Paragraph(order.demand),
        Heading(1, "反馈时限"),
        Paragraph(
            f"请于{chinese_date(order.due_on)}前（含当日）逐个项目反馈推进情况、存在问题和下一步措施。"
            "逾期未反馈的，依次催办、督办、通报。"
        ),
    ]


def _row(n: int, matter: Matter) -> dict[str, Any]:
    project = matter.project
    if project is None:
        return {"n": n, "matter": matter.number}
    return {
        "n": n,
        "matter": matter.number,
        "name": project.name,
        "investor": project.company.name if project.company else project.investor,
        "industry": industry_label(project.industry_section, project.industry_4567, project.industry_text),
        "place": project.place or place_of(project),
        "amount": None if project.contract_amount_yuan is None else project.contract_amount_yuan / 10_000,
        "signed": project.signed_on,
        "progress": (project.progress_text or "")[:120],
    }
