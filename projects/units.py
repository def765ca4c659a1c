"""Which office a project belongs to, which lies above it, and who sits in exactly that office."""

from typing import Any

from django.db.models import Q

from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.permissions import PERMISSIONS
from accounts.scope import CODE_FIELD, current_postings
from projects.models.projects import Project

BELOW = {Tier.PROVINCE: "city_code", Tier.CITY: "county_code"}


def host_unit(project: Project) -> Division:
    """The county, city or province that answers for the project: its division, or the one above a township."""
    division = project.division
    parent = division.parent
    return parent if division.tier == Tier.TOWNSHIP and parent is not None else division


def unit_above(unit: Division) -> Division:
    """One tier up; the province decides on its own."""
    return unit.parent or unit


def sits_at(user: Any, unit: Division | str, permission: str) -> bool:
    """Whether a posting in force at exactly this division carries `permission`. The tier above does not act for it."""
    code = unit if isinstance(unit, str) else unit.pk
    return any(p.division_id == code and permission in PERMISSIONS[p.role] for p in current_postings(user))


def own_rows_q(user: Any, permission: str, prefix: str = "") -> Q:
    """Rows that belong to exactly the units the user sits at with `permission`, not those of the tiers below."""
    found = Q(pk__in=[])
    for posting in current_postings(user):
        field = CODE_FIELD.get(posting.division.tier)
        if field is None or permission not in PERMISSIONS[posting.role]:
            continue
        own = Q(**{prefix + field: posting.division_id})
        below = BELOW.get(Tier(posting.division.tier))
        found |= own & Q(**{prefix + below: ""}) if below else own
    return found
