"""Reads behind the pages of visits."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.permissions import Role
from accounts.scope import current_postings, holds, own_rows_q
from documents import Column, Document, Table
from projects.models import Project
from supervision.matters import queries as matters
from supervision.matters.models import Matter, MatterSource
from supervision.visits.models import RECORD, Outcome, Visit, VisitFinding
from supervision.visits.services import ISSUE

OUTCOMES = {Outcome.NEW: "待主管部门处理", Outcome.MATTER: "转为督办", Outcome.DECLINED: "未采纳"}


def is_supervisor(user: Any) -> bool:
    return any(posting.role == Role.INVITED_SUPERVISOR for posting in current_postings(user))


def projects_of(user: Any) -> QuerySet[Project]:
    """Projects the supervisor was granted: where a visit can be recorded."""
    if not holds(user, RECORD):
        return Project.objects.none()
    return Project.objects.visible_to(user).select_related("division").order_by("name")


def listed(user: Any) -> QuerySet[Visit]:
    """Visits the person may see, with how many findings there are and how many wait."""
    return (
        Visit.objects.visible_to(user)
        .select_related("project", "unit")
        .annotate(
            found=Count("findings"),
            waiting=Count("findings", filter=Q(findings__outcome=Outcome.NEW)),
            pressed=Count("findings", filter=Q(findings__outcome=Outcome.MATTER)),
        )
        .order_by("-visited_on", "-pk")
    )


def filtered(rows: QuerySet[Visit], wanted: dict[str, Any]) -> QuerySet[Visit]:
    if q := (wanted.get("q") or "").strip():
        rows = rows.filter(Q(number__icontains=q) | Q(project__name__icontains=q) | Q(by_name__icontains=q))
    if wanted.get("first"):
        rows = rows.filter(visited_on__gte=wanted["first"])
    if wanted.get("last"):
        rows = rows.filter(visited_on__lte=wanted["last"])
    show = wanted.get("show", "")
    if show == "none":
        return rows.filter(findings=None)
    if show:
        return rows.filter(pk__in=VisitFinding.objects.filter(outcome=show).values("visit_id"))
    return rows


def to_triage(user: Any) -> QuerySet[VisitFinding]:
    """Findings that wait for exactly the units the person is posted at as the competent office."""
    mine = own_rows_q(user, ISSUE, "visit__")  # by where the project lies now
    rows = VisitFinding.objects.filter(mine, outcome=Outcome.NEW, visit__in=Visit.objects.visible_to(user))
    return rows.select_related("visit__project", "visit__unit").order_by("visit__at", "pk")


def given(user: Any, findings: Iterable[int]) -> bool:
    """Whether the person sees a matter that was made of one of these findings."""
    rows = Matter.objects.visible_to(user)
    return rows.filter(source=MatterSource.VISIT, source_id__in=list(findings)).exists()


def given_visit(user: Any, pk: int) -> Visit | None:
    """The visit for somebody who has to mend what was found on it; None for everybody else."""
    found = Visit.objects.filter(pk=pk).select_related("project__division", "unit", "by").first()
    if found is None or not given(user, found.findings.values_list("pk", flat=True)):
        return None
    return found


def matters_of(findings: Iterable[VisitFinding], on: date) -> dict[int, Any]:
    """The matter's table row of each pressed finding, by the finding's id."""
    wanted = [one.pk for one in findings if one.outcome == Outcome.MATTER]
    rows = Matter.objects.filter(source=MatterSource.VISIT, source_id__in=wanted).select_related(
        *matters.CARRY
    )
    return {row.matter.source_id: row for row in matters.rows_of(rows, on)}


def list_document(rows: Iterable[Visit], title: str = "特邀监督员走访记录") -> Document:
    """The list as a workbook; `rows` carry found, waiting and pressed."""
    columns = (
        Column("number", "编号"), Column("day", "走访日期", kind="date"), Column("who", "特邀监督员"),
        Column("unit", "所在地"), Column("project", "项目"), Column("place", "地点"), Column("met", "走访对象"),
        Column("seen", "走访情况"), Column("found", "反映问题", kind="integer"),
        Column("waiting", "待处理", kind="integer"), Column("pressed", "转为督办", kind="integer"),
    )  # fmt: skip
    table = Table(
        caption=title, columns=columns, landscape=True,
        rows=tuple(
            {
                "number": row.number, "day": row.visited_on, "who": row.by_name, "unit": row.unit.name,
                "project": row.project.name, "place": row.place, "met": row.people_met, "seen": row.seen,
                "found": getattr(row, "found", 0), "waiting": getattr(row, "waiting", 0),
                "pressed": getattr(row, "pressed", 0),
            }
            for row in rows
        ),
    )  # fmt: skip
    return Document(kind="sheet", title=title, blocks=(table,), draft=False)
