"""City-wide acceptance (全市通办): a window of another division of the city takes in, the owner decides."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.models import Division
from accounts.permissions import PERMISSIONS
from accounts.scope import acting_posting, current_postings
from approvals.checklist.conditions import Given
from approvals.checklist.files import kept
from approvals.checklist.models import UNDER_WAY, ChecklistItem, ItemState
from approvals.checklist.moves import HANDLE, MOVES
from approvals.checklist.steps import locked, perform
from projects.text import clean, company_key


def windows_of(user: Any) -> list[Division]:
    """Divisions at whose window this person sits: the chosen posting first."""
    found = {p.division_id: p.division for p in current_postings(user) if HANDLE in PERMISSIONS[p.role]}
    own = acting_posting(user)
    ordered = sorted(found.values(), key=lambda each: (own is None or each.pk != own.division_id, each.pk))
    return [each for each in ordered if each.city_code]


def accept_at_window(
    *, number: str, name: str, code: str, given: Given, by: Any, at: datetime
) -> ChecklistItem:
    """Take in and accept item `code` of the project with this number, whoever's area it lies in.

    `name`: of the project or its company, as on the applicant's list. It must fit the number, so that numbers cannot
    be tried out. The owner keeps the decision and the limit; both events bear the window.
    """
    windows = windows_of(by)
    if not windows:
        raise PermissionDenied(HANDLE)
    item = _find(windows, clean(number), clean(name), clean(code).upper())
    window = next(each for each in windows if each.city_code == item.city_code)
    with kept(given.uploads, at) as files, transaction.atomic():
        row, ground = locked(item.pk)
        perform(
            row,
            MOVES["submit"],
            Given(on=given.on, note=given.note),
            ground,
            files=files,
            window=window,
            by=by,
            at=at,
        )
        perform(row, MOVES["accept"], given, ground, window=window, by=by, at=at)
    return row


def _find(windows: list[Division], number: str, name: str, code: str) -> ChecklistItem:
    cities = {each.city_code for each in windows}
    item = (
        ChecklistItem.objects.filter(
            project__number=number, code=code, project__state__in=UNDER_WAY, city_code__in=cities
        )
        .select_related("project__company")
        .first()
    )
    key = company_key(name)
    names = (
        {
            company_key(item.project.name),
            company_key(item.project.company.name if item.project.company else ""),
        }
        if item
        else set()
    )
    if item is None or not key or key not in names:
        raise DomainError(
            "not_found_in_city",
            _(
                "No item fits project number, name and item code in this city. "
                "Copy all three from the applicant's list."
            ),
            field="number",
        )
    if item.state not in (ItemState.NOT_STARTED, ItemState.MATERIALS):
        raise DomainError(
            "taken_in_already",
            _("This item is “%(state)s” already.") % {"state": item.get_state_display()},
            field="code",
        )
    return item
