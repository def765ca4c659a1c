"""The clocks of a matter: its last day with the reasons for it, the ladder of its regime, its light."""

from datetime import date
from typing import Any

from django.db.models import Q

from accounts.divisions import regime_code_of
from policy.calendar import Roll, WorkCalendar
from policy.deadlines import Deadline, chinese_day, compute
from policy.lights import Light, LightThresholds, light_for
from policy.regimes import get_regime
from policy.rules import DeadlineRule, Rule, Unit, deadline_of
from policy.services import current_calendar, light_bounds
from supervision.matters.models import OPEN_STATES, RUNNING_STATES, Matter, MatterState
from supervision.matters.rungs import Rung, next_rung_on, rungs_of

ANSWER, LADDER, WARNING = "supervision_answer", "ladder", "matter_warning"
URGENCIES = ("urgent", "ordinary", "difficult")


def ladder_rule(regime_code: str, on: date) -> Rule:
    rule: Rule = get_regime(regime_code).rule(LADDER, on)
    return rule


def ladder_of(issuer: Any, on: date) -> tuple[Rung, ...]:
    """The rungs of the regime of the office that pressed; each regime must have them (see _common.toml)."""
    return rungs_of(ladder_rule(regime_code_of(issuer), on))


def rule_for(key: str, issuer: Any, on: date, urgency: str = "ordinary") -> DeadlineRule:
    """The deadline rule `key` in the regime of `issuer`; a rule of limits gives the one of `urgency`."""
    rule = get_regime(regime_code_of(issuer)).rule(key, on)
    if isinstance(rule, DeadlineRule):
        return rule
    return deadline_of(
        rule, offset=int(rule["steps"][urgency]), unit=Unit(rule["unit"]), event="交办", roll=Roll.NONE
    )


def computed(key: str, issuer: Any, anchor: date, urgency: str, calendar: WorkCalendar) -> dict[str, Any]:
    """The explanation of a day the rule gives; `key` and `urgency` are kept so that it can be worked out again."""
    deadline: Deadline = compute(rule_for(key, issuer, anchor, urgency), anchor=anchor, calendar=calendar)
    return deadline.to_json() | {"key": key, "urgency": urgency, "anchor": anchor.isoformat()}


def set_by_hand(due_on: date, label: str, text: str, basis: str) -> dict[str, Any]:
    """The explanation of a day a person set: it rests on their word, not on a rule."""
    return {
        "due_on": due_on.isoformat(),
        "nominal_on": due_on.isoformat(),
        "provisional": False,
        "open_pause": False,
        "rule": "",
        "basis": basis,
        "steps": [
            {"label": label, "text": text, "on": None},
            {"label": "截止", "text": f"{chinese_day(due_on)}24时前（含当日）", "on": due_on.isoformat()},
        ],
    }


def climb_on(
    state: str,
    step: str,
    since: date,
    due_on: date,
    issuer: Any,
    on: date,
    calendar: WorkCalendar | None = None,
) -> date | None:
    """The stored day of the next rung: none while the answer lies with the issuer and when it is over."""
    if state not in RUNNING_STATES:
        return None
    return next_rung_on(step, since, due_on, ladder_of(issuer, on), calendar or current_calendar())


def thresholds(on: date) -> LightThresholds:
    return light_bounds(WARNING, on)


def matter_light(matter: Matter, bounds: LightThresholds) -> Light:
    """Done is done; while the issuer checks the answer the unit's light rests (grey)."""
    if matter.state not in OPEN_STATES:
        return Light.DONE if matter.state == MatterState.CLOSED else Light.NONE
    return light_for(matter.due_on, bounds, paused=matter.state == MatterState.ANSWERED)


def light_q(light: Light | str, bounds: LightThresholds) -> Q:
    """Matters whose clock runs and that show `light` (red, amber or blue), by the stored day alone."""
    light = Light(light)
    runs = Q(state__in=RUNNING_STATES)
    if light is Light.RED:
        return runs & Q(due_on__lt=bounds.red_before)
    if light is Light.AMBER:
        return runs & Q(due_on__lt=bounds.today, due_on__gte=bounds.red_before)
    if light is Light.BLUE:
        return runs & Q(due_on__gte=bounds.today, due_on__lte=bounds.blue_until)
    return Q(pk__in=[])
