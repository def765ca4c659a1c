"""Hand-over (交接): all that a person has open goes to another, who must accept it; nothing is left ownerless."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division, Posting, User
from accounts.notify import STORED_LANGUAGE
from accounts.permissions import roles_with
from accounts.scope import current_postings, require
from approvals.service import owned
from approvals.service.models import HandOver, HandOverItem, HandOverState
from approvals.tickets.moving import reason_of
from projects.text import clean


def home_of(user: User, on: Any) -> Division | None:
    """Where the person serves: the division of the posting in force, else of the last one that handled work."""
    rows = Posting.objects.filter(user=user, role__in=roles_with("tickets.handle")).select_related("division")
    found = rows.current(on).first() or rows.order_by("-valid_to", "-pk").first()
    return found.division if found else None


def receivers_for(giver: User, on: Any) -> list[User]:
    """Who may take over: active people who handle work in the giver's division."""
    home = home_of(giver, on)
    if home is None:
        return []
    posted = notify.posted(Q(division=home), "tickets.handle", on=on).exclude(pk=giver.pk)
    return list(posted.order_by("full_name", "pk"))


def may_propose(user: Any, giver: User, on: Any) -> bool:
    """The competent office of the giver's area: it appoints, so it also moves what an appointment brings."""
    home = home_of(giver, on)
    if home is None:
        return False
    try:
        require(user, "handovers.propose", division=home)
    except PermissionDenied:
        return False
    return True


def propose(
    *, giver: User, receiver: User, keys: Sequence[str], reason: str, by: Any, at: datetime
) -> HandOver:
    """Offer the chosen open things of `giver` to `receiver`; they stay with the giver until taken over."""
    on = local_date(at)
    if not may_propose(by, giver, on):
        raise PermissionDenied("handovers.propose")
    reason = reason_of(reason)
    if receiver not in receivers_for(giver, on):
        raise DomainError(
            "receiver_unfit", _("Choose somebody who serves in the same division."), field="receiver"
        )
    offered = HandOverItem.objects.filter(hand_over__giver=giver, hand_over__state=HandOverState.PROPOSED)
    waiting = {f"{row.source}:{row.object_id}" for row in offered}
    things = [thing for thing in owned.open_of(giver, on) if thing.key in set(keys)]
    if not things:
        raise DomainError("nothing_chosen", _("Choose what is handed over."), field="keys")
    if doubled := [thing.label for thing in things if thing.key in waiting]:
        raise DomainError(
            "offered_already",
            _("Offered already and not answered yet: %(names)s.") % {"names": "，".join(doubled[:3])},
            field="keys",
        )
    home = home_of(giver, on)
    with transaction.atomic():
        row = HandOver.objects.create(
            giver=giver, receiver=receiver, reason=clean(reason)[:300], proposed_by=by, proposed_at=at,
            **(home.codes if home else {}),
        )  # fmt: skip
        HandOverItem.objects.bulk_create(
            HandOverItem(
                hand_over=row, source=thing.source, object_id=thing.pk, label=thing.label[:200],
                project_name=thing.project_name[:200],
            )
            for thing in things
        )  # fmt: skip
        audit.record(
            "handover_proposed", target=row, by=by, at=at, reason=reason,
            after={"giver": str(giver), "receiver": str(receiver), "items": len(things)},
        )  # fmt: skip
        transaction.on_commit(lambda: _tell(row, [receiver], at))
    return row


def accept(*, hand_over: HandOver, by: Any, at: datetime) -> HandOver:
    """The receiver takes over: everything still with the giver moves in one transaction; the rest is marked as not."""
    _only_receiver(hand_over, by)
    on = local_date(at)
    if hand_over.receiver not in receivers_for(hand_over.giver, on):
        raise DomainError("receiver_unfit", _("You no longer serve in the giver's division; decline it."))
    with transaction.atomic():
        _settle(hand_over, HandOverState.ACCEPTED, "", at)
        by_source: dict[str, list[int]] = defaultdict(list)
        for item in hand_over.items.all():
            by_source[item.source].append(item.object_id)
        moved = 0
        for code, pks in sorted(by_source.items()):
            source = owned.find(code)
            done = source.move(pks, hand_over.giver, hand_over.receiver, by, at) if source else set()
            rows = hand_over.items.filter(source=code)
            rows.filter(object_id__in=done).update(moved=True)
            rows.exclude(object_id__in=done).update(moved=False)
            moved += len(done)
        audit.record(
            "handover_accepted", target=hand_over, by=by, at=at,
            after={"giver": str(hand_over.giver), "receiver": str(hand_over.receiver), "items": moved},
        )  # fmt: skip
        transaction.on_commit(lambda: _tell(hand_over, [hand_over.giver, hand_over.proposed_by], at))
    return hand_over


def decline(*, hand_over: HandOver, reason: str, by: Any, at: datetime) -> HandOver:
    """The receiver does not take it over; everything stays where it was."""
    _only_receiver(hand_over, by)
    return _end(hand_over, HandOverState.DECLINED, "handover_declined", reason, by, at)


def withdraw(*, hand_over: HandOver, reason: str, by: Any, at: datetime) -> HandOver:
    """Taken back by whoever may propose it."""
    if not may_propose(by, hand_over.giver, local_date(at)):
        raise PermissionDenied("handovers.propose")
    return _end(hand_over, HandOverState.WITHDRAWN, "handover_withdrawn", reason, by, at)


def _end(hand_over: HandOver, state: str, action: str, reason: str, by: Any, at: datetime) -> HandOver:
    reason = reason_of(reason)
    with transaction.atomic():
        _settle(hand_over, state, clean(reason)[:300], at)
        hand_over.items.update(moved=False)
        audit.record(action, target=hand_over, by=by, at=at, reason=reason)
        people = [hand_over.giver, hand_over.proposed_by, hand_over.receiver]
        transaction.on_commit(lambda: _tell(hand_over, [one for one in people if one.pk != by.pk], at))
    return hand_over


def _only_receiver(hand_over: HandOver, by: Any) -> None:
    held = any(p.role in roles_with("handovers.receive") for p in current_postings(by))
    if hand_over.receiver_id != by.pk or not held:
        raise PermissionDenied("handovers.receive")


def _settle(hand_over: HandOver, state: str, answer: str, at: datetime) -> None:
    rows = HandOver.objects.filter(pk=hand_over.pk, state=HandOverState.PROPOSED)
    if not rows.update(state=state, decided_at=at, answer=answer):
        raise StaleState("decided_already", _("This hand-over has been decided already. Reload the page."))
    hand_over.refresh_from_db()


def _tell(hand_over: HandOver, people: Sequence[User], at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("Hand-over %(giver)s → %(receiver)s: %(state)s") % {
            "giver": hand_over.giver, "receiver": hand_over.receiver, "state": hand_over.get_state_display(),
        }  # fmt: skip
    notify.tell(
        {user.pk: user for user in people}.values(),
        key=f"handover:{hand_over.pk}:{hand_over.state}",
        kind="handover",
        title=title,
        text=hand_over.answer or hand_over.reason,
        url=reverse("service:handover", args=[hand_over.pk]),
        at=at,
    )


def left_behind(posting: Posting, last_day: Any) -> list[str]:
    """What would have no owner if the posting ended: nothing while another posting of the person carries it on."""
    if posting.role not in roles_with("tickets.handle"):
        return []
    others = posting.user.postings.exclude(pk=posting.pk).filter(
        division=posting.division, role__in=roles_with("tickets.handle"), valid_from__lte=last_day
    )
    if any(row.valid_to is None or row.valid_to > last_day for row in others):
        return []
    return [f"{thing.project_name} {thing.label}" for thing in owned.open_of(posting.user, last_day)]
