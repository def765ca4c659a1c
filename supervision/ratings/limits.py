"""How long each turn with a bad rating may take: working days of the regime's rating rule, the first day not counted."""

from datetime import date
from typing import Any

from accounts.divisions import regime_code_of
from policy.deadlines import Deadline, compute
from policy.periods import week_of
from policy.regimes import get_regime
from policy.rules import Unit, deadline_of
from policy.services import current_calendar
from supervision.ratings.models import BadCase, CaseState

# state → (days of the rule, what they count from)
TURNS = {
    CaseState.OPEN: ("follow_up_days", "差评"),
    CaseState.ANSWERED: ("close_days", "差评答复"),
    CaseState.OBJECTED: ("decide_days", "对差评提出异议"),
}
REFUSED = "异议不成立"


def turn_limit(division: Any, state: str, on: date, *, event: str = "") -> dict[str, Any]:
    """Fields of a case that comes into `state` on `on`: its `due_on` and the `deadline` that explains it."""
    days, usual = TURNS[CaseState(state)]
    found = _limit(division, days, on, event or usual)
    return {"due_on": found.due_on, "deadline": {**found.to_json(), "state": str(state)}}


def object_until(case: BadCase) -> date:
    """The last day for objecting, inclusive. Of an anonymous rating the Sunday of that week: the very day would tell when
    it was given."""
    last = _limit(case.rating.chance.division, "object_days", case.opened_on, "差评").due_on
    return week_of(last)[1] if case.rating.anonymous else last


def is_late(case: BadCase, on: date) -> bool:
    """Whether the turn is past its day; of an anonymous rating, past its week."""
    return on > (week_of(case.due_on)[1] if case.rating.anonymous else case.due_on)


def _limit(division: Any, days: str, on: date, event: str) -> Deadline:
    rule = get_regime(regime_code_of(division)).rule("rating", on)
    if rule is None:
        raise LookupError("the regime has no rule for ratings")
    rule = deadline_of(rule, offset=int(rule[days]), unit=Unit.WORKING_DAYS, event=event)
    return compute(rule, anchor=on, calendar=current_calendar())
