"""How the departments did in a period, counted when a report is frozen (H20, domain.md §6.4). Three statements.

Counted per department, at the division it belongs to, whatever division the project lies in; a township's at its
county. An item without a department counts for the division of its project, under no name.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F, Q

from accounts.clock import end_of
from accounts.models import Department, Division
from approvals.checklist.models import RUNNING, UNDER_WAY, ChecklistItem, ItemState
from reporting.reports.content import OfficeLine
from reporting.reports.figures import OfficeFigures
from supervision.letters.models import PaperState, SupervisionPaper
from supervision.ratings.models import Rating
from supervision.ratings.queries import GOOD, adopted

Key = tuple[str, int | None]  # code of the division, department; None: not assigned to one
PLACE = ("province_code", "city_code", "county_code")


def counted(province: Division, *, first: date, cut_off: date) -> list[OfficeLine]:
    """Departments of the province with anything to count from `first` to `cut_off`, both inclusive, by place and name."""
    departments = {
        one.pk: one for one in Department.objects.filter(division__province_code=province.pk).select_related("division")
    }  # fmt: skip
    found: dict[Key, OfficeFigures] = defaultdict(OfficeFigures)
    rows = [
        *_items(province, first, cut_off, "department_id"),
        *_letters(province, first, cut_off, "department_id"),
        *_ratings(province, first, cut_off, "chance__department_id"),
    ]
    for codes, department, figures in rows:
        office = departments.get(department) if department is not None else None
        key = (_place(office.division.codes), office.pk) if office else (_place(codes), None)
        found[key] += figures
    lines = [
        OfficeLine(place, departments[pk].name if pk is not None else "", figures)
        for (place, pk), figures in found.items()
    ]
    return sorted(lines, key=lambda one: (one.place_code, one.name == "", one.name))


def _place(codes: dict[str, str]) -> str:
    return codes["county_code"] or codes["city_code"] or codes["province_code"]


Counted = tuple[dict[str, str], int | None, OfficeFigures]


def _grouped(rows: Any, department: str, places: dict[str, str], **counts: Any) -> Iterable[Counted]:
    """One statement. `places`: name of the code → its column, for rows without a department."""
    columns = (*places.values(), department)
    for row in (
        rows.order_by().values(*columns).annotate(**{f"{name}_n": one for name, one in counts.items()})
    ):
        figures = OfficeFigures(**{name: row[f"{name}_n"] for name in counts})
        yield {name: row[column] for name, column in places.items()}, row[department], figures


def _items(province: Division, first: date, cut_off: date, department: str) -> Iterable[Counted]:
    """Accepted applications whose day lies in the period. The day is the promise's, or the statute's without one.

    On time: ended by that day. Late: ended after it, or not ended by the cut-off, withdrawn ones too. One whose clock
    was stopped in time has no day that counts yet; one withdrawn within its day asked for nothing more.
    """
    ended = Q(state__in=(ItemState.DECIDED, ItemState.REFUSED, ItemState.WITHDRAWN))
    in_time = Q(ended_on__lte=F("due_on"))
    stands = (ended & ~(Q(state=ItemState.WITHDRAWN) & in_time)) | Q(
        state__in=RUNNING, is_paused=False, project__state__in=UNDER_WAY
    )
    rows = ChecklistItem.objects.filter(
        stands, province_code=province.pk, accepted_on__isnull=False, due_on__gte=first, due_on__lte=cut_off
    )
    on_time = ended & in_time
    return _grouped(
        rows, department, dict(zip(PLACE, PLACE, strict=True)),
        due=Count("pk"), on_time=Count("pk", filter=on_time), late=Count("pk", filter=~on_time | Q(ended_on=None)),
    )  # fmt: skip


def _letters(province: Division, first: date, cut_off: date, department: str) -> Iterable[Counted]:
    """Notices and letters of supervision issued in the period; answered, and answered or still open after their day."""
    answered = Q(matter__answered_at__lt=end_of(cut_off))
    rows = SupervisionPaper.objects.filter(
        state=PaperState.ISSUED, province_code=province.pk, issued_on__gte=first, issued_on__lte=cut_off
    )
    overdue = Q(matter__due_on__lte=cut_off) & (
        ~answered | Q(matter__answered_at=None) | Q(matter__answered_at__date__gt=F("matter__due_on"))
    )
    return _grouped(
        rows, department, dict(zip(PLACE, PLACE, strict=True)),
        letters=Count("pk"), letters_answered=Count("pk", filter=answered),
        letters_late=Count("pk", filter=overdue),
    )  # fmt: skip


def _ratings(province: Division, first: date, cut_off: date, department: str) -> Iterable[Counted]:
    rows = adopted(
        Rating.objects.filter(province_code=province.pk, rated_on__gte=first, rated_on__lte=cut_off)
    )
    return _grouped(
        rows, department, dict(zip(PLACE, PLACE, strict=True)),
        rated=Count("pk"), good=Count("pk", filter=Q(level__in=GOOD)),
    )  # fmt: skip
