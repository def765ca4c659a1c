"""How a ticket moves: the one table of transitions. Pure; services and buttons both read it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from approvals.tickets.models import Side, TicketState

S = TicketState


@dataclass(frozen=True, slots=True)
class Move:
    """`target` None: the state stays. `by_holder`: only whoever has the ticket now (else the side alone decides).

    `opened_by`: only tickets that this side opened may move so.
    """

    sources: tuple[str, ...]
    target: str | None
    permission: str
    side: str
    label: object
    by_holder: bool = False
    opened_by: str = ""


MOVES: dict[str, Move] = {
    # the two sides agree
    "agree": Move((S.PROPOSED,), S.AGREED, "tickets.confirm", Side.INVESTOR, _("agreed"), opened_by=Side.OFFICE),
    "agreed_outside": Move(
        (S.PROPOSED,), S.AGREED, "tickets.handle", Side.OFFICE, _("investor's agreement recorded"), True,
        opened_by=Side.OFFICE,
    ),
    "decline": Move(
        (S.PROPOSED,), S.DECLINED, "tickets.confirm", Side.INVESTOR, _("not agreed"), opened_by=Side.OFFICE
    ),
    "reject": Move(
        (S.PROPOSED,), S.DECLINED, "tickets.handle", Side.OFFICE, _("not taken on"), True, opened_by=Side.INVESTOR
    ),
    # the office works
    "accept": Move(
        (S.PROPOSED,), S.WORKING, "tickets.handle", Side.OFFICE, _("accepted for work"), True, opened_by=Side.INVESTOR
    ),
    "take": Move((S.AGREED,), S.WORKING, "tickets.handle", Side.OFFICE, _("accepted for work"), True),
    "assign": Move(
        (S.AGREED, S.WORKING), None, "tickets.handle", Side.OFFICE, _("given to a person"), True
    ),
    "pass_on": Move(
        (S.AGREED, S.WORKING), S.AGREED, "tickets.handle", Side.OFFICE, _("passed to another office"), True
    ),
    "escalate": Move(
        (S.AGREED, S.WORKING), S.AGREED, "tickets.handle", Side.OFFICE, _("taken up a tier"), True
    ),
    "hand_back": Move(
        (S.AGREED, S.WORKING), S.WORKING, "tickets.handle", Side.OFFICE, _("answered and handed back"), True
    ),
    # more time: the limit was agreed by both sides, so the investor decides
    "ask_time": Move((S.WORKING,), None, "tickets.handle", Side.OFFICE, _("asked for more time"), True),
    "grant_time": Move((S.WORKING,), None, "tickets.confirm", Side.INVESTOR, _("agreed to more time")),
    "refuse_time": Move(
        (S.WORKING,), None, "tickets.confirm", Side.INVESTOR, _("did not agree to more time")
    ),
    # the end is the investor's
    "ask_close": Move(
        (S.WORKING,), S.CLOSING, "tickets.handle", Side.OFFICE, _("asked to confirm"), True
    ),
    "confirm": Move((S.CLOSING,), S.CLOSED, "tickets.confirm", Side.INVESTOR, _("confirmed")),
    "refuse": Move((S.CLOSING,), S.WORKING, "tickets.confirm", Side.INVESTOR, _("not solved")),
    "close_silent": Move(
        (S.CLOSING,), S.CLOSED, "tickets.close_silent", Side.OFFICE, _("closed after notice without answer")
    ),
    "reopen": Move((S.CLOSED,), S.WORKING, "tickets.confirm", Side.INVESTOR, _("opened again")),
    "withdraw": Move(
        (S.PROPOSED, S.AGREED, S.WORKING, S.CLOSING), S.WITHDRAWN, "tickets.confirm", Side.INVESTOR,
        _("withdrawn by the investor"),
    ),
}  # fmt: skip

LABELS: dict[str, object] = {code: move.label for code, move in MOVES.items()} | {
    "open": _("opened"),
    "message": _("message"),
    "handed_over": _("handed over to a successor"),
    "moved": _("moved with the project to another division"),
    "ended": _("ended with the project"),
}
