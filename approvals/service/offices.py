"""What a department has open, by kind of work; and which departments nobody is left to act for (X-A1).

Everything that carries a department and is still to be done stands here once: the refusal to abolish a department,
its hand-over and the search for ownerless work all read `WORKS`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import Department, Division, Posting, User
from accounts.permissions import PERMISSIONS, ROW_SCOPE, RowScope
from accounts.scope import division_q
from approvals.checklist.models import HANDLE, OPEN, UNDER_WAY, ChecklistItem
from approvals.service.owned import Source, Thing
from approvals.tickets.models import Ticket
from approvals.tickets.moving import change_office
from projects.models import Arrears, Promise, PromiseState

CHUNK = 1000
GRANTED_ROLES = [r for r, held in PERMISSIONS.items() if HANDLE in held and ROW_SCOPE[r] is not RowScope.AREA]
AREA_ROLES = [r for r, held in PERMISSIONS.items() if HANDLE in held and ROW_SCOPE[r] is RowScope.AREA]


@dataclass(frozen=True, slots=True)
class OfficeWork:
    """One kind of open work. `rows`: all of it, of any department. `project`: the lookup from a row to its project.

    `move(rows, receiver, by, at, reason)` hands `rows` on inside the caller's transaction and returns how many.
    """

    code: str
    label: Any
    rows: Callable[[], QuerySet[Any]]
    url: Callable[[Any], str]
    move: Callable[[QuerySet[Any], Department, Any, datetime, str], int]

    def of(self, department: Department) -> QuerySet[Any]:
        return self.rows().filter(department=department)

    def things(self, department: Department, limit: int) -> list[Thing]:
        rows = self.of(department).select_related("project").order_by("project__name", "pk")[:limit]
        return [Thing(self.code, row.pk, str(row)[:200], row.project.name, self.url(row)) for row in rows]


def _tickets() -> QuerySet[Any]:
    return Ticket.objects.open()


def _items() -> QuerySet[Any]:
    """Also those not applied for yet, and decisions on commitment that are still to be checked."""
    checks = Q(check_due_on__isnull=False, checked_on=None)
    return ChecklistItem.objects.filter(Q(state__in=OPEN) | checks, project__state__in=UNDER_WAY)


def _promises() -> QuerySet[Any]:
    return Promise.objects.filter(state__in=[PromiseState.OPEN, PromiseState.BROKEN])


def _arrears() -> QuerySet[Any]:
    return Arrears.objects.filter(instalments__paid_on=None).distinct()


def _move_tickets(rows: QuerySet[Any], receiver: Department, by: Any, at: datetime, reason: str) -> int:
    found = rows.select_related("project", "division", "department", "person").order_by("pk")
    return sum(change_office(row, receiver, reason=reason, by=by, at=at) for row in found)


def _move_items(rows: QuerySet[Any], receiver: Department, by: Any, at: datetime, reason: str) -> int:
    return _move_rows(rows, receiver, by, at, reason, turn=F("turn") + 1)


def _move_promises(rows: QuerySet[Any], receiver: Department, by: Any, at: datetime, reason: str) -> int:
    return _move_rows(rows, receiver, by, at, reason, version=F("version") + 1)


def _move_rows(
    rows: QuerySet[Any], receiver: Department, by: Any, at: datetime, reason: str, **more: Any
) -> int:
    """The department of each row, in chunks; one audit record for each."""
    model, label, moved = rows.model, rows.model._meta.label_lower, 0
    ids = sorted(set(rows.values_list("pk", flat=True)))
    for start in range(0, len(ids), CHUNK):
        part = model._base_manager.filter(pk__in=ids[start : start + CHUNK]).select_for_update(of=("self",))
        found = list(part.select_related("department").order_by("pk"))
        model._base_manager.filter(pk__in=[row.pk for row in found]).update(department=receiver, **more)
        entries = [
            audit.Entry(
                "office_matter_moved", label, str(row.pk), str(row)[:200], {"department": str(row.department)},
                {"department": str(receiver)}, reason, codes=audit.codes_of(row),
            )
            for row in found
        ]  # fmt: skip
        moved += audit.record_many(entries, by=by, at=at) if entries else 0
    return moved


WORKS = (
    OfficeWork(
        "item", gettext_lazy("Approval items"), _items,
        lambda row: reverse("checklist:item", args=[row.pk]), _move_items,
    ),
    OfficeWork(
        "ticket", gettext_lazy("Assistance tickets"), _tickets,
        lambda row: reverse("tickets:detail", args=[row.pk]), _move_tickets,
    ),
    OfficeWork(
        "promise", gettext_lazy("Promises to the investor"), _promises,
        lambda row: reverse("projects:tab", args=[row.project_id, "promises"]), _move_promises,
    ),
    OfficeWork(
        "arrears", gettext_lazy("Arrears"), _arrears,
        lambda row: reverse("projects:tab", args=[row.project_id, "promises"]), _move_rows,
    ),
)  # fmt: skip
BY_CODE = {work.code: work for work in WORKS}


def counts_of(department: Department) -> dict[str, int]:
    """{kind: open matters}, kinds without any left out."""
    found = {work.code: work.of(department).values("pk").distinct().count() for work in WORKS}
    return {code: number for code, number in found.items() if number}


def told(counts: dict[str, int]) -> str:
    """审批事项 12、帮办事项 3."""
    return "、".join(f"{BY_CODE[code].label} {number}" for code, number in counts.items() if code in BY_CODE)


def labels_at(department: Department) -> list[str]:
    """What keeps a department from being abolished; running approval items are named by their own subject."""
    found: list[str] = []
    for work in WORKS:
        rows = work.of(department)
        if work.code == "item":
            rows = rows.filter(is_running=False)
        found += [f"{row.project.name} {row}" for row in rows.select_related("project").order_by("pk")]
    return found


def has_work(*codes: str) -> Q:
    """Departments that have something open of these kinds, or of any."""
    found = Q(pk__in=[])
    for work in WORKS:
        if not codes or work.code in codes:
            found |= Q(Exists(work.rows().filter(department_id=OuterRef("pk")).order_by().values("pk")))
    return found


def staff_q(on: date) -> Any:
    return Posting.objects.current(on).filter(user__is_active=True)


def receivers_for(giver: Department, on: date) -> QuerySet[Department]:
    """Departments of the same division that exist and have somebody who may take work over."""
    posted = staff_q(on).filter(
        role__in=[r for r, held in PERMISSIONS.items() if "handovers.receive" in held]
    )
    rows = Department.objects.current(on).filter(division_id=giver.division_id).exclude(pk=giver.pk)
    return rows.filter(Exists(posted.filter(department_id=OuterRef("pk")))).order_by("code")


def givers_for(viewer: Any, on: date) -> QuerySet[Department]:
    """Departments of the viewer's area with something open, the abolished ones first."""
    rows = Department.objects.filter(has_work(), division__in=Division.objects.filter(division_q(viewer)))
    return rows.select_related("division").order_by(F("valid_to").asc(nulls_last=True), "division_id", "code")


def lost_offices(viewer: Any, on: date) -> QuerySet[Department]:
    """Departments with open items, promises or arrears that were abolished, or for which nobody is left to act:
    neither their own people nor an office of the area at their tier or above. Tickets are told one by one elsewhere."""
    rows = Department.objects.all() if viewer is None else Department.objects.filter(
        division__in=Division.objects.filter(division_q(viewer))
    )  # fmt: skip
    work = has_work("item", "promise", "arrears")
    abolished = Q(valid_to__isnull=False, valid_to__lt=on)
    offices = staff_q(on).filter(role__in=AREA_ROLES).order_by().values("division_id")
    own = staff_q(on).filter(role__in=GRANTED_ROLES, department_id=OuterRef("pk"))
    covered = Q(division__province_code__in=offices) | Q(division__city_code__in=offices)
    covered |= Q(division__county_code__in=offices) | Q(Exists(own))
    return rows.filter(work, abolished | ~covered)


def ownerless(viewer: Any, on: date) -> Iterator[Thing]:
    for department in lost_offices(viewer, on).select_related("division").order_by("pk"):
        gone = department.valid_to is not None and department.valid_to < on
        why = _("%(name)s was abolished") % {"name": department.name} if gone else _("nobody is posted there")
        yield _lost(department, why)


def _lost(department: Department, why: str) -> Thing:
    label = f"{department.name}：{told(counts_of(department))}"
    url = f"{reverse('service:office_new')}?giver={department.pk}"
    return Thing("office", department.pk, label, "", url, why)


def _nothing(user: User, on: date) -> Sequence[Thing]:
    return []


def _none_moved(pks: Sequence[int], giver: User, receiver: User, by: Any, at: datetime) -> set[int]:
    return set()


SOURCE = Source(
    "office", gettext_lazy("Open work of a department"), _nothing, _none_moved, ownerless, lost_offices
)
