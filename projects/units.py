"""Which office a project belongs to and which lies above it."""

from accounts.models import Division
from accounts.models.divisions import Tier
from projects.models.projects import Project


def host_unit(project: Project) -> Division:
    """The county, city or province that answers for the project: its division, or the one above a township."""
    division = project.division
    parent = division.parent
    return parent if division.tier == Tier.TOWNSHIP and parent is not None else division


def unit_above(unit: Division) -> Division:
    """One tier up; the province decides on its own."""
    return unit.parent or unit
