"""Reading what is sealed beside a rating: who gave it, who called. Every look is written down before anything is shown.

The purpose stands with the look and not in the log, which forgets nothing: it may name the person.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.outside.sealed import Unreadable, unseal
from accounts.scope import require
from projects.text import clean
from supervision.ratings.models import BadCase, CallerNote, Rating, RatingAuthor, RatingLook
from supervision.ratings.rights import may_check_call, require_office


def author_of(*, case: BadCase, purpose: str, by: Any, at: datetime) -> dict[str, str]:
    """Name and phone of a named rater, for the call back."""
    require_office(by, case, "ratings.follow")
    purpose = _purpose(purpose)
    held = RatingAuthor.objects.filter(rating=case.rating_id).first()
    if held is None:
        raise DomainError("anonymous", _("This rating names nobody, or its time of keeping is over."))
    return _opened(held, case.rating, "rating_author_read", purpose, by, at)


def note_on_call(*, rating: Rating, purpose: str, by: Any, at: datetime) -> str:
    """Who called, when, from which number, as staff noted it; so that somebody else can check that there was a call."""
    require(by, "ratings.view", rating)
    if not may_check_call(by, rating):
        raise PermissionDenied("ratings.view")
    purpose = _purpose(purpose)
    held = CallerNote.objects.filter(rating=rating).first()
    if held is None:
        raise DomainError(
            "note_gone", _("The note on this call is no longer there: its time of keeping is over.")
        )
    return _opened(held, rating, "rating_call_read", purpose, by, at)["note"]


def _purpose(typed: str) -> str:
    purpose = clean(typed)[:200]
    if not purpose:
        raise DomainError("purpose_missing", _("Say what you need it for."), field="purpose")
    return purpose


def _opened(
    held: RatingAuthor | CallerNote, rating: Rating, action: str, purpose: str, by: Any, at: datetime
) -> dict[str, str]:
    with transaction.atomic():
        RatingLook.objects.create(rating=rating, by=by, at=at, purpose=purpose)
        audit.record(action, target=rating, by=by, at=at)
    try:
        return unseal(held.sealed)
    except Unreadable:
        raise DomainError("unreadable", _("It was sealed with a key that is no longer here.")) from None
