"""Reading what was published. Nothing here ever looks at reports, circulars or projects."""

from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.fields.json import KT, KeyTextTransform

from accounts.models import Division
from policy.periods import Period, PeriodKind
from reporting.disclosure.models import Publication
from supervision.notices.models import Notice

LATEST_CIRCULARS = 4
MONTHS_OF_OFFICES = 12
MOST_NOTICES = 1000


def latest(unit_code: str = "") -> Publication | None:
    """The newest monthly publication of the unit, or of the highest unit that publishes."""
    rows = Publication.objects.public().select_related("unit").filter(period__regex=r"^\d{4}-\d{2}$")
    if unit_code:
        return rows.filter(unit_id=unit_code).order_by("-period").first()
    return rows.order_by("unit__tier", "unit_id", "-period").first()


def of_slug(slug: str) -> Publication | None:
    """Whatever its state: a withdrawn or replaced one answers with its note, not with nothing."""
    return Publication.objects.filter(slug=slug).select_related("unit", "replaced_by").first()


def standing_of(unit_code: str, period: str) -> Publication | None:
    """What stands now for a period: where a withdrawn or corrected publication leads to."""
    return Publication.objects.public().defer("payload").filter(unit_id=unit_code, period=period).first()


def withdrawn_after(publication: Publication) -> Publication | None:
    """The newest later month that was withdrawn and not published again: why the newest figures are not newer."""
    rows = Publication.objects.filter(unit_id=publication.unit_id, period__regex=r"^\d{4}-\d{2}$")
    later = rows.filter(period__gt=publication.period, withdrawn_at__isnull=False).order_by("-period", "-pk")
    return later.defer("payload").first()


def months_of(unit_code: str) -> list[tuple[str, str]]:
    """(slug, period) of the monthly publications that stand, newest first."""
    rows = Publication.objects.public().filter(unit_id=unit_code, period__contains="-")
    return list(rows.order_by("-period").values_list("slug", "period"))


def totals_of(unit_code: str, periods: list[Period]) -> dict[str, Any]:
    """The published totals by month."""
    rows = Publication.objects.public().filter(unit_id=unit_code, period__in=[str(one) for one in periods])
    return dict(rows.values_list("period", "payload__total"))


def places_over(unit_code: str, periods: list[Period]) -> dict[str, list[dict[str, Any]]]:
    """The published lines of cities and counties by month."""
    rows = Publication.objects.public().filter(unit_id=unit_code, period__in=[str(one) for one in periods])
    found = rows.values_list("period", "payload__units", "payload__counties")
    return {period: [*units, *counties] for period, units, counties in found}


def twelve_months(until: str) -> list[Period]:
    """The month named and the eleven before it, oldest first; [] for a quarter or year."""
    last = Period.parse(until)
    if last.kind is not PeriodKind.MONTH:
        return []
    months = [last]
    while len(months) < 12:
        months.append(months[-1].previous())
    return months[::-1]


def standing(unit_code: str = "") -> Any:
    """Publications on the site, newest first; of the payload only what a list shows."""
    rows = listed(Publication.objects.public().select_related("unit"))
    return rows.filter(unit_id=unit_code) if unit_code else rows


def log() -> Any:
    """Everything ever published, with what became of it; of the payload only what a list shows."""
    rows = Publication.objects.filter(~Q(slug="")).select_related("unit")
    rows = listed(rows).annotate(successor=Subquery(_STANDING.values("slug")[:1]))
    return rows.order_by("-published_at", "-pk")


def notice_log() -> list[dict[str, Any]]:
    """Policy notices that ever stood on the public site, newest first; without their text."""
    rows = Notice.objects.public().order_by("-public_at", "-pk").defer("text").select_related("unit")
    return [
        {
            "slug": row.slug, "title": row.title, "place": row.unit.name, "published_at": row.public_at,
            "withdrawn_at": row.withdrawn_at, "reason": row.withdrawal_reason,
        }
        for row in rows[:MOST_NOTICES]
    ]  # fmt: skip


_STANDING = Publication.objects.public().filter(unit=OuterRef("unit"), period=OuterRef("period"))


def listed(rows: Any) -> Any:
    """`title`, `number` and `issued_on` from the payload, which itself is large and stays where it is; `replacement`: the
    number of what replaces it."""
    words = {
        "title": KT("payload__title"),
        "number": KT("payload__number"),
        "issued_on": KT("payload__issued_on"),
        "replacement": KeyTextTransform("number", "replaced_by__payload"),
    }
    return rows.defer("payload").annotate(**words)


def payloads(unit_code: str) -> list[dict[str, Any]]:
    """What the open data of places needs of each month, oldest first: the departments, most of a payload, stay behind."""
    rows = Publication.objects.public().filter(unit_id=unit_code, period__contains="-")
    return _without_departments(rows.order_by("period"))


def beside(unit: Division, periods: Collection[str]) -> list[dict[str, Any]]:
    """What stands of the unit itself, those above and those below it in these periods, without departments."""
    near = Q(unit__path__startswith=unit.path) | Q(unit_id__in=unit.path.strip("/").split("/"))
    return _without_departments(Publication.objects.public().filter(near, period__in=periods))


def _without_departments(rows: Any) -> list[dict[str, Any]]:
    offices = ("payload__offices__total", "payload__offices__places")
    parts = ("payload__total", "payload__units", "payload__counties", "payload__extras", *offices)
    return [
        {
            "unit": {"code": unit}, "period": period, "cut_off_on": cut_off_on.isoformat(), "number": number,
            "total": total, "units": units, "counties": counties, "extras": extras,
            "offices": {"total": office_total, "places": places} if places is not None else None,
        }
        for unit, period, cut_off_on, number, total, units, counties, extras, office_total, places in
        rows.values_list("unit_id", "period", "cut_off_on", KT("payload__number"), *parts)
    ]  # fmt: skip


def newest_payloads(unit_code: str) -> list[dict[str, Any]]:
    """The twelve newest months whole, oldest first: what the file of departments holds, one line for each of them."""
    rows = Publication.objects.public().filter(unit_id=unit_code, period__contains="-").order_by("-period")
    return list(rows.values_list("payload", flat=True)[:MONTHS_OF_OFFICES])[::-1]
