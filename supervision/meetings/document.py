"""The minutes as an official document (会议纪要). Chinese only."""

from typing import Any

from accounts.clock import BUSINESS_ZONE
from documents import Block, Column, Document, Heading, Paragraph, Table, chinese_date
from supervision.letters.organs import organ_of
from supervision.meetings.models import ITEM_ROADS, Attendance, InviteeKind, UnitMeeting

CAME = (
    (Attendance.PRESENT, "出席"),
    (Attendance.LATE, "迟到"),
    (Attendance.EXCUSED, "请假"),
    (Attendance.ABSENT, "缺席"),
)
ITEM_COLUMNS = (
    Column("n", "序号", 1, kind="integer", align="center"),
    Column("title", "议定事项", 6),
    Column("owner", "责任单位", 3),
    Column("due_on", "完成时限", 3, kind="date", align="center"),
)
CARRIED_COLUMNS = (
    Column("n", "序号", 1, kind="integer", align="center"),
    Column("title", "以往议定事项", 5),
    Column("owner", "责任单位", 3),
    Column("state", "当时状态", 2, align="center"),
    Column("note", "会议意见", 4),
)


def document_of(meeting: UnitMeeting) -> Document:
    """A held meeting; frozen facts only, so that the same page comes out at any time. Minutes carry no signature and no
    seal: their head names the organ, the foot the day they were printed."""
    organ = organ_of(meeting.unit)
    invitees = list(meeting.invitees.all())
    blocks: list[Block] = [Paragraph(_opening(meeting, organ))]
    if meeting.agenda:
        blocks += [Heading(1, "会议议程"), Paragraph(meeting.agenda)]
    blocks += [Heading(1, "会议议定"), Paragraph(meeting.minutes)]
    rows: Any
    items = list(meeting.items.select_related(*ITEM_ROADS))
    if items:
        rows = tuple(
            {
                "n": one.position,
                "title": one.title,
                "owner": one.owner_name,
                "due_on": one.due_on or _first_day(one),
            }
            for one in items
        )
        blocks += [Heading(1, "议定事项"), Table("", ITEM_COLUMNS, rows)]
    if carried := list(
        meeting.carried.select_related(
            "item__unit", "item__department", "item__ticket__division", "item__ticket__department"
        )
    ):
        rows = tuple(
            {
                "n": n,
                "title": one.item.title,
                "owner": one.item.owner_name,
                "state": one.state_then,
                "note": one.note,
            }
            for n, one in enumerate(carried, 1)
        )
        blocks += [Heading(1, "以往议定事项落实情况"), Table("", CARRIED_COLUMNS, rows)]
    blocks += [Paragraph(line) for line in _attendance(invitees)]
    held_on = meeting.meets_at.astimezone(BUSINESS_ZONE).date()
    return Document(
        kind="report",
        title=_title(meeting.subject),
        blocks=tuple(blocks),
        organ=f"{organ}会议纪要",
        number=meeting.number,
        copies=tuple(one.name for one in invitees if one.kind in (InviteeKind.UNIT, InviteeKind.DEPARTMENT)),
        printed_by=organ,
        printed_on=meeting.closed_at.astimezone(BUSINESS_ZONE).date() if meeting.closed_at else held_on,
    )  # fmt: skip


def _title(subject: str) -> str:
    """…座谈会纪要, …专题会议纪要."""
    if subject.endswith("纪要"):
        return subject
    return f"{subject}纪要" if subject.endswith(("会", "会议")) else f"{subject}会议纪要"


def _first_day(item: Any) -> Any:
    """The day set at the start where the meeting named none: a matter's first limit never moves."""
    matter = getattr(item, "matter", None)
    return matter.first_due_on if matter is not None else None


def _opening(meeting: UnitMeeting, organ: str) -> str:
    day = meeting.meets_at.astimezone(BUSINESS_ZONE).date()
    chair = f"，{meeting.chair}主持" if meeting.chair else ""
    return (
        f"{chinese_date(day)}，{organ}在{meeting.place}召开{meeting.get_kind_display()}{chair}，"
        f"研究“{meeting.subject}”。现将会议情况纪要如下："
    )


def _attendance(invitees: list[Any]) -> list[str]:
    lines = []
    for code, word in CAME:
        names = [
            f"{one.name}（{one.who_came}）" if one.who_came else one.name
            for one in invitees
            if one.attendance == code
        ]
        if names:
            lines.append(f"{word}：{'、'.join(names)}。")
    return lines
