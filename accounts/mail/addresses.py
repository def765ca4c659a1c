"""Where a person wants the inbox by mail. An address is used only once its owner has pressed the button behind a mail.

Whoever enters it, the person or an officer who invites them: a confirmation goes there, with a link that looks on GET and
confirms on POST, once, until its last day. Nothing that names anybody or anything goes to it before.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.mail.queue import queue_mail
from accounts.models import MailChoice, MailWish, OutgoingMail, OutsideLink, User
from accounts.notify import STORED_LANGUAGE
from accounts.outside.links import find_link, make_link, use_link

KIND = "mail_address"
DAYS = 3  # the link's last day is this many days ahead, inclusive
GAP = timedelta(minutes=2)  # between two confirmations
MOST_A_DAY = 6  # confirmations one person may have sent in 24 hours, to whatever address
HELD_DAYS = 30  # calendar days that a mail waits for its address to be confirmed
LONGEST = 200
END_SALT = "accounts.mail.end"


def choose(*, user: User, address: str, wish: str, by: Any = None, at: datetime) -> MailChoice:
    """Where and how often. A new address is asked first; items before the first choice are not sent.

    `by`: who entered it, the person themself when empty.
    """
    address = address.strip()
    if wish not in MailWish.values:
        raise DomainError("wish_unknown", _("Choose how often."), field="wish")
    if len(address) > LONGEST or not _is_address(address):
        raise DomainError(
            "address_wrong", _("This is no mail address. Write it like name@example.com."), field="address"
        )
    with transaction.atomic():
        held = MailChoice.objects.select_for_update().filter(user=user).first()
        changed = held is None or held.address != address
        values: dict[str, Any] = {"address": address, "wish": wish}
        if changed:
            values |= {"asked_at": None, "confirmed_at": None, "failing_at": None, "failing_why": ""}
            _forget(held, at)
        row, _made = MailChoice.objects.update_or_create(
            user=user, defaults=values, create_defaults=values | {"starts_at": at}
        )
        if wish != MailWish.OFF and row.confirmed_at is None and row.asked_at is None:
            _ask(row, by or user, at)
        audit.record(
            "mail_chosen", target=user, by=by or user, at=at, after={"wish": wish, "changed": changed},
            codes=audit.codes_of_person(user),
        )  # fmt: skip
    return row


def resend(*, user: User, at: datetime) -> MailChoice:
    """The confirmation once more, also to an address that was refused and has been mended since."""
    with transaction.atomic():
        row = MailChoice.objects.select_for_update().filter(user=user).first()
        if row is None:
            raise DomainError("no_address", _("Enter a mail address first."))
        if row.is_open:
            raise DomainError("confirmed", _("This address is confirmed already."))
        if row.asked_at is not None and at < row.asked_at + GAP:
            raise DomainError(
                "too_soon",
                _(
                    "A mail has just been sent. Look into your mailbox, also among the spam, and wait two minutes."
                ),
            )
        if row.failing_at is not None:
            MailChoice.objects.filter(pk=row.pk).update(confirmed_at=None)
        _ask(row, user, at)
    row.refresh_from_db()
    return row


def look(text: str, at: datetime) -> tuple[OutsideLink, MailChoice]:
    """The link behind the text of a mail and the choice it confirms. Nothing is used. Raises DomainError."""
    try:
        link = find_link(KIND, text, at)
    except DomainError as refusal:
        raise DomainError(refusal.code, _refusals()[refusal.code]) from None
    choice = MailChoice.objects.select_related("user").filter(pk=link.subject_id).first()
    if choice is None:
        raise DomainError("link_unknown", _refusals()["link_unknown"])
    return link, choice


def confirm(*, text: str, at: datetime) -> MailChoice:
    """The address is theirs: from now on what they wish goes there, and what was held for it."""
    link, _choice = look(text, at)
    with transaction.atomic():
        # Changing the address takes the same lock first and then revokes the link: never is another address confirmed.
        choice = MailChoice.objects.select_for_update().get(pk=link.subject_id)
        try:
            use_link(link=link, at=at)
        except DomainError:
            raise DomainError("link_used", _refusals()["link_used"]) from None
        MailChoice.objects.filter(pk=choice.pk).update(confirmed_at=at, failing_at=None, failing_why="")
        _held(choice).update(next_try_at=at)
        audit.record(
            "mail_confirmed",
            target=choice.user,
            by=choice.user,
            at=at,
            codes=audit.codes_of_person(choice.user),
        )
    choice.refresh_from_db()
    return choice


def mark_failing(address: str, why: str, at: datetime) -> int:
    """The server of the address refused it for good: nothing goes there any more, and its owner is told in the inbox."""
    rows = list(MailChoice.objects.filter(address__iexact=address).select_related("user"))
    MailChoice.objects.filter(pk__in=[row.pk for row in rows]).update(failing_at=at, failing_why=why[:300])
    for row in rows:
        with override(STORED_LANGUAGE):
            title = _("Your mail address is refused; nothing is sent there any more")
            text = _(
                "Correct the address, or have it confirmed once more. The notices stay here in the inbox."
            )
        notify.tell(
            [row.user], key=f"mail-failing:{row.pk}:{at:%Y%m%d%H%M%S}", kind="mail", title=title, text=text,
            url=reverse("accounts:mail_choice"), at=at,
        )  # fmt: skip
    return len(rows)


def end_url(choice: MailChoice) -> str:
    """Where these mails are ended without signing in; nothing when the site's own address is not set."""
    if not settings.PORTAL_URL:
        return ""
    text = signing.dumps([choice.pk, _short(choice.address)], salt=END_SALT)
    return settings.PORTAL_URL + reverse("accounts:mail_end", args=[text])


def ended_by(text: str) -> MailChoice:
    """The choice behind such an address. Raises DomainError when it is not ours or the mail address changed since."""
    try:
        pk, short = signing.loads(text[:1000], salt=END_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        pk, short = 0, ""
    choice = MailChoice.objects.filter(pk=pk).select_related("user").first()
    if choice is None or _short(choice.address) != short:
        raise DomainError(
            "link_unknown", _("This link is not complete, or the mail address was changed meanwhile.")
        )
    return choice


def end(*, choice: MailChoice, at: datetime) -> None:
    """No more mails; the address stays confirmed. Twice is harmless."""
    with transaction.atomic():
        if MailChoice.objects.filter(pk=choice.pk).exclude(wish=MailWish.OFF).update(wish=MailWish.OFF):
            audit.record(
                "mail_chosen", target=choice.user, by=choice.user, at=at, after={"wish": MailWish.OFF},
                codes=audit.codes_of_person(choice.user),
            )  # fmt: skip


def _refusals() -> dict[str, str]:
    anew = _("Sign in, open “Notices by mail” and have another one sent.")
    return {
        "link_unknown": _("This link is not known. Check that it is complete.") + anew,
        "link_revoked": _(
            "Another mail address was entered or another mail sent since. Use the newest mail."
        ),
        "link_expired": _("This link has expired.") + anew,
        "link_used": _("This link has been used already."),
    }


def give_up_held(at: datetime) -> int:
    """Mails whose address nobody confirmed within `HELD_DAYS` are not sent any more and lose their words, which may hold a
    link that signs in. Return how many."""
    waiting = OutgoingMail.objects.filter(next_try_at=None, sent_at=None, given_up_at=None)
    return waiting.filter(made_at__lt=at - timedelta(days=HELD_DAYS)).update(given_up_at=at, body="")


def _ask(row: MailChoice, by: Any, at: datetime) -> None:
    """Write the confirmation; the links sent before end. The caller is inside its transaction."""
    if not settings.PORTAL_URL:
        raise DomainError(
            "no_portal_url",
            _(
                "This site has no address of its own yet that a mail could name (PORTAL_URL). Ask the administrator."
            ),
            field="address",
        )
    since = OutsideLink.objects.filter(kind=KIND, user=row.user, made_at__gt=at - timedelta(days=1))
    if since.count() >= MOST_A_DAY:
        raise DomainError(
            "too_many",
            _("%(n)d confirmations in one day are enough. Try again tomorrow.") % {"n": MOST_A_DAY},
            field="address",
        )
    _links(row).update(revoked_at=at)
    link, text, _code = make_link(
        kind=KIND, subject_id=row.pk, expires_on=local_date(at) + timedelta(days=DAYS), uses=1, user=row.user,
        codes=audit.codes_of_person(row.user), by=by, at=at,
    )  # fmt: skip
    url = settings.PORTAL_URL + reverse("accounts:mail_confirm", args=[text])
    with override(STORED_LANGUAGE):
        subject = _("Please confirm your mail address")
        body = _(
            "This address was entered to receive notices of %(site)s.\n\nOpen the page below and press “Confirm”:\n"
            "%(url)s\n\nIt is good until %(day)s, once. If this was not you, do nothing: nothing more will be sent."
        ) % {"site": settings.PORTAL_NAME, "url": url, "day": link.expires_on.isoformat()}
    queue_mail(key=f"confirm:{link.pk}", address=row.address, subject=subject, body=body, choice=row, at=at)
    MailChoice.objects.filter(pk=row.pk).update(asked_at=at)
    row.asked_at = at


def _forget(held: MailChoice | None, at: datetime) -> None:
    """The links to the former address end, and what was held for it is not sent."""
    if held is None:
        return
    _links(held).update(revoked_at=at)
    _held(held).update(given_up_at=at, body="")
    OutgoingMail.objects.filter(
        choice=held, key__startswith="confirm:", sent_at=None, given_up_at=None
    ).update(given_up_at=at, body="")


def _held(choice: MailChoice) -> Any:
    return OutgoingMail.objects.filter(choice=choice, next_try_at=None, sent_at=None, given_up_at=None)


def _links(choice: MailChoice) -> Any:
    return OutsideLink.objects.filter(kind=KIND, subject_id=choice.pk, revoked_at=None)


def _short(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
