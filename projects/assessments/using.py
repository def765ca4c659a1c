"""Registering a project on the ground of its assessment. Called by the registry inside its transaction."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import DomainError, StaleState
from accounts.models import Division
from projects.models import Assessment, AssessmentState, Project
from projects.regime import counted_kinds, regime_of

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
    regime = regime_of(division)
    if not regime.has_rule(RULE, on) or contract_kind not in counted_kinds(regime, on):
        return
    rule = regime.rule(RULE, on)
    if rule["required"]:
        raise DomainError(
            "assessment_missing",
            _(
                "Here a project is assessed before it is signed (%(basis)s). "
                "Make it under “Assessments before signing”, then choose it here."
            )
            % {"basis": rule.basis.text},
            field="assessment",
        )


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
