"""What a person may do with one project, for showing or hiding buttons. Services ask `accounts.scope.require` again."""

from typing import Any

from accounts.permissions import PERMISSIONS, ROW_SCOPE, RowScope
from accounts.scope import CODE_FIELD, current_postings
from projects.grants import granted_ids
from projects.models import Project


def abilities(user: Any, project: Project) -> frozenset[str]:
    """Permissions the user holds over `project`, from the postings whose area or grant opens it. At most one query."""
    held: set[str] = set()
    granted: bool | None = None
    for posting in current_postings(user):
        scope = ROW_SCOPE[posting.role]
        if scope is RowScope.AREA and _inside(posting, project):
            held |= PERMISSIONS[posting.role]
        elif scope is RowScope.GRANTED:
            if granted is None:
                granted = granted_ids(user).filter(content_object_id=project.pk).exists()
            if granted:
                held |= PERMISSIONS[posting.role]
    return frozenset(held)


def _inside(posting: Any, project: Project) -> bool:
    """Mirrors accounts.scope.posting_q; a test holds them equal."""
    division = posting.division
    field = CODE_FIELD.get(division.tier)
    if field is None or getattr(project, field) != division.code:
        return False
    if posting.subtree:
        return True
    below = {"province_code": "city_code", "city_code": "county_code"}.get(field)
    return not below or getattr(project, below) == ""
