"""Each look at a referral is written down: who, when, what, what for. In its own table and in the audit log."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.scope import acting_posting
from projects.text import clean
from supervision.referrals.models import Referral, ReferralLook

# The log of the area is read by all staff of its office: records of referrals carry no area, so only the circle meets
# them, and the root chain holds them.
NO_AREA: dict[str, str] = {}
LEAST = 4


def log_look(*, referral: Referral, what: str, purpose: str, by: Any, at: datetime) -> ReferralLook:
    """Write the look down; only of the circle, or of the person concerned at what is put to them."""
    inside = Referral.objects.visible_to(by).filter(pk=referral.pk).exists()
    if not inside and by.pk != referral.person_id:
        raise PermissionDenied("referrals.view")
    purpose = clean(purpose)[:200]
    if len(purpose) < LEAST:
        raise DomainError(
            "purpose_missing",
            _("Say what you open it for, in at least %(n)d characters. It is kept with your name.")
            % {"n": LEAST},
            field="purpose",
        )
    posting = acting_posting(by)
    with transaction.atomic():
        look = ReferralLook.objects.create(
            referral_number=referral.number, user_key=by.pk, user_name=by.get_full_name()[:60],
            office=str(posting)[:160] if posting else "", at=at, what=what[:120], purpose=purpose,
        )  # fmt: skip
        audit.record(
            "referral_looked",
            target=referral,
            by=by,
            at=at,
            after={"what": what},
            reason=purpose,
            codes=NO_AREA,
        )
    return look


def looks_of(referral: Referral) -> Any:
    return ReferralLook.objects.filter(referral_number=referral.number)
