"""Lists of promises and instalments, and the share kept by division: numerator, denominator, never an average."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.scope import CODE_FIELD, acting_posting, only_investor
from projects.models import Arrears, Instalment, Promise, PromiseState
from projects.promises.models import InstalmentQuerySet, PromiseQuerySet


@dataclass(frozen=True, slots=True)
class Share:
    """`due`: promised for the day or earlier; `kept`: those of them that were kept; `in_time`: kept by their day."""

    division: Division
    due: int
    kept: int
    in_time: int
    paid_yuan: int
    owed_yuan: int


def promises(user: Any) -> PromiseQuerySet:
    """What the user may read; an investor reads what is meant for the investor."""
    rows = Promise.objects.visible_to(user).select_related("project__division", "department")
    if only_investor(user):
        rows = rows.filter(for_investor=True).exclude(state=PromiseState.VOID)
    return rows


def arrears(user: Any) -> QuerySet[Arrears]:
    rows = Arrears.objects.visible_to(user).select_related("project__division", "department")
    return rows.filter(for_investor=True) if only_investor(user) else rows


def instalments(user: Any) -> InstalmentQuerySet:
    rows = Instalment.objects.visible_to(user).select_related(
        "arrears__project__division", "arrears__department"
    )
    return rows.filter(arrears__for_investor=True) if only_investor(user) else rows


def shares(user: Any, on: date) -> list[Share]:
    """One row per division right below the user's own, or the user's own county. At most four queries."""
    posting = acting_posting(user)
    field = CODE_FIELD.get(posting.division.tier) if posting else None
    if posting is None or field is None:
        return []
    below = {"province_code": "city_code", "city_code": "county_code"}.get(field, field)
    if not posting.subtree:
        below = field
    due = (
        promises(user).due(on).exclude(**{below: ""}).order_by().values(below)
        .annotate(
            due=Count("pk"),
            kept=Count("pk", filter=Q(state=PromiseState.KEPT)),
            in_time=Count("pk", filter=Q(state=PromiseState.KEPT) & Q(kept_on__lte=F("due_on"))),
        )
    )  # fmt: skip
    money = (
        instalments(user).due(on).exclude(**{below: ""}).order_by().values(below)
        .annotate(owed=Sum("amount_yuan"), paid=Sum("amount_yuan", filter=Q(paid_on__isnull=False)))
    )  # fmt: skip
    by_promise = {row[below]: row for row in due}
    by_money = {row[below]: row for row in money}
    units = Division.objects.filter(pk__in=set(by_promise) | set(by_money)).order_by("code")
    found = []
    for unit in units:
        one, sums = by_promise.get(unit.pk, {}), by_money.get(unit.pk, {})
        found.append(
            Share(
                unit, one.get("due", 0), one.get("kept", 0), one.get("in_time", 0), sums.get("paid") or 0,
                sums.get("owed") or 0,
            )
        )  # fmt: skip
    return found


@dataclass(slots=True)
class Tally:
    """What stood on one day: promises due by it, those kept by it (`in_time`: by their own day), money likewise."""

    due: int = 0
    kept: int = 0
    in_time: int = 0
    parts_due: int = 0
    owed_yuan: int = 0
    paid_yuan: int = 0

    def add(self, other: "Tally") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def tally(user: Any, within: Q, by: str, on: date) -> dict[str, Tally]:
    """Tallies of the rows `within` (a condition on the codes) by the code column `by`, as of `on`. Two statements.

    What was kept or paid after `on` does not count yet, so that a past month reads as it stood.
    """
    kept = Q(state=PromiseState.KEPT, kept_on__lte=on)
    found: dict[str, Tally] = {}
    rows = promises(user).filter(within).due(on).order_by().values(by)
    for row in rows.annotate(
        n=Count("pk"), kept=Count("pk", filter=kept), in_time=Count("pk", filter=kept & Q(kept_on__lte=F("due_on")))
    ):  # fmt: skip
        found[row[by]] = Tally(row["n"], row["kept"], row["in_time"])
    money = instalments(user).filter(within).due(on).order_by().values(by)
    for row in money.annotate(
        n=Count("pk"), owed=Sum("amount_yuan"), paid=Sum("amount_yuan", filter=Q(paid_on__lte=on))
    ):
        one = found.setdefault(row[by], Tally())
        one.parts_due, one.owed_yuan, one.paid_yuan = row["n"], row["owed"] or 0, row["paid"] or 0
    return found


def units_of(user: Any) -> QuerySet[Division]:
    """Counties and cities of the user's area, for the filters."""
    return Division.objects.visible_to(user).filter(tier__in=[Tier.CITY, Tier.COUNTY]).order_by("code")


def in_unit(rows: Any, unit: Division | None, *, own: bool = False) -> Any:
    """Rows of the unit's area; `own`: those of a city that belong to none of its counties."""
    if unit is None:
        return rows
    rows = rows.filter(**{CODE_FIELD[Tier(unit.tier)]: unit.pk})
    return rows.filter(county_code="") if own and unit.tier == Tier.CITY else rows


def filter_promises(rows: PromiseQuerySet, wanted: dict[str, Any], on: date) -> PromiseQuerySet:
    state, day = wanted.get("state") or "", wanted.get("due_to")
    if day:
        rows = rows.filter(due_on__lte=day)
    if state == "due":
        rows = rows.due(day or on)
    elif state == "overdue":
        rows = rows.overdue(on)
    elif state == PromiseState.KEPT and day:  # as it stood on the day
        rows = rows.filter(state=state, kept_on__lte=day)
    elif state:
        rows = rows.filter(state=state)
    if words := (wanted.get("q") or "").strip():
        rows = rows.filter(
            Q(text__icontains=words) | Q(basis__icontains=words) | Q(project__name__icontains=words)
        )
    return in_unit(rows, wanted.get("unit"), own=bool(wanted.get("own")))


def filter_instalments(rows: InstalmentQuerySet, wanted: dict[str, Any], on: date) -> InstalmentQuerySet:
    state, day = wanted.get("state") or "", wanted.get("due_to")
    if day:
        rows = rows.filter(due_on__lte=day)
    if state == "due":
        rows = rows.due(day or on)
    elif state == "overdue":
        rows = rows.overdue(on)
    elif state == "paid" and day:
        rows = rows.filter(paid_on__lte=day)
    elif state:
        rows = rows.filter(paid_on__isnull=state == "open")
    if words := (wanted.get("q") or "").strip():
        rows = rows.filter(
            Q(arrears__creditor__icontains=words)
            | Q(arrears__subject__icontains=words)
            | Q(arrears__project__name__icontains=words)
        )
    return in_unit(rows, wanted.get("unit"), own=bool(wanted.get("own")))
