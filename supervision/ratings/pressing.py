"""A bad rating that rests past its day is pressed on the same ladder as everything else (催办 → 督办 → 通报).

Pressed is whoever's turn it is: the unit that was rated, the office that calls back and closes, or the unit that
decides on an objection. An office is pressed by the one above it.
"""

import logging
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Department, Division
from supervision.matters.following import heir_of, settle_by_fact
from supervision.matters.issuing import issue_matter
from supervision.matters.models import Matter, MatterSource
from supervision.ratings.limits import is_late, turn_limit
from supervision.ratings.models import BadCase, CaseState
from supervision.ratings.telling import following_office

logger = logging.getLogger("supervision.ratings")

# state → (title, demand)
WORDS = {
    CaseState.OPEN: (
        "差评回访整改",
        "差评已超过回访整改期限。请整改或作出解释，并在差评页面提交；实名的先回访。",
    ),
    CaseState.ANSWERED: (
        "差评回访办结",
        "差评已答复，但超过期限未办结。实名的请将答复告知评价人并记录，再办结。",
    ),
    CaseState.OBJECTED: (
        "差评异议复核",
        "对差评的异议已超过复核期限。请作出复核决定；实名的先向评价人核实。",
    ),
}


def press_overdue(at: datetime) -> int:
    """One matter for each turn that is past its day and not on the ladder yet; return how many are new."""
    on, new = local_date(at), 0
    beside = ("rating__chance__division__parent", "rating__chance__department", "decided_at_unit__parent")
    rows = BadCase.objects.exclude(state=CaseState.CLOSED).filter(due_on__lt=on)
    cases = list(rows.select_related(*beside).order_by("pk"))
    last = _pressed_at([case.pk for case in cases])
    for case in cases:
        if case.state != CaseState.OPEN and case.deadline.get("state") != case.state:
            _count_anew(case, at)
        elif is_late(case, on) and not (case.pk in last and local_date(last[case.pk]) > case.due_on):
            new += _press(case, at)
    return new


def _pressed_at(cases: Collection[int]) -> dict[int, datetime]:
    """When each of these cases was pressed last; nothing for those that never were."""
    rows = Matter.objects.filter(source=MatterSource.RATING, source_id__in=cases).order_by()
    return dict(rows.values_list("source_id").annotate(Max("issued_at")))


def settled(case: BadCase, by: Any, at: datetime) -> None:
    """The case moved on or is closed: what pressed whoever had the turn is settled."""
    settle_by_fact(
        source=MatterSource.RATING, source_id=case.pk, note=str(case.get_state_display()), by=by, at=at
    )


def _press(case: BadCase, at: datetime) -> int:
    """How many matters came of it. Where nobody can be addressed the others are pressed all the same."""
    issuer, unit, department = _addressed(case, local_date(at))
    title, demand = WORDS[CaseState(case.state)]
    try:
        with transaction.atomic():
            if not _claim(case):
                return 0
            issue_matter(
                source=MatterSource.RATING, source_id=case.pk, title=f"{title}：{case.rating.shown_service}"[:120],
                demand=demand, issuer=issuer, unit=unit, department=department, urgency="urgent", by=None, at=at,
            )  # fmt: skip
    except DomainError as refusal:
        logger.warning("bad_rating_not_pressed", extra={"case": case.pk, "code": refusal.code})
        return 0
    return 1


def _claim(case: BadCase) -> bool:
    """Hold the case for this run: not where it moved meanwhile, or another run that goes on beside this one pressed it."""
    held = BadCase.objects.select_for_update().filter(pk=case.pk, turn=case.turn).first()
    if held is None:
        return False
    last = _pressed_at([case.pk]).get(case.pk)
    return last is None or local_date(last) <= case.due_on


def _addressed(case: BadCase, on: date) -> tuple[Division, Division, Department | None]:
    """Who presses, whom, and in which department; whoever took over the work of what has ended."""
    chance = case.rating.chance
    if case.state == CaseState.OPEN:
        unit = heir_of(chance.division, on) or chance.division
        return unit, unit, _standing(chance.department, unit, on)
    held = case.decided_at_unit if case.state == CaseState.OBJECTED else following_office(chance, on)
    held = held or chance.division
    unit = heir_of(held, on) or held
    return unit.parent or unit, unit, None


def _standing(department: Department | None, unit: Division, on: date) -> Department | None:
    """The department while it lasts (`valid_to` is its last day), else that of the same code at the heir; else none."""
    if department is not None and department.division_id != unit.pk:
        department = Department.objects.filter(division=unit, code=department.code).first()
    ended = department is not None and department.valid_to is not None and department.valid_to < on
    return None if ended else department


def _count_anew(case: BadCase, at: datetime) -> None:
    """A case that was answered or objected to before such turns had a limit gets one that counts from now."""
    limit = turn_limit(case.rating.chance.division, case.state, local_date(at))
    with transaction.atomic():
        if BadCase.objects.filter(pk=case.pk, turn=case.turn).update(**limit):
            settled(case, None, at)
            audit.record("bad_case_counted", target=case, by=None, at=at)
