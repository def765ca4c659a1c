"""Whom a rule's role codes mean for a warning: the offices in charge, the project's own people, who has it in hand."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from accounts.models import Posting, User
from accounts.permissions import Role
from approvals.checklist.models import ChecklistItem
from approvals.mandates.models import Mandate
from approvals.tickets.models import Ticket
from projects.models import Assignment
from supervision.matters.models import Matter
from supervision.warnings.models import Warning

OFFICES = {Role.COMPETENT_OFFICE.value, Role.OFFICE_HEAD.value, Role.PROMOTION_OFFICE.value}
UPPER = "upper_competent_office"
AGENT = "agent"
# Of the roles a rule names, those that also mean the people of the very office that has it in hand.
IN_OFFICE = (Role.SERVICE_SPECIALIST.value, Role.LEAD_DEPARTMENT.value)


class Hands:
    """In whose hands the items, tickets, matters and mandates of `rows` are. Five queries at most."""

    def __init__(self, rows: Iterable[Warning], on: date) -> None:
        found = list(rows)
        self._department: dict[str, int | None] = {}
        self._person: dict[str, int | None] = {}
        self._division: dict[str, str] = {}
        items = ChecklistItem.objects.filter(pk__in=_ids(found, "item_id"))
        for pk, department in items.values_list("pk", "department_id"):
            self._department[f"item:{pk}"] = department
        for name, model, place in (("ticket", Ticket, "division_id"), ("matter", Matter, "unit_id")):
            rows_of = model.objects.filter(pk__in=_ids(found, f"{name}_id"))
            for pk, department, person, code in rows_of.values_list(
                "pk", "department_id", "person_id", place
            ):
                key = f"{name}:{pk}"
                self._department[key], self._person[key], self._division[key] = department, person, code
        agents = Mandate.objects.filter(pk__in=_ids(found, "mandate_id")).values_list("pk", "agent_id")
        self._agent = {f"mandate:{pk}": agent for pk, agent in agents}
        people = {pk for pk in (*self._person.values(), *self._agent.values()) if pk}
        self._people = {user.pk: user for user in User.objects.filter(pk__in=people, is_active=True)}
        self._staff = _staff({pk for pk in self._department.values() if pk}, on)

    def division(self, row: Warning) -> str:
        """Code of the division that has the ticket or matter; empty for everything else."""
        return self._division.get(row.subject_key, "")

    def people(self, row: Warning, role: str) -> list[User]:
        """Those of the office that has it; what was given to one person is that person's alone."""
        if role == AGENT:
            agent = self._people.get(self._agent.get(row.subject_key, 0))
            return [agent] if agent else []
        if role not in IN_OFFICE:
            return []
        person = self._people.get(self._person.get(row.subject_key) or 0)
        if person is not None and (role == Role.SERVICE_SPECIALIST or row.matter_id):
            return [person]
        department = self._department.get(row.subject_key)
        return self._staff[department, role] if department else []


def _ids(rows: list[Warning], name: str) -> list[int]:
    return [pk for row in rows if (pk := getattr(row, name))]


def _staff(departments: set[int], on: date) -> dict[tuple[int, str], list[User]]:
    found: dict[tuple[int, str], list[User]] = defaultdict(list)
    posted = Posting.objects.current(on).filter(
        department_id__in=departments, role__in=IN_OFFICE, user__is_active=True
    )
    for posting in posted.select_related("user"):
        if posting.department_id is not None:
            found[posting.department_id, posting.role].append(posting.user)
    return found


class Addressees:
    """The people behind role codes, for all of `rows` at once. Eight queries at most."""

    def __init__(self, rows: Iterable[Warning], on: date) -> None:
        found = list(rows)
        self._hands = Hands(found, on)
        self._offices = self._read_offices(found, on)
        self._teams = _teams(found, on)

    def of(self, row: Warning, roles: Iterable[str]) -> dict[int, User]:
        people: dict[int, User] = {}
        for role in roles:
            offices = self._offices.get((self._office(row, role), _posted(role)), [])
            team = self._teams.get((row.project_id or 0, role), [])
            for user in (*offices, *team, *self._hands.people(row, role)):
                people[user.pk] = user
        return people

    def _office(self, row: Warning, role: str) -> str:
        """Code of the division whose office is meant: of the row, of who has it in hand, or the tier told above."""
        codes = {3: row.county_code, 2: row.city_code, 1: row.province_code}
        own = next((code for code in codes.values() if code), "")
        if role == UPPER:
            above = codes.get(row.tier, "")
            return above if above != own else ""
        return (self._hands.division(row) or own) if role in OFFICES else ""

    def _read_offices(self, rows: list[Warning], on: date) -> dict[tuple[str, str], list[User]]:
        codes = {self._office(row, role) for row in rows for role in (*OFFICES, UPPER)} - {""}
        found: dict[tuple[str, str], list[User]] = defaultdict(list)
        posted = Posting.objects.current(on).filter(
            division_id__in=codes, role__in=OFFICES, user__is_active=True
        )
        for posting in posted.select_related("user"):
            found[posting.division_id, posting.role].append(posting.user)
        return found


def _posted(role: str) -> str:
    return Role.COMPETENT_OFFICE.value if role == UPPER else role


def _teams(rows: list[Warning], on: date) -> dict[tuple[int, str], list[User]]:
    projects = {row.project_id for row in rows if row.project_id}
    found: dict[tuple[int, str], list[User]] = defaultdict(list)
    posted = Assignment.objects.current(on).filter(project_id__in=projects, user__is_active=True)
    for one in posted.select_related("user"):
        if one.user is not None:
            found[one.project_id, one.role].append(one.user)
    return found
