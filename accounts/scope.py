"""Who may see which rows: the only place where tier scoping is decided (H4, H16, design.md §2).

A business row carries `province_code`, `city_code`, `county_code` (and, where townships matter, `division`). A posting
opens the rows of its division and, with `subtree`, of those below. What is personal (one project for its leader,
officer, specialist, investor) is a django-guardian grant, used as a `pk__in` subquery. Being a superuser opens nothing.
"""

from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from accounts import clock
from accounts.models.divisions import Tier
from accounts.permissions import PERMISSIONS, ROW_SCOPE, Role, RowScope, roles_with

NOTHING = Q(pk__in=[])
CODE_FIELD = {Tier.PROVINCE: "province_code", Tier.CITY: "city_code", Tier.COUNTY: "county_code"}
BELOW = {Tier.PROVINCE: "city_code", Tier.CITY: "county_code"}  # empty in the rows of the unit itself


def current_postings(user: Any) -> list[Any]:
    """Postings in force today; only the chosen one where the person chose (see PostingMiddleware).

    Authorisation always means now, so this is the one rule that reads the clock. Cached on the user object, which
    lives for one request or one task.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    held = getattr(user, "_current_postings", None)
    if held is None:
        held = list(user.postings.current(clock.today()).select_related("division", "department"))
        user._current_postings = held
    acting = getattr(user, "acting_posting_id", None)
    return [p for p in held if p.pk == acting] or held


def all_postings(user: Any) -> list[Any]:
    """Every posting in force today, also those the person is not acting as just now: one remains a colleague of the unit."""
    current_postings(user)  # nobody for strangers; else it fills the day's postings, whichever is acted as
    return list(getattr(user, "_current_postings", []))


def acting_posting(user: Any) -> Any | None:
    """The posting in whose name the user acts: the chosen one, else the only or first one."""
    held = current_postings(user)
    return held[0] if held else None


def postings_with(user: Any, permission: str) -> list[Any]:
    """The user's current postings whose role holds `permission`."""
    return [posting for posting in current_postings(user) if permission in PERMISSIONS[posting.role]]


def own_departments(user: Any, permission: str = "") -> list[int]:
    """Ids of the departments the user is posted in, of those postings that hold `permission`; empty counts all."""
    held = postings_with(user, permission) if permission else current_postings(user)
    return [posting.department_id for posting in held if posting.department_id]


def only_investor(user: Any) -> bool:
    """Whether the person stands on the investor's side alone."""
    roles = {posting.role for posting in current_postings(user)}
    return bool(roles) and roles <= {Role.INVESTOR}


def is_staff(user: Any) -> bool:
    """Whether the person holds any posting but an investor's, whichever is acted as: such do not speak for the public."""
    return any(posting.role != Role.INVESTOR for posting in all_postings(user))


def posting_q(posting: Any, prefix: str = "") -> Q:
    """Rows of the posting's area as an equality on a stored code (10× faster than a join, reliability.md B-2)."""
    division = posting.division
    field = CODE_FIELD.get(division.tier)
    if field is None:  # townships work on single projects, by grant
        return NOTHING
    q = Q(**{prefix + field: division.code})
    if not posting.subtree:
        below = BELOW.get(division.tier)
        if below:
            q &= Q(**{prefix + below: ""})
    return q


def area_q(user: Any, prefix: str = "", *, need: str = "") -> Q:
    """Rows opened by postings over an area. `need`: count only postings whose role holds that permission."""
    allowed = set(roles_with(need)) if need else None
    found = NOTHING
    for posting in current_postings(user):
        if ROW_SCOPE[posting.role] is RowScope.AREA and (allowed is None or posting.role in allowed):
            found |= posting_q(posting, prefix)
    return found


def division_q(user: Any) -> Q:
    """Divisions inside the user's postings, whatever the role's row scope."""
    found = NOTHING
    for posting in current_postings(user):
        division = posting.division
        found |= Q(path__startswith=division.path) if posting.subtree else Q(pk=division.pk)
    return found


class ScopedQuerySet(models.QuerySet):
    """Base of every queryset of business rows. `to_project` is the lookup from the row to its project."""

    to_project: ClassVar[str | None] = None

    def visible_to(self, user: Any) -> Self:
        """Rows of the user's area plus rows of projects granted to them alone. No posting: nothing.

        Written as one filter with OR, so that no relation is joined twice.
        """
        found = area_q(user)
        if self.to_project is not None and current_postings(user):
            granted = granted_projects(user) if found is NOTHING else granted_beside_area(user)
            found |= Q(**{f"{self.to_project}pk__in": granted})
        return self.filter(found)


_grants: list[Any] = []


def register_grants(subquery: Any) -> None:
    """Let `projects` say how to find personally granted project ids (it owns the guardian table)."""
    _grants[:] = [subquery]


def granted_projects(user: Any) -> Any:
    return _grants[0](user) if _grants else []


MOST_LISTED = 200


def granted_beside_area(user: Any) -> Any:
    """The same for somebody who has an area too: the ids themselves, usually none; a subquery only when they are many.

    Beside `city_code = …` a subquery keeps PostgreSQL from using the index of the area, ids do not. Remembered as long
    as the postings are (see `current_postings`, which the caller has asked).
    """
    read_with, granted = getattr(user, "_granted_projects", (None, []))
    if read_with is not user._current_postings:
        granted = list(_grants[0](user)[: MOST_LISTED + 1]) if _grants else []
        user._granted_projects = (user._current_postings, granted)
    return granted if len(granted) <= MOST_LISTED else granted_projects(user)


def posted_at(user: Any, unit: Any, permission: str) -> bool:
    """Whether the user holds `permission` by a posting at exactly this division (itself or its code), not one above it."""
    code = getattr(unit, "pk", unit)
    return any(p.division_id == code and permission in PERMISSIONS[p.role] for p in current_postings(user))


def own_rows_q(user: Any, permission: str, prefix: str = "") -> Q:
    """Rows that belong to exactly the units the user is posted at with `permission`, not those of the tiers below."""
    found = NOTHING
    for posting in current_postings(user):
        field = CODE_FIELD.get(posting.division.tier)
        if field is None or permission not in PERMISSIONS[posting.role]:
            continue
        own = Q(**{prefix + field: posting.division_id})
        below = BELOW.get(posting.division.tier)
        found |= own & Q(**{prefix + below: ""}) if below else own
    return found


def require_own(user: Any, permission: str, unit: Any) -> None:
    """Raise PermissionDenied unless the user acts in the name of `unit` itself: its papers are its own to write."""
    if not posted_at(user, unit, permission):
        raise PermissionDenied(permission)


def holds(user: Any, permission: str) -> bool:
    """Whether any current posting of the user carries `permission`."""
    roles_with(permission)
    return bool(postings_with(user, permission))


def require(user: Any, permission: str, target: Any = None, *, division: Any = None) -> None:
    """Raise PermissionDenied unless the user holds `permission` where `target` or `division` lies.

    `target` is a row with a `visible_to` queryset; `division` the area a new row will belong to. The permission must
    come from the same posting that opens the area: an auditor here who edits there may not edit here.
    """
    if division is not None:
        for posting in current_postings(user):
            own = posting.division
            inside = division.path.startswith(own.path) if posting.subtree else division.pk == own.pk
            if inside and permission in PERMISSIONS[posting.role]:
                return
        raise PermissionDenied(permission)
    if not holds(user, permission):
        raise PermissionDenied(permission)
    if target is None:
        return
    rows = type(target)._default_manager.all()
    q = area_q(user, need=permission)
    to_project = getattr(rows, "to_project", None)
    granted_roles = {p.role for p in current_postings(user) if ROW_SCOPE[p.role] is RowScope.GRANTED}
    if to_project is not None and any(permission in PERMISSIONS[r] for r in granted_roles):
        q |= Q(**{f"{to_project}pk__in": granted_projects(user)})
    if not rows.filter(q, pk=target.pk).exists():
        raise PermissionDenied(permission)
