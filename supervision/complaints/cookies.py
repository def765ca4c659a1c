"""What a complainant's browser carries for a while: no row of ours ties a visitor or a session to a complaint.

Both cookies are confined to the complainant's pages, unreadable for scripts and short-lived. The one of the receipt is
sealed, for it holds the query code so that the page of the receipt survives a reload.
"""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
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
    held = f"{complaint.number}:{secrets.token_hex(8)}"  # one's own, so that leaving ends this one alone
    response.set_signed_cookie(
        ENTRY, held, salt=_SALT, max_age=ENTRY_SECONDS, path=reverse("complaints:status"), httponly=True,
        samesite="Strict", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def entered(request: HttpRequest) -> Complaint | None:
    held = str(request.get_signed_cookie(ENTRY, "", salt=_SALT, max_age=ENTRY_SECONDS) or "")
    if not held or _has_left(held):
        return None
    rows = Complaint.objects.filter(number=held.partition(":")[0]).select_related(
        "division", "department", "office"
    )
    return rows.first()


def mark_of(complaint: Complaint) -> str:
    """For each form of the page: whose page it was. Another complaint may have been looked up in this browser since."""
    return salted_hmac(_SALT + ".form", complaint.number, algorithm="sha256").hexdigest()[:32]


def leave(request: HttpRequest, response: HttpResponse) -> None:
    """Both cookies go, and a copy of the one that let in opens nothing any more."""
    held = str(request.get_signed_cookie(ENTRY, "", salt=_SALT, max_age=ENTRY_SECONDS) or "")
    if held:
        with suppress(Exception):  # without a cache it ends by itself, in half an hour
            cache.set(_left(held), 1, timeout=ENTRY_SECONDS)
    response.delete_cookie(ENTRY, path=reverse("complaints:status"), samesite="Strict")
    response.delete_cookie(RECEIPT, path=reverse("complaints:done"), samesite="Strict")


def _has_left(held: str) -> bool:
    try:
        return cache.get(_left(held)) is not None
    except Exception:
        return False


def _left(held: str) -> str:
    return f"complaint:left:{hashlib.sha256(held.encode()).hexdigest()}"
