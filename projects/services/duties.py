"""The duties that come with a signed project: its kickoff meeting and the filing of its basic information (H7, H17)."""

from datetime import date, datetime
from typing import Any

from accounts import audit
from accounts.models import Obligation
from accounts.obligations import services as obligations
from accounts.obligations.kinds import FILING, KICKOFF
from policy.deadlines import compute
from policy.services import current_calendar
from projects.models import DatePrecision, Project
from projects.regime import counted_kinds, regime_of

SIGNING_DUTIES = (KICKOFF, FILING)


def owe_signing_duties(project: Project, *, by: Any, at: datetime) -> None:
    """Make the duties of a signed project, or bring the unmet ones in line with a corrected signing date.

    Nothing is owed for an intent or a framework, nor while only the month of signing is known.
    """
    signed_on = project.signed_on
    if signed_on is None or project.signed_precision != DatePrecision.DAY:
        return
    if project.contract_kind not in counted_kinds(regime_of(project.division), signed_on):
        return
    for kind in SIGNING_DUTIES:
        row = obligations.owe_for_subject(
            kind=kind,
            unit=project.division,
            subject=project,
            label=project.name,
            anchor=signed_on,
            at=at,
            by=by,
        )
        if row is not None:
            _follow_signing_date(row, project, signed_on, by=by, at=at)
    if project.filed_on:
        meet_filing(project, by=by, at=at)


def meet_filing(project: Project, *, by: Any, at: datetime) -> None:
    if project.filed_on:
        obligations.meet_for_subject(kind=FILING, subject=project, met_on=project.filed_on, at=at, by=by)


def cancel_duties(project: Project, *, reason: str, by: Any, at: datetime) -> None:
    obligations.cancel_for_subject(subject=project, reason=reason, at=at, by=by)


def _follow_signing_date(
    row: Obligation, project: Project, signed_on: date, *, by: Any, at: datetime
) -> None:
    """A wrong signing date was mended: the due date of an unmet duty follows, the record keeps both."""
    if row.met_on is not None or row.cancelled_on is not None or row.exempt_reason:
        return
    rule = obligations.deadline_rule(project.division, row.kind, signed_on)
    if rule is None:
        return
    deadline = compute(rule, anchor=signed_on, calendar=current_calendar())
    if deadline.due_on == row.due_on and deadline.nominal_on == row.nominal_on:
        return
    before = {"due_on": row.due_on}
    row.due_on, row.nominal_on, row.provisional = deadline.due_on, deadline.nominal_on, deadline.provisional
    row.deadline, row.rule_id = deadline.to_json(), deadline.rule_id
    row.save(update_fields=["due_on", "nominal_on", "provisional", "deadline", "rule_id"])
    audit.record(
        "obligation_moved",
        target=row,
        by=by,
        at=at,
        before=before,
        after={"due_on": row.due_on},
        rule_id=row.rule_id,
    )
