"""Who may take which step with an item: the deciding department's staff, those who serve the project, the office."""

from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.permissions import PERMISSIONS, ROW_SCOPE, RowScope
from accounts.scope import CODE_FIELD, current_postings
from approvals.checklist.models import ChecklistItem
from approvals.checklist.moves import HANDLE, MOVES, Move, is_open_to
from projects.grants import granted_ids
from projects.models import ProjectState


def may(user: Any, permission: str, item: ChecklistItem, *, granted: bool | None = None) -> bool:
    """`granted`: whether the project is opened to the person, when the caller knows already.

    With `checklist.handle` a person of a department acts on that department's items only, wherever their project; a
    person without a department acts on those of projects granted to them; the office acts for all of its area.
    """
    for posting in current_postings(user):
        if permission not in PERMISSIONS[posting.role]:
            continue
        if ROW_SCOPE[posting.role] is RowScope.AREA:
            if _in_area(posting, item):
                return True
            continue
        own = posting.department_id is not None and posting.department_id == item.department_id
        if own:
            return True
        if permission == HANDLE and posting.department_id is not None and item.department_id is not None:
            continue
        if granted is None:
            granted = granted_ids(user).filter(content_object_id=item.project_id).exists()
        if granted:
            return True
    return False


def require_item(user: Any, permission: str, item: ChecklistItem) -> None:
    if not may(user, permission, item):
        raise PermissionDenied(permission)


def moves_for(user: Any, item: ChecklistItem) -> list[Move]:
    """Steps this person may take now, in order of the table."""
    if item.project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        return []
    granted = granted_ids(user).filter(content_object_id=item.project_id).exists()
    held: dict[str, bool] = {}
    found = []
    for move in MOVES.values():
        if not is_open_to(move, item):
            continue
        if move.permission not in held:
            held[move.permission] = may(user, move.permission, item, granted=granted)
        if held[move.permission]:
            found.append(move)
    return found


def _in_area(posting: Any, item: ChecklistItem) -> bool:
    """Mirrors accounts.scope.posting_q."""
    field = CODE_FIELD.get(posting.division.tier)
    if field is None or getattr(item, field) != posting.division.code:
        return False
    if posting.subtree:
        return True
    below = {"province_code": "city_code", "city_code": "county_code"}.get(field)
    return not below or getattr(item, below) == ""
