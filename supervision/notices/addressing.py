"""Whom a notice reaches: people of companies with a matching project, and officers posted in the area."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from accounts.clock import local_date
from accounts.divisions import regime_code_of, regime_codes_of
from accounts.models import JobRun, Posting, User
from accounts.permissions import Role
from policy.calendar import WorkCalendar
from policy.deadlines import Deadline, compute
from policy.regimes import get_regime
from policy.services import current_calendar
from projects.models import ProjectState, ProjectUserObjectPermission
from supervision.notices import telling
from supervision.notices.models import OFFICE_ROLES, Notice, NoticeState, Receipt

JOB = "policy_notices"
CHUNK = 500


def address(notice: Notice, at: datetime) -> list[User]:
    """Write the receipts that are lacking; return the people newly addressed. Twice is harmless."""
    on = local_date(at)
    known = set(notice.receipts.values_list("user_id", "company_id"))
    rows = [row for row in _receipts(notice, on, at) if (row.user_id, row.company_id) not in known]
    Receipt.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)
    told = {user for user, _company in known}
    people = {row.user_id: row.user for row in rows if row.user_id not in told}
    return list(people.values())


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job: people invited or posted later get the standing notices too."""
    count = 0
    for notice in _standing_on(local_date(at)):
        people = address(notice, at)
        telling.tell_published(notice, people, at)
        count += len(people)
    return {"addressed": count}


def standing(notice: Notice, calendar: WorkCalendar | None = None, regime: str = "") -> Deadline:
    """The last day, inclusive, on which newcomers still get a published notice: rule `notice_standing`."""
    if notice.published_at is None:
        raise ValueError("not published")
    day = local_date(notice.published_at)
    rule = get_regime(regime or regime_code_of(notice.unit)).rule("notice_standing", day)
    return compute(rule, anchor=day, calendar=calendar or current_calendar())


def _standing_on(on: date) -> Iterator[Notice]:
    """Published notices that newcomers still get on `on`."""
    calendar = current_calendar()
    rows = list(Notice.objects.filter(state=NoticeState.PUBLISHED).select_related("unit"))
    regimes = regime_codes_of({row.unit for row in rows})
    for notice in rows:
        if standing(notice, calendar, regimes[notice.unit_id]).due_on >= on:
            yield notice


def welcome(user: User, at: datetime) -> int:
    """Give one newcomer of a company the standing notices at once, as `run` would later; how many they are."""
    on, count = local_date(at), 0
    for notice in _standing_on(on):
        rows = list(_receipts(notice, on, at, only=user))
        known = set(notice.receipts.filter(user=user).values_list("company_id", flat=True))
        fresh = [row for row in rows if row.company_id not in known]
        if fresh and not known:
            telling.tell_published(notice, [user], at)
            count += 1
        Receipt.objects.bulk_create(fresh, ignore_conflicts=True)
    return count


def _receipts(notice: Notice, on: date, at: datetime, *, only: User | None = None) -> Iterator[Receipt]:
    if notice.to_companies:
        seen = set()
        people_of_companies = _company_people(notice, on)
        if only is not None:
            people_of_companies = people_of_companies.filter(user=only)
        for row in people_of_companies:
            key = (row.user_id, row.content_object.company_id)
            if key not in seen:
                seen.add(key)
                yield Receipt(
                    notice=notice, user=row.user, company_id=row.content_object.company_id,
                    division_id=row.content_object.division_id, addressed_at=at,
                )  # fmt: skip
    if notice.to_offices and only is None:
        people = set()
        for posting in _officers(notice, on):
            if posting.user_id not in people:
                people.add(posting.user_id)
                yield Receipt(
                    notice=notice, user=posting.user, division_id=posting.division_id, addressed_at=at
                )


def _company_people(notice: Notice, on: date) -> Any:
    """Investors to whom a project of the place and industry is open that has not been given up."""
    investors = Posting.objects.current(on).filter(role=Role.INVESTOR)
    rows = ProjectUserObjectPermission.objects.filter(
        _places(notice, "content_object__division__"),
        user__in=investors.values("user_id"),
        user__is_active=True,
        content_object__company__isnull=False,
        content_object__state__in=(ProjectState.ACTIVE, ProjectState.DONE),
    )
    if notice.industries:
        rows = rows.filter(
            Q(content_object__industry_section__in=notice.industries)
            | Q(content_object__industry_4567__in=notice.industries)
        )
    return rows.select_related("user", "content_object").order_by("pk")


def _officers(notice: Notice, on: date) -> Any:
    rows = Posting.objects.current(on).filter(
        _places(notice, "division__"), role__in=notice.roles or OFFICE_ROLES, user__is_active=True
    )
    return rows.exclude(user_id=notice.published_by_id).select_related("user").order_by("pk")


def _places(notice: Notice, prefix: str) -> Q:
    paths = [one.path for one in notice.divisions.all()] or [notice.unit.path]
    return reduce(or_, (Q(**{f"{prefix}path__startswith": path}) for path in paths))
