"""Which services may be rated: what was decided, closed or visited. An hourly look at the rows makes what is lacking.

Visited: an entry of the service log made on a return visit, whichever its way (电话联系、入企走访、座谈会). What an
invited supervisor sees is none: no office serves there, and the company does not read who reported what.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.clock import local_date, start_of
from accounts.divisions import regime_codes_of
from accounts.models import Department, Division, JobRun, User
from approvals.checklist.models import ChecklistItem, ItemState
from approvals.service.models import ServiceEntry, Way
from approvals.tickets.models import Ticket, TicketState
from policy.regimes import all_regimes, get_regime
from projects.models import Project
from supervision.ratings.asking import ask_companies
from supervision.ratings.keeping import forget_old
from supervision.ratings.models import Chance, Service
from supervision.ratings.pressing import press_overdue

JOB = "rating_chances"
CHUNK = 500
VISITED: dict[str, str] = {Way.PHONE: "电话回访", Way.VISIT: "入企服务", Way.SYMPOSIUM: "企业座谈会"}


@dataclass(frozen=True, slots=True)
class Served:
    """One service that ended: `times` counts from 1, `visitor` only of a visit. `office` is shown to the company."""

    service: str
    subject_id: int
    label: str
    project: Project
    division: Division
    department: Department | None
    office: str
    done_on: date
    times: int = 1
    visitor: User | None = None


def run(_job: JobRun | None, at: datetime) -> dict[str, int]:
    """Body of the job: twice is harmless, a missed run is made up within the days of the rule (`offer_days`)."""
    return {
        "offered": make_chances(at), "asked": ask_companies(at, days=offer_days(local_date(at))),
        "pressed": press_overdue(at), "forgotten": forget_old(at),
    }  # fmt: skip


def make_chances(at: datetime) -> int:
    """One chance for each item decided or refused, each ticket closed and each visit of late; return how many are new."""
    on = local_date(at)
    since = on - timedelta(days=offer_days(on))
    wanted = list(_chances([*_items(since, on), *_tickets(since, at), *_visits(since, on)], on, at))
    Chance.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=CHUNK)  # another run may be at it
    return len(wanted)


def offer_days(on: date) -> int:
    """The longest any regime offers a service after it ended."""
    return max(int(rule["offer_days"]) for rule in _rules(on))


def _rules(on: date) -> list[Any]:
    return [regime.rule("rating", on) for regime in all_regimes() if regime.has_rule("rating", on)]


def _chances(served: list[Served], on: date, at: datetime) -> Iterator[Chance]:
    """Those the regime of the serving division still offers; of the project's area, so that its offices read the rating."""
    regimes = regime_codes_of({one.division.pk: one.division for one in served}.values())
    for one in served:
        regime = get_regime(regimes[one.division.pk])
        if not regime.has_rule("rating", one.done_on):
            continue
        rule = regime.rule("rating", one.done_on)
        if one.done_on < on - timedelta(days=rule["offer_days"]):
            continue
        yield Chance(
            service=one.service, subject_id=one.subject_id, times=one.times, project=one.project, division=one.division,
            department=one.department, visitor=one.visitor, label=one.label[:160], office=one.office[:120],
            done_on=one.done_on, made_at=at, expires_on=one.done_on + timedelta(days=rule["open_days"]),
            province_code=one.project.province_code, city_code=one.project.city_code,
            county_code=one.project.county_code,
        )  # fmt: skip


def _known(service: str, times: Any) -> Exists:
    """Whether this very service of the row asked about has its chance already."""
    return Exists(Chance.objects.filter(service=service, subject_id=OuterRef("pk"), times=times))


def _items(since: date, on: date) -> Iterator[Served]:
    rows = ChecklistItem.objects.filter(
        ~_known(Service.ITEM, OuterRef("round")), state__in=(ItemState.DECIDED, ItemState.REFUSED),
        ended_on__gte=since, ended_on__lte=on,
    )  # fmt: skip
    for row in rows.select_related("department__division", "project__division"):
        if row.ended_on is None:
            continue
        division = row.department.division if row.department else row.project.division
        office = row.department.name if row.department else division.name
        yield Served(
            Service.ITEM, row.pk, row.name, row.project, division, row.department, office, row.ended_on, row.round
        )  # fmt: skip


def _tickets(since: date, at: datetime) -> Iterator[Served]:
    rows = Ticket.objects.filter(
        ~_known(Service.TICKET, OuterRef("reopened") + 1), state=TicketState.CLOSED, closed_at__gte=start_of(since),
        closed_at__lte=at,
    )  # fmt: skip
    for row in rows.select_related("department__division", "division", "project__division"):
        if row.closed_at is None:
            continue
        division = row.department.division if row.department else row.division
        office = row.department.name if row.department else division.name
        yield Served(
            Service.TICKET, row.pk, row.title, row.project, division, row.department, office,
            local_date(row.closed_at), row.reopened + 1,
        )  # fmt: skip


def _visits(since: date, on: date) -> Iterator[Served]:
    """One per project, person and day, however many lines the visit left in the log; the first line stands for it."""
    lines = ServiceEntry.objects.exclude(way="")
    same = {name: OuterRef(name) for name in ("project", "by", "done_on")}
    rows = lines.filter(
        ~_known(Service.VISIT, 1), ~Exists(lines.filter(**same, pk__lt=OuterRef("pk"))), done_on__gte=since,
        done_on__lte=on,
    )  # fmt: skip
    for row in rows.select_related("department__division", "unit", "by", "project__division").order_by("pk"):
        division = row.department.division if row.department else row.unit or row.project.division
        office = row.department.name if row.department else row.office or division.name
        yield Served(
            Service.VISIT, row.pk, f"{VISITED[row.way]}：{row.by_name}", row.project, division, row.department, office,
            row.done_on, visitor=row.by,
        )  # fmt: skip
