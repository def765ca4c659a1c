"""Who hears of a complaint. Inbox texts carry the number, the unit and the kind: never words, names or files of anybody."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from accounts import notify
from accounts.clock import local_date
from accounts.models import User
from accounts.notify import STORED_LANGUAGE
from accounts.permissions import Role
from supervision.complaints import limits
from supervision.complaints.models import OFFICE_ROLES, Complaint, Step


def tell_office(complaint: Complaint, what: str, at: datetime) -> None:
    """The office that sorts it; never a person who also works in the unit complained about."""
    permission = "complaints.escalated" if complaint.office_is_unit else "complaints.triage"
    _tell(complaint, notify.staff_of(complaint.office_id, permission, on=local_date(at)), what, at)


def tell_handler(complaint: Complaint, what: str, at: datetime) -> None:
    if complaint.handler_id is None:
        tell_office(complaint, what, at)
        return
    where = Q(department_id=complaint.handler_id)
    if complaint.handler_is_office and complaint.handler is not None:
        where |= Q(division_id=complaint.handler.division_id, role__in=OFFICE_ROLES)
    _tell(complaint, _posted(where, at), what, at)


def tell_discipline(complaint: Complaint, what: str, at: datetime) -> None:
    people = notify.staff_of(complaint.office_id, "complaints.escalated", on=local_date(at))
    if not people and complaint.office.parent_id:
        people = notify.staff_of(complaint.office.parent_id, "complaints.escalated", on=local_date(at))
    _tell(complaint, people, what, at)


def tell_unit(complaint: Complaint, at: datetime) -> None:
    """The unit complained about hears that its statement is asked for, nothing else."""
    where = Q(department_id=complaint.department_id) if complaint.department_id else Q(pk__in=[])
    if complaint.about_office:
        where |= Q(division_id=complaint.division_id, role__in=OFFICE_ROLES)
    limit = limits.running(complaint, Step.STATE)
    with override(STORED_LANGUAGE):
        title = _("State your side of a complaint: %(kind)s") % {"kind": complaint.get_kind_display()}
        text = _("Answer on the page; who complained is not told and must not be looked for.")
        if limit is not None:
            text += _("; due by %(day)s") % {"day": limit.due_on.isoformat()}
    notify.tell(
        _posted(where, at), key=f"complaint-asked:{complaint.pk}", kind="complaint", title=title, text=text,
        url=reverse("complaints:detail", args=[complaint.pk]), at=at,
    )  # fmt: skip


def _posted(where: Q, at: datetime) -> list[User]:
    return list(notify.posted(where, "complaints.handle", on=local_date(at)))


def _tell(complaint: Complaint, people: list[User], what: str, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("Complaint %(number)s: %(what)s") % {"number": complaint.number, "what": _words(what)}
        text = _("%(kind)s; about %(unit)s") % {
            "kind": complaint.get_kind_display(),
            "unit": complaint.unit_name,
        }
        due_on = complaint.due_on
        if what == "escalated":  # the reader's own limit, not the handler's
            limit = limits.running(complaint, Step.DISCIPLINE)
            due_on = limit.due_on if limit else due_on
        if due_on:
            text += _("; due by %(day)s") % {"day": due_on.isoformat()}
    notify.tell(
        [one for one in people if not _of_unit(one, complaint, at)],
        key=f"complaint:{complaint.pk}:{complaint.turn}:{what}:{complaint.pressed}", kind="complaint", title=title,
        text=text, url=reverse("complaints:detail", args=[complaint.pk]), at=at,
    )  # fmt: skip


def _of_unit(person: Any, complaint: Complaint, at: datetime) -> bool:
    postings = person.postings.current(local_date(at))
    if complaint.department_id and postings.filter(department_id=complaint.department_id).exists():
        return True
    if not complaint.about_office:
        return False
    here = postings.filter(division_id=complaint.division_id).exclude(role=Role.DISCIPLINE_OFFICE)
    if complaint.department_id is None:
        return bool(here.exists())
    return bool(here.filter(Q(role__in=OFFICE_ROLES) | Q(department=None)).exists())


def _words(what: str) -> str:
    return {
        "received": _("received, to be accepted or refused"),
        "complaint_accepted": pgettext("complaint", "accepted"),
        "complaint_refused": pgettext("complaint", "not accepted"),
        "complaint_assigned": _("given to you to handle"),
        "complaint_finished": _("handled, answer the complainant"),
        "complaint_sent_back": _("sent back, handle it further"),
        "complaint_answered": pgettext("complaint", "answered"),
        "complaint_contested": _("contested, look at it once more"),
        "complaint_closed": pgettext("complaint", "closed"),
        "word": _("further word of the complainant"),
        "statement": _("statement of the unit is there"),
        "pressed": _("pressed: it is overdue"),
        "escalated": _("handed to discipline inspection"),
        "unsatisfied": _("the complainant is not satisfied"),
    }[what]
