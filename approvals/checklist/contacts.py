"""Whom the investor calls about an item: the specialist of the deciding department, else the chief service officer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from approvals.checklist.models import ChecklistItem
from projects.models import Assignment, Project, TeamRole


@dataclass(frozen=True, slots=True)
class Contact:
    """One line of the contact card. `phone` may be empty."""

    role: str
    name: str
    office: str
    phone: str


def team_of(project: Project, on: date) -> list[Assignment]:
    """Whoever serves the project, with the head of the task force of a major one (H9)."""
    roles = [
        TeamRole.SERVICE_SPECIALIST, TeamRole.CHIEF_SERVICE_OFFICER, TeamRole.TASK_FORCE_HEAD, TeamRole.LEAD_DEPARTMENT,
    ]  # fmt: skip
    rows = (
        Assignment.objects.current(on)
        .filter(project=project, role__in=roles)
        .select_related("department", "user")
    )
    return list(rows.order_by("pk"))


def contact_for(item: ChecklistItem, team: Iterable[Assignment]) -> Contact | None:
    """The one person to call about the item; None where nobody serves the project."""
    team = list(team)
    own = [row for row in team if _belongs(row, item)]
    for rows in (own, team):
        for role in (TeamRole.SERVICE_SPECIALIST, TeamRole.CHIEF_SERVICE_OFFICER):
            if rows is team and role == TeamRole.SERVICE_SPECIALIST:
                continue
            found = next((row for row in rows if row.role == role), None)
            if found is not None:
                return _contact(found)
    return None


def contacts_of(project: Project, items: Iterable[ChecklistItem], on: date) -> list[Contact]:
    """The card of an item's page: who decides, whom to call, who heads it."""
    team = team_of(project, on)
    found: dict[tuple[str, str], Contact] = {}
    for item in items:
        if item.department is not None and item.department.phone:
            office = Contact(_("deciding department"), str(item.department), "", item.department.phone)
            found.setdefault((office.role, office.name), office)
        one = contact_for(item, team)
        if one is not None:
            found.setdefault((one.role, one.name), one)
    for row in team:
        if row.role != TeamRole.SERVICE_SPECIALIST:
            contact = _contact(row)
            found.setdefault((contact.role, contact.name), contact)
    return list(found.values())


def _belongs(row: Assignment, item: ChecklistItem) -> bool:
    """Of the deciding department: by its record, or where none was chosen by the office's name as it was written."""
    if item.department is None:
        return False
    if row.department_id is not None:
        return row.department_id == item.department_id
    return row.office.startswith(item.department.name)


def _contact(row: Assignment) -> Contact:
    office = row.office or (str(row.department) if row.department else "")
    return Contact(row.get_role_display(), row.name, office, row.phone)
