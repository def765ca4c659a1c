"""Which services may be rated: what was decided, closed or visited. An hourly look at the rows makes what is lacking."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from accounts.clock import local_date
from accounts.models import JobRun
from approvals.checklist.models import ChecklistItem, ItemState
from approvals.tickets.models import Ticket, TicketState
from supervision.ratings.models import Chance, Service
from supervision.ratings.pressing import press_overdue

JOB = "rating_chances"
OPEN_FOR = 60  # calendar days after the service in which it may be rated
LOOK_BACK = 30  # a service older than this is not offered any more
CHUNK = 500


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job: twice is harmless, a missed run is made up within `LOOK_BACK` days."""
    return {"offered": make_chances(at), "pressed": press_overdue(at)}


def make_chances(at: datetime) -> int:
    """One chance for each item decided or refused and each ticket closed of late; return how many are new."""
    since = local_date(at) - timedelta(days=LOOK_BACK)
    wanted = [*_items(since, at), *_tickets(since, at)]
    before = Chance.objects.count()
    for start in range(0, len(wanted), CHUNK):
        Chance.objects.bulk_create(wanted[start : start + CHUNK], ignore_conflicts=True)
    return Chance.objects.count() - before


def _items(since: date, at: datetime) -> Iterable[Chance]:
    known = set(
        Chance.objects.filter(service=Service.ITEM, done_on__gte=since).values_list("subject_id", "times")
    )
    rows = ChecklistItem.objects.filter(
        state__in=(ItemState.DECIDED, ItemState.REFUSED), ended_on__gte=since, ended_on__lte=local_date(at)
    ).select_related("department", "project__division")
    for row in rows:
        if (row.pk, row.round) in known or row.ended_on is None:
            continue
        office = row.department.name if row.department else row.project.division.name
        yield _chance(
            Service.ITEM, row, row.name, row.project, row.department, office, row.ended_on, at, row.round
        )


def _tickets(since: date, at: datetime) -> Iterable[Chance]:
    known = set(
        Chance.objects.filter(service=Service.TICKET, done_on__gte=since).values_list("subject_id", "times")
    )
    rows = Ticket.objects.filter(
        state=TicketState.CLOSED, closed_at__gte=at - timedelta(days=LOOK_BACK), closed_at__lte=at
    ).select_related("department", "division", "project__division")
    for row in rows:
        times = row.reopened + 1
        if (row.pk, times) in known or row.closed_at is None:
            continue
        office = row.department.name if row.department else row.division.name
        yield _chance(
            Service.TICKET, row, row.title, row.project, row.department, office, local_date(row.closed_at), at, times
        )  # fmt: skip


def _chance(
    service: str, row: Any, label: str, project: Any, department: Any, office: str, done_on: date, at: datetime, times: int
) -> Chance:  # fmt: skip
    """Of the area of the office that did it, so that its own office and those above read the rating."""
    division = (
        department.division if department is not None else getattr(row, "division", None) or project.division
    )
    return Chance(
        service=service, subject_id=row.pk, times=times, project=project, division=division, department=department,
        label=label[:160], office=office[:120], done_on=done_on, made_at=at, expires_on=done_on + timedelta(days=OPEN_FOR),
        province_code=project.province_code, city_code=project.city_code, county_code=project.county_code,
    )  # fmt: skip
