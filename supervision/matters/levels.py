"""The two levels of an extension, and who decides where nobody is posted to.

First the head of the unit's own office. A unit without a posted head is answered for by the head of the next unit
above it, up to the office that pressed the matter (责任逐级上移: the chain of the tiers). Where no head is posted on the
whole way, the office that pressed it gives the first opinion too. Second that office, by another person; where nobody
else of it is posted, by the same one. The thread says so each time. A request never waits for somebody who is not
there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import Division, Posting, User
from accounts.permissions import PERMISSIONS, roles_with
from accounts.scope import CODE_FIELD, current_postings
from supervision.matters.models import Matter

AGREE, JUDGE = "matters.agree", "matters.judge"


@dataclass(frozen=True, slots=True)
class FirstLevel:
    """People posted at `unit` with `permission` give the first opinion. `instead`: not the unit's own head."""

    unit: Division
    permission: str
    instead: bool


def first_level(matter: Matter, on: date) -> FirstLevel:
    """Who gives the first opinion on `on`; asks one statement for the heads of the whole way."""
    way = _way(matter)
    posted = set(
        _staff(AGREE, on).filter(division__in=[unit.pk for unit in way]).values_list("division_id", flat=True)
    )
    for unit in way:
        if unit.pk in posted:
            return FirstLevel(unit, AGREE, unit.pk != matter.unit_id)
    return FirstLevel(matter.issuer, JUDGE, True)


def first_people(matter: Matter, on: date) -> list[User]:
    """Whom to ask for the first opinion."""
    level = first_level(matter, on)
    rows = _staff(level.permission, on).filter(division=level.unit)
    return list(User.objects.filter(pk__in=rows.values("user_id")).order_by("pk"))


def alone(matter: Matter, user: Any, on: date) -> bool:
    """Nobody but `user` is posted at the issuing office to decide."""
    return not _staff(JUDGE, on).filter(division_id=matter.issuer_id).exclude(user_id=user.pk).exists()


def first_q(user: Any, on: date) -> Q:
    """Matters whose first opinion lies with this person, as `first_level` finds it; the request itself is the
    caller's to ask for. On stored codes: no walk over the tiers."""
    found: Any = Q(pk__in=[])
    for posting in current_postings(user):
        held, place = PERMISSIONS[posting.role], posting.division
        area = CODE_FIELD.get(place.tier)
        if AGREE in held:
            found |= Q(unit_id=place.pk)
            if area is not None:
                above: Any = Q(**{area: place.pk}, issuer_id__in=_upward(place)) & ~Q(unit_id=place.pk)
                found |= above & ~Exists(_on_way(on).filter(division__tier__gt=place.tier))
        if JUDGE in held:
            found |= Q(issuer_id=place.pk) & ~Exists(_on_way(on).filter(division__tier__gte=place.tier))
    return found


def second_q(user: Any, on: date) -> Q:
    """Extensions this person may decide on the second level: not those they supported, unless they are alone there.

    Over `MatterExtension`; the places are the caller's.
    """
    others = _staff(JUDGE, on).filter(division_id=OuterRef("matter__issuer_id")).exclude(user_id=user.pk)
    found: Any = ~Q(first_by=user)
    return found | ~Exists(others)


def _staff(permission: str, on: date) -> Any:
    return Posting.objects.current(on).filter(role__in=roles_with(permission), user__is_active=True)


def _on_way(on: date) -> Any:
    """Heads posted at the unit or at a tier above it, of the matter of the outer statement."""
    codes = ("unit_id", "county_code", "city_code", "province_code")
    way = Q(pk__in=[])
    for name in codes:
        way |= Q(division_id=OuterRef(name))
    return _staff(AGREE, on).filter(way)


def _way(matter: Matter) -> list[Division]:
    """The unit, the units above it, the issuer last."""
    found: list[Division] = []
    step: Division | None = matter.unit
    while step is not None and step.pk != matter.issuer_id and step.path.startswith(matter.issuer.path):
        found.append(step)
        step = step.parent
    return [*found, matter.issuer]


def _upward(place: Division) -> Iterable[str]:
    """The unit itself and those above it, by its own codes."""
    return [place.pk, *(code for code in place.codes.values() if code)]
