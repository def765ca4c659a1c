"""Work orders as workbooks: the ledger of orders with their feedback, and the table of a quarterly round. Chinese only."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.clock import local_date
from documents import Column, Document, Table
from policy.periods import Period
from supervision.workorders.models import WorkOrderRound
from supervision.workorders.queries import Row

COLUMNS = (
    Column("number", "文号", align="left"),
    Column("title", "标题", weight=4, align="left"),
    Column("unit", "承办单位", weight=2, align="left"),
    Column("issued_on", "派发日期", kind="date"),
    Column("due_on", "反馈时限", kind="date"),
    Column("total", "项目数", kind="integer"),
    Column("answered", "已反馈", kind="integer"),
    Column("late", "逾期", kind="integer"),
    Column("closed", "已办结", kind="integer"),
    Column("rule", "派发范围", weight=3, align="left"),
)
ROUND_COLUMNS = (
    Column("name", "单位", weight=3, align="left"),
    Column("issued", "派发", kind="integer"),
    Column("received", "签收", kind="integer"),
    Column("answered", "反馈", kind="integer"),
    Column("in_time", "按时反馈", kind="integer"),
    Column("closed", "办结", kind="integer"),
    Column("late", "逾期未反馈", kind="integer"),
    Column("press", "催办", kind="integer"),
    Column("supervise", "督办", kind="integer"),
    Column("circulate", "通报", kind="integer"),
)
MOST = 5_000


def list_document(rows: Iterable[Row], *, unit_name: str, on: date) -> Document:
    table = Table(caption="工作单台账", columns=COLUMNS, rows=tuple(_row(row) for row in rows))
    return Document(
        kind="sheet", title=f"{unit_name}项目落地服务工作单台账", blocks=(table,), date=on, draft=False
    )


def _row(row: Row) -> dict[str, Any]:
    order = row.order
    return {
        "number": order.number,
        "title": order.title,
        "unit": order.addressee,
        "issued_on": local_date(order.issued_at),
        "due_on": order.due_on,
        "total": row.total,
        "answered": row.answered,
        "late": row.late,
        "closed": row.closed,
        "rule": order.rule_words,
    }


def round_document(found: WorkOrderRound) -> Document:
    period = Period.parse(found.period)
    keys = [column.key for column in ROUND_COLUMNS[1:]]
    table = Table(
        caption="工作单落实情况", columns=ROUND_COLUMNS, rows=tuple(found.figures),
        total={"name": "合计"} | {key: sum(line[key] for line in found.figures) for key in keys},
        notes=(f"截至{found.on.isoformat()}。",),
    )  # fmt: skip
    title = f"{found.issuer.name}{period.label}项目落地服务工作单落实情况"
    return Document(kind="sheet", title=title, blocks=(table,), date=found.on, draft=False)
