"""Matters in a person's name, for hand-over and for the refusal to end a posting or a department (X-A1)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Posting, User
from accounts.models.divisions import Department
from accounts.permissions import roles_with
from approvals.service.owned import Source, Thing
from supervision.matters.access import HANDLE
from supervision.matters.handling import change_person
from supervision.matters.models import Matter
from supervision.matters.queries import CARRY


def matters_of(user: User, on: date) -> list[Thing]:
    rows = Matter.objects.open().filter(person=user).select_related(*CARRY).order_by("due_on", "pk")
    return [_thing(row) for row in rows]


def _thing(row: Matter, why: str = "") -> Thing:
    project = row.project.name if row.project else row.unit.name
    return Thing("matter", row.pk, str(row)[:200], project, reverse("matters:detail", args=[row.pk]), why)


def move_matters(pks: Sequence[int], giver: User, receiver: User, by: Any, at: datetime) -> set[int]:
    rows = Matter.objects.open().filter(pk__in=pks, person=giver).select_related(*CARRY)
    return {row.pk for row in rows if change_person(row, receiver, by=by, at=at)}


def lost_matters(viewer: Any, on: date) -> QuerySet[Matter]:
    """The named person is gone, the office or the unit ended without a successor, or nobody sits there."""
    rows = Matter.objects.open() if viewer is None else Matter.objects.visible_to(viewer).open()
    posted = Posting.objects.current(on).filter(role__in=roles_with(HANDLE), user__is_active=True)
    gone = Q(person__isnull=False) & ~Exists(posted.filter(user_id=OuterRef("person_id")))
    ended = Q(department__valid_to__lt=on) | Q(unit__valid_to__lt=on)
    nobody = Q(person=None) & ~Exists(posted.filter(division_id=OuterRef("unit_id")))
    return rows.filter(gone | ended | nobody)


def ownerless_matters(viewer: Any, on: date) -> Iterator[Thing]:
    for row in lost_matters(viewer, on).select_related(*CARRY).order_by("pk"):
        yield _thing(row, _why(row, on))


def _why(row: Matter, on: date) -> str:
    if row.unit.valid_to is not None and row.unit.valid_to < on:
        return _("%(name)s was abolished") % {"name": row.unit.name}
    if row.department is not None and row.department.valid_to and row.department.valid_to < on:
        return _("%(name)s was abolished") % {"name": row.department.name}
    if row.person is not None:
        return _("%(name)s holds no posting any more") % {"name": row.person}
    return _("nobody is posted there")


def open_at_department(department: Department) -> list[str]:
    """Matters that lie with an office that is about to be abolished."""
    return [str(row) for row in Matter.objects.open().filter(department=department).order_by("pk")]


SOURCE = Source(
    "matter", gettext_lazy("Supervised matter"), matters_of, move_matters, ownerless_matters, lost_matters
)
