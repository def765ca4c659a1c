"""Draft → approve → number and issue. The one who last wrote the words does not approve them (起草→审核→签发, H20)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division
from accounts.scope import posted_at, require_own
from documents.text import format_number
from policy.periods import Period
from projects.numbers import take
from reporting.circulars.document import addressees_for, title_for
from reporting.circulars.models import Circular, CircularState
from reporting.reports.models import Report
from supervision.letters.organs import word_of

KIND = "circular"


def draft_circular(*, report: Report, by: Any, at: datetime) -> Circular:
    """Write the circular of a unit's report. Asked twice, the open draft is returned. `by` None: the scheduled job."""
    if by is not None:
        require_own(by, "circulars.draft", report.unit)
    with transaction.atomic():
        Report.objects.select_for_update().get(pk=report.pk)
        latest = Circular.objects.filter(unit=report.unit, period=report.period).order_by("-version").first()
        if latest is not None and latest.report_id == report.pk:
            return latest
        if latest is not None and latest.state in (CircularState.DRAFT, CircularState.APPROVED):
            return latest
        return _create(
            unit=report.unit,
            report=report,
            version=latest.version + 1 if latest else 1,
            title=title_for(report.unit, Period.parse(report.period)),
            body=report.narrative,
            addressees=addressees_for(report.unit),
            copies="",
            by=by,
            at=at,
        )


def edit_circular(
    *,
    circular: Circular,
    title: str,
    addressees: str,
    copies: str,
    body: Sequence[dict[str, Any]],
    row_version: int,
    by: Any,
    at: datetime,
) -> Circular:
    """Change the words of a draft; tables and figures come from the frozen report and are not edited."""
    require_own(by, "circulars.draft", circular.unit)
    if not title.strip():
        raise DomainError("title_required", _("A circular needs a title."), field="title")
    if not addressees.strip():
        raise DomainError("addressees_required", _("Say to whom the circular goes."), field="addressees")
    sections = [
        {
            "heading": s.get("heading", "").strip(),
            "paragraphs": [p.strip() for p in s["paragraphs"] if p.strip()],
        }
        for s in body
    ]
    sections = [s for s in sections if s["heading"] or s["paragraphs"]]
    if not sections:
        raise DomainError(
            "empty_circular", _("A circular needs at least one section with text."), field="body"
        )
    after = {
        "title": title.strip(),
        "addressees": addressees.strip(),
        "copies": copies.strip(),
        "body": sections,
    }
    before = {name: getattr(circular, name) for name in after}
    with transaction.atomic():
        moved = Circular.objects.filter(
            pk=circular.pk, state=CircularState.DRAFT, row_version=row_version
        ).update(**after, edited_by=by, edited_at=at, row_version=row_version + 1)
        if not moved:
            raise StaleState("stale", _("Someone else changed this circular while you were writing."))
        changed = {k for k in after if after[k] != before[k]}
        audit.record(
            "circular_edited",
            target=circular,
            by=by,
            at=at,
            before={k: before[k] for k in changed},
            after={k: after[k] for k in changed},
        )
    circular.refresh_from_db()
    return circular


def approve_circular(*, circular: Circular, by: Any, at: datetime) -> Circular:
    """Approve the words as they stand. Not by the person who wrote them last."""
    require_own(by, "circulars.approve", circular.unit)
    writer = circular.edited_by_id or circular.drafted_by_id
    if writer == by.pk:
        raise DomainError("own_words", _("You wrote this text yourself; someone else has to approve it."))
    _move(
        circular,
        [CircularState.DRAFT],
        {"state": CircularState.APPROVED, "approved_by": by, "approved_at": at},
        "circular_approved",
        by=by,
        at=at,
    )
    return circular


def return_circular(*, circular: Circular, reason: str, by: Any, at: datetime) -> Circular:
    """Back to draft, with the reason."""
    require_own(by, "circulars.approve", circular.unit)
    if not reason.strip():
        raise DomainError("reason_required", _("Say what has to be changed."), field="reason")
    _move(
        circular,
        [CircularState.APPROVED],
        {"state": CircularState.DRAFT, "approved_by": None, "approved_at": None},
        "circular_returned",
        reason=reason,
        by=by,
        at=at,
    )
    return circular


def issue_circular(*, circular: Circular, by: Any, at: datetime) -> Circular:
    """Allot the number and issue, in one transaction: no gap, no double, right across 31 December (business date)."""
    require_own(by, "circulars.issue", circular.unit)
    day = local_date(at)
    with transaction.atomic():
        seq = take(f"{KIND}-{circular.unit_id}-{day.year}")
        number = format_number(word_of(circular.unit, KIND), day.year, seq)
        _move(
            circular,
            [CircularState.APPROVED],
            {
                "state": CircularState.ISSUED,
                "issued_by": by,
                "issued_on": day,
                "number": number,
                "number_year": day.year,
                "number_seq": seq,
            },
            "circular_issued",
            by=by,
            at=at,
        )
        if circular.corrects_id:
            Circular.objects.filter(pk=circular.corrects_id, state=CircularState.ISSUED).update(
                state=CircularState.REPLACED
            )
    return circular


def draft_erratum(*, circular: Circular, reason: str, by: Any, at: datetime) -> Circular:
    """A corrected version beside the issued one, which stays as it is until the new one is issued."""
    require_own(by, "circulars.draft", circular.unit)
    if circular.state != CircularState.ISSUED:
        raise DomainError("not_issued", _("Only an issued circular is corrected; a draft is simply edited."))
    if not reason.strip():
        raise DomainError("reason_required", _("Say what was wrong."), field="reason")
    with transaction.atomic():
        Circular.objects.select_for_update().get(pk=circular.pk)
        latest = Circular.objects.filter(unit=circular.unit, period=circular.period).order_by("-version")[0]
        if latest.pk != circular.pk:
            raise DomainError("erratum_exists", _("A correction of this circular has already been begun."))
        return _create(
            unit=circular.unit,
            report=circular.report,
            version=latest.version + 1,
            title=circular.title,
            body=circular.body,
            addressees=circular.addressees,
            copies=circular.copies,
            corrects=circular,
            correction_reason=reason,
            by=by,
            at=at,
        )


def discard_draft(*, circular: Circular, reason: str, by: Any, at: datetime) -> None:
    """Remove a draft that was never issued; the audit record keeps its words."""
    require_own(by, "circulars.draft", circular.unit)
    if not reason.strip():
        raise DomainError("reason_required", _("Say why the draft is discarded."), field="reason")
    with transaction.atomic():
        audit.record(
            "circular_discarded",
            target=circular,
            by=by,
            at=at,
            before={"title": circular.title, "body": circular.body},
            reason=reason,
        )
        gone, _rows = Circular.objects.filter(pk=circular.pk, state=CircularState.DRAFT).delete()
        if not gone:
            raise StaleState("stale", _("This circular is no longer a draft."))


def may_approve(circular: Circular, user: Any) -> bool:
    """Whether the button is offered: the right role, and not one's own words."""
    wrote_it = (circular.edited_by_id or circular.drafted_by_id) == user.pk
    return posted_at(user, circular.unit_id, "circulars.approve") and not wrote_it


def _create(*, by: Any, at: datetime, unit: Division, **fields: Any) -> Circular:
    report = fields["report"]
    circular = Circular.objects.create(
        unit=unit, period=report.period, drafted_by=by, drafted_at=at, **unit.codes, **fields
    )
    audit.record(
        "circular_drafted",
        target=circular,
        by=by,
        at=at,
        after={"title": circular.title, "version": circular.version},
        reason=fields.get("correction_reason", ""),
    )
    return circular


def _move(
    circular: Circular,
    sources: Sequence[str],
    changes: dict[str, Any],
    action: str,
    *,
    by: Any,
    at: datetime,
    reason: str = "",
) -> None:
    with transaction.atomic():
        before = circular.state
        moved = Circular.objects.filter(
            pk=circular.pk, state__in=sources, row_version=circular.row_version
        ).update(**changes, row_version=circular.row_version + 1)
        if not moved:
            raise StaleState("stale", _("Someone else was faster: this circular is in another state now."))
        circular.refresh_from_db()
        audit.record(
            action,
            target=circular,
            by=by,
            at=at,
            before={"state": before},
            after={"state": circular.state, "number": circular.number},
            reason=reason,
        )
