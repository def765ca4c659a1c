"""Make, find, use and revoke links for people outside. GET may look at a link as often as it likes; only a POST uses it.

The link is 32 random bytes; the code on paper or told by phone has 12 characters of an alphabet without look-alikes
(59 bits), is kept as a keyed digest, and tries are counted (see `throttle`).
"""

import hashlib
import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import OutsideLink

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L
CODE_LENGTH = 12
LONGEST = 200  # characters of what somebody typed that are looked at


def make_link(
    *,
    kind: str,
    subject_id: int,
    expires_on: date,
    uses: int | None = None,
    user: Any = None,
    label: str = "",
    codes: dict[str, str] | None = None,
    by: Any,
    at: datetime,
) -> tuple[OutsideLink, str, str]:
    """(row, text of the link, code as K7QM-2XPA-9DRT), both told once and never readable again.

    `expires_on` is the last day, inclusive. `uses`: how often it may be used, None = until it expires. The caller has
    asked the permission and is inside its transaction.
    """
    text, code = secrets.token_urlsafe(32), "".join(secrets.choice(ALPHABET) for _n in range(CODE_LENGTH))
    row = OutsideLink.objects.create(
        kind=kind, subject_id=subject_id, user=user, label=label[:120], digest=_digest(text), code_digest=_keyed(code),
        made_by=by, made_at=at, expires_on=expires_on, uses_left=uses, **(codes or {}),
    )  # fmt: skip
    audit.record(
        "outside_link_made", target=row, by=by, at=at, after={"kind": kind, "expires_on": expires_on, "label": label[:120]}
    )  # fmt: skip
    return row, text, grouped(code)


def find_link(kind: str, typed: str, at: datetime) -> OutsideLink:
    """The link of this kind behind the text of a link or a typed code. It is not used by that.

    Raises DomainError `link_unknown`, `link_revoked`, `link_expired` or `link_used`. An unknown one tells nothing more.
    """
    row = _row(kind, typed)
    if row is None:
        raise DomainError(
            "link_unknown",
            _("This link or code is not known. Check that it is complete, or ask for a new one."),
        )
    if row.revoked_at is not None:
        raise DomainError("link_revoked", _("This link was taken back. Ask the office for a new one."))
    if row.expires_on < local_date(at):
        raise DomainError(
            "link_expired",
            _("This link was good until %(day)s. Ask the office for a new one.")
            % {"day": row.expires_on.isoformat()},
        )
    if row.uses_left == 0:
        raise DomainError("link_used", _("This link has been used already."))
    return row


def find_used(kind: str, typed: str) -> OutsideLink | None:
    """The link of this kind that was used up, expired meanwhile or not; for whoever comes back to see what became of it."""
    row = _row(kind, typed)
    return row if row is not None and row.uses_left == 0 and row.revoked_at is None else None


def _row(kind: str, typed: str) -> OutsideLink | None:
    typed = (typed or "").strip()[:LONGEST]
    wanted = Q(digest=_digest(typed))
    if len(code := plain_code(typed)) == CODE_LENGTH:
        wanted |= Q(code_digest=_keyed(code))
    return OutsideLink.objects.filter(wanted, kind=kind).select_related("user").first()


def use_link(*, link: OutsideLink, at: datetime) -> OutsideLink:
    """Count one use, inside the caller's transaction. Two who use a one-time link at once: one wins."""
    rows = OutsideLink.objects.filter(Q(uses_left=None) | Q(uses_left__gt=0), pk=link.pk, revoked_at=None)
    first = link.first_used_at or at
    if link.uses_left is None:
        done = rows.update(first_used_at=first, last_used_at=at)
    else:
        done = rows.update(first_used_at=first, last_used_at=at, uses_left=F("uses_left") - 1)
    if not done:
        raise DomainError("link_used", _("This link has been used already."))
    link.refresh_from_db()
    return link


def revoke_link(*, link: OutsideLink, by: Any, at: datetime) -> bool:
    """Take a link back; False when it was taken back before. The caller has asked the permission."""
    with transaction.atomic():
        done = OutsideLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at)
        if done:
            audit.record("outside_link_revoked", target=link, by=by, at=at)
    return bool(done)


def plain_code(typed: str) -> str:
    """A typed code without dashes and spaces, in capitals."""
    return "".join(c for c in typed.upper() if c in ALPHABET)


def grouped(typed: str) -> str:
    """A code as it is printed: K7QM-2XPA-9DRT."""
    code = plain_code(typed)
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _keyed(code: str) -> str:
    return salted_hmac("accounts.outside.links", code, algorithm="sha256").hexdigest()
