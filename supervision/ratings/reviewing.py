"""An objection to a bad rating, and who decides on it: never the office that was rated, never one that objected itself.

A rating found mistaken or malicious is not adopted (国办发〔2019〕51号): it stays on record as it was given and leaves the
rate; the statistics count it by itself.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.scope import require
from approvals.tickets.moving import clean_text
from supervision.ratings.limits import REFUSED, object_until, turn_limit
from supervision.ratings.models import BadCase, CaseState
from supervision.ratings.rights import decider, heads_for, may_review, require_unit
from supervision.ratings.services import move_case, refuse_naming


def object_to(*, case: BadCase, text: str, by: Any, at: datetime) -> BadCase:
    """The unit says once that the rating is mistaken or malicious; `decider` says who decides. The rating stays."""
    require_unit(by, case)
    text, on = clean_text(text), local_date(at)
    if not text:
        raise DomainError(
            "text_missing", _("Write why the rating should not count, with the proof."), field="text"
        )
    refuse_naming(case, text, "text")
    if case.reviewed_at is not None:
        raise DomainError(
            "reviewed_already", _("An objection to this rating was decided already; follow up.")
        )
    if on > object_until(case):
        raise DomainError("too_late_to_object", _late(case))
    unit, by_head = decider(case, by, on)
    if by_head and not heads_for(case, by, on):
        raise DomainError(
            "nobody_decides",
            _(
                "Your bureau was rated itself, and no head is left to decide who neither objects nor handled the case."
            ),
        )
    move_case(
        case, ("open", "answered"), "bad_case_objected", by, at, state="objected", objection=text, objected_by=by,
        objected_at=at, decided_at_unit=unit, decided_by_head=by_head,
        **turn_limit(case.rating.chance.division, CaseState.OBJECTED, on),
    )  # fmt: skip
    return case


def review_objection(*, case: BadCase, upheld: bool, text: str, by: Any, at: datetime) -> BadCase:
    """Decide on the objection: upheld → the rating is not adopted and the case ends; else it is followed up further."""
    require(by, "ratings.follow", case)
    if case.objected_by_id == by.pk:
        raise DomainError(
            "own_objection", _("You raised this objection yourself; someone else decides on it.")
        )
    if not may_review(by, case):
        raise PermissionDenied("ratings.follow")
    text = clean_text(text)
    if not text:
        raise DomainError("text_missing", _("Give the reason of the decision."), field="text")
    refuse_naming(case, text, "text")
    if upheld and case.must_call:
        raise DomainError(
            "not_called",
            _("Call the rater about the objection first and record what was said; what they say belongs to the decision."),
        )  # fmt: skip
    changes: dict[str, Any] = {"review": text, "reviewed_by": by, "reviewed_at": at}
    if upheld:
        changes |= {"state": "closed", "outcome": "not_adopted", "closed_at": at}
    else:
        division, on = case.rating.chance.division, local_date(at)
        changes |= {"state": "open", **turn_limit(division, CaseState.OPEN, on, event=REFUSED)}
    move_case(case, ("objected",), "bad_case_reviewed", by, at, **changes)
    return case


def _late(case: BadCase) -> str:
    """Why it is too late; of an anonymous rating without the day, which would tell when it was given."""
    if case.rating.anonymous:
        return _("The time for objecting to this rating is over. Follow it up: mend it or explain.")
    return _("An objection could be raised until %(day)s. Follow the rating up: mend it or explain.") % {
        "day": object_until(case).isoformat()
    }
