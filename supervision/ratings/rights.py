"""Who may do what with a rating: never whoever was rated, never whoever objected."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts import notify
from accounts.models import Division, Tier, User
from accounts.permissions import PERMISSIONS, Role
from accounts.scope import all_postings, current_postings, posted_at, require
from supervision.ratings.models import BadCase, CaseState, Chance, Channel, Rating

OFFICE_ROLES = (Role.COMPETENT_OFFICE, Role.OFFICE_HEAD)


def is_rated(by: Any, chance: Chance) -> bool:
    """Whether the person made the visit, or works today in the very department that was rated."""
    if chance.visitor_id == by.pk:
        return True
    department = chance.department_id
    return department is not None and any(one.department_id == department for one in all_postings(by))


def refuse_rated(by: Any, chance: Chance, permission: str) -> None:
    if is_rated(by, chance):
        raise PermissionDenied(permission)


def require_unit(by: Any, case: BadCase) -> None:
    """Staff of the rated department, who serve single projects and so hold no area, or an office of the area."""
    department = case.rating.chance.department_id
    for posting in current_postings(by):
        if (
            department
            and posting.department_id == department
            and "ratings.follow" in PERMISSIONS[posting.role]
        ):
            return
    require(by, "ratings.follow", case)


def handles(by: Any, case: BadCase) -> bool:
    """Whether the person sits in the competent office of the rated unit's own division or of one above it, and neither
    in the rated department nor is the visitor."""
    return _sits_above(by, case.rating.chance, "ratings.view")


def require_office(by: Any, case: BadCase, permission: str) -> None:
    require(by, permission, case)
    if not handles(by, case):
        raise PermissionDenied(permission)


def may_check_call(by: Any, rating: Rating) -> bool:
    """Whether the person may read the note on a call: of the office, but not who entered it. Of an anonymous rating the
    head alone, for the note may tell who called."""
    if rating.channel != Channel.PHONE or rating.entered_by_id == by.pk:
        return False
    need = "ratings.review" if rating.anonymous else "ratings.enter"
    return _sits_above(by, rating.chance, need)


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


def may_review(user: Any, case: BadCase) -> bool:
    """Whether the person decides on the objection that waits: at the deciding unit's office or one above it."""
    if case.state != CaseState.OBJECTED or case.objected_by_id == user.pk:
        return False
    chance = case.rating.chance
    unit = case.decided_at_unit or chance.division
    if case.decided_by_head:
        # Whoever decides calls the rater about the objection: that call is part of deciding.
        caller = case.called_by_id if case.must_call else None
        return user.pk not in {case.answered_by_id, caller, chance.visitor_id} and posted_at(
            user, unit, "ratings.review"
        )
    above = [code for code in unit.path.split("/") if code]
    return not is_rated(user, chance) and any(
        posted_at(user, code, "ratings.view") and posted_at(user, code, "ratings.follow") for code in above
    )


def _sits_above(by: Any, chance: Chance, permission: str) -> bool:
    above = [code for code in chance.division.path.split("/") if code]
    return not is_rated(by, chance) and any(posted_at(by, code, permission) for code in above)


def _is_office(chance: Chance) -> bool:
    """Whether the competent office of the division was rated itself."""
    return chance.department is None or "competent" in chance.department.duties
