"""Who complained: shown to the head of the sorting office, once, for a purpose on record; gone after the retention time."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, files
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.outside.sealed import Unreadable, unseal
from policy.deadlines import years_before
from projects.text import clean
from supervision.complaints.models import (
    Complaint,
    ComplaintAuthor,
    ComplaintEvent,
    ComplaintFile,
    IdentityLook,
)
from supervision.complaints.reading import original_of
from supervision.complaints.rights import may_see_identity
from supervision.complaints.states import State

CLEARED = "（已过保存期限，原文已删除）"
CLEARED_PURPOSE = "（已过保存期限，用途已删除）"


def look(*, complaint: Complaint, purpose: str, by: Any, at: datetime) -> dict[str, str]:
    """Name, phone, mail and address of a named complainant. The look is written down before anything is shown.

    Empty for an anonymous one whose words hold something that is masked: the look opens the words alone.
    """
    if not may_see_identity(by, complaint):
        raise PermissionDenied("complaints.identity")
    purpose = clean(purpose)[:200]
    if not purpose:
        raise DomainError("purpose_missing", _("Say what you need the name for."), field="purpose")
    held = ComplaintAuthor.objects.filter(complaint=complaint).first()
    if held is None and not original_of(complaint, whole=False).hidden:
        raise DomainError("anonymous", _("This complaint names nobody, or its time of keeping is over."))
    with transaction.atomic():
        IdentityLook.objects.create(complaint=complaint, by=by, at=at, purpose=purpose)
        # What for stands with the look, which the head alone reads: it may name the person.
        audit.record("complaint_identity_read", target=complaint, by=by, at=at, codes=complaint.log_codes)
    if held is None:
        return {}
    try:
        return unseal(held.sealed)
    except Unreadable:
        raise DomainError("unreadable", _("The name was sealed with a key that is no longer here.")) from None


def keep_years() -> int:
    return int(settings.COMPLAINT_KEEP_YEARS)


def clear_old(at: datetime) -> int:
    """Remove identity, words and files of complaints closed long enough ago; what is counted stays. Return how many."""
    on = local_date(at)
    before = years_before(on, keep_years())
    rows = Complaint.objects.filter(state=State.CLOSED, closed_on__lt=before, cleared_at=None)
    done = 0
    for row in rows.order_by("pk")[:500]:
        _clear(row, at)
        done += 1
    return done


def _clear(row: Complaint, at: datetime) -> None:
    with transaction.atomic():
        paths = list(ComplaintFile.objects.filter(complaint=row).values_list("path", flat=True))
        ComplaintAuthor.objects.filter(complaint=row).delete()
        row.files.all().delete()
        row.words.all().delete()
        ComplaintEvent.objects.filter(complaint=row).update(note="")
        row.looks.all().blank_purpose(CLEARED_PURPOSE)
        Complaint.objects.filter(pk=row.pk).update(
            text=CLEARED, text_key="", about_project="", happened="", summary="", statement="", discipline_note="",
            escalated_why="", code_digest="", anonymous=True, cleared_at=at,
        )  # fmt: skip
        row.rounds.update(finding="", reply="", call_note="")
        audit.record("complaint_cleared", target=row, by=None, at=at, codes=row.log_codes)
        transaction.on_commit(lambda: files.forget(paths))
