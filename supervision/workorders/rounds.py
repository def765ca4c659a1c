"""The quarterly round of work orders where the regime's ladder says so (G四1): once per quarter, also after silence."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, notify
from accounts.clock import local_date
from accounts.divisions import regime_codes_of
from accounts.models import Division, JobRun
from accounts.notify import STORED_LANGUAGE
from policy.deadlines import compute
from policy.periods import Period, PeriodKind
from policy.regimes import get_regime
from policy.rules import DeadlineRule
from policy.services import current_calendar
from supervision.matters.clocks import ladder_rule
from supervision.matters.models import RUNNING_STATES, Matter, MatterEntry, MatterSource, MatterState
from supervision.matters.moving import add_entry
from supervision.matters.queries import CARRY, end_of
from supervision.workorders.models import WorkOrder, WorkOrderRound

ROUND = "ladder_round"
COUNTS = ("issued", "received", "answered", "in_time", "closed", "late", "press", "supervise", "circulate")


def run(job: JobRun, at: datetime) -> dict[str, Any]:
    """Every round that is due and not made yet, oldest first."""
    made = pressed = 0
    for issuer, period, on, rule_id in list(due_rounds(local_date(at))):
        found = make_round(issuer, period, on, rule_id, at)
        if found is not None:
            made += 1
            pressed += found.pressed
    return {"rounds": made, "pressed": pressed}


def due_rounds(today: date) -> Iterator[tuple[Division, Period, date, str]]:
    """(office, quarter, its last day, rule) for offices that issued work orders under a regime that goes round quarterly."""
    first = {
        row["issuer"]: local_date(row["first"])
        for row in WorkOrder.objects.order_by().values("issuer").annotate(first=Min("issued_at"))
    }
    issuers = list(Division.objects.filter(pk__in=first).order_by("path"))
    regimes, calendar = regime_codes_of(issuers), current_calendar()
    done = set(WorkOrderRound.objects.values_list("issuer_id", "period"))
    for issuer in issuers:
        if ladder_rule(regimes[issuer.pk], today).get("per") != "quarter":
            continue
        period = Period.containing(PeriodKind.QUARTER, first[issuer.pk])
        while True:
            rule = _rule(regimes[issuer.pk], period.last)
            on = compute(rule, anchor=period, calendar=calendar).due_on if rule else period.last
            if on > today:
                break
            if (issuer.pk, str(period)) not in done:
                yield issuer, period, on, rule.id if rule else ""
            period = period.next()


def _rule(regime: str, on: date) -> DeadlineRule | None:
    book = get_regime(regime)
    if not book.has_rule(ROUND, on):
        return None
    rule = book.rule(ROUND, on)
    return rule if isinstance(rule, DeadlineRule) else None


def make_round(
    issuer: Division, period: Period, on: date, rule_id: str, at: datetime
) -> WorkOrderRound | None:
    """Freeze the figures of the last day and press every unit that still owes; None when it was made meanwhile."""
    rows = list(
        Matter.objects.filter(source=MatterSource.WORK_ORDER, issuer=issuer, issued_at__lt=end_of(on))
        .select_related(*CARRY)
        .order_by("unit__path", "pk")
    )
    owing = [row for row in rows if row.state in RUNNING_STATES]
    try:
        with transaction.atomic():
            found = WorkOrderRound.objects.create(
                issuer=issuer, period=str(period), on=on, made_at=at, pressed=len(owing), rule_id=rule_id,
                figures=figures(rows, on), **issuer.codes,
            )  # fmt: skip
            for row in owing:
                add_entry(row, "round", by=None, at=at, on=on, text=f"{period.label}催办：请抓紧办理并反馈。")
            audit.record(
                "work_order_round",
                target=found,
                by=None,
                at=at,
                after={"pressed": len(owing)},
                rule_id=rule_id,
            )
            transaction.on_commit(lambda: _tell(issuer, period, owing, at))
    except IntegrityError:
        return None
    return found


def figures(rows: list[Matter], on: date) -> list[dict[str, Any]]:
    """One line per unit as at the end of `on`, from the record: what was done later does not count."""
    night = end_of(on)
    lines = MatterEntry.objects.filter(matter__in=[row.pk for row in rows], on__lte=on)
    reached: dict[int, dict[str, date]] = {}
    for pk, kind, day in lines.order_by("on", "pk").values_list("matter_id", "kind", "on"):
        reached.setdefault(pk, {})[kind] = day
    units: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.state == MatterState.WITHDRAWN and row.closed_at is not None and row.closed_at < night:
            continue
        line = units.setdefault(
            row.unit_id, {"unit": row.unit_id, "name": row.unit.name} | dict.fromkeys(COUNTS, 0)
        )
        _count(line, row, reached.get(row.pk, {}), on, night)
    return list(units.values())


def _count(line: dict[str, Any], row: Matter, kinds: dict[str, date], on: date, night: datetime) -> None:
    answered = kinds.get("answer")
    closed = row.closed_at is not None and row.closed_at < night
    line["issued"] += 1
    line["received"] += "receive" in kinds
    line["answered"] += answered is not None
    line["in_time"] += answered is not None and answered <= row.due_on
    line["closed"] += closed
    line["late"] += answered is None and not closed and row.due_on < on
    for rung in ("circulate", "supervise", "press"):
        if rung in kinds and not closed:
            line[rung] += 1
            break


def _tell(issuer: Division, period: Period, owing: list[Matter], at: datetime) -> None:
    """One notice per unit, not one per project."""
    on = local_date(at)
    units: dict[str, int] = {}
    for row in owing:
        units[row.unit_id] = units.get(row.unit_id, 0) + 1
    with override(STORED_LANGUAGE):
        for code, n in units.items():
            notify.tell(
                notify.staff_of(code, "matters.judge", on=on),
                key=f"round:{issuer.pk}:{period}:{code}",
                kind="matter",
                title=_("%(period)s, work orders pressed: %(n)d not fed back")
                % {"period": period.label, "n": n},
                text=_("%(issuer)s goes round the work orders each quarter. Feed back what was done.")
                % {"issuer": issuer.name},
                url=reverse("matters:list") + "?source=work_order",
                at=at,
            )
