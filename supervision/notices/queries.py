"""Notices read: the list with filters, what waits for a person, who has read, what is public."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from supervision.notices.models import Notice, NoticeState, Receipt

SHOWN = 5
PUBLIC_FIELDS = ("slug", "title", "text", "place", "published_at")
MOST_PUBLIC = 300


@dataclass(frozen=True, slots=True)
class Waiting:
    """The panel of a person: the newest notices and how many of all are unread."""

    rows: list[Notice]
    unread: int


@dataclass(frozen=True, slots=True)
class Reader:
    """One addressed company, or the office of one place: how many of its people have read, when first."""

    name: str
    people: int
    read: int
    first: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Who was addressed and has read: units are companies, and the offices of one place; one of a unit's people is
    enough. A person of two companies is one person."""

    read_units: int
    units: int
    read_people: int
    people: int


def listed(user: Any) -> QuerySet[Any]:
    """What the person may open: whether they read it as a writer, whether they still have to read it."""
    mine = Receipt.objects.filter(notice=OuterRef("pk"), user=user)
    own = Notice.objects.written_in_area_of(user).filter(pk=OuterRef("pk"))
    return (
        Notice.objects.visible_to(user)
        .select_related("unit")
        .annotate(is_own=Exists(own), is_unread=Exists(mine.filter(read_at=None)))
    )


def add_counts(page: Iterable[Any]) -> None:
    """Set `counts` of those rows of a page of `listed` that the person reads as a writer. One statement."""
    own = {row.pk: row for row in page if row.is_own}
    if not own:
        return
    rows = Receipt.objects.filter(notice__in=own).order_by().values("notice_id")
    read = Q(read_at__isnull=False)
    for found in rows.annotate(
        read_units=_companies(read) + _offices(read), units=_companies(Q()) + _offices(Q()),
        read_people=Count("user", distinct=True, filter=read), people=Count("user", distinct=True),
    ):  # fmt: skip
        own[found["notice_id"]].counts = Counts(
            found["read_units"], found["units"], found["read_people"], found["people"]
        )


def _companies(wanted: Q) -> Count:
    return Count("company", distinct=True, filter=wanted)


def _offices(wanted: Q) -> Count:
    return Count("division", distinct=True, filter=wanted & Q(company=None))


def reads_as_writer(notice: Notice, user: Any) -> bool:
    return Notice.objects.written_in_area_of(user).filter(pk=notice.pk).exists()


def filtered(rows: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    if wanted.get("audience"):
        rows = rows.filter(audience__in=(wanted["audience"], "both"))
    if wanted.get("show") == "unread":
        rows = rows.filter(is_unread=True, state=NoticeState.PUBLISHED)
    if wanted.get("show") == "public":
        rows = rows.filter(public_at__isnull=False)
    if wanted.get("q"):
        rows = rows.filter(Q(title__icontains=wanted["q"]) | Q(text__icontains=wanted["q"]))
    return rows


def waiting(user: Any) -> Waiting:
    """For the portal: the newest published notices addressed to the person. Two statements."""
    rows: QuerySet[Any] = addressed(user)
    return Waiting(list(rows[:SHOWN]), rows.filter(is_unread=True).count())


def addressed(user: Any) -> QuerySet[Any]:
    """Published notices that were addressed to the person, newest first."""
    mine = Receipt.objects.filter(notice=OuterRef("pk"), user=user)
    return (
        Notice.objects.filter(Exists(mine), state=NoticeState.PUBLISHED)
        .select_related("unit")
        .annotate(is_unread=Exists(mine.filter(read_at=None)))
        .order_by("-published_at", "-pk")
    )


def readers(notice: Notice) -> list[Reader]:
    """For the writer: every addressed company and place, those without a reader first."""
    rows = notice.receipts.values_list(
        "company_id", "company__name", "division_id", "division__short_name", "user_id", "read_at"
    )
    groups: dict[tuple[str, Any], tuple[str, dict[int, datetime | None]]] = {}
    for company_id, company, division_id, place, user, read_at in rows:
        key = ("c", company_id) if company_id else ("o", division_id)
        groups.setdefault(key, (company or place, {}))[1][user] = read_at
    found = [_reader(name, people) for name, people in groups.values()]
    return sorted(found, key=lambda one: (one.read > 0, one.name))


def totals(readers: list[Reader]) -> tuple[int, int]:
    """(read by at least one of their people, all)."""
    return sum(one.read > 0 for one in readers), len(readers)


def public_list() -> list[dict[str, Any]]:
    """Title, text, place and day of the notices that stand on the public site, newest first; nothing else."""
    rows = Notice.objects.public().filter(state=NoticeState.PUBLISHED).order_by("-public_at", "-pk")
    return [_public(row) for row in rows.select_related("unit")[:MOST_PUBLIC]]


def public_one(slug: str) -> dict[str, Any] | None:
    """The same of one notice; of a withdrawn one the title, the days and the reason, without its text."""
    try:
        row = Notice.objects.public().select_related("unit").get(slug=slug)
    except ObjectDoesNotExist:
        return None
    if row.state == NoticeState.WITHDRAWN:
        return _public(row) | {"text": "", "withdrawn_at": row.withdrawn_at, "reason": row.withdrawal_reason}
    return _public(row)


def _public(row: Notice) -> dict[str, Any]:
    values = {
        "slug": row.slug, "title": row.title, "text": row.text, "place": row.unit.name,
        "published_at": row.public_at,
    }  # fmt: skip
    return {name: values[name] for name in PUBLIC_FIELDS}


def _reader(name: str, people: dict[int, datetime | None]) -> Reader:
    read = [at for at in people.values() if at]
    return Reader(name, len(people), len(read), min(read, default=None))
