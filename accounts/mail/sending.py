"""What waits is handed to the mail server. A server that is away costs no mail a try; a refusal for good ends at once.

At least once: a worker that dies between sending and noting it sends again, at most `BATCH` mails. They carry the same
Message-ID then, by which mail servers and programs know a double.
"""

import smtplib
from datetime import datetime, timedelta
from email.utils import parseaddr
from enum import Enum
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from accounts.mail import addresses
from accounts.models import OutgoingMail

log = structlog.get_logger(__name__)

STEP = 5  # minutes between two looks
BATCH = 40
MOST_TRIES = 8
# Replies to the text of a mail that speak of the address: no such mailbox, not here, name not allowed.
NO_SUCH_ADDRESS = (550, 551, 553)
CLOSING = 421  # the server hangs up after this
AWAY = (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, smtplib.SMTPHeloError)


class Verdict(Enum):
    AGAIN = "again"  # refused for now
    AWAY = "away"  # the connection is gone
    NO_ADDRESS = "no_address"  # the address does not exist
    NEVER = "never"  # this mail will not be taken


def send_waiting(at: datetime) -> dict[str, int]:
    """Send what waits; a mail refused for now is tried again after 5, 10, 20 … minutes, at most eight times."""
    rows = _waiting(at)
    found = {"sent": 0, "refused": 0, "postponed": 0}
    connection = get_connection()
    try:
        for n, row in enumerate(rows):
            try:
                connection.open()
            except (
                Exception
            ) as error:  # refused, no such host, wrong password, no encryption: all the server's
                _postpone(rows[n:], error, at)
                found["postponed"] = len(rows) - n
                break
            found["sent" if _send(row, connection, at) else "refused"] += 1
    finally:
        _close(connection)
    return found


def waiting(at: datetime) -> Any:
    return OutgoingMail.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=at).order_by(
        "next_try_at", "pk"
    )


def _waiting(at: datetime) -> list[OutgoingMail]:
    """The next batch, locked where the database can, so that two workers never send the same mail."""
    rows = waiting(at).select_related("choice")
    if transaction.get_connection().features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows[:BATCH])


def _send(row: OutgoingMail, connection: Any, at: datetime) -> bool:
    row.tries += 1
    try:
        connection.send_messages([_message(row)])
    except Exception as error:  # the mail server's refusals come in many kinds
        _refused(row, error, connection, at)
        return False
    row.sent_at, row.error, row.body = at, "", ""
    row.save(update_fields=["tries", "error", "sent_at", "body"])
    return True


def _message(row: OutgoingMail) -> EmailMessage:
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    headers = {
        "Message-ID": f"<{row.pk}.{row.made_at:%Y%m%d%H%M%S%f}@{sender.rpartition('@')[2] or 'localhost'}>",
        "Auto-Submitted": "auto-generated",
    }
    if row.choice is not None and row.choice.is_open and (url := addresses.end_url(row.choice)):
        headers |= {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return EmailMessage(row.subject, row.body, settings.DEFAULT_FROM_EMAIL, [row.address], headers=headers)


def _refused(row: OutgoingMail, error: Exception, connection: Any, at: datetime) -> None:
    verdict, row.error = _verdict(error), _words(error)
    row.next_try_at = at + timedelta(minutes=STEP * 2 ** (row.tries - 1))
    if verdict in (Verdict.NO_ADDRESS, Verdict.NEVER) or row.tries >= MOST_TRIES:
        row.given_up_at, row.body = at, ""
    row.save(update_fields=["tries", "error", "next_try_at", "given_up_at", "body"])
    log.warning(
        "mail_refused", mail=row.pk, tries=row.tries, verdict=verdict.value, error=type(error).__name__
    )
    if verdict is Verdict.NO_ADDRESS:
        addresses.mark_failing(row.address, row.error, at)
    if verdict is Verdict.AWAY:
        _close(connection)  # the next mail opens another one


def _postpone(rows: list[OutgoingMail], error: Exception, at: datetime) -> None:
    log.warning("mail_server_away", mails=len(rows), error=_words(error))
    OutgoingMail.objects.filter(pk__in=[row.pk for row in rows]).update(
        next_try_at=at + timedelta(minutes=STEP), error=_words(error)
    )


def _verdict(error: Exception) -> Verdict:
    code, _text = _reply(error)
    if code == CLOSING:
        return Verdict.AWAY
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return Verdict.NO_ADDRESS if code >= 500 else Verdict.AGAIN
    if isinstance(error, smtplib.SMTPDataError) and code >= 500:
        return Verdict.NO_ADDRESS if code in NO_SUCH_ADDRESS else Verdict.NEVER
    if isinstance(error, AWAY) or (
        isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
    ):
        return Verdict.AWAY
    return Verdict.AGAIN


def _reply(error: Exception) -> tuple[int, bytes | str]:
    """Code and words of the server's answer; 0 when it gave none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()), (0, b""))
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, error.smtp_error
    return 0, b""


def _words(error: Exception) -> str:
    code, said = _reply(error)
    if not code:
        return f"{type(error).__name__}: {error}"[:300]
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(text.split())}"[:300]


def _close(connection: Any) -> None:
    try:
        connection.close()
    except Exception as error:
        log.info("mail_connection_not_closed", error=type(error).__name__)
