"""The in-app inbox. One item per person and key, so a job that runs twice tells once."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery

from accounts.models import InboxItem, Posting, User
from accounts.models.divisions import Division
from accounts.permissions import roles_with

# What is kept as words (an inbox item, a line of the log, a mail, evidence in a paper) is kept in Chinese, whoever wrote it.
STORED_LANGUAGE = "zh-hans"


def tell(
    users: Iterable[User], *, key: str, kind: str, title: str, text: str = "", url: str = "", at: datetime
) -> int:
    """Put one item into each person's inbox; return how many people were addressed."""
    items = [
        InboxItem(user=user, key=key[:120], kind=kind, title=title[:200], text=text[:300], url=url, at=at)
        for user in users
    ]
    InboxItem.objects.bulk_create(items, ignore_conflicts=True, batch_size=500)
    return len(items)


def posted(where: Q, permission: str, *, on: date) -> QuerySet[User]:
    """Active people with a posting in force on `on` (inclusive) that fits `where` and holds `permission`."""
    rows = Posting.objects.current(on).filter(where, role__in=roles_with(permission))
    return User.objects.filter(pk__in=rows.values("user_id"), is_active=True).order_by("pk")


def staff_of(division: Division | str, permission: str, *, on: date) -> list[User]:
    """People posted at exactly this division (or its code) whose role holds `permission` on `on`."""
    code = division if isinstance(division, str) else division.pk
    return list(posted(Q(division_id=code), permission, on=on))


def nearest_staff(
    start: Division | None, permission: str, *, on: date, free: Callable[[User], bool] = lambda _one: True
) -> tuple[Division | None, list[User]]:
    """The first division from `start` upwards where somebody holds `permission` and is `free`, with those people.

    (None, []) when there is nobody up to the province.
    """
    place = start
    while place is not None:
        found = [one for one in staff_of(place, permission, on=on) if free(one)]
        if found:
            return place, found
        place = place.parent
    return None, []


def staff_of_department(department_id: int | None, permission: str, *, on: date) -> list[User]:
    """People posted in this department whose role holds `permission` on `on`; nobody for no department."""
    return list(posted(Q(department_id=department_id), permission, on=on)) if department_id else []


def unread_count(user: Any) -> int:
    """How many inbox items nobody has opened; remembered by `latest`, which has counted them already."""
    held = getattr(user, "_unread_count", None)
    return InboxItem.objects.filter(user=user, read_at=None).count() if held is None else int(held)


def latest(user: Any, most: int) -> list[InboxItem]:
    """The newest items of the person, and in the same statement how many are unread, for the frame of the page.

    Remembered on the user object, which lives for one request.
    """
    mine = InboxItem.objects.filter(user=user)
    unread = mine.filter(read_at=None).order_by().values("user").annotate(n=Count("pk")).values("n")
    found: list[Any] = list(mine.annotate(unread=Subquery(unread))[:most])
    user._unread_count = (found[0].unread or 0) if found else 0
    return found
