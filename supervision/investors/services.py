"""Inviting the investor's people: a link or a code opens their project, without a password, until a day (H13, X五2).

Behind each invited person stands an ordinary account with the role of investor, so that every service and every list
treats them like any other; the link is only another way to sign in. Taken back, the account's sessions end at once.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, people
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.mail.addresses import choose
from accounts.mail.queue import queue_mail
from accounts.models import MailChoice, MailWish, OutsideLink, Posting, User
from accounts.notify import STORED_LANGUAGE
from accounts.outside.links import make_link, revoke_link, use_link
from accounts.permissions import Role
from projects.abilities import abilities
from projects.models import Assignment, Project, ProjectState, TeamRole
from projects.services.team import let_in, let_out
from projects.text import clean
from supervision.investors import telling
from supervision.notices import addressing

KIND = "invitation"
PERMISSION = "invitations.make"
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Invited:
    """What the officer passes on; shown once."""

    link: OutsideLink
    user: User
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a taking back came to.

    `left`: links of the person to this project that are still good; `elsewhere`: other projects stay open to them;
    `signed_out`: their sessions have ended.
    """

    left: int = 0
    elsewhere: bool = False
    signed_out: bool = False


def invite(
    *,
    project: Project,
    name: str,
    phone: str = "",
    address: str = "",
    expires_on: date,
    by: Any,
    at: datetime,
) -> Invited:
    """Let one person of the company in until `expires_on` (inclusive, at most a year ahead).

    The same name and phone (without a phone: mail address) on the same project is the same person: they get a new
    link, the old one stays good. The company's other people of the project hear of it. With a mail `address` the link
    is sent there, and notices too, once the person has confirmed that it is theirs.
    """
    if PERMISSION not in abilities(by, project):
        raise PermissionDenied(PERMISSION)
    name, phone, address = clean(name), clean(phone), address.strip()
    _check(project, name, address, expires_on, local_date(at))
    with transaction.atomic():
        user = _person(project, name[:60], phone[:40], address, by, at)
        _posting(user, project, expires_on, by, at)
        let_in(project=project, user=user, by=by, at=at)
        link, text, code = make_link(
            kind=KIND, subject_id=project.pk, expires_on=expires_on, user=user, label=name, codes=audit.codes_of(project),
            by=by, at=at,
        )  # fmt: skip
        addressing.welcome(user, at)
        if address:
            _send(project, link, text, _mail_choice(user, address, by, at), at)
        telling.tell_invited(project, link, by, at)
    return Invited(link, user, text, code)


def take_back(
    *, link: OutsideLink, project: Project, whole: bool = False, by: Any, at: datetime
) -> TakenBack:
    """Take an invitation back; `whole`: and every other of the same person to this project.

    With the last one the project is closed to them and whoever came by a link is signed out. Someone with a password
    stays signed in while another project is open to them; with the last project the password ends too, so that
    nobody is left inside an empty portal. A later invitation opens the same account again.
    """
    if PERMISSION not in abilities(by, project):
        raise PermissionDenied(PERMISSION)
    with transaction.atomic():
        if not revoke_link(link=link, by=by, at=at):
            raise StaleState("link_revoked", _("This invitation was taken back already."))
        user = link.user
        if user is None:
            return TakenBack()
        good = _links(project, user).filter(revoked_at=None, expires_on__gte=local_date(at))
        if whole:
            for other in good:
                revoke_link(link=other, by=by, at=at)
        elif left := good.count():
            return TakenBack(left=left)
        let_out(project=project, user=user, by=by, at=at)
        return _shut_out(user, by, at)


def _shut_out(user: User, by: Any, at: datetime) -> TakenBack:
    """End the sessions of someone a project was just closed to, as far as nothing else holds them open."""
    elsewhere = Assignment.objects.filter(user=user, role=TeamRole.INVESTOR, valid_to=None).exists()
    had_password, on = user.has_usable_password(), local_date(at)
    if elsewhere and had_password:
        return TakenBack(elsewhere=True)
    user.set_unusable_password()  # ends every session: its mark is made from the password
    user.save(update_fields=["password"])
    if had_password:
        audit.record("password_removed", target=user, by=by, at=at, codes=audit.codes_of_person(user))
    if not elsewhere:
        held = Posting.objects.current(on).filter(user=user, role=Role.INVESTOR)
        for posting in held.select_related("user", "division"):
            last_day = max(posting.valid_from, on - timedelta(days=1))
            _set_last_day("posting_ended", posting, last_day, by, at)
    return TakenBack(elsewhere=elsewhere, signed_out=True)


def _set_last_day(action: str, posting: Posting, last_day: date, by: Any, at: datetime) -> None:
    before, posting.valid_to = posting.valid_to, last_day
    Posting.objects.filter(pk=posting.pk).update(valid_to=last_day)
    people.record_last_day(action, posting, before, by=by, at=at)


def enter(*, link: OutsideLink, at: datetime) -> User:
    """Use the link: the person to sign in. Raises DomainError when the account is closed or the link was taken back."""
    user = link.user
    if user is None or not user.is_active:
        raise DomainError("account_closed", _("This access is closed. Ask the office for a new invitation."))
    with transaction.atomic():
        use_link(link=link, at=at)
        audit.record("investor_entered", target=link, by=user, at=at, codes=audit.codes_of(link))
    return user


def set_password(*, user: User, username: str, password: str, at: datetime) -> User:
    """The account becomes the person's own: a user name and a password beside the link."""
    username = username.strip()
    if user.has_usable_password():
        raise DomainError("has_password", _("This account has a password already; change it instead."))
    if len(username) < 4 or len(username) > 40 or not username.replace("-", "").replace("_", "").isalnum():
        raise DomainError(
            "username_odd",
            _("Choose 4 to 40 letters, figures, - or _ as the user name, such as your phone number."),
            field="username",
        )
    if User.objects.filter(username__iexact=username).exclude(pk=user.pk).exists():
        raise _taken()
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError("weak_password", " ".join(error.messages), field="password") from error
    with transaction.atomic():
        user.username = username
        user.set_password(password)
        try:
            with transaction.atomic():
                user.save(update_fields=["username", "password"])
        except IntegrityError:  # somebody else took it between the question and the answer
            raise _taken() from None
        audit.record("password_changed", target=user, by=user, at=at, codes=audit.codes_of_person(user))
    return user


def _taken() -> DomainError:
    return DomainError("username_taken", _("This user name is taken. Choose another one."), field="username")


def _check(project: Project, name: str, address: str, expires_on: date, on: date) -> None:
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise StaleState("project_ended", _("This project has ended; nobody is invited to it any more."))
    if not name:
        raise DomainError("name_missing", _("Write who is invited."), field="name")
    if expires_on < on:
        raise DomainError("expires_before_today", _("The last day lies in the past."), field="expires_on")
    if expires_on > on + LONGEST:
        raise DomainError(
            "expires_too_late",
            _("An invitation lasts a year at most. Choose an earlier last day."),
            field="expires_on",
        )
    if address:
        try:
            validate_email(address)
        except ValidationError as error:
            raise DomainError(
                "address_wrong",
                _("This is no mail address. Write it like name@example.com."),
                field="address",
            ) from error


def _person(project: Project, name: str, phone: str, address: str, by: Any, at: datetime) -> User:
    """The account of the person invited earlier: the same name and the same phone, or without a phone the same mail
    address. A name alone is nobody in particular: two of one name are two people."""
    known = project.team.filter(
        role=TeamRole.INVESTOR, user__full_name=name, user__is_active=True, user__outside_links__kind=KIND
    )
    same = {"user__phone": phone} if phone else {"user__phone": "", "user__email": address}
    found = known.filter(**same).select_related("user").first() if phone or address else None
    if found is not None and found.user is not None:
        return found.user
    user = User(username=f"invited-{secrets.token_hex(6)}", full_name=name, phone=phone, email=address)
    user.set_unusable_password()
    user.save()
    people.record_account(user, division=project.division, by=by, at=at)
    return user


def _posting(user: User, project: Project, expires_on: date, by: Any, at: datetime) -> None:
    """Long enough for the longest of their invitations."""
    on = local_date(at)
    rows = Posting.objects.current(on).select_related("user", "division")
    held = rows.filter(user=user, role=Role.INVESTOR, division=project.division).first()
    if held is None:
        made = Posting.objects.create(
            user=user, role=Role.INVESTOR, division=project.division, valid_from=on, valid_to=expires_on
        )
        people.record_posting(made, by=by, at=at)
    elif held.valid_to is not None and held.valid_to < expires_on:
        _set_last_day("posting_extended", held, expires_on, by, at)


def _mail_choice(user: User, address: str, by: Any, at: datetime) -> MailChoice | None:
    """The person's address as the officer knows it; one they have confirmed is theirs alone to change."""
    if not settings.PORTAL_URL:  # no mail could name the site
        return None
    held = MailChoice.objects.filter(user=user).first()
    if held is not None and held.is_open:
        if held.address != address:
            raise DomainError(
                "address_held",
                _(
                    "This person has confirmed another mail address; only they can change it, under “Notices by mail”. "
                    "Leave the field empty and pass the link on yourself."
                ),
                field="address",
            )
        return held
    User.objects.filter(pk=user.pk).update(email=address)
    return choose(user=user, address=address, wish=held.wish if held else MailWish.EACH, by=by, at=at)


def _send(project: Project, link: OutsideLink, text: str, choice: MailChoice | None, at: datetime) -> None:
    """The invitation opens the project, so it waits until the address is known to be the person's."""
    if choice is None:
        return
    url = settings.PORTAL_URL + reverse("investors:link", args=[text])
    with override(STORED_LANGUAGE):
        subject = _("Your project %(name)s: progress, contacts and help") % {"name": project.name}
        body = _(
            "%(who)s,\n\nthis link opens your project %(name)s: what is done, whom to call, where to ask for help.\n"
            "%(url)s\n\nIt is good until %(day)s. It is meant for you alone; please do not pass it on."
        ) % {"who": link.label, "name": project.name, "url": url, "day": link.expires_on.isoformat()}
    queue_mail(
        key=f"invitation:{link.pk}", address=choice.address, subject=subject, body=body, choice=choice,
        hold=not choice.is_open, at=at,
    )  # fmt: skip


def _links(project: Project, user: User) -> Any:
    return OutsideLink.objects.filter(kind=KIND, subject_id=project.pk, user=user)
