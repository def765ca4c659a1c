"""More time (延期): asked for before the last day, supported by the unit's head, decided by the office that pressed it.

Who that is where nobody is posted, `levels` says; the thread names it.

Either may refuse, and a refusal moves nothing: the old day counts and the ladder has gone on meanwhile.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from policy.deadlines import chinese_day
from supervision.matters.access import require_move
from supervision.matters.clocks import set_by_hand
from supervision.matters.levels import alone, first_level
from supervision.matters.models import PENDING, STEPS, ExtensionState, Matter, MatterExtension
from supervision.matters.moving import check_due, clean_text, perform, reason_of


def pending_extension(matter: Matter) -> MatterExtension | None:
    """The request that waits for the head or for the issuer."""
    return matter.extensions.filter(state__in=PENDING).first()


def ask_extension(
    *,
    matter: Matter,
    wanted_on: date,
    reason: str,
    uploads: Sequence[Any] = (),
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> MatterExtension:
    """Ask for a later last day. Only while the last day has not come, one request at a time."""
    move = require_move(by, matter, "ask_time", local_date(at))
    on, reason = local_date(at), reason_of(reason, "reason")
    if on >= matter.due_on:
        raise DomainError(
            "asked_too_late",
            _(
                "More time is asked for before the last day, which was %(day)s. Answer with what was done so far."
            )
            % {"day": matter.due_on.isoformat()},
            field="wanted_on",
        )
    if wanted_on <= matter.due_on:
        raise DomainError(
            "not_later",
            _("The last day is %(day)s; ask for a later one.") % {"day": matter.due_on.isoformat()},
            field="wanted_on",
        )
    check_due(wanted_on, on, "wanted_on")
    if pending_extension(matter) is not None:
        raise StaleState("asked_already", _("More time was asked for already and is not decided yet."))
    with transaction.atomic():
        text = f"申请延期至 {wanted_on.isoformat()}：{reason}"
        perform(matter, "ask_time", move, by=by, at=at, turn=turn, text=text, uploads=uploads)
        return MatterExtension.objects.create(
            matter=matter, was_on=matter.due_on, wanted_on=wanted_on, reason=reason, step_was=matter.step,
            since_was=matter.step_since, asked_by=by, asked_at=at,
        )  # fmt: skip


def agree_extension(
    *, matter: Matter, good: bool, text: str = "", turn: int | None = None, by: Any, at: datetime
) -> MatterExtension:
    """First level, the head of the unit's own office or who answers in a head's place: send the request on (`good`) or
    end it there."""
    code = "agree_time" if good else "stop_time"
    move = require_move(by, matter, code, local_date(at))
    text = clean_text(text) if good else reason_of(text)
    found, said = _waiting(matter, ExtensionState.ASKED), _in_place(matter, local_date(at), text)
    state = ExtensionState.AGREED if good else ExtensionState.REFUSED
    with transaction.atomic():
        perform(matter, code, move, by=by, at=at, turn=turn, text=said)
        _decide(found, ExtensionState.ASKED, state=state, first_by=by, first_at=at, first_opinion=text)
    return found


def decide_extension(
    *, matter: Matter, granted: bool, text: str = "", turn: int | None = None, by: Any, at: datetime
) -> MatterExtension:
    """Second level, the office that pressed it. A grant that comes after the old day takes the rungs back that the
    ladder climbed while the request lay waiting."""
    code = "grant_time" if granted else "refuse_time"
    move = require_move(by, matter, code, local_date(at))
    text = clean_text(text) if granted else reason_of(text)
    found = _waiting(matter, ExtensionState.AGREED)
    said = text
    if found.first_by_id == by.pk:
        if not alone(matter, by, local_date(at)):
            raise _same_person()
        said = f"{matter.issuer.name}没有其他人员在岗，两级意见由同一人签署。{text}"
    changes = _granted(matter, found, local_date(at)) if granted else {}
    state = ExtensionState.GRANTED if granted else ExtensionState.REFUSED
    with transaction.atomic():
        perform(matter, code, move, by=by, at=at, turn=turn, text=said, changes=changes)
        _decide(found, ExtensionState.AGREED, state=state, decided_by=by, decided_at=at, opinion=text)
    return found


def lapse_pending(matter: Matter, at: datetime) -> None:
    """The request has no object any more: answered, taken back, given to another unit. Call inside `atomic`."""
    matter.extensions.filter(state__in=PENDING).update(state=ExtensionState.LAPSED, decided_at=at)


def _granted(matter: Matter, found: MatterExtension, on: date) -> dict[str, Any]:
    if found.wanted_on < on:
        raise DomainError(
            "day_has_passed",
            _(
                "The day asked for, %(day)s, has passed meanwhile. Refuse it; the unit answers with what was done."
            )
            % {"day": found.wanted_on.isoformat()},
        )
    text = f"{chinese_day(on)}同意延期，原定 {matter.due_on.isoformat()}"
    told = set_by_hand(found.wanted_on, "延期", text, matter.deadline.get("basis", ""))
    told["before"] = matter.deadline
    changes: dict[str, Any] = {"due_on": found.wanted_on, "deadline": told}
    if STEPS.index(matter.step) > STEPS.index(found.step_was):
        changes |= {"step": found.step_was, "step_since": found.since_was}
    return changes


def _in_place(matter: Matter, on: date, text: str) -> str:
    """The words for the thread; they say so when another than the unit's own head gives the first opinion."""
    level = first_level(matter, on)
    if not level.instead:
        return text
    return f"{matter.unit.name}没有负责人在岗，由{level.unit.name}签署第一级意见。{text}"


def _same_person() -> DomainError:
    return DomainError(
        "same_person",
        _("You gave the first opinion. The second level is decided by somebody else of the issuing office."),
    )


def _waiting(matter: Matter, state: str) -> MatterExtension:
    found = matter.extensions.filter(state=state).first()
    if found is None:
        raise StaleState("not_waiting", _("No request for more time waits for you here. Reload the page."))
    return found


def _decide(found: MatterExtension, was: str, **changes: Any) -> None:
    if not MatterExtension.objects.filter(pk=found.pk, state=was).update(**changes):
        raise StaleState("not_waiting", _("No request for more time waits for you here. Reload the page."))
    found.refresh_from_db()
