"""The printed record of an inspection (督查检查记录), the conclusion to one unit, the list as a workbook. Chinese only."""

from collections.abc import Iterable

from accounts.clock import local_date
from documents import Block, Column, Document, Heading, Paragraph, Table, chinese_date
from policy.periods import Period
from supervision.inspections import draw as drawing
from supervision.inspections.models import (
    Conclusion,
    ConclusionState,
    Draw,
    FindingAction,
    Inspection,
    InspectionKind,
    InspectionState,
    ItemResult,
)
from supervision.inspections.photos import photo_pages
from supervision.letters.organs import organ_of
from supervision.matters.models import Matter, MatterSource

KINDS = {
    InspectionKind.REPORTED: "反映问题必查",
    InspectionKind.SCREENING: "不履约不落地排查",
    InspectionKind.TRACE_BACK: "撤回投资倒查",
    InspectionKind.SPOT_CHECK: "审批服务抽查",
    InspectionKind.VERIFICATION: "信息统计真实性核查",
}
RESULTS = {
    ItemResult.PENDING: "未检查",
    ItemResult.CLEAR: "未发现问题",
    ItemResult.PROBLEM: "发现问题",
    ItemResult.IMPOSSIBLE: "未能检查",
}
STATES = {
    InspectionState.PLANNED: "已计划",
    InspectionState.UNDER_WAY: "检查中",
    InspectionState.FINISHED: "已办结",
    InspectionState.CANCELLED: "已取消",
}
CONCLUSIONS = {
    ConclusionState.SENT: "已送达，未签收",
    ConclusionState.RECEIVED: "已签收",
    ConclusionState.OBJECTED: "已申请复核",
    ConclusionState.UPHELD: "复核维持",
    ConclusionState.CHANGED: "复核变更",
}


def kinds_text(inspection: Inspection) -> str:
    return "、".join(KINDS[InspectionKind(code)] for code in inspection.kinds)


def record_document(inspection: Inspection) -> Document:
    """The whole record: plan, authority, draw, results, findings with evidence, conclusions and objections; the photos
    of evidence in an attachment."""
    blocks: list[Block] = [Heading(1, "基本情况"), *_basics(inspection)]
    draws = list(inspection.draws.all())
    if draws:
        blocks += [Heading(1, "抽查抽取记录"), *[Paragraph(_draw_text(row)) for row in draws]]
    blocks += [Heading(1, "检查情况"), _items_table(inspection), Heading(1, "发现的问题")]
    findings = _findings_table(inspection)
    blocks.append(findings or Paragraph("未发现问题。"))
    pictures = photo_pages(inspection)
    if inspection.summary:
        blocks += [Heading(1, "督查结论"), Paragraph(inspection.summary)]
    sent = _conclusions_table(inspection)
    if sent is not None:
        blocks += [Heading(1, "结论送达与复核"), sent]
    blocks.append(Paragraph("检查人员签字：                    被检查单位签字：", indent=False))
    return Document(
        kind="sheet", title=f"督查检查记录\n{inspection.title}", blocks=tuple(blocks), number=inspection.number,
        signature=organ_of(inspection.unit),
        date=local_date(inspection.closed_at) if inspection.closed_at else None,
        draft=inspection.state != InspectionState.FINISHED, attachments=pictures,
    )  # fmt: skip


def conclusion_document(conclusion: Conclusion) -> Document:
    """The conclusion as a letter to the inspected unit, with its right to object (art. 17)."""
    inspection = conclusion.inspection
    organ = organ_of(inspection.unit)
    blocks: list[Block] = [Paragraph(conclusion.text)]
    if inspection.authority_document:
        blocks.append(
            Paragraph(
                f"本次督查由{inspection.authority_government}指定实施（{inspection.authority_document}）。"
            )
        )
    own = inspection.findings.filter(unit=conclusion.unit, action=FindingAction.MATTER)
    if conclusion.department_id:
        own = own.filter(department=conclusion.department)
    if own.exists():
        blocks.append(Paragraph("请按整改要求在时限内办结，并书面反馈结果。"))
    blocks.append(
        Paragraph("对本督查结论有异议的，可以自收到之日起30日内申请复核（《政府督查工作条例》第十七条）。")
    )
    return Document(
        kind="letter", title=f"关于{Period.parse(inspection.period).label}督查检查结论的函", blocks=tuple(blocks),
        organ=organ, number=inspection.number, addressees=conclusion.addressee, signature=organ,
        date=local_date(conclusion.sent_at), draft=False,
    )  # fmt: skip


def list_document(rows: Iterable[Inspection], title: str = "督查检查台账") -> Document:
    """The list of inspections; `rows` carry projects, found and pressed (see queries.listed)."""
    columns = (
        Column("number", "编号"), Column("unit", "检查单位"), Column("period", "期间"), Column("kinds", "方式"),
        Column("title", "名称"), Column("state", "状态"), Column("held", "检查日期"),
        Column("projects", "项目数", kind="integer"), Column("found", "发现问题", kind="integer"),
        Column("pressed", "转为督办", kind="integer"), Column("authority", "授权依据"),
    )  # fmt: skip
    table = Table(
        caption=title, columns=columns, landscape=True,
        rows=tuple(
            {
                "number": row.number, "unit": row.unit.name, "period": Period.parse(row.period).label,
                "kinds": kinds_text(row), "title": row.title, "state": STATES[InspectionState(row.state)],
                "held": _days(row), "projects": getattr(row, "projects", 0), "found": getattr(row, "found", 0),
                "pressed": getattr(row, "pressed", 0),
                "authority": f"{row.authority_government} {row.authority_document}".strip(),
            }
            for row in rows
        ),
    )  # fmt: skip
    return Document(kind="sheet", title=title, blocks=(table,), draft=False)


def _basics(inspection: Inspection) -> list[Block]:
    lines = [
        f"编号：{inspection.number}。检查单位：{organ_of(inspection.unit)}。期间：{Period.parse(inspection.period).label}。",
        f"检查方式：{kinds_text(inspection)}。",
        f"检查内容：{inspection.purpose}",
        f"计划日期：{chinese_date(inspection.planned_from)}至{chinese_date(inspection.planned_to)}。"
        + (f"检查日期：{_days(inspection)}。" if inspection.held_from else ""),
    ]
    if inspection.inspectors:
        lines.append(f"检查人员：{inspection.inspectors}。检查地点：{inspection.place}。")
    if inspection.authority_document:
        lines.append(
            f"授权依据：{inspection.authority_government}，{inspection.authority_document}"
            "（《政府督查工作条例》第七条）。"
        )
    return [Paragraph(line) for line in lines]


def _draw_text(row: Draw) -> str:
    state = "" if row.replaced_at is None else "（已被后一次抽取替换）"
    again = f"重抽理由：{row.reason}。" if row.reason else ""
    return (
        f"第{row.position}次抽取{state}：从{row.scope_text}{row.population_size}个中抽取{len(row.drawn)}个。{again}"
        f"种子：{row.seed}。总体指纹（SHA-256）：{row.fingerprint}。方法：{drawing.METHOD}。"
        f"抽取结果：{'、'.join(row.drawn)}。"
    )


def _items_table(inspection: Inspection) -> Table:
    rows = inspection.items.select_related("project", "unit")
    return Table(
        caption="检查项目",
        columns=(
            Column("number", "项目编号"), Column("name", "项目名称", weight=2), Column("unit", "所在地"),
            Column("kind", "方式"), Column("why", "列入原因", weight=2), Column("result", "结果"),
            Column("day", "检查日期", kind="date"), Column("text", "检查情况", weight=3),
        ),
        rows=tuple(
            {
                "number": row.project.number, "name": row.project.name, "unit": row.unit.name,
                "kind": KINDS[InspectionKind(row.kind)], "why": row.why, "result": RESULTS[ItemResult(row.result)],
                "day": row.looked_on, "text": row.result_text,
            }
            for row in rows
        ),
        landscape=True,
    )  # fmt: skip


def _findings_table(inspection: Inspection) -> Table | None:
    rows = list(
        inspection.findings.select_related("item__project", "unit", "department").prefetch_related("files")
    )
    if not rows:
        return None
    matters = dict(
        Matter.objects.filter(
            source=MatterSource.FINDING, source_id__in=[row.pk for row in rows]
        ).values_list("source_id", "number")
    )
    return Table(
        caption="问题清单",
        columns=(
            Column("n", "序号", kind="integer"), Column("project", "项目", weight=2), Column("fact", "事实", weight=3),
            Column("place", "地点"), Column("who", "责任单位"), Column("demand", "整改要求", weight=2),
            Column("due", "时限", kind="date"), Column("action", "处理"), Column("files", "证据", weight=2),
        ),
        rows=tuple(
            {
                "n": number, "project": row.item.project.name if row.item else "", "fact": row.fact, "place": row.place,
                "who": row.responsible, "demand": row.requirement, "due": row.due_on,
                "action": (
                    f"督办 {matters.get(row.pk, '')}" if row.action == FindingAction.MATTER
                    else f"不要求整改：{row.note}" if row.action == FindingAction.NOTED else "待定"
                ),
                "files": "；".join(f"{one.name}（{one.sha256[:12]}）" for one in row.files.all()),
            }
            for number, row in enumerate(rows, 1)
        ),
        notes=("证据后为文件 SHA-256 指纹的前 12 位；照片见附件，原件在系统中留存。",),
        landscape=True,
    )  # fmt: skip


def _conclusions_table(inspection: Inspection) -> Table | None:
    rows = list(inspection.conclusions.select_related("unit", "department").order_by("pk"))
    if not rows:
        return None
    return Table(
        caption="送达与复核",
        columns=(
            Column("to", "送达单位"), Column("sent", "送达日期", kind="date"), Column("got", "签收日期", kind="date"),
            Column("state", "状态"), Column("objection", "异议", weight=2), Column("decision", "复核决定", weight=2),
        ),
        rows=tuple(
            {
                "to": row.addressee, "sent": local_date(row.sent_at),
                "got": local_date(row.received_at) if row.received_at else None,
                "state": CONCLUSIONS[ConclusionState(row.state)], "objection": row.objection, "decision": row.decision,
            }
            for row in rows
        ),
    )  # fmt: skip


def _days(inspection: Inspection) -> str:
    if inspection.held_from is None:
        return ""
    first = chinese_date(inspection.held_from)
    if inspection.held_to is None or inspection.held_to == inspection.held_from:
        return first
    return f"{first}至{chinese_date(inspection.held_to)}"
