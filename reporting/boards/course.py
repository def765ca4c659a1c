"""What happened to one ledger: handed in, returned, accepted, sent on. Each line a moment, what, and by whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Obligation
from accounts.obligations.kinds import LEDGER_CITY
from reporting.ledgers.models import Attempt, AttemptState, CityPackage, PackageState


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    what: str
    who: str = ""
    note: str = ""


def course_of(user: Any, duty: Obligation) -> list[Step]:
    """In order of time; a city's own duty is met by its package, a county's by its hand-ins."""
    found = list(_packages(user, duty) if duty.kind == LEDGER_CITY else _hand_ins(user, duty))
    return sorted(found, key=lambda step: step.at)


def _hand_ins(user: Any, duty: Obligation) -> Iterator[Step]:
    rows = Attempt.objects.visible_to(user).filter(
        ledger__unit_id=duty.unit_id, ledger__period=duty.period, submitted_at__isnull=False
    )
    for row in rows.select_related("submitted_by", "reviewed_by"):
        if row.submitted_at:
            what = _("handed in, %(rows)d projects") % {"rows": row.row_count}
            yield Step(row.submitted_at, what, _name(row.submitted_by), row.note)
        if row.reviewed_at and row.state == AttemptState.ACCEPTED:
            yield Step(row.reviewed_at, _("accepted"), _name(row.reviewed_by))
        if row.reviewed_at and row.state == AttemptState.RETURNED:
            yield Step(row.reviewed_at, _("returned for correction"), _name(row.reviewed_by), row.review_note)


def _packages(user: Any, duty: Obligation) -> Iterator[Step]:
    rows = CityPackage.objects.visible_to(user).filter(unit_id=duty.unit_id, period=duty.period)
    for row in rows.exclude(state=PackageState.DRAFT).select_related("sent_by", "reviewed_by"):
        note = _("%(n)d units had handed in nothing") % {"n": len(row.missing)} if row.missing else ""
        what = _("version %(n)d sent to the province") % {"n": row.version}
        yield Step(row.sent_at, what, _name(row.sent_by), note)
        if row.reviewed_at and row.state == PackageState.ACCEPTED:
            yield Step(row.reviewed_at, _("accepted by the province"), _name(row.reviewed_by))
        if row.reviewed_at and row.state == PackageState.RETURNED:
            yield Step(
                row.reviewed_at, _("returned by the province"), _name(row.reviewed_by), row.review_note
            )


def _name(person: Any) -> str:
    return person.get_full_name() if person else ""
