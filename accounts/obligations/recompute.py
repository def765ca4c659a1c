"""A holiday notice came: which open duties move, and moving them. What is closed by then never moves."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.models import Obligation
from accounts.obligations import kinds
from policy.calendar import WorkCalendar
from policy.deadlines import Deadline, compute
from policy.periods import Period
from policy.regimes import all_regimes
from policy.rules import DeadlineRule
from policy.services import AffectedDeadline, on_calendar_changed


def register() -> None:
    on_calendar_changed.register("obligations", preview=preview, apply=apply)


def preview(calendar: WorkCalendar, on: date) -> list[AffectedDeadline]:
    """Open duties whose due date the new calendar would move; writes nothing."""
    return [
        AffectedDeadline(
            what=_("%(duty)s %(period)s")
            % {"duty": kinds.label_of(row.kind), "period": row.period or row.subject_label},
            where=row.unit.name,
            due_on=row.due_on,
            new_due_on=deadline.due_on,
            provisional=deadline.provisional,
        )
        for row, deadline in _changes(calendar, on)
        if deadline.due_on != row.due_on
    ]


def apply(calendar: WorkCalendar, at: datetime) -> int:
    """Move them, with one audit record each; return how many due dates moved."""
    moved, changed, entries = 0, [], []
    for row, deadline in _changes(calendar, local_date(at)):
        before = {"due_on": row.due_on, "provisional": row.provisional}
        if row.due_on != deadline.due_on or row.provisional != deadline.provisional:
            after = {"due_on": deadline.due_on, "provisional": deadline.provisional}
            entries.append(
                audit.Entry(
                    action="obligation_recomputed",
                    object_type="accounts.obligation",
                    object_id=str(row.pk),
                    object_label=str(row)[:200],
                    before=before,
                    after=after,
                    reason=_("The holiday notice was entered."),
                    rule_id=row.rule_id,
                    codes=audit.codes_of(row),
                )
            )
        moved += row.due_on != deadline.due_on
        row.due_on, row.nominal_on = deadline.due_on, deadline.nominal_on
        row.provisional, row.deadline = deadline.provisional, deadline.to_json()
        changed.append(row)
    Obligation.objects.bulk_update(
        changed, ["due_on", "nominal_on", "provisional", "deadline"], batch_size=500
    )
    audit.record_many(entries, by=None, at=at)
    return moved


def _changes(calendar: WorkCalendar, on: date) -> Iterator[tuple[Obligation, Deadline]]:
    """Open duties not yet past their day whose stored deadline differs from one made with the new calendar."""
    rules = {
        rule.id: rule for regime in all_regimes() for rule in regime.rules if isinstance(rule, DeadlineRule)
    }
    made: dict[tuple[str, date | Period], Deadline] = {}
    rows = Obligation.objects.open().filter(due_on__gte=on).select_related("unit").order_by("due_on", "pk")
    for row in rows:
        rule, anchor = rules.get(row.rule_id), _anchor(row)
        if rule is None or anchor is None:
            continue
        key = (rule.id, anchor)
        if key not in made:
            made[key] = compute(rule, anchor=anchor, calendar=calendar)
        if made[key].to_json() != row.deadline:
            yield row, made[key]


def _anchor(row: Obligation) -> date | Period | None:
    """What the duty is counted from: its period, or the day of the event, which is the first step of its deadline."""
    if row.period:
        return Period.parse(row.period)
    steps = row.deadline.get("steps") or [{}]
    return date.fromisoformat(steps[0]["on"]) if steps[0].get("on") else None
