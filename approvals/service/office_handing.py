"""Handing over all that a department has open: offered by the competent office, moved once the receiver accepts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, User
from accounts.notify import STORED_LANGUAGE
from accounts.scope import own_departments, require
from approvals.service import offices
from approvals.service.models import HandOverState
from approvals.service.office_models import RECEIVE, OfficeHandOver
from approvals.tickets.moving import reason_of
from projects.text import clean

PROPOSE = "handovers.propose"


def may_propose(user: Any, giver: Department) -> bool:
    try:
        require(user, PROPOSE, division=giver.division)
    except PermissionDenied:
        return False
    return True


def may_receive(user: Any, hand_over: OfficeHandOver) -> bool:
    """Whoever is posted in the receiving department and may take work over."""
    return hand_over.receiver_id in own_departments(user, RECEIVE)


def offer(
    *, giver: Department, receiver: Department, kinds: Sequence[str], reason: str, by: Any, at: datetime
) -> OfficeHandOver:
    """Offer all that `giver` has open of `kinds` to `receiver`; nothing moves until somebody there takes it over."""
    require(by, PROPOSE, division=giver.division)
    reason, on = clean(reason_of(reason)), local_date(at)
    if len(reason) > 300:
        raise DomainError("reason_too_long", _("At most 300 characters are possible."), field="reason")
    counts = {code: n for code, n in offices.counts_of(giver).items() if code in set(kinds)}
    if not counts:
        raise DomainError("nothing_chosen", _("Choose what is handed over."), field="kinds")
    if not offices.receivers_for(giver, on).filter(pk=receiver.pk).exists():
        raise DomainError(
            "receiver_unfit",
            _("Choose another department of the same division in which somebody is posted."),
            field="receiver",
        )
    try:
        with transaction.atomic():
            row = OfficeHandOver.objects.create(
                giver=giver, receiver=receiver, kinds=sorted(counts), reason=reason, proposed_by=by, proposed_at=at,
                **giver.division.codes,
            )  # fmt: skip
            audit.record(
                "handover_proposed", target=row, by=by, at=at, reason=reason,
                after={"giver": str(giver), "receiver": str(receiver), "items": sum(counts.values())},
            )  # fmt: skip
            transaction.on_commit(
                lambda: _tell(row, notify.staff_of_department(receiver.pk, RECEIVE, on=on), at)
            )
    except IntegrityError:
        raise StaleState(
            "offered_already",
            _("The work of this department is offered already and not answered yet."),
            field="receiver",
        ) from None
    return row


def accept(*, hand_over: OfficeHandOver, by: Any, at: datetime) -> OfficeHandOver:
    """The receiver takes over: what the giver has open today of the offered kinds moves in one transaction."""
    _only_receiver(hand_over, by)
    on = local_date(at)
    if hand_over.receiver.valid_to and hand_over.receiver.valid_to < on:
        raise DomainError("receiver_unfit", _("This department was abolished itself; decline it."))
    with transaction.atomic():
        _settle(hand_over, HandOverState.ACCEPTED, "", by, at)
        moved = {}
        for code in hand_over.kinds:
            if (work := offices.BY_CODE.get(code)) is not None:
                rows = work.of(hand_over.giver)
                moved[code] = work.move(rows, hand_over.receiver, by, at, hand_over.reason)
        OfficeHandOver.objects.filter(pk=hand_over.pk).update(moved=moved)
        hand_over.moved = moved
        audit.record(
            "handover_accepted", target=hand_over, by=by, at=at, after={
                "giver": str(hand_over.giver), "receiver": str(hand_over.receiver), "items": sum(moved.values()),
            },
        )  # fmt: skip
        transaction.on_commit(lambda: _tell(hand_over, [hand_over.proposed_by], at))
    return hand_over


def decline(*, hand_over: OfficeHandOver, reason: str, by: Any, at: datetime) -> OfficeHandOver:
    """The receiver does not take it over; everything stays where it was."""
    _only_receiver(hand_over, by)
    return _end(hand_over, HandOverState.DECLINED, "handover_declined", reason, by, at)


def withdraw(*, hand_over: OfficeHandOver, reason: str, by: Any, at: datetime) -> OfficeHandOver:
    """Taken back by whoever may offer it."""
    require(by, PROPOSE, division=hand_over.giver.division)
    return _end(hand_over, HandOverState.WITHDRAWN, "handover_withdrawn", reason, by, at)


def _end(
    hand_over: OfficeHandOver, state: str, action: str, reason: str, by: Any, at: datetime
) -> OfficeHandOver:
    reason = clean(reason_of(reason))[:300]
    with transaction.atomic():
        _settle(hand_over, state, reason, by, at)
        audit.record(action, target=hand_over, by=by, at=at, reason=reason)
        people = [
            hand_over.proposed_by,
            *notify.staff_of_department(hand_over.receiver_id, RECEIVE, on=local_date(at)),
        ]
        transaction.on_commit(lambda: _tell(hand_over, [one for one in people if one.pk != by.pk], at))
    return hand_over


def _only_receiver(hand_over: OfficeHandOver, by: Any) -> None:
    if not may_receive(by, hand_over):
        raise PermissionDenied(RECEIVE)


def _settle(hand_over: OfficeHandOver, state: str, answer: str, by: Any, at: datetime) -> None:
    rows = OfficeHandOver.objects.filter(pk=hand_over.pk, state=HandOverState.PROPOSED)
    if not rows.update(state=state, decided_by=by, decided_at=at, answer=answer):
        raise StaleState("decided_already", _("This hand-over has been decided already. Reload the page."))
    hand_over.refresh_from_db()


def _tell(hand_over: OfficeHandOver, people: Sequence[User], at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("Hand-over %(giver)s → %(receiver)s: %(state)s") % {
            "giver": hand_over.giver, "receiver": hand_over.receiver, "state": hand_over.get_state_display(),
        }  # fmt: skip
    notify.tell(
        {user.pk: user for user in people}.values(),
        key=f"office_handover:{hand_over.pk}:{hand_over.state}",
        kind="handover",
        title=title,
        text=hand_over.answer or hand_over.reason,
        url=reverse("service:office", args=[hand_over.pk]),
        at=at,
    )
