"""The list of complaints as a workbook (投诉举报台账), exactly the rows filtered. Chinese only.

What was said stands in it as the version the office released for handler and unit, never in the complainant's own words;
no name, phone, mail, address or project. A row the person reads as its handler tells no more than the handler's page.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.clock import local_date
from accounts.scope import postings_with
from documents import Column, Document, Table
from supervision.complaints.models import Complaint
from supervision.complaints.states import State

PERMISSION = "complaints.view"
MOST = 5_000  # rows of one workbook
COLUMNS = (
    Column("number", "编号", align="left"),
    Column("unit", "被投诉单位", weight=2, align="left"),
    Column("kind", "类型"),
    Column("summary", "反映内容（隐去身份）", weight=5, align="left"),
    Column("received_on", "收到日期", kind="date"),
    Column("channel", "来源"),
    Column("signed", "署名"),
    Column("state", "办理状态"),
    Column("round", "轮次", kind="integer"),
    Column("due_on", "本环节时限", kind="date"),
    Column("late", "是否逾期"),
    Column("handler", "承办单位", weight=2, align="left"),
    Column("outcome", "核查结果"),
    Column("replied_on", "答复日期", kind="date"),
    Column("satisfied", "投诉人评价"),
    Column("pressed", "催办次数", kind="integer"),
    Column("escalated_on", "移送纪检日期", kind="date"),
    Column("closed_on", "了结日期", kind="date"),
)
# Beside the sorting office nobody is told on which day it came, how, whether signed, and what the complainant made of it.
OFFICE_ONLY = ("received_on", "channel", "signed", "replied_on", "satisfied", "escalated_on")
NOTE = "内容为受理机关审核后的版本，不含投诉人身份信息；不得据此打听、追查投诉人。"


def export_list(*, rows: QuerySet[Complaint], wanted: dict[str, Any], by: Any, at: datetime) -> Document:
    """The workbook of `rows`, which come from `queries.listed`, at most `MOST`; who took it out is on record.

    `wanted`: the filter. What was typed as a search is not recorded: it might be a name.
    """
    units = [one.division for one in postings_with(by, PERMISSION)]
    if not units:
        raise PermissionDenied(PERMISSION)
    found = list(rows[:MOST])
    after = {name: str(value) for name, value in wanted.items() if name != "q"} | {"exported": len(found)}
    if wanted.get("q"):
        after["searched"] = True
    with transaction.atomic():
        audit.record("complaints_exported", target=units[0], by=by, at=at, after=after, codes=units[0].codes)
    return document_of(found, unit_name=units[0].name, on=local_date(at))


def document_of(rows: Iterable[Any], *, unit_name: str, on: date) -> Document:
    """Rows come with unit and handler selected and `is_office`: whether the reader sorts this complaint."""
    table = Table(
        caption="投诉举报台账", columns=COLUMNS, rows=tuple(_row(row, on) for row in rows), notes=(NOTE,)
    )
    return Document(kind="sheet", title=f"{unit_name}投诉举报台账", blocks=(table,), date=on, draft=False)


def _row(row: Any, on: date) -> dict[str, Any]:
    line = {
        "number": row.number,
        "unit": row.unit_name,
        "kind": str(row.get_kind_display()),
        "summary": row.summary,
        "received_on": row.received_on,
        "channel": str(row.get_channel_display()),
        "signed": "匿名" if row.anonymous else "实名",
        "state": str(row.get_state_display()),
        "round": row.round,
        "due_on": row.due_on,
        "late": "逾期" if row.due_on and row.due_on < on else "",
        "handler": _handler(row),
        "outcome": str(row.get_outcome_display()) if row.outcome else "",
        "replied_on": row.replied_on,
        "satisfied": {True: "满意", False: "不满意", None: ""}[row.satisfied],
        "pressed": row.pressed,
        "escalated_on": local_date(row.escalated_at) if row.escalated_at else None,
        "closed_on": row.closed_on,
    }
    return line if row.is_office else line | dict.fromkeys(OFFICE_ONLY)


def _handler(row: Any) -> str:
    if row.handler is not None:
        return str(row.handler.name)
    return "" if row.state in (State.RECEIVED, State.ACCEPTED, State.REFUSED) else "受理部门直接办理"
