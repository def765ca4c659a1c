"""How a matter moves: the one table of transitions. Pure; services and buttons both read it."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import pgettext_lazy

from supervision.matters.models import OPEN_STATES, RUNNING_STATES, MatterState

S = MatterState
Whose = Literal["unit", "head", "issuer"]


@dataclass(frozen=True, slots=True)
class Move:
    """`target` None: the state stays. `whose`: who acts — whoever of the unit handles it, the head of the unit's own
    office (where nobody is posted: see `levels`), or the office that pressed it."""

    sources: tuple[str, ...]
    target: str | None
    whose: Whose
    permission: str


MOVES: dict[str, Move] = {
    # the unit
    "receive": Move((S.ISSUED,), S.WORKING, "unit", "matters.handle"),
    "assign": Move(RUNNING_STATES, None, "unit", "matters.handle"),
    "report": Move((S.WORKING, S.RETURNED), None, "unit", "matters.handle"),
    "answer": Move((S.WORKING, S.RETURNED), S.ANSWERED, "unit", "matters.handle"),
    "ask_time": Move(RUNNING_STATES, None, "unit", "matters.handle"),
    # its head, or who answers in a head's place (levels.py): the first level of an extension
    "agree_time": Move(RUNNING_STATES, None, "head", "matters.agree"),
    "stop_time": Move(RUNNING_STATES, None, "head", "matters.agree"),
    # the office that pressed it
    "grant_time": Move(RUNNING_STATES, None, "issuer", "matters.judge"),
    "refuse_time": Move(RUNNING_STATES, None, "issuer", "matters.judge"),
    "close": Move((S.ANSWERED,), S.CLOSED, "issuer", "matters.judge"),
    "return": Move((S.ANSWERED,), S.RETURNED, "issuer", "matters.judge"),
    "remind": Move(RUNNING_STATES, None, "issuer", "matters.issue"),
    "redirect": Move(OPEN_STATES, S.ISSUED, "issuer", "matters.issue"),
    "withdraw": Move(OPEN_STATES, S.WITHDRAWN, "issuer", "matters.issue"),
    "reopen": Move((S.CLOSED,), S.RETURNED, "issuer", "matters.judge"),
    "list": Move(OPEN_STATES, None, "issuer", "matters.list"),
    "unlist": Move(OPEN_STATES, None, "issuer", "matters.list"),
}

LABELS: dict[str, object] = {
    "issue": pgettext_lazy("matter", "assigned"),
    "receive": pgettext_lazy("matter", "received"),
    "assign": pgettext_lazy("matter", "given to an office or person"),
    "report": pgettext_lazy("matter", "progress told"),
    "answer": pgettext_lazy("matter", "answered"),
    "ask_time": pgettext_lazy("matter", "asked for more time"),
    "agree_time": pgettext_lazy("matter", "more time supported on the first level"),
    "stop_time": pgettext_lazy("matter", "more time not supported on the first level"),
    "grant_time": pgettext_lazy("matter", "more time granted"),
    "refuse_time": pgettext_lazy("matter", "more time not granted"),
    "close": pgettext_lazy("matter", "checked and closed"),
    "return": pgettext_lazy("matter", "returned for more work"),
    "remind": pgettext_lazy("matter", "reminded by the office"),
    "redirect": pgettext_lazy("matter", "given to another unit"),
    "withdraw": pgettext_lazy("matter", "taken back"),
    "reopen": pgettext_lazy("matter", "opened again"),
    "list": pgettext_lazy("matter", "put on public listing"),
    "unlist": pgettext_lazy("matter", "taken off public listing"),
    "press": pgettext_lazy("matter", "pressed: the last day has passed"),
    "supervise": pgettext_lazy("matter", "taken under supervision"),
    "circulate": pgettext_lazy("matter", "goes into the next circular"),
    "round": pgettext_lazy("matter", "pressed in the quarterly round"),
    "moved": pgettext_lazy("matter", "follows the unit's successor"),
    "handed_over": pgettext_lazy("matter", "handed over to a successor"),
    "project_moved": pgettext_lazy("matter", "the project went to another division"),
    "project_ended": pgettext_lazy("matter", "the project ended"),
    "recomputed": pgettext_lazy("matter", "last day worked out again after a holiday notice"),
}
