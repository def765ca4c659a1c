"""Duties whose last day is not counted from an event but was agreed: a promise, an instalment."""

from datetime import date, datetime
from typing import Any

from django.db import models

from accounts import audit
from accounts.models import Division, Obligation
from accounts.obligations.services import duties_since
from policy.deadlines import Deadline, Step, chinese_day

RULE = "agreed-day"  # no rule of a regime: the document it rests on is the basis


def owe_on_day(
    *,
    kind: str,
    unit: Division,
    subject: models.Model,
    label: str,
    due_on: date,
    basis: str,
    at: datetime,
    by: Any,
) -> Obligation | None:
    """The duty to do it by `due_on` (inclusive), made once. None where the day lies before this system was in use."""
    if due_on < duties_since():
        return None
    deadline = _agreed(due_on, basis, Step(f"{basis} 约定的日期", due_on, "约定"))
    row = Obligation.objects.create(
        kind=kind, unit=unit, subject_type=subject._meta.label_lower, subject_id=subject.pk,
        subject_label=label[:200], due_on=due_on, nominal_on=due_on, provisional=False, deadline=deadline.to_json(),
        rule_id=RULE, made_at=at, **unit.codes,
    )  # fmt: skip
    audit.record("obligation_made", target=row, by=by, at=at, after={"due_on": due_on, "provisional": False})
    return row


def move_day(row: Obligation, *, due_on: date, label: str, basis: str, by: Any, at: datetime) -> None:
    """The day was agreed anew; the explanation keeps the one before. Only while the duty is open, in a transaction."""
    was_on = row.due_on
    deadline = _agreed(
        due_on, basis, Step("原约定的日期", was_on, "原定"), Step(f"{basis} 重新约定的日期", due_on, "调整")
    )
    moved = Obligation.objects.open().filter(pk=row.pk, due_on=was_on).update(
        due_on=due_on, nominal_on=due_on, extended_to=None, deadline=deadline.to_json(), subject_label=label[:200]
    )  # fmt: skip
    if not moved:
        return
    row.refresh_from_db()
    audit.record(
        "obligation_moved",
        target=row,
        by=by,
        at=at,
        before={"due_on": was_on},
        after={"due_on": due_on},
        reason=basis,
    )


def _agreed(due_on: date, basis: str, *steps: Step) -> Deadline:
    last = Step(f"{chinese_day(due_on)}24时前（含当日）", due_on, "截止")
    return Deadline(
        due_on=due_on, nominal_on=due_on, provisional=False, rule_id=RULE, basis=basis, steps=(*steps, last)
    )
