"""Workbooks of the lists. Chinese only: they go into official papers."""

from datetime import date
from typing import Any

from django.http import HttpResponse

from accounts.clock import BUSINESS_ZONE
from accounts.downloads import TABLE, document_download
from accounts.obligations import kinds
from documents import Column, Document, Table
from supervision.meetings.duties import period_of
from supervision.meetings.models import InviteeKind

MOST_ROWS = 5000


def meetings(rows: Any, on: date) -> HttpResponse:
    columns = (
        Column("kind", "会议类型"), Column("subject", "议题"), Column("unit", "召开单位"), Column("at", "时间"),
        Column("place", "地点"), Column("state", "状态"), Column("number", "纪要编号"), Column("chair", "主持人"),
        Column("invited", "应到", kind="integer"), Column("late", "迟到", kind="integer"),
        Column("missed", "缺席", kind="integer"), Column("items", "议定事项", kind="integer"),
    )  # fmt: skip
    lines = tuple(
        {
            "kind": str(row.get_kind_display()), "subject": row.subject, "unit": row.unit.name,
            "at": f"{row.meets_at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}", "place": row.place,
            "state": str(row.get_state_display()), "number": row.number, "chair": row.chair,
            "invited": row.invited_count, "late": row.late_count, "missed": row.missed_count, "items": row.item_count,
        }
        for row in rows.order_by("-meets_at", "-pk")[:MOST_ROWS]
    )  # fmt: skip
    return _book("会议台账", columns, lines, on)


def duties(rows: Any, on: date) -> HttpResponse:
    columns = (
        Column("duty", "应开会议"), Column("unit", "单位"), Column("period", "期间"),
        Column("last_day", "最后一日", kind="date"), Column("met_on", "召开日期", kind="date"),
        Column("state", "状态"),
    )  # fmt: skip
    lines = tuple(
        {
            "duty": kinds.label_of(row.kind), "unit": row.unit.name, "period": period_of(row).label,
            "last_day": row.last_day, "met_on": row.met_on, "state": str(row.state(on).label),
        }
        for row in rows[:MOST_ROWS]
    )  # fmt: skip
    return _book("定期会议召开情况", columns, lines, on)


def attendance(rows: Any, year: int, on: date) -> HttpResponse:
    columns = (
        Column("kind", "类别"), Column("name", "单位（人员）"), Column("asked", "应到次数", kind="integer"),
        Column("present", "出席", kind="integer"), Column("late", "迟到", kind="integer"),
        Column("excused", "请假", kind="integer"), Column("absent", "缺席", kind="integer"),
    )  # fmt: skip
    lines = tuple(row | {"kind": str(InviteeKind(row["kind"]).label)} for row in rows[:MOST_ROWS])
    return _book(f"{year}年会议和培训出勤情况", columns, lines, on)


def _book(title: str, columns: tuple[Column, ...], lines: tuple[Any, ...], on: date) -> HttpResponse:
    document = Document(kind="sheet", title=title, blocks=(Table(title, columns, lines),), date=on)
    answer = document_download(document, "xlsx", TABLE)
    answer["Cache-Control"] = "no-store, private"
    return answer
