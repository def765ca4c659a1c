"""How a referral moves: the one table of transitions. Pure; services and buttons both read it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from supervision.referrals.models import BEFORE_HANDING, ReferralState

S = ReferralState
CIRCLE, DISCIPLINE, PERSON = "circle", "discipline", "person"


@dataclass(frozen=True, slots=True)
class Move:
    """`target` None: the state stays. `side`: who makes it — the circle of heads, the discipline office, the person."""

    sources: tuple[str, ...]
    target: str | None
    side: str
    label: object


MOVES: dict[str, Move] = {
    "collect": Move(BEFORE_HANDING, None, CIRCLE, _("evidence collected again")),
    "name": Move((S.OPEN, S.INVITED, S.HANDED, S.ACCEPTED), None, CIRCLE, _("reader named")),
    "invite": Move((S.OPEN,), S.INVITED, CIRCLE, _("person concerned asked to state")),
    "state": Move((S.INVITED,), None, PERSON, _("statement made")),
    "record_statement": Move((S.INVITED,), None, CIRCLE, _("statement on paper recorded")),
    "hand": Move((S.INVITED,), S.HANDED, CIRCLE, _("handed to the discipline inspection office")),
    "withdraw": Move(BEFORE_HANDING, S.WITHDRAWN, CIRCLE, pgettext_lazy("referral", "taken back")),
    "accepted": Move((S.HANDED,), S.ACCEPTED, DISCIPLINE, pgettext_lazy("referral", "taken up")),
    "not_accepted": Move((S.HANDED,), S.CLOSED, DISCIPLINE, pgettext_lazy("referral", "not taken up")),
    "measure": Move((S.ACCEPTED,), S.CLOSED, DISCIPLINE, _("measure decided")),
    "no_measure": Move((S.ACCEPTED,), S.CLOSED, DISCIPLINE, _("looked into, no measure")),
}
OUTCOMES = ("accepted", "not_accepted", "measure", "no_measure")
LABELS: dict[str, object] = {code: move.label for code, move in MOVES.items()} | {
    "open": pgettext_lazy("referral", "opened")
}
