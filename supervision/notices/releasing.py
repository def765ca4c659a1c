"""Onto the public site: proposed by the writer, released or returned by another person who publishes there (起草、审核、发布).

The notice itself has gone out to those addressed; only what the whole public reads waits for this.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.scope import posted_at, postings_with, require_own
from supervision.notices import telling
from supervision.notices.models import Notice
from supervision.notices.services import PUBLISH, checked_reason, refuse_personal, take_step


def may_release(notice: Notice, user: Any) -> bool:
    """Whether the buttons are offered: waiting, the right role at this very unit, and not one's own words."""
    return notice.waits_for_release and posted_at(user, notice.unit_id, PUBLISH) and not _own(notice, user)


def release_notice(*, notice: Notice, turn: int, by: Any, at: datetime) -> Notice:
    """Put it on the public site. Not by the person who wrote it or sent it out."""
    require_own(by, PUBLISH, notice.unit)
    if _own(notice, by):
        raise DomainError("own_words", _("You wrote or sent this yourself; someone else has to release it."))
    refuse_personal(notice)
    with transaction.atomic():
        take_step(notice, Notice.objects.to_release(), turn, public_at=at, public_by=by)
        audit.record("notice_released", target=notice, by=by, at=at, after={"title": notice.title})
        telling.tell_decided(notice, at)
    return notice


def return_notice(*, notice: Notice, reason: str, turn: int, by: Any, at: datetime) -> Notice:
    """Not on the public site; the writer reads why. Those addressed keep it."""
    require_own(by, PUBLISH, notice.unit)
    reason = checked_reason(reason, _("Write why it does not go on the public site."))
    with transaction.atomic():
        take_step(notice, Notice.objects.to_release(), turn, public_refused_at=at, public_refusal=reason)
        audit.record("notice_not_released", target=notice, by=by, at=at, reason=reason)
        telling.tell_decided(notice, at)
    return notice


def to_release(user: Any) -> Any:
    """Waiting for this person's word: of exactly the units they publish for, not written or sent by them."""
    units = [one.division_id for one in postings_with(user, PUBLISH)]
    rows = Notice.objects.visible_to(user).to_release().filter(unit_id__in=units)
    return (
        rows.exclude(written_by=user)
        .exclude(published_by=user)
        .select_related("unit")
        .order_by("published_at")
    )


def _own(notice: Notice, user: Any) -> bool:
    return user.pk in (notice.written_by_id, notice.published_by_id)
