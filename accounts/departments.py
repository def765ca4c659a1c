"""Departments of a division: added, ended, never deleted (H4)."""

import re
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import audit, leaving
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division
from accounts.scope import require

CODE = re.compile(r"[a-z][a-z0-9_-]{1,29}")


def add_department(
    *,
    division: Division,
    code: str,
    name: str,
    short_name: str = "",
    duties: list[str],
    phone: str = "",
    valid_from: date,
    by: Any,
    at: datetime,
) -> Department:
    """Add an office to a division. `code` is stable and unique there; `duties` are `Department.Duty` values."""
    require(by, "accounts.manage", division=division)
    if not CODE.fullmatch(code):
        raise DomainError(
            "bad_code",
            _("Use 2 to 30 small letters, digits, - or _, a letter first, such as housing."),
            field="code",
        )
    if unknown := set(duties) - set(Department.Duty.values):
        raise DomainError(
            "unknown_duty", _("There is no such duty: %(name)s.") % {"name": ", ".join(unknown)}
        )
    with transaction.atomic():
        department, made = Department.objects.get_or_create(
            division=division,
            code=code,
            defaults={
                "name": name,
                "short_name": short_name,
                "duties": duties,
                "phone": phone,
                "valid_from": valid_from,
            },
        )
        if not made:
            raise DomainError(
                "code_taken",
                _("%(name)s already has this code. Choose another one.") % {"name": department.name},
                field="code",
            )
        audit.record(
            "department_added",
            target=department,
            by=by,
            at=at,
            after={"name": name, "code": code, "duties": duties, "valid_from": valid_from},
            codes=division.codes,
        )
    return department


def end_department(*, department: Department, last_day: date, reason: str, by: Any, at: datetime) -> None:
    """End on `last_day` (inclusive). Refused while someone is posted there beyond that day."""
    require(by, "accounts.manage", division=department.division)
    if not reason.strip():
        raise DomainError("reason_required", _("Say why the department ends."), field="reason")
    if last_day < department.valid_from:
        raise DomainError("ends_before_start", _("The last day lies before the first."), field="last_day")
    staying = [
        p for p in department.postings.select_related("user") if p.valid_to is None or p.valid_to > last_day
    ]
    if staying:
        names = pgettext("between items", ", ").join(str(p.user) for p in staying[:5])
        raise DomainError(
            "still_staffed",
            _("Still posted there after that day: %(names)s. End these postings first.") % {"names": names},
            field="last_day",
        )
    leaving.refuse_open_department(department)
    with transaction.atomic():
        before = department.valid_to
        if not Department.objects.filter(pk=department.pk, valid_to=before).update(valid_to=last_day):
            raise StaleState("stale", _("Someone else has just changed this department."))
        department.valid_to = last_day
        audit.record(
            "department_ended",
            target=department,
            by=by,
            at=at,
            before={"valid_to": before},
            after={"valid_to": last_day},
            reason=reason,
            codes=department.division.codes,
        )
