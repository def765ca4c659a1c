"""Writes to projects. Each service: permission, rules, one transaction with a compare-and-set, audit record."""

from projects.services.milestones import set_milestones
from projects.services.pauses import pause_project, prolong_pause, resume_project
from projects.services.registry import edit_project, file_basic_information, register_project
from projects.services.states import end_project
from projects.services.team import appoint, dismiss, succeed

__all__ = [
    "appoint",
    "dismiss",
    "edit_project",
    "end_project",
    "file_basic_information",
    "pause_project",
    "prolong_pause",
    "register_project",
    "resume_project",
    "set_milestones",
    "succeed",
]
