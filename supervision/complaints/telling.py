"""Who hears of a complaint. Inbox texts carry the number, the unit and the kind: never words, names or files of anybody.

Where nobody is posted at the office, whoever is at the one above hears of it, and the course says so.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from accounts import notify
from accounts.clock import local_date
from accounts.models import Division, User
from accounts.notify import STORED_LANGUAGE
from policy.rules import WarningRule
from supervision.complaints import limits
from supervision.complaints.models import OFFICE_ROLES, Complaint, ComplaintEvent, Step, own_unit_q

OWN_LIMIT = {"escalated": Step.DISCIPLINE, "discipline_late": Step.DISCIPLINE, "mend_late": Step.MEND}
DATED = (
    "escalated",
    "escalated_below",
    "mend_late",
    "discipline_late",
    "state_late",
)  # may be told on several days

# words to the handler that would mislead anybody else
HANDLERS_OWN = ("complaint_assigned", "complaint_sent_back", "pressed")


def tell_office(complaint: Complaint, what: str, at: datetime) -> None:
    """The office that sorts it, else the one above; never a person who also works in the unit complained about."""
    permission = "complaints.escalated" if complaint.office_is_unit else "complaints.triage"
    place, people = _climb(complaint, complaint.office, permission, at)
    if place != complaint.office:
        _note(complaint, f"{complaint.office_name}无人在岗，" + _called(place, people), at)
    _tell(complaint, people, what, at)


def tell_handler(complaint: Complaint, what: str, at: datetime) -> None:
    if complaint.handler_id is None:
        tell_office(complaint, what, at)
        return
    where = Q(department_id=complaint.handler_id)
    if complaint.handler_is_office and complaint.handler is not None:
        where |= Q(division_id=complaint.handler.division_id, role__in=OFFICE_ROLES)
    people = _free(complaint, _posted(where, at))
    if not people:
        tell_office(complaint, "handler_nobody", at)  # it names another one
        if what not in HANDLERS_OWN:
            tell_office(complaint, what, at)
        return
    _tell(complaint, people, what, at)


def tell_discipline(complaint: Complaint, what: str, at: datetime) -> None:
    """Discipline inspection beside the office, else above it; the course says who was told, or that there is nobody."""
    place, people = _climb(complaint, complaint.office, "complaints.escalated", at)
    _note(complaint, "纪检监察机关：" + _called(place, people), at)
    _tell(complaint, people, what, at)
    if not people and not complaint.office_is_unit:
        tell_office(complaint, "nobody_there", at)


def tell_upper(complaint: Complaint, rule: WarningRule, at: datetime) -> None:
    """It went up by its limit: the office one tier above the sorting one hears of it, if the regime says so."""
    above = complaint.office.parent
    if above is None or "upper_competent_office" not in rule.tell.get("up", ()):
        return
    place, people = _climb(complaint, above, "complaints.triage", at)
    _note(complaint, "上级主管部门：" + _called(place, people), at)
    _tell(complaint, people, "escalated_below", at)


def tell_unit(complaint: Complaint, at: datetime, *, late: bool = False) -> None:
    """The unit complained about hears that its statement is asked for, or overdue, nothing else."""
    where = Q(department_id=complaint.department_id) if complaint.department_id else Q(pk__in=[])
    if complaint.about_office:
        where |= Q(division_id=complaint.division_id, role__in=OFFICE_ROLES)
    limit = limits.running(complaint, Step.STATE)
    with override(STORED_LANGUAGE):
        asked = _("State your side of a complaint: %(kind)s")
        title = (_("Overdue: state your side of a complaint: %(kind)s") if late else asked) % {
            "kind": complaint.get_kind_display()
        }
        text = _("Answer on the page; who complained is not told and must not be looked for.")
        if limit is not None:
            text += _("; due by %(day)s") % {"day": limit.due_on.isoformat()}
    notify.tell(
        _posted(where, at), key=f"complaint-asked{'-late' if late else ''}:{complaint.pk}", kind="complaint", title=title,
        text=text,
        url=reverse("complaints:detail", args=[complaint.pk]), at=at,
    )  # fmt: skip


def _posted(where: Q, at: datetime) -> list[User]:
    return list(notify.posted(where, "complaints.handle", on=local_date(at)))


def _climb(
    complaint: Complaint, start: Division, permission: str, at: datetime
) -> tuple[Division | None, list[User]]:
    """From `start` upwards, without anybody who works in the unit complained about."""
    return notify.nearest_staff(
        start, permission, on=local_date(at), free=lambda one: not _of_unit(one, complaint)
    )


def _free(complaint: Complaint, people: list[User]) -> list[User]:
    return [one for one in people if not _of_unit(one, complaint)]


def _called(place: Division | None, people: list[User]) -> str:
    if place is None:
        return "上级也无人在岗，未能通知，请线下联系"
    return f"已通知{place.name}（{len(people)} 人）"


def _note(complaint: Complaint, note: str, at: datetime) -> None:
    ComplaintEvent.objects.create(complaint=complaint, action="complaint_told", at=at, note=note)


def _tell(complaint: Complaint, people: list[User], what: str, at: datetime) -> None:
    """`people`: nobody of the unit complained about is among them (`_free`, `_climb`)."""
    with override(STORED_LANGUAGE):
        title = _("Complaint %(number)s: %(what)s") % {"number": complaint.number, "what": _words(what)}
        text = _("%(kind)s; about %(unit)s") % {
            "kind": complaint.get_kind_display(),
            "unit": complaint.unit_name,
        }
        due_on = complaint.due_on
        if what in OWN_LIMIT:  # the reader's own limit, not the handler's
            limit = limits.running(complaint, OWN_LIMIT[what])
            due_on = limit.due_on if limit else due_on
        if due_on:
            text += _("; due by %(day)s") % {"day": due_on.isoformat()}
    day = f":{local_date(at):%Y%m%d}" if what in DATED else ""
    notify.tell(
        people,
        key=f"complaint:{complaint.pk}:{complaint.turn}:{what}:{complaint.pressed}{day}", kind="complaint", title=title,
        text=text, url=reverse("complaints:detail", args=[complaint.pk]), at=at,
    )  # fmt: skip


def _of_unit(person: Any, complaint: Complaint) -> bool:
    return Complaint.objects.filter(own_unit_q(person), pk=complaint.pk).exists()


def _words(what: str) -> str:
    return {
        "received": _("received, to be accepted or refused"),
        "complaint_accepted": pgettext("complaint", "accepted"),
        "complaint_refused": pgettext("complaint", "not accepted"),
        "complaint_assigned": _("given to you to handle"),
        "handler_nobody": _("whoever is to handle it has nobody in post, name another one"),
        "complaint_finished": _("handled, answer the complainant"),
        "complaint_sent_back": _("sent back, handle it further"),
        "complaint_answered": pgettext("complaint", "answered"),
        "complaint_contested": _("contested, look at it once more"),
        "complaint_closed": pgettext("complaint", "closed"),
        "word": _("further word of the complainant"),
        "statement": _("statement of the unit is there"),
        "pressed": _("pressed: it is overdue"),
        "escalated": _("handed to discipline inspection"),
        "escalated_below": _("overdue at the office below, handed to discipline inspection"),
        "discipline_late": _("discipline inspection is past its limit"),
        "state_late": _("the unit has not stated its side in time"),
        "mend_late": _("found true, not mended in time"),
        "mended": _("recorded as mended"),
        "nobody_there": _("discipline inspection has nobody in this system, hand it over outside"),
    }[what]
