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
    deadline = Deadline(
        due_on=due_on, nominal_on=due_on, provisional=False, rule_id=RULE, basis=basis,
        steps=(
            Step(f"{basis} 约定的日期", due_on, "约定"),
            Step(f"{chinese_day(due_on)}24时前（含当日）", due_on, "截止"),
        ),
    )  # fmt: skip
    row = Obligation.objects.create(
        kind=kind, unit=unit, subject_type=subject._meta.label_lower, subject_id=subject.pk,
        subject_label=label[:200], due_on=due_on, nominal_on=due_on, provisional=False, deadline=deadline.to_json(),
        rule_id=RULE, made_at=at, **unit.codes,
    )  # fmt: skip
    audit.record("obligation_made", target=row, by=by, at=at, after={"due_on": due_on, "provisional": False})
    return row
