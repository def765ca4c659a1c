"""What the office that pressed a matter does: judge the answer, remind, redirect, take back, open again, list."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Department, Division
from policy.deadlines import chinese_day
from policy.services import current_calendar
from supervision.matters import sources
from supervision.matters.access import require_move
from supervision.matters.clocks import ANSWER, rule_for, set_by_hand
from supervision.matters.extending import lapse_pending
from supervision.matters.issuing import check_place
from supervision.matters.models import Matter, Step
from supervision.matters.moving import check_due, clean_text, perform, reason_of


def judge_matter(
    *,
    matter: Matter,
    good: bool,
    text: str = "",
    due_on: date | None = None,
    checked_on: date | None = None,
    check_note: str = "",
    uploads: Sequence[Any] = (),
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Matter:
    """`good`: the check found it done (`check_note`, on the day `checked_on`, today by default), it is closed and taken
    off any listing. Else it goes back with `text` and a new last day: `due_on`, or the regime's urgent limit from
    today where the old day comes earlier. Whoever answered does not check his own answer."""
    move = require_move(by, matter, "close" if good else "return", local_date(at))
    last = matter.entries.filter(kind="answer").order_by("-at", "-pk").first()
    if last is not None and last.by_id == by.pk:
        raise DomainError("own_answer", _("You wrote this answer. Somebody else of the office checks it."))
    if not good:
        changes = _returned(matter, due_on, local_date(at))
        perform(
            matter,
            "return",
            move,
            by=by,
            at=at,
            turn=turn,
            text=reason_of(text),
            uploads=uploads,
            changes=changes,
        )
        return matter
    changes = _closed(matter, checked_on, check_note, at)
    said = "\n".join(part for part in (changes["check_note"], clean_text(text)) if part)
    with transaction.atomic():
        perform(matter, "close", move, by=by, at=at, turn=turn, text=said, uploads=uploads, changes=changes)
        sources.tell_closed(matter, by, at)
    return matter


def withdraw_matter(*, matter: Matter, reason: str, turn: int | None = None, by: Any, at: datetime) -> Matter:
    """Take it back: it was pressed in error or has no object any more."""
    move = require_move(by, matter, "withdraw", local_date(at))
    with transaction.atomic():
        changes = {"closed_at": at} | _off_list(matter, at)
        perform(
            matter,
            "withdraw",
            move,
            by=by,
            at=at,
            turn=turn,
            text=reason_of(reason, "reason"),
            changes=changes,
        )
        lapse_pending(matter, at)
        sources.tell_closed(matter, by, at)
    return matter


def reopen_matter(
    *, matter: Matter, reason: str, due_on: date, turn: int | None = None, by: Any, at: datetime
) -> Matter:
    """A closed matter turned out not to be done: the unit works again, by a new last day."""
    move = require_move(by, matter, "reopen", local_date(at))
    on = local_date(at)
    changes = _new_day(matter, check_due(due_on, on), "重新办理", on) | {
        "closed_at": None, "checked_on": None, "check_note": "", "answered_at": None,
    }  # fmt: skip
    with transaction.atomic():
        perform(
            matter, "reopen", move, by=by, at=at, turn=turn, text=reason_of(reason, "reason"), changes=changes
        )
        sources.tell_reopened(matter, by, at)
    return matter


def remind_unit(*, matter: Matter, text: str, turn: int | None = None, by: Any, at: datetime) -> Matter:
    """Press by hand, any day: it stands in the thread and in the unit's inbox; the ladder keeps its own days."""
    move = require_move(by, matter, "remind", local_date(at))
    perform(matter, "remind", move, by=by, at=at, turn=turn, text=reason_of(text))
    return matter


def redirect_matter(
    *,
    matter: Matter,
    unit: Division,
    department: Department | None = None,
    due_on: date | None = None,
    reason: str,
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Matter:
    """Another unit does it: the one that took over after a merger, or the one it should have gone to at once.

    It must be signed for anew and starts at the foot of the ladder; a last day that has passed needs a new one.
    """
    move = require_move(by, matter, "redirect", local_date(at))
    on, reason = local_date(at), reason_of(reason, "reason")
    check_place(matter.issuer, unit, department, on)
    if (unit.pk, department) == (matter.unit_id, matter.department):
        raise DomainError(
            "same_unit", _("This unit has the matter already. Choose another one."), field="unit"
        )
    if due_on is None and matter.due_on < on:
        raise DomainError(
            "due_needed", _("The last day has passed. Give the other unit a new one."), field="due_on"
        )
    changes: dict[str, Any] = {
        "unit": unit, "department": department, "person": None, "received_at": None, "received_by": None,
        "answered_at": None, "step": Step.ASSIGNED, "step_since": on, **unit.codes,
    }  # fmt: skip
    if due_on is not None:
        changes |= _new_day(matter, check_due(due_on, on), "转交", on)
    text = f"{matter.unit.name} → {department.name if department else unit.name}：{reason}"
    with transaction.atomic():
        perform(matter, "redirect", move, by=by, at=at, turn=turn, text=text, changes=changes)
        lapse_pending(matter, at)
    return matter


def list_matter(*, matter: Matter, reason: str, turn: int | None = None, by: Any, at: datetime) -> Matter:
    """Put it on public listing (挂牌督办)."""
    move = require_move(by, matter, "list", local_date(at))
    reason = reason_of(reason, "reason")
    if matter.is_listed:
        raise DomainError("listed_already", _("This matter is on public listing already."))
    changes = {"listed_on": local_date(at), "listed_reason": reason[:300], "unlisted_on": None}
    perform(matter, "list", move, by=by, at=at, turn=turn, text=reason, changes=changes)
    return matter


def unlist_matter(*, matter: Matter, reason: str, turn: int | None = None, by: Any, at: datetime) -> Matter:
    """Take it off the listing (摘牌) before it is closed; closing does so by itself."""
    move = require_move(by, matter, "unlist", local_date(at))
    if not matter.is_listed:
        raise DomainError("not_listed", _("This matter is not on public listing."))
    changes = {"unlisted_on": local_date(at)}
    perform(
        matter, "unlist", move, by=by, at=at, turn=turn, text=reason_of(reason, "reason"), changes=changes
    )
    return matter


def _closed(matter: Matter, checked_on: date | None, check_note: str, at: datetime) -> dict[str, Any]:
    on, note = local_date(at), clean_text(check_note, "check_note")
    checked_on = checked_on or on
    if not note:
        raise DomainError(
            "check_missing", _("Write what was checked and what was found; without a check nothing is closed."),
            field="check_note",
        )  # fmt: skip
    if checked_on > on:
        raise DomainError("checked_in_future", _("This day has not come yet."), field="checked_on")
    if checked_on < local_date(matter.issued_at):
        raise DomainError(
            "checked_before_issue",
            _("The matter was issued on %(day)s; it cannot have been checked before.")
            % {"day": local_date(matter.issued_at).isoformat()},
            field="checked_on",
        )
    return {"closed_at": at, "checked_on": checked_on, "check_note": note} | _off_list(matter, at)


def _returned(matter: Matter, due_on: date | None, on: date) -> dict[str, Any]:
    if due_on is not None:
        return _new_day(matter, check_due(due_on, on), "退回", on) | {"answered_at": None}
    rule = rule_for(ANSWER, matter.issuer, on, "urgent")
    day = current_calendar().add(on, rule.offset)
    if day <= matter.due_on:
        return {"answered_at": None}  # the old day still lies further ahead
    return _new_day(matter, day, "退回", on) | {"answered_at": None}


def _new_day(matter: Matter, due_on: date, label: str, on: date) -> dict[str, Any]:
    text = f"{chinese_day(on)}{label}，原定 {matter.due_on.isoformat()}"
    told = set_by_hand(due_on, label, text, matter.deadline.get("basis", ""))
    return {"due_on": due_on, "deadline": told | {"before": matter.deadline}}


def _off_list(matter: Matter, at: datetime) -> dict[str, Any]:
    return {"unlisted_on": local_date(at)} if matter.is_listed else {}
