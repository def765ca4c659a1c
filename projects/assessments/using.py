"""Registering a project on the ground of its assessment. Called by the registry inside its transaction."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.errors import DomainError, StaleState
from accounts.models import Division
from policy.regimes import Regime
from policy.rules import Rule
from projects.models import Assessment, AssessmentState, Project
from projects.regime import counted_kinds, regime_of
from projects.text import name_key

RULE = "pre_signing_assessment"


def refuse_without(
    division: Division, contract_kind: str, assessment: Assessment | None, on: date, *, user: Any
) -> None:
    """Where the regime asks for it, a contract or agreement is registered only after a passed assessment."""
    if assessment is not None:
        mine = Assessment.objects.visible_to(user).filter(pk=assessment.pk, division=division)
        if not mine.exists() or assessment.state != AssessmentState.PASSED or assessment.project_id:
            raise DomainError(
                "assessment_unusable",
                _("Choose a passed assessment of this division on which no project was registered yet."),
                field="assessment",
            )
        return
    if rule := required_rule(regime_of(division), contract_kind, on):
        raise DomainError(
            "assessment_missing",
            _(
                "Here a project is assessed before it is signed (%(basis)s). "
                "Make it under “Assessments before signing”, then choose it here."
            )
            % {"basis": rule.basis.text},
            field="assessment",
        )


def required_rule(regime: Regime, contract_kind: str, on: date) -> Rule | None:
    """The rule that asks for an assessment before a contract of this kind; None where none does."""
    if not regime.has_rule(RULE, on) or contract_kind not in counted_kinds(regime, on):
        return None
    rule = regime.rule(RULE, on)
    return rule if rule["required"] else None


def ever_asks(regime: Regime) -> bool:
    """Whether any version of the rule makes an assessment the ground of registering."""
    return any(rule.key == RULE and rule["required"] for rule in regime.rules)


def required_of_ledger(regime: Regime, contract_kind: str, signed_on: date | None, on: date) -> Rule | None:
    """The same for a row of a ledger; what was signed before this system was in use is taken as it stands."""
    if signed_on is not None and signed_on < settings.DUTIES_SINCE:
        return None
    return required_rule(regime, contract_kind, signed_on or on)


def passed_below(*divisions: Division) -> dict[tuple[str, str], int]:
    """{(division, key of the project's name): passed assessment without a project} of these and what lies in them."""
    rows = Assessment.objects.filter(state=AssessmentState.PASSED, project=None)
    found = Q(pk__in=[])
    for division in divisions:
        found |= Q(division__path__startswith=division.path)
    return {
        (code, name_key(name)): pk
        for pk, code, name in rows.filter(found).order_by("-pk").values_list("pk", "division_id", "name")
    }


def use_in_bulk(
    registered: Iterable[tuple[Division, str, str, date | None, int]], regimes: Mapping[str, Regime], on: date
) -> None:
    """Tie projects that came with a ledger to their assessments. `registered`: (division, name, kind of contract,
    signed on, project id). One that needs an assessment and has none stops the whole acceptance."""
    strict = {pk for pk, regime in regimes.items() if ever_asks(regime)}
    asked = [
        (division, name, pk)
        for division, name, kind, signed_on, pk in registered
        if division.pk in strict and required_of_ledger(regimes[division.pk], kind, signed_on, on)
    ]
    if not asked:
        return
    passed = passed_below(*{division.pk: division for division, _name, _pk in asked}.values())
    lacking = [name for division, name, _pk in asked if (division.pk, name_key(name)) not in passed]
    if lacking:
        raise DomainError(
            "assessment_missing",
            _(
                "%(n)d newly signed projects have no passed assessment before signing: %(names)s. "
                "Return the ledger, or have them assessed first."
            )
            % {"n": len(lacking), "names": "、".join(f"《{name}》" for name in lacking[:3])},
        )
    for division, name, pk in asked:
        use(Assessment(pk=passed[(division.pk, name_key(name))]), Project(pk=pk))


def use(assessment: Assessment, project: Project) -> None:
    """Compare-and-set: one assessment carries one project."""
    done = Assessment.objects.filter(pk=assessment.pk, state=AssessmentState.PASSED, project=None).update(
        project=project
    )
    if not done:
        raise StaleState(
            "assessment_used",
            _("Somebody registered another project on this assessment meanwhile. Choose another one."),
            field="assessment",
        )
