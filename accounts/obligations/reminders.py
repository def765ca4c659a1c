"""Daily reminders into the inbox: one digest per person and working day, and a word at once about what is urgent."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import notify
from accounts.clock import BUSINESS_ZONE, local_date
from accounts.models import JobRun, Obligation, Posting, User
from accounts.obligations import kinds
from accounts.obligations.services import last_day_f
from accounts.permissions import PERMISSIONS
from policy.calendar import WorkCalendar
from policy.services import current_calendar

JOB = "reminders"
OFFICE_OPENS = 8  # o'clock, Asia/Shanghai
DIGEST_DAYS = 5  # the digest names what is due within so many working days
# What `Obligation.reminded_level` means.
DUE_SOON, DUE_TODAY, OVERDUE = 1, 2, 3


def plan(at: datetime) -> list[tuple[str, str]]:
    """Once per working day, from eight in the morning."""
    local = at.astimezone(BUSINESS_ZONE)
    if local.hour < OFFICE_OPENS or not current_calendar().is_working(local.date()):
        return []
    return [(local.date().isoformat(), "")]


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Told once per duty and level, whatever runs were missed: the level follows from the stored day."""
    on, calendar = local_date(at), current_calendar()
    horizon = calendar.add(on, DIGEST_DAYS)
    rows = list(
        Obligation.objects.open()
        .annotate(counts_on=last_day_f())
        .filter(counts_on__lte=horizon)
        .defer("deadline")
        .order_by("counts_on", "pk")
    )
    people = _people({row.unit_id for row in rows}, on)
    urgent = _urgent(rows, people, calendar, on, at)
    return {"urgent": urgent, "digests": _digests(rows, people, on, at)}


def _urgent(
    rows: Sequence[Obligation],
    people: dict[tuple[str, str], list[User]],
    calendar: WorkCalendar,
    on: date,
    at: datetime,
) -> int:
    told, by_level = 0, defaultdict(list)
    for row in rows:
        level = _level(row, calendar, on)
        if level <= row.reminded_level:
            continue
        by_level[level].append(row.pk)
        kind = kinds.find(row.kind)
        if kind is None:
            continue
        told += notify.tell(
            people.get((row.unit_id, row.kind), []),
            key=f"duty:{row.pk}:{level}:{row.last_day}",
            kind="duty",
            title=kind.title(row),
            text=_words(level, row),
            url=kind.url(row),
            at=at,
        )
    for level, ids in by_level.items():
        Obligation.objects.filter(pk__in=ids, reminded_level__lt=level).update(reminded_level=level)
    return told


def _level(row: Obligation, calendar: WorkCalendar, on: date) -> int:
    if row.last_day < on:
        return OVERDUE
    left = calendar.left(on, row.last_day)
    return DUE_TODAY if left == 0 else DUE_SOON if left == 1 else 0


def _words(level: int, row: Obligation) -> str:
    text = {
        DUE_SOON: _("One working day left. Last day: %(day)s"),
        DUE_TODAY: _("Due today, by 24:00. Last day: %(day)s"),
        OVERDUE: _("Overdue. Last day was %(day)s"),
    }[level]
    return text % {"day": row.last_day.isoformat()}


def _digests(
    rows: Sequence[Obligation], people: dict[tuple[str, str], list[User]], on: date, at: datetime
) -> int:
    by_user: dict[int, list[Obligation]] = defaultdict(list)
    users: dict[int, User] = {}
    for row in rows:
        for user in people.get((row.unit_id, row.kind), []):
            users[user.pk] = user
            by_user[user.pk].append(row)
    sent = 0
    for pk, duties in by_user.items():
        late = sum(row.last_day < on for row in duties)
        title = ngettext(
            "%(n)d thing to do within %(days)d working days",
            "%(n)d things to do within %(days)d working days",
            len(duties),
        ) % {"n": len(duties), "days": DIGEST_DAYS}
        if late:
            title += _(", %(n)d of them overdue") % {"n": late}
        titles = [kind.title(row) for row in duties[:3] if (kind := kinds.find(row.kind))]
        sent += notify.tell(
            [users[pk]],
            key=f"digest:{on}",
            kind="digest",
            title=title,
            text=_("; ").join(titles),
            url=reverse("home"),
            at=at,
        )
    return sent


def _people(units: set[str], on: date) -> dict[tuple[str, str], list[User]]:
    """Who does a duty of a kind in a unit: people posted exactly there whose role holds its permission."""
    found: dict[tuple[str, str], dict[int, User]] = defaultdict(dict)
    postings: Any = Posting.objects.current(on).filter(Q(user__is_active=True), division_id__in=units)
    for posting in postings.select_related("user"):
        for code, kind in kinds.registered().items():
            if kind.permission in PERMISSIONS[posting.role]:
                found[posting.division_id, code][posting.user_id] = posting.user
    return {key: list(users.values()) for key, users in found.items()}
