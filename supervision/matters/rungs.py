"""The dates of the ladder (催办 → 督办 → 通报). Pure: every date follows from the last day, the rule and the calendar."""

from dataclasses import dataclass
from datetime import date

from policy.calendar import WorkCalendar
from policy.rules import Rule
from supervision.matters.models import STEPS


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the rule: it comes `after_days` working days after the one before (the first: after the last day)."""

    code: str
    name: str
    after_days: int


def rungs_of(rule: Rule) -> tuple[Rung, ...]:
    """The rungs of a `ladder` rule, in the order of the ladder; unknown codes are left out."""
    found = [
        Rung(one["code"], one["name"], int(one["after_days"]))
        for one in rule["steps"]
        if one["code"] in STEPS
    ]
    return tuple(sorted(found, key=lambda one: STEPS.index(one.code)))


def next_rung(step: str, rungs: tuple[Rung, ...]) -> Rung | None:
    """The rung above `step`; None on top."""
    place = STEPS.index(step)
    return next((one for one in rungs if STEPS.index(one.code) > place), None)


def next_rung_on(
    step: str, since: date, due_on: date, rungs: tuple[Rung, ...], calendar: WorkCalendar
) -> date | None:
    """The day of the next rung, None on top.

    Counted in working days from the last day (not counted itself) while nothing was pressed yet, else from the rung
    reached; but never before the last day has passed: a matter returned with a new day climbs on from there.
    """
    rung = next_rung(step, rungs)
    if rung is None:
        return None
    base = due_on if step == STEPS[0] else max(since, due_on)
    return calendar.add(base, max(rung.after_days, 1))


def course(due_on: date, rungs: tuple[Rung, ...], calendar: WorkCalendar) -> list[tuple[Rung, date]]:
    """All rungs with their days if nothing is done, for the panel that explains the clock."""
    found: list[tuple[Rung, date]] = []
    step, since = STEPS[0], due_on
    while (rung := next_rung(step, rungs)) and (day := next_rung_on(step, since, due_on, rungs, calendar)):
        found.append((rung, day))
        step, since = rung.code, day
    return found
