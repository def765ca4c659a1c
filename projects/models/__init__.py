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

__all__ = [
    "Assignment",
    "Company",
    "ContractKind",
    "DatePrecision",
    "Milestone",
    "MilestoneCode",
    "MilestoneQuerySet",
    "NumberSeries",
    "Party",
    "Pause",
    "PauseReason",
    "Project",
    "ProjectQuerySet",
    "ProjectState",
    "ProjectUserObjectPermission",
    "TeamRole",
]
