"""Reading matters: for the row that pressed them, for the circular, for boards, for lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils.translation import ngettext

from accounts.clock import end_of
from accounts.models import Division, Tier
from accounts.scope import BELOW, CODE_FIELD
from policy.calendar import WorkCalendar
from policy.lights import Light, LightThresholds, days_text
from policy.services import current_calendar, working_days_left
from supervision.matters import clocks, sources
from supervision.matters.models import (
    OPEN_STATES,
    PRESSED_HARD,
    STEPS,
    Matter,
    MatterEntry,
    MatterQuerySet,
    MatterState,
)

CARRY = ("issuer", "unit", "department", "person", "project")


def for_source(source: str, source_id: int) -> MatterQuerySet:
    """The matters a row of another subject pressed, oldest first."""
    rows: MatterQuerySet = Matter.objects.filter(source=source, source_id=source_id)
    return rows.select_related(*CARRY).order_by("pk")


def area_of(unit: Division) -> Q:
    """Matters of the unit and of those below it."""
    field = CODE_FIELD.get(Tier(unit.tier))
    return Q(unit_id=unit.pk) if field is None else Q(**{field: unit.pk})


def own_of(unit: Division) -> Q:
    """Matters of exactly this unit, by the stored codes."""
    below = BELOW.get(Tier(unit.tier))
    return area_of(unit) & Q(**{below: ""}) if below else area_of(unit)


def pressed_not_done(unit: Division, until: date) -> MatterQuerySet:
    """What was pressed in the unit's area and not done at the end of `until`: under supervision or beyond on the
    ladder, or publicly listed. For the circular; worked out from the record, so that an old month stays as it was."""
    night = end_of(until)
    climbed = MatterEntry.objects.filter(matter=OuterRef("pk"), kind__in=PRESSED_HARD, on__lte=until)
    rows: MatterQuerySet = Matter.objects.filter(
        area_of(unit), Q(closed_at=None) | Q(closed_at__gte=night), issued_at__lt=night
    )
    listed = Q(listed_on__lte=until) & (Q(unlisted_on=None) | Q(unlisted_on__gt=until))
    stands = Q(step__in=PRESSED_HARD) | ~Q(state__in=OPEN_STATES)
    return (
        rows.filter(listed | (Exists(climbed) & stands))
        .select_related(*CARRY)
        .order_by("unit_id", "due_on", "pk")
    )


def rungs_until(rows: Iterable[Matter], until: date) -> dict[int, str]:
    """{matter: the rung it stood on at the end of `until`}; a rung taken back by a granted extension does not count."""
    now = {row.pk: STEPS.index(row.step) for row in rows}
    lines = MatterEntry.objects.filter(matter__in=now, kind__in=STEPS[1:], on__lte=until)
    found: dict[int, str] = {}
    for pk, kind in lines.order_by("on", "pk").values_list("matter_id", "kind"):
        found[pk] = STEPS[min(STEPS.index(kind), now[pk])]
    return found


@dataclass(frozen=True, slots=True)
class UnitOpen:
    """Open matters of one unit: all, by rung, overdue, listed, waiting for the issuer's check."""

    unit_id: str
    unit_name: str
    total: int
    late: int
    pressed: int
    supervised: int
    circulated: int
    listed: int
    answered: int
    oldest_on: date | None


def open_by_unit(rows: MatterQuerySet, on: date) -> list[UnitOpen]:
    """One line per unit of `rows` (already scoped by the caller), most overdue first."""
    open_rows = rows.filter(state__in=OPEN_STATES)
    late = Q(due_on__lt=on) & ~Q(state=MatterState.ANSWERED)
    found = open_rows.order_by().values("unit_id", "unit__name").annotate(
        total=Count("pk"), late=Count("pk", filter=late), pressed=Count("pk", filter=Q(step="press")),
        supervised=Count("pk", filter=Q(step="supervise")), circulated=Count("pk", filter=Q(step="circulate")),
        listed=Count("pk", filter=Q(listed_on__isnull=False, unlisted_on=None)),
        answered=Count("pk", filter=Q(state=MatterState.ANSWERED)), oldest=Min("due_on"),
    )  # fmt: skip
    lines = [
        UnitOpen(
            row["unit_id"], row["unit__name"], row["total"], row["late"], row["pressed"], row["supervised"],
            row["circulated"], row["listed"], row["answered"], row["oldest"],
        )
        for row in found
    ]  # fmt: skip
    return sorted(lines, key=lambda one: (-one.late, -one.total, one.unit_id))


@dataclass(frozen=True, slots=True)
class Row:
    """A matter as lists show it."""

    matter: Matter
    light: Light
    days_left: int | None
    words: str
    source_label: str


def rows_of(matters: Iterable[Matter], on: date) -> list[Row]:
    """Rows for `_table.html`. The matters come with `CARRY` selected."""
    calendar, bounds = current_calendar(), clocks.thresholds(on)
    return [_row(matter, bounds, on, calendar) for matter in matters]


def _row(matter: Matter, bounds: LightThresholds, on: date, calendar: WorkCalendar) -> Row:
    light = clocks.matter_light(matter, bounds)
    days = working_days_left(matter.due_on, on, calendar) if matter.is_open else None
    if not matter.is_open or matter.state == MatterState.ANSWERED:
        words = str(matter.get_state_display())
    elif days == -1 and calendar.between(on, matter.due_on) == 0:
        words = ngettext("%(days)d working day overdue", "%(days)d working days overdue", 1) % {"days": 1}
    else:
        words = days_text(matter.due_on, on, calendar)
    return Row(matter, light, days, words, sources.label_of(matter.source))


def counts(rows: MatterQuerySet, on: date) -> dict[str, int]:
    """Figures over the list, from rows already scoped."""
    bounds = clocks.thresholds(on)
    opened = Q(state__in=OPEN_STATES)
    found: dict[str, int] = rows.aggregate(
        open=Count("pk", filter=opened),
        red=Count("pk", filter=clocks.light_q(Light.RED, bounds)),
        late=Count("pk", filter=clocks.light_q(Light.RED, bounds) | clocks.light_q(Light.AMBER, bounds)),
        judge=Count("pk", filter=Q(state=MatterState.ANSWERED)),
        hard=Count("pk", filter=opened & Q(step__in=PRESSED_HARD)),
        listed=Count("pk", filter=Q(listed_on__isnull=False, unlisted_on=None)),
    )
    return found


def table_rows(user: Any, matters: Sequence[Matter] | MatterQuerySet, on: date) -> list[Row]:
    """Rows of those matters the user may see, for embedding the table in another subject's page."""
    ids = [matter.pk for matter in matters]
    seen = Matter.objects.visible_to(user).filter(pk__in=ids).select_related(*CARRY).order_by("due_on", "pk")
    return rows_of(seen, on)
