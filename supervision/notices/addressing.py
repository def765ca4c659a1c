"""Whom a notice reaches: people of companies with a matching project, and officers posted in the area."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.clock import local_date, start_of
from accounts.divisions import regime_code_of, regime_codes_of
from accounts.models import JobRun, Posting, User
from accounts.permissions import Role
from policy.calendar import WorkCalendar
from policy.deadlines import Deadline, compute
from policy.regimes import all_regimes, get_regime
from policy.rules import DeadlineRule, Unit
from policy.services import current_calendar
from projects.models import ProjectState, ProjectUserObjectPermission
from supervision.notices import telling
from supervision.notices.models import OFFICE_ROLES, Notice, NoticeState, Receipt

JOB = "policy_notices"
CHUNK = 500
# Days of the calendar that one unit of a rule takes at most; a rest day it may roll over comes on top.
MOST_DAYS = {Unit.CALENDAR_DAYS: 1, Unit.WORKING_DAYS: 3, Unit.MONTHS: 31, Unit.DAY_OF_MONTH: 31}
ROLLED = timedelta(days=15)


def address(notice: Notice, at: datetime) -> list[User]:
    """Write the receipts that are lacking; return the people newly addressed. Twice is harmless."""
    rows = list(_lacking(notice, local_date(at), at))
    told = _addressed_before(notice, {row.user_id for row in rows})
    Receipt.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)
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
    calendar, since = current_calendar(), start_of(on - _longest())
    rows = Notice.objects.filter(state=NoticeState.PUBLISHED, published_at__gte=since).select_related("unit")
    held = list(rows)
    regimes = regime_codes_of({row.unit for row in held})
    for notice in held:
        if standing(notice, calendar, regimes[notice.unit_id]).due_on >= on:
            yield notice


def _longest() -> timedelta:
    """No notice stands longer by the rule of any regime; generous, for the very day is counted one by one."""
    rules = [rule for regime in all_regimes() for rule in regime.rules if rule.key == "notice_standing"]
    days = [rule.offset * MOST_DAYS[rule.unit] for rule in rules if isinstance(rule, DeadlineRule)]
    return timedelta(days=max(days)) + ROLLED


def welcome(user: User, at: datetime) -> int:
    """Give one newcomer of a company the standing notices at once, as `run` would later; how many they are."""
    on, count = local_date(at), 0
    for notice in _standing_on(on):
        fresh = list(_lacking(notice, on, at, only=user))
        if fresh and not _addressed_before(notice, {user.pk}):
            telling.tell_published(notice, [user], at)
            count += 1
        Receipt.objects.bulk_create(fresh, ignore_conflicts=True)
    return count


def _addressed_before(notice: Notice, people: Collection[int]) -> set[int]:
    """Those of `people` (ids) who have a receipt of the notice; they are not told again of a second company."""
    found = notice.receipts.filter(user__in=people) if people else notice.receipts.none()
    return set(found.values_list("user_id", flat=True))


def _lacking(notice: Notice, on: date, at: datetime, *, only: User | None = None) -> Iterator[Receipt]:
    """Receipts that are not written yet; `only`: of this person of a company."""
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
    """Investors to whom a project of the place and industry is open that has not been given up, without a receipt."""
    investors = Posting.objects.current(on).filter(role=Role.INVESTOR)
    held = notice.receipts.filter(user=OuterRef("user"), company=OuterRef("content_object__company"))
    rows = ProjectUserObjectPermission.objects.filter(
        _places(notice, "content_object__division__"),
        ~Exists(held),
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
    """Officers of the place and role without a receipt, but not who published it."""
    held = notice.receipts.filter(user=OuterRef("user"), company=None)
    rows = Posting.objects.current(on).filter(
        _places(notice, "division__"),
        ~Exists(held),
        role__in=notice.roles or OFFICE_ROLES,
        user__is_active=True,
    )
    return rows.exclude(user_id=notice.published_by_id).select_related("user").order_by("pk")


def _places(notice: Notice, prefix: str) -> Q:
    paths = [one.path for one in notice.divisions.all()] or [notice.unit.path]
    return reduce(or_, (Q(**{f"{prefix}path__startswith": path}) for path in paths))
