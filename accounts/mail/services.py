"""The inbox by mail: a job writes one mail per person with what is new, and sends what waits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.clock import BUSINESS_ZONE, local_date
from accounts.mail.addresses import end_url
from accounts.mail.queue import queue_mail
from accounts.mail.sending import STEP, send_waiting, waiting
from accounts.models import InboxItem, JobRun, MailChoice, MailWish
from accounts.notify import STORED_LANGUAGE
from policy.services import current_calendar

JOB = "mail"
MOST_LINES = 30
DAILY_AT = 8  # o'clock, Asia/Shanghai


def plan(at: datetime) -> list[tuple[str, str]]:
    """A run each five minutes while something waits."""
    if not waiting(at).exists() and not _unmailed(at).exists():
        return []
    local = at.astimezone(BUSINESS_ZONE)
    return [(f"{local:%Y-%m-%dT%H}:{local.minute // STEP * STEP:02d}", "")]


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job: write what the inboxes hold, then send what waits."""
    made = write_from_inboxes(at)
    return {"written": made, **send_waiting(at)}


def write_from_inboxes(at: datetime) -> int:
    """One mail per person with what is new and unread; return how many were written."""
    by_user: dict[int, list[InboxItem]] = {}
    for item in _unmailed(at).select_related("user__mail_choice").order_by("user_id", "at", "pk")[:2000]:
        by_user.setdefault(item.user_id, []).append(item)
    for items in by_user.values():
        choice = items[0].user.mail_choice
        with override(STORED_LANGUAGE):
            subject, body = _words(items, end_url(choice))
        queue_mail(
            key=f"inbox:{choice.user_id}:{items[-1].pk}",
            address=choice.address,
            subject=subject,
            body=body,
            choice=choice,
            at=at,
        )
        InboxItem.objects.filter(pk__in=[item.pk for item in items]).update(mailed_at=at)
    return len(by_user)


def _unmailed(at: datetime) -> Any:
    """Unread inbox items of people who want them now, later than their choice, at an address that is theirs."""
    local = at.astimezone(BUSINESS_ZONE)
    wanted = Q(user__mail_choice__wish=MailWish.EACH)
    if local.hour >= DAILY_AT and current_calendar().is_working(local_date(at)):
        today = local.replace(hour=0, minute=0, second=0, microsecond=0)
        sent_today = MailChoice.objects.filter(user__inbox_items__mailed_at__gte=today).values("pk")
        wanted |= Q(user__mail_choice__wish=MailWish.DAILY) & ~Q(user__mail_choice__in=sent_today)
    return InboxItem.objects.filter(
        wanted, read_at=None, mailed_at=None, user__is_active=True, at__gte=F("user__mail_choice__starts_at"),
        user__mail_choice__confirmed_at__isnull=False, user__mail_choice__failing_at=None,
    )  # fmt: skip


def _words(items: Iterable[InboxItem], end: str) -> tuple[str, str]:
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
        url = settings.PORTAL_URL + reverse("accounts:mail_choice")
        lines.append(_("Change how often and where to: %(url)s") % {"url": url})
        lines.append(_("No more mails, without signing in: %(url)s") % {"url": end})
    lines.append(_("Please do not answer this mail."))
    return subject, "\n".join(lines)
