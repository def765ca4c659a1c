"""Handing in: submit, take back, discard, nil report. The server's clock decides when it was received."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division
from accounts.notify import staff_of, tell
from policy.periods import Period
from projects.models import Milestone, Project, ProjectState
from reporting.ledgers.access import REVIEW, receiver_of, require_submit
from reporting.ledgers.context import area_filter
from reporting.ledgers.evaluate import is_answered
from reporting.ledgers.mending import load_drafts, recheck, remember_columns
from reporting.ledgers.models import Attempt, AttemptSource, AttemptState, RowMatch
from reporting.ledgers.reviewing import accept_attempt
from reporting.ledgers.staging import file_key, new_attempt
from reporting.tableimport.columns import heading_key


@dataclass(slots=True)
class Readiness:
    """What still stands between a hand-in and handing it in. `cells`: names of the cells to mend."""

    errors: int = 0
    open_asks: int = 0
    cells: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return not self.errors and not self.open_asks and not self.reasons


def readiness(attempt: Attempt, drafts: list[Any]) -> Readiness:
    """Errors, unanswered questions, and reasons of the whole file."""
    found = Readiness()
    for draft in drafts:
        if draft.match == RowMatch.SKIPPED:
            continue
        for message in draft.messages:
            if message["level"] == "error":
                found.errors += 1
                found.cells.append(message["cell"] or draft.name)
            elif not is_answered(message, draft):
                found.open_asks += 1
    for message in attempt.messages:
        if message["level"] == "error":
            found.errors += 1
            found.cells.append(message["cell"])
            found.reasons.append(message["text"])
        elif message["level"] == "ask" and not attempt.explanations.get(file_key(message), "").strip():
            found.open_asks += 1
    if attempt.source != AttemptSource.NIL and all(d.match == RowMatch.SKIPPED for d in drafts):
        found.reasons.append(_("There is no row to hand in."))
    return found


def submit_attempt(*, attempt: Attempt, note: str = "", by: Any, at: datetime) -> Attempt:
    """Hand in. A second click finds it handed in and changes nothing; live data is compared once more first."""
    require_submit(by, attempt.ledger.unit)
    with transaction.atomic():
        row = _lock(attempt)
        if row.state == AttemptState.SUBMITTED and row.submitted_by_id == by.pk:
            return row
        if row.source != AttemptSource.NIL and row.state == AttemptState.STAGED and _moved(row):
            recheck(attempt=attempt, by=by, at=at)
            row = _lock(attempt)
        if row.state != AttemptState.STAGED:
            raise StaleState(
                "not_staged",
                _("This hand-in is no longer being checked. Reload the page to see where it stands."),
            )
        # The counts are kept with every change; the rows are read only to say what is missing.
        state = Readiness() if _counted_ready(row) else readiness(row, load_drafts(row))
        if not state.ready:
            raise DomainError("not_ready", not_ready_text(state), details={"cells": state.cells[:20]})
        _hand_in(row, note, by=by, at=at)
        audit.record(
            "ledger_submitted", target=row, by=by, at=at, before={"state": AttemptState.STAGED},
            after={"state": AttemptState.SUBMITTED, "rows": row.row_count, "receipt_at": row.receipt_at},
        )  # fmt: skip
        _remember(row, at)
        own = row.ledger.unit.pk == receiver_of(row.ledger.unit)
        if not own:
            _tell_receiver(row, at)
    if not own or not _taken(attempt, by=by, at=at):
        attempt.refresh_from_db()
        if own:
            _tell_receiver(attempt, at)
    return attempt


def _lock(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_for_update(of=("self",)).select_related("ledger__unit").get(pk=attempt.pk)


def _counted_ready(row: Attempt) -> bool:
    return (
        not row.error_count and not row.ask_count and (row.row_count > 0 or row.source == AttemptSource.NIL)
    )


def _moved(row: Attempt) -> bool:
    """Whether a project or a month's figures of the area changed since the rows were judged."""
    checked = parse_datetime(str(row.reading.get("checked_at", "")))
    if checked is None:
        return True
    area = area_filter(row.ledger.unit)
    projects = Project.objects.filter(**area, updated_at__gt=checked)
    ledgers = Attempt.objects.filter(**area, state=AttemptState.ACCEPTED, reviewed_at__gt=checked)
    here = Division.objects.filter(pk=row.ledger.unit_id)  # one row, so that both are asked in one statement
    return here.filter(Exists(projects) | Exists(ledgers)).exists()


def not_ready_text(state: Readiness) -> str:
    """还有 1 格要改、2 处要说明，完成后可以报送。"""
    parts = []
    if state.errors:
        parts.append(
            ngettext("%(n)d cell to mend", "%(n)d cells to mend", state.errors) % {"n": state.errors}
        )
    if state.open_asks:
        parts.append(
            ngettext("%(n)d point to explain", "%(n)d points to explain", state.open_asks)
            % {"n": state.open_asks}
        )
    if not parts:
        return state.reasons[0] if state.reasons else ""
    return _("Still %(what)s; then it can be handed in.") % {"what": _(" and ").join(parts)}


def _hand_in(row: Attempt, note: str, *, by: Any, at: datetime) -> None:
    row.receipt_at = receipt_for(row, at)
    changed = Attempt.objects.filter(pk=row.pk, state=AttemptState.STAGED).update(
        state=AttemptState.SUBMITTED,
        submitted_by=by,
        submitted_at=at,
        receipt_at=row.receipt_at,
        note=note.strip()[:1000],
    )
    if not changed:
        raise StaleState(
            "not_staged",
            _("This hand-in is no longer being checked. Reload the page to see where it stands."),
        )
    row.state, row.submitted_at = AttemptState.SUBMITTED, at


def receipt_for(row: Attempt, at: datetime) -> datetime:
    """The receipt that counts: a correction handed in within its clock keeps the receipt of what it corrects."""
    if row.number == 1:
        return at
    returned = (
        Attempt.objects.filter(ledger_id=row.ledger_id, state=AttemptState.RETURNED, number__lt=row.number)
        .order_by("-number")
        .first()
    )
    in_time = returned and returned.correct_by_on and local_date(at) <= returned.correct_by_on
    return returned.receipt_at if returned and in_time and returned.receipt_at else at


def _remember(row: Attempt, at: datetime) -> None:
    """The workbook's headings as understood: next month they need no second look."""
    columns = row.reading.get("columns", [])
    fields = {heading_key(heading): code for _letter, heading, code, *_rest in columns if heading and code}
    if fields:
        remember_columns(row.ledger.unit, fields, at)


def _taken(attempt: Attempt, *, by: Any, at: datetime) -> bool:
    """A city's own rows go straight into its package, unless they clash with live data: then it decides on the page."""
    try:
        accept_attempt(attempt=attempt, by=by, at=at)
    except StaleState:
        raise
    except DomainError:
        return False
    return True


def _tell_receiver(row: Attempt, at: datetime) -> None:
    unit = row.ledger.unit
    people = staff_of(receiver_of(unit), REVIEW, on=local_date(at))
    title = _("%(unit)s handed in its ledger of %(period)s") % {
        "unit": unit.name,
        "period": Period.parse(row.ledger.period).label,
    }
    text = _("%(rows)d rows, %(changed)d changed, %(new)d newly signed") % {
        "rows": row.row_count, "changed": row.changed_count, "new": row.new_count,
    }  # fmt: skip
    tell(people, key=f"ledger-in-{row.pk}", kind="ledger", title=title, text=text,
         url=reverse("ledgers:attempt", args=[row.pk]), at=at)  # fmt: skip


def withdraw_attempt(*, attempt: Attempt, by: Any, at: datetime) -> Attempt:
    """Take back what the receiver has not decided on yet. The receipt is given up with it."""
    require_submit(by, attempt.ledger.unit)
    with transaction.atomic():
        changed = Attempt.objects.filter(pk=attempt.pk, state=AttemptState.SUBMITTED).update(
            state=AttemptState.STAGED, submitted_at=None, submitted_by=None, receipt_at=None
        )
        if not changed:
            raise StaleState(
                "not_submitted", _("The receiver has decided meanwhile; it can no longer be taken back.")
            )
        audit.record(
            "ledger_withdrawn", target=attempt, by=by, at=at, before={"state": AttemptState.SUBMITTED},
            after={"state": AttemptState.STAGED},
        )  # fmt: skip
    attempt.refresh_from_db()
    return attempt


def discard_attempt(*, attempt: Attempt, by: Any, at: datetime) -> None:
    """Put a hand-in that is being checked aside; nothing of it counts."""
    require_submit(by, attempt.ledger.unit)
    with transaction.atomic():
        changed = Attempt.objects.filter(pk=attempt.pk, state=AttemptState.STAGED).update(
            state=AttemptState.DISCARDED
        )
        if not changed:
            raise StaleState(
                "not_staged",
                _("This hand-in is no longer being checked. Reload the page to see where it stands."),
            )
        audit.record("ledger_discarded", target=attempt, by=by, at=at)


# --- nil report -------------------------------------------------------------------------------------------


def nil_contradictions(unit: Division, period: Period) -> list[str]:
    """Live events of the month that speak against a nil report, in words; empty when there are none."""
    found = []
    area = area_filter(unit)
    signed = list(
        Project.objects.filter(**area, signed_on__range=(period.first, period.last)).order_by("pk")[:5]
    )
    found += [
        _("《%(name)s》 was signed on %(day)s") % {"name": p.name, "day": p.signed_on.isoformat()}
        for p in signed
        if p.signed_on
    ]
    points = (
        Milestone.objects.filter(**area, actual_on__range=(period.first, period.last))
        .select_related("project")
        .order_by("actual_on", "pk")[:5]
    )
    found += [
        _("《%(name)s》: %(node)s on %(day)s")
        % {
            "name": m.project.name,
            "node": m.get_code_display(),
            "day": m.actual_on.isoformat() if m.actual_on else "",
        }
        for m in points
    ]
    moved = Project.objects.filter(**area, reported_period=str(period), invested_month_yuan__gt=0).order_by(
        "pk"
    )[:3]
    found += [_("《%(name)s》 has investment recorded for this month") % {"name": p.name} for p in moved]
    return found


def submit_nil(*, unit: Division, period: Period, explanation: str = "", by: Any, at: datetime) -> Attempt:
    """Declare that nothing changed. Live events that say otherwise want an explanation, which goes with it."""
    require_submit(by, unit)
    against = nil_contradictions(unit, period)
    if against and len(explanation.strip()) < 2:
        raise DomainError(
            "nil_contradicted",
            _("The system knows of events in this month: %(events)s. Report them, or explain.")
            % {"events": "；".join(against)},
            field="explanation",
            details={"events": against},
        )
    with transaction.atomic():
        attempt = new_attempt(
            unit, period, source=AttemptSource.NIL, by=by, at=at, reading={"against": against} if against else {},
            explanations={"nil": explanation.strip()[:500]} if explanation.strip() else {},
        )  # fmt: skip
    return submit_attempt(attempt=attempt, note=explanation, by=by, at=at)


def open_projects(unit: Division) -> int:
    """How many projects under way a nil report speaks for."""
    return Project.objects.filter(**area_filter(unit), state=ProjectState.ACTIVE).count()
