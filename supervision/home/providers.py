"""To-do items that follow from duties: what the person's units owe, and requests for more time to decide."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Extension, Obligation
from accounts.obligations import kinds
from accounts.obligations.extensions import PERMISSION
from accounts.obligations.services import last_day_f
from accounts.obligations.todo import TodoItem
from accounts.permissions import PERMISSIONS
from accounts.scope import current_postings
from policy.calendar import WorkCalendar
from policy.services import current_calendar

# A duty shows up this many working days before its last day.
LEAD_DAYS = 10
# More than so many duties of one person are not read; the page says how many there are.
LIMIT = 500


def duties(user: Any, on: date) -> Iterator[TodoItem]:
    """Open duties of exactly the units the person is posted at, of the kinds their role does."""
    wanted, calendar = _owed_by(user), current_calendar()
    if wanted is None:
        return
    rows = (
        Obligation.objects.visible_to(user)
        .open()
        .filter(wanted)
        .annotate(counts_on=last_day_f())
        .filter(counts_on__lte=calendar.add(on, LEAD_DAYS))
        .order_by("counts_on", "pk")
    )
    for row in rows[:LIMIT]:
        kind = kinds.find(row.kind)
        if kind is not None:
            yield _item(row, kind, calendar, on)


def decisions(user: Any, on: date) -> Iterator[TodoItem]:
    """Requests for more time that wait for an office of the person, the tier above the asking unit."""
    below = Q(pk__in=[])
    for posting in current_postings(user):
        if PERMISSION in PERMISSIONS[posting.role] and posting.subtree:
            # The tier right above decides; a tier further up can, but is not asked to.
            below |= Q(obligation__unit__parent_id=posting.division_id)
    rows = (
        Extension.objects.filter(below, granted=None).select_related("obligation__unit").order_by("asked_at")
    )
    calendar = current_calendar()
    for row in rows[:LIMIT]:
        duty = row.obligation
        yield TodoItem(
            key=f"extension:{row.pk}",
            days_left=calendar.between(on, duty.last_day),
            due_on=duty.last_day,
            title=_("Decide on more time for %(unit)s: %(duty)s %(period)s")
            % {
                "unit": duty.unit.name,
                "duty": kinds.label_of(duty.kind),
                "period": duty.period or duty.subject_label,
            },
            detail=_("Asked for %(day)s: %(reason)s")
            % {"day": row.wanted_on.isoformat(), "reason": row.reason[:80]},
            url=reverse("duties:detail", args=[duty.pk]),
            button=_("Decide on the request"),
            order=50,
        )


def _owed_by(user: Any) -> Q | None:
    wanted: Q | None = None
    for posting in current_postings(user):
        codes = [
            code for code, kind in kinds.registered().items() if kind.permission in PERMISSIONS[posting.role]
        ]
        if codes:
            q = Q(unit_id=posting.division_id, kind__in=codes)
            wanted = q if wanted is None else wanted | q
    return wanted


def _item(row: Obligation, kind: kinds.DutyKind, calendar: WorkCalendar, on: date) -> TodoItem:
    standing = kind.standing(row) if kind.standing else kinds.Standing("")
    if standing.waiting:
        return _waiting(row, kind, standing)
    left = calendar.between(on, row.last_day)
    return TodoItem(
        key=f"obligation:{row.pk}",
        days_left=left,
        due_on=row.last_day,
        title=kind.title(row),
        detail=standing.text,
        url=kind.url(row),
        button=str(kind.button),
        why=row.deadline or None,
        nominal_on=row.nominal_on if row.nominal_on != row.last_day else None,
        provisional=row.provisional,
        pinned=0 <= left <= kind.pinned_days and row.last_day >= on,
        more_url=reverse("duties:detail", args=[row.pk]),
        order=0 if kind.pinned_days else 100,
    )


def _waiting(row: Obligation, kind: kinds.DutyKind, standing: kinds.Standing) -> TodoItem:
    """Handed in: nothing runs against the unit while the receiver has not decided, so no day is counted."""
    return TodoItem(
        key=f"obligation:{row.pk}",
        days_left=None,
        due_on=None,
        title=kind.title(row),
        detail=standing.text,
        url=kind.url(row),
        button=_("See what was handed in"),
        waiting=True,
    )
