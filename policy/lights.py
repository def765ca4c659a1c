"""Warning lights as date bounds. Pure.

A warning rule counts working days; comparing that way in SQL would need a count per row. So the rule is turned, once
per day, into dates, and both Python and SQL compare the stored due date with them and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from policy.calendar import ONE_DAY, WorkCalendar
from policy.rules import WarningRule


class Light(StrEnum):
    RED = "red"
    AMBER = "amber"
    BLUE = "blue"
    GREY = "grey"
    DONE = "done"
    NONE = "none"

    @property
    def label(self) -> str:
        return str(_LABELS[self])

    @property
    def weight(self) -> int:
        """Larger is graver, for sorting and for the worst light of a group."""
        return _WEIGHTS[self]


_LABELS = {
    Light.RED: pgettext_lazy("light", "Seriously overdue"),
    Light.AMBER: pgettext_lazy("light", "Overdue"),
    Light.BLUE: pgettext_lazy("light", "Due soon"),
    Light.GREY: pgettext_lazy("light", "Paused"),
    Light.DONE: pgettext_lazy("light", "Done"),
    Light.NONE: pgettext_lazy("light", "Not yet due"),
}
_WEIGHTS = {Light.RED: 5, Light.AMBER: 4, Light.BLUE: 3, Light.GREY: 2, Light.NONE: 1, Light.DONE: 0}


@dataclass(frozen=True)
class LightThresholds:
    """The bounds of one day, for comparing due dates:

    red     due_on <  red_before                    (more than amber_days working days overdue)
    amber   red_before <= due_on < today            (overdue)
    blue    today <= due_on <= blue_until           (at most lead_days working days left; due today included)
    none    due_on >  blue_until
    up      due_on <  up_tier_before                (the tier above is told; None = never)

    `blue_until` is yesterday when the rule has no blue. With `red_late_nodes` = 2 a project is also red when its
    second earliest open due date is < today.
    """

    today: date
    blue_until: date
    red_before: date
    up_tier_before: date | None = None
    red_late_nodes: int = 0
    rule_id: str = ""

    @classmethod
    def on(cls, today: date, rule: WarningRule, calendar: WorkCalendar) -> LightThresholds:
        blue_until = today - ONE_DAY
        if rule.lead_days is not None:
            # Up to the day before the working day that would be one too many.
            blue_until = calendar.add(today, rule.lead_days + 1) - ONE_DAY
        return cls(
            today=today,
            blue_until=blue_until,
            red_before=_overdue_more_than(rule.amber_days, today, calendar),
            up_tier_before=(
                None if rule.up_tier_days is None else _overdue_more_than(rule.up_tier_days, today, calendar)
            ),
            red_late_nodes=rule.red_late_nodes,
            rule_id=rule.id,
        )


def _overdue_more_than(days: int, today: date, calendar: WorkCalendar) -> date:
    """Due dates before the returned day are more than `days` working days overdue on `today`."""
    # between(due, today) counts (due, today]; it exceeds `days` once the (days+1)-th working day back is in it.
    return min(calendar.add(today + ONE_DAY, -(days + 1)), today)


def light_for(
    due_on: date | None,
    thresholds: LightThresholds,
    *,
    done: bool = False,
    paused: bool = False,
    second_due_on: date | None = None,
) -> Light:
    """The light of one due date. `second_due_on`: the second earliest open due date of the same project."""
    if done:
        return Light.DONE
    if paused:
        return Light.GREY
    if due_on is None:
        return Light.NONE
    if due_on < thresholds.red_before:
        return Light.RED
    if due_on < thresholds.today:
        two_late = second_due_on is not None and second_due_on < thresholds.today
        return Light.RED if thresholds.red_late_nodes and two_late else Light.AMBER
    return Light.BLUE if due_on <= thresholds.blue_until else Light.NONE


def days_text(due_on: date, today: date, calendar: WorkCalendar) -> str:
    """ "3 working days left", "due today", "5 working days overdue", in the reader's language."""
    left = calendar.between(today, due_on)
    if due_on == today:
        return _("Due today")
    if due_on > today:
        return ngettext("%(days)d working day left", "%(days)d working days left", left) % {"days": left}
    return ngettext("%(days)d working day overdue", "%(days)d working days overdue", -left) % {"days": -left}
