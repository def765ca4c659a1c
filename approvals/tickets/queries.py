"""Reading tickets: lists with their lights, the page of one ticket, what a person has to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import Posting
from accounts.permissions import PERMISSIONS, ROW_SCOPE, Role, RowScope, roles_with
from accounts.scope import current_postings, granted_projects
from approvals.tickets.access import ANSWERABLE
from approvals.tickets.clocks import LIT, light_q, thresholds, ticket_light, with_investor
from approvals.tickets.models import OPEN_STATES, Side, Ticket, TicketExtension, TicketState
from policy.lights import Light
from policy.services import current_calendar, working_days_left


@dataclass(slots=True)
class Row:
    """A ticket as lists show it."""

    ticket: Ticket
    light: Light
    days_left: int | None
    words: str


def rows_of(tickets: Iterable[Ticket], on: date) -> list[Row]:
    bounds, calendar = thresholds(on), current_calendar()
    found = []
    for ticket in tickets:
        light = ticket_light(ticket, bounds)
        asked = ticket.is_open and with_investor(ticket)
        words = (
            ""
            if light in (*LIT, Light.NONE) and ticket.is_open and not asked
            else str(ticket.get_state_display())
        )
        found.append(Row(ticket, light, working_days_left(ticket.next_due_on, on, calendar), words))
    return found


def plainly(rows: Iterable[Row]) -> list[Row]:
    """The rows in words for people of the company, to whom a matter is finished, not taken off a list."""
    found = list(rows)
    for row in found:
        if row.ticket.state == TicketState.CLOSED:
            row.words = _("dealt with")
    return found


def listed(user: Any, on: date) -> Any:
    """Tickets the user sees: open ones by worst light, then by day; closed ones last, newest first."""
    bounds = thresholds(on)
    rank = Case(
        *[When(light_q(light, bounds), then=Value(n)) for n, light in enumerate(LIT)],
        When(state__in=OPEN_STATES, then=Value(len(LIT))),
        default=Value(len(LIT) + 1),
        output_field=IntegerField(),
    )
    rows = Ticket.objects.visible_to(user).select_related(
        "project__division", "division", "department", "person"
    )
    return rows.annotate(rank=rank).order_by("rank", "next_due_on", "-opened_at", "-pk")


def _staff(on: date) -> QuerySet[Posting]:
    """People of the office that has the ticket of the outer row."""
    handling = roles_with("tickets.handle")
    return Posting.objects.current(on).filter(
        department_id=OuterRef("department_id"), role__in=handling, user__is_active=True
    )


def mine_q(user: Any, on: date) -> Q:
    """Open tickets the user has to act on. For the investor: those that wait for an answer. The competent office also
    acts for the offices of its tier that have nobody in the system."""
    found = Q(pk__in=[])
    for posting in current_postings(user):
        held = PERMISSIONS[posting.role]
        if posting.role == Role.INVESTOR:
            found |= Q(project_id__in=granted_projects(user)) & (
                Q(state=TicketState.CLOSING)
                | Q(state=TicketState.PROPOSED, opened_side=Side.OFFICE)
                | Q(
                    state=TicketState.WORKING,
                    pk__in=TicketExtension.objects.filter(granted=None).values("ticket_id"),
                )
            )
        if "tickets.handle" not in held:
            continue
        q: Any = Q(person_id=user.pk)
        if posting.department_id:
            q |= Q(department_id=posting.department_id, person=None)
        if ROW_SCOPE[posting.role] is RowScope.AREA and "tickets.close_silent" in held:
            q |= Q(division_id=posting.division_id, department=None)
            q |= Q(division_id=posting.division_id, person=None) & ~Exists(_staff(on))
            q |= Q(division_id=posting.division_id, department__duties__icontains="competent", person=None)
        if posting.role in ANSWERABLE and posting.role != Role.PACKAGE_LEADER:
            q |= Q(project_id__in=granted_projects(user), division_id=posting.division_id)
        found |= q & office_turn()
    return found & Q(state__in=OPEN_STATES)


def office_turn() -> Q:
    """Tickets where the service side is the one to act."""
    return Q(state__in=(TicketState.AGREED, TicketState.WORKING)) | Q(
        state=TicketState.PROPOSED, opened_side=Side.INVESTOR
    )


def silent_q(user: Any, on: date) -> Q:
    """Tickets the competent office may close because the investor's days ran out."""
    places = [
        posting.division_id
        for posting in current_postings(user)
        if "tickets.close_silent" in PERMISSIONS[posting.role]
    ]
    return Q(state=TicketState.CLOSING, silence_due_on__lt=on, division_id__in=places)


def counts(rows: QuerySet[Ticket], on: date) -> dict[str, int]:
    bounds = thresholds(on)
    found = rows.order_by().aggregate(
        open=Count("pk", filter=Q(state__in=OPEN_STATES)),
        closed=Count("pk", filter=Q(state=TicketState.CLOSED)),
        **{light.value: Count("pk", filter=light_q(light, bounds)) for light in LIT},
    )
    counted = {name: number or 0 for name, number in found.items()}
    return counted | {"late": counted[Light.RED.value] + counted[Light.AMBER.value]}
