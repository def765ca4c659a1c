"""Addresses that are confirmed already, and the link inside a mail."""

import re
from datetime import datetime

from accounts.mail import addresses
from accounts.models import MailChoice, OutgoingMail, OutsideLink, User

SITE = "https://portal.example.com"


def confirmed(user: User, address: str, wish: str = "each", *, at: datetime) -> MailChoice:
    """The person's choice as if they had pressed the button in the mail; the question itself is taken away."""
    choice = addresses.choose(user=user, address=address, wish=wish, at=at)
    OutgoingMail.objects.filter(choice=choice).delete()
    OutsideLink.objects.filter(kind=addresses.KIND, subject_id=choice.pk).update(revoked_at=at)
    MailChoice.objects.filter(pk=choice.pk).update(confirmed_at=at)
    choice.refresh_from_db()
    return choice


def link_in(body: str) -> str:
    """The secret part of the confirmation's link in the words of a mail."""
    return re.search(r"/mail/confirm/([^/\s]+)/", body)[1]
