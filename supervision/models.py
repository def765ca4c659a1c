from supervision.complaints.models import (
    Complaint,
    ComplaintAuthor,
    ComplaintEvent,
    ComplaintFile,
    ComplaintLimit,
    ComplaintWord,
    IdentityLook,
)
from supervision.complaints.rounds import ComplaintRound
from supervision.inspections.models import (
    Conclusion,
    ConclusionFile,
    Draw,
    Finding,
    FindingFile,
    Inspection,
    InspectionItem,
)
from supervision.letters.models import (
    SupervisionPaper,
)
from supervision.matters.models import (
    Matter,
    MatterEntry,
    MatterExtension,
    MatterFile,
)
from supervision.meetings.models import (
    AgreedItem,
    CarriedItem,
    FeedToken,
    MeetingChange,
    MeetingFile,
    MeetingInvitee,
    UnitMeeting,
)
from supervision.notices.models import (
    Notice,
    NoticeFile,
    Receipt,
)
from supervision.ratings.models import (
    BadCase,
    CallerNote,
    Chance,
    Rating,
    RatingAuthor,
    RatingLook,
)
from supervision.referrals.models import (
    Referral,
    ReferralBundle,
    ReferralFile,
    ReferralLook,
    ReferralOutcome,
    ReferralReader,
    ReferralStatement,
)
from supervision.visits.models import (
    Naming,
    Visit,
    VisitFile,
    VisitFinding,
)
from supervision.warnings.models import (
    Warning,
    WarningDigest,
    WarningTold,
)
from supervision.workorders.models import (
    WorkOrder,
    WorkOrderRound,
)

__all__ = [
    "AgreedItem",
    "BadCase",
    "CallerNote",
    "CarriedItem",
    "Chance",
    "Complaint",
    "ComplaintAuthor",
    "ComplaintEvent",
    "ComplaintFile",
    "ComplaintLimit",
    "ComplaintRound",
    "ComplaintWord",
    "Conclusion",
    "ConclusionFile",
    "Draw",
    "FeedToken",
    "Finding",
    "FindingFile",
    "IdentityLook",
    "Inspection",
    "InspectionItem",
    "Matter",
    "MatterEntry",
    "MatterExtension",
    "MatterFile",
    "MeetingChange",
    "MeetingFile",
    "MeetingInvitee",
    "Naming",
    "Notice",
    "NoticeFile",
    "Rating",
    "RatingAuthor",
    "RatingLook",
    "Receipt",
    "Referral",
    "ReferralBundle",
    "ReferralFile",
    "ReferralLook",
    "ReferralOutcome",
    "ReferralReader",
    "ReferralStatement",
    "SupervisionPaper",
    "UnitMeeting",
    "Visit",
    "VisitFile",
    "VisitFinding",
    "Warning",
    "WarningDigest",
    "WarningTold",
    "WorkOrder",
    "WorkOrderRound",
]
