"""Lists of promises and instalments, and the share kept by division: numerator, denominator, never an average."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.permissions import Role
from accounts.scope import CODE_FIELD, acting_posting, current_postings
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
    if is_investor(user):
        rows = rows.filter(for_investor=True).exclude(state=PromiseState.VOID)
    return rows


def arrears(user: Any) -> QuerySet[Arrears]:
    rows = Arrears.objects.visible_to(user).select_related("project__division", "department")
    return rows.filter(for_investor=True) if is_investor(user) else rows


def instalments(user: Any) -> InstalmentQuerySet:
    rows = Instalment.objects.visible_to(user).select_related(
        "arrears__project__division", "arrears__department"
    )
    return rows.filter(arrears__for_investor=True) if is_investor(user) else rows


def is_investor(user: Any) -> bool:
    held = current_postings(user)
    return bool(held) and all(posting.role == Role.INVESTOR for posting in held)


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


def units_of(user: Any) -> QuerySet[Division]:
    """Counties and cities of the user's area, for the filters."""
    return Division.objects.visible_to(user).filter(tier__in=[Tier.CITY, Tier.COUNTY]).order_by("code")


def in_unit(rows: Any, unit: Division | None) -> Any:
    return rows.filter(**{CODE_FIELD[Tier(unit.tier)]: unit.pk}) if unit else rows


def filter_promises(rows: PromiseQuerySet, wanted: dict[str, Any], on: date) -> PromiseQuerySet:
    state = wanted.get("state") or ""
    if state == "overdue":
        rows = rows.overdue(on)
    elif state:
        rows = rows.filter(state=state)
    if words := (wanted.get("q") or "").strip():
        rows = rows.filter(
            Q(text__icontains=words) | Q(basis__icontains=words) | Q(project__name__icontains=words)
        )
    return in_unit(rows, wanted.get("unit"))


def filter_instalments(rows: InstalmentQuerySet, wanted: dict[str, Any], on: date) -> InstalmentQuerySet:
    state = wanted.get("state") or ""
    if state == "overdue":
        rows = rows.overdue(on)
    elif state:
        rows = rows.filter(paid_on__isnull=state == "open")
    if words := (wanted.get("q") or "").strip():
        rows = rows.filter(
            Q(arrears__creditor__icontains=words)
            | Q(arrears__subject__icontains=words)
            | Q(arrears__project__name__icontains=words)
        )
    return in_unit(rows, wanted.get("unit"))
