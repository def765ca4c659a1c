"""Who hears of a step: the investor and the project's officer of what the organ did, the department of what came in."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date
from accounts.models import User
from accounts.notify import STORED_LANGUAGE
from approvals.catalogue.spec import between
from approvals.checklist.conditions import Given
from approvals.checklist.models import ChecklistItem
from approvals.checklist.moves import HANDLE, MOVES
from projects.models import Assignment, TeamRole

TO_APPLICANT = {
    "accept",
    "ask_supplement",
    "send_up",
    "hold",
    "resume",
    "extend",
    "decide",
    "commit",
    "refuse",
    "check_failed",
}
TO_DEPARTMENT = {"submit", "resubmit", "withdraw"}


def tell_step(item: ChecklistItem, code: str, given: Given, *, by: Any, at: datetime) -> None:
    """One inbox item per person and step; nobody hears of their own."""
    on = local_date(at)
    people = {}
    if code in TO_APPLICANT:
        people = {user.pk: user for user in _served(item, on)}
    elif code in TO_DEPARTMENT:
        people = {user.pk: user for user in staff_of(item, on)}
    people.pop(getattr(by, "pk", 0), None)
    if not people:
        return
    with override(STORED_LANGUAGE):
        title = _("%(item)s: %(what)s") % {"item": item.name, "what": MOVES[code].label}
        said = between(given.missing) or given.note
        text = _("%(project)s, %(day)s. %(text)s") % {
            "project": item.project.name,
            "day": given.on,
            "text": said[:200],
        }
    notify.tell(
        people.values(), key=f"item:{item.pk}:{item.turn}", kind="approval", title=title, text=text,
        url=reverse("checklist:item", args=[item.pk]), at=at,
    )  # fmt: skip


def _served(item: ChecklistItem, on: date) -> list[User]:
    roles = [TeamRole.INVESTOR, TeamRole.CHIEF_SERVICE_OFFICER]
    rows = Assignment.objects.current(on).filter(
        project_id=item.project_id, role__in=roles, user__isnull=False
    )
    return list(User.objects.filter(pk__in=rows.values("user_id"), is_active=True))


def staff_of(item: ChecklistItem, on: date) -> list[User]:
    """Those of the deciding department who may act on its items."""
    return notify.staff_of_department(item.department_id, HANDLE, on=on)
