"""Issue and revoke tokens. The token itself leaves the system once, at issue; the database keeps its SHA-256."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import ApiToken, Posting

PREFIX = "xmjg_"  # so that a token left in a file or a log is recognised for what it is
LONGEST_DAYS = 365
MOST_PER_POSTING = 10
TOUCH_EVERY = timedelta(minutes=1)


def digest_of(token: str) -> str:
    """SHA-256; the token is 32 random bytes, so that neither salt nor slowness adds anything."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(
    *, posting: Posting, label: str, expires_on: date, by: Any, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token for one's own posting in force; return it with its text, which nobody can read again.

    `expires_on` is the last day, inclusive, at most 365 days ahead.
    """
    if posting.user_id != by.pk:
        raise PermissionDenied("token of another person")
    today, label = local_date(at), " ".join(label.split())
    if not Posting.objects.current(today).filter(pk=posting.pk).exists():
        raise DomainError("posting_ended", _("This posting is not in force today."), field="posting")
    if not label:
        raise DomainError(
            "label_required", _("Say which system will use the token and for what."), field="label"
        )
    if expires_on < today:
        raise DomainError("expires_before_today", _("The last day lies in the past."), field="expires_on")
    if expires_on > today + timedelta(days=LONGEST_DAYS):
        text = _("A token lasts %(days)d days at most. Choose an earlier last day.")
        raise DomainError("expires_too_late", text % {"days": LONGEST_DAYS}, field="expires_on")
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        # The lock makes two clicks wait for one another, so that the number below is right.
        Posting.objects.select_for_update().get(pk=posting.pk)
        if posting.api_tokens.live(today).count() >= MOST_PER_POSTING:
            words = _(
                "This posting has %(n)d tokens in use, the most allowed. Revoke one that is not needed."
            )
            raise DomainError("too_many_tokens", words % {"n": MOST_PER_POSTING})
        token = ApiToken.objects.create(
            posting=posting, label=label[:60], digest=digest_of(text), created_at=at, expires_on=expires_on
        )
        audit.record(
            "token_issued",
            target=token,
            by=by,
            at=at,
            after={"label": token.label, "posting": str(posting), "expires_on": expires_on},
            codes=posting.division.codes,
        )
    return token, text


def revoke_token(*, token: ApiToken, by: Any, at: datetime) -> ApiToken:
    """End one's own token at once."""
    if token.posting.user_id != by.pk:
        raise PermissionDenied("token of another person")
    with transaction.atomic():
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            raise StaleState("already_revoked", _("This token has been revoked already."))
        token.refresh_from_db(fields=["revoked_at"])
        audit.record(
            "token_revoked",
            target=token,
            by=by,
            at=at,
            before={"expires_on": token.expires_on},
            after={"revoked_at": at},
            codes=token.posting.division.codes,
        )
    return token


def touch(token: ApiToken, at: datetime) -> None:
    """Note the use, at most once a minute: a program that polls must not write with every call."""
    before = at - TOUCH_EVERY
    if not token.was_used_since(before):
        stale = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)
