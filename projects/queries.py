"""Reads behind the project pages: the list with its figures, one project with all that belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import ceil
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum

from accounts.typed import whole_number
from policy.lights import Light, LightThresholds
from projects.lights import annotate_light, light_q
from projects.models import Milestone, MilestoneCode, Project, ProjectState
from projects.text import clean, fold_search

PAGE_SIZES = (20, 50, 100)
# Deeper pages would sort and skip ever more rows; nobody turns 200 pages, they narrow the filter or export.
MOST_ROWS = 10_000
KEY_PROJECT_YUAN = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Figures:
    count: int
    contract_yuan: int
    invested_yuan: int


class CappedPaginator(Paginator):
    """Pages over rows whose number is known already, at most the first 10,000."""

    def __init__(self, rows: Any, per_page: int, *, total: int) -> None:
        self._total = total
        super().__init__(rows, per_page)

    @cached_property
    def count(self) -> int:
        return self._total

    @cached_property
    def num_pages(self) -> int:
        return max(1, ceil(min(self._total, MOST_ROWS) / self.per_page))

    @property
    def is_capped(self) -> bool:
        return self._total > MOST_ROWS


def searched(rows: QuerySet[Project], text: str) -> QuerySet[Project]:
    """Rows matching every word of `text` in name, number, code, company, credit code, investor or initials."""
    for word in clean(text).split(" ")[:5]:
        folded = fold_search(word)
        if not folded:
            continue
        found = (
            Q(name__icontains=folded)
            | Q(number__icontains=folded)
            | Q(company__name__icontains=folded)
            | Q(investor__icontains=folded)
        )
        if folded.isascii():
            found |= Q(initials__contains=folded.lower()) | Q(company__initials__contains=folded.lower())
            found |= Q(investment_code__icontains=folded) | Q(company__credit_code__istartswith=folded)
        rows = rows.filter(found)
    return rows


def unfinished(code: str) -> Exists:
    """The key point `code` has no finish."""
    return Exists(Milestone.objects.filter(project_id=OuterRef("pk"), code=code, actual_on=None))


def at_point(rows: QuerySet[Project], code: str) -> QuerySet[Project]:
    """Projects under way whose first unfinished key point is `code`."""
    earlier = list(MilestoneCode.values)[: list(MilestoneCode.values).index(code)]
    before = Exists(Milestone.objects.filter(project_id=OuterRef("pk"), code__in=earlier, actual_on=None))
    return rows.filter(unfinished(code), ~before, state=ProjectState.ACTIVE)


def not_started(rows: QuerySet[Project]) -> QuerySet[Project]:
    return rows.filter(unfinished(MilestoneCode.CONSTRUCTION_START), state=ProjectState.ACTIVE)


SORTS = ("light", "signed", "amount", "invested", "due", "name")


def ordered(rows: QuerySet[Project], sort: str, bounds: LightThresholds) -> QuerySet[Project]:
    """Sort codes as in the address; a leading "-" turns the order around. Always total, by id last."""
    back = sort.startswith("-")
    match sort.removeprefix("-"):
        case "signed":
            # As the indexes of the area have it, so undated projects come first (on PostgreSQL): they want mending.
            return rows.order_by("signed_on", "pk") if back else rows.order_by("-signed_on", "-pk")
        case "amount":
            field = F("contract_amount_yuan")
            return rows.order_by(field.asc(nulls_last=True) if back else field.desc(nulls_last=True), "-pk")
        case "invested":
            return rows.order_by("invested_total_yuan" if back else "-invested_total_yuan", "-pk")
        case "due":
            due = F("next_due_on")
            return rows.order_by(due.desc(nulls_last=True) if back else due.asc(nulls_last=True), "-pk")
        case "name":
            return rows.order_by("-name" if back else "name", "-pk")
    rank = "-light_rank" if back else "light_rank"
    return annotate_light(rows, bounds).order_by(rank, F("next_due_on").asc(nulls_last=True), "-pk")


def with_row_parts(rows: QuerySet[Project]) -> QuerySet[Project]:
    """What a row of the list shows, in two statements whatever the number of rows."""
    points = Milestone.objects.only(
        "project_id", "code", "position", "planned_on", "actual_on", "responsible"
    )
    return rows.select_related("company", "division", "division__parent").prefetch_related(
        Prefetch("milestones", queryset=points.order_by("position"))
    )


def figures(rows: QuerySet[Project]) -> Figures:
    found = rows.aggregate(
        n=Count("pk"), contract=Sum("contract_amount_yuan"), invested=Sum("invested_total_yuan")
    )
    return Figures(found["n"], found["contract"] or 0, found["invested"] or 0)


def page_of(rows: QuerySet[Project], *, total: int, number: str, per_page: str) -> Page:
    """A page of ordered rows, each with what the list shows of it.

    First the ids alone, then whole rows by id: sorting whole rows with all that is joined takes ten times as long.
    """
    wanted = whole_number(per_page)
    size = wanted if wanted in PAGE_SIZES else 50
    page = CappedPaginator(rows.values_list("pk", flat=True), size, total=total).get_page(number)
    ids = list(page.object_list)
    found = {row.pk: row for row in with_row_parts(rows.filter(pk__in=ids).order_by())} if ids else {}
    page.object_list = [found[pk] for pk in ids if pk in found]
    return page


def overview(rows: QuerySet[Project], bounds: LightThresholds) -> tuple[Figures, dict[str, int]]:
    """Sums over everything the person may see and the figures of the quick links, in one statement."""
    year = bounds.today.year
    parts = {
        light.value: Count("pk", filter=light_q(light, bounds))
        for light in (Light.RED, Light.AMBER, Light.BLUE)
    }
    found = rows.aggregate(
        all=Count("pk"),
        contract=Sum("contract_amount_yuan"),
        invested=Sum("invested_total_yuan"),
        year=Count("pk", filter=Q(signed_on__gte=date(year, 1, 1))),
        key=Count("pk", filter=Q(contract_amount_yuan__gte=KEY_PROJECT_YUAN)),
        **parts,
    )
    sums = Figures(found["all"], found.pop("contract") or 0, found.pop("invested") or 0)
    return sums, found


def one(user: Any, pk: int) -> QuerySet[Project]:
    """The project as a queryset of at most one row of those the person may see."""
    return (
        Project.objects.visible_to(user)
        .filter(pk=pk)
        .select_related("company", "division", "division__parent")
    )


def current_point_of(points: Iterable[Milestone]) -> Milestone | None:
    return next((point for point in points if point.actual_on is None), None)
