"""Who hears of a bad rating: the rated department and the office of its division; never the rater's name."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date
from accounts.notify import STORED_LANGUAGE


def tell_case(case: Any, what: str, at: datetime) -> None:
    chance, on = case.rating.chance, local_date(at)
    people = {user.pk: user for user in notify.staff_of(chance.division_id, "ratings.enter", on=on)}
    rated = notify.staff_of_department(chance.department_id, "ratings.follow", on=on)
    people |= {user.pk: user for user in rated}
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
