"""Which office has a ticket: by its kind and the duties of the departments at the tier (G二, G一(五)4)."""

from datetime import date
from typing import Any

from accounts.models import Department, Division
from accounts.models.divisions import Tier
from approvals.tickets.models import FACTORS


def departments_of(division: Division, on: date) -> list[Department]:
    """Departments of the division that exist on `on`."""
    return list(Department.objects.current(on).filter(division=division).order_by("code"))


def office_for(kind: str, division: Division, on: date) -> Department | None:
    """The department that guarantees this factor, else the one with the competent duty; None where there is none.

    A factor the division has no department for (no gas company in the county) is the competent office's to place.
    """
    rows = departments_of(division, on)
    if kind in FACTORS:
        found = next((row for row in rows if kind in row.factors), None)
        if found is not None:
            return found
    return next((row for row in rows if Department.Duty.COMPETENT in row.duties), None)


def place_of(project: Any) -> Division:
    """Where a ticket of the project starts: its host division, or the county of a township."""
    return place_above(project.division)


def place_above(division: Division) -> Division:
    """The division itself, or the county of a township."""
    while division.tier > Tier.COUNTY and division.parent is not None:
        division = division.parent
    return division


def tier_above(division: Division) -> Division | None:
    """County → city → province; None above the province."""
    return division.parent if division.tier > Tier.PROVINCE else None


def office_above(kind: str, department: Department | None, upper: Division, on: date) -> Department | None:
    """The same office one tier up, else the one with the duty there."""
    rows = departments_of(upper, on)
    if department is not None:
        same = next((row for row in rows if row.code == department.code), None)
        if same is not None:
            return same
    return office_for(kind, upper, on)
