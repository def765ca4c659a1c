"""Ratings read: the list of the office, counts by department, what the investor may rate, the public figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.scope import CODE_FIELD
from projects.models import Project
from supervision.ratings.models import BAD, BadCase, CaseState, Chance, Channel, Level, Outcome, Rating

GOOD = (Level.VERY_GOOD, Level.GOOD, Level.FAIR)


@dataclass(frozen=True, slots=True)
class Line:
    """One office: how many ratings count, how many of them are good, bad, followed up; those not adopted, which do
    not count (国办发〔2019〕51号); and how many of all came by a printed code."""

    name: str
    rated: int
    good: int
    bad: int
    closed: int
    not_adopted: int = 0
    by_code: int = 0


def listed(user: Any) -> QuerySet[Rating]:
    """Ratings the person may read; the chance comes along for its office alone."""
    return Rating.objects.visible_to(user).select_related("chance__department", "chance__division", "case")


def filtered(rows: QuerySet[Rating], wanted: dict[str, Any]) -> QuerySet[Rating]:
    if wanted.get("show") == "bad":
        rows = rows.filter(level__in=BAD)
    if wanted.get("show") == "open":
        rows = rows.filter(case__isnull=False).exclude(case__state=CaseState.CLOSED)
    if wanted.get("level"):
        rows = rows.filter(level=wanted["level"])
    if wanted.get("service"):
        rows = rows.filter(chance__service=wanted["service"])
    if wanted.get("q"):
        rows = rows.filter(Q(chance__office__icontains=wanted["q"]) | Q(text__icontains=wanted["q"]))
    return rows


def by_office(rows: QuerySet[Rating]) -> list[Line]:
    """Counts by office, the lowest share of good ones first. One statement."""
    found = rows.order_by().values("chance__office").annotate(**COUNTS, n_code=BY_CODE)
    lines = [Line(row["chance__office"], **_adopted(row), by_code=row["n_code"]) for row in found]
    return sorted(lines, key=lambda line: (line.good / (line.rated or 1), -line.rated, line.name))


COUNTS = {
    "n_all": Count("pk"),
    "n_good": Count("pk", filter=Q(level__in=GOOD)),
    "n_bad": Count("pk", filter=Q(level__in=BAD)),
    "n_closed": Count("pk", filter=Q(case__state=CaseState.CLOSED)),
    "n_not_adopted": Count("pk", filter=Q(case__outcome=Outcome.NOT_ADOPTED)),
}
BY_CODE = Count("pk", filter=Q(channel=Channel.LINK))  # paper passes through the office's hands


def _adopted(row: Mapping[str, Any]) -> dict[str, int]:
    """Counts of `COUNTS` as fields of `Line`: what was not adopted is bad, closed, and out of every figure but its own."""
    out = row["n_not_adopted"]
    return {
        "rated": row["n_all"] - out, "good": row["n_good"], "bad": row["n_bad"] - out,
        "closed": row["n_closed"] - out, "not_adopted": out,
    }  # fmt: skip


def adopted(rows: QuerySet[Rating]) -> QuerySet[Rating]:
    """Ratings that count in a rate."""
    return rows.exclude(case__outcome=Outcome.NOT_ADOPTED)


def open_chances(project: Project, on: date) -> list[Chance]:
    """What may still be rated of a project; for its investor's page, which asks the scope."""
    rows = Chance.objects.filter(project=project, rating=None, expires_on__gte=on)
    return list(rows.select_related("department")[:10])


def rated_count(project: Project) -> int:
    """How many services of a project were rated; for its investor's page, which asks the scope.

    Neither which nor when: whoever the office lets in as one of the company's people would learn whose an anonymous
    rating is.
    """
    return Rating.objects.filter(chance__project=project).count()


def chances(user: Any) -> QuerySet[Chance]:
    return Chance.objects.visible_to(user).select_related("project", "department", "division")


def open_to_enter(user: Any, wanted: dict[str, Any], on: date) -> QuerySet[Chance]:
    """Services of the person's area that may still be rated on `on`, whether or not they have been."""
    rows = chances(user).filter(expires_on__gte=on)
    if wanted.get("q"):
        rows = rows.filter(Q(project__name__icontains=wanted["q"]) | Q(label__icontains=wanted["q"]))
    return rows


def cases_open(user: Any) -> QuerySet[BadCase]:
    return (
        BadCase.objects.visible_to(user)
        .exclude(state=CaseState.CLOSED)
        .select_related("rating__chance__department", "rating__chance__division", "decided_at_unit")
    )


def public_counts(unit: Division, first: date, last: date) -> dict[str, Any] | None:
    """Figures of a period for the public site; None where nobody rated anything."""
    field = CODE_FIELD.get(Tier(unit.tier))
    if field is None:
        return None
    rows = Rating.objects.filter(rated_on__gte=first, rated_on__lte=last, **{field: unit.pk})
    found = rows.aggregate(**COUNTS)
    if not found["n_all"]:
        return None
    counts = _adopted(found)
    counts["followed_up"] = counts.pop("closed")
    return {**counts, "period": f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"}


def totals(lines: Iterable[Line]) -> Line:
    rows = list(lines)
    return Line(
        "", sum(r.rated for r in rows), sum(r.good for r in rows), sum(r.bad for r in rows),
        sum(r.closed for r in rows), sum(r.not_adopted for r in rows),
        sum(r.by_code for r in rows),
    )  # fmt: skip
