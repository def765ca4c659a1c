"""The hourly scan: warnings are opened, changed and cleared by facts alone. What people do: `answers`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from accounts import audit
from accounts.clock import local_date
from accounts.models import JobRun
from policy.calendar import WorkCalendar
from policy.lights import LightThresholds
from policy.regimes import get_regime
from policy.rules import WarningRule
from policy.services import current_calendar
from supervision.warnings import subjects, telling
from supervision.warnings.answers import FIELDS, Terms, acknowledge, await_answer, follow_silence, terms_of
from supervision.warnings.bounds import (
    RULES,
    areas,
    bounds_for,
    level_began,
    opened_on,
    rule_for,
    went_up_on,
)
from supervision.warnings.fact import Fact
from supervision.warnings.models import Warning, WarningLevel
from supervision.warnings.scan import Difference, all_differences, expected_tier
from supervision.warnings.telling import News

__all__ = ["JOB", "acknowledge", "run", "scan"]

JOB = "warnings"
CHUNK = 1_000
LOCK = 0x5741524E  # of scans among themselves
GRAVITY = {WarningLevel.BLUE: 0, WarningLevel.AMBER: 1, WarningLevel.RED: 2}


@dataclass(frozen=True, slots=True)
class Context:
    """What one rule's scan works with."""

    rule: WarningRule
    bounds: LightThresholds
    calendar: WorkCalendar
    on: date
    at: datetime
    terms: Terms | None

    def tier(self, due_on: date, fact: Fact) -> int:
        city, county = fact.codes["city_code"], fact.codes["county_code"]
        return expected_tier(due_on, self.bounds, city, county, fact.held)

    def up_on(self, due_on: date) -> date | None:
        """Since when the tier above must know of it for being so late; None: not yet."""
        before = self.bounds.up_tier_before
        if before is None or due_on >= before:
            return None
        return min(went_up_on(due_on, self.rule, self.calendar), self.on)


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job `warnings`."""
    return scan(at)


def scan(at: datetime) -> dict[str, int]:
    """Bring all warnings in line with the stored dates as of `at`; return how many were opened, changed, cleared.

    Two scans at once go one after the other, and the second finds nothing to write.
    """
    with transaction.atomic():
        wait_for_turn()
        made = _follow_facts(at)
        for name, number in follow_silence(at).items():
            made[name] = number
    return {name: number for name, number in made.items() if number}


def wait_for_turn() -> None:
    """Held until the transaction ends. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            # To compile these statements, or to call workers for them, takes longer than to run them.
            cursor.execute("SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0")


def _follow_facts(at: datetime) -> dict[str, int]:
    on, calendar = local_date(at), current_calendar()
    made = {"opened": 0, "changed": 0, "cleared": 0}
    for area in areas():
        terms = terms_of(get_regime(area.regime), on)
        rules = {key: rule for key in RULES if (rule := rule_for(area.regime, key, on))}
        bounds = {key: bounds_for(rule, on, calendar) for key, rule in rules.items()}
        for key, found in all_differences(bounds, area):
            context = Context(rules[key], bounds[key], calendar, on, at, terms)
            for start in range(0, len(found), CHUNK):
                for name, number in _apply(found[start : start + CHUNK], context).items():
                    made[name] += number
    return made


def _apply(found: list[Difference], context: Context) -> dict[str, int]:
    lit = [one for one in found if one.subject_id is not None]
    opened = _open([one for one in lit if one.warning_id is None], context)
    changed = _change([one for one in lit if one.warning_id is not None], context)
    gone = [one.warning_id for one in found if one.warning_id is not None and one.subject_id is None]
    cleared = _clear(gone, context)
    telling.tell([*opened, *changed], context.rule, context.at)
    return {"opened": len(opened), "changed": len(changed), "cleared": cleared}


def _open(found: list[Difference], context: Context) -> list[News]:
    facts = subjects.load(
        context.rule.key, [d.subject_id for d in found if d.subject_id is not None], context.on
    )
    rows = []
    for one in found:
        fact = facts.get(one.subject_id or 0)
        if fact is None or one.due_on is None:
            continue
        row = Warning(
            rule_id=context.rule.id,
            rule_key=context.rule.key,
            subject_key=fact.key,
            label=fact.label,
            level=one.level,
            due_on=one.due_on,
            opened_on=min(opened_on(one.due_on, context.rule, context.calendar), context.on),
            level_since=_since(one, fact, context),
            tier=context.tier(one.due_on, fact),
            up_on=context.up_on(one.due_on),
            **fact.links,
            **fact.codes,
        )
        await_answer(row, context.terms, context.calendar, context.on)
        rows.append(row)
    rows = Warning.objects.bulk_create(rows, batch_size=500)
    _record("warning_opened", [(row, {}, _state(row)) for row in rows], context)
    return [News(row, rose=True, up=row.up_on is not None) for row in rows]


def _change(found: list[Difference], context: Context) -> list[News]:
    wanted = {d.warning_id: d for d in found}
    facts = subjects.load(
        context.rule.key, [d.subject_id for d in found if d.subject_id is not None], context.on
    )
    rows = list(Warning.objects.open().filter(pk__in=wanted).select_for_update().order_by("pk"))
    written, told = [], []
    for row in rows:
        one, before = wanted[row.pk], _state(row)
        fact = facts.get(one.subject_id or 0)
        if fact is None or one.due_on is None:
            continue
        told.append(_bring_up_to_date(row, one, fact, context))
        written.append((row, before, _state(row)))
    fields = {"level", "due_on", "rule_id", "level_since", "label", *FIELDS}
    Warning.objects.bulk_update([row for row, _before, _after in written], sorted(fields), batch_size=500)
    _record("warning_changed", written, context)
    return told


def _bring_up_to_date(row: Warning, one: Difference, fact: Fact, context: Context) -> News:
    due_on = one.due_on or row.due_on
    rose = GRAVITY[WarningLevel(one.level)] > GRAVITY[WarningLevel(row.level)]
    if row.level != one.level or row.due_on != due_on:
        row.level_since = _since(one, fact, context)
    tier = context.tier(due_on, fact)
    up = tier < row.tier
    if one.level == WarningLevel.BLUE:
        row.tier, row.up_on = (
            tier,
            None,
        )  # the day was moved: who was told above has nothing to watch any more
    else:
        row.tier = min(tier, row.tier)
        since = context.up_on(due_on)
        row.up_on = min(row.up_on or since, since) if since else row.up_on
    row.level, row.due_on, row.rule_id, row.label = one.level, due_on, context.rule.id, fact.label
    await_answer(row, context.terms, context.calendar, context.on)
    return News(row, rose=rose, up=up)


def _clear(ids: list[int], context: Context) -> int:
    rows = list(
        Warning.objects.open()
        .filter(pk__in=ids)
        .select_for_update(of=("self",))
        .select_related(*subjects.RELATED)
        .order_by("pk")
    )
    written = []
    for row in rows:
        cleared_on, note = subjects.why_cleared(row, context.on)
        before = {"cleared_on": None}
        row.cleared_on, row.clear_note = cleared_on, note[:200]
        written.append((row, before, {"cleared_on": cleared_on, "note": note}))
    Warning.objects.bulk_update(
        [row for row, _b, _a in written], ["cleared_on", "clear_note"], batch_size=500
    )
    _record("warning_cleared", written, context)
    return len(written)


def _since(one: Difference, fact: Fact, context: Context) -> date:
    due_on = one.due_on or context.on
    began = level_began(one.level, due_on, context.rule, context.calendar, fact.second_due_on)
    return min(began, context.on)


def _state(row: Warning) -> dict[str, Any]:
    return {"level": row.level, "due_on": row.due_on, "tier": row.tier}


def _record(
    action: str, written: Iterable[tuple[Warning, dict[str, Any], dict[str, Any]]], context: Context
) -> None:
    audit.record_many(
        [
            audit.Entry(
                action=action,
                object_type="supervision.warning",
                object_id=str(row.pk),
                object_label=row.label[:200],
                before=before,
                after=after,
                rule_id=row.rule_id,
                codes=audit.codes_of(row),
            )
            for row, before, after in written
        ],
        by=None,
        at=context.at,
    )
