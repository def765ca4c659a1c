from supervision.complaints.models import (
    Complaint,
    ComplaintAuthor,
    ComplaintEvent,
    ComplaintFile,
    ComplaintLimit,
    ComplaintWord,
    IdentityLook,
)
from supervision.notices.models import Notice, NoticeFile, Receipt
from supervision.ratings.models import BadCase, Chance, Rating, RatingAuthor
from supervision.warnings.models import Warning

__all__ = [
    "BadCase",
    "Chance",
    "Complaint",
    "ComplaintAuthor",
    "ComplaintEvent",
    "ComplaintFile",
    "ComplaintLimit",
    "ComplaintWord",
    "IdentityLook",
    "Notice",
    "NoticeFile",
    "Rating",
    "RatingAuthor",
    "Receipt",
    "Warning",
]
