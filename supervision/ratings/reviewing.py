"""An objection to a bad rating, and who decides on it: never the office that was rated, never one that objected itself.

A rating found mistaken or malicious is not adopted (国办发〔2019〕51号): it stays on record as it was given and leaves the
rate; the statistics count it by itself.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts import notify
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Division, Tier, User
from accounts.permissions import Role
from accounts.scope import posted_at, require
from approvals.tickets.moving import clean_text
from supervision.ratings.models import BadCase, CaseState, Chance
from supervision.ratings.services import move_case, rated_on, require_unit

OFFICE_ROLES = (Role.COMPETENT_OFFICE, Role.OFFICE_HEAD)


def object_to(*, case: BadCase, text: str, by: Any, at: datetime) -> BadCase:
    """The unit says once that the rating is mistaken or malicious; `decider` says who decides. The rating stays."""
    require_unit(by, case)
    text, on = clean_text(text), local_date(at)
    if not text:
        raise DomainError(
            "text_missing", _("Write why the rating should not count, with the proof."), field="text"
        )
    if case.reviewed_at is not None:
        raise DomainError(
            "reviewed_already", _("An objection to this rating was decided already; follow up.")
        )
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
    )  # fmt: skip
    return case


def review_objection(*, case: BadCase, upheld: bool, text: str, by: Any, at: datetime) -> BadCase:
    """Decide on the objection: upheld → the rating is not adopted and the case ends; else it is followed up further."""
    require(by, "ratings.follow", case)
    if case.objected_by_id == by.pk:
        raise DomainError(
            "own_objection", _("You raised this objection yourself; someone else decides on it.")
        )
    if not may_review(by, case, local_date(at)):
        raise PermissionDenied("ratings.follow")
    text = clean_text(text)
    if not text:
        raise DomainError("text_missing", _("Give the reason of the decision."), field="text")
    changes: dict[str, Any] = {"review": text, "reviewed_by": by, "reviewed_at": at}
    changes |= {"state": "closed", "outcome": "not_adopted", "closed_at": at} if upheld else {"state": "open"}
    move_case(case, ("objected",), "bad_case_reviewed", by, at, **changes)
    return case


def decider(case: BadCase, objector: Any, on: date) -> tuple[Division, bool]:
    """The unit whose office decides; True: its head alone, for the provincial bureau has no office above it.

    The office of the rated unit's own division, unless it was rated itself or objects itself: then the tier above.
    """
    division = case.rating.chance.division
    in_office = objector.postings.current(on).filter(division=division, role__in=OFFICE_ROLES)
    if not (_is_office(case.rating.chance) or in_office.exists()):
        return division, False
    if division.tier == Tier.PROVINCE or division.parent is None:
        return division, True
    return division.parent, False


def heads_for(case: BadCase, objector: Any, on: date) -> list[User]:
    """Heads of the provincial bureau who neither object nor had a hand in the case."""
    chance = case.rating.chance
    involved = {objector.pk, case.answered_by_id, case.called_by_id, chance.visitor_id}
    return [
        one for one in notify.staff_of(chance.division, "ratings.review", on=on) if one.pk not in involved
    ]


def may_review(user: Any, case: BadCase, on: date) -> bool:
    """Whether the person decides on the objection that waits: at the deciding unit's office or one above it."""
    if case.state != CaseState.OBJECTED or case.objected_by_id == user.pk:
        return False
    chance = case.rating.chance
    unit = case.decided_at_unit or chance.division
    if case.decided_by_head:
        handled = {case.answered_by_id, case.called_by_id, chance.visitor_id}
        return user.pk not in handled and posted_at(user, unit, "ratings.review")
    above = [code for code in unit.path.split("/") if code]
    return not rated_on(user, chance, on) and any(
        posted_at(user, code, "ratings.view") and posted_at(user, code, "ratings.follow") for code in above
    )


def _is_office(chance: Chance) -> bool:
    """Whether the competent office of the division was rated itself."""
    return chance.department is None or "competent" in chance.department.duties
