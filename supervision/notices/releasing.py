"""Onto the public site: proposed by the writer, released or returned by another person who publishes there (起草、审核、发布).

The notice itself has gone out to those addressed; only what the whole public reads waits for this. Whoever publishes
for the unit, or for one above it, may decide; asked is the nearest unit with somebody who neither wrote nor sent it.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import Division, Posting
from accounts.permissions import roles_with
from accounts.scope import NOTHING, postings_with, require
from supervision.notices import telling
from supervision.notices.models import Notice
from supervision.notices.services import PUBLISH, checked_reason, refuse_personal, take_step


def may_release(notice: Notice, user: Any) -> bool:
    """Whether the buttons are offered: waiting, the right role at the unit or above it, and not one's own words."""
    return notice.waits_for_release and _publishes_for(notice, user) and not _own(notice, user)


def release_notice(*, notice: Notice, turn: int, by: Any, at: datetime) -> Notice:
    """Put it on the public site. Not by the person who wrote it or sent it out."""
    require(by, PUBLISH, division=notice.unit)
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
    require(by, PUBLISH, division=notice.unit)
    reason = checked_reason(reason, _("Write why it does not go on the public site."))
    with transaction.atomic():
        take_step(notice, Notice.objects.to_release(), turn, public_refused_at=at, public_refusal=reason)
        audit.record("notice_not_released", target=notice, by=by, at=at, reason=reason)
        telling.tell_decided(notice, at)
    return notice


def to_release(user: Any, on: date) -> Any:
    """Waiting for this person's word on `on`: not written or sent by them, nobody nearer to the unit could decide."""
    held = postings_with(user, PUBLISH)
    own, above = [one.division_id for one in held], NOTHING
    for one in held:
        if one.subtree:
            asked = Q(~Exists(_nearer(one.division, on)))
            above |= Q(unit__path__startswith=one.division.path) & asked
    rows = Notice.objects.visible_to(user).to_release().filter(Q(unit_id__in=own) | above)
    return (
        rows.exclude(written_by=user)
        .exclude(published_by=user)
        .select_related("unit")
        .order_by("published_at")
    )


def _nearer(place: Division, on: date) -> Any:
    """Of a notice: postings below `place`, at its unit or above it, of those who could release it."""
    rows = Posting.objects.current(on).filter(
        Q(subtree=True) | Q(division=OuterRef("unit")),
        role__in=roles_with(PUBLISH), user__is_active=True, division__path__startswith=place.path,
    )  # fmt: skip
    away = Q(division=place) | Q(user=OuterRef("written_by")) | Q(user=OuterRef("published_by"))
    unit = ExpressionWrapper(OuterRef("unit__path"), output_field=CharField())
    return rows.exclude(away).annotate(unit_path=unit).filter(unit_path__startswith=F("division__path"))


def _publishes_for(notice: Notice, user: Any) -> bool:
    try:
        require(user, PUBLISH, division=notice.unit)
    except PermissionDenied:
        return False
    return True


def _own(notice: Notice, user: Any) -> bool:
    return user.pk in (notice.written_by_id, notice.published_by_id)
