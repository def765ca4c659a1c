"""Dispatching work orders: one paper and number per unit, one matter per project, all or nothing, once per click."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Department, Division
from accounts.scope import posted_at
from documents import format_number, to_json
from projects.models import Project
from projects.numbers import take
from projects.text import clean
from supervision.letters.organs import word_of
from supervision.matters.access import handles
from supervision.matters.issuing import issue_matter
from supervision.matters.models import Matter, MatterSource, MatterState
from supervision.matters.moving import clean_text
from supervision.matters.queries import CARRY, for_source
from supervision.matters.services import receive_matter
from supervision.workorders import paper
from supervision.workorders.choosing import MOST, Rule, chosen, units_of
from supervision.workorders.models import AddressedTo, WorkOrder

ISSUE = "workorders.issue"
FEEDBACK = "work_order_feedback"


def dispatch(
    *,
    batch: UUID,
    issuer: Division,
    rule: Rule,
    project_ids: Sequence[int],
    department: Department | None = None,
    title: str,
    demand: str,
    basis: str = "",
    due_on: date | None = None,
    by: Any,
    at: datetime,
) -> list[WorkOrder]:
    """Issue one order per unit for the chosen projects; the same `batch` again gives the orders it gave before.

    `project_ids` were picked among those the rule finds. `due_on` None: by the rule work_order_feedback of the
    issuer's regime. Numbers are taken in the transaction: none is lost or doubled when it breaks off.
    """
    if not posted_at(by, issuer, ISSUE):
        raise PermissionDenied(ISSUE)
    if done := _done(batch, issuer):
        return done
    title, demand = _checked_words(title, demand)
    if rule.to == AddressedTo.DEPARTMENT and department is None:
        raise DomainError(
            "department_missing", _("Choose the department that gets the order."), field="department"
        )
    with transaction.atomic():
        # The office's row first: of two who dispatch at once the second waits and finds what the first one issued.
        Division.objects.select_for_update(no_key=True).get(pk=issuer.pk)
        if done := _done(batch, issuer):
            return done
        units = units_of(_checked_projects(rule, issuer, project_ids, by), rule.to, issuer)
        return [
            _issue(
                batch, issuer, unit, rows, rule=rule, title=title, demand=demand, basis=clean(basis)[:300],
                department=department if rule.to == AddressedTo.DEPARTMENT else None, due_on=due_on, by=by, at=at,
            )
            for unit, rows in units.values()
        ]  # fmt: skip


def _done(batch: UUID, issuer: Division) -> list[WorkOrder]:
    return list(WorkOrder.objects.filter(batch=batch, issuer=issuer).order_by("pk"))


def _issue(
    batch: UUID,
    issuer: Division,
    unit: Division,
    projects: Sequence[Project],
    *,
    rule: Rule,
    title: str,
    demand: str,
    basis: str,
    department: Department | None,
    due_on: date | None,
    by: Any,
    at: datetime,
) -> WorkOrder:
    year = local_date(at).year
    seq = take(f"工单-{issuer.pk}-{year}")
    order = WorkOrder.objects.create(
        batch=batch, issuer=issuer, unit=unit, department=department, title=title, demand=demand, basis=basis,
        number=format_number(word_of(issuer, paper.KIND), year, seq), number_year=year, number_seq=seq,
        rule=rule.to_json(), rule_words=rule.words()[:300], projects_count=len(projects),
        due_on=due_on or local_date(at), issued_by=by, issued_at=at, **unit.codes,
    )  # fmt: skip
    matters = [
        issue_matter(
            source=MatterSource.WORK_ORDER, source_id=order.pk, title=f"项目落地服务：{project.name}"[:120],
            demand=demand, issuer=issuer, unit=unit, department=department, project=project, due_on=due_on,
            rule_key=FEEDBACK, basis=basis or order.number, by=by, at=at,
        )
        for project in projects
    ]  # fmt: skip
    order.due_on, order.deadline = matters[0].due_on, matters[0].deadline
    rows = Matter.objects.filter(pk__in=[matter.pk for matter in matters]).order_by("pk")
    order.document = to_json(
        paper.build(order, rows.select_related("project__company", "project__division__parent"))
    )
    order.save(update_fields=["due_on", "deadline", "document"])
    audit.record(
        "work_order_issued", target=order, by=by, at=at,
        after={
            "number": order.number, "unit": unit.name, "projects": len(matters), "due_on": order.due_on,
            "rule": order.rule_words,
        },
    )  # fmt: skip
    return order


def receive_all(*, order: WorkOrder, by: Any, at: datetime) -> int:
    """Sign for every matter of the order that waits and lies with the person; how many were signed for."""
    waiting = [
        matter
        for matter in for_source(MatterSource.WORK_ORDER, order.pk).filter(state=MatterState.ISSUED)
        if handles(by, matter)
    ]
    if not waiting:
        others = for_source(MatterSource.WORK_ORDER, order.pk).select_related(*CARRY)
        if not any(handles(by, matter) for matter in others):
            raise PermissionDenied("matters.handle")
    with transaction.atomic():
        for matter in waiting:
            receive_matter(matter=matter, by=by, at=at)
    return len(waiting)


def _checked_words(title: str, demand: str) -> tuple[str, str]:
    title, demand = clean(title), clean_text(demand, "demand")
    if not title:
        raise DomainError("title_missing", _("Give the work order a title."), field="title")
    if len(title) > 120:
        raise DomainError(
            "title_too_long",
            _("This has %(n)d characters; at most 120 are possible. Put the rest into what is demanded.")
            % {"n": len(title)},
            field="title",
        )
    if not demand:
        raise DomainError(
            "demand_missing", _("Say what is demanded and what has to be fed back."), field="demand"
        )
    return title, demand


def _checked_projects(rule: Rule, issuer: Division, project_ids: Sequence[int], by: Any) -> list[Project]:
    wanted = set(project_ids)
    if not wanted:
        raise DomainError("nothing_chosen", _("Choose at least one project."), field="projects")
    if len(wanted) > MOST:
        raise DomainError(
            "too_many",
            _("%(n)d projects are chosen; at most %(most)d go into one dispatch. Narrow the rule.")
            % {"n": len(wanted), "most": MOST},
            field="projects",
        )
    rows = list(chosen(rule, issuer, by).filter(pk__in=wanted))
    if len(rows) != len(wanted):
        known = Project.objects.visible_to(by).filter(pk__in=wanted - {row.pk for row in rows})
        raise DomainError(
            "no_longer_fits",
            _("These projects no longer fit the rule or have ended: %(names)s. Look at the list again.")
            % {"names": _names(known) or _("not known here")},
            field="projects",
        )
    if busy := [row for row in rows if getattr(row, "busy", False)]:
        raise DomainError(
            "order_open",
            _("An earlier work order is still open for: %(names)s. Remind the unit there, or take these out.")
            % {"names": _names(busy)},
            field="projects",
        )
    return rows


def _names(rows: Any) -> str:
    names = [row.name for row in rows[:4]]
    return pgettext("between items", ", ").join(names[:3]) + ("…" if len(names) > 3 else "")
