"""The two kinds of personal work of every project: serving on its team, and tickets given to one person."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Posting, User
from accounts.permissions import roles_with
from approvals.service.owned import Source, Thing
from approvals.tickets.models import Side, Ticket, TicketState
from approvals.tickets.moving import change_person
from projects.models import Assignment, ProjectState, TeamRole
from projects.services.team import succeed

OUTSIDE = (TeamRole.INVESTOR, TeamRole.COMPANY_CONTACT)
RUNNING = (ProjectState.ACTIVE,)


def _posted(on: date) -> Any:
    """Postings in force of active people who handle work, by the person of the outer row."""
    return Posting.objects.current(on).filter(role__in=roles_with("tickets.handle"), user__is_active=True)


def tickets_of(user: User, on: date) -> list[Thing]:
    rows = Ticket.objects.open().filter(person=user).select_related("project").order_by("next_due_on", "pk")
    return [_ticket(row) for row in rows]


def _ticket(row: Ticket, why: str = "") -> Thing:
    return Thing(
        "ticket", row.pk, str(row)[:200], row.project.name, reverse("tickets:detail", args=[row.pk]), why
    )


def move_tickets(pks: Sequence[int], giver: User, receiver: User, by: Any, at: datetime) -> set[int]:
    rows = Ticket.objects.open().filter(pk__in=pks, person=giver)
    rows = rows.select_related("project", "division", "department", "person")
    return {row.pk for row in rows if change_person(row, receiver, by=by, at=at)}


def lost_tickets(viewer: Any, on: date) -> QuerySet[Ticket]:
    """The office's turn, and: the named person is gone, the office is abolished, or nobody sits in it or above it."""
    rows = Ticket.objects.open() if viewer is None else Ticket.objects.visible_to(viewer).open()
    rows = rows.exclude(state=TicketState.PROPOSED, opened_side=Side.OFFICE)
    person_gone = Q(person__isnull=False) & ~Exists(_posted(on).filter(user_id=OuterRef("person_id")))
    abolished = Q(department__valid_to__lt=on)
    staffed = _posted(on).filter(
        Q(department_id=OuterRef("department_id")) | Q(division_id=OuterRef("division_id"), department=None)
        | Q(division_id=OuterRef("division_id"), role__in=roles_with("tickets.close_silent"))
    )  # fmt: skip
    nobody = Q(person=None) & ~Exists(staffed)
    return rows.filter(person_gone | abolished | nobody)


def ownerless_tickets(viewer: Any, on: date) -> Iterator[Thing]:
    for row in lost_tickets(viewer, on).select_related("project", "person").order_by("pk"):
        yield _ticket(row, _why_ticket(row, on))


def _why_ticket(row: Ticket, on: date) -> str:
    if row.person is not None:
        return _("%(name)s holds no posting any more") % {"name": row.person}
    if row.department is not None and row.department.valid_to and row.department.valid_to < on:
        return _("%(name)s was abolished") % {"name": row.department.name}
    return _("nobody is posted there")


def seats_of(user: User, on: date) -> list[Thing]:
    rows = Assignment.objects.filter(user=user, valid_to=None, project__state__in=RUNNING)
    rows = rows.exclude(role__in=OUTSIDE).select_related("project").order_by("project__name", "pk")
    return [_seat(row) for row in rows]


def _seat(row: Assignment, why: str = "") -> Thing:
    url = reverse("projects:detail", args=[row.project_id])
    return Thing("team", row.pk, str(row.get_role_display()), row.project.name, url, why)


def move_seats(pks: Sequence[int], giver: User, receiver: User, by: Any, at: datetime) -> set[int]:
    rows = Assignment.objects.filter(pk__in=pks, user=giver, valid_to=None).select_related("project", "user")
    moved = set()
    for row in rows.order_by("pk"):
        if succeed(assignment=row, user=receiver, by=by, at=at) is not None:
            moved.add(row.pk)
    return moved


def lost_seats(viewer: Any, on: date) -> QuerySet[Assignment]:
    """People on the team whose account is closed or who hold no posting any more."""
    rows = Assignment.objects.all() if viewer is None else Assignment.objects.visible_to(viewer)
    posted = Posting.objects.current(on).filter(user_id=OuterRef("user_id"), user__is_active=True)
    rows = rows.filter(~Exists(posted), user__isnull=False, valid_to=None, project__state__in=RUNNING)
    return rows.exclude(role__in=OUTSIDE)


def ownerless_seats(viewer: Any, on: date) -> Iterator[Thing]:
    for row in lost_seats(viewer, on).select_related("project", "user").order_by("pk"):
        yield _seat(row, _("%(name)s holds no posting any more") % {"name": row.name})


SOURCES = (
    Source(
        "team", gettext_lazy("Seat on a project's team"), seats_of, move_seats, ownerless_seats, lost_seats
    ),
    Source(
        "ticket", gettext_lazy("Assistance ticket"), tickets_of, move_tickets, ownerless_tickets, lost_tickets
    ),
)
