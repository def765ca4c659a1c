"""A mail is written down with the business transaction; the job sends it (`sending`)."""

from datetime import datetime

from accounts.models import MailChoice, OutgoingMail


def queue_mail(
    *, key: str, address: str, subject: str, body: str, choice: MailChoice | None = None, hold: bool = False, at: datetime
) -> OutgoingMail:  # fmt: skip
    """Write a mail down for sending, inside the caller's transaction. Asked twice with one key: once.

    `choice`: whose wish it follows; `hold`: not before that person has confirmed the address.
    """
    row, _made = OutgoingMail.objects.get_or_create(
        key=key[:120],
        defaults={
            "address": address, "subject": " ".join(subject.split())[:200], "body": body, "made_at": at,
            "choice": choice, "next_try_at": None if hold else at,
        },
    )  # fmt: skip
    return row
