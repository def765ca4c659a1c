"""Who owes what by when: rows made ahead and frozen, met by the first receipt that was later accepted.

Made by jobs and by upper apps' services; `by=None` is the system itself. Extensions and the board's matrix have their
own modules and are offered here too, so that callers need one import.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.divisions import regime_code_of
from accounts.errors import DomainError, StaleState
from accounts.models import Division, Obligation
from accounts.obligations.extensions import ask_extension, decide_extension, may_decide_for, require_above
from accounts.obligations.matrix import Cell, Matrix, status_matrix
from policy.calendar import WorkCalendar
from policy.deadlines import Deadline, compute
from policy.periods import Period
from policy.regimes import NoRuleInForce, get_regime
from policy.rules import DeadlineRule

__all__ = [
    "Cell",
    "Matrix",
    "Owed",
    "ask_extension",
    "cancel_for_subject",
    "deadline_rule",
    "decide_extension",
    "duties_since",
    "exempt",
    "may_decide_for",
    "meet_for_period",
    "meet_for_subject",
    "owe_for_period",
    "owe_for_subject",
    "owe_for_subjects",
    "require_above",
    "status_matrix",
]


def duties_since() -> date:
    """Duties anchored before this day are not kept by this system (they lie before it was put to use)."""
    return settings.DUTIES_SINCE


def deadline_rule(unit: Division, key: str, on: date) -> DeadlineRule | None:
    """The deadline rule `key` of the regime that `unit` follows, in force on `on`; None where it has none."""
    try:
        rule = get_regime(regime_code_of(unit)).rule(key, on)
    except NoRuleInForce:
        return None
    return rule if isinstance(rule, DeadlineRule) else None


def owe_for_period(
    *,
    kind: str,
    units: Iterable[Division],
    period: Period,
    rule: DeadlineRule,
    calendar: WorkCalendar,
    at: datetime,
) -> int:
    """Make the duty `kind` for `period` for each unit that does not have it yet; return how many were made.

    One due date for all: the anchor is the period. Three statements when nothing is new.
    """
    wanted = {unit.pk: unit for unit in units}
    if not wanted or not _missing(kind, period, wanted):
        return 0
    deadline = compute(rule, anchor=period, calendar=calendar)
    with transaction.atomic():
        # Two makers wait for each other here, so that each row has exactly one audit record.
        list(
            Division.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values("pk")
        )
        rows = [
            _row(kind, wanted[code], deadline, at, period=str(period))
            for code in sorted(_missing(kind, period, wanted))
        ]
        made = Obligation.objects.bulk_create(rows, batch_size=500)
        audit.record_many([_made_entry(row) for row in made], by=None, at=at)
    return len(made)


def owe_for_subject(
    *,
    kind: str,
    unit: Division,
    subject: models.Model,
    label: str,
    anchor: date,
    at: datetime,
    by: Any = None,
) -> Obligation | None:
    """The duty of `unit` about one subject, counted from `anchor`: made, or found if it is there already.

    None when the anchor lies before `settings.DUTIES_SINCE` or the unit's regime knows no such duty.
    """
    if anchor < duties_since():
        return None
    rule = deadline_rule(unit, kind, anchor)
    if rule is None:
        return None
    from policy.services import current_calendar

    keys = {"subject_type": subject._meta.label_lower, "subject_id": subject.pk}
    deadline = compute(rule, anchor=anchor, calendar=current_calendar())
    row = _row(kind, unit, deadline, at, subject_label=label[:200], **keys)
    fields = {
        f.attname: getattr(row, f.attname) for f in Obligation._meta.concrete_fields if f.attname != "id"
    }
    with transaction.atomic():
        found, made = Obligation.objects.get_or_create(
            kind=kind,
            unit=unit,
            period="",
            **keys,
            defaults={k: fields[k] for k in fields if k not in _UNIQUE},
        )
        if made:
            audit.record_many([_made_entry(found)], by=by, at=at)
    return found


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty to make: who owes it, about which subject (its id and label), counted from which day."""

    unit: Division
    subject_id: int
    label: str
    anchor: date


def owe_for_subjects(
    *,
    kind: str,
    rule: DeadlineRule,
    subject_type: str,
    owed: Iterable[Owed],
    calendar: WorkCalendar,
    at: datetime,
) -> int:
    """Many duties about single subjects at once, those already there left alone; return how many were made.

    Anchors before `settings.DUTIES_SINCE` are passed over. The rule is the caller's: of the regime, in force.
    """
    wanted = {item.subject_id: item for item in owed if item.anchor >= duties_since()}
    deadlines: dict[date, Deadline] = {}
    with transaction.atomic():
        there = Obligation.objects.filter(kind=kind, subject_type=subject_type, subject_id__in=wanted)
        known = set(there.values_list("subject_id", flat=True))
        rows = []
        for item in wanted.values():
            if item.subject_id in known:
                continue
            if item.anchor not in deadlines:
                deadlines[item.anchor] = compute(rule, anchor=item.anchor, calendar=calendar)
            rows.append(
                _row(
                    kind,
                    item.unit,
                    deadlines[item.anchor],
                    at,
                    subject_type=subject_type,
                    subject_id=item.subject_id,
                    subject_label=item.label[:200],
                )
            )
        made = Obligation.objects.bulk_create(rows, batch_size=500)
        audit.record_many([_made_entry(row) for row in made], by=None, at=at)
    return len(made)


_UNIQUE = {"kind", "unit_id", "period", "subject_type", "subject_id"}


def meet_for_period(
    *, kind: str, unit: Division, period: Period | str, met_at: datetime, at: datetime, by: Any = None
) -> bool:
    """The duty is met by what was received at `met_at`; an earlier receipt wins, a later one changes nothing.

    Return whether anything changed. `met_at` is the server's time of the receipt, never the client's.
    """
    rows = Obligation.objects.live().filter(kind=kind, unit=unit, period=str(period))
    return _meet(rows, Q(met_at=None) | Q(met_at__gt=met_at), local_date(met_at), met_at, at=at, by=by)


def meet_for_subject(*, kind: str, subject: models.Model, met_on: date, at: datetime, by: Any = None) -> bool:
    """The duty about this subject was done on `met_on`; an earlier day wins, a later one changes nothing."""
    rows = Obligation.objects.live().filter(
        kind=kind, subject_type=subject._meta.label_lower, subject_id=subject.pk
    )
    return _meet(rows, Q(met_on=None) | Q(met_on__gt=met_on), met_on, at, at=at, by=by)


def exempt(*, obligation: Obligation, reason: str, by: Any, at: datetime) -> Obligation:
    """Release a unit from one duty (免报). The tier above decides and says why; a duty already met stays met."""
    require_above(by, obligation.unit)
    reason = reason.strip()
    if not reason:
        raise DomainError("reason_required", _("Say why this duty is waived."), field="reason")
    with transaction.atomic():
        if not Obligation.objects.open().filter(pk=obligation.pk).update(exempt_reason=reason[:200]):
            raise StaleState("duty_not_open", _("This duty is no longer open; reload the page."))
        obligation.refresh_from_db()
        audit.record(
            "obligation_exempted",
            target=obligation,
            by=by,
            at=at,
            before={"exempt_reason": ""},
            after={"exempt_reason": obligation.exempt_reason},
            reason=reason,
            rule_id=obligation.rule_id,
        )
    return obligation


def cancel_for_subject(
    *, subject: models.Model, reason: str, at: datetime, by: Any = None, kinds: Iterable[str] | None = None
) -> int:
    """The ground of the open duties fell away (a project withdrawn); met and exempt ones stay as they are."""
    rows = Obligation.objects.open().filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    with transaction.atomic():
        locked = list(rows.select_for_update(of=("self",)).select_related("unit").order_by("pk"))
        on = local_date(at)
        Obligation.objects.filter(pk__in=[row.pk for row in locked]).update(cancelled_on=on)
        entries = [
            _entry("obligation_cancelled", row, {"cancelled_on": None}, {"cancelled_on": on}, reason)
            for row in locked
        ]
        audit.record_many(entries, by=by, at=at)
    return len(locked)


def _meet(rows: Any, still: Q, met_on: date, met_at: datetime, *, at: datetime, by: Any) -> bool:
    with transaction.atomic():
        row = rows.filter(still).select_for_update(of=("self",)).select_related("unit").first()
        if row is None:
            return False
        before = {"met_on": row.met_on, "met_at": row.met_at}
        row.met_on, row.met_at = met_on, met_at
        row.save(update_fields=["met_on", "met_at"])
        after = {"met_on": met_on, "met_at": met_at}
        audit.record_many([_entry("obligation_met", row, before, after)], by=by, at=at)
    return True


def _missing(kind: str, period: Period, units: dict[str, Division]) -> set[str]:
    there = Obligation.objects.filter(
        kind=kind, period=str(period), unit_id__in=units, subject_type="", subject_id=0
    )
    return set(units) - set(there.values_list("unit_id", flat=True))


def _row(kind: str, unit: Division, deadline: Deadline, at: datetime, **rest: Any) -> Obligation:
    return Obligation(
        kind=kind,
        unit=unit,
        due_on=deadline.due_on,
        nominal_on=deadline.nominal_on,
        provisional=deadline.provisional,
        deadline=deadline.to_json(),
        rule_id=deadline.rule_id,
        made_at=at,
        **unit.codes,
        **rest,
    )


def _made_entry(row: Obligation) -> audit.Entry:
    return _entry("obligation_made", row, {}, {"due_on": row.due_on, "provisional": row.provisional})


def _entry(
    action: str, row: Obligation, before: dict[str, Any], after: dict[str, Any], reason: str = ""
) -> audit.Entry:
    return audit.Entry(
        action=action,
        object_type="accounts.obligation",
        object_id=str(row.pk),
        object_label=str(row)[:200],
        before=before,
        after=after,
        reason=reason,
        rule_id=row.rule_id,
        codes=audit.codes_of(row),
    )


def last_day_f() -> Any:
    """The day that counts, for queries: the extension if one was granted, else the due date."""
    return models.functions.Coalesce(F("extended_to"), F("due_on"))
