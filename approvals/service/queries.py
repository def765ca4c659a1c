"""The workbench of whoever serves projects, and what has nobody: empty seats, silent logs (H7, H8, H11)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from approvals.service.models import MeetingState, ProblemMeeting, Result, ServiceEntry, Way
from approvals.tickets.models import Ticket
from approvals.tickets.queries import Row, listed, rows_of
from policy.lights import Light
from policy.services import current_calendar
from projects.lights import annotate_light, project_light, thresholds
from projects.models import Assignment, Milestone, Project, ProjectState, TeamRole

# Seats that a kickoff meeting fills; each list of roles counts as filled when one of them is (H7, H9–H11).
SEATS: dict[str, tuple[tuple[str, ...], Any]] = {
    "package_leader": ((TeamRole.PACKAGE_LEADER,), _("package leader")),
    "lead": ((TeamRole.LEAD_DEPARTMENT, TeamRole.TASK_FORCE_HEAD), _("task force or lead department")),
    "chief_service_officer": ((TeamRole.CHIEF_SERVICE_OFFICER,), _("chief service officer")),
    "service_specialist": ((TeamRole.SERVICE_SPECIALIST,), _("service specialist")),
}
BENCH_SHOWN = 50


@dataclass(slots=True)
class BenchRow:
    """One project on the workbench. `quiet`: working days since the last entry of the log, None = never."""

    project: Project
    light: Light
    days_left: int | None
    milestone: str
    roles: str
    open_tickets: int
    late_tickets: int
    last_on: date | None
    quiet: int | None
    vacant: list[str] = field(default_factory=list)


def own_projects(user: Any) -> QuerySet[Project]:
    """Projects on whose team the person sits, still running."""
    seats = Assignment.objects.filter(user=user, valid_to=None)
    return Project.objects.visible_to(user).filter(
        pk__in=seats.values("project_id"), state__in=[ProjectState.ACTIVE, ProjectState.DONE]
    )


def bench(user: Any, on: date) -> list[BenchRow]:
    """The person's own projects, the gravest light first. Six queries, whatever the number."""
    bounds, calendar = thresholds(on), current_calendar()
    rows: Any = annotate_light(own_projects(user), bounds).select_related("division")
    projects = list(rows.order_by("light_rank", "next_due_on", "pk")[:BENCH_SHOWN])
    ids = [project.pk for project in projects]
    points: dict[int, str] = {}
    for point in Milestone.objects.filter(
        project_id__in=ids, actual_on=None, planned_on__isnull=False
    ).order_by("planned_on", "position"):
        points.setdefault(point.project_id, str(point.get_code_display()))
    roles: dict[int, list[str]] = defaultdict(list)
    for seat in Assignment.objects.filter(user=user, valid_to=None, project_id__in=ids):
        roles[seat.project_id].append(str(seat.get_role_display()))
    tickets: dict[int, Any] = {
        row["project_id"]: row
        for row in Ticket.objects.open().filter(project_id__in=ids).order_by().values("project_id").annotate(
            n=Count("pk"), late=Count("pk", filter=Q(next_due_on__lt=on))
        )
    }  # fmt: skip
    logged = dict(
        ServiceEntry.objects.filter(project_id__in=ids)
        .order_by()
        .values_list("project_id")
        .annotate(Max("done_on"))
    )
    empty = vacancies_of(ids, on)
    found = []
    for project in projects:
        counted: dict[str, Any] = tickets.get(project.pk, {})
        last = logged.get(project.pk)
        found.append(
            BenchRow(
                project, project_light(project, bounds),
                calendar.left(on, project.next_due_on) if project.next_due_on and not project.paused else None,
                points.get(project.pk, ""), "、".join(roles[project.pk]), counted.get("n", 0), counted.get("late", 0),
                last, calendar.between(last, on) if last else None, empty.get(project.pk, []),
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """Return visits (回访) of some entries of the log: how many, by way and by result, each with its words.

    A result that was not asked yet when the line was written is counted in `total` alone.
    """

    total: int
    ways: list[tuple[Any, int]]
    results: list[tuple[Any, int]]


def visit_counts(entries: QuerySet[ServiceEntry]) -> VisitCounts:
    """One query, whatever the number."""
    rows = entries.exclude(way="").order_by().values_list("way", "result").annotate(n=Count("pk"))
    ways, results = dict.fromkeys(Way.values, 0), dict.fromkeys(Result.values, 0)
    for way, result, n in rows:
        ways[way] += n
        if result:
            results[result] += n
    return VisitCounts(
        sum(ways.values()),
        [(Way(code).label, n) for code, n in ways.items() if n],
        [(Result(code).label, n) for code, n in results.items() if n],
    )


def to_settle(user: Any, on: date) -> list[Row]:
    """Open tickets of the person's own projects that are late or lie above the county: what a leader settles."""
    rows = listed(user, on).filter(project__in=own_projects(user)).open()
    found = rows_of(rows[:BENCH_SHOWN], on)
    upper = [row for row in found if row.ticket.division.tier < row.ticket.project.division.tier]
    late = [row for row in found if row.light in (Light.RED, Light.AMBER) and row not in upper]
    return late + upper


def open_meetings(user: Any, at: datetime) -> QuerySet[ProblemMeeting]:
    """Meetings of the person's own projects that come, wait for their minutes, or are to be looked at again."""
    again = Q(state=MeetingState.HELD, follow_up_on__isnull=False, followed_at=None)
    rows = ProblemMeeting.objects.visible_to(user).filter(Q(state=MeetingState.CALLED) | again)
    return (
        rows.filter(project__in=own_projects(user))
        .select_related("project", "called_by")
        .order_by("meets_at")
    )


def _filled(roles: Sequence[str], on: date) -> Exists:
    return Exists(Assignment.objects.current(on).filter(project_id=OuterRef("pk"), role__in=roles))


def vacant_q(code: str, on: date) -> Any:
    """Projects in which nobody sits on the seat `code` of SEATS."""
    return ~_filled(SEATS[code][0], on)


def vacancies(user: Any, on: date, code: str = "") -> QuerySet[Project]:
    """Running projects past their kickoff meeting in which a seat is empty (the one asked for, or any).

    Before the meeting nobody is appointed yet; that it is missing is the duty's own light.
    """
    rows = Project.objects.visible_to(user).filter(state=ProjectState.ACTIVE, kickoff__isnull=False)
    if code in SEATS:
        return rows.filter(vacant_q(code, on))
    anything = Q(pk__in=[])
    for seat in SEATS:
        anything |= Q(vacant_q(seat, on))
    return rows.filter(anything)


def vacancy_counts(user: Any, on: date) -> dict[str, int]:
    rows = Project.objects.visible_to(user).filter(state=ProjectState.ACTIVE, kickoff__isnull=False)
    found = rows.order_by().aggregate(**{code: Count("pk", filter=Q(vacant_q(code, on))) for code in SEATS})
    return {code: found[code] or 0 for code in SEATS}


def vacancies_of(ids: Sequence[int], on: date) -> dict[int, list[str]]:
    """Names of the empty seats by project."""
    held: dict[int, set[str]] = defaultdict(set)
    for project_id, role in (
        Assignment.objects.current(on).filter(project_id__in=ids).values_list("project_id", "role")
    ):
        held[project_id].add(role)
    return {
        pk: [str(label) for roles, label in SEATS.values() if not held[pk] & set(roles)]
        for pk in ids
    }  # fmt: skip
