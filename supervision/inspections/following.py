"""What is open when a unit ends goes to the unit that took over its work: inspections, conclusions to it."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from accounts import audit
from accounts.clock import local_date
from accounts.models import Department, Division
from supervision.inspections.models import OPEN_STATES, Conclusion, ConclusionState, Inspection
from supervision.matters.following import heir_of

WAITING = (ConclusionState.SENT, ConclusionState.RECEIVED, ConclusionState.OBJECTED)


def follow_successors(at: datetime) -> int:
    """How many moved. Harmless when done twice: what moved is no longer the ended unit's."""
    on, moved = local_date(at), 0
    for division in Division.objects.filter(valid_to__lt=on).select_related("successor").order_by("pk"):
        heir = heir_of(division, on)
        if heir is None or heir.pk == division.pk:
            continue
        # What is finished stays the old unit's, unless a conclusion of it may still have to be reviewed.
        waits = Q(conclusions__state__in=WAITING)
        rows = Inspection.objects.filter(Q(state__in=OPEN_STATES) | waits, unit=division).distinct()
        for row in rows:
            moved += _hand("inspection_moved", row, {"unit": heir, "turn": F("turn") + 1, **heir.codes}, at)
        for sent in Conclusion.objects.filter(unit=division, state__in=WAITING).select_related("department"):
            moved += _hand("inspection_conclusion_moved", sent, _addressed(sent, heir), at)
    return moved


def _addressed(row: Conclusion, heir: Division) -> dict[str, Any]:
    """The heir's department of the same code; the heir as a whole where it has none."""
    department = None
    if row.department is not None:
        department = Department.objects.filter(division=heir, code=row.department.code).first()
    return {"unit": heir, "department": department, **heir.codes}


def _hand(action: str, row: Any, changes: dict[str, Any], at: datetime) -> int:
    """Where the heir was sent a conclusion of the same inspection itself, that one stands and this one stays."""
    before = {"unit": row.unit.name}
    try:
        with transaction.atomic():
            if not type(row).objects.filter(pk=row.pk, unit=row.unit, state=row.state).update(**changes):
                return 0
            row.refresh_from_db()
            audit.record(action, target=row, by=None, at=at, before=before, after={"unit": row.unit.name})
    except IntegrityError:
        return 0
    return 1
