"""Who hears of a bad rating: the rated department and the office of its division; never the rater's name."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date
from accounts.models import Posting, User
from accounts.notify import STORED_LANGUAGE
from accounts.permissions import roles_with


def tell_case(case: Any, what: str, at: datetime) -> None:
    chance, on = case.rating.chance, local_date(at)
    people = {user.pk: user for user in notify.staff_of(chance.division_id, "ratings.enter", on=on)}
    if chance.department_id:
        posted = Posting.objects.current(on).filter(
            department_id=chance.department_id, role__in=roles_with("ratings.follow")
        )
        rows = User.objects.filter(Q(pk__in=posted.values("user_id")), is_active=True)
        people |= {user.pk: user for user in rows}
    with override(STORED_LANGUAGE):
        title = _("Bad rating: %(what)s") % {"what": case.rating.shown_service}
        if what != "opened":
            title = _("Bad rating, %(state)s: %(what)s") % {
                "state": case.get_state_display(),
                "what": chance.label,
            }
        text = _("%(office)s; to be followed up by %(day)s") % {
            "office": chance.office,
            "day": case.due_on.isoformat(),
        }
    notify.tell(
        people.values(), key=f"bad-rating:{case.pk}:{case.turn}", kind="rating", title=title, text=text,
        url=reverse("ratings:case", args=[case.pk]), at=at,
    )  # fmt: skip
