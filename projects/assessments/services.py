"""Assessing a candidate before it is signed: a refusal that applies decides (四个坚决不招, G一(五)1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division
from accounts.scope import require
from policy.rules import Rule
from projects.files import Kept
from projects.models import Assessment, AssessmentState
from projects.regime import regime_of
from projects.text import clean

RULE, PERMISSION = "pre_signing_assessment", "assessments.make"


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether one refusal of the rule applies to the candidate, and why."""

    name: str
    applies: bool
    reason: str


def rule_for(division: Division, on: date) -> Rule | None:
    """The assessment rule of the division's regime; None where it knows none."""
    regime = regime_of(division)
    return regime.rule(RULE, on) if regime.has_rule(RULE, on) else None


def make_assessment(
    *,
    division: Division,
    name: str,
    company: str,
    amount_yuan: int | None,
    content: str,
    findings: Sequence[Finding],
    opinion: str,
    assessed_on: date,
    upload: Any = None,
    by: Any,
    at: datetime,
) -> Assessment:
    """Record the assessment of a candidate. Every refusal is answered; one that applies needs a reason."""
    require(by, PERMISSION, division=division)
    name, company, content, opinion = clean(name), clean(company), clean(content), clean(opinion)
    rule = rule_for(division, assessed_on)
    if rule is None:
        raise DomainError("no_assessment", _("The regime of this division knows no pre-signing assessment."))
    for field, value, text in (
        ("name", name, _("Write the project's name.")),
        ("company", company, _("Name the company.")),
        ("content", content, _("Say what is to be built.")),
        ("opinion", opinion, _("Write the conclusion.")),
    ):
        if not value:
            raise DomainError(f"{field}_missing", text, field=field)
    if assessed_on > local_date(at):
        raise DomainError("assessed_in_future", _("This day has not come yet."), field="assessed_on")
    stored = _checked(rule, findings)
    refused = any(one["applies"] for one in stored)
    with transaction.atomic(), Kept(upload, "assessments") as file:
        row = Assessment.objects.create(
            division=division, name=name[:200], company=company[:200], amount_yuan=amount_yuan, content=content,
            refusals=stored, opinion=opinion, assessed_on=assessed_on, rule_id=rule.id,
            state=AssessmentState.REFUSED if refused else AssessmentState.PASSED, assessed_by=by, assessed_at=at,
            **division.codes, **file.values,
        )  # fmt: skip
        audit.record(
            "assessment_made", target=row, by=by, at=at, after={"state": row.state, "company": company},
            reason=opinion, rule_id=rule.id,
        )  # fmt: skip
    return row


def void_assessment(*, assessment: Assessment, reason: str, by: Any, at: datetime) -> Assessment:
    """Take an assessment back that no project was registered on; it stays readable."""
    require(by, PERMISSION, assessment)
    if not clean(reason):
        raise DomainError("reason_missing", _("Say why the assessment is taken back."), field="reason")
    with transaction.atomic():
        done = (
            Assessment.objects.filter(pk=assessment.pk, project=None)
            .exclude(state=AssessmentState.VOID)
            .update(state=AssessmentState.VOID, void_reason=clean(reason)[:200])
        )
        if not done:
            raise StaleState(
                "assessment_used",
                _("A project was registered on this assessment, or it was taken back already."),
            )
        before = {"state": assessment.state}
        assessment.refresh_from_db()
        audit.record(
            "assessment_void", target=assessment, by=by, at=at, before=before, after={"state": assessment.state},
            reason=clean(reason),
        )  # fmt: skip
    return assessment


def _checked(rule: Rule, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    told = {one.name: one for one in findings}
    stored = []
    for number, name in enumerate(rule["refusals"], 1):
        one = told.get(name)
        if one is None:
            raise DomainError(
                "finding_missing", _("Answer for each refusal whether it applies."), field=f"applies_{number}"
            )
        if one.applies and not clean(one.reason):
            raise DomainError(
                "finding_unexplained",
                _("Say why “%(name)s” applies; the refusal rests on it.") % {"name": name},
                field=f"reason_{number}",
            )
        stored.append({"name": name, "applies": one.applies, "reason": clean(one.reason)})
    return stored
