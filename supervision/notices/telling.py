"""The inbox of those addressed; mail goes out from there to whoever asked for it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.models import Division, User
from accounts.notify import STORED_LANGUAGE
from supervision.notices.models import Notice

PUBLISH = "disclosure.publish"  # of the public site; held by those who publish circulars there
SHOWN = 140  # characters of the text


def tell_published(notice: Notice, people: Iterable[User], at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("Policy notice: %(title)s") % {"title": notice.title}
    start = " ".join(notice.text.split())
    notify.tell(
        people, key=f"notice:{notice.pk}", kind="notice", title=title,
        text=start if len(start) <= SHOWN else start[:SHOWN] + "…",
        url=reverse("notices:detail", args=[notice.pk]), at=at,
    )  # fmt: skip


def releasers(notice: Notice, by: User, on: date) -> list[User]:
    """Who is asked about the public site when `by` sends it out: whoever publishes there for its unit, else for the
    nearest one above it; never `by` nor who wrote it."""
    away, own = (by.pk, notice.written_by_id), Q(division=notice.unit)
    place: Division | None = notice.unit
    while place is not None:
        people = notify.posted(own | Q(division=place, subtree=True), PUBLISH, on=on).exclude(pk__in=away)
        if found := list(people):
            return found
        place = place.parent
    return []


def tell_proposed(notice: Notice, people: Iterable[User], by: User, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("Release for the public site: %(title)s") % {"title": notice.title}
        text = _("Proposed by %(who)s. Read it, then release or return it.") % {"who": by.full_name}
    notify.tell(
        people, key=f"notice:{notice.pk}:proposed", kind="notice", title=title, text=text,
        url=reverse("notices:detail", args=[notice.pk]), at=at,
    )  # fmt: skip


def tell_decided(notice: Notice, at: datetime) -> None:
    """Who wrote it and who sent it out hear what became of their proposal."""
    people = User.objects.filter(pk__in=[notice.written_by_id, notice.published_by_id], is_active=True)
    with override(STORED_LANGUAGE):
        if notice.public_at:
            title = _("On the public site: %(title)s") % {"title": notice.title}
        else:
            title = _("Not on the public site: %(title)s") % {"title": notice.title}
    notify.tell(
        people, key=f"notice:{notice.pk}:decided", kind="notice", title=title, text=notice.public_refusal,
        url=reverse("notices:detail", args=[notice.pk]), at=at,
    )  # fmt: skip


def tell_withdrawn(notice: Notice, at: datetime) -> None:
    people = User.objects.filter(notice_receipts__notice=notice, is_active=True).distinct()
    with override(STORED_LANGUAGE):
        title = _("Policy notice withdrawn: %(title)s") % {"title": notice.title}
    notify.tell(
        people, key=f"notice:{notice.pk}:withdrawn", kind="notice", title=title, text=notice.withdrawal_reason,
        url=reverse("notices:detail", args=[notice.pk]), at=at,
    )  # fmt: skip
