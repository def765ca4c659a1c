"""The receiver's decision: accept (live projects follow in the same transaction) or return with reasons by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.bulk import bulk_update, bulk_upsert
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division
from accounts.notify import staff_of, tell
from accounts.obligations.services import meet_for_period
from policy.periods import Period
from policy.services import current_calendar
from projects.bulk import apply_changes, lock_live
from projects.models import Project, ProjectState
from reporting.ledgers.access import SUBMIT, require_review
from reporting.ledgers.applying import Conflict, Entry, conflicts_of, now_of, plan_rows
from reporting.ledgers.context import area_filter
from reporting.ledgers.evaluate import Draft
from reporting.ledgers.mending import load_drafts
from reporting.ledgers.models import (
    Attempt,
    AttemptSource,
    AttemptState,
    CityPackage,
    LedgerEntry,
    PackageState,
    RowMatch,
    StagedRow,
)
from reporting.ledgers.staging import obligation_kind

# What acceptance needs of a row; its messages and explanations stay where they are.
APPLIED = (
    "id",
    "name",
    "match",
    "project_id",
    "project_version",
    "unit_code",
    "values",
    "previous",
    "resolutions",
)
CORRECTION_DAYS = 3  # working days, the day of the return not counted


def accept_attempt(
    *, attempt: Attempt, decisions: Mapping[int, Mapping[str, str]] | None = None, by: Any, at: datetime
) -> Attempt:
    """Take a hand-in and bring the projects up to date with it.

    `decisions`: {row id: {field: "ledger" | "live"}} where a project was edited since the hand-in was checked. Without a
    word on one of them: DomainError "conflicts" with details {"conflicts": [Conflict]}, and nothing is written.
    """
    require_review(by, attempt.ledger.unit)
    with transaction.atomic():
        row = _lock_submitted(attempt)
        unit, period = row.ledger.unit, row.ledger.period
        if row.source == AttemptSource.NIL:
            _carry_forward(row)
            result = {"nil": True}
        else:
            result = _apply(row, decisions or {}, by=by, at=at)
        _decide(row, AttemptState.ACCEPTED, by=by, at=at)
        audit.record(
            "ledger_accepted", target=row, by=by, at=at, before={"state": AttemptState.SUBMITTED},
            after={"state": AttemptState.ACCEPTED, **result},
        )  # fmt: skip
        if obligation_kind(unit) == "ledger_county" and row.receipt_at:
            meet_for_period(
                kind="ledger_county", unit=unit, period=period, met_at=row.receipt_at, at=at, by=by
            )
        _mark_package_stale(row, at)
        transaction.on_commit(lambda: _tell_unit(row, at))
    attempt.refresh_from_db()
    return attempt


def return_attempt(
    *, attempt: Attempt, note: str, row_reasons: Mapping[int, str] | None = None, by: Any, at: datetime
) -> Attempt:
    """Send a hand-in back with reasons. The receipt stays; a correction within its clock keeps it."""
    unit = attempt.ledger.unit
    require_review(by, unit)
    reasons = {pk: text.strip()[:300] for pk, text in (row_reasons or {}).items() if text.strip()}
    note = note.strip()[:1000]
    if not note and not reasons:
        raise DomainError(
            "reason_required",
            _("Say what is to be corrected: for the whole ledger, or in the rows."),
            field="note",
        )
    due = correction_due(local_date(at))
    with transaction.atomic():
        row = _lock_submitted(attempt)
        known = list(StagedRow.objects.filter(attempt=row, pk__in=reasons))
        for staged in known:
            staged.return_reason = reasons[staged.pk]
        StagedRow.objects.bulk_update(known, ["return_reason"])
        _decide(row, AttemptState.RETURNED, by=by, at=at, review_note=note, correct_by_on=due)
        audit.record(
            "ledger_returned", target=row, by=by, at=at, before={"state": AttemptState.SUBMITTED},
            after={"state": AttemptState.RETURNED, "correct_by_on": due,
                   "rows": {str(s.line or s.position): s.return_reason for s in known}},
            reason=note or "；".join(reasons.values())[:500],
        )  # fmt: skip
        transaction.on_commit(lambda: _tell_unit(row, at))
    attempt.refresh_from_db()
    return attempt


def correction_due(on: date) -> date:
    """Last day of the correction clock."""
    return current_calendar().add(on, CORRECTION_DAYS)


def open_conflicts(attempt: Attempt, drafts: Sequence[Draft]) -> list[Conflict]:
    """Clashes with live data as it stands now, for the review page."""
    ids = [d.project_id for d in drafts if d.match == RowMatch.MATCHED and d.project_id]
    moved = dict(Project.objects.filter(pk__in=ids).values_list("pk", "version"))
    touched = [d for d in drafts if d.project_id and moved.get(d.project_id) != d.project_version]
    if not touched:
        return []
    with transaction.atomic():
        live = lock_live([d.project_id for d in touched if d.project_id])
    return [c for d in touched if d.project_id in live for c in conflicts_of(d, now_of(live[d.project_id]))]


# --- accepting --------------------------------------------------------------------------------------------


def _lock_submitted(attempt: Attempt) -> Attempt:
    row = Attempt.objects.select_for_update(of=("self",)).select_related("ledger__unit").get(pk=attempt.pk)
    if row.state != AttemptState.SUBMITTED:
        raise StaleState(
            "not_submitted",
            _("Somebody has decided on this hand-in already. Reload the page to see where it stands."),
        )
    return row


def _decide(row: Attempt, state: str, *, by: Any, at: datetime, **values: Any) -> None:
    changed = Attempt.objects.filter(pk=row.pk, state=AttemptState.SUBMITTED).update(
        state=state, reviewed_by=by, reviewed_at=at, **values
    )
    if not changed:
        raise StaleState(
            "not_submitted",
            _("Somebody has decided on this hand-in already. Reload the page to see where it stands."),
        )
    row.state = state
    for name, value in values.items():
        setattr(row, name, value)


def _apply(
    row: Attempt, decisions: Mapping[int, Mapping[str, str]], *, by: Any, at: datetime
) -> dict[str, Any]:
    unit, period = row.ledger.unit, row.ledger.period
    drafts = load_drafts(row, APPLIED)
    wanted = [d.project_id for d in drafts if d.match == RowMatch.MATCHED and d.project_id]
    live = lock_live(wanted) if wanted else {}
    inside = _only_own_area(live, unit)
    codes = {d.unit_code for d in drafts if d.match == RowMatch.NEW}
    divisions = (
        {d.pk: d for d in Division.objects.filter(pk__in=codes, path__startswith=unit.path)} if codes else {}
    )
    plan = plan_rows(drafts, inside, divisions, period=period, decisions=decisions)
    if plan.conflicts:
        raise DomainError(
            "conflicts",
            _("%(n)d cells were edited in the system after this ledger was handed in. Say which value holds.")
            % {"n": len(plan.conflicts)},
            details={"conflicts": plan.conflicts},
        )
    reason = _("Ledger of %(unit)s for %(period)s, hand-in %(number)d") % {
        "unit": unit.name, "period": Period.parse(period).label, "number": row.number,
    }  # fmt: skip
    applied = apply_changes(plan.changes, plan.created, live=inside, by=by, at=at, reason=reason)
    entries = [*plan.entries]
    for key, entry in plan.new_entries:
        entry.project_id = applied.created[key]
        entries.append(entry)
    write_entries(entries, row.pk, period)
    _keep_links(drafts, applied.created, decisions)
    return {"changed": len(applied.changed), "created": len(applied.created), "entries": len(entries)}


def _only_own_area(live: dict[int, Any], unit: Division) -> dict[int, Any]:
    """A project moved to another area after the hand-in is no longer this unit's to report."""
    place = {1: 0, 2: 1, 3: 2}[unit.tier]
    strange = [row.name for row in live.values() if row.codes[place] != unit.pk]
    if strange:
        text = _("《%(name)s》 no longer belongs to %(unit)s. Return the ledger so that the row is left out.")
        raise DomainError("not_in_area", text % {"name": strange[0], "unit": unit.name})
    return live


def write_entries(entries: Sequence[Entry], attempt_id: int, period: str) -> None:
    """One entry per project and month; a correction replaces it."""
    columns = (
        "project_id", "period", "attempt_id", "invested_total_yuan", "invested_month_yuan", "progress_text",
        "problem_text", "nodes", "province_code", "city_code", "county_code",
    )  # fmt: skip
    bulk_upsert(
        LedgerEntry, columns,
        [
            (e.project_id, period, attempt_id, e.total, e.month, e.progress, e.problems, e.nodes, *e.codes)
            for e in sorted(entries, key=lambda e: e.project_id)
        ],
        conflict=("project_id", "period"), update=columns[2:],
    )  # fmt: skip


def _keep_links(
    drafts: Sequence[Draft], created: Mapping[int, int], decisions: Mapping[int, Mapping[str, str]]
) -> None:
    """New rows learn their project, decided ones keep the word."""
    rows = []
    for draft in drafts:
        decided = decisions.get(draft.pk or 0)
        project_id = created.get(draft.position) if draft.match == RowMatch.NEW else draft.project_id
        if decided or project_id != draft.project_id:
            rows.append((draft.pk, project_id, {**draft.resolutions, **(decided or {})}))
    bulk_update(StagedRow, ("id", "project_id", "resolutions"), rows)


def _carry_forward(row: Attempt) -> None:
    """A nil report says of every project under way: as last month, nothing invested."""
    unit, period = row.ledger.unit, row.ledger.period
    last = Period.parse(period).previous()
    held = {e.project_id: e for e in LedgerEntry.objects.filter(**area_filter(unit), period=str(last))}
    rows = (
        Project.objects.filter(**area_filter(unit), state=ProjectState.ACTIVE)
        .order_by("pk")
        .values_list(
            "pk",
            "invested_total_yuan",
            "progress_text",
            "problem_text",
            "province_code",
            "city_code",
            "county_code",
        )
    )
    entries = []
    for pk, total, progress, problems, *codes in rows:
        before = held.get(pk)
        entries.append(
            Entry(pk, before.invested_total_yuan if before else total, 0, progress, problems,
                  before.nodes if before else {}, tuple(codes))  # type: ignore[arg-type]
        )  # fmt: skip
    write_entries(entries, row.pk, period)


def _mark_package_stale(row: Attempt, at: datetime) -> None:
    """A package that was sent without this hand-in no longer says what is known."""
    latest = CityPackage.objects.filter(unit_id=row.city_code, period=row.ledger.period).aggregate(
        Max("version")
    )
    CityPackage.objects.filter(
        unit_id=row.city_code, period=row.ledger.period, version=latest["version__max"], stale_since=None,
        state__in=[PackageState.SENT, PackageState.ACCEPTED],
    ).update(stale_since=at)  # fmt: skip


def _tell_unit(row: Attempt, at: datetime) -> None:
    unit, period = row.ledger.unit, Period.parse(row.ledger.period).label
    people = {p.pk: p for p in staff_of(unit, SUBMIT, on=local_date(at))}
    if row.state == AttemptState.ACCEPTED:
        title, text = _("Your ledger of %(period)s was accepted") % {"period": period}, ""
    else:
        title = _("Your ledger of %(period)s was returned") % {"period": period}
        due = row.correct_by_on.isoformat() if row.correct_by_on else ""
        text = _("Correct it by %(day)s: %(note)s") % {
            "day": due,
            "note": row.review_note or _("see the rows"),
        }
    tell(people.values(), key=f"ledger-{row.state}-{row.pk}", kind="ledger", title=title, text=text,
         url=reverse("ledgers:attempt", args=[row.pk]), at=at)  # fmt: skip
