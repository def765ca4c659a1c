"""Reading referrals: the list of the circle, what was put to a person, accounts that carry a name, work to do."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Division, User
from accounts.permissions import PERMISSIONS, Role
from accounts.scope import current_postings
from projects.text import clean
from supervision.referrals.models import Referral, ReferralQuerySet, ReferralState, ReferralStatement

OUTSIDE = (Role.INVESTOR, Role.INVITED_SUPERVISOR)


def listed(user: Any) -> QuerySet[Referral]:
    return Referral.objects.visible_to(user).select_related("division", "unit", "opened_by")


def put_to(user: Any) -> ReferralQuerySet:
    """Referrals whose person concerned is the user, from the moment they were asked on."""
    rows: ReferralQuerySet = Referral.objects.filter(person_id=user.pk, invited_at__isnull=False)
    return rows


def accounts_named(name: str, division: Division, on: date) -> list[User]:
    """People in office in the area under this very name; investors and invited supervisors are not officials."""
    name = clean(name)
    if not name:
        return []
    rows = User.objects.filter(
        Q(postings__valid_to=None) | Q(postings__valid_to__gte=on),
        full_name=name,
        is_active=True,
        postings__valid_from__lte=on,
        postings__division__path__startswith=division.path,
    )
    return list(rows.exclude(postings__role__in=OUTSIDE).distinct().order_by("pk")[:20])


def own_division(user: Any) -> Division | None:
    """The office in whose name the user opens referrals."""
    return next(
        (one.division for one in current_postings(user) if "referrals.make" in PERMISSIONS[one.role]), None
    )


def units_of(division: Division, on: date) -> QuerySet[Division]:
    return Division.objects.within(division).filter(tier__lte=3).current(on).order_by("code")


def to_be_handed(user: Any, on: date) -> QuerySet[Referral]:
    """Of the user's circle: said all, or the limit has passed."""
    final = ReferralStatement.objects.filter(referral_id=OuterRef("pk"), is_final=True)
    rows = Referral.objects.visible_to(user).filter(state=ReferralState.INVITED)
    return rows.filter(Q(Exists(final)) | Q(state_by_on__lt=on))


def to_be_put(user: Any) -> QuerySet[Referral]:
    return Referral.objects.visible_to(user).filter(state=ReferralState.OPEN)


def to_be_answered(user: Any) -> QuerySet[Referral]:
    """With the discipline inspection office of the user."""
    places = [one.division_id for one in current_postings(user) if one.role == Role.DISCIPLINE_OFFICE]
    rows = Referral.objects.visible_to(user).filter(addressee_id__in=places)
    return rows.filter(state__in=[ReferralState.HANDED, ReferralState.ACCEPTED])


def to_be_stated(user: Any) -> QuerySet[Referral]:
    final = ReferralStatement.objects.filter(referral_id=OuterRef("pk"), is_final=True)
    return put_to(user).filter(~Exists(final), state=ReferralState.INVITED)
