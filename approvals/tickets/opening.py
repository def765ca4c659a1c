"""Opening a ticket: from the investor, the officer, a meeting or a complaint (H13)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, files
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division, User
from approvals.tickets import telling
from approvals.tickets.access import side_of
from approvals.tickets.clocks import agreed_limit, counts_on
from approvals.tickets.models import Side, Ticket, TicketKind, TicketSource, TicketState
from approvals.tickets.moving import (
    ONE_PRESS,
    Holder,
    acceptance,
    add_entry,
    check_limit,
    clean_text,
    keep_files,
    start_hold,
)
from approvals.tickets.routing import office_for, place_of
from projects.abilities import abilities
from projects.models import Project, ProjectState
from projects.numbers import take
from projects.text import clean

SOURCES_BY_SIDE = {
    Side.INVESTOR: (TicketSource.INVESTOR,),
    Side.OFFICE: (TicketSource.OFFICER, TicketSource.MEETING, TicketSource.COMPLAINT),
}


def open_ticket(
    *,
    project: Project,
    kind: str,
    title: str,
    text: str,
    source: str = "",
    source_note: str = "",
    materials: str = "",
    due_on: date | None = None,
    department: Department | None = None,
    person: User | None = None,
    agreed_there: bool = False,
    uploads: Sequence[Any] = (),
    by: Any,
    at: datetime,
) -> Ticket:
    """Propose a ticket; the other side agrees or accepts. The office is that of the kind's duty unless named.

    `agreed_there`: the company agreed at the meeting, so the office's day to accept runs at once. The investor's
    own ticket must be accepted within the regime's working day; one of the office waits for the investor's agreement,
    and no clock runs against the office meanwhile.
    """
    if "tickets.open" not in abilities(by, project):
        raise PermissionDenied("tickets.open")
    side, on = side_of(by, project), local_date(at)
    source = source or SOURCES_BY_SIDE[Side(side)][0]
    title, text = _checked_opening(project, kind, title, text, source, side)
    checked = files.check_files(uploads)
    place = place_of(project)
    if side == Side.INVESTOR:
        department = person = due_on = None  # the office says who and until when
    department = department or office_for(kind, place, on)
    check_limit(due_on, on)
    office = Holder(Side.OFFICE, place, department, person)
    holder, start = _start(side, office, agreed_there and source == TicketSource.MEETING, at)
    kept: list[str] = []
    try:
        with transaction.atomic():
            ticket = Ticket.objects.create(
                project=project, number=_number_once(place, project, kind, title, text, by, at), kind=kind,
                source=source, source_note=clean(source_note)[:120], title=title, text=text,
                materials=clean_text(materials), opened_side=side, opened_by=by, opened_at=at, division=place,
                department=department, person=person, due_on=due_on,
                deadline=agreed_limit(due_on, on) if due_on else {},
                province_code=project.province_code, city_code=project.city_code, county_code=project.county_code,
                **start,
            )  # fmt: skip
            start_hold(ticket, holder, "open", at)
            entry = add_entry(ticket, "open", side=side, by=by, at=at, text=text)
            kept += keep_files(entry, checked)
            audit.record(
                "ticket_open", target=ticket, by=by, at=at,
                after={"kind": kind, "title": title, "source": source, "holder": office.label, "due_on": due_on},
            )  # fmt: skip
            transaction.on_commit(lambda: telling.tell_move(ticket, entry, at))
    except BaseException:
        files.forget(kept)
        raise
    return ticket


def _start(side: str, office: Holder, agreed: bool, at: datetime) -> tuple[Holder, dict[str, Any]]:
    """Who has the new ticket, and the fields its state and the office's clock start with."""
    if office.department is not None and office.department.division_id != office.division.pk:
        raise DomainError(
            "office_elsewhere", _("This office belongs to another division."), field="department"
        )
    with_office = side == Side.INVESTOR or agreed
    clock = acceptance(office, at) if with_office else {}
    state = TicketState.AGREED if agreed else TicketState.PROPOSED
    fields = {
        "state": state,
        "agreed_at": at if agreed else None,
        "next_due_on": counts_on(state, clock.get("accept_by_on"), None),
    }
    return office if with_office else Holder(Side.INVESTOR, office.division), fields | clock


def _checked_opening(
    project: Project, kind: str, title: str, text: str, source: str, side: str
) -> tuple[str, str]:
    title, text = clean(title), clean_text(text)
    if kind not in TicketKind.values:
        raise DomainError("kind_unknown", _("Choose what kind of help is needed."), field="kind")
    if source not in SOURCES_BY_SIDE[Side(side)]:
        raise DomainError("source_unknown", _("Choose where the ticket comes from."), field="source")
    if not title:
        raise DomainError("title_missing", _("Say in a few words what is needed."), field="title")
    if len(title) > 120:
        raise DomainError(
            "title_too_long",
            _("This has %(n)d characters; at most 120 are possible. Put the rest into the details.")
            % {"n": len(title)},
            field="title",
        )
    if not text:
        raise DomainError("text_missing", _("Describe the matter: what, where, since when."), field="text")
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise StaleState("project_ended", _("This project has ended; no new tickets are opened for it."))
    return title, text


def _number_once(
    place: Division, project: Project, kind: str, title: str, text: str, by: Any, at: datetime
) -> str:
    """A new number. The series is locked by then, so of two presses the second sees what the first wrote."""
    made = _number(place, local_date(at).year)
    same = Ticket.objects.filter(project=project, opened_by=by, kind=kind, title=title, text=text)
    number = same.filter(opened_at__gt=at - ONE_PRESS).values_list("number", flat=True).first()
    if number is not None:
        raise StaleState(
            "opened_already",
            _("The same words were sent a moment ago: %(number)s. Find it in the list of tickets.")
            % {"number": number},
        )
    return made


def _number(place: Division, year: int) -> str:
    """BB-230622-2026-0007."""
    prefix = f"BB-{place.pk}-{year}"
    return f"{prefix}-{take(prefix):04d}"
