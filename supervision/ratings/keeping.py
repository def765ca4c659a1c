"""How long it is kept who gave a named rating, and what was noted on the telephone (《个人信息保护法》第十九条)."""

from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from accounts import audit
from accounts.clock import local_date
from policy.deadlines import years_before
from supervision.ratings.models import BadCase, CallerNote, CaseState, Rating, RatingAuthor, RatingLook

CLEARED = "（已到保存期限）"
MOST = 500  # a run; what is left waits for the next one


def forget_old(at: datetime) -> int:
    """Remove names, notes on calls and purposes of looks of ratings older than `RATING_KEEP_YEARS`.

    The rating stays as it was given. What is still being followed up keeps them until it is closed. Return how
    many ratings lost them.
    """
    before = years_before(local_date(at), settings.RATING_KEEP_YEARS)
    old = Rating.objects.filter(rated_on__lt=before).filter(Q(case=None) | Q(case__state=CaseState.CLOSED))
    held = (
        Q(author__isnull=False)
        | Q(caller__isnull=False)
        | ~Q(entered_note__in=("", CLEARED))
        | (Q(case__isnull=False) & ~Q(case__call_note=""))
    )
    rows = list(old.filter(held).order_by("pk")[:MOST])
    for row in rows:
        _forget(row, at)
    return len(rows)


def _forget(row: Rating, at: datetime) -> None:
    with transaction.atomic():
        RatingAuthor.objects.filter(rating=row).delete()
        CallerNote.objects.filter(rating=row).delete()
        RatingLook.objects.filter(rating=row).blank_purpose(CLEARED)  # it may name the rater
        BadCase.objects.filter(rating=row).update(call_note="")
        # Past the manager that lets nobody change a rating: of what was said nothing changes.
        models.QuerySet(Rating).filter(pk=row.pk).exclude(entered_note="").update(entered_note=CLEARED)
        audit.record("rater_forgotten", target=row, by=None, at=at)
