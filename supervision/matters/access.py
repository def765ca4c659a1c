"""Who may do what with a matter. Inside the scope without the right is 403; the scope itself is `visible_to`."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts import notify
from accounts.models import Department, User
from accounts.permissions import PERMISSIONS, ROW_SCOPE, RowScope
from accounts.scope import current_postings, posted_at
from supervision.matters.levels import first_level
from supervision.matters.models import PRESSED_HARD, Matter
from supervision.matters.states import MOVES, Move

HANDLE, REFER = "matters.handle", "referrals.make"


def handles(user: Any, matter: Matter) -> bool:
    """Whoever does the work for the unit: the person it was given to, a colleague of the department that has it, the
    unit's office that answers for all of it; while no department is named, every area role of the unit."""
    for posting in current_postings(user):
        if HANDLE not in PERMISSIONS[posting.role]:
            continue
        if matter.person_id == user.pk:
            return True
        if posting.division_id != matter.unit_id:
            continue
        if matter.department_id and posting.department_id == matter.department_id:
            return True
        if ROW_SCOPE[posting.role] is not RowScope.AREA:
            continue
        if matter.department_id is None or "matters.judge" in PERMISSIONS[posting.role]:
            return True
    return False


def answers_for_unit(user: Any, matter: Matter) -> bool:
    """The unit's competent office, which may give the matter to any department of the unit."""
    return posted_at(user, matter.unit_id, "matters.judge")


def may(user: Any, matter: Matter, code: str, on: date) -> bool:
    """Whether the move's button is shown; `require_move` decides."""
    move = MOVES[code]
    return matter.state in move.sources and allowed(user, matter, move, on)


def require_move(user: Any, matter: Matter, code: str, on: date) -> Move:
    """The move, or PermissionDenied. Whether the state still allows it is the compare-and-set's to find."""
    move = MOVES[code]
    if not allowed(user, matter, move, on):
        raise PermissionDenied(move.permission)
    return move


def allowed(user: Any, matter: Matter, move: Move, on: date) -> bool:
    if move.whose == "unit":
        return handles(user, matter)
    if move.whose == "head":
        level = first_level(matter, on)
        return posted_at(user, level.unit, level.permission)
    return posted_at(user, matter.issuer_id, move.permission)


def may_refer(user: Any, matter: Matter, on: date) -> bool:
    """Whether the head may open an accountability referral on it: the unit lies in their area, and it is overdue,
    under supervision or publicly listed. Never automatic; the page it leads to asks which case of the rules it is."""
    if not (matter.is_listed or matter.step in PRESSED_HARD or (matter.is_open and matter.due_on < on)):
        return False
    return any(
        REFER in PERMISSIONS[posting.role] and matter.unit.path.startswith(posting.division.path)
        for posting in current_postings(user)
    )


def unit_people(matter: Matter, on: date) -> list[User]:
    """Whom of the unit to tell: the person, else the department's people, and always the unit's competent office."""
    found: dict[int, User] = {}
    if matter.person is not None and matter.person.is_active:
        found[matter.person.pk] = matter.person
    elif matter.department is not None:
        found |= {user.pk: user for user in department_people(matter.department, on)}
    found |= {user.pk: user for user in notify.staff_of(matter.unit_id, "matters.judge", on=on)}
    if not found:
        found = {user.pk: user for user in notify.staff_of(matter.unit_id, HANDLE, on=on)}
    return list(found.values())


def issuer_people(matter: Matter, on: date) -> list[User]:
    """Whom of the issuing office to tell: who issued it while still posted there, and all who judge there."""
    return notify.staff_of(matter.issuer_id, "matters.judge", on=on)


def department_people(department: Department, on: date) -> list[User]:
    """People posted in the department who handle matters."""
    return list(notify.posted(Q(department=department), HANDLE, on=on).order_by("full_name", "pk"))


def people_of_unit(matter: Matter, on: date) -> list[User]:
    """Who may be named as the person in charge: people posted at the unit who handle matters."""
    where = Q(division_id=matter.unit_id)
    if matter.department_id:
        where &= Q(department_id=matter.department_id)
    return list(notify.posted(where, HANDLE, on=on).order_by("full_name", "pk"))
