"""Writes to mandates: given, accepted within the regime's day, revoked, finished; papers in and out (H12, X)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import User
from accounts.scope import posted_at
from approvals.mandates import telling
from approvals.mandates.models import OPEN_STATES, Direction, Mandate, MandateState, Material, Receipt
from approvals.tickets.access import investors_of, side_of
from approvals.tickets.clocks import deadline_from
from approvals.tickets.models import Side
from approvals.tickets.moving import clean_text, reason_of
from approvals.tickets.routing import place_of
from projects.abilities import abilities
from projects.files import Kept
from projects.models import Project, ProjectState
from projects.numbers import take
from projects.text import clean

ACCEPTANCE = "mandate_acceptance"
FOLDER = "mandates"
EARLIEST = date(2000, 1, 1)
LONGEST_YEARS = 10
# The same once more within this time is one press too many.
ONE_PRESS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Line:
    """One paper on a receipt."""

    name: str
    original: bool = False
    copies: int = 1


def agents_for(project: Project, on: date) -> list[User]:
    """Who may be entrusted: active people of the host county (or city) who handle mandates."""
    posted = notify.posted(Q(division=place_of(project)), "mandates.handle", on=on)
    return list(posted.order_by("full_name", "pk"))


def may_give(user: Any, project: Project) -> bool:
    """The investor by account, or the office that records a signed form."""
    return bool(abilities(user, project) & {"mandates.give", "mandates.handle"})


def give_mandate(
    *,
    project: Project,
    agent: User,
    scope: str,
    signed_by: str,
    signed_on: date,
    valid_to: date | None = None,
    upload: Any = None,
    by: Any,
    at: datetime,
) -> Mandate:
    """The investor entrusts the agent. Recorded by the office, it needs the signed form as a file."""
    if not may_give(by, project):
        raise PermissionDenied("mandates.give")
    online, on = side_of(by, project) == Side.INVESTOR, local_date(at)
    scope, signed_by = clean_text(scope), clean(signed_by)
    _check_giving(project, scope, signed_by, signed_on, valid_to, on)
    if not online and not upload:
        raise DomainError(
            "form_missing", _("Attach the signed form; without it there is no mandate."), field="file"
        )
    if agent not in agents_for(project, on):
        raise DomainError(
            "agent_unfit", _("Choose an agent who serves in the project's division."), field="agent"
        )
    place = place_of(project)
    deadline = deadline_from(ACCEPTANCE, place, on)
    with Kept(upload, FOLDER) as file, transaction.atomic():
        number = _number(f"WT-{place.pk}-{on.year}")
        _refuse_second_press(project, agent, scope, by, at)
        mandate = Mandate.objects.create(
            project=project, number=number, scope=scope, agent=agent, online=online,
            signed_by=signed_by[:60], signed_on=signed_on, valid_to=valid_to, given_by=by, given_at=at,
            accept_by_on=deadline.due_on, acceptance=deadline.to_json(), province_code=project.province_code,
            city_code=project.city_code, county_code=project.county_code, **file.values,
        )  # fmt: skip
        audit.record(
            "mandate_given", target=mandate, by=by, at=at,
            after={"agent": str(agent), "scope": scope[:200], "online": online, "signed_on": signed_on},
        )  # fmt: skip
        transaction.on_commit(lambda: telling.tell(mandate, "mandate_given", by, at))
    return mandate


def accept_mandate(*, mandate: Mandate, turn: int | None = None, by: Any, at: datetime) -> Mandate:
    """The agent takes it on."""
    _require_agent(by, mandate)
    _refuse_lapsed(mandate, local_date(at))
    return _move(
        mandate, (MandateState.GIVEN,), MandateState.ACTIVE, "mandate_accepted", by, at, turn, accepted_at=at
    )


def decline_mandate(
    *, mandate: Mandate, reason: str, turn: int | None = None, by: Any, at: datetime
) -> Mandate:
    _require_agent(by, mandate)
    changes = {"ended_at": at, "end_reason": reason_of(reason)}
    return _move(
        mandate, (MandateState.GIVEN,), MandateState.DECLINED, "mandate_declined", by, at, turn, **changes
    )


def revoke_mandate(
    *, mandate: Mandate, reason: str, turn: int | None = None, by: Any, at: datetime
) -> Mandate:
    """The investor takes it back, whenever they like; where they have no account, the office records their word."""
    held = abilities(by, mandate.project)
    recorded = "mandates.handle" in held and not investors_of(mandate.project, local_date(at))
    if "mandates.give" not in held and not recorded:
        raise PermissionDenied("mandates.give")
    changes = {"ended_at": at, "end_reason": reason_of(reason)}
    return _move(mandate, OPEN_STATES, MandateState.REVOKED, "mandate_revoked", by, at, turn, **changes)


def end_mandate(*, mandate: Mandate, reason: str, turn: int | None = None, by: Any, at: datetime) -> Mandate:
    """All is done and every paper has left the agent's hands."""
    _require_agent(by, mandate)
    reason = reason_of(reason)
    if number := mandate.materials.filter(handed=None).count():
        raise DomainError(
            "materials_held",
            _("%(n)d materials are still held. Hand them in or give them back first.") % {"n": number},
        )
    changes = {"ended_at": at, "end_reason": reason}
    return _move(
        mandate, (MandateState.ACTIVE,), MandateState.ENDED, "mandate_ended", by, at, turn, **changes
    )


def take_in(
    *,
    mandate: Mandate,
    lines: Sequence[Line],
    party: str,
    done_on: date,
    note: str = "",
    by: Any,
    at: datetime,
) -> Receipt:
    """Papers received from the company, with a receipt the company confirms."""
    _require_agent(by, mandate)
    lines = [Line(clean(line.name), line.original, line.copies) for line in lines if clean(line.name)]
    if not lines:
        raise DomainError("nothing_received", _("Write at least one material."), field="name_1")
    _check_day(mandate, done_on, at)
    with transaction.atomic():
        row = _locked(mandate)
        if row.state != MandateState.ACTIVE:
            raise StaleState(
                "mandate_not_active", _("This mandate is not in force; nothing is received under it.")
            )
        _refuse_lapsed(row, done_on)
        _refuse_same_papers(row, lines, done_on, by, at)
        receipt = _receipt(row, Direction.IN, party, done_on, note, by, at)
        Material.objects.bulk_create(
            Material(
                mandate=row, name=line.name[:120], original=line.original, copies=line.copies, taken=receipt
            )
            for line in lines
        )
        _record(receipt, [line.name for line in lines], by, at)
    return receipt


def hand_out(
    *,
    mandate: Mandate,
    materials: Sequence[int],
    direction: str,
    party: str,
    done_on: date,
    note: str = "",
    by: Any,
    at: datetime,
) -> Receipt:
    """Papers handed in at an office, or given back to the company: also after the mandate was revoked."""
    _require_agent(by, mandate)
    if direction not in (Direction.OFFICE, Direction.BACK):
        raise DomainError("direction_unknown", _("Choose where the materials go."), field="direction")
    if direction == Direction.OFFICE and not clean(party):
        raise DomainError("party_missing", _("Write which office received them."), field="party")
    _check_day(mandate, done_on, at)
    with transaction.atomic():
        row = _locked(mandate)
        if direction == Direction.OFFICE and row.state != MandateState.ACTIVE:
            raise StaleState(
                "mandate_not_active", _("This mandate is not in force; the materials go back to the company.")
            )
        if direction == Direction.OFFICE:
            _refuse_lapsed(row, done_on)
        held = list(row.materials.filter(pk__in=materials, handed=None).select_related("taken"))
        if not held or len(held) != len(set(materials)):
            raise StaleState("not_held", _("Choose materials that are still held; some have left already."))
        if any(one.taken.done_on > done_on for one in held):
            raise DomainError("before_received", _("They were received after this day."), field="done_on")
        receipt = _receipt(row, direction, party, done_on, note, by, at)
        row.materials.filter(pk__in=[one.pk for one in held]).update(handed=receipt)
        _record(receipt, [one.name for one in held], by, at)
    return receipt


def confirm_receipt(*, receipt: Receipt, by: Any, at: datetime) -> Receipt:
    """The company says: so it was."""
    if "mandates.give" not in abilities(by, receipt.mandate.project):
        raise PermissionDenied("mandates.give")
    if receipt.direction == Direction.OFFICE:
        raise DomainError("not_yours", _("This receipt is between the agent and the office."))
    with transaction.atomic():
        if not Receipt.objects.filter(pk=receipt.pk, confirmed_at=None).update(
            confirmed_by=by, confirmed_at=at
        ):
            raise StaleState("confirmed_already", _("This receipt was confirmed already."))
        receipt.refresh_from_db()
        audit.record("receipt_confirmed", target=receipt, by=by, at=at, codes=audit.codes_of(receipt.mandate))
    return receipt


def may_serve(user: Any, mandate: Mandate) -> bool:
    """The agent, or the competent office of the host division, which answers for its agents."""
    if mandate.agent_id == user.pk and posted_at(user, place_of(mandate.project), "mandates.handle"):
        return True
    return posted_at(user, place_of(mandate.project), "tickets.close_silent")


def change_agent(mandate: Mandate, agent: User, *, by: Any, at: datetime) -> bool:
    """A hand-over was accepted; the mandate's own form stays. Call inside `atomic`."""
    before = str(mandate.agent)
    if not Mandate.objects.filter(pk=mandate.pk, turn=mandate.turn).update(agent=agent, turn=F("turn") + 1):
        return False
    mandate.refresh_from_db()
    after = {"agent": str(agent)}
    audit.record("mandate_handed_over", target=mandate, by=by, at=at, before={"agent": before}, after=after)
    transaction.on_commit(lambda: telling.tell(mandate, "mandate_handed_over", by, at))
    return True


def _require_agent(by: Any, mandate: Mandate) -> None:
    if not may_serve(by, mandate):
        raise PermissionDenied("mandates.handle")


def _check_giving(
    project: Project, scope: str, signed_by: str, signed_on: date, valid_to: date | None, on: date
) -> None:
    if not scope:
        raise DomainError("scope_missing", _("Write what is entrusted to the agent."), field="scope")
    if not signed_by:
        raise DomainError("signer_missing", _("Write who signs for the company."), field="signed_by")
    if signed_on < EARLIEST:
        raise DomainError(
            "signed_too_early",
            _("The year %(year)d cannot be right. Please check it.") % {"year": signed_on.year},
            field="signed_on",
        )
    if signed_on > on:
        raise DomainError("signed_in_future", _("This day has not come yet."), field="signed_on")
    if valid_to is not None and valid_to < max(signed_on, on):
        raise DomainError(
            "valid_to_past", _("This day lies in the past. Choose today or later."), field="valid_to"
        )
    if valid_to is not None and valid_to.year > on.year + LONGEST_YEARS:
        raise DomainError(
            "valid_to_far",
            _("This day lies more than %(n)d years ahead. Check the year.") % {"n": LONGEST_YEARS},
            field="valid_to",
        )
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise StaleState("project_ended", _("This project has ended; nothing is entrusted for it any more."))


def _refuse_lapsed(mandate: Mandate, on: date) -> None:
    if mandate.has_lapsed(on):
        raise StaleState(
            "mandate_lapsed",
            _(
                "The mandate was valid until %(day)s. Give the materials back and finish it; "
                "to go on, the company gives a new one."
            )
            % {"day": mandate.valid_to},
        )


def _refuse_second_press(project: Project, agent: User, scope: str, by: Any, at: datetime) -> None:
    """The series is locked by now, so of two presses the second sees what the first wrote."""
    same = Mandate.objects.filter(project=project, agent=agent, scope=scope, given_by=by)
    number = same.filter(given_at__gt=at - ONE_PRESS, state__in=OPEN_STATES).values_list("number", flat=True)
    if found := number.first():
        raise StaleState(
            "given_already",
            _("The same mandate was given a moment ago: %(number)s. Find it in the list of mandates.")
            % {"number": found},
        )


def _refuse_same_papers(
    mandate: Mandate, lines: Sequence[Line], done_on: date, by: Any, at: datetime
) -> None:
    """The mandate is locked: of two presses the second sees the receipt of the first."""
    last = mandate.receipts.filter(direction=Direction.IN, by=by, done_on=done_on, at__gt=at - ONE_PRESS)
    wanted = sorted((line.name[:120], line.original, line.copies) for line in lines)
    for receipt in last:
        if sorted(Material.objects.filter(taken=receipt).values_list("name", "original", "copies")) == wanted:
            raise StaleState(
                "received_already",
                _("The same materials were received a moment ago: receipt %(number)s.")
                % {"number": receipt.number},
            )


def _check_day(mandate: Mandate, done_on: date, at: datetime) -> None:
    if done_on > local_date(at):
        raise DomainError("done_in_future", _("This day has not come yet."), field="done_on")
    if done_on < mandate.signed_on:
        raise DomainError(
            "before_mandate",
            _("The mandate was signed on %(day)s; nothing is received before.")
            % {"day": mandate.signed_on.isoformat()},
            field="done_on",
        )


def _number(prefix: str) -> str:
    return f"{prefix}-{take(prefix):04d}"


def _locked(mandate: Mandate) -> Mandate:
    return Mandate.objects.select_for_update(of=("self",)).select_related("project").get(pk=mandate.pk)


def _receipt(
    mandate: Mandate, direction: str, party: str, done_on: date, note: str, by: Any, at: datetime
) -> Receipt:
    company = mandate.project.company
    party = clean(party) or (company.name if company else mandate.signed_by)
    return Receipt.objects.create(
        mandate=mandate, number=f"{mandate.number}-{mandate.receipts.count() + 1:02d}", direction=direction,
        party=party[:120], done_on=done_on, note=clean(note)[:300], by=by, at=at,
    )  # fmt: skip


def _record(receipt: Receipt, names: list[str], by: Any, at: datetime) -> None:
    audit.record(
        f"receipt_{receipt.direction}", target=receipt, by=by, at=at, codes=audit.codes_of(receipt.mandate),
        after={"party": receipt.party, "done_on": receipt.done_on, "materials": names[:20]},
    )  # fmt: skip
    transaction.on_commit(lambda: telling.tell_receipt(receipt, by, at))


def _move(
    mandate: Mandate, sources: Sequence[str], target: str, action: str, by: Any, at: datetime, turn: int | None,
    **changes: Any,
) -> Mandate:  # fmt: skip
    seen, before = mandate.turn if turn is None else turn, mandate.state
    with transaction.atomic():
        rows = Mandate.objects.filter(pk=mandate.pk, turn=seen, state__in=sources)
        if not rows.update(state=target, turn=F("turn") + 1, **changes):
            raise StaleState(
                "mandate_moved",
                _("Somebody was faster; the mandate has moved on. Look at it as it stands now."),
            )
        mandate.refresh_from_db()
        audit.record(
            action, target=mandate, by=by, at=at, before={"state": before}, after={"state": target},
            reason=str(changes.get("end_reason", ""))[:500],
        )  # fmt: skip
        transaction.on_commit(lambda: telling.tell(mandate, action, by, at))
    return mandate
