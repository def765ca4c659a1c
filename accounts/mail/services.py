"""Mail goes out by a job: the row is written with the business transaction, sent afterwards, tried again when refused.

At least once: a worker that dies between sending and noting it sends again, at most `BATCH` mails.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.clock import BUSINESS_ZONE, local_date
from accounts.errors import DomainError
from accounts.models import InboxItem, JobRun, MailChoice, MailWish, OutgoingMail, User
from accounts.notify import STORED_LANGUAGE
from policy.services import current_calendar

log = structlog.get_logger(__name__)

JOB = "mail"
STEP = 5  # minutes between two looks
BATCH = 40
MOST_TRIES = 8
MOST_LINES = 30
DAILY_AT = 8  # o'clock, Asia/Shanghai


def plan(at: datetime) -> list[tuple[str, str]]:
    """A run each five minutes while something waits."""
    if not _waiting(at).exists() and not _unmailed(at).exists():
        return []
    local = at.astimezone(BUSINESS_ZONE)
    return [(f"{local:%Y-%m-%dT%H}:{local.minute // STEP * STEP:02d}", "")]


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job: write what the inboxes hold, then send what waits."""
    made = write_from_inboxes(at)
    return {"written": made, "sent": send_waiting(at)}


def queue_mail(*, key: str, address: str, subject: str, body: str, at: datetime) -> OutgoingMail:
    """Write a mail down for sending, inside the caller's transaction. Asked twice with one key: once."""
    row, _made = OutgoingMail.objects.get_or_create(
        key=key[:120],
        defaults={
            "address": address, "subject": " ".join(subject.split())[:200], "body": body, "made_at": at,
            "next_try_at": at,
        },
    )  # fmt: skip
    return row


def choose(*, user: User, address: str, wish: str, at: datetime) -> MailChoice:
    """The person's own choice of where and how often. Items before the first choice are not sent."""
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise DomainError(
            "address_wrong", _("This is no mail address. Write it like name@example.com."), field="address"
        ) from error
    if wish not in MailWish.values:
        raise DomainError("wish_unknown", _("Choose how often."), field="wish")
    row, _made = MailChoice.objects.update_or_create(
        user=user, defaults={"address": address, "wish": wish},
        create_defaults={"address": address, "wish": wish, "starts_at": at},
    )  # fmt: skip
    return row


def write_from_inboxes(at: datetime) -> int:
    """One mail per person with what is new and unread; return how many were written."""
    by_user: dict[int, list[InboxItem]] = {}
    for item in _unmailed(at).select_related("user__mail_choice").order_by("user_id", "at", "pk")[:2000]:
        by_user.setdefault(item.user_id, []).append(item)
    for items in by_user.values():
        choice = items[0].user.mail_choice
        with override(STORED_LANGUAGE):
            subject, body = _words(items)
        queue_mail(
            key=f"inbox:{choice.user_id}:{items[-1].pk}",
            address=choice.address,
            subject=subject,
            body=body,
            at=at,
        )
        InboxItem.objects.filter(pk__in=[item.pk for item in items]).update(mailed_at=at)
    return len(by_user)


def send_waiting(at: datetime) -> int:
    """Send what waits; a refused mail is tried again after 5, 10, 20 … minutes, at most eight times."""
    rows = (
        list(_waiting(at).select_for_update(skip_locked=True)[:BATCH])
        if _locks()
        else list(_waiting(at)[:BATCH])
    )
    if not rows:
        return 0
    connection, sent = get_connection(), 0
    for row in rows:
        row.tries += 1
        try:
            EmailMessage(
                row.subject, row.body, settings.DEFAULT_FROM_EMAIL, [row.address], connection=connection
            ).send()
        except Exception as error:  # the mail server's refusals come in many kinds
            row.error = f"{type(error).__name__}: {error}"[:300]
            row.next_try_at = at + timedelta(minutes=STEP * 2 ** (row.tries - 1))
            row.given_up_at = at if row.tries >= MOST_TRIES else None
            log.warning("mail_refused", mail=row.pk, tries=row.tries, error=type(error).__name__)
        else:
            row.sent_at, row.error, row.body = at, "", ""
            sent += 1
        row.save(update_fields=["tries", "error", "next_try_at", "given_up_at", "sent_at", "body"])
    return sent


def _waiting(at: datetime) -> Any:
    return OutgoingMail.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=at).order_by(
        "next_try_at", "pk"
    )


def _unmailed(at: datetime) -> Any:
    """Unread inbox items of people who want them now, later than their choice."""
    local = at.astimezone(BUSINESS_ZONE)
    wanted = Q(user__mail_choice__wish=MailWish.EACH)
    if local.hour >= DAILY_AT and current_calendar().is_working(local_date(at)):
        today = local.replace(hour=0, minute=0, second=0, microsecond=0)
        sent_today = MailChoice.objects.filter(user__inbox_items__mailed_at__gte=today).values("pk")
        wanted |= Q(user__mail_choice__wish=MailWish.DAILY) & ~Q(user__mail_choice__in=sent_today)
    return InboxItem.objects.filter(
        wanted, read_at=None, mailed_at=None, user__is_active=True, at__gte=F("user__mail_choice__starts_at")
    )


def _words(items: Iterable[InboxItem]) -> tuple[str, str]:
    rows = list(items)
    subject = rows[0].title if len(rows) == 1 else _("%(n)d new messages on your projects") % {"n": len(rows)}
    lines = [
        line
        for row in rows[:MOST_LINES]
        for line in (f"· {row.title}", f"  {row.text}" if row.text else "")
        if line
    ]
    if len(rows) > MOST_LINES:
        lines.append(_("and %(n)d more") % {"n": len(rows) - MOST_LINES})
    lines.append("")
    if settings.PORTAL_URL:
        lines.append(_("Open the portal: %(url)s") % {"url": f"{settings.PORTAL_URL}/"})
    lines.append(
        _(
            "You can change or end these mails in the portal under “Notices by mail”. Please do not answer this mail."
        )
    )
    return subject, "\n".join(lines)


def _locks() -> bool:
    return transaction.get_connection().features.has_select_for_update_skip_locked
