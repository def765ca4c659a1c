"""The life of an approval item as one table: which step leads from where to where, and whose step it is (X, B3, B4)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.catalogue.models import ItemKind
from approvals.checklist.models import EventKind as E
from approvals.checklist.models import ItemState as S

PREPARE, HANDLE, EDIT = "checklist.prepare", "checklist.handle", "checklist.edit"
STAYS = ""  # the state does not change
BACK = "back"  # accepted again if it was accepted before, else submitted


@dataclass(frozen=True, slots=True)
class Move:
    """`permission` PREPARE: whoever serves the project; HANDLE: the deciding department, or the office for it.

    `asks`: fields of `steps.Given` the step takes besides the day and a remark, with "!" where it must be filled;
    `kinds`: only for these kinds of item.
    """

    code: str
    label: Any
    sources: tuple[str, ...]
    target: str
    event: str
    permission: str
    asks: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    danger: bool = False


_ALL = (
    Move(
        "prepare",
        _("Note the materials"),
        (S.NOT_STARTED, S.MATERIALS),
        S.MATERIALS,
        E.PREPARED,
        PREPARE,
        ("ready", "files"),
    ),
    Move(
        "submit",
        _("Record the submission"),
        (S.NOT_STARTED, S.MATERIALS),
        S.SUBMITTED,
        E.SUBMITTED,
        PREPARE,
        ("files",),
    ),
    Move(
        "accept", _("Accept the application"), (S.SUBMITTED,), S.ACCEPTED, E.ACCEPTED, HANDLE, ("tolerate",)
    ),
    Move(
        "ask_supplement",
        _("Tell what is missing"),
        (S.SUBMITTED, S.ACCEPTED),
        S.SUPPLEMENT,
        E.SUPPLEMENT_ASKED,
        HANDLE,
        ("missing!",),
    ),
    Move(
        "resubmit",
        _("Record the missing materials"),
        (S.SUPPLEMENT,),
        BACK,
        E.RESUBMITTED,
        PREPARE,
        ("files",),
    ),
    Move(
        "send_up",
        _("Send up to the higher level"),
        (S.ACCEPTED,),
        STAYS,
        E.SENT_UP,
        HANDLE,
        ("note",),
        (ItemKind.FORWARDED,),
    ),
    Move(
        "take_back",
        _("Record the higher level's answer"),
        (S.ACCEPTED,),
        STAYS,
        E.SENT_BACK,
        HANDLE,
        ("note",),
        (ItemKind.FORWARDED,),
    ),
    Move(
        "hold", _("Stop the clock"), (S.ACCEPTED,), STAYS, E.HELD, HANDLE, ("party!", "review_on!", "note!")
    ),
    Move("resume", _("Let the clock run again"), (S.ACCEPTED,), STAYS, E.RESUMED, HANDLE),
    Move("extend", _("Extend the limit"), (S.ACCEPTED,), STAYS, E.EXTENDED, HANDLE, ("days!", "note!")),
    Move(
        "decide",
        _("Record the decision"),
        (S.ACCEPTED,),
        S.DECIDED,
        E.DECIDED,
        HANDLE,
        ("result_number", "tolerate", "files"),
    ),
    Move(
        "commit",
        _("Decide on commitment"),
        (S.NOT_STARTED, S.MATERIALS, S.SUBMITTED, S.ACCEPTED),
        S.DECIDED,
        E.COMMITTED,
        HANDLE,
        ("clean_record", "files!", "result_number", "tolerate"),
    ),
    Move(
        "refuse",
        _("Refuse the application"),
        (S.SUBMITTED, S.ACCEPTED),
        S.REFUSED,
        E.REFUSED,
        HANDLE,
        ("note!", "files"),
        danger=True,
    ),
    Move(
        "withdraw",
        _("Record the withdrawal"),
        (S.SUBMITTED, S.ACCEPTED, S.SUPPLEMENT),
        S.WITHDRAWN,
        E.WITHDRAWN,
        PREPARE,
        ("note!",),
        danger=True,
    ),
    Move(
        "drop",
        _("Mark as not needed"),
        (S.NOT_STARTED, S.MATERIALS),
        S.NOT_NEEDED,
        E.DROPPED,
        EDIT,
        ("note!",),
        danger=True,
    ),
    Move("restore", _("Put back on the list"), (S.NOT_NEEDED,), S.NOT_STARTED, E.RESTORED, EDIT, ("note!",)),
    Move(
        "restart", _("Apply again"), (S.REFUSED, S.WITHDRAWN), S.NOT_STARTED, E.RESTARTED, PREPARE, ("note!",)
    ),
    Move(
        "check_passed",
        _("Record the check: kept"),
        (S.DECIDED,),
        STAYS,
        E.CHECK_PASSED,
        HANDLE,
        ("note!", "files"),
    ),
    Move(
        "check_failed",
        _("Record the check: broken"),
        (S.DECIDED,),
        STAYS,
        E.CHECK_FAILED,
        HANDLE,
        ("note!", "files"),
        danger=True,
    ),
)
LABELS: dict[str, Any] = {f"item_{move.code}": move.label for move in _ALL}
MOVES: dict[str, Move] = {move.code: move for move in _ALL}


def is_open_to(move: Move, item: Any) -> bool:
    """Whether the item stands where this step starts. What is typed is checked by the service."""
    if item.state not in move.sources or (move.kinds and item.kind not in move.kinds):
        return False
    held = item.is_held and item.state == S.ACCEPTED
    at_higher = held and item.holder == "higher_level"
    match move.code:
        case "resume":
            return held and not at_higher
        case "take_back":
            return at_higher
        case "ask_supplement":
            return item.supplement_on is None and not held
        case "extend":
            return bool(item.extra_days and not item.extended_days and not held)
        case "commit":
            return item.commitment_allowed and not held
        case "check_passed" | "check_failed":
            return item.by_commitment and item.checked_on is None
        case "send_up" | "hold" | "decide" | "refuse":
            return not held
    return True
