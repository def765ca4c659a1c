"""The list of matters as a workbook: the ledger of supervision (督办台账), exactly the rows filtered. Chinese only."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.clock import local_date
from documents import Column, Document, Table
from supervision.matters.models import Matter
from supervision.matters.sources import label_of

COLUMNS = (
    Column("number", "编号", align="left"),
    Column("title", "督办事项", weight=4, align="left"),
    Column("project", "涉及项目", weight=3, align="left"),
    Column("source", "来源"),
    Column("issuer", "交办单位", align="left"),
    Column("holder", "承办单位（人）", weight=2, align="left"),
    Column("issued_on", "交办日期", kind="date"),
    Column("received_on", "签收日期", kind="date"),
    Column("first_due_on", "原定时限", kind="date"),
    Column("due_on", "办结时限", kind="date"),
    Column("state", "办理状态"),
    Column("step", "督办节点"),
    Column("step_since", "节点日期", kind="date"),
    Column("listed", "挂牌"),
    Column("closed_on", "办结日期", kind="date"),
    Column("check", "核查情况", weight=3, align="left"),
)
MOST = 20_000


def document_of(rows: Iterable[Matter], *, unit_name: str, on: date) -> Document:
    """Rows come with issuer, unit, department, person and project selected."""
    table = Table(caption="督办台账", columns=COLUMNS, rows=tuple(_row(row) for row in rows))
    return Document(kind="sheet", title=f"{unit_name}督办台账", blocks=(table,), date=on, draft=False)


def _row(row: Matter) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "project": row.project.name if row.project else "",
        "source": label_of(row.source),
        "issuer": row.issuer.name,
        "holder": row.holder_name,
        "issued_on": local_date(row.issued_at),
        "received_on": local_date(row.received_at) if row.received_at else None,
        "first_due_on": row.first_due_on,
        "due_on": row.due_on,
        "state": str(row.get_state_display()),
        "step": str(row.get_step_display()),
        "step_since": row.step_since,
        "listed": "挂牌" if row.is_listed else ("已摘牌" if row.listed_on else ""),
        "closed_on": local_date(row.closed_at) if row.closed_at else None,
        "check": row.check_note,
    }
