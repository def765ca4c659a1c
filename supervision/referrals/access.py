"""Who stands where in a referral. Whoever is outside the circle gets 404 (see Referral.visible_to), inside without the
right 403."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts import clock, notify
from accounts.errors import StaleState
from accounts.models import Division, Posting, User
from accounts.permissions import PERMISSIONS, Role
from accounts.scope import current_postings
from supervision.referrals.models import Referral, ReferralState, with_predecessors
from supervision.referrals.states import CIRCLE, DISCIPLINE, LABELS, MOVES, PERSON, Move


def in_circle(user: Any, referral: Referral) -> bool:
    """The opener, or a head named, while head of the office that opened it."""
    if user.pk == referral.person_id or not _is_head(user, referral):
        return False
    return user.pk == referral.opened_by_id or referral.readers.filter(user=user).exists()


def is_discipline(user: Any, referral: Referral) -> bool:
    """Of the discipline inspection office it was handed to; before that, of its own division's."""
    place = referral.addressee_id or referral.division_id
    codes = [one.division_id for one in current_postings(user) if one.role == Role.DISCIPLINE_OFFICE]
    return user.pk != referral.person_id and place in with_predecessors(codes)


def _is_head(user: Any, referral: Referral) -> bool:
    codes = [one.division_id for one in current_postings(user) if "referrals.make" in PERMISSIONS[one.role]]
    return referral.division_id in with_predecessors(codes)


def may(user: Any, referral: Referral, code: str) -> bool:
    """Whether the move's form is shown; `require_move` decides."""
    move = MOVES[code]
    return referral.state in move.sources and _allowed(user, referral, move, code)


def require_move(user: Any, referral: Referral, code: str) -> Move:
    """The move; PermissionDenied for whoever may not make it, StaleState when its time is over."""
    move = MOVES[code]
    if not _allowed(user, referral, move, code):
        raise PermissionDenied("referrals.make")
    if referral.state not in move.sources:
        raise stale(referral)
    return move


def stale(referral: Referral) -> StaleState:
    now = Referral.objects.get(pk=referral.pk)
    return StaleState(
        "referral_moved",
        _("Someone else was faster: this referral is now “%(state)s”. Nothing was changed; look at it anew.")
        % {"state": ReferralState(now.state).label},
    )


def label_of(code: str) -> str:
    return str(LABELS.get(code, code))


def _allowed(user: Any, referral: Referral, move: Move, code: str) -> bool:
    if move.side == PERSON:
        return bool(user.pk == referral.person_id)
    if move.side == DISCIPLINE:
        if is_discipline(user, referral):
            return True
        # Where the discipline inspection office is not in the system, its paper answer is entered by the circle.
        return in_circle(user, referral) and not discipline_posted(referral.addressee_id)
    if code == "name" and in_circle(user, referral) is False:
        return is_orphaned(referral) and is_discipline(user, referral)
    if code == "record_statement" and referral.person_id is not None:
        return False
    return move.side == CIRCLE and in_circle(user, referral)


def discipline_posted(division: str | None) -> bool:
    """Whether the discipline inspection office of that division has somebody in the system today."""
    return division is not None and bool(discipline_of(division, clock.today()))


def is_orphaned(referral: Referral) -> bool:
    """Nobody of the circle is in office any more: the discipline inspection office may let a head in."""
    people = [referral.opened_by_id, *referral.readers.values_list("user_id", flat=True)]
    heads = {one.pk for one in heads_of(referral.division_id, clock.today())}
    return not heads.intersection(people)


def heads_of(division: str, on: date) -> list[User]:
    """Heads of the office, or of the one it was merged into."""
    return notify.staff_of(_home(division), "referrals.make", on=on)


def _home(division: str) -> str:
    """The division, or its successor once it was merged."""
    return Division.objects.filter(pk=division).values_list("successor_id", flat=True).first() or division


def circle_of(referral: Referral, on: date) -> list[User]:
    """Those to tell: opener and named heads still in office."""
    people = {referral.opened_by_id, *referral.readers.values_list("user_id", flat=True)}
    return [one for one in heads_of(referral.division_id, on) if one.pk in people]


def discipline_of(division: str, on: date) -> list[User]:
    rows = Posting.objects.current(on).filter(division_id=_home(division), role=Role.DISCIPLINE_OFFICE)
    return list(User.objects.filter(pk__in=rows.values("user_id"), is_active=True).order_by("pk"))
