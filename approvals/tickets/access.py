"""Who may do what with a ticket. Inside the scope without the right is 403; the scope itself is `visible_to`."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts import notify
from accounts.models import Posting, User
from accounts.permissions import PERMISSIONS, ROW_SCOPE, Role, RowScope
from accounts.scope import current_postings, own_departments, posted_at, postings_with
from approvals.tickets.models import Side, Ticket
from approvals.tickets.routing import place_of
from approvals.tickets.states import MOVES, Move
from projects.abilities import abilities
from projects.models import Assignment, Project, ProjectUserObjectPermission, TeamRole

# Those who answer for the whole project may act for whatever office of its own tier holds the ticket.
ANSWERABLE = {Role.CHIEF_SERVICE_OFFICER, Role.LEAD_DEPARTMENT, Role.PACKAGE_LEADER}


def side_of(user: Any, project: Project) -> str:
    """On whose side the user stands: the investor of this project, or the service side."""
    roles = {posting.role for posting in current_postings(user)}
    return Side.INVESTOR if Role.INVESTOR in roles else Side.OFFICE


def rights_over(user: Any, ticket: Ticket) -> frozenset[str]:
    """Permissions over this ticket: those over its project; to handle it for whoever holds it, to read for who held it."""
    held = set(abilities(user, ticket.project))
    if is_holder(user, ticket):
        held |= {"tickets.view", "tickets.handle"}
    elif "tickets.view" not in held and has_held(user, ticket):
        held.add("tickets.view")
    return frozenset(held)


def has_held(user: Any, ticket: Ticket) -> bool:
    """Whether the person or their office held it earlier: they keep seeing its thread (see Ticket.visible_to)."""
    handling = postings_with(user, "tickets.handle")
    if not handling:
        return False
    offices = own_departments(user, "tickets.handle")
    return ticket.holds.filter(Q(department_id__in=offices) | Q(person_id=user.pk)).exists()


def is_holder(user: Any, ticket: Ticket) -> bool:
    """The person it was given to, a colleague of the office that has it, the competent office of that tier, or —
    while it lies at the project's own tier — the project's leader, lead department or chief service officer."""
    granted: bool | None = None
    for posting in current_postings(user):
        if "tickets.handle" not in PERMISSIONS[posting.role]:
            continue
        if ticket.person_id == user.pk:
            return True
        if posting.department_id and posting.department_id == ticket.department_id:
            return True
        if ROW_SCOPE[posting.role] is RowScope.AREA and posting.division_id == ticket.division_id:
            return True
        if posting.role in ANSWERABLE and at_home(ticket):
            if granted is None:
                granted = ProjectUserObjectPermission.objects.filter(
                    user=user, content_object_id=ticket.project_id
                ).exists()
            if granted:
                return True
    return False


def at_home(ticket: Ticket) -> bool:
    """Whether it lies at the project's own tier, not above."""
    return ticket.division_id == place_of(ticket.project).pk


def may(user: Any, ticket: Ticket, code: str) -> bool:
    """Whether the move's button is shown; `require_move` decides."""
    move = MOVES[code]
    return ticket.state in move.sources and _fits(ticket, move) and _allowed(user, ticket, move)


def require_move(user: Any, ticket: Ticket, code: str) -> Move:
    """The move, or PermissionDenied. Whether the state still allows it is the compare-and-set's to find."""
    move = MOVES[code]
    if not _allowed(user, ticket, move):
        raise PermissionDenied(move.permission)
    return move


def _allowed(user: Any, ticket: Ticket, move: Move) -> bool:
    if side_of(user, ticket.project) != move.side:
        return False
    if move.by_holder:
        return is_holder(user, ticket)
    if (
        move.permission == "tickets.close_silent"
    ):  # the competent office of the very tier that holds it, no other
        return posted_at(user, ticket.division_id, move.permission)
    return move.permission in abilities(user, ticket.project)


def _fits(ticket: Ticket, move: Move) -> bool:
    return not move.opened_by or move.opened_by == ticket.opened_side


def investors_of(project: Project, on: date) -> list[User]:
    """Accounts of the investor that see this project."""
    return investors_by_project([project.pk], on).get(project.pk, [])


def investors_by_project(projects: Collection[int], on: date) -> dict[int, list[User]]:
    """Ids of projects → accounts of the investor that see each; left out where there is none. One statement."""
    rows = ProjectUserObjectPermission.objects.filter(
        content_object_id__in=projects, user__is_active=True,
        user__in=Posting.objects.current(on).filter(role=Role.INVESTOR).values("user_id"),
    ).select_related("user")  # fmt: skip
    found: dict[int, dict[int, User]] = {}
    for row in rows.order_by("user_id"):
        found.setdefault(row.content_object_id, {})[row.user_id] = row.user
    return {project: list(people.values()) for project, people in found.items()}


def holders_of(ticket: Ticket, on: date) -> list[User]:
    """Whom to tell: the person, else the office's people, else the competent office; the project's chief officer too
    while it lies at the project's own tier."""
    found: dict[int, User] = {}
    if ticket.person is not None and ticket.person.is_active:
        found[ticket.person.pk] = ticket.person
    elif ticket.department_id:
        roles = [role for role, held in PERMISSIONS.items() if "tickets.handle" in held]
        rows = User.objects.filter(
            Q(postings__valid_to=None) | Q(postings__valid_to__gte=on),
            postings__department_id=ticket.department_id, postings__role__in=roles, is_active=True,
            postings__valid_from__lte=on,
        )  # fmt: skip
        found |= {user.pk: user for user in rows.distinct()}
    if at_home(ticket):
        found |= {user.pk: user for user in officers_of(ticket.project, on)}
    if not found:
        found = {user.pk: user for user in notify.staff_of(ticket.division_id, "tickets.close_silent", on=on)}
    return list(found.values())


def officers_of(project: Project, on: date) -> list[User]:
    """The chief service officer's account, where there is one."""
    rows = Assignment.objects.current(on).filter(
        project=project, role=TeamRole.CHIEF_SERVICE_OFFICER, user__is_active=True
    )
    return [row.user for row in rows.select_related("user") if row.user is not None]


def people_of_office(ticket: Ticket, on: date) -> list[User]:
    """Who may be made the person in charge: people posted in the office that holds it who handle tickets."""
    roles = [role for role, held in PERMISSIONS.items() if "tickets.handle" in held]
    where = (
        Q(postings__department_id=ticket.department_id)
        if ticket.department_id
        else Q(postings__division_id=ticket.division_id)
    )
    rows = User.objects.filter(
        where, Q(postings__valid_to=None) | Q(postings__valid_to__gte=on), postings__role__in=roles,
        postings__valid_from__lte=on, is_active=True,
    )  # fmt: skip
    return list(rows.distinct().order_by("full_name", "pk"))
