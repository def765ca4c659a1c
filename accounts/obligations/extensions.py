"""A later date for one duty: asked for in time by the unit that owes it, decided by a tier above."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division, Extension, Obligation
from accounts.permissions import PERMISSIONS
from accounts.scope import current_postings

PERMISSION = "obligations.extend"


def may_decide_for(user: Any, unit: Division) -> bool:
    """Whether the user sits in an office strictly above `unit` and may move its dates."""
    return any(
        unit.path.startswith(posting.division.path)
        and unit.path != posting.division.path
        and posting.subtree
        and PERMISSION in PERMISSIONS[posting.role]
        for posting in current_postings(user)
    )


def may_ask_for(user: Any, unit: Division) -> bool:
    """Whether the user acts for the unit itself."""
    return any(
        posting.division_id == unit.pk and PERMISSION in PERMISSIONS[posting.role]
        for posting in current_postings(user)
    )


def require_above(user: Any, unit: Division) -> None:
    if not may_decide_for(user, unit):
        raise PermissionDenied(PERMISSION)


def ask_extension(
    *, obligation: Obligation, wanted_on: date, reason: str, by: Any, at: datetime
) -> Extension:
    """Ask for `wanted_on` as the new last day. Only while the duty is open and its day has not passed."""
    if not may_ask_for(by, obligation.unit):
        raise PermissionDenied(PERMISSION)
    reason = reason.strip()
    if not reason:
        raise DomainError("reason_required", _("Say why more time is needed."), field="reason")
    with transaction.atomic():
        row = Obligation.objects.select_for_update(of=("self",)).select_related("unit").get(pk=obligation.pk)
        if row.met_on or row.exempt_reason or row.cancelled_on:
            raise StaleState("duty_not_open", _("This duty is no longer open; reload the page."))
        if local_date(at) > row.last_day:
            raise DomainError(
                "asked_too_late",
                _("The last day was %(day)s. More time must be asked for before it passes; hand in now.")
                % {"day": row.last_day.isoformat()},
            )
        if wanted_on <= row.last_day:
            raise DomainError(
                "not_later",
                _("Choose a day after %(day)s, the present last day.") % {"day": row.last_day.isoformat()},
                field="wanted_on",
            )
        try:
            with transaction.atomic():
                extension = Extension.objects.create(
                    obligation=row, asked_by=by, asked_at=at, reason=reason, wanted_on=wanted_on
                )
        except IntegrityError:
            raise DomainError("already_asked", _("A request for this duty is still waiting.")) from None
        audit.record(
            "extension_asked",
            target=extension,
            by=by,
            at=at,
            before={"last_day": row.last_day},
            after={"wanted_on": wanted_on},
            reason=reason,
            rule_id=row.rule_id,
            codes=row.unit.codes,
        )
    return extension


def decide_extension(
    *, extension: Extension, granted: bool, opinion: str, by: Any, at: datetime
) -> Extension:
    """Grant or reject. A rejection moves nothing: the duty becomes overdue on its old day."""
    duty = extension.obligation
    require_above(by, duty.unit)
    opinion = opinion.strip()
    if not granted and not opinion:
        raise DomainError("opinion_required", _("Say why the request is rejected."), field="opinion")
    with transaction.atomic():
        row = Obligation.objects.select_for_update(of=("self",)).get(pk=duty.pk)
        decided = Extension.objects.filter(pk=extension.pk, granted=None).update(
            granted=granted, decided_by=by, decided_at=at, opinion=opinion
        )
        if not decided:
            raise StaleState("already_decided", _("Someone else has already decided this request."))
        before = {"last_day": row.last_day}
        if granted and (row.extended_to is None or extension.wanted_on > row.extended_to):
            row.extended_to = extension.wanted_on
            row.save(update_fields=["extended_to"])
        audit.record(
            "extension_granted" if granted else "extension_rejected",
            target=extension,
            by=by,
            at=at,
            before=before,
            after={"last_day": row.last_day, "due_on": row.due_on},
            reason=opinion,
            rule_id=row.rule_id,
            codes=duty.unit.codes,
        )
        _tell(extension, granted, opinion, at)
    extension.refresh_from_db()
    duty.refresh_from_db()
    return extension


def _tell(extension: Extension, granted: bool, opinion: str, at: datetime) -> None:
    from accounts.obligations.kinds import find, label_of

    duty = extension.obligation
    kind = find(duty.kind)
    told = {"duty": f"{label_of(duty.kind)} {duty.period or duty.subject_label}"}
    if granted:
        title = _("More time granted: %(duty)s") % told
        text = _("New last day: %(day)s") % {"day": extension.wanted_on.isoformat()}
    else:
        title = _("More time not granted: %(duty)s") % told
        text = opinion
    notify.tell(
        [extension.asked_by],
        key=f"extension:{extension.pk}",
        kind="extension",
        title=title,
        text=text,
        url=kind.url(duty) if kind else "",
        at=at,
    )
