"""What the unit does with a matter: sign for it, give it to an office or person, tell how far it is, answer it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Department, User
from supervision.matters import sources
from supervision.matters.access import (
    HANDLE,
    answers_for_unit,
    department_people,
    people_of_unit,
    require_move,
)
from supervision.matters.extending import lapse_pending
from supervision.matters.models import Matter
from supervision.matters.moving import add_entry, clean_text, facts, perform


def receive_matter(
    *, matter: Matter, text: str = "", turn: int | None = None, by: Any, at: datetime
) -> Matter:
    """Sign for it: from now on nobody can say the unit did not know."""
    move = require_move(by, matter, "receive", local_date(at))
    changes = {"received_at": at, "received_by": by}
    perform(matter, "receive", move, by=by, at=at, turn=turn, text=text, changes=changes)
    return matter


def assign_matter(
    *,
    matter: Matter,
    department: Department | None = None,
    person: User | None = None,
    text: str = "",
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Matter:
    """Give it to a department of the unit, a person of it, or back to the unit as a whole (both None).

    The unit's competent office gives it to any department; a department only to a person of its own.
    """
    move = require_move(by, matter, "assign", local_date(at))
    on = local_date(at)
    if department is not None and department.division_id != matter.unit_id:
        raise DomainError(
            "office_elsewhere", _("This office belongs to another division."), field="department"
        )
    if department is not None and department.valid_to is not None and department.valid_to < on:
        raise DomainError(
            "office_ended", _("This office has ended. Choose the one that took over."), field="department"
        )
    wanted = department.pk if department else None
    if wanted != matter.department_id and not answers_for_unit(by, matter):
        raise PermissionDenied(HANDLE)
    fit = department_people(department, on) if department else people_of_unit(matter, on)
    if person is not None and person not in fit:
        raise DomainError(
            "person_elsewhere", _("Choose somebody who handles matters in this office."), field="person"
        )
    changes = {"department": department, "person": person}
    said = text or (f"{department.name} {person or ''}" if department else str(person or matter.unit.name))
    perform(matter, "assign", move, by=by, at=at, turn=turn, text=said.strip(), changes=changes)
    return matter


def report_progress(
    *, matter: Matter, text: str, uploads: Sequence[Any] = (), turn: int | None = None, by: Any, at: datetime
) -> Matter:
    """Tell how far the work is; the clock runs on."""
    move = require_move(by, matter, "report", local_date(at))
    perform(
        matter, "report", move, by=by, at=at, turn=turn, text=_said(text, _("Write how far the work is.")),
        uploads=uploads,
    )  # fmt: skip
    return matter


def answer_matter(
    *, matter: Matter, text: str, uploads: Sequence[Any] = (), turn: int | None = None, by: Any, at: datetime
) -> Matter:
    """Say what was done. The clock stops and the ladder rests until the issuer has judged the answer."""
    move = require_move(by, matter, "answer", local_date(at))
    text = _said(text, _("Write what was done and what it rests on."))
    with transaction.atomic():
        changes = {"answered_at": at}
        perform(matter, "answer", move, by=by, at=at, turn=turn, text=text, uploads=uploads, changes=changes)
        lapse_pending(matter, at)
        sources.tell_answered(matter, by, at)
    return matter


def change_person(matter: Matter, person: User, *, by: Any, at: datetime) -> bool:
    """`person` has the matter now, by an accepted hand-over, whose right it is. Call inside `atomic`."""
    before = facts(matter)
    if not Matter.objects.filter(pk=matter.pk, turn=matter.turn).update(person=person, turn=F("turn") + 1):
        return False
    matter.refresh_from_db()
    add_entry(matter, "handed_over", by=by, at=at, text=str(person))
    audit.record("matter_handed_over", target=matter, by=by, at=at, before=before, after=facts(matter))
    return True


def _said(text: str, missing: str) -> str:
    text = clean_text(text)
    if not text:
        raise DomainError("text_missing", missing, field="text")
    return text
