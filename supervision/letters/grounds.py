"""What a paper rests on: found within the person's scope, its counters read, judged by `evidence`."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import override

from accounts.clock import local_date
from accounts.models import Department, Division, Obligation
from accounts.notify import STORED_LANGUAGE
from accounts.obligations import kinds
from approvals.checklist.due import promised_limit, statutory_limit, ticks_of, was_green
from approvals.checklist.models import ChecklistItem, ItemState
from approvals.tickets.clocks import held
from approvals.tickets.models import Ticket, TicketState
from documents import chinese_date
from policy.calendar import WorkCalendar
from policy.rules import Unit
from policy.services import current_calendar
from projects.models import Assignment, Milestone, Project, TeamRole
from projects.plans.models import ChangeState, PlanChange, PlanShift
from projects.units import host_unit
from supervision.letters import evidence
from supervision.letters.evidence import Hold, Source, Verdict
from supervision.letters.models import GroundKind, SupervisionPaper
from supervision.warnings.models import Warning


@dataclass(frozen=True, slots=True)
class Ground:
    """`row` is what the paper rests on; `unit` and `department` are who should be told; `basis` the text its own limit
    rests on. `links`: the foreign keys of a paper."""

    kind: str
    row: Any
    name: str
    project: Project | None
    unit: Division
    department: Department | None
    verdict: Verdict
    basis: str
    rule_id: str
    warning: Warning | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.row.pk}"

    @property
    def links(self) -> dict[str, Any]:
        own = {} if self.kind == GroundKind.PROBLEM else {self.kind: self.row}
        return own | {"warning": self.warning}

    @property
    def query(self) -> str:
        """The query of the address that drafts a paper on it; keeps the warning it came from."""
        if self.warning is not None:
            return f"warning={self.warning.pk}"
        name = "project" if self.kind == GroundKind.PROBLEM else self.kind
        return f"{name}={self.row.pk}"


def find(user: Any, kind: str, pk: int, on: date) -> Ground | None:
    """The ground the person asks for, within what they see; None outside it. `kind` may be "warning" or "project"."""
    calendar = current_calendar()
    with override(STORED_LANGUAGE):
        match kind:
            case "warning":
                warning = Warning.objects.visible_to(user).filter(pk=pk).first()
                return of_warning(user, warning, on) if warning else None
            case "item":
                item = _items(ChecklistItem.objects.visible_to(user)).filter(pk=pk).first()
                return of_item(item, on, calendar) if item else None
            case "ticket":
                ticket = _tickets(Ticket.objects.visible_to(user)).filter(pk=pk).first()
                return of_ticket(ticket, on, calendar) if ticket else None
            case "milestone":
                point = _points(Milestone.objects.visible_to(user)).filter(pk=pk).first()
                return of_milestone(point, on, calendar) if point else None
            case "obligation":
                duty = Obligation.objects.visible_to(user).select_related("unit").filter(pk=pk).first()
                return of_duty(duty, on, calendar) if duty else None
            case "project":
                rows = Project.objects.visible_to(user).select_related("division__parent", "company")
                project = rows.filter(pk=pk).first()
                return of_problem(project, on) if project else None
    return None


def again(paper: SupervisionPaper, on: date) -> Ground | None:
    """The same ground as it stands on `on`; None when its row is gone (a merged project, say)."""
    calendar = current_calendar()
    with override(STORED_LANGUAGE):
        if paper.ground == GroundKind.ITEM and paper.item_id:
            item = _items(ChecklistItem.objects.all()).filter(pk=paper.item_id).first()
            return of_item(item, on, calendar) if item else None
        if paper.ground == GroundKind.TICKET and paper.ticket_id:
            ticket = _tickets(Ticket.objects.all()).filter(pk=paper.ticket_id).first()
            return of_ticket(ticket, on, calendar) if ticket else None
        if paper.ground == GroundKind.MILESTONE and paper.milestone_id:
            point = _points(Milestone.objects.all()).filter(pk=paper.milestone_id).first()
            return of_milestone(point, on, calendar) if point else None
        if paper.ground == GroundKind.OBLIGATION and paper.obligation is not None:
            return of_duty(paper.obligation, on, calendar)
        if paper.ground == GroundKind.PROBLEM and paper.project is not None:
            return of_problem(paper.project, on)
    return None


def of_warning(user: Any, warning: Warning, on: date) -> Ground | None:
    """What the warning is about."""
    for kind in (GroundKind.ITEM, GroundKind.TICKET, GroundKind.MILESTONE, GroundKind.OBLIGATION):
        pk = getattr(warning, f"{kind.value}_id")
        found = find(user, kind.value, pk, on) if pk else None
        if found is not None:
            return _with_warning(found, warning)
    return None


def of_item(item: ChecklistItem, on: date, calendar: WorkCalendar) -> Ground:
    source = item_source_of(item, on, calendar)
    unit = item.department.division if item.department else host_unit(item.project)
    return Ground(
        GroundKind.ITEM, item, item.name, item.project, unit, item.department,
        evidence.of_one(source, on, calendar), source.basis, source.rule_id,
    )  # fmt: skip


def item_source_of(item: ChecklistItem, on: date, calendar: WorkCalendar) -> Source:
    """The counters of the item's present application."""
    events = list(item.events.order_by("pk"))
    ticks = ticks_of(events, item.round)
    return evidence.item_source(
        name=item.name,
        office=item.department.name if item.department else host_unit(item.project).name,
        limit=_limit_words(item, events),
        ticks=ticks,
        due_on=item.due_on,
        on=on,
        calendar=calendar,
        basis=(item.deadline or {}).get("basis", "") or item.basis,
        rule_id=(item.deadline or {}).get("rule", ""),
        url=reverse("checklist:item", args=[item.pk]),
    )


def _limit_words(item: ChecklistItem, events: list[Any]) -> str:
    """承诺时限（5 个工作日）, the limit the stored last day goes by."""
    if item.accepted_on is None:
        return "受理时限"
    promised = promised_limit(item, green=was_green(item, events))
    limit = promised or statutory_limit(item)
    if limit is None:
        return "时限"
    unit = "个工作日" if limit.unit is Unit.WORKING_DAYS else "日"
    words = f"{limit.days + limit.extra}{unit}" if limit.days + limit.extra else "即办"
    return f"{'承诺' if promised else '法定'}时限（{words}）"


def of_ticket(ticket: Ticket, on: date, calendar: WorkCalendar) -> Ground:
    holds = [
        Hold(one.label, one.side, one.from_on, one.to_on, one.days)
        for one in held(ticket.holds.all(), on, calendar)
    ]
    waits = ticket.state in (TicketState.PROPOSED, TicketState.AGREED)
    accepted = ticket.accepted_at or ticket.agreed_at
    source = evidence.ticket_source(
        name=ticket.title,
        office=ticket.holder_name,
        holds=holds,
        due_on=ticket.next_due_on if waits else ticket.due_on,
        accepted_on=local_date(accepted) if accepted else None,
        ended_on=local_date(ticket.closed_at) if ticket.closed_at else None,
        on=on,
        calendar=calendar,
        url=reverse("tickets:detail", args=[ticket.pk]),
    )
    told = (ticket.deadline or ticket.acceptance) or {}
    return Ground(
        GroundKind.TICKET, ticket, ticket.title, ticket.project, ticket.division, ticket.department,
        evidence.of_one(source, on, calendar), told.get("basis", ""), told.get("rule", ""),
    )  # fmt: skip


def of_milestone(point: Milestone, on: date, calendar: WorkCalendar) -> Ground:
    """With the approvals of its stage, and those of earlier stages in which the organ is over its limit."""
    stages = list(point.project.milestones.filter(position__lt=point.position).values_list("code", flat=True))
    rows = _items(ChecklistItem.objects.filter(project=point.project)).exclude(state=ItemState.NOT_NEEDED)
    sources, blocking = [], {}
    for item in rows.filter(stage__in=[*stages, point.code]):
        own = item.stage == point.code
        if not own and not (item.is_running and not item.is_paused and item.due_on and item.due_on < on):
            continue
        source = item_source_of(item, on, calendar)
        if own or source.party == evidence.ORGAN:
            sources.append(source)
            if source.party == evidence.ORGAN and source.ended_on is None:
                blocking[source.late_days] = item
    verdict = evidence.of_milestone(
        planned_on=point.planned_on, actual_on=point.actual_on, items=sources, declared=_declared(point, on), on=on,
        calendar=calendar,
    )  # fmt: skip
    worst = blocking[max(blocking)] if blocking else None
    department = worst.department if worst else None
    unit = department.division if department else host_unit(point.project)
    return Ground(
        GroundKind.MILESTONE, point, str(point.get_code_display()), point.project, unit, department, verdict,
        "经批准的现行计划", "",
    )  # fmt: skip


def _declared(point: Milestone, on: date) -> Source | None:
    """The cause named by the last change of plan for this key point that was not refused, else on the key point."""
    shift = (
        PlanShift.objects.filter(
            milestone=point, change__state__in=[ChangeState.APPROVED, ChangeState.WAITING]
        )
        .select_related("change")
        .order_by("-change__asked_at", "-pk")
        .first()
    )
    if shift is not None:
        change: PlanChange = shift.change
        day = chinese_date(local_date(change.asked_at))
        said = "经批准" if change.state == ChangeState.APPROVED else "待批准"
        why = f"{day}调整计划（{said}）认定为{change.get_party_display()}原因：{change.get_reason_display()}"
        return evidence.declared_source("计划调整", change.party, why, on)
    if point.delay_party:
        words = evidence.PARTY_WORDS.get(point.delay_party, point.delay_party)
        why = f"台账登记的延误责任方为{words}"
        return evidence.declared_source(
            "台账登记", point.delay_party, why + (f"：{point.delay_reason}" if point.delay_reason else ""), on
        )
    return None


def of_duty(duty: Obligation, on: date, calendar: WorkCalendar) -> Ground:
    ended = duty.met_on or duty.cancelled_on or (duty.last_day if duty.exempt_reason else None)
    project = None
    if duty.subject_type == "projects.project":
        project = (
            Project.objects.select_related("division__parent", "company").filter(pk=duty.subject_id).first()
        )
    label = kinds.label_of(duty.kind)
    source = evidence.duty_source(
        name=f"{duty.subject_label}{label}" if duty.subject_label else f"{duty.period}{label}",
        office=duty.unit.name, due_on=duty.last_day, met_on=ended, on=on, calendar=calendar,
        basis=duty.deadline.get("basis", ""), rule_id=duty.rule_id,
    )  # fmt: skip
    department = (
        Department.objects.filter(division=duty.unit, code=duty.department_code, valid_to=None).first()
        if duty.department_code
        else None
    )
    return Ground(
        GroundKind.OBLIGATION, duty, source.name, project, duty.unit, department,
        evidence.of_one(source, on, calendar), source.basis, source.rule_id,
    )  # fmt: skip


def of_problem(project: Project, on: date) -> Ground:
    """An outstanding problem a project raised: no counter, in the drafter's own words."""
    verdict = Verdict("", "项目反映的突出问题，没有单项计时", on, None, 0, None, ())
    return Ground(
        GroundKind.PROBLEM, project, "项目反映的突出问题", project, host_unit(project), None, verdict, "", ""
    )


def to_be_pressed(ground: Ground, unit: Division, *, organ_only: bool) -> Ground:
    """Whom a notice of `unit` on it goes to: whoever caused the delay. Where the regime presses whoever caused it and it
    was not the organ, no office is late with anything: the unit that has the project sees to it, and where that is
    `unit` itself, the project's lead department (else the office that handles it): nobody writes to oneself."""
    if organ_only or ground.verdict.party in ("", evidence.ORGAN) or ground.project is None:
        return ground
    host = host_unit(ground.project)
    if host.pk != unit.pk:
        return replace(ground, unit=host, department=None)
    lead = (
        Assignment.objects.current(ground.verdict.on)
        .filter(project=ground.project, role=TeamRole.LEAD_DEPARTMENT, department__division=host)
        .select_related("department")
        .order_by("-valid_from", "-pk")
        .first()
    )
    department = lead.department if lead else ground.department
    inside = department is not None and department.division_id == host.pk
    return replace(ground, unit=host, department=department if inside else None)


def choices(user: Any, project: Project, on: date) -> list[Ground]:
    """What is late in a project, each judged: items over their day, key points, tickets."""
    calendar = current_calendar()
    with override(STORED_LANGUAGE):
        items = _items(ChecklistItem.objects.visible_to(user)).filter(
            project=project, is_running=True, due_on__lt=on
        )
        points = _points(Milestone.objects.visible_to(user)).filter(
            project=project, actual_on=None, planned_on__lt=on
        )
        tickets = _tickets(Ticket.objects.visible_to(user)).open().filter(project=project, next_due_on__lt=on)
        return [
            *(of_item(one, on, calendar) for one in items),
            *(of_milestone(one, on, calendar) for one in points),
            *(of_ticket(one, on, calendar) for one in tickets),
        ]


def _items(rows: Any) -> Any:
    return rows.select_related("project__division__parent", "project__company", "department__division")


def _tickets(rows: Any) -> Any:
    return rows.select_related(
        "project__division__parent", "project__company", "division", "department", "person"
    ).prefetch_related("holds")


def _points(rows: Any) -> Any:
    return rows.select_related("project__division__parent", "project__company")


def _with_warning(ground: Ground, warning: Warning) -> Ground:
    return Ground(
        ground.kind, ground.row, ground.name, ground.project, ground.unit, ground.department, ground.verdict,
        ground.basis, ground.rule_id, warning,
    )  # fmt: skip
