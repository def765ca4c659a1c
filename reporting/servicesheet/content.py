"""The service sheet of a project (项目服务单): both lists with contacts, to be printed and given to the investor (H13).

An official paper, so its words are Chinese.
"""

from datetime import date
from typing import Any

from django.utils.translation import override

from accounts.notify import STORED_LANGUAGE
from approvals.catalogue.spec import limit_text
from approvals.checklist.contacts import contact_for, team_of
from approvals.checklist.queries import Row, sheet_of
from approvals.tickets.models import Ticket
from documents import Block, Column, Document, Paragraph, Table
from projects.models import Assignment, Project, TeamRole
from projects.regime import regime_of, role_name

ITEMS = (
    Column("number", "序号", 6, align="center"),
    Column("stage", "阶段", 9),
    Column("item", "审批服务事项", 19),
    Column("materials", "申请材料", 23),
    Column("limit", "时限", 10),
    Column("result", "办理结果", 11),
    Column("office", "责任部门", 13),
    Column("contact", "联系人及电话", 21),
    Column("state", "状态", 13),
)
TICKETS = (
    Column("number", "序号", 6, align="center"),
    Column("title", "帮办事项", 24),
    Column("kind", "类别", 9),
    Column("holder", "承办单位和人员", 20),
    Column("due", "办结时限", 15, kind="date"),
    Column("materials", "需企业提供的材料", 17),
    Column("state", "状态", 13),
)
PEOPLE = (
    Column("role", "职责", 16),
    Column("name", "姓名", 10),
    Column("office", "单位和职务", 30),
    Column("phone", "电话", 16),
)


def sheet_document(project: Project, user: Any, on: date) -> Document:
    """What `user` may see of the project's two lists, as of `on`."""
    with override(STORED_LANGUAGE):
        blocks: list[Block] = [Paragraph(_head(project, on))]
        blocks += [_people(project, on), _items(project, user, on), _tickets(project, user)]
        return Document(
            kind="sheet", title=f"{project.name}\n项目服务单", blocks=tuple(blocks), date=on, draft=False
        )


def _head(project: Project, on: date) -> str:
    company = project.company.name if project.company else project.investor
    parts = [
        f"项目编号：{project.number}",
        f"投资方：{company or '—'}",
        f"承接地：{project.division.name}",
        f"签约日期：{project.signed_on or '—'}",
        f"清单截至：{on}",
    ]
    return "　".join(parts)


def _people(project: Project, on: date) -> Table:
    regime = regime_of(project.division)
    rows = [
        {"role": role_name(regime, row.role), "name": row.name, "office": row.office, "phone": row.phone}
        for row in served_by(project, on)
    ]
    return Table("服务人员", PEOPLE, tuple(rows) or ({"role": "尚未确定服务人员"},))


def served_by(project: Project, on: date) -> list[Assignment]:
    """Who serves the project. The company's own people serve nobody: their names and phones are not printed."""
    rows = Assignment.objects.current(on).filter(project=project).exclude(role=TeamRole.INVESTOR)
    return list(rows.order_by("role", "pk"))


def _items(project: Project, user: Any, on: date) -> Table:
    team = team_of(project, on)
    sheet = sheet_of(project, user, on)
    rows = []
    for number, row in enumerate((row for row in sheet.rows if row.item.state != "not_needed"), 1):
        item, contact = row.item, contact_for(row.item, team)
        rows.append(
            {
                "number": str(number),
                "stage": item.get_stage_display(),
                "item": f"{item.code} {item.name}",
                "materials": "；".join(item.materials),
                "limit": _limit(item),
                "result": item.result,
                "office": item.department.name if item.department else "",
                "contact": f"{contact.name}（{contact.role}） {contact.phone}".strip() if contact else "",
                "state": _state(row),
            }
        )
    return Table(
        "审批服务事项清单", ITEMS, tuple(rows) or ({"item": "尚未建立审批服务事项清单"},), landscape=True
    )


def _limit(item: Any) -> str:
    if item.kind == "immediate":
        return "即办"
    promised = limit_text(item.promised_days, item.promised_unit)
    statutory = limit_text(item.statutory_days, item.statutory_unit)
    parts = [f"承诺 {promised}" if promised else "", f"法定 {statutory}" if statutory else ""]
    return "，".join(part for part in parts if part)


def _state(row: Row) -> str:
    item = row.item
    if item.state == "decided":
        return f"{item.get_state_display()} {item.ended_on}"
    if item.is_running and item.due_on:
        return f"{item.get_state_display()}，截止 {item.due_on}"
    if item.missing:
        return f"{item.get_state_display()}：{'；'.join(item.missing)}"
    return str(item.get_state_display())


def _tickets(project: Project, user: Any) -> Table:
    tickets = (
        Ticket.objects.visible_to(user)
        .filter(project=project)
        .select_related("division", "department", "person")
    )
    rows = []
    for number, ticket in enumerate(tickets.order_by("opened_at", "pk"), 1):
        office = ticket.department.name if ticket.department else ticket.division.name
        person = f"{ticket.person.get_full_name()} {ticket.person.phone}".strip() if ticket.person else ""
        rows.append(
            {
                "number": str(number),
                "title": ticket.title,
                "kind": ticket.get_kind_display(),
                "holder": f"{office} {person}".strip(),
                "due": ticket.due_on,
                "materials": ticket.materials,
                "state": ticket.get_state_display(),
            }
        )
    return Table("代办帮办事项清单", TICKETS, tuple(rows) or ({"title": "没有帮办事项"},), landscape=True)
