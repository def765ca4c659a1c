"""What a complainant's browser carries for a while: no row of ours ties a visitor or a session to a complaint.

Both cookies are confined to the complainant's pages, unreadable for scripts and short-lived. The one of the receipt is
sealed, for it holds the query code so that the page of the receipt survives a reload.
"""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.outside.sealed import Unreadable, seal, unseal
from supervision.complaints.models import Complaint
from supervision.complaints.receiving import Taken

RECEIPT, RECEIPT_SECONDS = "complaint_receipt", 15 * 60
ENTRY, ENTRY_SECONDS = "complaint_entry", 30 * 60
_SALT = "supervision.complaints.entry"


def hand_receipt(response: HttpResponse, taken: Taken, at: datetime) -> None:
    held = {
        "number": taken.complaint.number,
        "code": taken.code,
        "at": str(int(at.timestamp())),
    }
    response.set_cookie(
        RECEIPT, seal(held).decode(), max_age=RECEIPT_SECONDS, path=reverse("complaints:done"), httponly=True,
        samesite="Strict", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def receipt_of(request: HttpRequest, at: datetime) -> Taken | None:
    try:
        held = unseal(request.COOKIES.get(RECEIPT, "").encode())
        if int(at.timestamp()) - int(held["at"]) > RECEIPT_SECONDS:
            return None
    except (Unreadable, KeyError, ValueError):
        return None
    row = Complaint.objects.filter(number=held["number"]).select_related("office", "division").first()
    return Taken(row, held["code"]) if row is not None else None


def let_in(response: HttpResponse, complaint: Complaint) -> None:
    response.set_signed_cookie(
        ENTRY, complaint.number, salt=_SALT, max_age=ENTRY_SECONDS, path=reverse("complaints:status"), httponly=True,
        samesite="Strict", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def entered(request: HttpRequest) -> Complaint | None:
    number = request.get_signed_cookie(ENTRY, "", salt=_SALT, max_age=ENTRY_SECONDS)
    rows = Complaint.objects.filter(number=number or "").select_related("division", "department", "office")
    return rows.first()


def mark_of(complaint: Complaint) -> str:
    """For each form of the page: whose page it was. Another complaint may have been looked up in this browser since."""
    return salted_hmac(_SALT + ".form", complaint.number, algorithm="sha256").hexdigest()[:32]


def leave(response: HttpResponse) -> None:
    response.delete_cookie(ENTRY, path=reverse("complaints:status"), samesite="Strict")
