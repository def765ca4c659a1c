"""What a person has to do about matters: sign for, answer, judge, give an opinion on more time, redirect."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Posting
from accounts.obligations.todo import TodoItem
from accounts.permissions import PERMISSIONS, roles_with
from accounts.scope import current_postings
from policy.calendar import WorkCalendar
from policy.services import current_calendar, working_days_left
from supervision.matters.access import HANDLE
from supervision.matters.levels import first_q, second_q
from supervision.matters.models import (
    OPEN_STATES,
    ExtensionState,
    Matter,
    MatterExtension,
    MatterQuerySet,
    MatterState,
)
from supervision.matters.queries import CARRY

LIMIT = 200
WORK_STATES = (MatterState.ISSUED, MatterState.WORKING, MatterState.RETURNED)


def places(user: Any, permission: str) -> list[str]:
    """Divisions in whose name the user may do this."""
    return [p.division_id for p in current_postings(user) if permission in PERMISSIONS[p.role]]


def work_q(user: Any, on: date) -> Q:
    """Matters the unit's side has to act on and that lie with this person: in their name, with their department, or
    with the unit as a whole; the competent office also acts for departments that have nobody in the system."""
    found = Q(pk__in=[])
    staff = Posting.objects.current(on).filter(
        department_id=OuterRef("department_id"), role__in=roles_with(HANDLE), user__is_active=True
    )
    for posting in current_postings(user):
        held = PERMISSIONS[posting.role]
        if HANDLE not in held:
            continue
        found |= Q(person_id=user.pk)
        if posting.department_id:
            found |= Q(department_id=posting.department_id, person=None)
        if "matters.judge" in held:
            mine = Q(unit_id=posting.division_id, person=None)
            empty: Any = Q(department=None) | ~Exists(staff)
            found |= mine & empty
    return found & Q(state__in=WORK_STATES)


def judge_q(user: Any) -> Q:
    return Q(state=MatterState.ANSWERED, issuer_id__in=places(user, "matters.judge"))


def first_opinion_q(user: Any, on: date) -> Q:
    asked = MatterExtension.objects.filter(state=ExtensionState.ASKED).values("matter_id")
    return first_q(user, on) & Q(pk__in=asked)


def second_opinion_q(user: Any, on: date) -> Q:
    agreed = MatterExtension.objects.filter(second_q(user, on), state=ExtensionState.AGREED)
    return Q(issuer_id__in=places(user, "matters.judge"), pk__in=agreed.values("matter_id"))


def lost_q(user: Any, on: date) -> Q:
    """Open matters of a unit that ended without a successor; the job has taken the others to theirs."""
    return Q(
        state__in=OPEN_STATES, unit__valid_to__lt=on, unit__successor=None,
        issuer_id__in=places(user, "matters.issue"),
    )  # fmt: skip


def mine_q(user: Any, on: date) -> Q:
    """Everything the person has to act on."""
    return (
        work_q(user, on)
        | judge_q(user)
        | first_opinion_q(user, on)
        | second_opinion_q(user, on)
        | lost_q(user, on)
    )


def items(user: Any, on: date) -> Iterator[TodoItem]:
    """To-do items for the home page, in one query; one matter may ask for two things (work, an opinion)."""
    calendar = current_calendar()
    asks: dict[str, Q] = {
        "work": work_q(user, on),
        "judge": judge_q(user),
        "first": first_opinion_q(user, on),
        "second": second_opinion_q(user, on),
        "lost": lost_q(user, on),
    }
    if not current_postings(user):
        return
    rows: MatterQuerySet = Matter.objects.visible_to(user).filter(mine_q(user, on))
    rows = rows.annotate(**{f"asks_{kind}": _flag(wanted) for kind, wanted in asks.items()})
    for row in rows.select_related(*CARRY).order_by("due_on", "pk")[:LIMIT]:
        for kind in asks:
            if getattr(row, f"asks_{kind}"):
                yield _item(kind, row, on, calendar)


def _flag(wanted: Q) -> Case:
    return Case(When(wanted, then=Value(True)), default=Value(False), output_field=BooleanField())


def _item(kind: str, row: Matter, on: date, calendar: WorkCalendar) -> TodoItem:
    title, button, why = _words(kind, row)
    due = row.due_on if kind == "work" else None
    return TodoItem(
        key=f"matter:{row.pk}:{kind}",
        days_left=working_days_left(due, on, calendar),
        due_on=due,
        title=title % {"title": row.title},
        detail=_("%(number)s, %(unit)s, %(step)s")
        % {"number": row.number, "unit": row.holder_name, "step": row.get_step_display()},
        url=reverse("matters:detail", args=[row.pk]),
        button=button,
        why=why,
        order=20,
    )


def _words(kind: str, row: Matter) -> tuple[str, str, dict[str, Any] | None]:
    if kind == "judge":
        return _("Check the answer: %(title)s"), _("Check and judge"), None
    if kind == "first":
        return _("More time asked for: %(title)s"), _("Give your opinion"), None
    if kind == "second":
        return _("Decide on more time: %(title)s"), _("Decide"), None
    if kind == "lost":
        return _("The unit has ended: %(title)s"), _("Give it to another unit"), None
    if row.state == MatterState.ISSUED:
        return _("Receive: %(title)s"), _("Sign for it"), row.deadline
    return _("Answer: %(title)s"), _("Do and answer"), row.deadline
