"""The secret address of a person's calendar: made, shown once, revoked, recognised. The database keeps its SHA-256."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import StaleState
from accounts.models import User
from accounts.scope import holds
from supervision.meetings.models import VIEW, FeedToken

SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
TOUCH_EVERY = timedelta(minutes=10)


def digest_of(token: str) -> str:
    """SHA-256; the token is 32 random bytes, so that neither salt nor slowness adds anything."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_feed(*, by: Any, at: datetime) -> tuple[FeedToken, str]:
    """A new address for oneself; the one before ends at once. The text is returned here and nowhere again."""
    if not holds(by, VIEW):
        raise PermissionDenied(VIEW)
    text = secrets.token_urlsafe(32)
    with transaction.atomic():
        # The lock makes two clicks wait for one another, so that one address is in use.
        User.objects.select_for_update().get(pk=by.pk)
        ended = FeedToken.objects.filter(user_id=by.pk, revoked_at=None).update(revoked_at=at)
        row = FeedToken.objects.create(user_id=by.pk, digest=digest_of(text), created_at=at)
        audit.record(
            "calendar_feed_issued",
            target=row,
            by=by,
            at=at,
            after={"replaced": ended},
            codes=audit.codes_of_actor(by),
        )
    return row, text


def revoke_feed(*, token: FeedToken, by: Any, at: datetime) -> None:
    """End one's own address at once; also without a posting left."""
    if token.user_id != by.pk:
        raise PermissionDenied("address of another person")
    with transaction.atomic():
        if not FeedToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            raise StaleState("already_revoked", _("This address has been revoked already."))
        audit.record(
            "calendar_feed_revoked",
            target=token,
            by=by,
            at=at,
            after={"revoked_at": at},
            codes=audit.codes_of_actor(by),
        )


def feed_of(user: Any) -> FeedToken | None:
    return FeedToken.objects.filter(user_id=user.pk, revoked_at=None).first()


def reader_of(token: str, at: datetime) -> User | None:
    """Whose calendar the address opens: None when it is unknown or revoked, the account disabled, or without a posting
    in force that may see meetings. All his postings count: nobody has chosen one here."""
    if not SHAPE.fullmatch(token):
        return None
    row = FeedToken.objects.select_related("user").filter(digest=digest_of(token), revoked_at=None).first()
    if row is None or not row.user.is_active or not holds(row.user, VIEW):
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - TOUCH_EVERY)
    FeedToken.objects.filter(stale, pk=row.pk).update(last_used_at=at)
    return row.user
