"""One move of a ticket: compare-and-set, the holder's clock, the line in the thread with its files, audit, inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, files
from accounts.clock import BUSINESS_ZONE, local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division, User
from accounts.scope import acting_posting
from approvals.tickets import telling
from approvals.tickets.clocks import ACCEPTANCE, counts_on, deadline_from
from approvals.tickets.models import Side, Ticket, TicketEntry, TicketFile, TicketHold
from approvals.tickets.states import LABELS, Move
from projects.text import clean

FOLDER = "tickets"
# The same words of the same person within this time are one press too many, not a second matter.
ONE_PRESS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the ticket from now on. `division` always says whose tier it is, also while the investor is asked."""

    side: str
    division: Division
    department: Department | None = None
    person: User | None = None

    @property
    def label(self) -> str:
        if self.side == Side.INVESTOR:
            return str(Side.INVESTOR.label)
        office = self.department.name if self.department else self.division.name
        return f"{office} {self.person}" if self.person else office


def office_holder(ticket: Ticket) -> Holder:
    """Whoever of the office the ticket names now."""
    return Holder(Side.OFFICE, ticket.division, ticket.department, ticket.person)


def investor_holder(ticket: Ticket) -> Holder:
    return Holder(Side.INVESTOR, ticket.division)


def acceptance(holder: Holder, at: datetime) -> dict[str, Any]:
    """Fields of a ticket that now waits to be accepted by `holder`."""
    deadline = deadline_from(ACCEPTANCE, holder.division, local_date(at))
    return {"accept_by_on": deadline.due_on, "acceptance": deadline.to_json()}


def perform(
    ticket: Ticket,
    code: str,
    move: Move,
    *,
    by: Any,
    at: datetime,
    turn: int | None = None,
    text: str = "",
    uploads: Sequence[Any] = (),
    changes: dict[str, Any] | None = None,
    holder: Holder | None = None,
) -> Ticket:
    """Do the move or raise StaleState with what happened meanwhile. `turn`: that of the page the person saw."""
    text = clean_text(text)
    checked = files.check_files(uploads)
    changes = dict(changes or {})
    seen = ticket.turn if turn is None else turn
    kept: list[str] = []
    try:
        with transaction.atomic():
            before = _facts(ticket)
            _compare_and_set(ticket, code, move, seen, changes)
            if holder is not None:
                _hand(ticket, holder, code, at)
            entry = add_entry(ticket, code, side=move.side, by=by, at=at, text=text)
            kept += keep_files(entry, checked)
            audit.record(
                f"ticket_{code}",
                target=ticket,
                by=by,
                at=at,
                before=before,
                after=_facts(ticket),
                reason=text[:500],
            )
            transaction.on_commit(lambda: telling.tell_move(ticket, entry, at))
    except BaseException:
        files.forget(kept)
        raise
    return ticket


def add_entry(ticket: Ticket, action: str, *, side: str, by: Any, at: datetime, text: str) -> TicketEntry:
    posting = acting_posting(by) if by is not None else None
    return TicketEntry.objects.create(
        ticket=ticket,
        action=action,
        side=side,
        by=by,
        by_name=(by.get_full_name() if by is not None else str(_("the system")))[:60],
        office=(posting.unit_name if posting and side == Side.OFFICE else "")[:120],
        at=at,
        text=text,
    )


def keep_files(entry: TicketEntry, checked: Sequence[tuple[files.Checked, Any]]) -> list[str]:
    """Store and record the files; return the stored paths, so that a failed write can take them back."""
    paths: list[str] = []
    try:
        for known, upload in checked:
            paths.append(files.keep(upload, known, FOLDER))
            TicketFile.objects.create(
                entry=entry, name=known.name, path=paths[-1], content_type=known.content_type, size=known.size,
                sha256=known.sha256,
            )  # fmt: skip
    except BaseException:
        files.forget(paths)
        raise
    return paths


def start_hold(ticket: Ticket, holder: Holder, why: str, at: datetime) -> TicketHold:
    return TicketHold.objects.create(
        ticket=ticket, side=holder.side, division=holder.division, department=holder.department,
        person=holder.person, label=holder.label[:160], why=why, from_at=at,
    )  # fmt: skip


def clean_text(text: str) -> str:
    """Trimmed, lines kept; at most 4000 characters, told and not cut."""
    text = "\n".join(clean(line) for line in (text or "").replace("\r\n", "\n").split("\n")).strip()
    if len(text) > 4000:
        raise DomainError(
            "text_too_long",
            _("This has %(n)d characters; at most 4000 are possible. Put the rest into a file.")
            % {"n": len(text)},
            field="text",
        )
    return text


def stale(ticket: Ticket) -> StaleState:
    """Tell the second of two people what the first one did."""
    last = ticket.entries.exclude(action="message").order_by("-at", "-pk").first()
    if last is None:
        return StaleState("ticket_moved", _("This ticket has moved on. Reload the page."))
    return StaleState(
        "ticket_moved",
        _(
            "%(who)s was faster: %(what)s at %(when)s. Look at the ticket as it stands now; what you typed is kept."
        )
        % {
            "who": last.by_name,
            "what": LABELS.get(last.action, last.action),
            "when": f"{last.at.astimezone(BUSINESS_ZONE):%m-%d %H:%M}",
        },
    )


def _compare_and_set(ticket: Ticket, code: str, move: Move, seen: int, changes: dict[str, Any]) -> None:
    state = move.target or ticket.state
    changes["next_due_on"] = counts_on(
        state, changes.get("accept_by_on", ticket.accept_by_on), changes.get("due_on", ticket.due_on)
    )
    rows = Ticket.objects.filter(pk=ticket.pk, turn=seen, state__in=move.sources)
    if move.opened_by:
        rows = rows.filter(opened_side=move.opened_by)
    if not rows.update(state=state, turn=F("turn") + 1, **changes):
        raise stale(ticket)
    ticket.refresh_from_db()


def _hand(ticket: Ticket, holder: Holder, why: str, at: datetime) -> None:
    """The clock of one holder stops as the next one's starts; the same holder's clock runs on."""
    running = ticket.holds.filter(to_at=None).first()
    wanted = (holder.side, holder.division.pk, _pk(holder.department), _pk(holder.person))
    if running is not None:
        now = (running.side, running.division_id, running.department_id, running.person_id)
        if now == wanted:
            return
        TicketHold.objects.filter(pk=running.pk).update(to_at=max(at, running.from_at))
    start_hold(ticket, holder, why, at)


def end_holds(ticket: Ticket, at: datetime) -> None:
    ticket.holds.filter(to_at=None, from_at__lte=at).update(to_at=at)


def _pk(row: Any) -> Any:
    return row.pk if row is not None else None


def _facts(ticket: Ticket) -> dict[str, Any]:
    return {
        "state": ticket.state,
        "holder": ticket.holder_name,
        "due_on": ticket.due_on,
        "accept_by_on": ticket.accept_by_on,
    }


def change_person(ticket: Ticket, person: User, *, by: Any, at: datetime) -> bool:
    """`person` has the ticket now, by an accepted hand-over, whose right it is. Call inside `atomic`."""
    before = _facts(ticket)
    rows = Ticket.objects.filter(pk=ticket.pk, turn=ticket.turn)
    if not rows.update(person=person, turn=F("turn") + 1):
        return False
    ticket.refresh_from_db()
    running = ticket.holds.filter(to_at=None).first()
    if running is None or running.side == Side.OFFICE:
        _hand(ticket, Holder(Side.OFFICE, ticket.division, ticket.department, person), "handed_over", at)
    entry = add_entry(ticket, "handed_over", side=Side.OFFICE, by=by, at=at, text=str(person))
    audit.record("ticket_handed_over", target=ticket, by=by, at=at, before=before, after=_facts(ticket))
    transaction.on_commit(lambda: telling.tell_move(ticket, entry, at))
    return True


def change_office(ticket: Ticket, department: Department, *, reason: str, by: Any, at: datetime) -> bool:
    """`department` has the ticket now, as accepted as it was, by its accepted hand-over. Call inside `atomic`."""
    before = _facts(ticket)
    rows = Ticket.objects.filter(pk=ticket.pk, turn=ticket.turn)
    if not rows.update(department=department, person=None, turn=F("turn") + 1):
        return False
    ticket.refresh_from_db()
    running = ticket.holds.filter(to_at=None).first()
    if running is None or running.side == Side.OFFICE:
        _hand(ticket, office_holder(ticket), "handed_over", at)
    entry = add_entry(ticket, "handed_over", side=Side.OFFICE, by=by, at=at, text=f"{department}：{reason}")
    audit.record(
        "ticket_handed_over", target=ticket, by=by, at=at, before=before, after=_facts(ticket), reason=reason
    )
    transaction.on_commit(lambda: telling.tell_move(ticket, entry, at))
    return True


def check_limit(due_on: date | None, on: date, field: str = "due_on") -> None:
    if due_on is None:
        return
    if due_on < on:
        raise DomainError(
            "limit_in_past", _("This day lies in the past. Choose today or later."), field=field
        )
    if due_on.year > on.year + 3:
        raise DomainError(
            "limit_too_far", _("This day lies more than three years ahead. Check the year."), field=field
        )


def reason_of(text: str) -> str:
    text = clean_text(text)
    if not text:
        raise DomainError("reason_missing", _("Say why; the other side reads it."), field="reason")
    return text


def end_ticket(
    ticket: Ticket, code: str, move: Any, reason: str, turn: int | None, by: Any, at: datetime
) -> Ticket:
    changes = {"closed_at": at, "closed_how": code, "close_reason": reason, "silence_due_on": None}
    with transaction.atomic():
        row = perform(ticket, code, move, by=by, at=at, turn=turn, text=reason, changes=changes)
        end_holds(row, at)
    return row
