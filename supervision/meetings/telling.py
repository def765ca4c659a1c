"""Who hears of a meeting: everybody behind the invitees, once for each thing that happened to it."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import BUSINESS_ZONE, local_date
from accounts.models import User
from accounts.notify import STORED_LANGUAGE
from supervision.meetings.access import guests_told, people_told
from supervision.meetings.models import UnitMeeting, UnitMeetingState


def moment(at: datetime) -> str:
    return f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"


def tell_called(meeting: UnitMeeting, by: Any, at: datetime) -> None:
    _tell(meeting, by, at, f"called:{meeting.sequence}", _called_words)


def tell_changed(meeting: UnitMeeting, reason: str, dropped: list[User], by: Any, at: datetime) -> None:
    """`dropped`: people who were told before and are no longer invited."""

    def words(one: UnitMeeting) -> tuple[str, str]:
        title = _("Meeting changed: %(what)s") % {"what": one.subject}
        text = _("%(when)s, %(place)s. Why: %(reason)s") % {
            "when": moment(one.meets_at), "place": one.place, "reason": reason,
        }  # fmt: skip
        return title, text

    _tell(meeting, by, at, f"changed:{meeting.sequence}", words)
    if dropped:
        with override(STORED_LANGUAGE):
            title = _("No longer invited: %(what)s") % {"what": meeting.subject}
            text = _("%(unit)s, %(when)s. Why: %(reason)s") % {
                "unit": meeting.unit.name, "when": moment(meeting.meets_at), "reason": reason,
            }  # fmt: skip
        notify.tell(
            dropped, key=f"unit_meeting:{meeting.pk}:dropped:{meeting.sequence}", kind="meeting", title=title,
            text=text[:300], url=reverse("meetings:calendar"), at=at,
        )  # fmt: skip


def tell_ended(meeting: UnitMeeting, by: Any, at: datetime) -> None:
    """Called off, or recorded: the minutes are there to read."""

    def words(one: UnitMeeting) -> tuple[str, str]:
        if one.state == UnitMeetingState.CANCELLED:
            return _("Meeting called off: %(what)s") % {"what": one.subject}, one.cancel_reason
        title = _("Minutes are there: %(what)s") % {"what": one.subject}
        return title, f"{one.number} {one.minutes[:200]}"

    _tell(meeting, by, at, meeting.state, words)


def _called_words(meeting: UnitMeeting) -> tuple[str, str]:
    title = _("Meeting: %(what)s") % {"what": meeting.subject}
    text = _("%(unit)s calls you: %(when)s, %(place)s") % {
        "unit": meeting.unit.name, "when": moment(meeting.meets_at), "place": meeting.place,
    }  # fmt: skip
    return title, text


def _tell(meeting: UnitMeeting, by: Any, at: datetime, what: str, words: Any) -> None:
    people = [one for one in people_told(meeting, local_date(at)) if one.pk != by.pk]
    guests = [] if meeting.state == UnitMeetingState.HELD else guests_told(meeting, local_date(at))
    if not people and not guests:
        return
    with override(STORED_LANGUAGE):
        title, text = words(meeting)
    # Companies have no part in the calendar or the minutes; their own page says when and where.
    for told, url in (
        (people, reverse("meetings:detail", args=[meeting.pk])), (guests, reverse("investors:portal")),
    ):  # fmt: skip
        notify.tell(
            told,
            key=f"unit_meeting:{meeting.pk}:{what}",
            kind="meeting",
            title=title,
            text=text[:300],
            url=url,
            at=at,
        )
