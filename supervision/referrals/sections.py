"""What the record says, section by section, as rows of plain text: read as the collecting person may see it.

The words are Chinese: they go into an official document.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from accounts.clock import BUSINESS_ZONE
from accounts.models import AuditChain, AuditRecord, Department
from approvals.checklist.queries import counters_of
from approvals.models import ChecklistItem, ItemFile, Ticket, TicketFile
from approvals.tickets.clocks import days_by_side, held
from approvals.tickets.states import LABELS as TICKET_LABELS
from policy.services import current_calendar
from projects.models import Milestone, Pause, Project
from supervision.letters.models import SupervisionPaper
from supervision.matters.models import Matter, MatterFile
from supervision.matters.states import LABELS as MATTER_LABELS
from supervision.warnings.models import Warning

MOST = 400  # rows of one kind, newest first; told when there are more
WAN = 10_000


@dataclass(frozen=True, slots=True)
class Section:
    """`columns`: key → heading; `rows`: key → text. `note` says what was left out."""

    code: str
    title: str
    columns: dict[str, str]
    rows: list[dict[str, str]]
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "title": self.title, "columns": self.columns, "rows": self.rows, "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A stored file of the record: whose it is, its name, where it lies, what its digest was when it was kept."""

    owner: str
    name: str
    path: str
    sha256: str
    size: int


@dataclass(slots=True)
class Found:
    """Everything collected. `objects`: (type, id) of each row, whose audit records belong to the evidence."""

    sections: list[Section] = field(default_factory=list)
    files: list[Source] = field(default_factory=list)
    objects: list[tuple[str, str]] = field(default_factory=list)

    def saw(self, rows: Iterable[Any]) -> None:
        self.objects += [(row._meta.label_lower, str(row.pk)) for row in rows]


def collect(
    user: Any, *, project: Project | None, matter: Matter | None, department: Department | None, on: date
) -> Found:
    """The record about the project, the matter and the office, as `user` may see it on `on`."""
    found = Found()
    if project is not None:
        _project(found, user, project)
    items = _capped(_items(user, project, department))
    _item_sections(found, user, items, on)
    if project is not None:
        _tickets(found, user, project, department, on)
    matters = _capped(_matters(user, project, matter, department))
    _matter_sections(found, matters)
    _letters(found, user, project, matters)
    if project is not None:
        _warnings(found, user, project)
    return found


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def moment(value: datetime | None) -> str:
    return f"{value.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}" if value else ""


def audit_of(objects: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Audit records of these rows with their place in the chain, and the heads of the chains they stand in."""
    by_type: dict[str, list[str]] = {}
    for kind, key in objects:
        by_type.setdefault(kind, []).append(key)
    wanted = Q(pk__in=[])
    for kind, keys in by_type.items():
        wanted |= Q(object_type=kind, object_id__in=keys)
    rows = AuditRecord.objects.filter(wanted).order_by("chain", "seq")
    records = [
        {
            "id": row.pk, "chain": row.chain, "seq": row.seq, "at": row.at.isoformat(), "action": row.action,
            "who": row.actor_name, "object": f"{row.object_type}:{row.object_id}", "hash": row.hash,
        }
        for row in rows.iterator(chunk_size=1000)
    ]  # fmt: skip
    chains = AuditChain.objects.filter(pk__in={one["chain"] for one in records}).order_by("pk")
    return {"records": records, "chains": [{"chain": c.pk, "seq": c.seq, "head": c.head} for c in chains]}


def _capped(rows: Any) -> list[Any]:
    return list(rows[:MOST])


def _left_out(count: int) -> str:
    return f"只列最近 {MOST} 条" if count >= MOST else ""


def _project(found: Found, user: Any, project: Project) -> None:
    amount = project.contract_amount_yuan
    facts = [
        ("项目编号", project.number), ("项目名称", project.name), ("投资方", project.investor),
        ("承接地", project.division.name), ("签约日期", day(project.signed_on)),
        ("合同投资额（万元）", f"{amount / WAN:,.2f}" if amount is not None else ""),
        ("到位资金（万元）", f"{project.invested_total_yuan / WAN:,.2f}"), ("状态", project.get_state_display()),
        ("牵头部门", project.lead_department), ("反映的问题", project.problem_text),
    ]  # fmt: skip
    rows = [{"name": name, "value": str(value)} for name, value in facts if value]
    found.sections.append(Section("project", "项目基本情况", {"name": "事项", "value": "内容"}, rows))
    points = list(Milestone.objects.visible_to(user).filter(project=project).order_by("position"))
    columns = {"name": "关键节点", "baseline": "首次计划", "planned": "现行计划", "actual": "实际完成"}
    rows = [
        {"name": str(one.get_code_display()), "baseline": day(one.baseline_on), "planned": day(one.planned_on),
         "actual": day(one.actual_on)}
        for one in points
    ]  # fmt: skip
    found.sections.append(Section("milestones", "关键节点", columns, rows))
    pauses = list(Pause.objects.visible_to(user).filter(project=project).order_by("starts_on"))
    columns = {"reason": "暂停原因", "party": "责任方", "from": "自", "to": "至", "note": "说明"}
    rows = [
        {"reason": str(one.get_reason_display()), "party": str(one.get_party_display()), "from": day(one.starts_on),
         "to": day(one.resumed_on), "note": one.note}
        for one in pauses
    ]  # fmt: skip
    found.sections.append(Section("pauses", "经批准的暂停", columns, rows))
    found.saw([project, *points, *pauses])


def _items(user: Any, project: Project | None, department: Department | None) -> Any:
    """Approval items of the project, of the office, or both; of an office alone those past their day."""
    rows = ChecklistItem.objects.visible_to(user).select_related("project", "department")
    if project is not None:
        rows = rows.filter(project=project)
    if department is not None:
        rows = rows.filter(department=department)
    if project is None:
        late = Q(ended_on__gt=F("due_on")) | Q(ended_on=None, is_running=True, due_on__isnull=False)
        rows = rows.filter(late) if department is not None else rows.none()
    return rows.prefetch_related("events").order_by("project_id", "position", "pk")


def _item_sections(found: Found, user: Any, items: list[ChecklistItem], on: date) -> None:
    columns = {
        "project": "项目", "name": "审批事项", "office": "承办部门", "state": "状态", "accepted": "受理",
        "due": "应办结", "statutory": "法定期限", "ended": "办结", "organ": "机关用时", "enterprise": "企业用时",
        "other": "其他用时",
    }  # fmt: skip
    rows, steps = [], []
    for item in items:
        events = list(item.events.all())
        days = counters_of(item, events, on)
        rows.append(
            {"project": item.project.name, "name": item.name, "office": item.department.name if item.department else "",
             "state": str(item.get_state_display()), "accepted": day(item.accepted_on), "due": day(item.due_on),
             "statutory": day(item.statutory_due_on), "ended": day(item.ended_on), "organ": str(days.organ),
             "enterprise": str(days.enterprise), "other": str(days.total - days.organ - days.enterprise)}
        )  # fmt: skip
        steps += [
            {"name": item.name, "on": day(one.on), "kind": str(one.get_kind_display()),
             "party": str(one.get_party_display()) if one.party else "", "office": one.by_office, "note": one.note}
            for one in events
        ]  # fmt: skip
    note = "用时为截至收集当日的工作日（即办件按自然日）；机关与企业分别计算。" + _left_out(len(items))
    found.sections.append(Section("items", "审批事项及两个计时", columns, rows, note))
    columns = {
        "name": "审批事项",
        "on": "日期",
        "kind": "环节",
        "party": "责任方",
        "office": "经办单位",
        "note": "说明",
    }
    found.sections.append(Section("events", "审批事项办理过程", columns, steps))
    for row in ItemFile.objects.visible_to(user).filter(item__in=items).select_related("item"):
        found.files.append(Source(f"审批事项 {row.item.name}", row.name, row.stored, row.sha256, row.size))
    found.saw(items)


def _tickets(found: Found, user: Any, project: Project, department: Department | None, on: date) -> None:
    query = Ticket.objects.visible_to(user).filter(project=project)
    if department is not None:
        query = query.filter(Q(department=department) | Q(holds__department=department)).distinct()
    tickets = _capped(query.prefetch_related("holds", "entries").order_by("-opened_at", "-pk"))
    columns = {
        "number": "编号", "title": "事项", "state": "状态", "opened": "提出", "due": "时限", "closed": "销号",
        "office": "服务方用时", "investor": "企业用时",
    }  # fmt: skip
    rows, holds, lines = [], [], []
    for ticket in tickets:
        clocks = held(ticket.holds.all(), on, current_calendar())
        sides = days_by_side(clocks)
        rows.append(
            {"number": ticket.number, "title": ticket.title, "state": str(ticket.get_state_display()),
             "opened": moment(ticket.opened_at), "due": day(ticket.due_on), "closed": moment(ticket.closed_at),
             "office": str(sides["office"]), "investor": str(sides["investor"])}
        )  # fmt: skip
        holds += [
            {"number": ticket.number, "who": one.label, "from": day(one.from_on), "to": day(one.to_on),
             "days": str(one.days)}
            for one in clocks
        ]  # fmt: skip
        lines += [
            {"number": ticket.number, "at": moment(one.at), "what": str(TICKET_LABELS.get(one.action, one.action)),
             "who": f"{one.office} {one.by_name}".strip(), "text": one.text}
            for one in ticket.entries.all()
        ]  # fmt: skip
    note = "用时为工作日。" + _left_out(len(tickets))
    found.sections.append(Section("tickets", "代办帮办事项", columns, rows, note))
    columns = {"number": "编号", "who": "在谁手上", "from": "自", "to": "至", "days": "工作日"}
    found.sections.append(Section("holds", "代办帮办事项各环节用时", columns, holds))
    columns = {"number": "编号", "at": "时间", "what": "环节", "who": "经办", "text": "内容"}
    found.sections.append(Section("ticket_entries", "代办帮办事项往来", columns, lines))
    for row in TicketFile.objects.filter(entry__ticket__in=tickets).select_related("entry__ticket"):
        owner = f"代办帮办事项 {row.entry.ticket.number}"
        found.files.append(Source(owner, row.name, row.path, row.sha256, row.size))
    found.saw(tickets)


def _matters(user: Any, project: Any, matter: Matter | None, department: Department | None) -> Any:
    rows = Matter.objects.visible_to(user).select_related("unit", "department", "person", "issuer")
    wanted = Q(pk__in=[])
    if matter is not None:
        wanted |= Q(pk=matter.pk)
    if project is not None:
        wanted |= Q(project=project, department=department) if department else Q(project=project)
    elif department is not None:
        wanted |= Q(department=department)
    return rows.filter(wanted).prefetch_related("entries").order_by("-issued_at", "-pk")


def _matter_sections(found: Found, matters: list[Matter]) -> None:
    columns = {
        "number": "编号", "title": "督办事项", "source": "来源", "unit": "承办单位", "issuer": "交办单位",
        "issued": "交办", "first": "原定期限", "due": "办理期限", "step": "督办层级", "state": "状态", "listed": "挂牌",
        "check": "核查情况",
    }  # fmt: skip
    rows = [
        {"number": one.number, "title": one.title, "source": str(one.get_source_display()), "unit": one.holder_name,
         "issuer": one.issuer.name, "issued": moment(one.issued_at), "first": day(one.first_due_on),
         "due": day(one.due_on), "step": str(one.get_step_display()), "state": str(one.get_state_display()),
         "listed": day(one.listed_on), "check": one.check_note}
        for one in matters
    ]  # fmt: skip
    found.sections.append(Section("matters", "督办事项", columns, rows, _left_out(len(matters))))
    lines = [
        {"number": one.number, "at": moment(line.at), "on": day(line.on),
         "what": str(MATTER_LABELS.get(line.kind, line.kind)), "who": f"{line.office} {line.by_name}".strip(),
         "text": line.text}
        for one in matters
        for line in one.entries.all()
    ]  # fmt: skip
    columns = {"number": "编号", "at": "时间", "on": "计算日", "what": "环节", "who": "经办", "text": "内容"}
    found.sections.append(Section("matter_entries", "督办事项办理过程", columns, lines))
    for row in MatterFile.objects.filter(entry__matter__in=matters).select_related("entry__matter"):
        owner = f"督办事项 {row.entry.matter.number}"
        found.files.append(Source(owner, row.name, row.path, row.sha256, row.size))
    found.saw(matters)


def _letters(found: Found, user: Any, project: Project | None, matters: list[Matter]) -> None:
    """Numbered notices and letters; the counters they rest on stand in the paper as frozen then."""
    wanted = Q(matter__in=matters)
    if project is not None:
        wanted |= Q(project=project)
    rows = SupervisionPaper.objects.visible_to(user).filter(wanted, number_seq__isnull=False)
    papers = _capped(rows.select_related("addressee", "department", "matter").order_by("-issued_on", "-pk"))
    columns = {
        "number": "文号", "kind": "文种", "title": "标题", "to": "主送", "issued": "发出", "due": "答复期限",
        "answered": "答复", "state": "办理状态", "party": "延误责任", "problem": "存在问题",
    }  # fmt: skip
    shown = [
        {"number": one.number, "kind": str(one.get_kind_display()), "title": one.title, "to": one.addressed_name,
         "issued": day(one.issued_on), "due": day(one.matter.due_on) if one.matter else "",
         "answered": moment(one.matter.answered_at) if one.matter else "",
         "state": str(one.matter.get_state_display()) if one.matter else str(one.get_state_display()),
         "party": str(one.get_party_display()) if one.party else "", "problem": one.problem}
        for one in papers
    ]  # fmt: skip
    found.sections.append(Section("letters", "督办通知书和督办函", columns, shown, _left_out(len(papers))))
    found.saw(papers)


def _warnings(found: Found, user: Any, project: Project) -> None:
    warnings = _capped(Warning.objects.visible_to(user).filter(project=project).order_by("-opened_on", "-pk"))
    columns = {
        "label": "预警事项", "level": "级别", "due": "应完成", "opened": "亮灯", "cleared": "解除", "plan": "整改措施",
        "note": "解除说明",
    }  # fmt: skip
    rows = [
        {"label": one.label, "level": str(one.get_level_display()), "due": day(one.due_on),
         "opened": day(one.opened_on), "cleared": day(one.cleared_on), "plan": one.plan_text, "note": one.clear_note}
        for one in warnings
    ]  # fmt: skip
    found.sections.append(Section("warnings", "预警亮灯", columns, rows, _left_out(len(warnings))))
    found.saw(warnings)
