"""Roles and what each may do. In code, so that a change shows up in review; the codes are stored, names are not.

A role's *scope* says how its postings open business rows: the whole area, only rows granted one by one through
django-guardian, or none (an administrator runs the system, he does not supervise).
"""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    COMPETENT_OFFICE = "competent_office", _("competent office")
    OFFICE_HEAD = "office_head", _("head of the competent office")
    PROMOTION_OFFICE = "promotion_office", _("promotion office")
    LEAD_DEPARTMENT = "lead_department", _("lead department")
    CHIEF_SERVICE_OFFICER = "chief_service_officer", _("chief service officer")
    SERVICE_SPECIALIST = "service_specialist", _("service specialist")
    PACKAGE_LEADER = "package_leader", _("package leader")
    INVESTOR = "investor", _("investor")
    INVITED_SUPERVISOR = "invited_supervisor", _("invited supervisor")
    DISCIPLINE_OFFICE = "discipline_office", _("discipline inspection office")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class RowScope(StrEnum):
    AREA = "area"
    GRANTED = "granted"
    NONE = "none"


ROW_SCOPE: dict[str, RowScope] = {
    Role.COMPETENT_OFFICE: RowScope.AREA,
    Role.OFFICE_HEAD: RowScope.AREA,
    Role.PROMOTION_OFFICE: RowScope.AREA,
    Role.AUDITOR: RowScope.AREA,
    Role.LEAD_DEPARTMENT: RowScope.GRANTED,
    Role.CHIEF_SERVICE_OFFICER: RowScope.GRANTED,
    Role.SERVICE_SPECIALIST: RowScope.GRANTED,
    Role.PACKAGE_LEADER: RowScope.GRANTED,
    Role.INVESTOR: RowScope.GRANTED,
    Role.INVITED_SUPERVISOR: RowScope.GRANTED,
    Role.DISCIPLINE_OFFICE: RowScope.NONE,
    Role.ADMINISTRATOR: RowScope.NONE,
}

READ_AREA = {
    "projects.view",
    "ledgers.view",
    "reports.view",
    "circulars.view",
    "boards.view",
    "warnings.view",
    "kickoffs.view",
}
# Approvals: the catalogue of the division and the checklists of its projects.
CHECKLIST_READ = {"catalogue.view", "checklist.view"}
CHECKLIST_OFFICE = CHECKLIST_READ | {
    "catalogue.edit",
    "catalogue.publish",
    "checklist.edit",
    "checklist.prepare",
    "checklist.handle",
}
OFFICE = (
    READ_AREA
    | {
        "projects.create",
        "projects.edit",
        "projects.plan",
        "team.appoint",
        "kickoffs.record",
        "ledgers.submit",
        "ledgers.review",
        "reports.compile",
        "circulars.draft",
        "warnings.acknowledge",
        "obligations.extend",
        "audit.view",
        "jobs.view",
        "jobs.run",
        "calendar.view",
    }
    | CHECKLIST_OFFICE
)

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.COMPETENT_OFFICE: frozenset(OFFICE),
    Role.OFFICE_HEAD: frozenset(OFFICE | {"circulars.approve", "circulars.issue"}),
    Role.PROMOTION_OFFICE: frozenset(
        READ_AREA | {"projects.create", "projects.edit", "calendar.view"} | CHECKLIST_READ
    ),
    Role.LEAD_DEPARTMENT: frozenset(
        {"projects.view", "projects.edit", "warnings.view", "calendar.view"}
        | CHECKLIST_READ
        | {"checklist.edit", "checklist.prepare", "checklist.handle"}
    ),
    Role.CHIEF_SERVICE_OFFICER: frozenset(
        {"projects.view", "projects.edit", "warnings.view", "calendar.view"}
        | CHECKLIST_READ
        | {"checklist.edit", "checklist.prepare"}
    ),
    Role.SERVICE_SPECIALIST: frozenset(
        {"projects.view", "warnings.view", "calendar.view"}
        | CHECKLIST_READ
        | {"checklist.prepare", "checklist.handle"}
    ),
    Role.PACKAGE_LEADER: frozenset({"projects.view", "warnings.view", "calendar.view"} | CHECKLIST_READ),
    Role.INVESTOR: frozenset({"projects.view"} | {"checklist.view"}),
    Role.INVITED_SUPERVISOR: frozenset({"projects.view"}),
    Role.DISCIPLINE_OFFICE: frozenset({"calendar.view"}),
    Role.AUDITOR: frozenset(READ_AREA | {"audit.view", "audit.visitors", "calendar.view"} | CHECKLIST_READ),
    Role.ADMINISTRATOR: frozenset(
        {"accounts.manage", "calendar.manage", "calendar.view", "jobs.view", "jobs.run"}
    ),
}

# Changes of plan, transfers and merges, promises, pre-signing assessments.
COURSE_READ = {"plans.view", "promises.view"}
COURSE_OFFICE = COURSE_READ | {
    "plans.decide",
    "projects.transfer",
    "projects.merge",
    "promises.record",
    "promises.fulfil",
    "assessments.view",
    "assessments.make",
}
COURSE: dict[str, set[str]] = {
    Role.COMPETENT_OFFICE: COURSE_OFFICE,
    Role.OFFICE_HEAD: COURSE_OFFICE,
    Role.PROMOTION_OFFICE: COURSE_READ | {"assessments.view", "assessments.make"},
    Role.LEAD_DEPARTMENT: COURSE_READ | {"promises.fulfil"},
    Role.CHIEF_SERVICE_OFFICER: COURSE_READ | {"promises.fulfil"},
    Role.SERVICE_SPECIALIST: COURSE_READ,
    Role.PACKAGE_LEADER: COURSE_READ,
    Role.AUDITOR: COURSE_READ | {"assessments.view"},
    Role.INVESTOR: {"promises.view"},
}
PERMISSIONS |= {role: PERMISSIONS[role] | codes for role, codes in COURSE.items()}

# Assistance: tickets, the log of service, mandates for free agency, hand-over of what is open.
ASSIST_READ = {"tickets.view", "service.view"}
ASSIST_OFFICE = ASSIST_READ | {
    "tickets.open",
    "tickets.handle",
    "tickets.close_silent",
    "service.log",
    "service.meet",
    "handovers.propose",
    "handovers.receive",
    "mandates.view",
    "mandates.handle",
}
ASSIST_SERVE = ASSIST_READ | {
    "tickets.open",
    "tickets.handle",
    "service.log",
    "service.bench",
    "handovers.receive",
    "mandates.view",
    "mandates.handle",
}
ASSIST: dict[str, set[str]] = {
    Role.COMPETENT_OFFICE: ASSIST_OFFICE,
    Role.OFFICE_HEAD: ASSIST_OFFICE,
    Role.PROMOTION_OFFICE: ASSIST_READ,
    Role.LEAD_DEPARTMENT: ASSIST_SERVE | {"service.meet"},
    Role.CHIEF_SERVICE_OFFICER: ASSIST_SERVE | {"service.meet"},
    Role.SERVICE_SPECIALIST: ASSIST_SERVE - {"tickets.open"},
    Role.PACKAGE_LEADER: (ASSIST_SERVE | {"service.meet"}) - {"mandates.handle"},
    Role.INVESTOR: ASSIST_READ | {"tickets.open", "tickets.confirm", "mandates.view", "mandates.give"},
    Role.AUDITOR: ASSIST_READ | {"mandates.view"},
}
PERMISSIONS |= {role: PERMISSIONS[role] | codes for role, codes in ASSIST.items()}

# Supervision: matters on the ladder, notices and letters, work orders, inspections, visits, meetings, referrals.
SUPERVISE_READ = {"matters.view", "letters.view", "workorders.view", "inspections.view", "meetings.view"}
SUPERVISE_OFFICE = SUPERVISE_READ | {
    "matters.issue",
    "matters.judge",
    "matters.handle",
    "letters.draft",
    "workorders.issue",
    "inspections.make",
    "inspections.answer",
    "visits.view",
    "meetings.hold",
}
SUPERVISE: dict[str, set[str]] = {
    Role.COMPETENT_OFFICE: SUPERVISE_OFFICE,
    Role.OFFICE_HEAD: SUPERVISE_OFFICE
    | {"letters.sign", "matters.agree", "matters.list", "referrals.view", "referrals.make"},
    Role.PROMOTION_OFFICE: {"matters.view", "matters.handle", "workorders.view", "meetings.view"},
    Role.LEAD_DEPARTMENT: {
        "matters.view",
        "matters.handle",
        "letters.view",
        "workorders.view",
        "inspections.answer",
        "meetings.view",
    },
    Role.CHIEF_SERVICE_OFFICER: {"matters.view", "meetings.view"},
    Role.SERVICE_SPECIALIST: {"matters.view", "matters.handle", "meetings.view"},
    Role.PACKAGE_LEADER: {"matters.view", "letters.view", "meetings.view"},
    Role.INVITED_SUPERVISOR: {"visits.view", "visits.record"},
    Role.DISCIPLINE_OFFICE: {"referrals.view"},
    Role.AUDITOR: SUPERVISE_READ | {"visits.view"},
}
PERMISSIONS |= {role: PERMISSIONS[role] | codes for role, codes in SUPERVISE.items()}

# People outside: invitations, ratings, complaints, notices of policy, the public site.
OUTSIDE_OFFICE = {
    "invitations.make",
    "ratings.view",
    "ratings.enter",
    "ratings.follow",
    "complaints.enter",
    "complaints.view",
    "complaints.triage",
    "complaints.handle",
    "notices.write",
    "disclosure.view",
}
OUTSIDE: dict[str, set[str]] = {
    Role.COMPETENT_OFFICE: OUTSIDE_OFFICE,
    Role.OFFICE_HEAD: OUTSIDE_OFFICE | {"complaints.identity", "disclosure.publish", "ratings.review"},
    Role.PROMOTION_OFFICE: {"invitations.make", "notices.write", "ratings.view"},
    Role.LEAD_DEPARTMENT: {"ratings.follow", "complaints.handle"},
    Role.CHIEF_SERVICE_OFFICER: {"invitations.make"},
    Role.SERVICE_SPECIALIST: {"ratings.follow", "complaints.handle"},
    Role.INVESTOR: {"portal.view", "checklist.give"},
    Role.DISCIPLINE_OFFICE: {"complaints.escalated"},
    Role.AUDITOR: {"ratings.view", "disclosure.view"},
}
PERMISSIONS |= {role: PERMISSIONS[role] | codes for role, codes in OUTSIDE.items()}

ALL_PERMISSIONS = frozenset().union(*PERMISSIONS.values())


def roles_with(permission: str) -> list[str]:
    """Role codes that hold `permission`; an unknown permission is a programming error."""
    if permission not in ALL_PERMISSIONS:
        raise LookupError(f"no role holds a permission called {permission!r}")
    return [role for role, held in PERMISSIONS.items() if permission in held]
