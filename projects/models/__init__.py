# Subjects with packages of their own; last, because they build on the ones above.
from projects.assessments.models import Assessment, AssessmentState
from projects.models.companies import Company
from projects.models.milestones import Milestone, MilestoneCode, MilestoneQuerySet
from projects.models.numbers import NumberSeries
from projects.models.pauses import Party, Pause, PauseReason
from projects.models.projects import (
    ContractKind,
    DatePrecision,
    Project,
    ProjectQuerySet,
    ProjectState,
    ProjectUserObjectPermission,
)
from projects.models.team import Assignment, TeamRole
from projects.plans.models import ChangeReason, ChangeState, PlanChange, PlanShift
from projects.promises.models import Arrears, Instalment, Promise, PromiseState, Replan
from projects.transfers.models import Merge, Transfer, TransferState

__all__ = [
    "Arrears",
    "Assessment",
    "AssessmentState",
    "Assignment",
    "ChangeReason",
    "ChangeState",
    "Company",
    "ContractKind",
    "DatePrecision",
    "Instalment",
    "Merge",
    "Milestone",
    "MilestoneCode",
    "MilestoneQuerySet",
    "NumberSeries",
    "Party",
    "Pause",
    "PauseReason",
    "PlanChange",
    "PlanShift",
    "Project",
    "ProjectQuerySet",
    "ProjectState",
    "ProjectUserObjectPermission",
    "Promise",
    "PromiseState",
    "Replan",
    "TeamRole",
    "Transfer",
    "TransferState",
]
