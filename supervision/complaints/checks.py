"""What is asked of a text, a handler, a call before it goes to a complaint; nothing is written here."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department
from accounts.outside import masking
from accounts.outside.sealed import Unreadable, unseal
from supervision.complaints.models import Channel, Complaint, ComplaintAuthor
from supervision.complaints.receiving import clean_lines
from supervision.complaints.rounds import SpokeWith

LEAST_REPLY, LEAST_CONTEST = 20, 10  # characters, blanks not counted


def phone_call(
    complaint: Complaint, call_with: str, call_on: date, note: str, field: str, by: Any, at: datetime
) -> dict[str, Any]:
    """The call as it is kept with the round. Only of complaints that came by phone, after they were answered."""
    refuse_no_call(complaint, call_with)
    answered = complaint.replied_on
    if answered is None:
        raise StaleState("moved", _("This complaint has been moved meanwhile. Look at it again."))
    if not answered <= call_on <= local_date(at):
        raise DomainError(
            "call_day",
            _("The call was between the day of the answer (%(day)s) and today.")
            % {"day": answered.isoformat()},
            field="call_on",
        )
    if masking.names_author(note, identity_of(complaint)):
        raise DomainError(
            "names_author", _("Leave out name, phone and address; they are kept apart."), field=field
        )
    return {"call_with": call_with, "call_on": call_on, "call_note": note, "call_by": by}


def refuse_no_call(complaint: Complaint, call_with: str) -> None:
    """Only who complained by phone is spoken for by staff, and always with whom they spoke to."""
    if complaint.channel != Channel.PHONE:
        raise DomainError(
            "not_by_phone", _("It was sent on this site: only the complainant answers, with the query code.")
        )
    if call_with not in SpokeWith.values:
        raise DomainError("call_with_missing", _("Say whom you spoke to."), field="call_with")


def identity_of(complaint: Complaint) -> dict[str, str]:
    """The sealed identity, for comparing only; empty when anonymous or unreadable. Showing it is `identity.look`."""
    held = ComplaintAuthor.objects.filter(complaint=complaint).first()
    try:
        return unseal(held.sealed) if held is not None else {}
    except Unreadable:
        return {}


def draft_summary(complaint: Complaint) -> str:
    """The complaint with the complainant masked, to start from. Empty once the words are gone."""
    return masking.draft(complaint.text, identity_of(complaint), complaint.about_project)


def refuse_naming(complaint: Complaint, text: str, field: str, sure: bool) -> None:
    identity = identity_of(complaint)
    if masking.names_author(text, identity):
        raise DomainError(
            "names_author",
            _("This would tell the unit who complained: name, phone or address stands in it. Take it out."),
            field=field,
        )
    if not sure and masking.looks_personal(text, complaint.about_project):
        raise DomainError(
            "looks_personal",
            _(
                "There is a phone or paper number, a name or the project in it that may tell who complained. "
                "Take it out, or tick that you have checked it."
            ),
            field=field,
        )


def is_of_unit(department: Department, complaint: Complaint) -> bool:
    """Whether it is the unit complained about, or stands for it: all of the place, or its competent office."""
    if department.pk == complaint.department_id:
        return True
    meant = complaint.department_id is None or "competent" in department.duties
    return complaint.about_office and department.division_id == complaint.division_id and meant


def refuse_own_handler(complaint: Complaint, handler: Department) -> None:
    if is_of_unit(handler, complaint):
        raise DomainError(
            "own_handler",
            _("The unit complained about never handles it. Choose another office."),
            field="handler",
        )
    if handler.division_id not in (complaint.office_id, complaint.division_id):
        raise DomainError("handler_elsewhere", _("Choose an office of this list."), field="handler")


def refuse_same_handler(complaint: Complaint, handler: Department | None, why: str) -> str:
    """Looked at once more: whoever handled the first round handles the second only with a reason. Return it, cleaned."""
    first = complaint.rounds.filter(number=1, refused=False).first() if complaint.round > 1 else None
    if first is None or first.handler_id != (handler.pk if handler is not None else None):
        return ""
    why = clean_lines(why)
    if not why:
        raise DomainError(
            "same_handler",
            _("This one handled it the first time. Choose another one, or write why it has to be the same."),
            field="same_why",
        )
    refuse_naming(complaint, why, "same_why", sure=True)
    return why


def said(text: str, field: str, missing: str, *, least: int = 0) -> str:
    """Cleaned; told when there is nothing, or fewer characters than asked for."""
    text = clean_lines(text)
    if not text:
        raise DomainError("text_missing", missing, field=field)
    there = len("".join(text.split()))
    if there < least:
        raise DomainError(
            "text_short",
            _("Please write at least %(limit_value)d characters, there are %(show_value)d now.")
            % {"limit_value": least, "show_value": there},
            field=field,
        )
    return text


def require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied("complaints")
