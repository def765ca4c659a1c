"""Who hears of a step: only those inside. The items say the number and nothing of whom or what it is about."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date
from accounts.models import User
from accounts.notify import STORED_LANGUAGE
from supervision.referrals.access import circle_of, discipline_of
from supervision.referrals.models import Referral, ReferralOutcome, ReferralStatement


def tell_readers(referral: Referral, readers: Sequence[User], at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("You were let into the accountability referral %(number)s") % {"number": referral.number}
        text = _("Only named heads read it. Each look is kept with its purpose.")
        _tell(readers, f"referral:{referral.pk}:reader", title, text, _page(referral), at)


def tell_person(referral: Referral, at: datetime) -> None:
    if referral.person is None:
        return
    with override(STORED_LANGUAGE):
        title = _("You are asked for a statement, %(number)s") % {"number": referral.number}
        day = referral.state_by_on.isoformat() if referral.state_by_on else ""
        text = _("What it is about stands on the page. You may state until %(day)s.") % {"day": day}
        url = reverse("referrals:statement", args=[referral.pk])
        _tell([referral.person], f"referral:{referral.pk}:invited", title, text, url, at)


def tell_withdrawn(referral: Referral, at: datetime) -> None:
    if referral.person is None:
        return
    with override(STORED_LANGUAGE):
        title = _("Your statement is no longer needed, %(number)s") % {"number": referral.number}
        text = _("The matter put to you was taken back.")
        url = reverse("referrals:statement", args=[referral.pk])
        _tell([referral.person], f"referral:{referral.pk}:withdrawn", title, text, url, at)


def tell_statement(referral: Referral, statement: ReferralStatement, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("A statement was made, %(number)s") % {"number": referral.number}
        people = circle_of(referral, local_date(at))
        _tell(people, f"referral:{referral.pk}:statement:{statement.pk}", title, "", _page(referral), at)


def tell_discipline(referral: Referral, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("An accountability referral was handed to you, %(number)s") % {"number": referral.number}
        text = _("From %(office)s.") % {"office": referral.division.name}
        people = discipline_of(referral.addressee_id or "", local_date(at))
        _tell(people, f"referral:{referral.pk}:handed", title, text, _page(referral), at)


def tell_outcome(referral: Referral, outcome: ReferralOutcome, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("The discipline inspection office answered, %(number)s") % {"number": referral.number}
        people = [one for one in circle_of(referral, local_date(at)) if one.pk != outcome.by_id]
        _tell(people, f"referral:{referral.pk}:outcome:{outcome.pk}", title, "", _page(referral), at)


def _page(referral: Referral) -> str:
    return reverse("referrals:detail", args=[referral.pk])


def _tell(people: Iterable[User], key: str, title: str, text: str, url: str, at: datetime) -> None:
    notify.tell(people, key=key, kind="referral", title=title, text=text, url=url, at=at)
