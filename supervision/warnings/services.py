"""The hourly scan and what people do with a warning. Opened and cleared by facts, acknowledged by people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import JobRun
from accounts.scope import require
from policy.calendar import WorkCalendar
from policy.lights import LightThresholds
from policy.rules import WarningRule
from policy.services import current_calendar
from supervision.warnings import subjects, telling
from supervision.warnings.bounds import (
    RULES,
    areas,
    bounds_for,
    level_began,
    opened_on,
    rule_for,
)
from supervision.warnings.models import Warning, WarningLevel
from supervision.warnings.scan import Difference, differences, expected_tier

JOB = "warnings"
CHUNK = 1_000
GRAVITY = {WarningLevel.BLUE: 0, WarningLevel.AMBER: 1, WarningLevel.RED: 2}


@dataclass(frozen=True, slots=True)
class Context:
    """What one rule's scan works with."""

    rule: WarningRule
    bounds: LightThresholds
    calendar: WorkCalendar
    on: date
    at: datetime

    def tier(self, due_on: date, fact: subjects.Fact) -> int:
        city, county = fact.codes["city_code"], fact.codes["county_code"]
        return expected_tier(due_on, self.bounds, city, county, fact.held)


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job `warnings`."""
    return scan(at)


def scan(at: datetime) -> dict[str, int]:
    """Bring all warnings in line with the stored dates as of `at`; return how many were opened, changed, cleared."""
    on, calendar = local_date(at), current_calendar()
    made = {"opened": 0, "changed": 0, "cleared": 0}
    for area in areas():
        for key in RULES:
            rule = rule_for(area.regime, key, on)
            if rule is None:
                continue
            bounds = bounds_for(rule, on, calendar)
            found = differences(key, bounds, area)
            context = Context(rule, bounds, calendar, on, at)
            for start in range(0, len(found), CHUNK):
                for name, number in _apply(found[start : start + CHUNK], context).items():
                    made[name] += number
    return {name: number for name, number in made.items() if number}


def _apply(found: list[Difference], context: Context) -> dict[str, int]:
    with transaction.atomic():
        told, opened = (
            [],
            _open([d for d in found if d.warning_id is None and d.subject_id is not None], context),
        )
        told += [(row, True, False) for row in opened]
        changed = _change(
            [d for d in found if d.warning_id is not None and d.subject_id is not None], context
        )
        told += changed
        cleared = _clear(
            [d.warning_id for d in found if d.warning_id is not None and d.subject_id is None], context
        )
        telling.tell(told, context.rule, context.at)
    return {"opened": len(opened), "changed": len(changed), "cleared": cleared}


def _open(found: list[Difference], context: Context) -> list[Warning]:
    facts = subjects.load(
        context.rule.key, [d.subject_id for d in found if d.subject_id is not None], context.on
    )
    rows = []
    for one in found:
        fact = facts.get(one.subject_id or 0)
        if fact is None or one.due_on is None:
            continue
        rows.append(
            Warning(
                rule_id=context.rule.id,
                rule_key=context.rule.key,
                subject_key=fact.key,
                label=fact.label,
                level=one.level,
                due_on=one.due_on,
                opened_on=min(opened_on(one.due_on, context.rule, context.calendar), context.on),
                level_since=_since(one, fact, context),
                tier=context.tier(one.due_on, fact),
                **fact.links,
                **fact.codes,
            )
        )
    rows = Warning.objects.bulk_create(rows, batch_size=500)
    _record("warning_opened", [(row, {}, _state(row)) for row in rows], context)
    return rows


def _change(found: list[Difference], context: Context) -> list[tuple[Warning, bool, bool]]:
    """Return (warning, whether its level rose, whether it went up a tier)."""
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
        rose = GRAVITY[WarningLevel(one.level)] > GRAVITY[WarningLevel(row.level)]
        tier = context.tier(one.due_on, fact)
        up = tier < row.tier
        if row.level != one.level or row.due_on != one.due_on:
            row.level_since = _since(one, fact, context)
        row.level, row.due_on, row.tier, row.rule_id = (
            one.level,
            one.due_on,
            min(tier, row.tier),
            context.rule.id,
        )
        row.label = fact.label
        written.append((row, before, _state(row)))
        told.append((row, rose, up))
    Warning.objects.bulk_update(
        [row for row, _before, _after in written],
        ["level", "due_on", "tier", "rule_id", "level_since", "label"],
        batch_size=500,
    )
    _record("warning_changed", written, context)
    return told


def _clear(ids: list[int], context: Context) -> int:
    rows = list(
        Warning.objects.open()
        .filter(pk__in=ids)
        .select_for_update(of=("self",))
        .select_related("milestone__project", "obligation", "item__project", "ticket")
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


def acknowledge(*, warning: Warning, plan_text: str, by: Any, at: datetime) -> Warning:
    """Say what will be done. It clears nothing; a later plan replaces the earlier, both stay in the log."""
    require(by, "warnings.acknowledge", warning)
    plan_text = " ".join(plan_text.split())
    if not plan_text:
        raise DomainError(
            "plan_missing", _("Write what will be done, by whom and until when."), field="plan_text"
        )
    with transaction.atomic():
        before = {"plan_text": warning.plan_text, "acknowledged_at": warning.acknowledged_at}
        done = Warning.objects.open().filter(pk=warning.pk, acknowledged_at=warning.acknowledged_at)
        if not done.update(plan_text=plan_text[:500], acknowledged_by=by, acknowledged_at=at):
            raise StaleState(
                "warning_changed", _("The warning was cleared or answered in the meantime; reload the page.")
            )
        warning.refresh_from_db()
        audit.record(
            "warning_acknowledged",
            target=warning,
            by=by,
            at=at,
            before=before,
            after={"plan_text": warning.plan_text, "acknowledged_at": at},
            rule_id=warning.rule_id,
        )
    return warning


def _since(one: Difference, fact: subjects.Fact, context: Context) -> date:
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
