"""The limit of a statement: the person hears before it ends, the circle once it has passed without a last word.

Nothing is decided by the passing of a day; the heads alone hand over (H25).
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date
from accounts.models import JobRun
from accounts.notify import STORED_LANGUAGE
from policy.services import current_calendar
from supervision.referrals.access import circle_of
from supervision.referrals.models import Referral, ReferralState, ReferralStatement

SOON_DAYS = 2  # working days before the limit


def run(job: JobRun, at: datetime) -> dict[str, Any]:
    """The daily job. Each item has a key of its own, so that a second run tells nobody twice and a late one still tells."""
    on, calendar = local_date(at), current_calendar()
    final = ReferralStatement.objects.filter(referral_id=OuterRef("pk"), is_final=True)
    rows = Referral.objects.filter(
        ~Exists(final), state=ReferralState.INVITED, state_by_on__lte=calendar.add(on, SOON_DAYS)
    )
    told = {"soon": 0, "late": 0}
    for row in rows.select_related("person", "division").order_by("pk"):
        if row.state_by_on is not None and row.state_by_on < on:
            _tell_circle(row, at)
            told["late"] += 1
        elif row.person is not None:
            _tell_person(row, at)
            told["soon"] += 1
    return told


def _tell_circle(row: Referral, at: datetime) -> None:
    day = row.state_by_on.isoformat() if row.state_by_on else ""
    with override(STORED_LANGUAGE):
        title = _("The limit of the statement has passed, %(number)s") % {"number": row.number}
        text = _("No last statement was made by %(day)s. Open it and decide whether to hand it over.") % {
            "day": day
        }
    notify.tell(
        circle_of(row, local_date(at)), key=f"referral:{row.pk}:late:{day}", kind="referral", title=title, text=text,
        url=reverse("referrals:detail", args=[row.pk]), at=at,
    )  # fmt: skip


def _tell_person(row: Referral, at: datetime) -> None:
    day = row.state_by_on.isoformat() if row.state_by_on else ""
    with override(STORED_LANGUAGE):
        title = _("Your statement is due, %(number)s") % {"number": row.number}
        text = _("You may state until %(day)s. After that day it can be handed over without your words.") % {
            "day": day
        }
    notify.tell(
        [row.person] if row.person else [], key=f"referral:{row.pk}:soon:{day}", kind="referral", title=title,
        text=text, url=reverse("referrals:statement", args=[row.pk]), at=at,
    )  # fmt: skip
