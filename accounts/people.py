"""People and postings: made, ended, never deleted. Only an administrator of the area may (accounts.manage)."""

import secrets
from datetime import date, datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, leaving
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Department, Division, Posting, User
from accounts.permissions import Role
from accounts.scope import require

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
# Who runs the system, who keeps its accounts and who reads its log are different people (等保 8.1.4.2).
APART = {Role.ADMINISTRATOR, Role.AUDITOR}


def one_time_password() -> str:
    """Twelve characters that can be read out over the phone: nothing that looks like something else."""
    return "".join(secrets.choice(ALPHABET) for _n in range(12))


def create_user(
    *, username: str, full_name: str, phone: str, division: Division, by: Any, at: datetime
) -> tuple[User, str]:
    """Make an account; return it with the one-time password, which must be changed at first sign-in."""
    require(by, "accounts.manage", division=division)
    if User.objects.filter(username__iexact=username).exists():
        raise DomainError(
            "username_taken", _("This user name is taken. Choose another one."), field="username"
        )
    password = one_time_password()
    with transaction.atomic():
        user = User(username=username, full_name=full_name, phone=phone, must_change_password=True)
        user.set_password(password)
        user.save()
        record_account(user, division=division, by=by, at=at)
    return user, password


def add_posting(
    *,
    user: User,
    role: str,
    division: Division,
    department: Department | None = None,
    title: str = "",
    subtree: bool = True,
    valid_from: date,
    valid_to: date | None = None,
    reason: str = "",
    by: Any,
    at: datetime,
) -> Posting:
    """Appoint. A person may hold several postings, but never administer and audit, or either beside business."""
    require(by, "accounts.manage", division=division)
    if by is not None and user.pk == by.pk:
        raise DomainError("not_yourself", _("You cannot appoint yourself. Ask another administrator."))
    if department is not None and department.division_id != division.pk:
        raise DomainError(
            "department_elsewhere", _("This department belongs to another division."), field="department"
        )
    if valid_to is not None and valid_to < valid_from:
        raise DomainError("ends_before_start", _("The last day lies before the first."), field="valid_to")
    others = set(user.postings.current(valid_from).values_list("role", flat=True)) - {role}
    if others and (role in APART or others & APART):
        raise DomainError(
            "duties_apart",
            _("Administration, audit and business work are held by different people."),
            field="role",
        )
    with transaction.atomic():
        posting = Posting.objects.create(
            user=user,
            role=role,
            division=division,
            department=department,
            title=title,
            subtree=subtree,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        record_posting(posting, reason=reason, by=by, at=at)
    return posting


def end_posting(*, posting: Posting, last_day: date, reason: str, by: Any, at: datetime) -> Posting:
    """End on `last_day` (inclusive). The reason is kept: a duty moves."""
    require(by, "accounts.manage", division=posting.division)
    if not reason.strip():
        raise DomainError("reason_required", _("Say why the posting ends."), field="reason")
    if last_day < posting.valid_from:
        raise DomainError("ends_before_start", _("The last day lies before the first."), field="last_day")
    leaving.refuse_open_work(posting, last_day)
    with transaction.atomic():
        before = posting.valid_to
        moved = Posting.objects.filter(pk=posting.pk, valid_to=before).update(valid_to=last_day)
        if not moved:
            raise DomainError("stale", _("Someone else has just changed this posting."))
        posting.refresh_from_db(fields=["valid_to"])
        record_last_day("posting_ended", posting, before, reason=reason, by=by, at=at)
    return posting


def record_account(user: User, *, division: Division, by: Any, at: datetime) -> None:
    """The record of an account just made, inside that transaction; for whoever has asked the right to make it."""
    audit.record(
        "user_created", target=user, by=by, at=at, after={"username": user.username}, codes=division.codes
    )


def record_posting(posting: Posting, *, reason: str = "", by: Any, at: datetime) -> None:
    """The record of a posting just made, inside that transaction; for whoever has asked the right to make it."""
    after = {
        "user": str(posting.user), "role": posting.role, "division": posting.division.name,
        "from": posting.valid_from, "to": posting.valid_to,
    }  # fmt: skip
    audit.record(
        "posting_added",
        target=posting,
        by=by,
        at=at,
        after=after,
        reason=reason,
        codes=posting.division.codes,
    )


def record_last_day(
    action: str, posting: Posting, before: date | None, *, reason: str = "", by: Any, at: datetime
) -> None:
    """The record of a posting whose last day was `before` and is another now: "posting_ended" or "posting_extended"."""
    audit.record(
        action, target=posting, by=by, at=at, before={"to": before}, after={"to": posting.valid_to}, reason=reason,
        codes=posting.division.codes,
    )  # fmt: skip


def reset_password(*, user: User, division: Division, by: Any, at: datetime) -> str:
    """Give a new one-time password and end the person's sessions. The person must belong to `division`'s area."""
    require(by, "accounts.manage", division=division)
    _must_belong(user, division, at)
    password = one_time_password()
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        audit.record("password_reset", target=user, by=by, at=at, codes=division.codes)
    return password


def change_password(*, user: User, old: str, new: str, at: datetime) -> None:
    """The person's own change; other sessions end because the session hash follows the password."""
    if not user.check_password(old):
        raise DomainError("wrong_password", _("The present password is not right."), field="old_password")
    if old == new:
        raise DomainError(
            "same_password", _("The new password must differ from the present one."), field="new_password"
        )
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise DomainError("weak_password", " ".join(error.messages), field="new_password") from error
    with transaction.atomic():
        user.set_password(new)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        audit.record("password_changed", target=user, by=user, at=at, codes=audit.codes_of_person(user))


def set_active(*, user: User, active: bool, division: Division, reason: str, by: Any, at: datetime) -> None:
    """Disable or re-enable an account; a disabled one is refused on its next request."""
    require(by, "accounts.manage", division=division)
    if user.pk == by.pk:
        raise DomainError("not_yourself", _("You cannot disable your own account."))
    _must_belong(user, division, at)
    if not reason.strip():
        raise DomainError("reason_required", _("Say why."), field="reason")
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
            return
        user.is_active = active
        audit.record(
            "user_enabled" if active else "user_disabled",
            target=user,
            by=by,
            at=at,
            before={"is_active": not active},
            after={"is_active": active},
            reason=reason,
            codes=division.codes,
        )


def end_expired_sessions(at: datetime) -> int:
    """Remove sessions past their time; they hold no business data but need not be kept."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]


def _must_belong(user: User, division: Division, at: datetime) -> None:
    """Whoever may take over an account gets all its postings, so all in force must lie in the division's area."""
    held = user.postings.filter(division__path__startswith=division.path)
    outside = user.postings.current(local_date(at)).exclude(division__path__startswith=division.path)
    if not held.exists():
        raise DomainError("not_in_area", _("This person has no posting in your area."))
    if outside.exists():
        raise DomainError(
            "also_elsewhere",
            _("This person also holds a posting outside your area. Ask the administrator of the tier above."),
        )
