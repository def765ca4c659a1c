"""The inbox of those addressed; mail goes out from there to whoever asked for it."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.models import User
from accounts.notify import STORED_LANGUAGE
from supervision.notices.models import Notice

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


def tell_withdrawn(notice: Notice, at: datetime) -> None:
    people = User.objects.filter(notice_receipts__notice=notice, is_active=True).distinct()
    with override(STORED_LANGUAGE):
        title = _("Policy notice withdrawn: %(title)s") % {"title": notice.title}
    notify.tell(
        people, key=f"notice:{notice.pk}:withdrawn", kind="notice", title=title, text=notice.withdrawal_reason,
        url=reverse("notices:detail", args=[notice.pk]), at=at,
    )  # fmt: skip
