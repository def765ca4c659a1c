"""Climbing the ladder: every rung once, with its right day, however long nothing ran; units that ended hand on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.clock import local_date
from accounts.models import JobRun
from policy.calendar import WorkCalendar
from policy.deadlines import chinese_day
from policy.services import current_calendar
from supervision.matters import following, telling
from supervision.matters.clocks import ladder_of
from supervision.matters.models import RUNNING_STATES, Matter
from supervision.matters.moving import add_entry, facts
from supervision.matters.queries import CARRY
from supervision.matters.rungs import Rung, next_rung, next_rung_on

BATCH = 500
_putters: dict[str, Callable[[datetime], int]] = {}


def register_putter(name: str, step: Callable[[datetime], int]) -> None:
    """`step(at)` puts on the ladder what its subject let lie past its day, and says how many. Add or replace."""
    _putters[name] = step


def run(job: JobRun, at: datetime) -> dict[str, Any]:
    """The hourly job. Harmless when done twice: it reads stored days only and every rung is a compare-and-set."""
    moved = following.follow_successors(at)
    put = sum(step(at) for step in _putters.values())
    made = climb(at)
    return {**made, "put": put, "moved": moved}


def climb(at: datetime) -> dict[str, int]:
    """Take every rung whose stored day has come; {rung: how many}. After silence one matter may take several."""
    on, calendar = local_date(at), current_calendar()
    made = {"press": 0, "supervise": 0, "circulate": 0}
    ladders: dict[str, tuple[Rung, ...]] = {}
    last = 0
    while ids := list(
        Matter.objects.filter(next_step_on__lte=on, pk__gt=last)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    ):
        for matter in Matter.objects.filter(pk__in=ids).select_related(*CARRY, "unit__parent").order_by("pk"):
            rungs = ladders.get(matter.issuer_id)
            if rungs is None:
                rungs = ladders[matter.issuer_id] = ladder_of(matter.issuer, on)
            while matter.next_step_on is not None and matter.next_step_on <= on:
                rung = _take(matter, rungs, calendar, at)
                if rung is None:
                    break
                made[rung.code] += 1
        last = ids[-1]
    return made


def _take(matter: Matter, rungs: tuple[Rung, ...], calendar: WorkCalendar, at: datetime) -> Rung | None:
    """One rung, or None where somebody moved the matter meanwhile (the next run looks again)."""
    rung, day = next_rung(matter.step, rungs), matter.next_step_on
    if rung is None or day is None:
        Matter.objects.filter(pk=matter.pk, turn=matter.turn).update(next_step_on=None)
        matter.next_step_on = None
        return None
    after = next_rung_on(rung.code, day, matter.due_on, rungs, calendar)
    with transaction.atomic():
        before = facts(matter)
        rows = Matter.objects.filter(
            pk=matter.pk, turn=matter.turn, state__in=RUNNING_STATES, next_step_on=day
        )
        if not rows.update(step=rung.code, step_since=day, next_step_on=after, turn=F("turn") + 1):
            return None
        matter.step, matter.step_since, matter.next_step_on = rung.code, day, after
        matter.turn += 1
        entry = add_entry(matter, rung.code, by=None, at=at, on=day, text=_words(matter, rung, rungs))
        audit.record(
            f"matter_{rung.code}", target=matter, by=None, at=at, before=before,
            after=facts(matter) | {"step_since": day}, rule_id=matter.rule_id,
        )  # fmt: skip
        transaction.on_commit(lambda: telling.tell(matter, entry, at))
    return rung


def _words(matter: Matter, rung: Rung, rungs: tuple[Rung, ...]) -> str:
    """Stored words of the rung just taken: why it came, and what comes next on which day unless it is done."""
    text = f"办结时限 {matter.due_on.isoformat()} 已过，{chinese_day(matter.step_since)}起{rung.name}。"
    after = next_rung(rung.code, rungs)
    if after is not None and matter.next_step_on is not None:
        text += f"请抓紧办结并反馈；仍未办结的，{chinese_day(matter.next_step_on)}起{after.name}。"
    elif rung.code == "circulate":
        text += "列入下一期通报。"
    return text
