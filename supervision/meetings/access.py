"""Who may do what with a meeting. Outside the scope is 404; inside without the right 403."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts import notify
from accounts.models import Department, Division, Posting, Tier, User
from accounts.permissions import PERMISSIONS, roles_with
from accounts.scope import current_postings, posted_at
from approvals.tickets.access import investors_of
from projects.models import Project
from supervision.meetings.models import HOLD, VIEW, InviteeKind, UnitMeeting


def holding_units(user: Any) -> list[Division]:
    """Units in whose name the user may hold meetings, the acting posting's first."""
    found = {one.division_id: one.division for one in current_postings(user) if HOLD in PERMISSIONS[one.role]}
    return list(found.values())


def may_hold(user: Any, meeting: UnitMeeting) -> bool:
    return posted_at(user, meeting.unit_id, HOLD)


def require_hold(user: Any, unit: Any) -> None:
    """A meeting belongs to the office of the very unit that holds it, not to the tiers above."""
    if not posted_at(user, unit, HOLD):
        raise PermissionDenied(HOLD)


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is to come. Companies and other guests are names, one each: they have no part in the calendar."""

    units: tuple[Division, ...] = ()
    departments: tuple[Department, ...] = ()
    people: tuple[User, ...] = ()
    companies: tuple[str, ...] = ()

    def rows(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Fields of the invitees by (kind, name)."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for unit in self.units:
            found[InviteeKind.UNIT, unit.name] = {"unit": unit}
        for department in self.departments:
            found[InviteeKind.DEPARTMENT, department.name] = {"department": department}
        for person in self.people:
            name = str(person)
            if (InviteeKind.PERSON, name) in found:  # two people of one name
                name = f"{person}（{person.username}）"
            found[InviteeKind.PERSON, name] = {"person": person}
        for name in self.companies:
            found[InviteeKind.COMPANY, name] = {}
        return found


def units_to_invite(unit: Division, on: date) -> list[Division]:
    """The tier right below and the one right above; counties do not list their townships."""
    below = Division.objects.current(on).filter(parent=unit, tier__lte=Tier.COUNTY).order_by("code")
    above = [unit.parent] if unit.parent is not None else []
    return [*below, *above]


def departments_to_invite(unit: Division, on: date) -> list[Department]:
    return list(Department.objects.current(on).filter(division=unit).order_by("pk"))


def people_to_invite(unit: Division, on: date) -> list[User]:
    """People posted at the unit itself who may see meetings."""
    return list(notify.posted(Q(division=unit), VIEW, on=on).order_by("full_name", "pk"))


def people_told(meeting: UnitMeeting, on: date) -> list[User]:
    """Accounts behind the invitees: the person; people of the department; the office of an invited unit; and the
    colleagues of the unit that calls."""
    invitees = list(meeting.invitees.all())
    departments = [one.department_id for one in invitees if one.department_id]
    units = [one.unit_id for one in invitees if one.unit_id] + [meeting.unit_id]
    posted = Posting.objects.current(on).filter(
        Q(department_id__in=departments, role__in=roles_with(VIEW))
        | Q(division_id__in=units, role__in=roles_with(HOLD))
    )
    people = [one.person_id for one in invitees if one.person_id]
    rows = User.objects.filter(Q(pk__in=posted.values("user_id")) | Q(pk__in=people), is_active=True)
    return list(rows.order_by("pk"))


def guests_told(meeting: UnitMeeting, on: date) -> list[User]:
    """People of the invited companies, as far as a project of theirs in the unit's area is open to them."""
    names = [one.name for one in meeting.invitees.all() if one.kind == InviteeKind.COMPANY]
    if not names:
        return []
    projects = Project.objects.filter(company__name__in=names, division__path__startswith=meeting.unit.path)
    return list({user.pk: user for one in projects for user in investors_of(one, on)}.values())


def owners_for(meeting: UnitMeeting, on: date) -> tuple[list[Division], list[Department]]:
    """Who may be given an agreed item: the unit, those right below it, whoever was invited of them; the unit's own
    departments and the invited ones."""
    unit = meeting.unit
    invitees = list(meeting.invitees.select_related("unit", "department__division"))
    units = [unit, *(one for one in units_to_invite(unit, on) if one.path.startswith(unit.path))]
    known = {one.pk for one in units}
    units += [
        one.unit
        for one in invitees
        if one.unit is not None and one.unit.path.startswith(unit.path) and one.unit_id not in known
    ]
    departments = departments_to_invite(unit, on)
    held = {one.pk for one in departments}
    departments += [
        one.department
        for one in invitees
        if one.department is not None
        and one.department_id not in held
        and one.department.division.path.startswith(unit.path)
    ]
    return units, departments
