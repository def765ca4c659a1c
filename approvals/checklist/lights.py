"""Lights of items: the same bounds in Python and SQL (policy.lights); the promise lights, the statute is broken."""

from datetime import date

from django.db.models import F, Q

from approvals.checklist.models import ChecklistItem, ItemState
from policy.lights import Light, LightThresholds, light_for
from policy.regimes import Regime
from policy.services import light_bounds
from projects.models import Party

RULE = "approval_warning"
_SILENT = (ItemState.REFUSED, ItemState.WITHDRAWN, ItemState.NOT_NEEDED)


def thresholds(on: date, regime: Regime | None = None) -> LightThresholds:
    """The bounds of the day under the regime's rule for approval items."""
    return light_bounds(RULE, on, regime)


def item_light(item: ChecklistItem, bounds: LightThresholds) -> Light:
    """A stopped clock is grey until the day of its review has passed, then amber: somebody must look."""
    if item.state == ItemState.DECIDED:
        late_check = item.check_due_on and item.checked_on is None and item.check_due_on < bounds.today
        return Light.AMBER if late_check else Light.DONE
    if item.state in _SILENT or not item.is_running:
        return Light.NONE
    if item.is_paused:
        review = item.hold_review_on
        return Light.AMBER if review is not None and review < bounds.today else Light.GREY
    return light_for(item.due_on, bounds)


def light_q(light: Light | str, bounds: LightThresholds) -> Q:
    """Running items showing `light` (decided ones with a late check are found by `check_q`)."""
    light = Light(light)
    running, paused = Q(is_running=True, is_paused=False), Q(is_running=True, is_paused=True)
    if light is Light.DONE:
        return Q(state=ItemState.DECIDED)
    if light is Light.GREY:
        return paused & (Q(hold_review_on=None) | Q(hold_review_on__gte=bounds.today))
    if light is Light.RED:
        return running & Q(due_on__lt=bounds.red_before)
    if light is Light.AMBER:
        late = running & Q(due_on__gte=bounds.red_before, due_on__lt=bounds.today)
        return late | (paused & Q(hold_review_on__lt=bounds.today))
    if light is Light.BLUE:
        return running & Q(due_on__gte=bounds.today, due_on__lte=bounds.blue_until)
    return running & (Q(due_on=None) | Q(due_on__gt=max(bounds.blue_until, bounds.today)))


def breach_q(on: date) -> Q:
    """Still open after the statutory day, unless its statutory clock was stopped before it."""
    counts = Q(holder__in=["", Party.ORGAN]) | Q(statutory_deadline__open_pause=False)
    return Q(is_running=True, is_paused=False, statutory_due_on__lt=on) & counts


def broke_q() -> Q:
    """Decided or refused after the statutory day. Two questions, not one with OR: each has its own index."""
    return Q(ended_on__gt=F("statutory_due_on"), state__in=[ItemState.DECIDED, ItemState.REFUSED])


def is_breach(item: ChecklistItem, on: date) -> bool:
    if item.statutory_due_on is None:
        return False
    if item.is_running:
        if item.is_paused or item.statutory_due_on >= on:
            return False
        return not (item.is_held and item.statutory_deadline.get("open_pause"))
    return item.broke_statute


def check_q(until: date) -> Q:
    """Commitments not checked yet whose day comes by `until` (inclusive)."""
    return Q(checked_on=None, check_due_on__isnull=False, check_due_on__lte=until)
