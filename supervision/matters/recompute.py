"""A holiday notice came: last days that follow from a rule and the days of rungs are worked out again; past ones stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from accounts import audit
from accounts.clock import local_date
from policy.calendar import WorkCalendar
from policy.services import AffectedDeadline
from supervision.matters.clocks import climb_on, computed
from supervision.matters.models import RUNNING_STATES, Matter
from supervision.matters.moving import add_entry
from supervision.matters.queries import CARRY


@dataclass(frozen=True, slots=True)
class Moved:
    """What the new calendar does to one matter. `told` empty: the last day stands, only the next rung moves."""

    matter: Matter
    due_on: date
    next_on: date | None
    told: dict[str, Any]


def preview(calendar: WorkCalendar, on: date) -> Sequence[AffectedDeadline]:
    """What would move; writes nothing."""
    found = []
    for one in _moved(calendar, on):
        row, unit = one.matter, one.matter.unit.name
        if one.told:
            found.append(
                AffectedDeadline(str(row), unit, row.due_on, one.due_on, bool(one.told.get("provisional")))
            )
        elif row.next_step_on is not None and one.next_on is not None:
            found.append(AffectedDeadline(f"{row}（督办节点）", unit, row.next_step_on, one.next_on))
    return found


def apply(calendar: WorkCalendar, at: datetime) -> int:
    """Move them, one audit record per matter whose last day moved; return how many matters changed."""
    made = 0
    for one in _moved(calendar, local_date(at)):
        row, before = one.matter, one.matter.due_on
        changes: dict[str, Any] = {"next_step_on": one.next_on, "turn": F("turn") + 1}
        if one.told:
            changes |= {"due_on": one.due_on, "deadline": one.told}
            if not row.is_extended:
                changes["first_due_on"] = one.due_on
        if not Matter.objects.filter(pk=row.pk, turn=row.turn).update(**changes):
            continue
        made += 1
        if one.told and one.due_on != before:
            row.refresh_from_db()
            add_entry(row, "recomputed", by=None, at=at, due_before=before)
            audit.record(
                "matter_recomputed", target=row, by=None, at=at,
                before={"due_on": before}, after={"due_on": one.due_on},
            )  # fmt: skip
    return made


def _moved(calendar: WorkCalendar, on: date) -> Iterator[Moved]:
    rows = Matter.objects.filter(state__in=RUNNING_STATES).select_related(*CARRY).order_by("pk")
    for row in rows.iterator(chunk_size=500):
        told = _told(row, calendar, on)
        due_on = date.fromisoformat(told["due_on"]) if told else row.due_on
        next_on = row.next_step_on
        if next_on is not None and next_on > on:
            next_on = climb_on(row.state, row.step, row.step_since, due_on, row.issuer, on, calendar)
        if told or next_on != row.next_step_on:
            yield Moved(row, due_on, next_on, told)


def _told(row: Matter, calendar: WorkCalendar, on: date) -> dict[str, Any]:
    """The new explanation of a last day that is still ahead and came from a rule; empty when nothing changes."""
    stored = row.deadline
    if row.due_on < on or not stored.get("key") or not stored.get("anchor"):
        return {}
    anchor = date.fromisoformat(stored["anchor"])
    told = computed(stored["key"], row.issuer, anchor, stored.get("urgency", "ordinary"), calendar)
    same = told["due_on"] == stored["due_on"] and told["provisional"] == stored.get("provisional")
    return {} if same else told
