"""A holiday notice came: the days of running items are worked out again from their events; past ones stand."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from accounts import audit
from accounts.audit import Entry
from accounts.clock import local_date
from approvals.checklist.due import Ground, clock_fields, regime_for
from approvals.checklist.models import UNDER_WAY, ChecklistItem
from policy.calendar import WorkCalendar
from policy.regimes import Regime
from policy.services import AffectedDeadline

CHUNK = 500


def preview(calendar: WorkCalendar, on: date) -> Sequence[AffectedDeadline]:
    """What would move; writes nothing."""
    found = []
    for item, fields in _moved(calendar, on):
        if item.due_on and fields["due_on"] and fields["due_on"] != item.due_on:
            told = fields["deadline"].get("provisional", False)
            found.append(AffectedDeadline(str(item), item.project.name, item.due_on, fields["due_on"], told))
    return found


def apply(calendar: WorkCalendar, at: datetime) -> int:
    """Move them, one audit record per item; return how many changed."""
    entries = []
    for item, fields in _moved(calendar, local_date(at)):
        ChecklistItem.objects.filter(pk=item.pk).update(**fields)
        entries.append(
            Entry(
                action="item_recomputed",
                object_type=item._meta.label_lower,
                object_id=str(item.pk),
                object_label=str(item)[:200],
                before={"due_on": item.due_on, "statutory_due_on": item.statutory_due_on},
                after={"due_on": fields["due_on"], "statutory_due_on": fields["statutory_due_on"]},
                codes=audit.codes_of(item),
            )
        )
    for start in range(0, len(entries), CHUNK):
        audit.record_many(entries[start : start + CHUNK], by=None, at=at)
    return len(entries)


def _moved(calendar: WorkCalendar, on: date) -> Iterator[tuple[ChecklistItem, dict[str, Any]]]:
    """Running items whose day still lies ahead and would change, or stop being an estimate."""
    regimes: dict[str, Regime] = {}
    rows = ChecklistItem.objects.filter(is_running=True, project__state__in=UNDER_WAY, due_on__gte=on)
    rows = rows.select_related("project__division", "checklist").prefetch_related("events").order_by("pk")
    for item in rows.iterator(chunk_size=CHUNK):
        division = item.project.division_id
        regime = regimes.get(division) or regimes.setdefault(division, regime_for(item.project))
        ground = Ground(regime, calendar, item.checklist.dedicated_window)
        fields = clock_fields(item, list(item.events.all()), ground)
        if any(fields[name] != getattr(item, name) for name in ("due_on", "statutory_due_on", "deadline")):
            yield item, fields
