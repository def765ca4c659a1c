from accounts.models.audit import AuditChain, AuditRecord
from accounts.models.divisions import Department, Division, DivisionAlias, DivisionKind, Tier
from accounts.models.inbox import InboxItem
from accounts.models.jobs import JobRun, JobState
from accounts.models.links import OutsideLink
from accounts.models.mail import MailChoice, MailWish, OutgoingMail
from accounts.models.obligations import Extension, Obligation, ObligationState
from accounts.models.people import Posting, User
from accounts.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "AuditChain",
    "AuditRecord",
    "Department",
    "Division",
    "DivisionAlias",
    "DivisionKind",
    "Extension",
    "InboxItem",
    "JobRun",
    "JobState",
    "MailChoice",
    "MailWish",
    "Obligation",
    "ObligationState",
    "OutgoingMail",
    "OutsideLink",
    "Posting",
    "Tier",
    "User",
]
