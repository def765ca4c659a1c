"""Who hears of a bad rating: the rated department and the office that follows it up; never the rater's name."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date, start_of
from accounts.models import Division, Posting, User
from accounts.notify import STORED_LANGUAGE
from policy.periods import week_of
from supervision.ratings.models import CaseState


def _office(chance: Any, on: date) -> tuple[Division | None, list[User]]:
    """The office that follows the case up: of the division, or of the one above where that office was rated itself."""
    rated = Posting.objects.current(on).filter(department_id=chance.department_id or 0)
    away = {chance.visitor_id, *rated.values_list("user_id", flat=True)}
    return notify.nearest_staff(
        chance.division, "ratings.enter", on=on, free=lambda user: user.pk not in away
    )


def following_office(chance: Any, on: date) -> Division | None:
    """The unit whose office calls back and closes; None where nobody does."""
    return _office(chance, on)[0]


def tell_case(case: Any, what: str, at: datetime) -> None:
    chance, on = case.rating.chance, local_date(at)
    people = {user.pk: user for user in _office(chance, on)[1]}
    rated = notify.staff_of_department(chance.department_id, "ratings.follow", on=on)
    people |= {user.pk: user for user in rated}
    if case.state == CaseState.OBJECTED and case.decided_at_unit_id:
        need = "ratings.review" if case.decided_by_head else "ratings.enter"
        people |= {user.pk: user for user in notify.staff_of(case.decided_at_unit_id, need, on=on)}
    with override(STORED_LANGUAGE):
        title = _("Bad rating: %(what)s") % {"what": case.rating.shown_service}
        if what != "opened":
            title = _("Bad rating, %(state)s: %(what)s") % {
                "state": case.get_state_display(),
                "what": case.rating.shown_service,
            }
        text = chance.office if case.state == CaseState.CLOSED else f"{chance.office}；{due_words(case)}"
    notify.tell(
        people.values(), key=f"bad-rating:{case.pk}:{case.turn}", kind="rating", title=title, text=text,
        url=reverse("ratings:case", args=[case.pk]), at=_told_at(case, what, at),
    )  # fmt: skip


def _told_at(case: Any, what: str, at: datetime) -> datetime:
    """That an anonymous rating came in is dated by its week, as its limit is: the minute would tell who was here then.

    What staff do with it later has its minute.
    """
    return start_of(week_of(local_date(at))[0]) if what == "opened" and case.rating.anonymous else at


def due_words(case: Any) -> str:
    """By when whoever's turn it is acts; of an anonymous rating the week alone."""
    if case.due_week:
        words = {
            CaseState.OPEN: _("to be followed up in the week from %(day)s"),
            CaseState.ANSWERED: _("to be closed in the week from %(day)s"),
            CaseState.OBJECTED: _("to be decided in the week from %(day)s"),
        }
    else:
        words = {
            CaseState.OPEN: _("to be followed up by %(day)s"),
            CaseState.ANSWERED: _("to be called back and closed by %(day)s"),
            CaseState.OBJECTED: _("to be decided by %(day)s"),
        }
    return words[case.state] % {"day": (case.due_week or case.due_on).isoformat()}
