"""Open matters follow: a unit's successor, a project that went to another division, a project that ended."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.clock import local_date
from accounts.models import Department, Division
from projects.models import Project
from supervision.matters import sources, telling
from supervision.matters.clocks import climb_on
from supervision.matters.extending import lapse_pending
from supervision.matters.models import Matter, MatterSource, MatterState
from supervision.matters.moving import add_entry, facts
from supervision.matters.queries import CARRY

# What concerns the running of the project itself goes with it; a finding or a letter about what the old host did, or
# did not do, stays the old host's to answer for.
WITH_PROJECT = (MatterSource.WORK_ORDER, MatterSource.AGREED)
HOPS = 10
_followers: dict[str, Callable[[datetime], int]] = {}


def register_follower(name: str, step: Callable[[datetime], int]) -> None:
    """`step(at)` hands on what else is open with units that ended, and says how many. Add or replace."""
    _followers[name] = step


def heir_of(division: Division, on: Any) -> Division | None:
    """The unit that took over its work and still exists; None where there is none (then the issuer redirects)."""
    found: Division | None = division
    for _hop in range(HOPS):
        if found is None or found.valid_to is None or found.valid_to >= on:
            return found
        found = found.successor
    return None


def follow_successors(at: datetime) -> int:
    """Open matters of units that ended go to their successors, days and rungs unchanged; so does the office's side."""
    on = local_date(at)
    moved = sum(step(at) for step in _followers.values())
    ended = Division.objects.filter(valid_to__lt=on).select_related("successor")
    for division in ended.order_by("pk"):
        heir = heir_of(division, on)
        if heir is None or heir.pk == division.pk:
            continue
        for matter in Matter.objects.open().filter(unit=division).select_related(*CARRY):
            moved += _hand_unit(matter, heir, at)
        for matter in Matter.objects.open().filter(issuer=division).select_related(*CARRY):
            moved += _hand_issuer(matter, heir, at)
    return moved


def _hand_unit(matter: Matter, heir: Division, at: datetime) -> int:
    """The heir's department of the same code takes over where there is one; the person does not go along."""
    on, old = local_date(at), matter.holder_name
    department = None
    if matter.department is not None:
        department = Department.objects.filter(division=heir, code=matter.department.code).first()
        if department is not None and department.valid_to is not None and department.valid_to < on:
            department = None
    changes = {"unit": heir, "department": department, "person": None, **heir.codes}
    return _follow(matter, "moved", f"{old} → {heir.name}", changes, at)


def _hand_issuer(matter: Matter, heir: Division, at: datetime) -> int:
    return _follow(matter, "moved", f"{matter.issuer.name} → {heir.name}", {"issuer": heir}, at)


def _follow(
    matter: Matter, kind: str, text: str, changes: dict[str, Any], at: datetime, by: Any = None
) -> int:
    with transaction.atomic():
        before = facts(matter)
        rows = Matter.objects.open().filter(pk=matter.pk, turn=matter.turn)
        if not rows.update(turn=F("turn") + 1, **changes):
            return 0
        matter.refresh_from_db()
        entry = add_entry(matter, kind, by=by, at=at, text=text)
        audit.record(f"matter_{kind}", target=matter, by=by, at=at, before=before, after=facts(matter))
        transaction.on_commit(lambda: telling.tell(matter, entry, at))
    return 1


def follow_move(project: Project, *, old: Division, new: Division, by: Any, at: datetime) -> None:
    """The project went to another division, inside that transaction. All matters keep the codes of their unit (the
    transfer has just written the project's); work orders and agreed items go to the new host and are received anew."""
    rows = Matter.objects.filter(project=project).select_related(*CARRY).order_by("pk")
    for matter in rows:
        Matter.objects.filter(pk=matter.pk).update(**matter.unit.codes)
        if not matter.is_open or matter.unit_id != old.pk:
            continue
        goes = matter.source in WITH_PROJECT and new.path.startswith(matter.issuer.path)
        if not goes:
            continue
        state = MatterState.ISSUED
        on = local_date(at)
        changes = {
            "unit": new, "department": None, "person": None, "state": state, "received_at": None,
            "received_by": None, "answered_at": None, **new.codes,
            "next_step_on": climb_on(state, matter.step, matter.step_since, matter.due_on, matter.issuer, on),
        }  # fmt: skip
        if _follow(matter, "project_moved", f"{old.name} → {new.name}", changes, at, by):
            lapse_pending(matter, at)


def follow_end(project: Project, *, reason: str, by: Any, at: datetime) -> None:
    """The project ended: work orders and agreed items have no object any more and are taken back; what somebody is to
    answer for (findings, notices, letters) stays open."""
    rows = Matter.objects.open().filter(project=project, source__in=WITH_PROJECT).select_related(*CARRY)
    for matter in rows.order_by("pk"):
        changes: dict[str, Any] = {
            "state": MatterState.WITHDRAWN, "closed_at": at, "next_step_on": None,
        }  # fmt: skip
        if matter.is_listed:
            changes["unlisted_on"] = local_date(at)
        if _follow(matter, "project_ended", reason, changes, at, by):
            lapse_pending(matter, at)
            sources.tell_closed(matter, by, at)


def settle_by_fact(*, source: str, source_id: int, note: str, by: Any, at: datetime) -> int:
    """What a matter pressed for is done by the fact itself (a complaint was handled): its open matters close with it.

    For the subject that pressed them, inside its own transaction; it has asked the right. Returns how many closed.
    """
    rows = Matter.objects.open().filter(source=source, source_id=source_id).select_related(*CARRY)
    closed = 0
    for matter in rows.order_by("pk"):
        changes: dict[str, Any] = {
            "state": MatterState.CLOSED, "closed_at": at, "checked_on": local_date(at), "check_note": note,
            "next_step_on": None,
        }  # fmt: skip
        if matter.is_listed:
            changes["unlisted_on"] = local_date(at)
        if _follow(matter, "close", note, changes, at, by):
            lapse_pending(matter, at)
            closed += 1
    return closed
