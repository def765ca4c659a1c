"""Taking a step with an item: one lock, the turn compared, the event written, dates and key points follow."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import StaleState
from accounts.models import Division
from accounts.scope import acting_posting
from approvals.checklist import telling
from approvals.checklist.conditions import Given, refuse_faults
from approvals.checklist.due import Ground, check_deadline, clock_fields, regime_for
from approvals.checklist.files import Kept, add_rows, kept
from approvals.checklist.following import finished, follow
from approvals.checklist.models import ChecklistItem, FilePurpose, ItemEvent, ItemState
from approvals.checklist.moves import BACK, MOVES, STAYS, Move
from approvals.checklist.rights import require_item
from policy.services import current_calendar
from projects.text import clean

__all__ = ["Given", "take_step"]
PURPOSE = {
    "commit": FilePurpose.COMMITMENT,
    "decide": FilePurpose.RESULT,
    "refuse": FilePurpose.NOTICE,
    "check_passed": FilePurpose.NOTICE,
    "check_failed": FilePurpose.NOTICE,
}
STATED = (
    "state", "submitted_on", "accepted_on", "supplement_on", "hold_review_on", "extended_days", "ended_on",
    "result_number", "by_commitment", "check_due_on", "check_deadline", "checked_on", "commitment_broken", "ready",
    "missing", "round", "last_note", "window", "department",
)  # fmt: skip
CLOCKED = (
    "is_running", "holder", "is_paused", "due_on", "deadline", "statutory_due_on", "statutory_deadline",
)  # fmt: skip


def take_step(
    *, item: ChecklistItem, move: str, given: Given, turn: int, by: Any, at: datetime
) -> ChecklistItem:
    """Take step `move` (a code of `moves.MOVES`). `turn`: the item's turn the person saw.

    Of two who act on the same sight, one wins; the other gets StaleState that says what happened.
    """
    step = MOVES[move]
    require_item(by, step.permission, item)
    with kept(given.uploads, at) as files, transaction.atomic():
        row, ground = locked(item.pk)
        refuse_if_moved(row, turn)
        perform(row, step, given, ground, files=files, by=by, at=at)
    return row


def locked(pk: int) -> tuple[ChecklistItem, Ground]:
    """The item under lock, with what counting needs."""
    rows = ChecklistItem.objects.select_for_update(of=("self",)).select_related(
        "project__division", "project__company", "checklist", "department"
    )
    row = rows.get(pk=pk)
    return row, Ground(regime_for(row.project), current_calendar(), row.checklist.dedicated_window)


def refuse_if_moved(row: ChecklistItem, turn: int) -> None:
    if row.turn == turn:
        return
    last = row.events.select_related("by").order_by("pk").last()
    if last is None:
        raise StaleState("moved_meanwhile", _("Somebody changed this item meanwhile. Look at it again."))
    raise StaleState(
        "moved_meanwhile",
        _(
            "%(who)s was faster: “%(what)s”, %(day)s. Look at the item as it stands now; what you typed is kept."
        )
        % {
            "who": last.by.get_full_name() if last.by else _("Somebody"),
            "what": last.get_kind_display(),
            "day": last.on,
        },
    )


def perform(
    row: ChecklistItem,
    step: Move,
    given: Given,
    ground: Ground,
    *,
    files: Kept | None = None,
    window: Division | None = None,
    by: Any,
    at: datetime,
) -> None:
    """Inside the transaction, the item locked and the right asked: check, write, let dates and key points follow."""
    events = list(row.events.filter(round=row.round).order_by("pk"))
    passed = refuse_faults(row, step, given, events, ground, today=local_date(at))
    before, reached = _plain(row), finished(row.project_id, [row.stage])
    event = _event(row, step, given, passed, window, by, at)
    _apply(row, step, given, ground, window)
    event.round = row.round
    event.save()
    for name, value in clock_fields(row, [*events, event], ground).items():
        setattr(row, name, value)
    _save(row)
    add_rows(row, files or [], purpose=PURPOSE.get(step.code, FilePurpose.MATERIAL), by=by, at=at)
    after = _plain(row)
    changed = [name for name in after if after[name] != before[name]]
    audit.record(
        f"item_{step.code}", target=row, by=by, at=at, before={name: before[name] for name in changed},
        after={name: after[name] for name in changed} | {"on": given.on}, reason=given.note,
        rule_id=str(row.deadline.get("rule", "")),
    )  # fmt: skip
    follow(row.project_id, reached, by=by, at=at)
    telling.tell_step(row, step.code, given, by=by, at=at)


def _plain(row: ChecklistItem) -> dict[str, Any]:
    skip = ("ready", "check_deadline", "window", "department", "last_note")
    return {
        name: getattr(row, name)
        for name in (*STATED, "due_on", "statutory_due_on", "holder")
        if name not in skip
    }


def _save(row: ChecklistItem) -> None:
    values = {name: getattr(row, name) for name in (*STATED, *CLOCKED)}
    found = ChecklistItem.objects.filter(pk=row.pk, turn=row.turn).update(turn=row.turn + 1, **values)
    if not found:
        raise StaleState("moved_meanwhile", _("Somebody changed this item meanwhile. Look at it again."))
    row.turn += 1


def _event(
    row: ChecklistItem,
    step: Move,
    given: Given,
    passed: list[ChecklistItem],
    window: Division | None,
    by: Any,
    at: datetime,
) -> ItemEvent:
    details: dict[str, Any] = {}
    if given.missing:
        details["missing"] = list(given.missing)
    if given.days:
        details["days"] = given.days
    if given.review_on:
        details["review_on"] = given.review_on.isoformat()
    if given.result_number:
        details["result_number"] = given.result_number
    if passed:
        details["without"] = [one.code for one in passed]
    if step.code in ("accept", "commit"):
        details["green"] = row.checklist.green_channel
    posting = acting_posting(by) if by is not None else None
    return ItemEvent(
        item=row, project_id=row.project_id, round=row.round, kind=step.event, on=given.on, party=given.party,
        note=given.note[:500], details=details, window=window, by=by, by_office=_office(posting), at=at,
        province_code=row.province_code, city_code=row.city_code, county_code=row.county_code,
    )  # fmt: skip


def _office(posting: Any) -> str:
    """The unit a person acts for, as it is called today."""
    if posting is None:
        return ""
    return f"{posting.division.name} {posting.department.name if posting.department else ''}".strip()[:120]


def _apply(row: ChecklistItem, step: Move, given: Given, ground: Ground, window: Division | None) -> None:
    on = given.on
    if step.target == BACK:
        row.state = ItemState.ACCEPTED if row.accepted_on else ItemState.SUBMITTED
    elif step.target != STAYS:
        row.state = step.target
    row.last_note = given.note[:300] or row.last_note
    if given.ready:
        row.ready = list(given.ready)
    match step.code:
        case "submit":
            row.submitted_on, row.window = on, window
            if row.department is not None and row.department.valid_to is not None:
                row.department = None  # the department is no more: the office holds it and gives it on
        case "accept":
            row.accepted_on = on
        case "ask_supplement":
            row.supplement_on, row.missing = on, list(given.missing)
        case "resubmit":
            row.missing = []
        case "hold":
            row.hold_review_on = given.review_on
        case "resume":
            row.hold_review_on = None
        case "extend":
            row.extended_days = given.days or 0
        case "decide" | "refuse" | "withdraw":
            row.ended_on, row.result_number = on, given.result_number
        case "commit":
            _commit(row, given, ground)
        case "restart":
            _restart(row)
        case "check_passed" | "check_failed":
            row.checked_on, row.commitment_broken = on, step.code == "check_failed"


def _commit(row: ChecklistItem, given: Given, ground: Ground) -> None:
    on = given.on
    row.submitted_on, row.accepted_on = row.submitted_on or on, row.accepted_on or on
    row.ended_on, row.result_number, row.by_commitment = on, given.result_number, True
    check = check_deadline(ground.regime, on, ground.calendar)
    row.check_due_on, row.check_deadline = check.due_on, check.to_json()


def _restart(row: ChecklistItem) -> None:
    """A new application: the old one stays in the events, the clock begins anew."""
    row.round += 1
    nothing: date | None = None
    row.submitted_on = row.accepted_on = row.supplement_on = row.hold_review_on = row.ended_on = nothing
    row.extended_days, row.missing, row.result_number = 0, [], ""
    row.window = None


def clean_given(**values: Any) -> Given:
    """A Given from what was typed: texts cleaned, empty entries of lists left out."""
    for name in ("note", "result_number"):
        values[name] = clean(values.get(name) or "")
    for name in ("ready", "missing"):
        values[name] = tuple(filter(None, map(clean, values.get(name) or ())))
    values["uploads"] = tuple(values.get("uploads") or ())
    return Given(**values)
